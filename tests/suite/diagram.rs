//! `fnconform check --diagram`, as its users meet it.

use crate::notation;
use std::path::Path;
use std::process::{Command, Output};

fn check(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fnconform")).arg("check").args(args).current_dir(folder).output().unwrap()
}

#[test]
fn one_diagram_is_drawn_of_all_histories_and_says_what_was_broken() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, short: &str| {
        std::fs::write(folder.path().join(name), notation::write(short).ndjson).unwrap();
    };
    file("legal", "active; call A; up b; settle; get Active/Successful/B; del");
    file("broken", "active; get Failed!");
    let output = check(folder.path(), &["--diagram", "seen.svg", "legal", "broken"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("legal: conforms\nbroken: violates "));
    let svg = std::fs::read_to_string(folder.path().join("seen.svg")).unwrap();
    for words in [
        "absent to Pending: created 2.",
        "Active to Active, updating: updated 1.",
        "Active, updating to Active: update succeeded 1.",
        "Not documented: Active to Failed, shown Failed 1; breaks states.only-documented.",
    ] {
        assert!(svg.contains(words), "{words}\n{svg}");
    }
}

#[test]
fn a_diagram_on_the_standard_output_stands_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("legal"), notation::write("active; call A").ndjson).unwrap();
    let output = check(folder.path(), &["--diagram", "-", "legal"]);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(stdout.starts_with("<svg ") && stdout.ends_with("</svg>\n"), "{stdout}");
    assert_eq!((&*stderr, output.status.code()), ("legal: conforms\n", Some(0)));
}
