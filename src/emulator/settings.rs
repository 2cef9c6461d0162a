//! What can be set about the reference endpoint.

use std::time::Duration;

use super::auth::Guard;
use super::behaviour::{Behaviour, Correct};
use super::registry::Source;
use crate::driver::{Dialect, fc3::Fc3};
pub use crate::requirement::Lever;

/// What can be set about an endpoint before it starts.
#[derive(Clone)]
pub struct Settings {
    /// How long the preparation of an image takes.
    pub preparation_time: Duration,
    /// What is added to each preparation at most, drawn from the seed.
    pub jitter: Duration,
    /// How long it takes until a lost image is noticed in the background.
    pub notice_time: Duration,
    /// After being left alone for so long a function is idle; `None` if only the lever makes it so.
    pub idle_after: Option<Duration>,
    /// What everything random is drawn from.
    pub seed: u64,
    /// The levers offered. Without [`Lever::Publish`] every image reference is ready from the start.
    pub levers: Vec<Lever>,
    /// Where images are pulled from; `None` if they are only spoken of.
    pub registry: Option<Source>,
    /// The API spoken.
    pub dialect: &'static dyn Dialect,
    /// How it behaves: correct, or one of the faults or legal oddities.
    pub behaviour: &'static dyn Behaviour,
    /// Who is let in; `None` for everybody. Levers ask for no signature.
    pub guard: Option<Guard>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            preparation_time: Duration::from_millis(20),
            jitter: Duration::from_millis(10),
            notice_time: Duration::from_millis(10),
            idle_after: None,
            seed: 1,
            levers: Lever::ALL.to_vec(),
            registry: None,
            dialect: &Fc3,
            behaviour: &Correct,
            guard: None,
        }
    }
}

impl Settings {
    /// The settings, with that behaviour.
    #[must_use]
    pub fn behaving(self, behaviour: &'static dyn Behaviour) -> Self {
        Self { behaviour, ..self }
    }

    /// The settings, with these levers only.
    #[must_use]
    pub fn with_levers(self, levers: &[Lever]) -> Self {
        Self { levers: levers.to_vec(), ..self }
    }
}
