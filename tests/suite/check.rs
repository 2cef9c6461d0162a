//! What each requirement looks like in a history: at least one that breaks it, and legal ones beside it.

use crate::notation;
use fnconform::history::read;
use fnconform::oracle::judge;
use fnconform::requirement::{self, all};

/// What no history can show: it is judged on the answers of a run.
const NOT_IN_A_HISTORY: [&str; 2] = ["api.errors", "image.digest-reported"];

/// Requirements, and under each histories in the [`notation`]: with a mark the requirement is broken there, without one
/// the history is legal.
const TABLE: &str = include_str!("check.txt");

struct Entry {
    /// The requirement that the specification names.
    requirement: &'static str,
    short: &'static str,
}

fn entries() -> Vec<Entry> {
    let mut requirement = "";
    let mut entries = Vec::new();
    for line in TABLE.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        match line.strip_prefix("  ") {
            Some(short) => entries.push(Entry { requirement, short }),
            None => requirement = line,
        }
    }
    entries
}

/// The name and line of the first violation.
fn judged(ndjson: &str) -> Option<(&'static str, usize)> {
    let history = read::history(ndjson.as_bytes()).expect("a history that can be read");
    let judgement = judge(&history).expect("a history that can be judged");
    assert!(!judgement.is_inconclusive());
    judgement.first_violation().map(|finding| (finding.requirement.name, finding.operation.line))
}

#[test]
fn histories_are_judged_as_the_specification_says() {
    let mut wrong = Vec::new();
    for Entry { requirement, short } in entries() {
        let written = notation::write(short);
        let expected = written.violated.map(|line| (requirement, line));
        let found = judged(&written.ndjson);
        if found != expected {
            wrong.push(format!("{requirement}: {short}\n  expected {expected:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} are judged otherwise:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_order_of_lines_does_not_matter() {
    for Entry { short, .. } in entries() {
        let written = notation::write(short);
        let lines: Vec<&str> = written.ndjson.lines().collect();
        let reversed: Vec<&str> = lines.iter().rev().copied().collect();
        let expected = judged(&written.ndjson).map(|(name, line)| (name, lines.len() + 1 - line));
        assert_eq!(judged(&reversed.join("\n")), expected, "{short}");
    }
}

#[test]
fn every_requirement_that_a_history_can_show_has_three() {
    let entries = entries();
    for entry in &entries {
        assert!(requirement::by_name(entry.requirement).is_some(), "{}", entry.requirement);
    }
    for requirement in all().filter(|one| !NOT_IN_A_HISTORY.contains(&one.name)) {
        let own = || entries.iter().filter(|entry| entry.requirement == requirement.name);
        let broken = own().filter(|entry| entry.short.ends_with('!')).count();
        assert!(own().count() >= 3 && broken >= 1 && broken < own().count(), "{}", requirement.name);
    }
}
