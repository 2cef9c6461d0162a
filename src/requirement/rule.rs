//! The rules of `features/`: the one place where a requirement is stated.
//!
//! A rule's tags name its requirement (`@states.known`), the levers that it needs (`@lever.hold`) and the readings that
//! touch it (`@reading.R1`); its title is the requirement's sentence; its description begins with the words of the page
//! and says where they stand, and may go on with a note. The scenarios under it are the business of `gherkin`.

use super::{Lever, reading};
use gherkin::{Feature, GherkinEnv};
use indexmap::IndexMap;
use std::collections::BTreeSet;
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The names of the readings that touch it.
    pub readings: Vec<String>,
    /// Its tags, without `@`.
    pub tags: Vec<String>,
    /// The names of the scenarios that show it; an outline stands for all rows of its examples.
    pub scenarios: Vec<String>,
}

/// What a feature file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chapter {
    /// The heading of the page that its section reads.
    pub heading: String,
    /// Its rules, by the names of their requirements.
    pub rules: IndexMap<String, Rule>,
}

/// Why the rules cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A file is not Gherkin.
    #[error("features/{section}.feature is not in Gherkin: {reason}")]
    Syntax {
        /// The section.
        section: String,
        /// What the parser says.
        reason: String,
    },
    /// A rule does not say what it must.
    #[error("features/{section}.feature, line {line}: {reason}")]
    Rule {
        /// The section.
        section: String,
        /// The line of the rule.
        line: usize,
        /// What is wrong.
        reason: String,
    },
}

/// The embedded rules, by section.
static CHAPTERS: LazyLock<IndexMap<&'static str, Chapter>> = LazyLock::new(|| {
    let chapter = |(section, text): &(&'static str, &str)| match read(section, text) {
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

/// What a feature file of that section says.
///
/// # Errors
/// If it is not Gherkin, or if a rule lacks its name or has a tag or a description that nobody understands.
pub fn read(section: &str, text: &str) -> Result<Chapter, RuleError> {
    let feature = Feature::parse(text, GherkinEnv::default())
        .map_err(|error| RuleError::Syntax { section: section.to_owned(), reason: error.to_string() })?;
    let mut chapter = Chapter { heading: feature.name, rules: IndexMap::new() };
    for found in feature.rules {
        let line = found.position.line;
        let wrong = |reason: String| RuleError::Rule { section: section.to_owned(), line, reason };
        let (name, rule) = rule(section, found).map_err(wrong)?;
        if chapter.rules.insert(name.clone(), rule).is_some() {
            return Err(wrong(format!("`{name}` has two rules")));
        }
    }
    Ok(chapter)
}

fn rule(section: &str, found: gherkin::Rule) -> Result<(String, Rule), String> {
    let mut name = None;
    let (mut needs, mut readings) = (Vec::new(), Vec::new());
    for tag in &found.tags {
        match tag.split_once('.') {
            Some(("lever", lever)) => needs.push(Lever::parse(lever).ok_or_else(|| format!("@{tag} is no lever"))?),
            Some(("reading", word)) if reading::by_name(word).is_some() => readings.push(word.to_owned()),
            Some((of, _)) if of == section && name.is_none() => name = Some(tag.clone()),
            _ => return Err(format!("nobody understands the tag @{tag}")),
        }
    }
    let name = name.ok_or_else(|| format!("no tag names its requirement, as in @{section}.name"))?;
    let (quote, place, note) = description(found.description.as_deref().unwrap_or_default());
    let scenarios: Vec<String> = found.scenarios.into_iter().map(|scenario| scenario.name).collect();
    let distinct: BTreeSet<&String> = scenarios.iter().collect();
    if distinct.len() < scenarios.len() {
        return Err("two of its scenarios have one name".to_owned());
    }
    Ok((name, Rule { title: found.name, quote, place, note, needs, readings, tags: found.tags, scenarios }))
}

/// The quote and its place from the first paragraph, where it is one, and the rest.
fn description(text: &str) -> (Option<String>, Option<String>, String) {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let paragraphs: Vec<String> =
        lines.split(|line| line.is_empty()).map(|part| part.join(" ")).filter(|part| !part.is_empty()).collect();
    let quoted = paragraphs.first().and_then(|first| {
        let (quote, place) = first.strip_prefix('“')?.split_once('”')?;
        let place = place.trim().strip_prefix('(').and_then(|place| place.strip_suffix(')'));
        Some((quote.to_owned(), place.map(str::to_owned)))
    });
    match quoted {
        Some((quote, place)) => (Some(quote), place, paragraphs[1..].join(" ")),
        None => (None, None, paragraphs.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_files_are_read() {
        for (section, text) in FEATURES {
            let chapter = read(section, text).unwrap_or_else(|error| panic!("{error}"));
            assert!(!chapter.heading.is_empty() && !chapter.rules.is_empty(), "{section}");
        }
    }

    #[test]
    fn a_rule_says_what_must_hold_and_where_it_stands() {
        let text = "Feature: States\n\n  @states.x @lever.hold @reading.R1\n  Rule: It holds\n    “So it\n    is.” (Function states)\n\n    A note.\n\n    Scenario: a\n      Given it is invoked\n";
        let chapter = read("states", text).unwrap();
        let rule = &chapter.rules["states.x"];
        assert_eq!((chapter.heading.as_str(), rule.title.as_str()), ("States", "It holds"));
        assert_eq!((rule.quote.as_deref(), rule.place.as_deref()), (Some("So it is."), Some("Function states")));
        assert_eq!((rule.note.as_str(), rule.needs.as_slice()), ("A note.", [Lever::Hold].as_slice()));
        assert_eq!(
            (rule.readings.as_slice(), rule.scenarios.as_slice()),
            (["R1".to_owned()].as_slice(), ["a".to_owned()].as_slice())
        );
    }

    #[test]
    fn what_is_no_rule_says_where_and_why() {
        let error = |tags: &str| {
            read("states", &format!("Feature: f\n  {tags}\n  Rule: r\n    Scenario: s\n      Given a\n"))
                .unwrap_err()
                .to_string()
        };
        assert_eq!(error("@states.x @lever.push"), "features/states.feature, line 3: @lever.push is no lever");
        assert_eq!(
            error("@lever.hold"),
            "features/states.feature, line 3: no tag names its requirement, as in @states.name"
        );
        assert_eq!(error("@states.x @slow"), "features/states.feature, line 3: nobody understands the tag @slow");
        assert_eq!(error("@failed.x"), "features/states.feature, line 3: nobody understands the tag @failed.x");
    }
}
