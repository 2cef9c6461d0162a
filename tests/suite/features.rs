//! What must hold of `features/` beside its rules: tags, names, and the glossary.

use fnconform::gherkin::{Script, Suite, glossary};
use fnconform::requirement::rule::FEATURES;
use fnconform::requirement::{Lever, reading};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("features")
}

/// The levers that a scenario pulls; those on images need publish, which goes without saying.
fn pulled(script: &Script) -> BTreeSet<Lever> {
    let mut levers: BTreeSet<Lever> = script.plan().actions().filter_map(|action| action.lever()).collect();
    let overwrites = script.lines.iter().any(|(line, _)| line.contains("the tag of"));
    if !overwrites {
        levers.remove(&Lever::Publish);
    }
    levers
}

fn tagged(script: &Script) -> BTreeSet<Lever> {
    script.tags.iter().filter_map(|tag| Lever::parse(tag.strip_prefix("lever.")?)).collect()
}

#[test]
fn tags_name_the_levers_that_a_scenario_pulls() {
    for script in Suite::embedded(1).scripts {
        let requirement = script.requirement.unwrap_or_else(|| panic!("{} has a rule", script.name));
        let needed: BTreeSet<Lever> = requirement.needs().iter().copied().collect();
        let (pulled, tagged) = (pulled(&script), tagged(&script));
        assert!(pulled.is_subset(&tagged), "{}: pulls {pulled:?}, says {tagged:?}", script.name);
        assert!(tagged.is_subset(&(&pulled | &needed)), "{}: says {tagged:?}, pulls {pulled:?}", script.name);
    }
}

#[test]
fn every_tag_is_understood() {
    for script in Suite::embedded(1).scripts {
        for tag in &script.tags {
            let known = tag.strip_prefix("lever.").is_some_and(|lever| Lever::parse(lever).is_some())
                || tag.strip_prefix("reading.").is_some_and(|name| reading::by_name(name).is_some())
                || script.requirement.is_some_and(|requirement| requirement.name == tag);
            assert!(known, "{}: nobody understands @{tag}", script.name);
        }
    }
}

#[test]
fn scenarios_have_names_of_their_own() {
    let suite = Suite::embedded(1);
    let names: BTreeSet<&str> = suite.scripts.iter().map(|script| script.name.as_str()).collect();
    assert_eq!(names.len(), suite.scripts.len());
}

#[test]
fn every_step_of_the_glossary_is_used() {
    let suite = Suite::embedded(1);
    let texts: Vec<&str> =
        suite.scripts.iter().flat_map(|script| &script.lines).map(|(line, _)| line.as_str()).collect();
    for template in glossary::templates() {
        let used = texts.iter().any(|line| {
            let (_, step) = line.split_once(' ').expect("a keyword and a step");
            glossary::is_said_by(template, step)
        });
        assert!(used, "no scenario uses `{template}`");
    }
}

#[test]
fn every_file_is_embedded() {
    let files = fs::read_dir(folder()).expect("the features").map(|entry| entry.expect("an entry").path());
    let features = files.filter(|path| path.extension().is_some_and(|kind| kind == "feature"));
    let names: BTreeSet<String> =
        features.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect();
    assert_eq!(names, FEATURES.iter().map(|(section, _)| (*section).to_owned()).collect());
}

#[test]
fn the_glossary_is_the_one_of_the_readme() {
    let readme = fs::read_to_string(folder().join("README.md")).expect("features/README.md");
    let (_, glossary) = readme.split_once("<!-- glossary -->\n\n").expect("the mark before the glossary");
    assert_eq!(glossary, glossary::text(), "features/README.md has the glossary of src/gherkin/glossary.rs");
}
