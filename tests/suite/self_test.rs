//! The suite's own worth: what is claimed of it, and how the command says it.

use fnconform::driver::result::RunVerdict;
use fnconform::emulator::{Behaviour, fault, legal};
use fnconform::report::kill_matrix::{Blame, KillMatrix, Outcome, Row, figures, stable};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// A run against the variant as it should be.
fn as_it_should_be(variant: &&'static dyn Behaviour) -> Row {
    let blame = |requirement: &&'static str| Blame { requirement, found_after: 0, actions: 0, reproduced: (0, 0) };
    let blamed: Vec<Blame> = variant.breaks().iter().take(1).map(blame).collect();
    let verdict = if blamed.is_empty() { RunVerdict::Conformant } else { RunVerdict::NonConformant };
    let outcome = Outcome { verdict, requests: 0, duration: Duration::ZERO, blamed };
    Row { name: variant.name(), breaks: variant.breaks(), shortest: None, outcome: Ok(outcome) }
}

/// What is expected of all variants, which no variant may be missing from: it is `.ci/full` that compares what was seen with it.
#[test]
fn every_variant_has_its_line_among_what_is_expected() {
    let rows = |variants: &[&'static dyn Behaviour]| variants.iter().map(as_it_should_be).collect();
    let matrix = KillMatrix { seed: 1, faults: rows(&fault::FAULTS), oddities: rows(&legal::LEGAL) };
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!("kill_matrix", stable::render(&matrix)));
}

/// The README shows the figures of a whole run, so at least the two that are stable are those of the snapshot.
#[test]
fn the_readme_shows_the_two_numbers() {
    let read = |name: &str| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let (readme, claimed) = (read("README.md"), read("snapshots/kill_matrix.snap"));
    let (_, place) = readme.split_once(figures::BEGIN).unwrap();
    let (place, _) = place.split_once(figures::END).unwrap();
    let numbers = claimed.lines().last().unwrap();
    assert!(place.lines().any(|line| line == numbers), "{place}");
}

/// What the command prints, the last line of it, and its exit code.
fn self_test(args: &[&str]) -> (String, String, Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_fnconform")).arg("self-test").args(args).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let last = text.lines().last().unwrap_or_default().to_owned();
    (text, last, output.status.code())
}

#[test]
fn it_ends_with_the_two_numbers() {
    let (text, last, code) = self_test(&["pending-serves", "throttl*", "--cases", "30"]);
    assert_eq!(last, "faults caught 1/1 · right endpoints accused 0/1", "{text}");
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn what_two_runs_agree_on_is_written_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("stable");
    let (text, ..) = self_test(&["unknown-after-create", "--cases", "30", "--stable", file.to_str().unwrap()]);
    let stable = std::fs::read_to_string(&file).unwrap();
    let snapshot = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/kill_matrix.snap");
    let claimed = std::fs::read_to_string(snapshot).unwrap();
    let claim = claimed.lines().find(|line| line.starts_with("fault  unknown-after-create ")).unwrap();
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(stable.lines().next().unwrap()), words(claim), "{text}");
}

#[test]
fn nothing_selected_is_said() {
    assert_eq!(self_test(&["no-such-variant"]), (String::new(), String::new(), Some(4)));
}
