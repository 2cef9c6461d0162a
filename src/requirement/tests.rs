//! The catalogue and its feature files agree, and keep to the form that readers and programs rely on.

use super::reading::READINGS;
use super::*;
use std::collections::BTreeSet;

/// The headings under which the page says something that can be quoted.
const PLACES: [&str; 5] =
    ["introduction", "Function states", "Failed state", "Update states", "Check state before invoking"];

#[test]
fn names_are_unique_and_begin_with_their_section() {
    let names: BTreeSet<_> = all().map(|requirement| requirement.name).collect();
    assert_eq!(names.len(), all().count());
    for section in SECTIONS {
        for requirement in section.requirements {
            assert_eq!(requirement.section(), section.name, "{}", requirement.name);
            let word = requirement.name.split_once('.').unwrap().1;
            assert!(word.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{}", requirement.name);
        }
    }
}

#[test]
fn there_are_as_many_as_the_specification_has() {
    assert_eq!(all().count(), 35);
}

#[test]
fn every_requirement_has_its_rule_and_every_rule_its_requirement() {
    for section in SECTIONS {
        let rules: Vec<&str> = rule::chapter(section.name).rules.keys().map(String::as_str).collect();
        let catalogued: Vec<&str> = section.requirements.iter().map(|requirement| requirement.name).collect();
        assert_eq!(rules, catalogued, "features/{}.feature has the rules of the catalogue, in its order", section.name);
    }
}

#[test]
fn titles_are_sentences_without_a_full_stop() {
    for requirement in all() {
        assert!(!requirement.title().is_empty() && !requirement.title().ends_with('.'), "{}", requirement.name);
    }
}

#[test]
fn quotes_are_short_and_only_the_wire_has_none() {
    for requirement in all() {
        match requirement.quote() {
            Some(quote) => {
                assert!(quote.split_whitespace().count() <= 15, "{}: {quote}", requirement.name);
                let place = requirement.rule().place.as_deref();
                assert!(place.is_some_and(|place| PLACES.contains(&place)), "{}: {place:?}", requirement.name);
            }
            // What it rests on instead is said in the note.
            None => assert!(requirement.section() == "api" && !requirement.note().is_empty(), "{}", requirement.name),
        }
        assert_eq!(requirement.level == Level::Wire, requirement.section() == "api", "{}", requirement.name);
    }
}

#[test]
fn levers_are_those_of_the_specification_in_the_order_of_the_protocol() {
    let needing = |lever| all().filter(|one| one.needs().contains(&lever)).map(|one| one.name).collect::<Vec<_>>();
    assert!(all().all(|requirement| requirement.needs().is_sorted()));
    assert_eq!(
        needing(Lever::Publish),
        ["failed.tag-overwritten", "image.digest-recorded", "image.never-unrecorded", "image.redeploy-records"]
    );
    assert_eq!(
        needing(Lever::Hold),
        [
            "states.pending-not-invocable",
            "states.pending-becomes-active",
            "update.state-apart",
            "update.in-progress-serves-old",
            "update.ends"
        ]
    );
    assert_eq!(
        needing(Lever::Fail),
        [
            "states.failed-not-invocable",
            "states.inactive-remains",
            "failed.at-creation",
            "failed.stays",
            "failed.recovers",
            "update.failed-serves-old"
        ]
    );
    assert_eq!(needing(Lever::Delete), ["failed.image-deleted"]);
    assert_eq!(
        needing(Lever::Idle),
        [
            "states.inactive-after-idle",
            "states.inactive-not-invocable",
            "states.inactive-wakes",
            "states.inactive-recovers",
            "states.inactive-remains"
        ]
    );
}

#[test]
fn every_rule_has_scenarios() {
    for requirement in all() {
        assert!(!requirement.rule().scenarios.is_empty(), "{}", requirement.name);
    }
}

#[test]
fn every_reading_touches_a_rule() {
    for reading in READINGS {
        let touches = |requirement: &Requirement| requirement.readings().iter().any(|one| one.name == reading.name);
        assert!(all().any(touches), "{}", reading.name);
    }
}

#[test]
fn readings_are_numbered_and_leave_a_choice() {
    assert_eq!(READINGS.len(), 10);
    for (number, reading) in (1..).zip(READINGS) {
        assert_eq!(reading.name, format!("R{number}"));
        assert!(reading.readings.len() > 1, "{}", reading.name);
    }
    for requirement in all() {
        let names: BTreeSet<&str> = requirement.readings().iter().map(|reading| reading.name).collect();
        assert_eq!(names.len(), requirement.readings().len(), "{}", requirement.name);
    }
}
