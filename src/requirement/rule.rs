//! The rules of `features/`: the one place where a requirement is stated.
//!
//! A rule's tags name its requirement (`@states.known`), the levers that it needs (`@lever.hold`) and the readings that
//! touch it (`@reading.R1`); its title is the requirement's sentence; its description begins with the words of the page
//! and says where they stand, and may go on with a note. The scenarios under it are the business of `gherkin`.

use super::Lever;
use super::parse::parse;
use super::reading::Reading;
use indexmap::IndexMap;
use std::sync::LazyLock;

/// The feature files, in the order of the page: the name of the section, and the text.
pub static FEATURES: &[(&str, &str)] = &[
    ("states", include_str!("../../features/states.feature")),
    ("failed", include_str!("../../features/failed.feature")),
    ("image", include_str!("../../features/image.feature")),
    ("update", include_str!("../../features/update.feature")),
    ("readiness", include_str!("../../features/readiness.feature")),
    ("api", include_str!("../../features/api.feature")),
];

/// What a rule says.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// What must hold, in one sentence without a full stop.
    pub title: String,
    /// The words of the page; `None` for the wire, of which the page does not speak.
    pub quote: Option<String>,
    /// The heading of the page under which they stand.
    pub place: Option<String>,
    /// What else a reader of a failure should know; empty for nothing.
    pub note: String,
    /// The levers that make sure that it is exercised, in the order of the protocol.
    pub needs: Vec<Lever>,
    /// The open points that touch it.
    pub readings: Vec<&'static Reading>,
    /// Its tags, without `@`.
    pub tags: Vec<String>,
    /// The names of the scenarios that show it; an outline stands for all rows of its examples.
    pub scenarios: Vec<String>,
}

/// What a feature file says.
#[derive(Debug, PartialEq, Eq)]
pub struct Chapter {
    /// The heading of the page that its section reads.
    pub heading: String,
    /// Its rules, by the names of their requirements.
    pub rules: IndexMap<String, Rule>,
}

/// The embedded rules, by section.
static CHAPTERS: LazyLock<IndexMap<&'static str, Chapter>> = LazyLock::new(|| {
    let chapter = |(section, text): &(&'static str, &str)| match parse(section, text) {
        Ok(chapter) => (*section, chapter),
        Err(error) => unreachable!("the embedded features are read by the tests: {error}"),
    };
    FEATURES.iter().map(chapter).collect()
});

/// What the file of that section says.
#[must_use]
pub fn chapter(section: &str) -> &'static Chapter {
    match CHAPTERS.get(section) {
        Some(chapter) => chapter,
        None => unreachable!("every section has its file: the tests compare them"),
    }
}
