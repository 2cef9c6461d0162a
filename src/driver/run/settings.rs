//! What a run is to do, as plain data.

use crate::driver::case::Cleanup;
use crate::driver::result::Profile;
use crate::driver::setup::LeverChoice;
use crate::plan::Plan;
use crate::requirement::Requirement;
use std::time::Duration;

/// What a run is to do.
#[derive(Debug, Clone)]
pub struct RunSettings {
    /// What the plans are a function of.
    pub seed: u64,
    /// How many cases are executed, systematic ones included.
    pub cases: usize,
    /// How many of them at once.
    pub jobs: usize,
    /// When it ends, wherever it is.
    pub max_time: Option<Duration>,
    /// Whether the first violation ends the run.
    pub on_violation: OnViolation,
    /// The profile, if the user chose one.
    pub profile: Option<Profile>,
    /// The requirements that the verdict is about, for [`Profile::Selection`].
    pub selection: Vec<&'static Requirement>,
    /// The levers.
    pub levers: LeverChoice,
    /// How long the endpoint is waited for.
    pub wait_for_endpoint: Duration,
    /// Whether what was made is removed.
    pub cleanup: Cleanup,
    /// Of how many parts of the plans this run executes which, from 0.
    pub shard: (usize, usize),
    /// Plans that are executed first.
    pub first: Vec<Plan>,
    /// Whether failing cases are made short.
    pub shrinking: Shrinking,
    /// How long is waited for what must happen, if the user says so.
    pub patience: Option<Duration>,
}

impl Default for RunSettings {
    /// No cases, and for the rest what a run does if nobody says otherwise.
    fn default() -> Self {
        Self {
            seed: 1,
            cases: 0,
            jobs: 64,
            max_time: None,
            on_violation: OnViolation::GoOn,
            profile: None,
            selection: Vec::new(),
            levers: LeverChoice::default(),
            wait_for_endpoint: Duration::ZERO,
            cleanup: Cleanup::Remove,
            shard: (0, 1),
            first: Vec::new(),
            shrinking: Shrinking::On,
            patience: None,
        }
    }
}

/// Whether failing cases are made short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shrinking {
    /// They are, and run again.
    On,
    /// They are shown as they are, for plans that are short already.
    Off,
}

/// What a violation means for the cases that are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnViolation {
    /// They are executed.
    GoOn,
    /// They are not.
    Stop,
}
