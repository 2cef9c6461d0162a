//! The set of levers that an endpoint offers, or that something needs.

use std::fmt;

use crate::requirement::Lever;

/// A set of levers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct LeverSet(u8);

impl LeverSet {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// All of them.
    pub const ALL: Self = Self((1 << Lever::ALL.len()) - 1);

    const fn bit(lever: Lever) -> u8 {
        1 << lever as u8
    }

    /// Adds one.
    pub const fn insert(&mut self, lever: Lever) {
        self.0 |= Self::bit(lever);
    }

    /// Takes one out.
    pub const fn remove(&mut self, lever: Lever) {
        self.0 &= !Self::bit(lever);
    }

    /// Whether it is among them.
    #[must_use]
    pub const fn contains(self, lever: Lever) -> bool {
        self.0 & Self::bit(lever) != 0
    }

    /// Whether all of these are among them.
    #[must_use]
    pub fn contains_all(self, levers: &[Lever]) -> bool {
        levers.iter().all(|lever| self.contains(*lever))
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that are among them, in the order of the protocol.
    pub fn iter(self) -> impl Iterator<Item = Lever> {
        Lever::ALL.into_iter().filter(move |lever| self.contains(*lever))
    }
}

impl FromIterator<Lever> for LeverSet {
    fn from_iter<I: IntoIterator<Item = Lever>>(levers: I) -> Self {
        let mut set = Self::NONE;
        levers.into_iter().for_each(|lever| set.insert(lever));
        set
    }
}

/// The words in the order of the protocol, with commas; `none` for none.
impl fmt::Display for LeverSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        let words: Vec<&str> = self.iter().map(Lever::as_str).collect();
        f.write_str(&words.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let mut set: LeverSet = [Lever::Idle, Lever::Hold].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [Lever::Hold, Lever::Idle]);
        assert_eq!(set.to_string(), "hold, idle");
        assert!(set.contains_all(&[Lever::Hold]) && !set.contains_all(&[Lever::Hold, Lever::Fail]));
        set.remove(Lever::Hold);
        set.remove(Lever::Idle);
        assert_eq!((set, set.to_string()), (LeverSet::NONE, "none".to_owned()));
        assert_eq!(Lever::ALL.into_iter().collect::<LeverSet>(), LeverSet::ALL);
        assert!(LeverSet::NONE.is_empty() && !LeverSet::ALL.is_empty());
    }
}
