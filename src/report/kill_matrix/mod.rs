//! What the suite itself is worth: the faulty endpoints that it catches, and the right ones that it accuses.
//!
//! [`KillMatrix`] is what runs against every variant of the emulator came to, as plain data. [`text`] renders all of it
//! for people, [`json`] for programs, and [`stable`] the part that two runs agree on.

pub mod figures;
pub mod json;
#[cfg(test)]
mod sample;
pub mod stable;
pub mod text;

use crate::driver::result::RunVerdict;
use std::time::Duration;

/// What the runs against all variants came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KillMatrix {
    /// The seed that the plans of every run are a function of.
    pub seed: u64,
    /// Endpoints that break a promise.
    pub faults: Vec<Row>,
    /// Endpoints that keep all of them in an unusual way.
    pub oddities: Vec<Row>,
}

/// A variant, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The name of the variant.
    pub name: &'static str,
    /// The requirements that may be blamed for it; none for an endpoint that is right.
    pub breaks: &'static [&'static str],
    /// How many actions the shortest plan has that exposes it, if such a plan is known.
    pub shortest: Option<usize>,
    /// What the run against it came to, or why there was none.
    pub outcome: Result<Outcome, String>,
}

/// What the run against a variant came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The verdict of the run.
    pub verdict: RunVerdict,
    /// How many requests it sent.
    pub requests: u64,
    /// How long it took.
    pub duration: Duration,
    /// The requirements that it saw broken.
    pub blamed: Vec<Blame>,
}

/// A requirement that a run saw broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blame {
    /// The name of the requirement.
    pub requirement: &'static str,
    /// How many requests had been sent when it was first seen.
    pub found_after: u64,
    /// How many actions the plan of the shortest counterexample has.
    pub actions: usize,
    /// How often the violation came back when that was run again, and how often it was tried.
    pub reproduced: (u32, u32),
}

/// What is to be said of a faulty endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caught {
    /// A requirement that may be blamed for it was seen broken.
    Rightly,
    /// Only others were.
    ByOthersOnly,
    /// It survived.
    No,
}

/// What is to be said of an endpoint that is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peace {
    /// It was put to the test, and nothing was held against it.
    Left,
    /// It was accused.
    Accused,
    /// Nothing was put to the test, so that nothing could be held against it.
    Untested,
}

impl Row {
    /// The requirements that were seen broken.
    #[must_use]
    pub fn blamed(&self) -> &[Blame] {
        self.outcome.as_ref().map_or(&[], |outcome| &outcome.blamed)
    }

    /// Whether this may be blamed for it.
    #[must_use]
    pub fn allows(&self, blame: &Blame) -> bool {
        self.breaks.contains(&blame.requirement)
    }

    /// The first blame that may be laid on it.
    #[must_use]
    pub fn first_rightly(&self) -> Option<&Blame> {
        self.blamed().iter().filter(|blame| self.allows(blame)).min_by_key(|blame| blame.found_after)
    }

    /// What is to be said of it as a faulty endpoint.
    #[must_use]
    pub fn caught(&self) -> Caught {
        match (self.first_rightly(), self.blamed()) {
            (Some(_), _) => Caught::Rightly,
            (None, []) => Caught::No,
            (None, _) => Caught::ByOthersOnly,
        }
    }

    /// What is to be said of it as an endpoint that is right.
    #[must_use]
    pub fn peace(&self) -> Peace {
        match &self.outcome {
            Ok(outcome) if outcome.verdict == RunVerdict::NonConformant => Peace::Accused,
            Ok(outcome) if outcome.verdict != RunVerdict::NothingExercised => Peace::Left,
            _ => Peace::Untested,
        }
    }

    /// Whether a faulty endpoint was caught, a right one left in peace.
    #[must_use]
    pub fn is_as_it_should_be(&self) -> bool {
        if self.breaks.is_empty() { self.peace() == Peace::Left } else { self.caught() == Caught::Rightly }
    }
}

/// How close the counterexamples of a run came to the shortest that there can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closeness {
    /// The one in the middle: how many actions it has.
    pub actions: usize,
    /// The one in the middle of those that are possible.
    pub possible: usize,
    /// How many counterexamples have at most one action more than the shortest possible.
    pub close: usize,
    /// How many there are.
    pub all: usize,
}

impl Closeness {
    /// The two numbers in words.
    #[must_use]
    pub fn summary(&self) -> String {
        let Self { actions, possible, close, all } = self;
        let percent = 100 * close / (*all).max(1);
        format!(
            "shrunk counterexamples: median {actions} of {possible} possible; at most one more in {percent} % \
             ({close}/{all})"
        )
    }
}

impl KillMatrix {
    /// How close the counterexamples came to the shortest there can be, over the faults of which that is known; `None`
    /// if there are none.
    #[must_use]
    pub fn closeness(&self) -> Option<Closeness> {
        let pair = |row: &Row| {
            let shrunk = row.blamed().iter().filter(|blame| row.allows(blame)).map(|blame| blame.actions).min()?;
            Some((shrunk, row.shortest?))
        };
        let pairs: Vec<(usize, usize)> = self.faults.iter().filter_map(pair).collect();
        let (mut shrunk, mut shortest): (Vec<usize>, Vec<usize>) = pairs.iter().copied().unzip();
        shrunk.sort_unstable();
        shortest.sort_unstable();
        Some(Closeness {
            actions: *shrunk.get(pairs.len() / 2)?,
            possible: *shortest.get(pairs.len() / 2)?,
            close: pairs.iter().filter(|(shrunk, shortest)| *shrunk <= shortest + 1).count(),
            all: pairs.len(),
        })
    }

    /// How many faulty endpoints were caught by a requirement that may be blamed.
    #[must_use]
    pub fn caught(&self) -> usize {
        self.faults.iter().filter(|row| row.caught() == Caught::Rightly).count()
    }

    /// How many right endpoints were accused.
    #[must_use]
    pub fn accused(&self) -> usize {
        self.oddities.iter().filter(|row| row.peace() == Peace::Accused).count()
    }

    /// Whether all that is wrong was caught, and all that is right was tested and left in peace.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.faults.iter().chain(&self.oddities).all(Row::is_as_it_should_be)
    }

    /// The two numbers.
    #[must_use]
    pub fn summary(&self) -> String {
        let (faults, oddities) = (self.faults.len(), self.oddities.len());
        format!("faults caught {}/{faults} · right endpoints accused {}/{oddities}", self.caught(), self.accused())
    }
}

#[cfg(test)]
mod tests {
    use super::sample::{blame, matrix, row};
    use super::*;

    #[test]
    fn a_fault_is_caught_by_what_may_be_blamed_for_it() {
        let allowed = &["update.ends"];
        let row = |blamed| row("fault", allowed, RunVerdict::NonConformant, blamed);
        assert_eq!(row(vec![blame("failed.stays", 10), blame("update.ends", 20)]).caught(), Caught::Rightly);
        assert_eq!(row(vec![blame("failed.stays", 10)]).caught(), Caught::ByOthersOnly);
        assert_eq!(row(Vec::new()).caught(), Caught::No);
        let undriven = Row { name: "fault", breaks: allowed, shortest: None, outcome: Err("it is not there".into()) };
        assert_eq!((undriven.caught(), undriven.peace()), (Caught::No, Peace::Untested));
    }

    #[test]
    fn an_endpoint_that_was_not_tested_was_not_left_in_peace() {
        let row = |verdict| row("oddity", &[], verdict, Vec::new());
        assert_eq!(row(RunVerdict::Inconclusive).peace(), Peace::Left);
        assert_eq!(row(RunVerdict::NonConformant).peace(), Peace::Accused);
        assert_eq!(row(RunVerdict::NothingExercised).peace(), Peace::Untested);
    }

    #[test]
    fn it_holds_if_all_are_caught_and_none_is_accused() {
        let mut matrix = matrix();
        assert_eq!(matrix.summary(), "faults caught 1/3 · right endpoints accused 1/3");
        assert!(!matrix.holds());
        matrix.faults.truncate(1);
        assert!(!matrix.holds());
        assert_eq!(matrix.closeness(), Some(Closeness { actions: 4, possible: 3, close: 1, all: 1 }));
        matrix.oddities.truncate(1);
        assert_eq!(matrix.summary(), "faults caught 1/1 · right endpoints accused 0/1");
        assert!(matrix.holds());
    }
}
