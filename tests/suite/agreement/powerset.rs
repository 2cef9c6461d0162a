//! The same question put to `porcupine-rs`, a checker of linearizability.
//!
//! It knows neither choice nor hidden steps, so its state is the set of all worlds that are possible, closed under
//! hidden steps: either as it is ([`Sets`]), or as a number, what leads from one to another being remembered
//! ([`Numbered`]), so that what it takes is the checker's own time.

use super::labels::Timed;
use fnconform::history::IdleRule;
use fnconform::model::Model;
use fnconform::model::label::Label;
use fnconform::model::world::World;
use porcupine_rs::Operation;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

/// Whether the checker finds the operations explained.
#[must_use]
pub(crate) fn explains<M: porcupine_rs::Model<Op = Op, Metadata = ()>>(model: Model, operations: &[Timed]) -> bool {
    let history: Vec<Operation<M>> = operations.iter().map(|timed| operation(model, timed)).collect();
    TABLE.with_borrow_mut(|table| *table = Table::default());
    porcupine_rs::check_operations(&history)
}

fn operation<M: porcupine_rs::Model<Op = Op>>(model: Model, timed: &Timed) -> Operation<M> {
    let answer = timed.end.map_or(Answer::Never, |_| Answer::Came);
    Operation {
        client_id: None,
        call_time: timed.start,
        return_time: timed.end.unwrap_or(i64::MAX),
        op: Op { label: timed.label, answer, idle: model.idle == IdleRule::May },
        metadata: None,
    }
}

/// What the checker knows of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Op {
    label: Label,
    answer: Answer,
    /// Whether the endpoint has idle rules of its own; the checker has no place for that but here.
    idle: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Answer {
    Came,
    /// So it may also never take effect.
    Never,
}

/// Sets of worlds, closed under hidden steps.
type Set = BTreeSet<World>;

/// What is possible after an operation.
fn after(before: &Set, op: &Op) -> Set {
    let model = Model { idle: if op.idle { IdleRule::May } else { IdleRule::Lever }, ..Model::default() };
    let mut open: Vec<World> = Vec::new();
    for world in before {
        let mut led = Vec::new();
        if model.visible(world, &op.label, &mut led).is_ok() {
            open.append(&mut led);
        }
    }
    if op.answer == Answer::Never {
        open.extend(before.iter().cloned());
    }
    let mut closed = Set::new();
    while let Some(world) = open.pop() {
        if closed.insert(world.clone()) {
            model.hidden(&world, &mut open);
        }
    }
    closed
}

/// The set itself is the state.
#[derive(Debug, Clone)]
pub(crate) struct Sets;

impl porcupine_rs::Model for Sets {
    type State = Set;
    type Op = Op;
    type Metadata = ();

    fn init() -> Set {
        Set::from([World::EMPTY])
    }

    fn step(state: &Set, op: &Op) -> (bool, Set) {
        let after = after(state, op);
        (!after.is_empty(), after)
    }
}

/// The set's number is the state.
#[derive(Debug, Clone)]
pub(crate) struct Numbered;

/// The sets met so far; each thread has its own, and a check takes place in one.
#[derive(Default)]
struct Table {
    sets: Vec<Set>,
    numbers: HashMap<Set, u32>,
    steps: HashMap<(u32, Op), Option<u32>>,
}

thread_local! {
    static TABLE: RefCell<Table> = RefCell::default();
}

impl porcupine_rs::Model for Numbered {
    type State = u32;
    type Op = Op;
    type Metadata = ();

    fn init() -> u32 {
        TABLE.with_borrow_mut(|table| table.number(Set::from([World::EMPTY])))
    }

    fn step(state: &u32, op: &Op) -> (bool, u32) {
        match TABLE.with_borrow_mut(|table| table.step(*state, op)) {
            Some(after) => (true, after),
            None => (false, *state),
        }
    }
}

impl Table {
    fn number(&mut self, set: Set) -> u32 {
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
        let after = after(&self.sets[state as usize], op);
        let after = (!after.is_empty()).then(|| self.number(after));
        self.steps.insert((state, *op), after);
        after
    }
}
