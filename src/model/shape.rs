//! A world without its names: which of finitely many situations a function is in.
//!
//! Worlds are as many as there are images and digests. What can happen next hangs on far less: on the state, the status
//! and the marks, and on what becomes of the codes in service and under preparation. That much can be counted.

use super::world::{Code, From, Function, Idle, Lost, State, Status, World};
use crate::history::Condition;

/// What a world comes to; `None` where there is no function.
pub type Situation = Option<Shape>;

/// A function without names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shape {
    /// Its state.
    pub state: State,
    /// The status of its last update.
    pub status: Status,
    /// What a Pending function falls back to.
    pub from: From,
    /// The mark left by the lever `idle`.
    pub idle: Idle,
    /// Whether it was woken.
    pub woken: bool,
    /// How far the loss of its image has been noticed.
    pub lost: Lost,
    /// What is to become of the code under preparation.
    pub next: Option<Fate>,
    /// How the code stands that is in service, or will be again once the function wakes.
    pub current: Option<Fate>,
    /// Whether a preparation was superseded that may still come to light.
    pub superseded: bool,
}

/// What the image of a code is like at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fate {
    /// It is what was recorded, and ready.
    Ready,
    /// It is held.
    Held,
    /// It is failing.
    Failing,
    /// It is gone.
    Missing,
    /// It is ready, and another than the recorded one, or none was recorded.
    Overwritten,
    /// Nobody knows.
    Untold,
}

/// The situation of that world.
#[must_use]
pub fn situation(world: &World) -> Situation {
    world.function.as_ref().map(|function| shape(world, function))
}

fn shape(world: &World, function: &Function) -> Shape {
    Shape {
        state: function.state,
        status: function.status,
        from: function.from,
        idle: function.idle,
        woken: function.woken,
        lost: function.lost,
        next: function.next.map(|code| fate(world, code)),
        current: function.in_service().map(|code| fate_in_service(world, code)),
        superseded: !function.older.is_empty(),
    }
}

/// For a preparation the condition counts first.
fn fate(world: &World, code: Code) -> Fate {
    let tag = world.tag(code.image);
    match tag.conditions.told() {
        None => Fate::Untold,
        Some(Condition::Held) => Fate::Held,
        Some(Condition::Failing) => Fate::Failing,
        Some(Condition::Missing) => Fate::Missing,
        Some(Condition::Ready) if code.digest == tag.digest => Fate::Ready,
        Some(Condition::Ready) => Fate::Overwritten,
    }
}

/// For what serves the digest counts first: an overwritten tag is a loss whatever the condition.
fn fate_in_service(world: &World, code: Code) -> Fate {
    let tag = world.tag(code.image);
    let overwritten = world.overwritten(code) && tag.conditions.told().is_some();
    if overwritten { Fate::Overwritten } else { fate(world, code) }
}
