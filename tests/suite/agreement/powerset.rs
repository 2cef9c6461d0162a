//! The same question put to `porcupine-rs`, a checker of linearizability.
//!
//! It knows neither choice nor hidden steps, so its state is the set of all worlds that are possible, closed under
//! hidden steps. Sets are numbers and what leads from one to another is remembered, so that what it takes is the
//! checker's own time.

use super::labels::Timed;
use fnconform::history::IdleRule;
use fnconform::model::Model;
use fnconform::model::label::Label;
use fnconform::model::world::World;
use porcupine_rs::{CheckResult, Operation};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// Whether the checker finds the operations explained; `None` if it does not know in that time.
#[must_use]
pub(crate) fn explains(model: Model, operations: &[Timed], limit: Option<Duration>) -> Option<bool> {
    let history: Vec<Operation<Powerset>> = operations.iter().map(|timed| operation(model, timed)).collect();
    TABLE.with_borrow_mut(|table| *table = Table::default());
    match limit {
        None => Some(porcupine_rs::check_operations(&history)),
        Some(limit) => match porcupine_rs::check_operations_timeout(&history, limit) {
            CheckResult::Ok => Some(true),
            CheckResult::Illegal => Some(false),
            CheckResult::Unknown => None,
        },
    }
}

fn operation(model: Model, timed: &Timed) -> Operation<Powerset> {
    let end = timed.end.map_or(Answered::Never, |_| Answered::Surely);
    Operation {
        client_id: None,
        call_time: timed.start,
        return_time: timed.end.unwrap_or(i64::MAX),
        op: Op { label: timed.label, end, idle: model.idle == IdleRule::May },
        metadata: None,
    }
}

/// Sets of worlds as the state of a checker that knows but one.
#[derive(Debug, Clone)]
struct Powerset;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Op {
    label: Label,
    end: Answered,
    /// Whether the endpoint has idle rules of its own; the checker's model has no place for it but here.
    idle: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Answered {
    Surely,
    /// It may also never take effect.
    Never,
}

/// The sets met so far; each thread has its own, and a check takes place in one.
#[derive(Default)]
struct Table {
    sets: Vec<BTreeSet<World>>,
    numbers: HashMap<BTreeSet<World>, u32>,
    steps: HashMap<(u32, Op), Option<u32>>,
}

thread_local! {
    static TABLE: RefCell<Table> = RefCell::default();
}

impl porcupine_rs::Model for Powerset {
    type State = u32;
    type Op = Op;
    type Metadata = ();

    fn init() -> u32 {
        TABLE.with_borrow_mut(|table| table.number(BTreeSet::from([World::EMPTY])))
    }

    fn step(state: &u32, op: &Op) -> (bool, u32) {
        match TABLE.with_borrow_mut(|table| table.step(*state, op)) {
            Some(after) => (true, after),
            None => (false, *state),
        }
    }
}

impl Table {
    fn number(&mut self, set: BTreeSet<World>) -> u32 {
        let sets = &mut self.sets;
        *self.numbers.entry(set).or_insert_with_key(|set| {
            sets.push(set.clone());
            u32::try_from(sets.len() - 1).unwrap()
        })
    }

    fn step(&mut self, state: u32, op: &Op) -> Option<u32> {
        if let Some(after) = self.steps.get(&(state, *op)) {
            return *after;
        }
        let model = Model { idle: if op.idle { IdleRule::May } else { IdleRule::Lever }, ..Model::default() };
        let before = self.sets[state as usize].clone();
        let mut after = Vec::new();
        for world in &before {
            let mut led = Vec::new();
            if model.visible(world, &op.label, &mut led).is_ok() {
                after.append(&mut led);
            }
        }
        if op.end == Answered::Never {
            after.extend(before);
        }
        let after = closed(model, after);
        let after = (!after.is_empty()).then(|| self.number(after));
        self.steps.insert((state, *op), after);
        after
    }
}

/// The worlds, and all that hidden steps lead to.
fn closed(model: Model, mut open: Vec<World>) -> BTreeSet<World> {
    let mut closed = BTreeSet::new();
    while let Some(world) = open.pop() {
        if closed.insert(world.clone()) {
            model.hidden(&world, &mut open);
        }
    }
    closed
}
