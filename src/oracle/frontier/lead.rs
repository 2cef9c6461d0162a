//! Leading configurations on until an operation has taken effect.
//!
//! An operation that leaves a world as it is ([`Step::is_quiet`]) takes effect there at once, without branching: whatever
//! could follow if it waited can follow all the same, as long as it would change nothing later either. Where it would, it
//! is taken back: since it changed nothing so far, it may as well not have happened yet. Which worlds these are is read
//! off the tables; no operation is declared to be harmless.
//!
//! Of several operations under way with the same label the one that returns first takes effect first: to exchange two of
//! them changes nothing but which of them is through.

use super::{Budget, CONFIGURATIONS, Configuration, Frontier, Pending, Slot, UNLIMITED};
use crate::oracle::space::{LabelId, Space, WorldId};
use rustc_hash::{FxHashMap, FxHashSet};

/// What is needed while configurations are led on, kept for the next time.
#[derive(Default)]
pub(super) struct Scratch {
    work: Vec<Configuration>,
    seen: FxHashSet<Configuration>,
    /// Those in which the operation that returns has taken effect quietly, without that.
    late: Vec<Configuration>,
    outlooks: FxHashMap<WorldId, Outlook>,
}

/// What the operations under way would do in a world, as far as it was asked for; by their slots.
#[derive(Debug, Clone, Copy, Default)]
struct Outlook {
    /// Those that were asked about.
    known: u64,
    /// Those that are quiet there.
    quiet: u64,
    /// Those that can take effect there, and change something.
    loud: u64,
}

/// So many worlds more than there are configurations are remembered.
const WORLDS: usize = 64;

impl Scratch {
    /// The slot is free: what stood in it is of no more use.
    pub(super) fn forget(&mut self, bit: u64) {
        for Outlook { known, quiet, loud } in self.outlooks.values_mut() {
            *known &= !bit;
            *quiet &= !bit;
            *loud &= !bit;
        }
    }
}

/// What may take effect.
struct Search<'a> {
    space: &'a mut Space,
    outlooks: &'a mut FxHashMap<WorldId, Outlook>,
    pending: &'a [Option<Pending>],
    under_way: u64,
    /// What may take effect quietly.
    quietly: u64,
    unanswered: &'a [(LabelId, u8)],
}

impl Frontier {
    /// An operation returns: it has taken effect. The frontier may be empty afterwards.
    pub(in crate::oracle) fn end(&mut self, slot: Slot) -> Result<(), Budget> {
        let bit = 1u64 << slot;
        let Self { tables, configurations, pending, under_way, unanswered, scratch, .. } = self;
        let Scratch { work, seen, late, outlooks } = scratch;
        if outlooks.len() > 4 * configurations.len() + WORLDS {
            outlooks.clear();
        }
        let mut space = tables.space();
        let is_harmless = pending[usize::from(slot)].is_some_and(|pending| space.is_harmless(pending.label));
        let (under_way, quietly) = (*under_way, *under_way);
        let mut search = Search { space: &mut space, outlooks, pending, under_way, quietly, unanswered };
        std::mem::swap(work, configurations);
        configurations.clear();
        late.clear();
        search.until(bit, work, seen, |configuration| {
            if configuration.quiet & bit != 0 && !is_harmless {
                late.push(Configuration { quiet: configuration.quiet & !bit, ..configuration });
            }
            configurations.push(configuration);
        })?;
        // What has taken effect quietly may also take effect later, where it is not quiet, once others have.
        search.quietly &= !bit;
        search.until(bit, late, seen, |configuration| configurations.push(configuration))?;
        for configuration in &mut *configurations {
            configuration.done &= !bit;
            configuration.quiet &= !bit;
        }
        keep_the_best(&space, configurations);
        drop(space);
        self.widest = self.widest.max(self.configurations.len());
        self.free_slot(slot);
        Ok(())
    }
}

impl Search<'_> {
    /// Leads configurations on until that operation has taken effect in them.
    fn until(
        &mut self,
        bit: u64,
        work: &mut Vec<Configuration>,
        seen: &mut FxHashSet<Configuration>,
        mut found: impl FnMut(Configuration),
    ) -> Result<(), Budget> {
        seen.clear();
        while let Some(mut one) = work.pop() {
            let outlook = self.outlook(one.world);
            let quietly = outlook.quiet & self.quietly & !(one.done | one.quiet);
            if quietly != 0 {
                // It has taken effect then wherever hidden steps lead, too.
                one.quiet |= quietly;
                let closure = self.space.closure(one.world);
                let others = self.space.list(closure).iter().filter(|world| **world != one.world);
                work.extend(others.map(|&world| Configuration { world, ..one }));
            }
            if (one.done | one.quiet) & bit != 0 {
                found(one);
                continue;
            }
            let untaken = self.under_way & !(one.done | one.quiet);
            if (outlook.loud & !one.done == 0 && self.unanswered.is_empty()) || !seen.insert(one) {
                continue;
            }
            if seen.len() > CONFIGURATIONS {
                work.clear();
                return Err(Budget);
            }
            self.take_back(one, outlook.loud & one.quiet, work);
            self.lead_on(one, outlook.loud & untaken, work);
            self.try_unanswered(one, work);
        }
        Ok(())
    }

    /// What the operations under way would do in that world.
    fn outlook(&mut self, world: WorldId) -> Outlook {
        let outlook = self.outlooks.entry(world).or_default();
        let mut unknown = self.under_way & !outlook.known;
        while let Some((slot, bit)) = first(&mut unknown) {
            let Some(pending) = self.pending[slot] else { continue };
            let step = self.space.step(world, pending.label);
            outlook.known |= bit;
            if step.is_quiet {
                outlook.quiet |= bit;
            } else if step.is_possible() {
                outlook.loud |= bit;
            }
        }
        *outlook
    }

    /// Adds the configuration without what has taken effect quietly and would not be quiet here.
    fn take_back(&self, from: Configuration, mut loud: u64, work: &mut Vec<Configuration>) {
        while let Some((slot, bit)) = first(&mut loud) {
            // Of those with the same label one is as good as another.
            if self.pending[slot].is_some_and(|pending| pending.earlier & from.quiet == 0) {
                work.push(Configuration { quiet: from.quiet & !bit, ..from });
            }
        }
    }

    /// Adds the configurations that one of these operations under way leads to.
    fn lead_on(&mut self, from: Configuration, loud: u64, work: &mut Vec<Configuration>) {
        let mut waiting = loud;
        while let Some((slot, bit)) = first(&mut waiting) {
            let Some(pending) = self.pending[slot].filter(|pending| pending.earlier & loud == 0) else { continue };
            let step = self.space.step(from.world, pending.label);
            let done = from.done | bit;
            work.extend(self.space.list(step.to).iter().map(|&world| Configuration { world, done, ..from }));
        }
    }

    /// Adds the configurations that an operation without an answer leads to.
    fn try_unanswered(&mut self, from: Configuration, work: &mut Vec<Configuration>) {
        for (place, (label, available)) in self.unanswered.iter().enumerate() {
            let shift = 4 * place;
            let used = (from.used >> shift & 0xf) as u8;
            if used >= *available && *available < UNLIMITED {
                continue;
            }
            let step = self.space.step(from.world, *label);
            if step.is_quiet {
                continue;
            }
            let used = if *available < UNLIMITED { from.used + (1 << shift) } else { from.used };
            work.extend(self.space.list(step.to).iter().map(|&world| Configuration { world, used, ..from }));
        }
    }
}

/// The place of the lowest bit, and the bit, which is taken away.
fn first(mask: &mut u64) -> Option<(usize, u64)> {
    let slot = mask.trailing_zeros() as usize;
    let bit = *mask & mask.wrapping_neg();
    *mask ^= bit;
    (bit != 0).then_some((slot, bit))
}

/// So many configurations whose worlds are alike are compared with each.
const COMPARED: usize = 64;

/// Drops configurations that can do nothing that another cannot.
pub(super) fn keep_the_best(space: &Space, configurations: &mut Vec<Configuration>) {
    if configurations.len() < 2 {
        return;
    }
    // The better come before those that they are better than.
    configurations.sort_unstable_by_key(|one| (space.rank(one.world), one.world, one.done, !one.quiet, one.used));
    configurations.dedup();
    let mut kept = 0;
    let mut first = 0;
    for place in 0..configurations.len() {
        let one = configurations[place];
        let kind = |one: &Configuration| space.rank(one.world).kind;
        if configurations[..kept].last().is_none_or(|last| kind(last) != kind(&one)) {
            first = kept;
        }
        let compared = first.max(kept.saturating_sub(COMPARED));
        if !configurations[compared..kept].iter().any(|other| is_as_good(space, other, &one)) {
            configurations[kept] = one;
            kept += 1;
        }
    }
    configurations.truncate(kept);
}

/// Whether the first can do whatever the second can.
///
/// What has taken effect quietly may have taken effect or not, so it is as good as either; and what has been used less of
/// the operations without an answer is left.
fn is_as_good(space: &Space, one: &Configuration, other: &Configuration) -> bool {
    other.quiet & !one.quiet == 0
        && one.done & !other.done == 0
        && other.done & !(one.done | one.quiet) == 0
        && (one.used == other.used || (0..32).all(|place| nibble(one.used, place) <= nibble(other.used, place)))
        && (one.world == other.world || space.world(one.world).covers(space.world(other.world)))
}

fn nibble(used: u128, place: u32) -> u128 {
    used >> (4 * place) & 0xf
}
