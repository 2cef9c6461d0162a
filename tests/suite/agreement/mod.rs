//! Three that must agree on whether a history conforms: the oracle, which is fast; a search that does what the
//! definition says and nothing else; and a checker that others wrote.
//!
//! The two others share the model's tables with the oracle, and nothing else: what is tested is the search.

#[path = "../../../benches/histories/dice.rs"]
mod dice;
mod labels;
mod plain;
mod powerset;
mod random;

use dice::Dice;
use fnconform::history::{History, write};
use fnconform::model::Model;
use fnconform::oracle;
use powerset::{Numbered, Sets};
use std::fmt;

/// What each of them says: whether the history conforms.
#[derive(Clone, Copy)]
struct Verdicts {
    oracle: bool,
    plain: bool,
    porcupine: bool,
}

impl Verdicts {
    fn of(history: &History) -> Self {
        let judgement = oracle::judge(history).unwrap();
        assert!(!judgement.is_inconclusive(), "a history this small fits any bounds");
        let model = Model { idle: history.header.idle, ..Model::default() };
        let operations = labels::timed(history);
        let porcupine = powerset::explains::<Sets>(model, &operations);
        assert_eq!(powerset::explains::<Numbered>(model, &operations), porcupine, "however its states are kept");
        Self { oracle: judgement.first_violation().is_none(), plain: plain::explains(model, &operations), porcupine }
    }

    fn agree(self) -> bool {
        self.oracle == self.plain && self.plain == self.porcupine
    }
}

impl fmt::Display for Verdicts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |conforms| if conforms { "conforms" } else { "violates" };
        write!(f, "oracle: {}, ", word(self.oracle))?;
        write!(f, "plain search: {}, porcupine: {}", word(self.plain), word(self.porcupine))
    }
}

/// Leaves out operations one by one for as long as the three disagree.
fn shrunk(mut history: History) -> History {
    let mut place = 0;
    while place < history.operations.len() {
        let mut fewer = history.clone();
        fewer.operations.remove(place);
        if Verdicts::of(&fewer).agree() {
            place += 1;
        } else {
            (history, place) = (fewer, 0);
        }
    }
    history
}

/// Asks the three about so many histories; how many of them violate.
fn agree_on(count: u64) -> u64 {
    let mut violations = 0;
    for number in 0..count {
        let history = random::history(&mut Dice(number));
        let verdicts = Verdicts::of(&history);
        if !verdicts.agree() {
            let history = shrunk(history);
            let mut lines = Vec::new();
            write::history(&mut lines, &history).unwrap();
            panic!("history {number}\n{}\n{}", Verdicts::of(&history), String::from_utf8_lossy(&lines));
        }
        violations += u64::from(!verdicts.oracle);
    }
    violations
}

/// Both verdicts are frequent: else agreement would say little.
#[allow(clippy::print_stdout, reason = "how often histories violate is what the figure is worth")]
fn assert_balanced(violations: u64, count: u64) {
    println!("{violations} of {count} histories violate");
    assert!((20..=80).contains(&(100 * violations / count)), "{violations} of {count} histories violate");
}

#[test]
fn agreement_on_a_sample() {
    let count = 2_000;
    assert_balanced(agree_on(count), count);
}

#[test]
#[ignore = "takes a minute unless compiled for speed, as .ci/full does"]
fn agreement_on_a_hundred_thousand() {
    let count = 100_000;
    assert_balanced(agree_on(count), count);
}
