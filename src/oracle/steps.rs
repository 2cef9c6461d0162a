//! Worlds and labels as small numbers, and the named steps between them, computed once.

use crate::model::Model;
use crate::model::label::Label;
use crate::model::step::{self, Step};
use crate::model::world::World;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// A world or a label, by its place in its table.
pub(super) type Id = u32;
/// A step by its name, if it is one to the function, and the world that it leads to.
pub(super) type Edge = (Option<Step>, Id);

/// The worlds met so far, and the steps between them.
pub(super) struct Steps {
    model: Model,
    worlds: Vec<World>,
    world_ids: FxHashMap<World, Id>,
    /// Labels, and whether each changes nothing in any world.
    labels: Vec<(Label, bool)>,
    label_ids: FxHashMap<Label, Id>,
    hidden: FxHashMap<Id, (Id, Id)>,
    visible: FxHashMap<(Id, Id), (Id, Id)>,
    /// What the ranges are of.
    edges: Vec<Edge>,
}

impl Steps {
    pub(super) fn new(model: Model) -> Self {
        Self {
            model,
            worlds: Vec::new(),
            world_ids: FxHashMap::default(),
            labels: Vec::new(),
            label_ids: FxHashMap::default(),
            hidden: FxHashMap::default(),
            visible: FxHashMap::default(),
            edges: Vec::new(),
        }
    }

    pub(super) fn world(&self, id: Id) -> &World {
        &self.worlds[id as usize]
    }

    pub(super) fn world_id(&mut self, world: World) -> Id {
        if let Some(id) = self.world_ids.get(&world) {
            return *id;
        }
        let id = number(self.worlds.len());
        self.worlds.push(world.clone());
        self.world_ids.insert(world, id);
        id
    }

    pub(super) fn label_id(&mut self, label: Label) -> Id {
        if let Some(id) = self.label_ids.get(&label) {
            return *id;
        }
        let id = number(self.labels.len());
        self.labels.push((label, self.model.is_harmless(&label)));
        self.label_ids.insert(label, id);
        id
    }

    /// Whether the label changes nothing in any world.
    pub(super) fn is_harmless(&self, label: Id) -> bool {
        self.labels[label as usize].1
    }

    pub(super) fn edge(&self, place: Id) -> Edge {
        self.edges[place as usize]
    }

    /// The hidden steps from a world.
    pub(super) fn hidden(&mut self, world: Id) -> Range<Id> {
        if let Some((start, end)) = self.hidden.get(&world) {
            return *start..*end;
        }
        let mut after = Vec::new();
        step::hidden(self.model, &self.worlds[world as usize], &mut after);
        let range = self.keep(after.into_iter().map(|(step, world)| (Some(step), world)).collect());
        self.hidden.insert(world, (range.start, range.end));
        range
    }

    /// What the label leads to from a world.
    pub(super) fn visible(&mut self, world: Id, label: Id) -> Range<Id> {
        if let Some((start, end)) = self.visible.get(&(world, label)) {
            return *start..*end;
        }
        let mut after = Vec::new();
        step::visible(self.model, &self.worlds[world as usize], &self.labels[label as usize].0, &mut after);
        let range = self.keep(after);
        self.visible.insert((world, label), (range.start, range.end));
        range
    }

    fn keep(&mut self, after: Vec<(Option<Step>, World)>) -> Range<Id> {
        let start = number(self.edges.len());
        for (step, world) in after {
            let world = self.world_id(world);
            self.edges.push((step, world));
        }
        start..number(self.edges.len())
    }
}

/// A walk gives up long before its tables outgrow 32 bits.
pub(super) fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
