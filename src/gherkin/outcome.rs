//! What a scenario came to: the oracle's word on its history, and only then its steps.

use super::script::Script;
use crate::driver::judged::JudgedCase;
use crate::lever::LeverSet;
use crate::plan::Action;
use crate::requirement::{Lever, Requirement};
use std::collections::BTreeSet;

/// A scenario that was asked for, and what it came to.
#[derive(Debug, Clone)]
pub struct Played {
    /// Its name.
    pub name: String,
    /// The requirement of its rule.
    pub requirement: Option<&'static Requirement>,
    /// What it came to.
    pub outcome: Outcome,
    /// What was seen, and judged; `None` if it was not begun.
    pub case: Option<JudgedCase>,
}

/// What a scenario came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Its steps saw what they expect, its history conforms, and the requirement of its rule was put to the test.
    Passed,
    /// Something in its history cannot be explained by the documentation.
    Failed {
        /// The first step that saw something else, and what it saw; `None` if all saw what they expect.
        step: Option<String>,
        /// What cannot be explained.
        explanation: String,
    },
    /// Why it did not put its requirement to the test.
    NotExercised(String),
    /// Why nothing can be said.
    Inconclusive(String),
}

/// A step that saw something else than it expects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unmet {
    /// The step.
    pub(super) step: String,
    /// What it saw.
    pub(super) instead: String,
}

impl Unmet {
    fn text(&self) -> String {
        format!("“{}”: {}", self.step, self.instead)
    }
}

impl Played {
    /// A scenario that was not begun, since the endpoint lacks a lever or the run had come to its end.
    pub(super) fn not_begun(script: &Script, levers: LeverSet) -> Self {
        let needed: BTreeSet<Lever> = script.plan().actions().filter_map(Action::lever).collect();
        let lacking = needed.into_iter().filter(|lever| !levers.contains(*lever));
        let lacking: Vec<&str> = lacking.map(Lever::as_str).collect();
        if lacking.is_empty() {
            return Self::not_told(script, "the run ended before it began".to_owned());
        }
        let reason = format!("it needs the lever {}, which the endpoint does not offer", lacking.join(" and "));
        Self { outcome: Outcome::NotExercised(reason), ..Self::not_told(script, String::new()) }
    }

    /// A scenario of which nothing can be said.
    pub(super) fn not_told(script: &Script, reason: String) -> Self {
        let outcome = Outcome::Inconclusive(reason);
        Self { name: script.name.clone(), requirement: script.requirement, outcome, case: None }
    }
}

/// What a scenario came to whose history was judged.
///
/// A step that saw something else does not fail it while the history can be explained: that is another reading of the
/// page. And steps that saw what they expect do not make it pass if nothing they saw could have broken its rule.
pub(super) fn outcome(script: &Script, case: &JudgedCase, unmet: Option<Unmet>) -> Outcome {
    let broken = case.finding.as_ref().map(|finding| finding.explanation.clone());
    let breach = || case.answers.first().and_then(|breach| case.evidence(breach.requirement)).map(|(_, text)| text);
    if let Some(explanation) = broken.or_else(breach) {
        return Outcome::Failed { step: unmet.map(|unmet| unmet.text()), explanation };
    }
    if case.inconclusive {
        return Outcome::Inconclusive("the search through its history outgrew its bounds".to_owned());
    }
    if let Some(cut) = case.record.cut_short {
        return Outcome::Inconclusive(format!("it was cut short: {}", cut.as_str()));
    }
    if let Some(unmet) = unmet {
        return Outcome::NotExercised(format!("{}, which can be explained", unmet.text()));
    }
    match script.requirement {
        Some(requirement) if case.exercise.counts.get(requirement.name).is_none_or(|count| *count == 0) => {
            Outcome::NotExercised(format!("nothing that was seen could have broken {}", requirement.name))
        }
        _ => Outcome::Passed,
    }
}
