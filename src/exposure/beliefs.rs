//! What the oracle believes of one function, as a number, and what it believes after one operation more.
//!
//! The searches for all faults see the same few answers over and over, so each question is worked out once. Operations
//! come one after the other, or as one burst in which each may take effect before any other.

use crate::history::Event;
use crate::model::Model;
use crate::model::world::World;
use crate::oracle::names::Names;
use crate::oracle::space::{LabelId, Space, WorldId};
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::collections::BTreeSet;

/// A set of worlds that are possible, by its number.
pub(super) type Belief = u32;

/// All beliefs met so far, and how they follow from each other.
pub(super) struct Beliefs {
    space: Space,
    names: Names,
    sets: IndexSet<Box<[WorldId]>, FxBuildHasher>,
    steps: FxHashMap<(Belief, LabelId), Belief>,
}

impl Beliefs {
    /// What nothing explains.
    pub(super) const NONE: Belief = 0;
    /// What is believed of a function before anything was done.
    pub(super) const START: Belief = 1;

    pub(super) fn new() -> Self {
        let mut space = Space::new(Model::default());
        let empty = space.intern_world(World::EMPTY);
        let closure = space.closure(empty);
        let start = space.list(closure).into();
        Self {
            space,
            names: Names::default(),
            sets: [Box::from([]), start].into_iter().collect(),
            steps: FxHashMap::default(),
        }
    }

    /// What is believed after an operation on the function, or on an image.
    pub(super) fn after(&mut self, belief: Belief, event: &Event) -> Belief {
        match self.label(event) {
            Some(label) => self.step(belief, label),
            None => belief,
        }
    }

    /// What is believed after operations that were all under way at once.
    pub(super) fn after_all<'a>(&mut self, belief: Belief, events: impl Iterator<Item = &'a Event>) -> Belief {
        let labels: Vec<LabelId> = events.filter_map(|event| self.label(event)).collect();
        // What is believed when those of the mask have taken effect, in whatever order.
        let mut reached: Vec<BTreeSet<WorldId>> = vec![BTreeSet::new(); 1 << labels.len()];
        reached[0].extend(self.worlds(belief));
        for mask in 1..reached.len() {
            for (place, label) in labels.iter().enumerate().filter(|(place, _)| mask & (1 << place) != 0) {
                let before = reached[mask & !(1 << place)].clone();
                for world in before {
                    let step = self.space.step(world, *label);
                    reached[mask].extend(self.space.list(step.to));
                }
            }
        }
        let last: Vec<WorldId> = reached.pop().into_iter().flatten().collect();
        self.intern(&last)
    }

    /// Whether there surely is no such function.
    pub(super) fn surely_absent(&self, belief: Belief) -> bool {
        self.worlds(belief).all(|world| self.space.world(world).function.is_none())
    }

    fn worlds(&self, belief: Belief) -> impl Iterator<Item = WorldId> {
        self.sets.get_index(belief as usize).into_iter().flat_map(|set| set.iter().copied())
    }

    fn label(&mut self, event: &Event) -> Option<LabelId> {
        let label = self.names.label(event)?;
        Some(self.space.intern_label(label))
    }

    fn step(&mut self, belief: Belief, label: LabelId) -> Belief {
        if let Some(after) = self.steps.get(&(belief, label)) {
            return *after;
        }
        let before: Vec<WorldId> = self.worlds(belief).collect();
        let mut worlds = Vec::new();
        for world in before {
            let step = self.space.step(world, label);
            worlds.extend_from_slice(self.space.list(step.to));
        }
        worlds.sort_unstable();
        worlds.dedup();
        let after = self.intern(&worlds);
        self.steps.insert((belief, label), after);
        after
    }

    fn intern(&mut self, worlds: &[WorldId]) -> Belief {
        let place = self.sets.get_index_of(worlds).unwrap_or_else(|| self.sets.insert_full(worlds.into()).0);
        u32::try_from(place).unwrap_or(u32::MAX)
    }
}
