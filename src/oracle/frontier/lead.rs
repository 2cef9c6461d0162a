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
use crate::oracle::space::{LabelId, Space};
use rustc_hash::FxHashSet;

/// What is needed while configurations are led on, kept for the next time.
#[derive(Default)]
pub(super) struct Scratch {
    work: Vec<Configuration>,
    seen: FxHashSet<Configuration>,
    /// Those in which the operation that returns has taken effect quietly, without that.
    late: Vec<Configuration>,
}

/// What may take effect.
struct Search<'a> {
    space: &'a mut Space,
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
        let Scratch { work, seen, late } = scratch;
        let mut space = tables.space();
        let is_harmless = pending[usize::from(slot)].is_some_and(|pending| space.is_harmless(pending.label));
        let mut search = Search { space: &mut space, pending, under_way: *under_way, quietly: *under_way, unanswered };
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
        drop(space);
        keep_the_best(configurations);
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
        while let Some(mut configuration) = work.pop() {
            self.take_quietly(&mut configuration, work);
            if (configuration.done | configuration.quiet) & bit != 0 {
                found(configuration);
            } else if seen.insert(configuration) {
                if seen.len() > CONFIGURATIONS {
                    work.clear();
                    return Err(Budget);
                }
                self.take_back(configuration, work);
                self.lead_on(configuration, work);
            }
        }
        Ok(())
    }

    /// Adds the configuration without what has taken effect quietly and would not be quiet here.
    fn take_back(&mut self, from: Configuration, work: &mut Vec<Configuration>) {
        let mut quiet = from.quiet;
        while let Some((slot, bit)) = first(&mut quiet) {
            // Of those with the same label one is as good as another.
            let Some(pending) = self.pending[slot].filter(|pending| pending.earlier & from.quiet == 0) else {
                continue;
            };
            let step = self.space.step(from.world, pending.label);
            if step.is_possible() && !step.is_quiet {
                work.push(Configuration { quiet: from.quiet & !bit, ..from });
            }
        }
    }

    /// Lets everything take effect that changes nothing here. It has taken effect then wherever hidden steps lead, too.
    fn take_quietly(&mut self, configuration: &mut Configuration, work: &mut Vec<Configuration>) {
        let before = configuration.quiet;
        let mut waiting = self.quietly & !(configuration.done | configuration.quiet);
        while let Some((slot, bit)) = first(&mut waiting) {
            if let Some(pending) = self.pending[slot]
                && self.space.step(configuration.world, pending.label).is_quiet
            {
                configuration.quiet |= bit;
            }
        }
        if configuration.quiet != before {
            let closure = self.space.closure(configuration.world);
            let others = self.space.list(closure).iter().filter(|world| **world != configuration.world);
            work.extend(others.map(|&world| Configuration { world, ..*configuration }));
        }
    }

    /// Adds the configurations that one operation under way, or one without an answer, leads to.
    fn lead_on(&mut self, from: Configuration, work: &mut Vec<Configuration>) {
        let untaken = self.under_way & !(from.done | from.quiet);
        let mut waiting = untaken;
        while let Some((slot, bit)) = first(&mut waiting) {
            let Some(pending) = self.pending[slot].filter(|pending| pending.earlier & untaken == 0) else { continue };
            let step = self.space.step(from.world, pending.label);
            let done = from.done | bit;
            work.extend(self.space.list(step.to).iter().map(|&world| Configuration { world, done, ..from }));
        }
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

/// So many configurations of the same world are compared with each.
const COMPARED: usize = 64;

/// Drops configurations that can do nothing that another of the same world cannot.
fn keep_the_best(configurations: &mut Vec<Configuration>) {
    // The better come before those that they are better than.
    configurations.sort_unstable_by_key(|one| (one.world, one.done, !one.quiet, one.used));
    configurations.dedup();
    if configurations.iter().all(|one| one.done | one.quiet == 0 && one.used == 0) {
        return;
    }
    let mut kept = 0;
    let mut first = 0;
    for place in 0..configurations.len() {
        let one = configurations[place];
        if configurations[..kept].last().is_none_or(|last| last.world != one.world) {
            first = kept;
        }
        let compared = first.max(kept.saturating_sub(COMPARED));
        if configurations[compared..kept].iter().any(|other| is_as_good(other, &one)) {
            continue;
        }
        configurations[kept] = one;
        kept += 1;
    }
    configurations.truncate(kept);
}

/// Whether the first can do whatever the second can, both being of the same world.
///
/// What has taken effect quietly may have taken effect or not, so it is as good as either; and what has been used less of
/// the operations without an answer is left.
fn is_as_good(one: &Configuration, other: &Configuration) -> bool {
    other.quiet & !one.quiet == 0
        && one.done & !other.done == 0
        && other.done & !(one.done | one.quiet) == 0
        && (one.used == other.used || (0..32).all(|place| nibble(one.used, place) <= nibble(other.used, place)))
}

fn nibble(used: u128, place: u32) -> u128 {
    used >> (4 * place) & 0xf
}
