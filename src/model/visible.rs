//! The operations: what each answer means in each state, as a table.
//!
//! A row names an operation with its answer and the states that it speaks of, says what the world must be like for that
//! answer to be given, with the requirement that is broken otherwise, and what the operation changes.

use super::label::{Invoked, Label, Outcome, Seen};
use super::shown;
use super::world::{Function, Idle, Lost, State, Status, World};
use crate::requirement::{Requirement, api, failed, image, readiness, states, update};

/// An operation with its answer, without what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are the operations and their answers")]
pub enum Kind {
    CreateAccepted,
    CreateRefused,
    UpdateAccepted,
    UpdateRefused,
    GetAccepted,
    GetRefused,
    InvokeServed,
    InvokeRefused,
    DeleteAccepted,
    DeleteRefused,
}

/// The states that a row speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// No function.
    Absent,
    /// A function, in whatever state.
    Present,
    /// A function in one of these states.
    In(&'static [State]),
}

impl Where {
    /// Whether the row speaks of this world.
    #[must_use]
    pub fn holds(self, world: &World) -> bool {
        match (self, &world.function) {
            (Self::Absent, None) | (Self::Present, Some(_)) => true,
            (Self::In(states), Some(function)) => states.contains(&function.state),
            _ => false,
        }
    }
}

/// Whether the answer may be given.
pub enum Check {
    /// Always.
    Allowed,
    /// Never: it breaks this requirement.
    Forbidden(&'static Requirement),
    /// It depends; if it may not be, the requirement that it breaks.
    If(fn(&World, &Label) -> Option<&'static Requirement>),
}

/// What the operation changes.
pub enum Effect {
    /// Nothing.
    Nothing,
    /// What this does to the world; more than one where the specification leaves a choice.
    Change(fn(&World, &Label, &mut Vec<World>)),
}

/// One row: an operation and its answer in some states.
pub struct Row {
    /// The operation with its answer.
    pub kind: Kind,
    /// The states that it speaks of.
    pub states: Where,
    /// Whether that answer may be given there.
    pub check: Check,
    /// What it changes.
    pub effect: Effect,
}

const fn row(kind: Kind, states: Where, check: Check, effect: Effect) -> Row {
    Row { kind, states, check, effect }
}

use Check::{Allowed, Forbidden, If};
use Effect::{Change, Nothing};
use Kind::{
    CreateAccepted, CreateRefused, DeleteAccepted, DeleteRefused, GetAccepted, GetRefused, InvokeRefused, InvokeServed,
    UpdateAccepted, UpdateRefused,
};
use State::{Active, Failed, Inactive, Pending};
use Where::{Absent, In, Present};

/// The table of operations of `spec.md`. In each world exactly one row speaks of each kind.
pub static VISIBLE: &[Row] = &[
    row(CreateAccepted, Absent, Allowed, Change(create)),
    row(CreateRefused, Absent, Allowed, Nothing),
    row(CreateAccepted, Present, Forbidden(&states::ONLY_DOCUMENTED), Nothing),
    row(CreateRefused, Present, Allowed, Nothing),
    row(UpdateAccepted, In(&[Active, Failed]), Allowed, Change(update)),
    row(UpdateRefused, In(&[Active, Failed]), If(update_may_be_refused), Nothing),
    row(UpdateAccepted, In(&[Pending]), Allowed, Change(update_pending)),
    row(UpdateRefused, In(&[Pending]), Allowed, Nothing),
    row(UpdateAccepted, In(&[Inactive]), Allowed, Change(update_inactive)),
    row(UpdateRefused, In(&[Inactive]), If(update_may_be_refused), Nothing),
    row(GetAccepted, Present, If(report), Nothing),
    row(GetRefused, Present, Forbidden(&readiness::FRESH), Nothing),
    row(InvokeServed, In(&[Active]), If(served_by_current), Change(serve)),
    row(InvokeRefused, In(&[Active]), If(invoke_may_be_refused), Change(refuse_lost)),
    row(InvokeServed, In(&[Pending]), Forbidden(&states::PENDING_NOT_INVOCABLE), Nothing),
    row(InvokeServed, In(&[Failed]), Forbidden(&states::FAILED_NOT_INVOCABLE), Nothing),
    row(InvokeRefused, In(&[Pending, Failed]), Allowed, Nothing),
    row(InvokeServed, In(&[Inactive]), Forbidden(&states::INACTIVE_NOT_INVOCABLE), Nothing),
    row(InvokeRefused, In(&[Inactive]), Allowed, Change(trigger)),
    row(DeleteAccepted, Present, Allowed, Change(|w, _, out| out.push(World { function: None, ..w.clone() }))),
    row(DeleteRefused, Present, Allowed, Nothing),
    row(UpdateAccepted, Absent, Forbidden(&api::NOT_FOUND), Nothing),
    row(UpdateRefused, Absent, Allowed, Nothing),
    row(GetAccepted, Absent, Forbidden(&api::NOT_FOUND), Nothing),
    row(GetRefused, Absent, Allowed, Nothing),
    row(InvokeServed, Absent, Forbidden(&api::NOT_FOUND), Nothing),
    row(InvokeRefused, Absent, Allowed, Nothing),
    row(DeleteAccepted, Absent, Forbidden(&api::NOT_FOUND), Nothing),
    row(DeleteRefused, Absent, Allowed, Nothing),
];

impl Kind {
    /// The kind of an operation of the API whose answer is known.
    #[must_use]
    pub fn of(label: &Label) -> Option<Self> {
        use Outcome::{Accepted, Refused};
        Some(match label {
            Label::Create(_, Accepted) => CreateAccepted,
            Label::Create(_, Refused) => CreateRefused,
            Label::Update(_, Accepted) => UpdateAccepted,
            Label::Update(_, Refused) => UpdateRefused,
            Label::Delete(Accepted) => DeleteAccepted,
            Label::Delete(Refused) => DeleteRefused,
            Label::Get(Some(_)) => GetAccepted,
            Label::Get(None) => GetRefused,
            Label::Invoke(Invoked::Served(_)) => InvokeServed,
            Label::Invoke(Invoked::Refused) => InvokeRefused,
            _ => return None,
        })
    }

    /// The operation with its answer, in words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            CreateAccepted => "create accepted",
            CreateRefused => "create refused",
            UpdateAccepted => "update accepted",
            UpdateRefused => "update refused",
            GetAccepted => "get answered",
            GetRefused => "get refused",
            InvokeServed => "invocation served",
            InvokeRefused => "invocation refused",
            DeleteAccepted => "delete accepted",
            DeleteRefused => "delete refused",
        }
    }

    /// Whether such an operation changes nothing in any world.
    #[must_use]
    pub fn changes_nothing(self) -> bool {
        VISIBLE.iter().filter(|row| row.kind == self).all(|row| matches!(row.effect, Nothing))
    }

    /// The row that speaks of this kind in this world.
    pub(super) fn row(self, world: &World) -> Option<&'static Row> {
        VISIBLE.iter().find(|row| row.kind == self && row.states.holds(world))
    }
}

impl Row {
    /// The worlds after the operation, or the requirement that its answer breaks.
    ///
    /// # Errors
    /// The requirement.
    pub fn apply(&self, world: &World, label: &Label, out: &mut Vec<World>) -> Result<(), &'static Requirement> {
        match self.check {
            Allowed => {}
            Forbidden(requirement) => return Err(requirement),
            If(check) => {
                if let Some(requirement) = check(world, label) {
                    return Err(requirement);
                }
            }
        }
        match self.effect {
            Nothing => out.push(world.clone()),
            Change(effect) => effect(world, label, out),
        }
        Ok(())
    }
}

fn create(world: &World, label: &Label, out: &mut Vec<World>) {
    if let Label::Create(image, _) = label {
        out.push(World { function: Some(Function::created(world.resolve(*image))), ..world.clone() });
    }
}

fn update_may_be_refused(world: &World, label: &Label) -> Option<&'static Requirement> {
    let (Label::Update(image, _), Some(function)) = (label, &world.function) else { return None };
    let code = world.resolve(*image);
    let busy = function.status == Status::InProgress || function.woken;
    (!busy && !world.missing(code) && !world.failing(code)).then_some(&update::ACCEPTED)
}

/// The world after an accepted update.
fn updated(world: &World, label: &Label, change: impl FnOnce(&mut Function)) -> World {
    let mut world = world.clone();
    if let Label::Update(image, _) = label {
        let code = world.resolve(*image);
        if let Some(function) = &mut world.function {
            function.deploy(code);
            used(function);
            change(function);
        }
    }
    world
}

/// The mark of idleness stays, but it need not be acted upon any more.
fn used(function: &mut Function) {
    if function.idle == Idle::Must {
        function.idle = Idle::May;
    }
}

fn update(world: &World, label: &Label, out: &mut Vec<World>) {
    out.push(updated(world, label, |function| function.status = Status::InProgress));
}

fn update_pending(world: &World, label: &Label, out: &mut Vec<World>) {
    update(world, label, out);
    if world.function.as_ref().is_some_and(|function| function.status == Status::None) {
        out.push(updated(world, label, |_| {}));
    }
}

fn update_inactive(world: &World, label: &Label, out: &mut Vec<World>) {
    out.push(updated(world, label, |function| {
        function.status = Status::InProgress;
        function.woken = true;
    }));
}

fn report(world: &World, label: &Label) -> Option<&'static Requirement> {
    let (Label::Get(Some(seen)), Some(function)) = (label, &world.function) else { return None };
    shown::breach(world, function, *seen)
}

/// A report as the table may refuse it, for those that ask without a label.
#[must_use]
pub fn report_breach(world: &World, seen: Seen) -> Option<&'static Requirement> {
    report(world, &Label::Get(Some(seen)))
}

fn served_by_current(world: &World, label: &Label) -> Option<&'static Requirement> {
    let (Label::Invoke(Invoked::Served(served)), Some(function)) = (label, &world.function) else { return None };
    if function.lost != Lost::No {
        let missing = function.current.is_some_and(|code| world.missing(code));
        return Some(if missing { &failed::IMAGE_DELETED } else { &failed::TAG_OVERWRITTEN });
    }
    let current = function.current.and_then(|code| code.digest);
    if served.is_none() || *served == current {
        return None;
    }
    Some(match function.status {
        Status::None if function.current == Some(function.latest) => &image::NEVER_UNRECORDED,
        Status::None | Status::Successful => &update::SUCCESSFUL_SERVES_NEW,
        Status::InProgress => &update::IN_PROGRESS_SERVES_OLD,
        Status::Failed => &update::FAILED_SERVES_OLD,
    })
}

fn serve(world: &World, _: &Label, out: &mut Vec<World>) {
    let mut world = world.clone();
    if let Some(function) = &mut world.function {
        used(function);
    }
    out.push(world);
}

fn invoke_may_be_refused(world: &World, _: &Label) -> Option<&'static Requirement> {
    let function = world.function.as_ref()?;
    if function.current.is_some_and(|code| world.gone(code) || world.failing(code)) {
        return None;
    }
    Some(match function.status {
        Status::InProgress => &update::IN_PROGRESS_SERVES_OLD,
        Status::Failed => &update::FAILED_SERVES_OLD,
        Status::None | Status::Successful => &states::ACTIVE_INVOCABLE,
    })
}

/// After there was time to notice the loss, a refused invocation shows that it was noticed.
fn refuse_lost(world: &World, _: &Label, out: &mut Vec<World>) {
    let mut world = world.clone();
    if let Some(function) = &mut world.function
        && function.lost == Lost::Settled
    {
        function.lost = Lost::Refused;
    }
    out.push(world);
}

fn trigger(world: &World, _: &Label, out: &mut Vec<World>) {
    let mut world = world.clone();
    if let Some(function) = &mut world.function {
        function.woken = true;
    }
    out.push(world);
}
