//! The frontier: every configuration that explains what has been seen of one function so far.
//!
//! A configuration is a world, the operations that have been begun and have taken effect in it without having returned,
//! and how often each operation without an answer has been used. An operation takes effect only when some return asks
//! for it (just-in-time linearization): when an operation returns, every configuration is led on by the others that are
//! under way until it has taken effect, and those in which it cannot are dropped. No configuration left means that
//! nothing explains the answer.
//!
//! Operations that change nothing in any world take effect as soon as they can: whatever could follow if they waited can
//! follow all the same.

use super::space::{LabelId, Space, WorldId};
use crate::model::Model;
use crate::model::label::Label;
use crate::model::world::{Image, Tag, World};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;

/// At most so many operations of one function may be under way at once.
pub(super) const SLOTS: usize = 64;
/// At most so many distinct operations may be without an answer.
pub(super) const UNANSWERED: usize = 32;
/// More of the same operation without an answer than this are as good as unlimited.
pub(super) const UNLIMITED: u8 = 15;
/// Beyond so many configurations the judge gives up.
const CONFIGURATIONS: usize = 200_000;
/// Beyond so many remembered worlds the tables are started anew.
const REMEMBERED: usize = 1_000_000;

/// The search outgrew its bounds; nothing can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Budget;

/// One explanation of what has been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Configuration {
    world: WorldId,
    /// Slots of operations that have taken effect and have not returned.
    done: u64,
    /// How often each operation without an answer has taken effect, four bits each.
    used: u128,
}

/// An operation under way, by its slot.
pub(super) type Slot = u8;

/// All configurations of one function, and the operations under way.
pub(super) struct Frontier {
    space: Space,
    configurations: Vec<Configuration>,
    pending: [Option<LabelId>; SLOTS],
    under_way: u64,
    unanswered: Vec<(LabelId, u8)>,
    /// The most configurations held at once.
    pub(super) widest: usize,
}

/// A frontier as plain data, which outlives the tables that it was made with.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    /// Worlds, each with what has taken effect in it and has not returned, and what was used of the unanswered.
    pub(super) configurations: Vec<(World, u64, u128)>,
    pub(super) pending: Vec<(Slot, Label)>,
    pub(super) unanswered: Vec<(Label, u8)>,
}

/// Where a frontier stood; of use only to that frontier.
#[derive(Debug, Clone)]
pub(super) struct Saved {
    configurations: Vec<Configuration>,
    pending: Vec<(Slot, LabelId)>,
    unanswered: Vec<(LabelId, u8)>,
}

impl Frontier {
    /// A frontier at the beginning: these worlds are possible.
    pub(super) fn new(model: Model, worlds: impl IntoIterator<Item = World>) -> Self {
        let mut space = Space::new(model);
        let mut configurations = Vec::new();
        for world in worlds {
            let id = space.intern_world(world);
            let closure = space.closure(id);
            configurations.extend(space.list(closure).iter().map(|&world| Configuration { world, done: 0, used: 0 }));
        }
        configurations.sort_unstable();
        configurations.dedup();
        let widest = configurations.len();
        Self { space, configurations, pending: [None; SLOTS], under_way: 0, unanswered: Vec::new(), widest }
    }

    /// The frontier as plain data.
    pub(super) fn snapshot(&self) -> Snapshot {
        let world = |c: &Configuration| (self.space.world(c.world).clone(), c.done, c.used);
        Snapshot {
            configurations: self.configurations.iter().map(world).collect(),
            pending: self.slots().map(|(slot, label)| (slot, self.space.label(label))).collect(),
            unanswered: self.unanswered.iter().map(|(label, count)| (self.space.label(*label), *count)).collect(),
        }
    }

    /// A frontier from plain data, under a model that may allow more than the one before.
    pub(super) fn restore(model: Model, snapshot: &Snapshot) -> Self {
        let mut frontier = Self::new(model, []);
        frontier.reset(snapshot);
        frontier
    }

    fn reset(&mut self, snapshot: &Snapshot) {
        let space = &mut self.space;
        for (world, done, used) in &snapshot.configurations {
            let id = space.intern_world(world.clone());
            let closure = space.closure(id);
            let members = space.list(closure).iter();
            self.configurations.extend(members.map(|&world| Configuration { world, done: *done, used: *used }));
        }
        self.configurations.sort_unstable();
        self.configurations.dedup();
        for (slot, label) in &snapshot.pending {
            self.pending[usize::from(*slot)] = Some(space.intern_label(*label));
            self.under_way |= 1 << slot;
        }
        self.unanswered = snapshot.unanswered.iter().map(|(label, n)| (space.intern_label(*label), *n)).collect();
    }

    /// Where the frontier stands, to come back to it with the same tables.
    pub(super) fn save(&self) -> Saved {
        Saved {
            configurations: self.configurations.clone(),
            pending: self.slots().collect(),
            unanswered: self.unanswered.clone(),
        }
    }

    /// Comes back to where it stood.
    pub(super) fn load(&mut self, saved: &Saved) {
        self.configurations.clone_from(&saved.configurations);
        self.pending = [None; SLOTS];
        self.under_way = 0;
        for (slot, label) in &saved.pending {
            self.pending[usize::from(*slot)] = Some(*label);
            self.under_way |= 1 << slot;
        }
        self.unanswered.clone_from(&saved.unanswered);
    }

    /// Starts the tables anew when they remember too much.
    pub(super) fn forget(&mut self) {
        if self.space.size() > REMEMBERED {
            let snapshot = self.snapshot();
            let widest = self.widest;
            *self = Self::restore(self.space.model(), &snapshot);
            self.widest = widest;
        }
    }

    /// How many worlds were met so far.
    pub(super) fn worlds_met(&self) -> usize {
        self.space.worlds_met()
    }

    /// The worlds that are possible now.
    pub(super) fn worlds(&self) -> impl Iterator<Item = &World> {
        self.configurations.iter().map(|configuration| self.space.world(configuration.world))
    }

    /// The worlds that are possible now, each once.
    pub(super) fn distinct_worlds(&self) -> Vec<World> {
        let ids: BTreeSet<WorldId> = self.configurations.iter().map(|configuration| configuration.world).collect();
        ids.into_iter().map(|id| self.space.world(id).clone()).collect()
    }

    /// Whether nothing explains what has been seen.
    pub(super) fn is_empty(&self) -> bool {
        self.configurations.is_empty()
    }

    /// Whether an operation without an answer may still take effect.
    pub(super) fn has_unanswered(&self) -> bool {
        !self.unanswered.is_empty()
    }

    fn slots(&self) -> impl Iterator<Item = (Slot, LabelId)> {
        (0u8..).zip(self.pending).filter_map(|(slot, label)| label.map(|label| (slot, label)))
    }

    /// An operation begins, whose answer is known.
    pub(super) fn begin(&mut self, label: Label) -> Result<Slot, Budget> {
        let label = self.space.intern_label(label);
        let slot = (0u8..).zip(&self.pending).find(|(_, pending)| pending.is_none()).ok_or(Budget)?.0;
        self.pending[usize::from(slot)] = Some(label);
        self.under_way |= 1 << slot;
        Ok(slot)
    }

    /// An operation begins that will never be answered: it may take effect at any later time, or never.
    pub(super) fn begin_unanswered(&mut self, label: Label) -> Result<(), Budget> {
        let label = self.space.intern_label(label);
        if self.space.idempotent(label) {
            return Ok(());
        }
        match self.unanswered.iter().position(|(known, _)| *known == label) {
            Some(place) => self.unanswered[place].1 = (self.unanswered[place].1 + 1).min(UNLIMITED),
            None if self.unanswered.len() == UNANSWERED => return Err(Budget),
            None => self.unanswered.push((label, 1)),
        }
        Ok(())
    }

    /// An operation returns: it has taken effect. The frontier may be empty afterwards.
    pub(super) fn end(&mut self, slot: Slot) -> Result<(), Budget> {
        let bit = 1u64 << slot;
        let mut after = Vec::new();
        let mut seen = FxHashSet::default();
        let mut work = std::mem::take(&mut self.configurations);
        while let Some(configuration) = work.pop() {
            if configuration.done & bit != 0 {
                after.push(Configuration { done: configuration.done & !bit, ..configuration });
                continue;
            }
            if !seen.insert(configuration) {
                continue;
            }
            if seen.len() > CONFIGURATIONS {
                return Err(Budget);
            }
            self.lead_on(configuration, &mut work);
        }
        self.pending[usize::from(slot)] = None;
        self.under_way &= !bit;
        after.sort_unstable();
        after.dedup();
        if !self.unanswered.is_empty() {
            keep_frugal(&mut after);
        }
        self.widest = self.widest.max(after.len());
        self.configurations = after;
        Ok(())
    }

    /// Adds the configurations that one operation under way, or one without an answer, leads to.
    fn lead_on(&mut self, from: Configuration, work: &mut Vec<Configuration>) {
        let mut waiting = self.under_way & !from.done;
        let mut others = waiting;
        while waiting != 0 {
            let slot = waiting.trailing_zeros();
            waiting &= waiting - 1;
            let Some(label) = self.pending[slot as usize] else { continue };
            if self.space.idempotent(label) && !self.space.model().is_relaxed() {
                let range = self.space.step(from.world, label);
                if !self.space.list(range).is_empty() {
                    let done = from.done | 1 << slot;
                    work.extend(self.space.list(range).iter().map(|&world| Configuration { world, done, ..from }));
                    return;
                }
                others &= !(1 << slot);
            }
        }
        while others != 0 {
            let slot = others.trailing_zeros();
            others &= others - 1;
            let Some(label) = self.pending[slot as usize] else { continue };
            let range = self.space.step(from.world, label);
            let done = from.done | 1 << slot;
            work.extend(self.space.list(range).iter().map(|&world| Configuration { world, done, ..from }));
        }
        for place in 0..self.unanswered.len() {
            let (label, available) = self.unanswered[place];
            let shift = 4 * place;
            let used = (from.used >> shift & 0xf) as u8;
            if used >= available && available < UNLIMITED {
                continue;
            }
            let counted = if available < UNLIMITED { from.used + (1 << shift) } else { from.used };
            let range = self.space.step(from.world, label);
            let changed = self.space.list(range).iter().filter(|&&world| world != from.world);
            work.extend(changed.map(|&world| Configuration { world, used: counted, ..from }));
        }
    }

    /// The function begins to use an image: what `track` knows of it becomes part of every world.
    ///
    /// Returns the slots of the operations on the image that are under way, by their slots in `track`.
    pub(super) fn join(&mut self, image: Image, track: &Snapshot) -> Result<Vec<(Slot, Slot)>, Budget> {
        let mut slots = Vec::new();
        for (slot, label) in &track.pending {
            slots.push((*slot, self.begin(*label)?));
        }
        let base = self.unanswered.len();
        for (label, count) in &track.unanswered {
            if self.unanswered.len() == UNANSWERED {
                return Err(Budget);
            }
            let label = self.space.intern_label(*label);
            self.unanswered.push((label, *count));
        }
        let mut joined = Vec::new();
        for configuration in std::mem::take(&mut self.configurations) {
            for (world, done, used) in &track.configurations {
                let mut both = self.space.world(configuration.world).clone();
                both.set_tag(image, world.tag(image));
                let id = self.space.intern_world(both);
                let moved = slots.iter().filter(|(from, _)| done & (1 << from) != 0);
                let done = moved.fold(configuration.done, |done, (_, to)| done | 1 << to);
                let used = configuration.used | used.checked_shl(number(4 * base)).unwrap_or(0);
                let closure = self.space.closure(id);
                let members = self.space.list(closure).iter();
                joined.extend(members.map(|&world| Configuration { world, done, used }));
            }
        }
        joined.sort_unstable();
        joined.dedup();
        self.configurations = joined;
        if self.configurations.len() > CONFIGURATIONS { Err(Budget) } else { Ok(slots) }
    }
}

impl Snapshot {
    /// The worlds of the snapshot.
    pub(super) fn worlds(&self) -> impl Iterator<Item = &World> {
        self.configurations.iter().map(|(world, _, _)| world)
    }
}

/// A world of which only this image is known.
pub(super) fn image_world(image: Image, tag: Tag) -> World {
    World { function: None, images: vec![(image, tag)] }
}

fn number(small: usize) -> u32 {
    u32::try_from(small).unwrap_or(u32::MAX)
}

/// Drops configurations that used more operations without an answer than another that is otherwise the same.
fn keep_frugal(configurations: &mut Vec<Configuration>) {
    let frugal = |a: u128, b: u128| (0..32).all(|place| (a >> (4 * place) & 0xf) <= (b >> (4 * place) & 0xf));
    let mut kept: Vec<Configuration> = Vec::with_capacity(configurations.len());
    // Sorted by world and done, then by used: one that uses less comes before one that uses more of the same.
    for configuration in configurations.iter() {
        let same = kept.iter().rev().take_while(|k| (k.world, k.done) == (configuration.world, configuration.done));
        if !same.clone().any(|k| frugal(k.used, configuration.used)) {
            kept.push(*configuration);
        }
    }
    *configurations = kept;
}
