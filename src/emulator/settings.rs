//! What can be set about the reference endpoint.

use std::time::Duration;

use super::behaviour::{Behaviour, Correct};
use crate::driver::{Dialect, fc3::Fc3};

/// A lever of the lever protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lever {
    /// Images can be made ready.
    Publish,
    /// Preparations can be held.
    Hold,
    /// Preparations can be made to fail.
    Fail,
    /// Images can be deleted.
    Delete,
    /// Functions can be declared idle.
    Idle,
}

impl Lever {
    /// All levers, in the order of the protocol.
    pub const ALL: [Self; 5] = [Self::Publish, Self::Hold, Self::Fail, Self::Delete, Self::Idle];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Hold => "hold",
            Self::Fail => "fail",
            Self::Delete => "delete",
            Self::Idle => "idle",
        }
    }

    /// The lever of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lever| lever.as_str() == text)
    }
}

/// What can be set about an endpoint before it starts.
#[derive(Clone)]
pub struct Settings {
    /// How long the preparation of an image takes.
    pub preparation_time: Duration,
    /// What is added to each preparation at most, drawn from the seed.
    pub jitter: Duration,
    /// How long it takes until a lost image is noticed in the background.
    pub notice_time: Duration,
    /// What everything random is drawn from.
    pub seed: u64,
    /// The levers offered. Without [`Lever::Publish`] every image reference is ready from the start.
    pub levers: Vec<Lever>,
    /// The API spoken.
    pub dialect: &'static dyn Dialect,
    /// How it behaves: correct, or one of the faults or legal oddities.
    pub behaviour: &'static dyn Behaviour,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            preparation_time: Duration::from_millis(20),
            jitter: Duration::from_millis(10),
            notice_time: Duration::from_millis(10),
            seed: 1,
            levers: Lever::ALL.to_vec(),
            dialect: &Fc3,
            behaviour: &Correct,
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
