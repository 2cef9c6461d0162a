//! Worlds and labels as small numbers, and what one leads to by the other, computed once.
//!
//! It knows the automaton and nothing of histories.

use crate::model::label::Label;
use crate::model::world::World;
use crate::model::{Model, changes_nothing};
use rustc_hash::FxHashMap;

/// A world, by its place in the table.
pub(crate) type WorldId = u32;
/// A label, by its place in the table.
pub(crate) type LabelId = u32;

/// The worlds met so far, and the steps between them.
pub(crate) struct Space {
    model: Model,
    worlds: Vec<World>,
    world_ids: FxHashMap<World, WorldId>,
    labels: Vec<Label>,
    label_ids: FxHashMap<Label, LabelId>,
    /// Whether the label changes nothing in any world.
    idempotent: Vec<bool>,
    /// A world with all that hidden steps lead to from it; computed when first asked for.
    closures: Vec<Option<Range>>,
    steps: FxHashMap<(WorldId, LabelId), Range>,
    /// The lists that the ranges are of.
    arena: Vec<WorldId>,
}

/// A list in the arena.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    start: u32,
    end: u32,
}

impl Space {
    pub(crate) fn new(model: Model) -> Self {
        Self {
            model,
            worlds: Vec::new(),
            world_ids: FxHashMap::default(),
            labels: Vec::new(),
            label_ids: FxHashMap::default(),
            idempotent: Vec::new(),
            closures: Vec::new(),
            steps: FxHashMap::default(),
            arena: Vec::new(),
        }
    }

    pub(crate) fn model(&self) -> Model {
        self.model
    }

    /// How much has been remembered; what is no longer needed is forgotten by starting anew.
    pub(crate) fn size(&self) -> usize {
        self.worlds.len() + self.arena.len()
    }

    /// How many worlds were met.
    pub(crate) fn worlds_met(&self) -> usize {
        self.worlds.len()
    }

    pub(crate) fn world(&self, id: WorldId) -> &World {
        &self.worlds[id as usize]
    }

    pub(crate) fn label(&self, id: LabelId) -> Label {
        self.labels[id as usize]
    }

    pub(crate) fn idempotent(&self, id: LabelId) -> bool {
        self.idempotent[id as usize]
    }

    pub(crate) fn intern_world(&mut self, world: World) -> WorldId {
        if let Some(id) = self.world_ids.get(&world) {
            return *id;
        }
        let id = number(self.worlds.len());
        self.worlds.push(world.clone());
        self.closures.push(None);
        self.world_ids.insert(world, id);
        id
    }

    pub(crate) fn intern_label(&mut self, label: Label) -> LabelId {
        if let Some(id) = self.label_ids.get(&label) {
            return *id;
        }
        let id = number(self.labels.len());
        self.labels.push(label);
        self.idempotent.push(changes_nothing(&label));
        self.label_ids.insert(label, id);
        id
    }

    pub(crate) fn list(&self, range: Range) -> &[WorldId] {
        &self.arena[range.start as usize..range.end as usize]
    }

    /// The world, and all that hidden steps lead to from it.
    pub(crate) fn closure(&mut self, world: WorldId) -> Range {
        if let Some(range) = self.closures[world as usize] {
            return range;
        }
        let mut members = vec![world];
        let mut after = Vec::new();
        let mut at = 0;
        while at < members.len() {
            self.model.hidden(&self.worlds[members[at] as usize], &mut after);
            for next in after.drain(..) {
                let id = self.intern_world(next);
                if !members.contains(&id) {
                    members.push(id);
                }
            }
            at += 1;
        }
        let range = self.keep(&members);
        self.closures[world as usize] = Some(range);
        range
    }

    /// What the label leads to from the world, hidden steps after it included; empty if it cannot happen.
    pub(crate) fn step(&mut self, world: WorldId, label: LabelId) -> Range {
        if let Some(range) = self.steps.get(&(world, label)) {
            return *range;
        }
        let mut after = Vec::new();
        let outcome = self.model.visible(&self.worlds[world as usize], &self.labels[label as usize], &mut after);
        let mut members = Vec::new();
        if outcome.is_ok() {
            for next in after {
                let id = self.intern_world(next);
                let closure = self.closure(id);
                members.extend_from_slice(self.list(closure));
            }
            members.sort_unstable();
            members.dedup();
        }
        let range = self.keep(&members);
        self.steps.insert((world, label), range);
        range
    }

    fn keep(&mut self, members: &[WorldId]) -> Range {
        let start = number(self.arena.len());
        self.arena.extend_from_slice(members);
        Range { start, end: number(self.arena.len()) }
    }
}

/// Tables are forgotten long before they outgrow 32 bits.
fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
