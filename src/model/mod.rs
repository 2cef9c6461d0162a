//! The automaton: one function as a client can know it, and every step that it can take.
//!
//! ```text
//!               create                              idle, and not used since
//!                 │                            ┌──────────────────────────────────┐
//!                 ▼        prepared            │                                  ▼
//!            ┌─────────┐ ─────────────► ┌──────┴─┐                          ┌──────────┐
//!            │ Pending │                │ Active │ ◄─┐ update: InProgress,  │ Inactive │
//!            └─────────┘ ◄──┐           └────────┘ ──┘ then Successful or   └──────────┘
//!              │  ▲  │      │              │   ▲       Failed, old code       │      ▲
//!   cannot be  │  │  │      │ redeployed   │   │       serving meanwhile      │      │
//!   prepared   │  │  │      │ (R3)   image │   │ update succeeded             │      │
//!              ▼  │  │    ┌────────┐ lost │   │                              │      │
//!            ┌────┼──┼──► │ Failed │ ◄────┘   │                              │      │
//!            │    │  │    └────────┘ ─────────┘                              │      │
//!            └────┼──┼───────────────────────────────────────────────────────┼──────┘
//!                 │  └── woken, and cannot be prepared ──────────────────────┼──────►
//!                 └───── woken by an invocation (refused) or an update ──────┘
//! ```
//!
//! [`hidden::HIDDEN`] lists what happens by itself, [`visible::VISIBLE`] what each answer means in each state, both with
//! the requirement that a deviation breaks; [`breach::BREACHES`] lists what deviating endpoints do. [`mod@step`] names the
//! steps, and [`shape`] the situations that they lead to, so that both can be counted. The module knows no history, no
//! clock and no I/O: it maps worlds to worlds.

pub mod breach;
mod conditions;
pub mod hidden;
pub mod label;
mod let_through;
pub mod likeness;
pub mod open;
pub mod rename;
pub mod shape;
pub mod shown;
pub mod step;
pub mod visible;
pub mod world;

use crate::history::{Extent, IdleRule};
use crate::requirement::Requirement;
use breach::{BREACHES, Step};
use hidden::{HIDDEN, IDLE_RULE};
use label::{Invoked, Label, Outcome};
use visible::Kind;
use world::{Function, Idle, Lost, State, Status, Tag, World};

/// The automaton of the specification, or the same with one requirement given up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Model {
    /// Whether all that happened is known.
    pub extent: Extent,
    /// Whether functions become Inactive by rules of the endpoint.
    pub idle: IdleRule,
    /// The requirement that is given up.
    pub relaxed: Option<&'static Requirement>,
}

impl Model {
    /// Whether a requirement is given up.
    #[must_use]
    pub fn is_relaxed(&self) -> bool {
        self.relaxed.is_some()
    }

    /// What a function may be before anything is known of it.
    #[must_use]
    pub fn beginnings(&self) -> Vec<World> {
        match self.extent {
            Extent::Closed => vec![World::EMPTY],
            Extent::Open => open::beginnings(),
        }
    }

    /// What an image is before anything is known of it.
    #[must_use]
    pub fn untold(&self) -> Tag {
        match self.extent {
            Extent::Closed => Tag::MISSING,
            Extent::Open => Tag::UNTOLD,
        }
    }

    /// The worlds that one hidden step leads to.
    pub fn hidden(&self, world: &World, out: &mut Vec<World>) {
        let Some(function) = &world.function else { return };
        let before = out.len();
        for step in HIDDEN {
            (step.apply)(world, function, out);
        }
        if self.idle == IdleRule::May {
            (IDLE_RULE.apply)(world, function, out);
        }
        for breach in self.breaches() {
            if let Step::Hidden(apply) = breach.step {
                apply(world, function, out);
            }
        }
        self.recount(&mut out[before..]);
    }

    /// Gives the same name to what is the same, once something was done to worlds in which not everything is known.
    pub(super) fn recount(&self, worlds: &mut [World]) {
        if self.extent == Extent::Open {
            worlds.iter_mut().for_each(open::recount);
        }
    }

    /// Whether an operation with this answer changes nothing in any world, so that it may take effect as soon as it can.
    #[must_use]
    pub fn is_harmless(&self, label: &Label) -> bool {
        // What is given up may have effects of its own, and in an open world a look may tell a digest.
        self.extent == Extent::Closed && !self.is_relaxed() && changes_nothing(label)
    }

    /// The requirement of a step that must happen in this world and has not; `None` if the world may stay as it is.
    #[must_use]
    pub fn due(&self, world: &World) -> Option<&'static Requirement> {
        let function = world.function.as_ref()?;
        let mut after = Vec::new();
        HIDDEN.iter().find_map(|step| {
            let requirement = step.must.in_world(world, function).filter(|due| self.relaxed != Some(due))?;
            after.clear();
            (step.apply)(world, function, &mut after);
            (!after.is_empty()).then_some(requirement)
        })
    }

    /// The worlds after an operation with its answer; `out` must be empty.
    ///
    /// # Errors
    /// The requirement that the answer breaks in this world.
    pub fn visible(&self, world: &World, label: &Label, out: &mut Vec<World>) -> Result<(), &'static Requirement> {
        let known = self.known(world, label, out);
        if self.extent == Extent::Closed {
            return known;
        }
        let told = known.or_else(|requirement| {
            // The answer may tell a digest that was not known.
            let mut told = Err(requirement);
            for world in open::with_what_is_shown(world, label) {
                let mut after = Vec::new();
                if self.known(&world, label, &mut after).is_ok() {
                    told = Ok(());
                    out.append(&mut after);
                }
            }
            told
        });
        self.recount(out);
        told
    }

    /// The worlds after an operation, nothing being learned from its answer.
    fn known(&self, world: &World, label: &Label, out: &mut Vec<World>) -> Result<(), &'static Requirement> {
        for breach in self.breaches() {
            if let Step::Visible(apply) = breach.step {
                apply(world, label, out);
            }
        }
        let outcome = match label {
            Label::Image(image, tag) => {
                out.push(with_tag(world, *image, *tag));
                Ok(())
            }
            Label::Idle => {
                out.push(left_idle(world));
                Ok(())
            }
            Label::Settle => match self.due(world) {
                Some(requirement) => Err(requirement),
                None => {
                    out.push(settled(world));
                    Ok(())
                }
            },
            Label::Create(image, Outcome::Unknown) => either(world, out, |answer| Label::Create(*image, answer)),
            Label::Update(image, Outcome::Unknown) => either(world, out, |answer| Label::Update(*image, answer)),
            Label::Delete(Outcome::Unknown) => either(world, out, Label::Delete),
            Label::Invoke(Invoked::Unknown) => {
                answered(world, &Label::Invoke(Invoked::Served(None)), out);
                answered(world, &Label::Invoke(Invoked::Refused), out);
                Ok(())
            }
            _ => match Kind::of(label).and_then(|kind| kind.row(world)) {
                Some(row) => row.apply(world, label, out),
                None => Ok(()),
            },
        };
        match outcome {
            Err(requirement) if self.relaxed == Some(requirement) && *label != Label::Settle => {
                let_through::let_through(world, label, out);
                Ok(())
            }
            Err(_) if !out.is_empty() => Ok(()),
            outcome => outcome,
        }
    }

    fn breaches(&self) -> impl Iterator<Item = &'static breach::Breach> {
        let relaxed = self.relaxed;
        let table = if relaxed.is_some() { BREACHES } else { &[] };
        table.iter().filter(move |breach| relaxed == Some(breach.requirement))
    }
}

/// Whether an operation with this answer changes nothing in any world of the automaton.
#[must_use]
pub fn changes_nothing(label: &Label) -> bool {
    Kind::of(label).is_some_and(Kind::changes_nothing)
}

fn either(world: &World, out: &mut Vec<World>, label: impl Fn(Outcome) -> Label) -> Result<(), &'static Requirement> {
    answered(world, &label(Outcome::Accepted), out);
    answered(world, &label(Outcome::Refused), out);
    Ok(())
}

/// Adds what an operation leads to if it was answered so; nothing if it cannot have been.
fn answered(world: &World, label: &Label, out: &mut Vec<World>) {
    if let Some(row) = Kind::of(label).and_then(|kind| kind.row(world)) {
        let _ = row.apply(world, label, out);
    }
}

fn with_tag(world: &World, image: world::Image, tag: world::Tag) -> World {
    let mut world = world.clone();
    world.set_tag(image, tag);
    let back = match &world.function {
        Some(Function { lost: Lost::Settled | Lost::Refused, current: Some(code), .. }) => !world.surely_gone(*code),
        _ => false,
    };
    if back && let Some(function) = &mut world.function {
        function.lost = Lost::No;
    }
    world
}

fn left_idle(world: &World) -> World {
    let mut world = world.clone();
    if let Some(function) = &mut world.function
        && function.state == State::Active
        && function.status != Status::InProgress
    {
        function.idle = Idle::Must;
    }
    world
}

/// The world after there was time for everything, nothing being left that must happen.
fn settled(world: &World) -> World {
    let mut after = world.clone();
    if let Some(function) = &mut after.function {
        if function.idle == Idle::May && function.status != Status::InProgress {
            function.idle = Idle::No;
        }
        let lost = function.state == State::Active && function.current.is_some_and(|code| world.surely_gone(code));
        if lost && function.lost == Lost::No {
            function.lost = Lost::Settled;
        }
    }
    after
}

#[cfg(test)]
mod tests;
