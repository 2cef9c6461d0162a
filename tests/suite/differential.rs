//! The fast oracle against the exhaustive judge: the same verdict, and the same operation accused.
//!
//! By hand-written histories, by random legal ones and by alterations of those. `FNCONFORM_DIFFERENTIAL` in the
//! environment is how many histories to try instead of [`USUAL`]; each has a seed of its own, which a failure names.

use fnconform::history::History;
use fnconform::oracle;

use super::reference::build::{history, show};
use super::reference::cases::{ACTIVE, CASES, INACTIVE};
use super::reference::generate::{Reached, legal};
use super::reference::mutate::{Mutation, mutated};
use super::reference::random::Random;
use super::reference::search::{PLAIN, Way, judge_by};

/// How many random histories are tried when nothing else is asked for.
const USUAL: u64 = 1_000;
/// Seeds are apart from those of other tests.
const SEEDS: u64 = 0x00D1_FF00_0000;
/// At most so many disagreements are shown.
const SHOWN: usize = 5;

/// The oracle knows the answer of what is under way.
const FORESIGHT: Way = Way { foresight: true, ..PLAIN };

/// The line that the fast oracle accuses; `None` if the history conforms.
fn fast(history: &History) -> Option<usize> {
    let judgement = oracle::judge(history).expect("closed histories are judged");
    assert!(!judgement.is_inconclusive(), "the oracle gave up on\n{}", show(history));
    judgement.first_violation().map(|finding| finding.operation.line)
}

/// The line that the exhaustive judge accuses.
fn exhaustive(history: &History) -> Option<usize> {
    judge_by(history, FORESIGHT).err().map(|index| history.operations[index].line)
}

fn disagree(history: &History) -> bool {
    fast(history) != exhaustive(history)
}

/// The history without all that the disagreement can do without.
fn minimal(history: &History) -> History {
    let mut smallest = history.clone();
    let mut index = 0;
    while index < smallest.operations.len() {
        let mut smaller = smallest.clone();
        smaller.operations.remove(index);
        if disagree(&smaller) {
            smallest = smaller;
            index = 0;
        } else {
            index += 1;
        }
    }
    smallest
}

/// What both say, if it is not the same; else the line that both accuse.
fn agreed(name: &str, history: &History) -> Result<Option<usize>, String> {
    let accused = fast(history);
    if accused == exhaustive(history) {
        return Ok(accused);
    }
    let smallest = minimal(history);
    let lines: Vec<usize> = smallest.operations.iter().map(|operation| operation.line).collect();
    Err(format!(
        "{name}: oracle {:?}, exhaustive {:?}, of the lines {lines:?}\n{}",
        fast(&smallest),
        exhaustive(&smallest),
        show(&smallest)
    ))
}

#[test]
fn hand_written_histories_are_judged_alike() {
    let written = |text: &str| history(&text.replace("A; ", ACTIVE).replace("I; ", INACTIVE));
    let wrong: Vec<String> = CASES.iter().filter_map(|case| agreed(case.0, &written(case.1)).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The `number`th random history: each ninth is legal, the others are altered, every second of them twice.
fn random(number: u64) -> Option<History> {
    let mut random = Random::new(SEEDS + number);
    let history = legal(&mut random, &mut Reached::new());
    let altered = |history: History, random: &mut Random| {
        let mutation = *random.pick(&Mutation::ALL);
        mutated(&history, mutation, random)
    };
    match number % 9 {
        0 => Some(history),
        times if times % 2 == 0 => altered(history, &mut random).and_then(|once| altered(once, &mut random)),
        _ => altered(history, &mut random),
    }
}

#[test]
fn random_histories_are_judged_alike() {
    let asked = std::env::var("FNCONFORM_DIFFERENTIAL").ok().and_then(|count| count.parse().ok());
    let count: u64 = asked.unwrap_or(USUAL);
    let (mut wrong, mut violations, mut tried) = (Vec::new(), 0, 0);
    for number in 0..count {
        let Some(history) = random(number) else { continue };
        tried += 1;
        match agreed(&format!("random history {number}"), &history) {
            Ok(accused) => violations += usize::from(accused.is_some()),
            Err(disagreement) => wrong.push(disagreement),
        }
        if wrong.len() == SHOWN {
            break;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(violations * 4 > tried && violations * 4 < tried * 3, "{violations} of {tried} are violations");
}
