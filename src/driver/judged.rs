//! A case's record with what the oracle and the answers say of it.

use super::case::{CaseRecord, Origin};
use crate::history::{Answer, Call, Event, Operation};
use crate::oracle::coverage::{Coverage, coverage};
use crate::oracle::exercise::{Exercise, exercise};
use crate::oracle::{self, Finding};
use crate::requirement::{Requirement, api, image};

/// A record that has been judged.
#[derive(Debug, Clone)]
pub struct JudgedCase {
    /// What was seen.
    pub record: CaseRecord,
    /// What the automaton does not explain.
    pub finding: Option<Finding>,
    /// What the answers themselves break: one breach a requirement, the first.
    pub answers: Vec<AnswerBreach>,
    /// What was put to the test.
    pub exercise: Exercise,
    /// How much of the automaton it went through.
    pub coverage: Coverage,
    /// Whether the search outgrew its bounds.
    pub inconclusive: bool,
}

/// An answer that breaks a requirement by its form.
#[derive(Debug, Clone)]
pub struct AnswerBreach {
    /// The requirement.
    pub requirement: &'static Requirement,
    /// The line of the operation in the history's file.
    pub line: usize,
    /// What was answered, and what is asked for.
    pub explanation: String,
}

/// Whether what was exercised and gone through is worked out, the first of which costs much more than judging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// It is.
    Exercise,
    /// Only whether the history conforms.
    Verdict,
}

/// Judges a record.
#[must_use]
pub fn judge(record: CaseRecord, not_found: &str, depth: Depth) -> JudgedCase {
    let judgement = oracle::judge(&record.history).ok();
    let finding = judgement.as_ref().and_then(|judgement| judgement.first_violation().cloned());
    let inconclusive = judgement.is_none_or(|judgement| judgement.is_inconclusive());
    let (mut exercise, coverage) = match depth {
        Depth::Exercise => {
            (exercise(&record.history).unwrap_or_default(), coverage(&record.history).unwrap_or_default())
        }
        Depth::Verdict => Default::default(),
    };
    let answers = answers(&record, &mut exercise, not_found);
    JudgedCase { record, finding, answers, exercise, coverage, inconclusive }
}

/// Judges what no automaton does: the form of answers.
fn answers(record: &CaseRecord, exercise: &mut Exercise, not_found: &str) -> Vec<AnswerBreach> {
    let mut breaches: Vec<AnswerBreach> = Vec::new();
    let mut breach = |requirement: &'static Requirement, operation: &Operation, explanation: String| {
        if !breaches.iter().any(|known| known.requirement == requirement) {
            breaches.push(AnswerBreach { requirement, line: operation.line, explanation });
        }
    };
    let count = |exercise: &mut Exercise, requirement: &'static Requirement| {
        *exercise.counts.entry(requirement.name).or_default() += 1;
    };
    let operations = &record.history.operations;
    for operation in operations {
        let Event::Call { function, call } = &operation.event else { continue };
        if is_refused(call) {
            count(exercise, &api::ERRORS);
        }
        if let Call::Get { answer: Answer::Accepted(report) } = call
            && &*report.state == "Active"
        {
            count(exercise, &image::DIGEST_REPORTED);
            if report.digest.as_deref().is_none_or(str::is_empty) {
                let text = format!("GetFunction showed `{function}` Active without the digest of its image.");
                breach(&image::DIGEST_REPORTED, operation, text);
            }
        }
    }
    for operation in operations {
        let Some(text) = &operation.trace.bare else { continue };
        if operation.trace.status.is_some_and(|status| status < 500) {
            let explanation = format!("A refusal was not a JSON object with `Code` and `Message`: {text}.");
            breach(&api::ERRORS, operation, explanation);
        }
    }
    for place in exercise.absent.clone() {
        let Some(operation) = operations.get(place) else { continue };
        count(exercise, &api::NOT_FOUND);
        let trace = &operation.trace;
        if trace.status != Some(404) || trace.error.as_deref() != Some(not_found) {
            let status = trace.status.map_or_else(|| "none".to_owned(), |status| status.to_string());
            let error = trace.error.as_deref().unwrap_or("no code");
            let text = format!(
                "An operation on a function that is not there answered HTTP {status} with {error}, not 404 with {not_found}."
            );
            breach(&api::NOT_FOUND, operation, text);
        }
    }
    breaches
}

fn is_refused(call: &Call) -> bool {
    matches!(
        call,
        Call::Create { answer: Answer::Refused, .. }
            | Call::Update { answer: Answer::Refused, .. }
            | Call::Delete { answer: Answer::Refused }
            | Call::Get { answer: Answer::Refused }
            | Call::Invoke { answer: Answer::Refused }
    )
}

impl JudgedCase {
    /// Whether it breaks this requirement, by what was seen or by the form of an answer.
    #[must_use]
    pub fn breaks(&self, requirement: &Requirement) -> bool {
        self.finding.as_ref().is_some_and(|finding| finding.suspects.contains(&requirement))
            || self.answers.iter().any(|breach| breach.requirement == requirement)
    }

    /// What was under way when it was first seen to break this requirement; `None` if it does not.
    #[must_use]
    pub fn seen_at(&self, requirement: &Requirement) -> Option<Origin> {
        let answer = self.answers.iter().find(|breach| breach.requirement == requirement);
        // The header stands on the first line.
        let answered = answer.and_then(|breach| self.record.origins.get(breach.line.checked_sub(2)?).copied());
        let suspected = self.finding.as_ref().is_some_and(|finding| finding.suspects.contains(&requirement));
        answered.or(self.record.found.filter(|_| suspected))
    }

    /// Whether it breaks anything.
    #[must_use]
    pub fn breaks_something(&self) -> bool {
        self.finding.is_some() || !self.answers.is_empty()
    }

    /// The line and the explanation of its breach of this requirement.
    #[must_use]
    pub fn evidence(&self, requirement: &Requirement) -> Option<(usize, String)> {
        if let Some(breach) = self.answers.iter().find(|breach| breach.requirement == requirement) {
            let title = requirement.title();
            return Some((breach.line, format!("{} That breaks {}: {title}.", breach.explanation, requirement.name)));
        }
        self.finding.as_ref().map(|finding| (finding.operation.line, finding.explanation.clone()))
    }
}
