//! What was worked out of the automaton, shared by functions that are judged one after the other.

use crate::model::Model;
use crate::oracle::space::Space;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// A space that several frontiers use, one at a time.
#[derive(Clone)]
pub(in crate::oracle) struct Tables(Arc<Shelf>);

struct Shelf {
    space: Mutex<Space>,
    /// What took its place once it had outgrown its bounds.
    successor: OnceLock<Tables>,
}

/// Beyond so many bytes, roughly, the tables are started anew.
const REMEMBERED: usize = 12 << 20;

impl Tables {
    pub(in crate::oracle) fn new(model: Model) -> Self {
        Self(Arc::new(Shelf { space: Mutex::new(Space::new(model)), successor: OnceLock::new() }))
    }

    /// The space itself. Nobody else waits for it: those that share it take turns.
    pub(super) fn space(&self) -> MutexGuard<'_, Space> {
        self.0.space.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What to use instead; `None` if these are still good.
    pub(in crate::oracle) fn renewed(&self) -> Option<Self> {
        let (bytes, model) = {
            let space = self.space();
            (space.bytes(), space.model())
        };
        let outgrown = bytes > REMEMBERED || self.0.successor.get().is_some();
        outgrown.then(|| self.0.successor.get_or_init(|| Self::new(model)).clone())
    }

    /// How many worlds are remembered.
    pub(in crate::oracle) fn worlds_met(&self) -> usize {
        self.space().worlds_met()
    }
}
