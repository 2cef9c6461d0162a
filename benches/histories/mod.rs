//! Histories to measure with: what the emulator's machine answers in simulated time to operations on one function or
//! many, mostly looks and invocations, with updates, levers and a delete now and then.

pub(crate) mod dice;
pub(crate) mod steady;

use dice::Dice;
use fnconform::emulator::Settings;
use fnconform::history::{Answer, Call, Event, Header, History, Operation};
use fnconform::plan::{Action, Change, F, I, Plan, Step};
use fnconform::rehearsal::Rehearsal;
use std::fmt;
use std::str::FromStr;
use steady::Steady;

/// How operations follow on one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Clients each send the next operation when the last one has returned, as real ones do.
    Steady,
    /// All operations of a burst overlap, and the next burst waits for the last of them.
    Bursts,
    /// As steady, on ten thousand functions, each used for ten operations in succession.
    Many,
}

/// So many functions there are where there are many.
pub(crate) const FUNCTIONS: usize = 10_000;

/// A history of so many operations, so many of them at once.
pub(crate) fn history(shape: Shape, length: usize, concurrency: usize) -> History {
    let mut operations: Vec<Operation> = match shape {
        Shape::Steady => Steady::new(concurrency, 1).take(length).collect(),
        Shape::Bursts => bursts(length, concurrency),
        Shape::Many => Steady::new(concurrency, FUNCTIONS).take(length).collect(),
    };
    for (place, operation) in operations.iter_mut().enumerate() {
        operation.line = place + 1;
    }
    History { header: Header::default(), operations }
}

/// Makes one answer wrong, three quarters through: an invocation is served by code that nobody deployed. Where it
/// stands.
pub(crate) fn make_wrong(history: &mut History) -> usize {
    let from = history.operations.len() * 3 / 4;
    let invoked = |operation: &mut Operation| match &mut operation.event {
        Event::Call { call: Call::Invoke { answer }, .. } => {
            *answer = Answer::Accepted(Some("sha256:nobodys".into()));
            true
        }
        _ => false,
    };
    from + history.operations[from..].iter_mut().position(invoked).unwrap()
}

fn bursts(length: usize, concurrency: usize) -> Vec<Operation> {
    let mut dice = Dice(u64::try_from(concurrency).unwrap());
    let mut rehearsal = Rehearsal::begin(Settings::default(), 2);
    rehearsal.step(&Step(vec![Action::Create(F(0), I(0))]), None);
    while rehearsal.operations().len() < length {
        let burst = (0..concurrency).map(|_| action(&mut dice)).collect();
        rehearsal.step(&Step(burst), None);
        if dice.below(8) == 0 {
            rehearsal.step(&Step(vec![Action::Pause(150)]), None);
        }
    }
    let mut history = rehearsal.end(Plan { steps: Vec::new() }).history;
    history.operations.truncate(length);
    history.operations
}

fn action(dice: &mut Dice) -> Action {
    let i = I(u8::try_from(dice.below(2)).unwrap());
    match kind(dice) {
        Kind::Update => Action::Update(F(0), i),
        Kind::Lever => Action::Image(i, dice.choose(&Change::ALL[..3])),
        Kind::Idle => Action::Idle(F(0)),
        Kind::Create => Action::Create(F(0), i),
        Kind::Delete => Action::Delete(F(0)),
        Kind::Get => Action::Get(F(0)),
        Kind::Invoke => Action::Invoke(F(0)),
    }
}

/// What an operation does.
pub(crate) enum Kind {
    Update,
    Lever,
    Idle,
    Create,
    Delete,
    Get,
    Invoke,
}

/// Five in a hundred change something.
pub(crate) fn kind(dice: &mut Dice) -> Kind {
    match dice.below(100) {
        0 | 1 => Kind::Update,
        2 => Kind::Lever,
        3 => Kind::Idle,
        4 => Kind::Create,
        5 if dice.below(8) == 0 => Kind::Delete,
        6..55 => Kind::Get,
        _ => Kind::Invoke,
    }
}

impl Shape {
    const ALL: [Self; 3] = [Self::Steady, Self::Bursts, Self::Many];
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Steady => "steady",
            Self::Bursts => "bursts",
            Self::Many => "many",
        })
    }
}

impl FromStr for Shape {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|shape| shape.to_string() == word).ok_or_else(|| format!("no shape: {word}"))
    }
}
