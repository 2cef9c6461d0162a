//! Frontiers as data: to come back to, to judge again under another model, to join.

use super::aliases::Aliases;
use super::{Configuration, Frontier, LabelId, Pending, Slot, Tables, closed};
use crate::model::label::Label;
use crate::model::rename::Rename;
use crate::model::world::World;

/// A configuration as plain data.
#[derive(Debug, Clone)]
pub(in crate::oracle) struct Explanation {
    pub(in crate::oracle) world: World,
    /// Slots of operations that have taken effect and have not returned.
    pub(in crate::oracle) done: u64,
    /// Slots of operations that may have taken effect without changing anything.
    pub(in crate::oracle) quiet: u64,
    /// How often each operation without an answer has taken effect, four bits each.
    pub(in crate::oracle) used: u128,
}

/// A frontier as plain data, under full names, which outlives the tables that it was made with.
#[derive(Debug, Clone)]
pub(in crate::oracle) struct Snapshot {
    pub(in crate::oracle) configurations: Vec<Explanation>,
    /// Operations under way, each with the time at which it returns.
    pub(in crate::oracle) pending: Vec<(Slot, Label, i64)>,
    pub(in crate::oracle) unanswered: Vec<(Label, u8)>,
}

impl Snapshot {
    /// The worlds of the snapshot.
    pub(in crate::oracle) fn worlds(&self) -> impl Iterator<Item = &World> {
        self.configurations.iter().map(|explanation| &explanation.world)
    }
}

/// Where a frontier stood; of use only to that frontier, and only as long as it is not tidied.
#[derive(Debug, Clone)]
pub(in crate::oracle) struct Saved {
    configurations: Vec<Configuration>,
    pending: Vec<Option<Pending>>,
    under_way: u64,
    unanswered: Vec<(LabelId, u8)>,
}

impl Frontier {
    /// The frontier as plain data.
    pub(in crate::oracle) fn snapshot(&self) -> Snapshot {
        let space = self.tables.space();
        let mut full = self.aliases.full();
        let explanation = |c: &Configuration| Explanation {
            world: self.aliases.full().world(space.world(c.world)),
            done: c.done,
            quiet: c.quiet,
            used: c.used,
        };
        let mut label = |label: LabelId| full.label(space.label(label));
        let slots = (0u8..).zip(&self.pending).filter_map(|(slot, pending)| Some((slot, (*pending)?)));
        Snapshot {
            configurations: self.configurations.iter().map(explanation).collect(),
            pending: slots.map(|(slot, pending)| (slot, label(pending.label), pending.end)).collect(),
            unanswered: self.unanswered.iter().map(|(unanswered, count)| (label(*unanswered), *count)).collect(),
        }
    }

    /// A frontier from plain data, perhaps under a model that allows more than the one before.
    pub(in crate::oracle) fn restore(tables: Tables, snapshot: &Snapshot) -> Self {
        let mut frontier = Self {
            tables,
            aliases: Aliases::default(),
            configurations: Vec::new(),
            pending: Vec::new(),
            under_way: 0,
            unanswered: Vec::new(),
            scratch: Default::default(),
            widest: 0,
        };
        for Explanation { world, done, quiet, used } in &snapshot.configurations {
            let world = frontier.aliases.world(world);
            let space = &mut *frontier.tables.space();
            let world = space.intern_world(world);
            let one = Configuration { world, done: *done, quiet: *quiet, used: *used };
            frontier.configurations.extend(closed(space, one));
        }
        frontier.configurations.sort_unstable();
        frontier.configurations.dedup();
        frontier.widest = frontier.configurations.len();
        for (slot, label, end) in &snapshot.pending {
            frontier.under_way |= 1 << slot;
            frontier.pending.resize(frontier.pending.len().max(usize::from(*slot) + 1), None);
            let label = frontier.intern(*label);
            frontier.pending[usize::from(*slot)] = Some(Pending { label, end: *end, earlier: 0 });
        }
        frontier.order();
        for (label, count) in &snapshot.unanswered {
            let label = frontier.intern(*label);
            frontier.unanswered.push((label, *count));
        }
        frontier.aliases.settle();
        frontier
    }

    /// Works out which operations of the same label return before which.
    fn order(&mut self) {
        let known = self.pending.clone();
        for (slot, pending) in self.pending.iter_mut().enumerate() {
            let Some(pending) = pending else { continue };
            let earlier = |(other, one): (usize, &Option<Pending>)| {
                one.filter(|one| one.label == pending.label && (one.end, other) < (pending.end, slot))
                    .map(|_| 1 << other)
            };
            pending.earlier = known.iter().enumerate().filter_map(earlier).fold(0, |mask, bit: u64| mask | bit);
        }
    }

    /// Where the frontier stands, to come back to it.
    pub(in crate::oracle) fn save(&self) -> Saved {
        Saved {
            configurations: self.configurations.clone(),
            pending: self.pending.clone(),
            under_way: self.under_way,
            unanswered: self.unanswered.clone(),
        }
    }

    /// Comes back to where it stood.
    pub(in crate::oracle) fn load(&mut self, saved: &Saved) {
        self.configurations.clone_from(&saved.configurations);
        self.pending.clone_from(&saved.pending);
        self.under_way = saved.under_way;
        self.unanswered.clone_from(&saved.unanswered);
    }
}
