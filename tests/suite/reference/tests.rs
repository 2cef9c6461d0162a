//! The naive judge against hand-written and generated histories.

use std::collections::BTreeMap;

use fnconform::history::History;

use super::build::{history, show};
use super::cases::{ACTIVE, CASES, INACTIVE};
use super::expected::EXPECTED;
use super::generate::{Reached, legal};
use super::mutate::{Mutation, mutated};
use super::random::Random;
use super::rows::Row;
use super::search::{PLAIN, Way, judge, judge_by};

fn written(text: &str) -> History {
    history(&text.replace("A; ", ACTIVE).replace("I; ", INACTIVE))
}

#[test]
fn sentences_are_judged_as_they_say() {
    let mut wrong = Vec::new();
    for &(sentence, text, expected) in CASES {
        assert!(sentence.split_whitespace().count() <= 15, "too long a quote: {sentence}");
        let found = judge(&written(text)).err().map(|index| index + 1);
        if found != expected {
            wrong.push(format!("{sentence}\n    {text}\n    expected {expected:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every hidden row is needed by some sentence; only the one to Failed from waking is not, for the same can be had by
/// falling back to Inactive first.
#[test]
fn every_hidden_row_is_needed_by_some_sentence() {
    let conforming: Vec<History> = CASES.iter().filter(|case| case.2.is_none()).map(|case| written(case.1)).collect();
    let needed = |row| conforming.iter().any(|each| judge_by(each, Way { without: Some(row), ..PLAIN }).is_err());
    let idle: Vec<Row> = Row::ALL.into_iter().filter(|&row| !needed(row)).collect();
    assert_eq!(idle, [Row::PendingLost]);
}

#[test]
fn what_is_written_reads_back_the_same() {
    let mut random = Random::new(7);
    for _ in 0..200 {
        let before = legal(&mut random, &mut Reached::new());
        assert_eq!(history(&show(&before)), before);
    }
}

/// At a return, the answer of an operation that has not returned is not known; with foresight it is.
#[test]
fn foresight_accuses_earlier() {
    let seen_though_refused = written("A; hold j b; @90-120 update j !; @100-110 get Active InProgress b");
    assert_eq!(judge(&seen_though_refused), Err(4));
    assert_eq!(judge_by(&seen_though_refused, Way { foresight: true, ..PLAIN }), Err(5));
}

#[test]
fn legal_histories_conform_and_reach_every_row() {
    let mut reached = Reached::new();
    let mut random = Random::new(1);
    for number in 0..6000 {
        let history = legal(&mut random, &mut reached);
        assert_eq!(judge(&history), Ok(()), "history {number}:\n{}", show(&history));
    }
    let never: Vec<&str> = EXPECTED.lines().filter(|&tag| !reached.contains_key(tag)).collect();
    assert!(never.is_empty(), "never reached: {never:?}\nreached: {reached:#?}");
}

#[test]
fn a_decent_share_of_mutated_histories_is_illegal() {
    let mut tried: BTreeMap<Mutation, (usize, usize)> = BTreeMap::new();
    let mut random = Random::new(2);
    for _ in 0..250 {
        let history = legal(&mut random, &mut Reached::new());
        for mutation in Mutation::ALL {
            let Some(altered) = mutated(&history, mutation, &mut random) else { continue };
            let (count, illegal) = tried.entry(mutation).or_default();
            *count += 1;
            if let Err(index) = judge(&altered) {
                assert!(altered.operations[index].end.is_some(), "only a return can be accused");
                *illegal += 1;
            }
        }
    }
    let report: Vec<String> =
        tried.iter().map(|(mutation, (count, illegal))| format!("{mutation} {illegal}/{count}")).collect();
    let (count, illegal) = tried.values().fold((0, 0), |sum, each| (sum.0 + each.0, sum.1 + each.1));
    let report = format!("{illegal} of {count} illegal: {}", report.join(", "));
    assert!(illegal * 4 > count && illegal * 4 < count * 3, "{report}");
    for mutation in Mutation::ALL {
        let (count, illegal) = tried.get(&mutation).copied().unwrap_or_default();
        assert!(0 < illegal && illegal < count, "{mutation}: {report}");
    }
}
