//! What judging a history comes to, as plain data.

use super::blame::Finding;
use crate::history::Name;
use indexmap::IndexMap;

/// Why a history cannot be judged at all.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum JudgeError {
    /// The operations do not come in the order of their starts.
    #[error("line {line} starts before the line before it: sort the history by `start`")]
    Unordered {
        /// The line that came too late.
        line: usize,
    },
}

/// What the history says of one function.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Some explanation is left.
    Conforms,
    /// Nothing explains it.
    Violates(Box<Finding>),
    /// The search outgrew its bounds.
    Inconclusive,
}

/// What a history says.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The outcome of each function, in the order in which they first appear.
    pub functions: IndexMap<Name, Outcome>,
    /// How many operations there were.
    pub operations: usize,
    /// How many of them were calls of the API with a known answer.
    pub calls: usize,
    /// How many worlds were met: as one where functions are in the same but for the names, and, of a history so long that
    /// tables were started anew, those since then.
    pub worlds: usize,
    /// The most configurations that any function had at once.
    pub widest: usize,
}

impl Judgement {
    /// The violation that stands first in the history.
    #[must_use]
    pub fn first_violation(&self) -> Option<&Finding> {
        let findings = self.functions.values().filter_map(|outcome| match outcome {
            Outcome::Violates(finding) => Some(&**finding),
            _ => None,
        });
        findings.min_by_key(|finding| (finding.operation.line, finding.at))
    }

    /// Whether the judge gave up on a function.
    #[must_use]
    pub fn is_inconclusive(&self) -> bool {
        self.functions.values().any(|outcome| matches!(outcome, Outcome::Inconclusive))
    }
}
