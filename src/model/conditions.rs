//! The conditions that an image may be in: one where the history tells, several where it does not.

use crate::history::Condition;
use std::fmt;

/// A set of conditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Conditions(u8);

impl Conditions {
    /// All there are.
    pub const ALL: Self = Self(0b1111);

    /// This one and no other.
    #[must_use]
    pub const fn only(condition: Condition) -> Self {
        Self(1 << condition as u8)
    }

    /// These and that one.
    #[must_use]
    pub const fn or(self, condition: Condition) -> Self {
        Self(self.0 | 1 << condition as u8)
    }

    /// Whether it is one of them.
    #[must_use]
    pub const fn contain(self, condition: Condition) -> bool {
        self.0 & 1 << condition as u8 != 0
    }

    /// The one that it is; `None` if there are several.
    #[must_use]
    pub fn told(self) -> Option<Condition> {
        Condition::ALL.into_iter().find(|condition| self == Self::only(*condition))
    }
}

impl fmt::Display for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = Condition::ALL.into_iter().filter(|condition| self.contain(*condition)).map(Condition::as_str);
        f.write_str(&words.collect::<Vec<_>>().join(" or "))
    }
}
