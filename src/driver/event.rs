//! What happens in a run, as it happens: everything that a report says is folded from these ([`super::fold`]).
//!
//! They are written to `events.ndjson`, a line each. A kind of event and its fields keep their meaning once released; new
//! fields may be added, and [`VERSION`] rises when that would not do. Nothing here may hang on who reads it.

use super::record::CutShort;
use super::result::{Covered, Profile, ScenarioResult};
use crate::plan::Plan;
use crate::requirement::{Lever, Requirement, named};
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The version of the events.
pub const VERSION: u32 = 1;

/// An event, and when it happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Milliseconds since the run began.
    pub at_ms: u64,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

impl Event {
    /// When it happened, from the beginning of the run.
    #[must_use]
    pub const fn at(&self) -> Duration {
        Duration::from_millis(self.at_ms)
    }
}

/// What happens in a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum What {
    /// It begins.
    RunBegan(RunBegan),
    /// The endpoint is known: what it offers, and how long it takes.
    EndpointKnown(EndpointKnown),
    /// A case is over and judged.
    CaseEnded(CaseEnded),
    /// A scenario is over. What it saw is the case before it.
    ScenarioEnded(ScenarioResult),
    /// The shortest history that breaks a requirement is looked for.
    Shrinking {
        /// The requirement.
        #[serde(with = "named")]
        requirement: &'static Requirement,
    },
    /// It was found.
    CounterexampleFound(CounterexampleFound),
    /// The run is over.
    RunEnded(RunEnded),
}

/// What a run is asked to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunBegan {
    /// The [`VERSION`] of the events.
    pub events: u32,
    /// The version of the tool.
    pub fnconform: String,
    /// The digest of the requirements' names and rules ([`crate::requirement::digest`]).
    pub requirements: String,
    /// The name of the run, which all that it makes begins with.
    pub run: String,
    /// When it began, in UTC, as RFC 3339 has it.
    pub time: String,
    /// The endpoint's base URL, without credentials.
    pub endpoint: String,
    /// The dialect's name.
    pub dialect: String,
    /// The seed that the plans are a function of.
    pub seed: u64,
    /// The profile, if the user chose one.
    pub profile: Option<Profile>,
    /// The requirements that the verdict is about, for [`Profile::Selection`].
    #[serde(with = "named::list")]
    pub selection: Vec<&'static Requirement>,
    /// Which of how many parts of the plans this is: from 1.
    pub shard: (usize, usize),
}

/// What was found out of the endpoint before the plans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EndpointKnown {
    /// How many cases are planned.
    pub cases: usize,
    /// The levers that are used.
    pub levers: Vec<Lever>,
    /// What the endpoint was measured to take, in microseconds, in the order in which people want to read it.
    pub measured_us: IndexMap<String, u64>,
}

/// A case that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseEnded {
    /// Its name; its history is in `histories/NAME.ndjson`.
    pub case: String,
    /// The SHA-256 of that file, in hexadecimal; `None` if it saw nothing, and has none.
    pub sha256: Option<String>,
    /// What it did.
    pub plan: Plan,
    /// How many operations it saw.
    pub operations: usize,
    /// How many requests the run had sent by then.
    pub requests: u64,
    /// What it breaks.
    pub broken: Vec<Broken>,
    /// How often each requirement was put to the test.
    pub exercised: BTreeMap<String, u64>,
    /// How many updates were refused of a function that surely was there.
    pub refused_updates: usize,
    /// Which readings of the documentation were seen.
    pub readings: BTreeMap<String, BTreeSet<String>>,
    /// Whether the search through its history outgrew its bounds.
    pub inconclusive: bool,
    /// Why it ended before its plan did.
    pub cut_short: Option<CutShort>,
}

/// A requirement that a case breaks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Broken {
    /// The requirement.
    #[serde(with = "named")]
    pub requirement: &'static Requirement,
    /// The line of the violating operation in the history.
    pub line: usize,
    /// What broke, in sentences.
    pub explanation: String,
    /// How many requests the run had sent when it was seen.
    pub found_after: u64,
}

/// The shortest history that was found to break a requirement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CounterexampleFound {
    /// The requirement.
    #[serde(with = "named")]
    pub requirement: &'static Requirement,
    /// The file of the history, relative to the results' folder.
    pub file: String,
    /// The SHA-256 of that file, in hexadecimal.
    pub sha256: String,
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

/// What a run that is over has to add.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunEnded {
    /// Why it ended before its plans did.
    pub ended_early: Option<String>,
    /// How many requests were sent.
    pub requests: u64,
    /// How much of the automaton was gone through.
    pub covered: Covered,
    /// What a reader should know besides, each with how often it was seen.
    pub notes: BTreeMap<String, u64>,
}
