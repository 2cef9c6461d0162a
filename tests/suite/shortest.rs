//! The shortest plans that expose the faults: that they do, and that no two faults are the same.

use fnconform::emulator::fault::FAULTS;
use fnconform::exposure::{all, blamed, known, render};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn every_fault_is_exposed_by_its_plan() {
    for fault in FAULTS.iter() {
        let known = known(fault.name()).unwrap_or_else(|| panic!("{} is not in shortest.snap", fault.name()));
        let blamed = blamed(*fault, &known.plan);
        assert!(!blamed.is_empty(), "{} is not exposed by {}", fault.name(), known.line());
        assert_eq!(blamed, known.blamed, "{}: {}", fault.name(), known.line());
    }
}

#[test]
fn no_two_faults_are_the_same() {
    let mut faults: BTreeMap<(String, BTreeSet<&str>), Vec<&str>> = BTreeMap::new();
    for fault in FAULTS.iter() {
        let plan = known(fault.name()).map(|known| known.line()).unwrap_or_default();
        faults.entry((plan, fault.breaks().iter().copied().collect())).or_default().push(fault.name());
    }
    let same: Vec<_> = faults.into_iter().filter(|(_, names)| names.len() > 1).collect();
    assert!(same.is_empty(), "{same:#?}");
}

/// Some minutes, in a release build: `.ci/full` runs it. `INSTA_UPDATE=always` makes the table anew.
#[test]
#[ignore = "it searches through millions of plans"]
fn the_table_is_what_is_found() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("shortest", render(&all())));
}
