//! Scenarios as data: what a feature file says, with each step understood.

use super::glossary::{self, AT_ONCE};
use super::meaning::Meaning;
use crate::plan::Plan;
use crate::requirement::{self, Requirement};
use cucumber::feature::Ext as _;
use gherkin::{Feature, GherkinEnv, Rule, Scenario};

/// A scenario that can be played: outlines are one for each row of their examples.
#[derive(Debug, Clone)]
pub struct Script {
    /// The name of its rule's requirement and its own, joined by a slash: unique among those of one file.
    pub name: String,
    /// The requirement of its rule; `None` for a scenario of no rule, as counterexamples are printed.
    pub requirement: Option<&'static Requirement>,
    /// The tags of the scenario, its rule and its feature, without `@`.
    pub tags: Vec<String>,
    /// The steps: each as it is written, and what it means.
    pub lines: Vec<(String, Meaning)>,
}

impl Script {
    /// All that it does.
    #[must_use]
    pub fn plan(&self) -> Plan {
        Plan { steps: self.lines.iter().flat_map(|(_, meaning)| meaning.steps.iter().cloned()).collect() }
    }
}

/// Why a feature file cannot be played.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScriptError {
    /// It is not Gherkin.
    #[error("{file} is not in Gherkin: {reason}")]
    Syntax {
        /// The file.
        file: String,
        /// What the parser says.
        reason: String,
    },
    /// A step is not in the glossary.
    #[error("{file}, line {line}: `{step}` is no step of the glossary")]
    Undefined {
        /// The file.
        file: String,
        /// The line.
        line: usize,
        /// The step.
        step: String,
    },
    /// Two scenarios cannot be told apart.
    #[error("{file} has two scenarios of the name `{name}`")]
    Duplicate {
        /// The file with the second one.
        file: String,
        /// The name.
        name: String,
    },
}

/// A feature file's text, with outlines expanded.
///
/// # Errors
/// If it is not Gherkin.
pub fn feature(file: &str, text: &str) -> Result<Feature, ScriptError> {
    let syntax = |reason: String| ScriptError::Syntax { file: file.to_owned(), reason };
    let feature = Feature::parse(text, GherkinEnv::default()).map_err(|error| syntax(error.to_string()))?;
    feature.expand_examples().map_err(|error| syntax(error.to_string()))
}

/// The scenarios of a feature, in its order.
///
/// # Errors
/// If a step is not in the glossary.
pub fn scripts(file: &str, feature: &Feature) -> Result<Vec<Script>, ScriptError> {
    let loose = feature.scenarios.iter().map(|scenario| (None, scenario));
    let ruled = feature.rules.iter().flat_map(|rule| rule.scenarios.iter().map(move |scenario| (Some(rule), scenario)));
    loose.chain(ruled).map(|(rule, scenario)| script(file, feature, rule, scenario)).collect()
}

fn script(file: &str, feature: &Feature, rule: Option<&Rule>, scenario: &Scenario) -> Result<Script, ScriptError> {
    // What is common to all scenarios comes first, as cucumber has it.
    let backgrounds = feature.background.iter().chain(rule.and_then(|rule| rule.background.as_ref()));
    let steps = backgrounds.flat_map(|background| &background.steps).chain(&scenario.steps);
    let lines = steps.map(|step| {
        let meaning = meaning(step).ok_or_else(|| ScriptError::Undefined {
            file: file.to_owned(),
            line: step.position.line,
            step: step.value.clone(),
        })?;
        Ok((format!("{} {}", step.keyword.trim(), step.value), meaning))
    });
    let tags = scenario.tags.iter().chain(rule.iter().flat_map(|rule| &rule.tags)).chain(&feature.tags);
    Ok(Script {
        name: name(rule, scenario),
        requirement: requirement_of(rule),
        tags: tags.cloned().collect(),
        lines: lines.collect::<Result<_, _>>()?,
    })
}

/// The name under which a scenario is listed and selected.
#[must_use]
pub(super) fn name(rule: Option<&Rule>, scenario: &Scenario) -> String {
    match requirement_of(rule) {
        Some(requirement) => format!("{}/{}", requirement.name, scenario.name),
        None => scenario.name.clone(),
    }
}

fn requirement_of(rule: Option<&Rule>) -> Option<&'static Requirement> {
    rule?.tags.iter().find_map(|tag| requirement::by_name(tag))
}

fn meaning(step: &gherkin::Step) -> Option<Meaning> {
    if step.value != AT_ONCE {
        return glossary::meaning(&step.value);
    }
    glossary::at_once(&step.table.as_ref()?.rows.iter().flatten().cloned().collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_nobody_understands_is_an_error() {
        let text = "Feature: f\n  Scenario: s\n    Given it is poked\n";
        let error = scripts("f.feature", &feature("f.feature", text).unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "f.feature, line 3: `it is poked` is no step of the glossary");
    }

    #[test]
    fn what_is_no_gherkin_is_an_error() {
        assert!(feature("f.feature", "Scenario?").unwrap_err().to_string().starts_with("f.feature is not in Gherkin"));
    }

    #[test]
    fn a_background_comes_first() {
        let text =
            "Feature: f\n  Background:\n    Given it is created with image A\n  Scenario: s\n    When it is invoked\n";
        let scripts = scripts("f", &feature("f", text).unwrap()).unwrap();
        assert_eq!(scripts[0].plan().to_string(), "create f A\ninvoke f");
    }

    #[test]
    fn outlines_become_a_scenario_a_row() {
        let text = "Feature: f\n  Scenario Outline: it is <state>\n    Then it is <state>\n    Examples:\n      | state |\n      | Active |\n      | Failed |\n";
        let scripts = scripts("f", &feature("f", text).unwrap()).unwrap();
        assert_eq!(
            scripts.iter().map(|script| script.name.as_str()).collect::<Vec<_>>(),
            ["it is Active", "it is Failed"]
        );
    }
}
