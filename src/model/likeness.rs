//! Worlds that can do whatever others can, so that the others need not be followed.
//!
//! Two things only ever add to what can happen: that a preparation was superseded which may still come to light (R8), and
//! that a function was idle before, so that it may become Inactive. What must happen is never more for either.

use super::world::{Code, Idle, World};
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// What a world is like, apart from what only adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Likeness {
    /// The same for worlds that differ in what only adds.
    pub apart: u64,
    /// How much is added; of two that are alike, none covers another with more.
    pub added: usize,
}

impl World {
    /// What the world is like.
    #[must_use]
    pub fn likeness(&self) -> Likeness {
        let mut hasher = FxHasher::default();
        self.images.hash(&mut hasher);
        let Some(f) = &self.function else { return Likeness { apart: hasher.finish(), added: 0 } };
        (f.state, f.status, f.current, f.next, f.latest).hash(&mut hasher);
        (f.from, f.idle == Idle::Must, f.woken, f.lost).hash(&mut hasher);
        Likeness { apart: hasher.finish(), added: 2 * f.older.len() + usize::from(f.idle == Idle::May) }
    }

    /// Whether whatever may be said of the other may be said of this one, now and later.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        let (Some(one), Some(two)) = (&self.function, &other.function) else { return self == other };
        let same = (one.state, one.status, one.current, one.next, one.latest, one.from, one.woken, one.lost)
            == (two.state, two.status, two.current, two.next, two.latest, two.from, two.woken, two.lost);
        let idle = one.idle == two.idle || (one.idle == Idle::May && two.idle == Idle::No);
        same && idle && self.images == other.images && contains(&one.older, &two.older)
    }
}

/// Whether all of the second list stands in the first, as often; both are sorted.
fn contains(all: &[Code], some: &[Code]) -> bool {
    let mut all = all.iter();
    some.iter().all(|code| all.by_ref().any(|known| known == code))
}
