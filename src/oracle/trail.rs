//! What one function's frontier was fed with, so that it can be fed again to a relaxed automaton.
//!
//! The trail is bounded: what lies far back is replaced by a snapshot of what was possible then.

use super::frontier::{Budget, Frontier, Saved, Slot, Snapshot};
use crate::history::Operation;
use crate::model::Model;
use crate::model::label::Label;
use crate::model::world::{Image, World};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// An operation, by its number in the order of starts.
pub(super) type Key = u64;

/// One thing that a frontier is fed with.
#[derive(Debug, Clone)]
pub(super) enum Input {
    /// An operation begins; the operation itself is kept for those that explain.
    Begin { key: Key, label: Label, operation: Arc<Operation> },
    /// An operation begins that will never be answered.
    Unanswered { label: Label, operation: Arc<Operation> },
    /// An operation returns.
    End { key: Key },
    /// The function begins to use an image; operations on it that are under way have these slots in the snapshot.
    Join { image: Image, track: Snapshot, under_way: Vec<(Key, Slot)> },
}

/// A frontier that is fed with inputs.
pub(super) struct Runner {
    pub(super) frontier: Frontier,
    slots: FxHashMap<Key, Slot>,
}

/// Where a runner stood, as plain data.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) snapshot: Snapshot,
    pub(super) slots: Vec<(Key, Slot)>,
}

impl Runner {
    /// A runner at the beginning of a function.
    pub(super) fn new(model: Model) -> Self {
        Self::with(model, model.beginnings())
    }

    /// A runner that begins in one of those worlds.
    pub(super) fn with(model: Model, worlds: impl IntoIterator<Item = World>) -> Self {
        Self { frontier: Frontier::new(model, worlds), slots: FxHashMap::default() }
    }

    /// A runner where another stood, perhaps under a relaxed model.
    pub(super) fn restore(model: Model, mark: &Mark) -> Self {
        Self { frontier: Frontier::restore(model, &mark.snapshot), slots: mark.slots.iter().copied().collect() }
    }

    /// Whether an operation is under way.
    pub(super) fn is_busy(&self) -> bool {
        !self.slots.is_empty()
    }

    /// Where the runner stands, to come back to it.
    pub(super) fn save(&self) -> (Saved, FxHashMap<Key, Slot>) {
        (self.frontier.save(), self.slots.clone())
    }

    /// Comes back to where it stood.
    pub(super) fn load(&mut self, saved: &(Saved, FxHashMap<Key, Slot>)) {
        self.frontier.load(&saved.0);
        self.slots.clone_from(&saved.1);
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { snapshot: self.frontier.snapshot(), slots: self.slots.iter().map(|(key, slot)| (*key, *slot)).collect() }
    }

    /// Feeds one input. The frontier may be empty afterwards.
    pub(super) fn feed(&mut self, input: &Input) -> Result<(), Budget> {
        match input {
            Input::Begin { key, label, .. } => {
                let slot = self.frontier.begin(*label)?;
                self.slots.insert(*key, slot);
            }
            Input::Unanswered { label, .. } => self.frontier.begin_unanswered(*label)?,
            Input::End { key } => {
                if let Some(slot) = self.slots.remove(key) {
                    self.frontier.end(slot)?;
                }
            }
            Input::Join { image, track, under_way } => {
                let moved = self.frontier.join(*image, track)?;
                for (key, from) in under_way {
                    if let Some((_, to)) = moved.iter().find(|(slot, _)| slot == from) {
                        self.slots.insert(*key, *to);
                    }
                }
            }
        }
        Ok(())
    }
}

impl Mark {
    /// The slot of an operation under way.
    pub(super) fn slot(&self, key: Key) -> Option<Slot> {
        self.slots.iter().find(|(known, _)| *known == key).map(|(_, slot)| *slot)
    }
}

/// The latest inputs of a function, and what was possible before them.
pub(super) struct Trail {
    /// Where the runner stood before the first input that is kept.
    pub(super) base: Mark,
    /// Where it stood before the second half of them.
    middle: Option<(Mark, usize)>,
    /// Whether there were inputs before them.
    cut: bool,
    /// The inputs.
    pub(super) inputs: Vec<Input>,
}

/// A trail is cut when it is twice as long.
const KEPT: usize = 1024;

impl Trail {
    pub(super) fn new(runner: &Runner) -> Self {
        Self { base: runner.mark(), middle: None, cut: false, inputs: Vec::new() }
    }

    /// Whether the first inputs are no longer kept.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// Keeps an input that `runner` is about to be fed with.
    pub(super) fn push(&mut self, runner: &Runner, input: Input) {
        if self.inputs.len() >= 2 * KEPT
            && let Some((mark, at)) = self.middle.take()
        {
            self.base = mark;
            self.cut = true;
            self.inputs.drain(..at);
        }
        if self.inputs.len() >= KEPT && self.middle.is_none() {
            self.middle = Some((runner.mark(), self.inputs.len()));
        }
        self.inputs.push(input);
    }
}
