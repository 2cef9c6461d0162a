//! The frontier: every configuration that explains what has been seen of one function so far.
//!
//! A configuration is a world, the operations that have been begun and have taken effect in it without having returned,
//! and how often each operation without an answer has been used. An operation takes effect only when some return asks
//! for it (just-in-time linearization): when an operation returns, every configuration is led on by the others that are
//! under way until it has taken effect, and those in which it cannot are dropped ([`mod@lead`]). No configuration left
//! means that nothing explains the answer.
//!
//! Names are short inside ([`aliases`]), and what follows from what is worked out once for many functions ([`tables`]).

mod aliases;
mod lead;
mod snapshot;
mod tables;

use super::space::{LabelId, Space, WorldId};
use crate::model::label::Label;
use crate::model::rename::Rename;
use crate::model::world::{Image, Tag, World};
use aliases::Aliases;
use lead::Scratch;
pub(super) use snapshot::{Explanation, Saved, Snapshot};
pub(super) use tables::Tables;

/// At most so many operations of one function may be under way at once.
pub(super) const SLOTS: usize = 64;
/// At most so many distinct operations may be without an answer.
pub(super) const UNANSWERED: usize = 32;
/// More of the same operation without an answer than this are as good as unlimited.
pub(super) const UNLIMITED: u8 = 15;
/// Beyond so many configurations the judge gives up.
const CONFIGURATIONS: usize = 200_000;

/// The search outgrew its bounds; nothing can be said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Budget;

/// One explanation of what has been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Configuration {
    world: WorldId,
    /// Slots of operations that have taken effect and have not returned.
    done: u64,
    /// Slots of operations that have not returned and may have taken effect: wherever they may have, they changed
    /// nothing.
    quiet: u64,
    /// How often each operation without an answer has taken effect, four bits each.
    used: u128,
}

/// An operation under way, by its slot.
pub(super) type Slot = u8;

/// An operation under way.
#[derive(Debug, Clone, Copy)]
struct Pending {
    label: LabelId,
    /// When it returns.
    end: i64,
    /// Slots of the same label whose operations return earlier. They may as well take effect earlier.
    earlier: u64,
}

/// All configurations of one function, and the operations under way.
pub(super) struct Frontier {
    tables: Tables,
    aliases: Aliases,
    configurations: Vec<Configuration>,
    pending: Vec<Option<Pending>>,
    under_way: u64,
    unanswered: Vec<(LabelId, u8)>,
    scratch: Scratch,
    /// The most configurations held at once.
    pub(super) widest: usize,
}

impl Frontier {
    /// A frontier at the beginning: these worlds are possible.
    pub(super) fn new(tables: Tables, worlds: impl IntoIterator<Item = World>) -> Self {
        let configurations =
            worlds.into_iter().map(|world| Explanation { world, done: 0, quiet: 0, used: 0 }).collect();
        Self::restore(tables, &Snapshot { configurations, pending: Vec::new(), unanswered: Vec::new() })
    }

    /// The worlds that are possible now; some may come more than once.
    pub(super) fn worlds(&self) -> impl Iterator<Item = World> {
        let mut ids: Vec<WorldId> = self.configurations.iter().map(|configuration| configuration.world).collect();
        ids.dedup();
        ids.into_iter().map(|id| self.aliases.full().world(self.tables.space().world(id)))
    }

    /// The worlds that are possible now, each once.
    pub(super) fn distinct_worlds(&self) -> Vec<World> {
        // The configurations are sorted by their worlds.
        self.worlds().collect()
    }

    /// Whether nothing explains what has been seen.
    pub(super) fn is_empty(&self) -> bool {
        self.configurations.is_empty()
    }

    /// Whether an operation without an answer may still take effect.
    pub(super) fn has_unanswered(&self) -> bool {
        !self.unanswered.is_empty()
    }

    /// Gives names and tables up that are of the past.
    pub(super) fn tidy(&mut self) {
        let renewed = self.tables.renewed();
        if renewed.is_some() || self.aliases.are_stale() {
            let widest = self.widest;
            *self = Self::restore(renewed.unwrap_or_else(|| self.tables.clone()), &self.snapshot());
            self.widest = widest;
        }
    }

    /// An operation begins, whose answer is known, and returns at that time.
    pub(super) fn begin(&mut self, label: Label, end: i64) -> Result<Slot, Budget> {
        let label = self.intern(label);
        self.take_slot(label, end)
    }

    fn intern(&mut self, label: Label) -> LabelId {
        let label = self.aliases.label(label);
        self.tables.space().intern_label(label)
    }

    fn take_slot(&mut self, label: LabelId, end: i64) -> Result<Slot, Budget> {
        let slot = (!self.under_way).trailing_zeros() as usize;
        if slot >= SLOTS {
            return Err(Budget);
        }
        if slot >= self.pending.len() {
            self.pending.resize(slot + 1, None);
        }
        let mut earlier = 0;
        for (other, pending) in self.pending.iter_mut().enumerate() {
            let Some(pending) = pending.as_mut().filter(|pending| pending.label == label) else { continue };
            if (pending.end, other) < (end, slot) {
                earlier |= 1 << other;
            } else {
                pending.earlier |= 1 << slot;
            }
        }
        self.pending[slot] = Some(Pending { label, end, earlier });
        self.under_way |= 1 << slot;
        Ok(u8::try_from(slot).unwrap_or(u8::MAX))
    }

    fn free_slot(&mut self, slot: Slot) {
        let bit = 1 << slot;
        self.under_way &= !bit;
        self.pending[usize::from(slot)] = None;
        self.pending.iter_mut().flatten().for_each(|pending| pending.earlier &= !bit);
    }

    /// An operation begins that will never be answered: it may take effect at any later time, or never.
    pub(super) fn begin_unanswered(&mut self, label: Label) -> Result<(), Budget> {
        let label = self.intern(label);
        match self.unanswered.iter().position(|(known, _)| *known == label) {
            Some(place) => self.unanswered[place].1 = (self.unanswered[place].1 + 1).min(UNLIMITED),
            None if self.unanswered.len() == UNANSWERED => return Err(Budget),
            None => self.unanswered.push((label, 1)),
        }
        Ok(())
    }

    /// The function begins to use an image: what `track` knows of it becomes part of every world.
    ///
    /// Returns the slots of the operations on the image that are under way, by their slots in `track`.
    pub(super) fn join(&mut self, image: Image, track: &Snapshot) -> Result<Vec<(Slot, Slot)>, Budget> {
        let mut slots = Vec::new();
        for (slot, label, end) in &track.pending {
            slots.push((*slot, self.begin(*label, *end)?));
        }
        let base = self.unanswered.len();
        for (label, count) in &track.unanswered {
            if self.unanswered.len() == UNANSWERED {
                return Err(Budget);
            }
            let label = self.intern(*label);
            self.unanswered.push((label, *count));
        }
        let moved = |mask: u64| {
            let moved = slots.iter().filter(|(from, _)| mask & (1 << from) != 0);
            moved.fold(0, |mask, (_, to)| mask | 1 << to)
        };
        let name = self.aliases.image(image);
        let mut joined = Vec::new();
        for of_image in &track.configurations {
            let tag = self.aliases.tag(of_image.world.tag(image));
            let used = of_image.used.checked_shl(number(4 * base)).unwrap_or(0);
            let space = &mut *self.tables.space();
            for configuration in &self.configurations {
                let mut world = space.world(configuration.world).clone();
                world.set_tag(name, tag);
                let both = Configuration {
                    world: space.intern_world(world),
                    done: configuration.done | moved(of_image.done),
                    quiet: configuration.quiet | moved(of_image.quiet),
                    used: configuration.used | used,
                };
                joined.extend(closed(space, both));
            }
        }
        joined.sort_unstable();
        joined.dedup();
        self.configurations = joined;
        if self.configurations.len() > CONFIGURATIONS { Err(Budget) } else { Ok(slots) }
    }
}

/// The configuration, and those that hidden steps lead to from it.
fn closed(space: &mut Space, configuration: Configuration) -> impl Iterator<Item = Configuration> {
    let closure = space.closure(configuration.world);
    space.list(closure).iter().map(move |&world| Configuration { world, ..configuration })
}

/// A world of which only this image is known.
pub(super) fn image_world(image: Image, tag: Tag) -> World {
    World { function: None, images: vec![(image, tag)] }
}

fn number(small: usize) -> u32 {
    u32::try_from(small).unwrap_or(u32::MAX)
}
