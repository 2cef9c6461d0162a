//! The usual walk: one function and its images as a plan goes on, with the answers that an endpoint usually gives.
//!
//! What is valid is accepted, what is not is refused; a preparation fails where its image is no longer what was recorded,
//! and a loss is noticed while one waits. What may happen as well as not does not happen.

use super::moves::{Move, Source};
use crate::history::{Condition, Extent, IdleRule};
use crate::model::Model;
use crate::model::hidden::{HIDDEN, Must};
use crate::model::label::{Invoked, Label, Outcome, Seen, SeenStatus};
use crate::model::step::{self, Role, Step, used};
use crate::model::world::{Digest, Function, Idle, Image, State, Status, Tag, World};
use crate::plan::{Action, Change, F, I};

/// The function of every derived plan.
pub(super) const THE: F = F(0);
/// So many images are used by turns: one in service, one under preparation, one that it superseded, and one more.
const IMAGES: u8 = 4;
/// The automaton without rules of the endpoint's own.
const MODEL: Model = Model { extent: Extent::Closed, idle: IdleRule::Lever, relaxed: None };

/// A world on the way of a plan.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    pub(super) world: World,
    /// Of each image the revision that its tag stands for, and the newest one.
    revisions: [(u32, u32); IMAGES as usize],
}

/// What a move comes to.
pub(super) struct Moved {
    /// Where it leads.
    pub(super) stage: Stage,
    /// What a plan does.
    pub(super) actions: Vec<Action>,
    /// The steps that it takes, each with the worlds before and after it.
    pub(super) steps: Vec<(Step, World, World)>,
}

/// Whether something is about to happen by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quiet {
    /// Nothing is: what is done next meets this world.
    Yes,
    /// Something is, at a time that the endpoint chooses: only a wait is sure of what comes next.
    No,
}

impl Default for Stage {
    /// Before anything was done: every image is published and ready.
    fn default() -> Self {
        let tag = |image| Tag::new(Some(digest(image, 0)), Condition::Ready);
        let images = (0..IMAGES).map(|image| Image(image.into())).map(|image| (image, tag(image))).collect();
        Self { world: World { function: None, images }, revisions: [(0, 0); IMAGES as usize] }
    }
}

impl Stage {
    /// Makes a move; `None` if it means nothing here, or if it is not sure what comes of it.
    pub(super) fn make(&self, one: Move) -> Option<Moved> {
        match (one, self.quiet()) {
            (Move::Wait, Quiet::No) => self.wait(),
            (Move::Wait, Quiet::Yes) | (_, Quiet::No) => None,
            (Move::Create(source), _) => self.deploy(source, Action::Create, |image, world| {
                Label::Create(image, world.function.as_ref().map_or(Outcome::Accepted, |_| Outcome::Refused))
            }),
            (Move::Update(source), _) => self.deploy(source, Action::Update, |image, world| {
                let valid = world.function.is_some() && !world.tag(image).is(Condition::Missing);
                Label::Update(image, if valid { Outcome::Accepted } else { Outcome::Refused })
            }),
            (Move::Get, _) => self.begin().act(Action::Get(THE), &Label::Get(self.function().map(report))),
            (Move::Invoke, _) => self.begin().act(Action::Invoke(THE), &Label::Invoke(self.routed())),
            (Move::Delete, _) => {
                let outcome = self.function().map_or(Outcome::Refused, |_| Outcome::Accepted);
                self.begin().act(Action::Delete(THE), &Label::Delete(outcome))
            }
            (Move::Idle, _) => self.function().and_then(|_| self.begin().act(Action::Idle(THE), &Label::Idle)),
            (Move::Pull(role, change), _) => self.pull(role, change),
        }
    }

    /// Whether something is about to happen by itself.
    pub(super) fn quiet(&self) -> Quiet {
        let Some(function) = self.function() else { return Quiet::Yes };
        // Behind a superseded one that is held a preparation may end or not, so nothing is sure there.
        let can_end = function.next.is_some_and(|code| !self.world.tag(code.image).is(Condition::Held));
        let active = function.state == State::Active;
        let released = active && function.idle != Idle::No;
        if can_end || function.woken || released || self.is_lost() { Quiet::No } else { Quiet::Yes }
    }

    fn function(&self) -> Option<&Function> {
        self.world.function.as_ref()
    }

    fn is_lost(&self) -> bool {
        let active = self.function().filter(|function| function.state == State::Active);
        active.and_then(|function| function.current).is_some_and(|code| self.world.gone(code))
    }

    fn routed(&self) -> Invoked {
        match self.function() {
            Some(Function { state: State::Active, current, .. }) => {
                Invoked::Served(current.and_then(|code| code.digest))
            }
            _ => Invoked::Refused,
        }
    }

    fn begin(&self) -> Moved {
        Moved { stage: self.clone(), actions: Vec::new(), steps: Vec::new() }
    }

    fn deploy(&self, source: Source, action: fn(F, I) -> Action, label: fn(Image, &World) -> Label) -> Option<Moved> {
        let (image, moved) = match source {
            Source::Same => (self.function()?.latest.image, self.begin()),
            Source::Other(condition) => {
                let image = self.other(condition)?;
                (image, self.begin().put(image, condition)?)
            }
        };
        let label = label(image, &moved.stage.world);
        moved.act(action(THE, letter(image)), &label)
    }

    /// An image that the function does not use, best one that is in that condition already.
    fn other(&self, condition: Condition) -> Option<Image> {
        let uses = |image: Image| {
            self.function().is_some_and(|function| function.latest.image == image || used(function, image).is_some())
        };
        let others = || self.world.images.iter().filter(|(image, _)| !uses(*image));
        let fits = others().find(|(_, tag)| tag.is(condition));
        fits.or_else(|| others().next()).map(|(image, _)| *image)
    }

    fn pull(&self, role: Role, change: Change) -> Option<Moved> {
        let function = self.function()?;
        let (next, current) = (function.next, function.current);
        let mut codes = next.into_iter().chain(current).chain(function.older.iter().copied());
        let code = codes.find(|code| used(function, code.image).is_some_and(|(is, _)| is == role))?;
        self.begin().change(code.image, change)
    }

    /// Waits until nothing is left that must happen; `None` if the endpoint may choose what does.
    fn wait(&self) -> Option<Moved> {
        let mut moved = self.begin();
        while moved.stage.quiet() == Quiet::No {
            let (step, world) = moved.stage.happens()?;
            moved.step(step, world);
        }
        let shows = |stage: &Self| stage.function().map(report);
        // What must happen is looked for. A loss need not show, and what looks as before is no sign: there time tells.
        let looked_for = !self.is_lost() && shows(self) != shows(&moved.stage);
        moved.actions.push(if looked_for { Action::Await(THE) } else { Action::Settle(THE) });
        Some(moved)
    }

    /// What usually happens next by itself; `None` if nothing must, or if the endpoint may choose between two steps.
    fn happens(&self) -> Option<(Step, World)> {
        let function = self.function()?;
        let mut after = Vec::new();
        step::hidden(MODEL, &self.world, &mut after);
        after.retain(|(step, after)| self.is_usual(function, *step, after));
        let (first, world) = after.first()?;
        let sure = after.iter().all(|(step, _)| step == first);
        sure.then(|| (*first, world.clone()))
    }

    fn is_usual(&self, function: &Function, step: Step, after: &World) -> bool {
        let (Step::Hidden(row), Some(after)) = (step, &after.function) else { return false };
        let must = HIDDEN[row].must;
        if must.in_world(&self.world, function).is_none() {
            let noticed = after.state == State::Failed && after.status == function.status;
            return must == Must::No && self.is_lost() && noticed;
        }
        let prospect = function.next.map(|code| (code, self.world.prospect(code)));
        match (must, prospect) {
            (Must::Preparation(_), Some((code, prospect))) if prospect.success.is_some() && prospect.failure => {
                let succeeded = after.state == State::Active && after.status != Status::Failed;
                // What was recorded is no longer what the tag stands for; what was not is taken as it is.
                succeeded == code.digest.is_none()
            }
            _ => true,
        }
    }
}

impl Moved {
    /// Does something that is answered so.
    fn act(mut self, action: Action, label: &Label) -> Option<Self> {
        self.actions.push(action);
        let mut after = Vec::new();
        step::visible(MODEL, &self.stage.world, label, &mut after);
        let (step, world) = after.into_iter().next()?;
        match step {
            Some(step) => self.step(step, world),
            None => self.stage.world = world,
        }
        Some(self)
    }

    fn step(&mut self, step: Step, world: World) {
        let before = std::mem::replace(&mut self.stage.world, world.clone());
        self.steps.push((step, before, world));
    }

    /// Puts an image into a condition, if it is not.
    fn put(self, image: Image, condition: Condition) -> Option<Self> {
        if self.stage.world.tag(image).is(condition) {
            return Some(self);
        }
        self.change(
            image,
            match condition {
                Condition::Ready => Change::Ready,
                Condition::Held => Change::Hold,
                Condition::Failing => Change::Fail,
                Condition::Missing => Change::Remove,
            },
        )
    }

    /// Pulls a lever on an image; `None` if that changes nothing.
    fn change(mut self, image: Image, change: Change) -> Option<Self> {
        let tag = self.stage.world.tag(image);
        let (revision, newest) = self.stage.revisions.get_mut(usize::try_from(image.0).ok()?)?;
        match change {
            Change::Publish => {
                *newest += 1;
                *revision = *newest;
            }
            Change::Restore => *revision = 0,
            _ => {}
        }
        let condition = match change {
            Change::Publish if !tag.is(Condition::Missing) => tag.conditions.told()?,
            Change::Publish | Change::Ready | Change::Restore => Condition::Ready,
            Change::Hold => Condition::Held,
            Change::Fail => Condition::Failing,
            Change::Remove => Condition::Missing,
        };
        let present = (condition != Condition::Missing).then(|| digest(image, *revision));
        let after = Tag::new(present, condition);
        if after == tag {
            return None;
        }
        self.act(Action::Image(letter(image), change), &Label::Image(image, after))
    }
}

fn report(function: &Function) -> Seen {
    Seen { state: Some(function.state), status: SeenStatus::Known(function.status), digest: None }
}

fn letter(image: Image) -> I {
    I(u8::try_from(image.0).unwrap_or(0))
}

/// The digest of an image's revision: images are fewer than the step between two revisions.
fn digest(image: Image, revision: u32) -> Digest {
    Digest(u32::from(IMAGES) * revision + image.0)
}
