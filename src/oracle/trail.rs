//! What one function's frontier was fed with, so that it can be fed again to a relaxed automaton.
//!
//! The trail is bounded: what lies far back is replaced by a snapshot of what was possible then.

use super::frontier::{Budget, Frontier, Saved, Slot, Snapshot, Tables};
use crate::history::Operation;
use crate::model::Model;
use crate::model::label::Label;
use crate::model::world::{Image, World};
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
    slots: Slots,
}

/// The slots of the operations that are under way, few enough to be searched.
pub(super) type Slots = Vec<(Key, Slot)>;

/// Where a runner stood, as plain data.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) snapshot: Snapshot,
    pub(super) slots: Slots,
}

impl Runner {
    /// A runner that begins in one of those worlds.
    pub(super) fn new(tables: Tables, worlds: impl IntoIterator<Item = World>) -> Self {
        Self { frontier: Frontier::new(tables, worlds), slots: Slots::new() }
    }

    /// A runner where another stood, perhaps under a relaxed model.
    pub(super) fn restore(model: Model, mark: &Mark) -> Self {
        Self { frontier: Frontier::restore(Tables::new(model), &mark.snapshot), slots: mark.slots.clone() }
    }

    /// Whether an operation is under way.
    pub(super) fn is_busy(&self) -> bool {
        !self.slots.is_empty()
    }

    /// Where the runner stands, to come back to it.
    pub(super) fn save(&self) -> (Saved, Slots) {
        (self.frontier.save(), self.slots.clone())
    }

    /// Comes back to where it stood.
    pub(super) fn load(&mut self, saved: &(Saved, Slots)) {
        self.frontier.load(&saved.0);
        self.slots.clone_from(&saved.1);
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { snapshot: self.frontier.snapshot(), slots: self.slots.clone() }
    }

    /// Feeds one input. The frontier may be empty afterwards.
    pub(super) fn feed(&mut self, input: &Input) -> Result<(), Budget> {
        match input {
            Input::Begin { key, label, operation } => {
                let slot = self.frontier.begin(*label, operation.end.unwrap_or(i64::MAX))?;
                self.slots.push((*key, slot));
            }
            Input::Unanswered { label, .. } => self.frontier.begin_unanswered(*label)?,
            Input::End { key } => {
                if let Some(place) = self.slots.iter().position(|(known, _)| known == key) {
                    let (_, slot) = self.slots.swap_remove(place);
                    self.frontier.end(slot)?;
                }
            }
            Input::Join { image, track, under_way } => {
                let moved = self.frontier.join(*image, track)?;
                for (key, from) in under_way {
                    if let Some((_, to)) = moved.iter().find(|(slot, _)| slot == from) {
                        self.slots.push((*key, *to));
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

/// A trail is cut when it is twice as long, or where many functions share the room, earlier.
const KEPT: usize = 1024;
/// At least so much is kept.
const LEAST: usize = 64;
/// So often what is of the past is given up.
const TIDY: usize = 64;

impl Trail {
    pub(super) fn new(runner: &Runner) -> Self {
        Self { base: runner.mark(), middle: None, cut: false, inputs: Vec::new() }
    }

    /// Whether the first inputs are no longer kept.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }

    /// Makes room for an input that `runner` is about to be fed with.
    pub(super) fn make_room(&mut self, runner: &mut Runner, kept: usize) {
        let kept = (kept / 2).clamp(LEAST, KEPT);
        if self.inputs.len().is_multiple_of(TIDY) {
            runner.frontier.tidy();
        }
        if self.inputs.len() >= 2 * kept
            && let Some((mark, at)) = self.middle.take()
        {
            self.base = mark;
            self.cut = true;
            self.inputs.drain(..at);
        }
        if self.inputs.len() >= kept && self.middle.is_none() {
            self.middle = Some((runner.mark(), self.inputs.len()));
        }
    }
}
