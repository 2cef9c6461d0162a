//! Reads rules off feature files: tags carry what programs ask for, descriptions what people read.

use super::Lever;
use super::reading::{self, Reading};
use super::rule::{Chapter, Rule};
use gherkin::{Feature, GherkinEnv, Scenario};
use indexmap::IndexMap;
use std::collections::BTreeSet;

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
    /// A feature, rule or scenario does not say what it must.
    #[error("features/{section}.feature, line {line}: {reason}")]
    Rule {
        /// The section.
        section: String,
        /// The line on which it begins.
        line: usize,
        /// What is wrong.
        reason: String,
    },
}

/// What a feature file of that section says.
///
/// # Errors
/// If it is not Gherkin; if a scenario is of no rule; if a rule lacks its name; or if a tag or a quote cannot be
/// understood.
pub fn parse(section: &str, text: &str) -> Result<Chapter, RuleError> {
    let feature = Feature::parse(text, GherkinEnv::default())
        .map_err(|error| RuleError::Syntax { section: section.to_owned(), reason: error.to_string() })?;
    let wrong = |line: usize, reason: String| RuleError::Rule { section: section.to_owned(), line, reason };
    if let Some(tag) = feature.tags.first() {
        return Err(wrong(feature.position.line, unknown(tag)));
    }
    if let Some(stray) = feature.scenarios.first() {
        return Err(wrong(stray.position.line, "a scenario of no rule shows nothing".to_owned()));
    }
    let mut rules = IndexMap::new();
    for found in feature.rules {
        let line = found.position.line;
        for scenario in &found.scenarios {
            tags(scenario).map_err(|reason| wrong(scenario.position.line, reason))?;
        }
        let (name, rule) = rule(section, found).map_err(|reason| wrong(line, reason))?;
        if rules.contains_key(&name) {
            return Err(wrong(line, format!("`{name}` has two rules")));
        }
        rules.insert(name, rule);
    }
    Ok(Chapter { heading: feature.name, rules })
}

fn rule(section: &str, found: gherkin::Rule) -> Result<(String, Rule), String> {
    let Some(name) = found.tags.first().filter(|tag| tag.split('.').next() == Some(section)).cloned() else {
        return Err(format!("the first tag does not name its requirement, as in @{section}.name"));
    };
    let (mut needs, mut readings) = (Vec::new(), Vec::new());
    for tag in &found.tags[1..] {
        match (lever(tag), open(tag)) {
            (Some(lever), _) => needs.push(lever),
            (_, Some(reading)) => readings.push(reading),
            _ => return Err(unknown(tag)),
        }
    }
    let (quote, place, note) = description(found.description.as_deref().unwrap_or_default())?;
    let scenarios: Vec<String> = found.scenarios.into_iter().map(|scenario| scenario.name).collect();
    let distinct: BTreeSet<&String> = scenarios.iter().collect();
    if distinct.len() < scenarios.len() {
        return Err("two of its scenarios have one name".to_owned());
    }
    Ok((name, Rule { title: found.name, quote, place, note, needs, readings, tags: found.tags, scenarios }))
}

/// Only levers are said of a scenario: those that it needs beside its rule's.
fn tags(scenario: &Scenario) -> Result<(), String> {
    let all = scenario.tags.iter().chain(scenario.examples.iter().flat_map(|examples| &examples.tags));
    all.clone().find(|tag| lever(tag).is_none()).map_or(Ok(()), |tag| Err(unknown(tag)))
}

fn lever(tag: &str) -> Option<Lever> {
    Lever::parse(tag.strip_prefix("lever.")?)
}

fn open(tag: &str) -> Option<&'static Reading> {
    reading::by_name(tag.strip_prefix("reading.")?)
}

fn unknown(tag: &str) -> String {
    format!("the tag @{tag} means nothing here")
}

/// The quote, its place, and the note.
///
/// The parser drops empty lines, so a quote is told from what follows by its form.
fn description(text: &str) -> Result<(Option<String>, Option<String>, String), String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some(begun) = text.strip_prefix('“') else { return Ok((None, None, text)) };
    let quoted = begun.split_once("” (").and_then(|(quote, rest)| Some((quote, rest.split_once(')')?)));
    let Some((quote, (place, note))) = quoted else {
        return Err("a quote is followed by its heading: “words” (heading)".to_owned());
    };
    Ok((Some(quote.to_owned()), Some(place.to_owned()), note.trim_start().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_says_what_must_hold_and_where_it_stands() {
        let text = "Feature: States

  @states.x @lever.hold @reading.R1
  Rule: It holds
    “So it
    is.” (Function states)

    A note
    (of two lines).

    @lever.fail
    Scenario: a
      Given it is invoked
";
        let chapter = parse("states", text).unwrap();
        let rule = &chapter.rules["states.x"];
        assert_eq!((chapter.heading.as_str(), rule.title.as_str()), ("States", "It holds"));
        assert_eq!((rule.quote.as_deref(), rule.place.as_deref()), (Some("So it is."), Some("Function states")));
        assert_eq!(rule.note, "A note (of two lines).");
        assert_eq!(rule.needs, [Lever::Hold]);
        assert_eq!(rule.readings.iter().map(|reading| reading.name).collect::<Vec<_>>(), ["R1"]);
        assert_eq!(rule.scenarios, ["a"]);
    }

    #[test]
    fn without_a_quote_all_is_the_note() {
        let rules =
            parse("api", "Feature: f\n  @api.x\n  Rule: r\n    The page is silent.\n\n    But so.\n").unwrap().rules;
        let rule = &rules["api.x"];
        assert_eq!((&rule.quote, &rule.place, rule.note.as_str()), (&None, &None, "The page is silent. But so."));
    }

    #[test]
    fn what_cannot_be_understood_says_where_and_why() {
        let error = |text: &str| parse("states", &format!("Feature: f\n{text}\n")).unwrap_err().to_string();
        let at = |line: usize, why: &str| format!("features/states.feature, line {line}: {why}");
        let nameless = "the first tag does not name its requirement, as in @states.name";
        assert_eq!(error("@lever.hold\nRule: r"), at(3, nameless));
        assert_eq!(error("@failed.x\nRule: r"), at(3, nameless));
        assert_eq!(error("Rule: r"), at(2, nameless));
        assert_eq!(error("@states.x @lever.push\nRule: r"), at(3, "the tag @lever.push means nothing here"));
        assert_eq!(error("@states.x @reading.R11\nRule: r"), at(3, "the tag @reading.R11 means nothing here"));
        assert_eq!(error("@states.x\nRule: r\n@slow\nScenario: s"), at(5, "the tag @slow means nothing here"));
        assert_eq!(error("@states.x\nRule: r\n\n@states.x\nRule: r"), at(6, "`states.x` has two rules"));
        assert_eq!(error("Scenario: s"), at(2, "a scenario of no rule shows nothing"));
        let unplaced = "a quote is followed by its heading: “words” (heading)";
        assert_eq!(error("@states.x\nRule: r\n“So it is.”\n\nA note."), at(3, unplaced));
        let twins = "@states.x\nRule: r\nScenario: s\nScenario: s";
        assert_eq!(error(twins), at(3, "two of its scenarios have one name"));
        assert!(error("Rule").starts_with("features/states.feature is not in Gherkin"));
    }
}
