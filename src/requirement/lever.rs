//! The levers, as words: what a requirement may need.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A means to cause what happens *to* a function (`lever-protocol`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lever {
    /// Put a program under an image reference.
    Publish,
    /// Keep preparations that use an image from ending.
    Hold,
    /// Make preparations that use an image fail.
    Fail,
    /// Remove an image.
    Delete,
    /// Make a function idle.
    Idle,
}

impl Lever {
    /// All levers, in the order of the protocol.
    pub const ALL: [Self; 5] = [Self::Publish, Self::Hold, Self::Fail, Self::Delete, Self::Idle];

    /// The word of the protocol.
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
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lever| lever.as_str() == word)
    }
}

impl fmt::Display for Lever {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
