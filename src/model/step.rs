//! A name for every step of the automaton: what happens by itself, what is asked and answered, what levers do.

use super::Model;
use super::hidden::{HIDDEN, IDLE_RULE, Must};
use super::label::{Invoked, Label, Outcome};
use super::visible::Kind;
use super::world::{Code, Function, Image, State, World};
use crate::history::{Condition, IdleRule};
use std::fmt;

/// A step of the automaton, without what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// The hidden step at this place of [`HIDDEN`].
    Hidden(usize),
    /// The endpoint's own idle rule.
    IdleRule,
    /// An operation with its answer, in that state; `None` where there is no function.
    Call(Kind, Option<State>),
    /// The lever on an image that the function uses.
    Image(Role, Pull),
    /// The lever `idle`, in that state.
    Idle(State),
    /// There was time for everything, and that told something.
    Settle,
}

/// What an image is to the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// It is being prepared.
    Next,
    /// It is in service, or will be again once the function wakes.
    Current,
    /// Its preparation was superseded.
    Superseded,
}

/// What the lever made of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pull {
    /// It is ready.
    Ready,
    /// It is held.
    Held,
    /// It is failing.
    Failing,
    /// It is gone.
    Missing,
    /// Its tag has another digest than the recorded one.
    Overwritten,
}

impl Step {
    /// Whether it need not have happened: a hidden step that only may, or the passing of a time in which nothing did.
    #[must_use]
    pub fn is_optional(self) -> bool {
        match self {
            Self::Hidden(place) => HIDDEN.get(place).is_some_and(|row| row.must == Must::No),
            Self::IdleRule | Self::Settle => true,
            Self::Call(..) | Self::Image(..) | Self::Idle(_) => false,
        }
    }
}

/// The hidden steps that can happen in a world, each with the world that it leads to.
pub fn hidden(model: Model, world: &World, out: &mut Vec<(Step, World)>) {
    let Some(function) = &world.function else { return };
    let mut after = Vec::new();
    for (place, row) in HIDDEN.iter().enumerate() {
        (row.apply)(world, function, &mut after);
        model.recount(&mut after);
        out.extend(after.drain(..).map(|world| (Step::Hidden(place), world)));
    }
    if model.idle == IdleRule::May {
        (IDLE_RULE.apply)(world, function, &mut after);
        model.recount(&mut after);
        out.extend(after.drain(..).map(|world| (Step::IdleRule, world)));
    }
}

/// The worlds after an operation with its answer, each with the step that led there; `None` stands for a lever or a
/// settle that means nothing to the function.
pub fn visible(model: Model, world: &World, label: &Label, out: &mut Vec<(Option<Step>, World)>) {
    let mut after = Vec::new();
    for label in answers(*label) {
        // An answer that cannot be given there leads nowhere.
        if model.visible(world, &label, &mut after).is_ok() {
            out.extend(after.drain(..).map(|after| (step(world, &label, &after), after)));
        }
        after.clear();
    }
}

/// The operation with each answer that it may have had.
fn answers(label: Label) -> impl Iterator<Item = Label> {
    let known = [Outcome::Accepted, Outcome::Refused];
    let [first, second] = match label {
        Label::Create(image, Outcome::Unknown) => known.map(|answer| Some(Label::Create(image, answer))),
        Label::Update(image, Outcome::Unknown) => known.map(|answer| Some(Label::Update(image, answer))),
        Label::Delete(Outcome::Unknown) => known.map(|answer| Some(Label::Delete(answer))),
        Label::Invoke(Invoked::Unknown) => {
            [Invoked::Served(None), Invoked::Refused].map(|answer| Some(Label::Invoke(answer)))
        }
        _ => [Some(label), None],
    };
    first.into_iter().chain(second)
}

fn step(before: &World, label: &Label, after: &World) -> Option<Step> {
    let state = before.function.as_ref().map(|function| function.state);
    match label {
        Label::Image(image, _) if before != after => pull(before, *image, after),
        Label::Image(..) => None,
        Label::Idle => state.map(Step::Idle),
        Label::Settle => (before != after).then_some(Step::Settle),
        _ => Kind::of(label).map(|kind| Step::Call(kind, state)),
    }
}

fn pull(before: &World, image: Image, after: &World) -> Option<Step> {
    let (role, code) = used(before.function.as_ref()?, image)?;
    let overwritten = after.overwritten(code) && after.tag(image).digest != before.tag(image).digest;
    let pull = match after.tag(image).conditions.told()? {
        _ if overwritten => Pull::Overwritten,
        Condition::Ready => Pull::Ready,
        Condition::Held => Pull::Held,
        Condition::Failing => Pull::Failing,
        Condition::Missing => Pull::Missing,
    };
    Some(Step::Image(role, pull))
}

/// What the image is to the function, and the code that was recorded of it.
#[must_use]
pub fn used(function: &Function, image: Image) -> Option<(Role, Code)> {
    let is = |code: &Code| code.image == image;
    let next = function.next.filter(is).map(|code| (Role::Next, code));
    let current = || function.in_service().filter(is).map(|code| (Role::Current, code));
    let superseded = || function.older.iter().copied().find(is).map(|code| (Role::Superseded, code));
    next.or_else(current).or_else(superseded)
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hidden(place) => f.write_str(HIDDEN.get(*place).map_or("?", |row| row.name)),
            Self::IdleRule => f.write_str(IDLE_RULE.name),
            Self::Call(kind, Some(state)) => write!(f, "{} while {}", kind.as_str(), state.as_str()),
            Self::Call(kind, None) => write!(f, "{} while absent", kind.as_str()),
            Self::Image(role, pull) => write!(f, "the image {} {}", role.as_str(), pull.as_str()),
            Self::Idle(state) => write!(f, "left idle while {}", state.as_str()),
            Self::Settle => f.write_str("time enough to notice"),
        }
    }
}

impl Role {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Next => "under preparation",
            Self::Current => "in service",
            Self::Superseded => "superseded",
        }
    }
}

impl Pull {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "becomes ready",
            Self::Held => "is held",
            Self::Failing => "is made to fail",
            Self::Missing => "is removed",
            Self::Overwritten => "is overwritten",
        }
    }
}
