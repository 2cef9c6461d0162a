//! The shortest plans that expose the faults of the emulator: how short a counterexample can be.
//!
//! ```text
//! plans that show much ──► first odd answer ──► made short ──► a bound from above
//!                                                                   │
//! all plans, the shortest first, on the machine with the fault ─────┴──► nothing shorter, or something
//! ```
//!
//! All that is rehearsed, so it says nothing of what a run would find, only of how much of what a run found is needed.
//! *All plans* are those over the alphabet of `alphabet.rs`, in which calls take no time to speak of. The results for the
//! faults there are stand in a table ([`known`]), since a search takes its time; `.ci/full` makes that table anew.

mod alphabet;
mod beliefs;
mod course;
mod search;
mod shrink;
mod table;
mod verdict;

pub use table::{Known, known, render};
pub use verdict::blamed;

use crate::emulator::Behaviour;
use crate::emulator::fault::FAULTS;
use crate::plan::Plan;
use alphabet::Bursts;
use beliefs::Beliefs;
use course::Course;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Plans of so many actions are not searched through any more: each action more takes fifteen times as long.
const TOO_LONG: usize = 7;
/// Up to so many actions, the plainest of all the shortest plans is searched for; beyond, the one that was made short is
/// plain enough.
const PLAINEST: usize = 4;

/// How a fault is exposed by as few actions as possible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exposure {
    /// The name of the fault.
    pub fault: &'static str,
    /// The plan.
    pub plan: Plan,
    /// The requirements that are blamed then, of those that the fault breaks.
    pub blamed: Vec<&'static str>,
    /// No plan of so many actions or fewer exposes it.
    pub none_upto: usize,
}

impl Exposure {
    /// How many actions the plan has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.plan.actions().count()
    }

    /// Whether nothing shorter exposes the fault, for sure.
    #[must_use]
    pub fn is_minimal(&self) -> bool {
        self.none_upto + 1 >= self.length()
    }
}

/// Searches for the shortest exposures; what was worked out for one fault is of use for the next.
pub struct Explorer {
    oracle: Beliefs,
    seeds: Vec<Plan>,
}

impl Default for Explorer {
    fn default() -> Self {
        Self { oracle: Beliefs::new(), seeds: shrink::seeds() }
    }
}

impl Explorer {
    /// The shortest exposure of a fault; `None` if no plan shows it that was made or searched.
    #[must_use]
    pub fn shortest(&mut self, fault: &'static dyn Behaviour) -> Option<Exposure> {
        let Self { oracle, seeds } = self;
        let bound = shrink::bound(fault, seeds, oracle);
        let below = match bound.as_ref().map(verdict::Proof::length) {
            Some(length) if length <= PLAINEST => length + 1,
            Some(length) => length.min(TOO_LONG),
            None => TOO_LONG - 1,
        };
        let puts_off = seeds.iter().any(|plan| Course::puts_off(fault, plan));
        let found = search::search(fault, oracle, if puts_off { Bursts::OfTwo } else { Bursts::None }, below);
        let proof = found.proof.or(bound)?;
        Some(Exposure { fault: fault.name(), plan: proof.plan, blamed: proof.blamed, none_upto: found.none_upto })
    }
}

/// The shortest exposures of all faults that can be exposed, in their order; worked out on all processors.
#[must_use]
pub fn all() -> Vec<Exposure> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut explorer = Explorer::default();
        let mut found = Vec::new();
        while let Some(fault) = FAULTS.get(next.fetch_add(1, Ordering::Relaxed)) {
            found.extend(explorer.shortest(*fault));
        }
        found
    };
    let processors = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let found: Vec<Exposure> = thread::scope(|scope| {
        let workers: Vec<_> = (0..processors).map(|_| scope.spawn(work)).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).flatten().collect()
    });
    let of = |fault: &&'static dyn Behaviour| found.iter().find(|exposure| exposure.fault == fault.name()).cloned();
    FAULTS.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests;
