//! Worlds and labels as small numbers, and what one leads to by the other, computed once.
//!
//! It knows the automaton and nothing of histories.

use crate::model::Model;
use crate::model::label::Label;
use crate::model::likeness::Likeness;
use crate::model::world::World;
use indexmap::IndexSet;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// A world, by its place in the table.
pub(crate) type WorldId = u32;
/// A label, by its place in the table.
pub(crate) type LabelId = u32;

/// The worlds met so far, and the steps between them.
pub(crate) struct Space {
    model: Model,
    worlds: IndexSet<World, FxBuildHasher>,
    /// Where each world stands among those that are alike ([`World::likeness`]).
    ranks: Vec<Rank>,
    kinds: FxHashMap<u64, u32>,
    labels: IndexSet<Label, FxBuildHasher>,
    harmless: Vec<bool>,
    /// What one hidden step leads to; computed when first asked for.
    successors: Vec<Option<Range>>,
    /// A world with all that hidden steps lead to from it; computed when first asked for.
    closures: Vec<Option<Range>>,
    steps: FxHashMap<u64, Step>,
    /// The lists that the ranges are of; closures and what steps lead to are sorted.
    arena: Vec<WorldId>,
}

/// A list in the arena.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    start: u32,
    end: u32,
}

/// Where a world stands among those that are alike: what covers others comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Rank {
    /// The same for worlds that are alike.
    pub(crate) kind: u32,
    lacks: u32,
}

/// What a label leads to from a world.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// The worlds after it, hidden steps included; none if it cannot happen.
    pub(crate) to: Range,
    /// Whether it leaves the world as it is: it leads there, and to nothing that hidden steps would not lead to.
    pub(crate) is_quiet: bool,
}

impl Step {
    /// Whether it can happen.
    pub(crate) fn is_possible(self) -> bool {
        self.to.start != self.to.end
    }
}

impl Space {
    pub(crate) fn new(model: Model) -> Self {
        Self {
            model,
            worlds: IndexSet::default(),
            ranks: Vec::new(),
            kinds: FxHashMap::default(),
            labels: IndexSet::default(),
            harmless: Vec::new(),
            successors: Vec::new(),
            closures: Vec::new(),
            steps: FxHashMap::default(),
            arena: Vec::new(),
        }
    }

    pub(crate) fn model(&self) -> Model {
        self.model
    }

    /// How many bytes are taken, roughly; what is no longer needed is forgotten by starting anew.
    pub(crate) fn bytes(&self) -> usize {
        // A world with its two lists and its place in the table; a step with the table's room to grow.
        500 * self.worlds.len() + 8 * self.arena.len() + 60 * self.steps.len()
    }

    /// How many worlds were met.
    pub(crate) fn worlds_met(&self) -> usize {
        self.worlds.len()
    }

    pub(crate) fn world(&self, id: WorldId) -> &World {
        &self.worlds[id as usize]
    }

    pub(crate) fn rank(&self, id: WorldId) -> Rank {
        self.ranks[id as usize]
    }

    pub(crate) fn label(&self, id: LabelId) -> Label {
        self.labels[id as usize]
    }

    pub(crate) fn intern_world(&mut self, world: World) -> WorldId {
        let (place, is_new) = self.worlds.insert_full(world);
        if is_new {
            let Likeness { apart, added } = self.worlds[place].likeness();
            let kinds = number(self.kinds.len());
            let kind = *self.kinds.entry(apart).or_insert(kinds);
            self.ranks.push(Rank { kind, lacks: u32::MAX - number(added) });
            self.successors.push(None);
            self.closures.push(None);
        }
        number(place)
    }

    pub(crate) fn intern_label(&mut self, label: Label) -> LabelId {
        let (place, is_new) = self.labels.insert_full(label);
        if is_new {
            self.harmless.push(self.model.is_harmless(&label));
        }
        number(place)
    }

    /// Whether the label is quiet in every world that there can be, as the tables have it.
    pub(crate) fn is_harmless(&self, label: LabelId) -> bool {
        self.harmless[label as usize]
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
        let mut at = 0;
        while at < members.len() {
            let successors = self.successors(members[at]);
            for next in successors.start..successors.end {
                let next = self.arena[next as usize];
                if !members.contains(&next) {
                    members.push(next);
                }
            }
            at += 1;
        }
        members.sort_unstable();
        let range = self.keep(&members);
        self.closures[world as usize] = Some(range);
        range
    }

    /// The worlds that one hidden step leads to.
    fn successors(&mut self, world: WorldId) -> Range {
        if let Some(range) = self.successors[world as usize] {
            return range;
        }
        let mut after = Vec::new();
        self.model.hidden(&self.worlds[world as usize], &mut after);
        let ids: Vec<WorldId> = after.into_iter().map(|world| self.intern_world(world)).collect();
        let range = self.keep(&ids);
        self.successors[world as usize] = Some(range);
        range
    }

    /// What the label leads to from the world.
    pub(crate) fn step(&mut self, world: WorldId, label: LabelId) -> Step {
        let key = u64::from(world) << 32 | u64::from(label);
        if let Some(step) = self.steps.get(&key) {
            return *step;
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
        let to = self.keep(&members);
        let closure = self.closure(world);
        let by_itself = self.list(closure);
        let is_quiet = members.binary_search(&world).is_ok()
            && members.iter().all(|member| by_itself.binary_search(member).is_ok());
        let step = Step { to, is_quiet };
        self.steps.insert(key, step);
        step
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
