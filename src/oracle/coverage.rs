//! How much of the automaton histories have been through: situations, steps, and pairs of steps in succession.
//!
//! A history does not say which steps were taken, only what was seen, so one explanation is counted (`walk`).
//! What changes nothing, as a look does, leaves a pair open: the step before is the last that changed something.

use super::judge::Judge;
use super::walk::Walk;
use super::{JudgeError, by_start};
use crate::history::{History, Operation};
use crate::model::shape::{Situation, situation};
use crate::model::step::Step;
use crate::model::world::World;
use std::collections::BTreeMap;

/// What was gone through, and how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Situations that a step led to.
    pub worlds: BTreeMap<Situation, u64>,
    /// Steps.
    pub steps: BTreeMap<Step, u64>,
    /// A step with the last one before it that changed something.
    pub pairs: BTreeMap<(Step, Step), u64>,
    /// Functions of which no explanation was found within the bounds; nothing of them is counted.
    pub given_up: u64,
}

/// Counts the steps of one function as they are taken.
#[derive(Debug, Default)]
pub struct Counter {
    /// What was counted so far.
    pub coverage: Coverage,
    /// The last step that changed something.
    pub last: Option<Step>,
}

impl Counter {
    /// Counts a step that led from one world to another.
    pub fn take(&mut self, step: Step, before: &World, after: &World) {
        *self.coverage.worlds.entry(situation(after)).or_default() += 1;
        *self.coverage.steps.entry(step).or_default() += 1;
        if let Some(last) = self.last {
            *self.coverage.pairs.entry((last, step)).or_default() += 1;
        }
        if before != after {
            self.last = Some(step);
        }
    }
}

impl Coverage {
    /// Adds what was gone through elsewhere.
    pub fn add(&mut self, other: &Self) {
        add(&mut self.worlds, &other.worlds);
        add(&mut self.steps, &other.steps);
        add(&mut self.pairs, &other.pairs);
        self.given_up += other.given_up;
    }
}

fn add<K: Ord + Copy>(to: &mut BTreeMap<K, u64>, from: &BTreeMap<K, u64>) {
    for (key, count) in from {
        *to.entry(*key).or_default() += count;
    }
}

/// What a history went through; a function that breaks something is counted up to there.
///
/// # Errors
/// If histories of that kind are not judged.
pub fn coverage(history: &History) -> Result<Coverage, JudgeError> {
    let mut judge = Judge::new(&history.header)?;
    for operation in by_start(&history.operations) {
        judge.push(Operation::clone(operation))?;
    }
    judge.return_all();
    let mut coverage = Coverage::default();
    for judged in &judge.functions {
        let Ok(walk) = Walk::through(judge.model(), &judged.trail) else {
            coverage.given_up += 1;
            continue;
        };
        let mut counter = Counter::default();
        for (step, before, after) in walk.steps() {
            if let Some(step) = step {
                counter.take(step, before, after);
            }
        }
        coverage.add(&counter.coverage);
    }
    Ok(coverage)
}

#[cfg(test)]
mod tests;
