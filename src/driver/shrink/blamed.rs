//! What a case is to show while it is made short, so that what is left out does not turn it into another one.

use crate::driver::judged::{Depth, JudgedCase};
use crate::requirement::Requirement;

/// How a case breaks a requirement.
#[derive(Debug, Clone, Copy)]
pub(super) enum Blamed {
    /// It is blamed first for what the automaton does not explain.
    First(&'static Requirement),
    /// It is among those that may be blamed.
    AmongOthers(&'static Requirement),
    /// The form of an answer breaks it.
    ByAnAnswer(&'static Requirement),
}

impl Blamed {
    /// How this case breaks it.
    pub(super) fn of(case: &JudgedCase, requirement: &'static Requirement) -> Self {
        let kinds = [Self::First(requirement), Self::ByAnAnswer(requirement)];
        kinds.into_iter().find(|kind| kind.accepts(case)).unwrap_or(Self::AmongOthers(requirement))
    }

    /// Whether a case breaks it in the same way.
    pub(super) fn accepts(self, case: &JudgedCase) -> bool {
        match self {
            Self::First(requirement) => case.finding.as_ref().is_some_and(|finding| finding.requirement == requirement),
            Self::AmongOthers(requirement) => case.breaks(requirement),
            Self::ByAnAnswer(requirement) => case.answers.iter().any(|breach| breach.requirement == requirement),
        }
    }

    /// How deep a case must be judged to tell: some answers break a promise only where surely no function was.
    pub(super) const fn depth(self) -> Depth {
        match self {
            Self::First(_) => Depth::Verdict,
            Self::AmongOthers(_) | Self::ByAnAnswer(_) => Depth::Exercise,
        }
    }
}
