//! What a run came to, as plain data: reports are pure functions of it.

use crate::lever::LeverSet;
use crate::oracle::coverage::Coverage;
use crate::plan::Plan;
use crate::plan::derived::derived;
use crate::requirement::{Lever, Requirement, update};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What a run came to.
#[derive(Debug, Clone)]
pub struct RunResult {
    /// The endpoint's base URL, without credentials.
    pub endpoint: String,
    /// The dialect's name.
    pub dialect: String,
    /// The seed that the plans are a function of.
    pub seed: u64,
    /// Which requirements the verdict is about.
    pub profile: Profile,
    /// Whether the profile was chosen by what the endpoint offers, not by the user.
    pub profile_inferred: Inferred,
    /// The verdict of the run.
    pub verdict: RunVerdict,
    /// Why the run ended before its plans did, if it did.
    pub ended_early: Option<String>,
    /// How many cases were executed.
    pub cases: usize,
    /// How many requests were sent, levers included.
    pub requests: u64,
    /// How long it took.
    pub duration: Duration,
    /// The levers that were used.
    pub levers: Vec<Lever>,
    /// The readings of the documentation that were seen, by their names in the specification (`R1` …).
    pub readings: BTreeMap<String, String>,
    /// What the endpoint was measured to take: label and duration, in the order in which people want to read it.
    pub measured: Vec<(String, Duration)>,
    /// How much of the automaton was gone through.
    pub covered: Covered,
    /// What a reader should know besides: notes on answers, on clean-up, on what could not be told.
    pub notes: Vec<String>,
    /// The scenarios that were asked for, in the order of the features.
    pub scenarios: Vec<ScenarioResult>,
    /// Every requirement of the catalogue, in its order.
    pub requirements: Vec<RequirementResult>,
}

impl RunResult {
    /// Whether something of the profile could not be told, or was not exercised though it had to be.
    #[must_use]
    pub fn has_open_requirements(&self) -> bool {
        let mut profile = self.requirements.iter().filter(|entry| entry.in_profile == Selected::Yes);
        profile.any(|entry| match entry.verdict {
            Verdict::Passed | Verdict::Failed => false,
            Verdict::Inconclusive => true,
            // An endpoint may refuse no update at all.
            Verdict::NotExercised => *entry.requirement != update::REFUSED_IS_NOTHING,
        })
    }
}

/// How much of the automaton a run went through.
///
/// It is set against what the levers on offer can force ([`crate::plan::derived`]), if the endpoint does the usual where
/// the page leaves it a choice. What was gone through besides is counted apart: it hung on the moment, or on such a
/// choice. An endpoint that chooses otherwise has less of the one and more of the other, and is no worse for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Covered {
    /// Situations that a function was in, names left out.
    pub worlds: Share,
    /// Steps.
    pub steps: Share,
    /// Steps with the last one before them that changed something.
    pub pairs: Share,
    /// Functions whose histories were too intricate to tell what they went through.
    pub given_up: u64,
}

/// How many of those that can be forced were seen, and how many others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Share {
    /// How many of them were seen.
    pub seen: usize,
    /// How many can be forced.
    pub forced: usize,
    /// How many others were seen.
    pub beyond: usize,
}

impl Covered {
    /// What was gone through in several cases, under these levers.
    #[must_use]
    pub fn by<'a>(cases: impl Iterator<Item = &'a Coverage>, levers: LeverSet) -> Self {
        let mut all = Coverage::default();
        cases.for_each(|coverage| all.add(coverage));
        let forced = &derived(levers).forced;
        Self {
            worlds: share(all.worlds.keys(), &forced.worlds),
            steps: share(all.steps.keys(), &forced.steps),
            pairs: share(all.pairs.keys(), &forced.pairs),
            given_up: all.given_up,
        }
    }
}

fn share<'a, T: Ord + 'a>(seen: impl ExactSizeIterator<Item = &'a T>, forced: &BTreeSet<T>) -> Share {
    let all = seen.len();
    let seen = seen.filter(|one| forced.contains(one)).count();
    Share { seen, forced: forced.len(), beyond: all - seen }
}

/// What a run says of one requirement.
#[derive(Debug, Clone)]
pub struct RequirementResult {
    /// The requirement.
    pub requirement: &'static Requirement,
    /// Whether the verdict of the run depends on it.
    pub in_profile: Selected,
    /// Passed, failed, inconclusive or not exercised.
    pub verdict: Verdict,
    /// How many operations put it to the test.
    pub exercised: u64,
    /// Why it was not exercised, or why nothing could be said.
    pub reason: Option<String>,
    /// The shortest history that was found to break it.
    pub counterexample: Option<Counterexample>,
}

/// What became of one scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScenarioResult {
    /// The name of its rule's requirement and its own, joined by a slash.
    pub name: String,
    /// Passed, failed, inconclusive or not exercised.
    pub verdict: Verdict,
    /// In a failed one the first step that saw something else, and what it saw; `None` if the steps saw nothing wrong.
    pub step: Option<String>,
    /// What broke, or why nothing was put to the test; `None` if it passed.
    pub reason: Option<String>,
}

impl ScenarioResult {
    /// Its own name, if it is of the rule of this requirement.
    #[must_use]
    pub fn of(&self, requirement: &Requirement) -> Option<&str> {
        self.name.strip_prefix(requirement.name)?.strip_prefix('/')
    }
}

/// Whether a requirement belongs to the profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selected {
    /// It does.
    Yes,
    /// It does not.
    No,
}

/// How the profile was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inferred {
    /// The user named it.
    No,
    /// It follows from the levers that the endpoint offers.
    Yes,
}

/// The verdict on one requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It was exercised, and held every time.
    Passed,
    /// It was broken.
    Failed,
    /// It could not be told.
    Inconclusive,
    /// Nothing put it to the test.
    NotExercised,
}

impl Verdict {
    /// The word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Inconclusive => "inconclusive",
            Self::NotExercised => "not-exercised",
        }
    }
}

/// The verdict of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunVerdict {
    /// All of the profile was exercised and held.
    Conformant,
    /// A requirement was broken, in the profile or not.
    NonConformant,
    /// Something of the profile could not be told, or was not exercised.
    Inconclusive,
    /// Nothing was put to the test.
    NothingExercised,
}

impl RunVerdict {
    /// The word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conformant => "conformant",
            Self::NonConformant => "non-conformant",
            Self::Inconclusive => "inconclusive",
            Self::NothingExercised => "nothing-exercised",
        }
    }
}

/// Which requirements a verdict is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// All that need no lever.
    Core,
    /// All.
    Full,
    /// Those that the user selected.
    Selection,
}

impl Profile {
    /// The word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Full => "full",
            Self::Selection => "selection",
        }
    }
}

/// A history that breaks a requirement, and how surely it comes back.
#[derive(Debug, Clone)]
pub struct Counterexample {
    /// The file that it was written to, relative to the results' folder.
    pub file: String,
    /// The line of the violating operation in that file.
    pub line: usize,
    /// What was done.
    pub plan: Plan,
    /// What broke, in sentences.
    pub explanation: String,
    /// How many requests the run had sent when the violation was first seen.
    pub found_after: u64,
    /// How often the violation came back when the case was run again, and how often that was tried.
    pub reproduced: (u32, u32),
}
