//! Faults of the states Pending and Active, and of changes that nothing explains.

use std::time::Duration;

use crate::driver::{FunctionView, Request, ServerCall, ServerReply};
use crate::emulator::behaviour::{Behaviour, Verdict, card};
use crate::emulator::function::{Config, Function, Preparation, State};
use crate::emulator::machine::{Machine, Memo, Task, Turn};
use crate::emulator::refusal;
use crate::history::{Condition, Content, Name};

/// The faults of this file.
pub static FAULTS: &[&dyn Behaviour] = &[
    &StateWordOfItsOwn,
    &StateMissingWhileUpdating,
    &CreatedInactive,
    &ActiveBeforePrepared,
    &PendingServes,
    &HoldNeverReleased,
    &EveryThirdCreationStuck,
    &FailedServes,
    &FailedCreationServes,
    &RecreatedActive,
    &FlapsAfterUpdate,
    &RefusalFailsFunction,
    &EverySeventhRefused,
    &CreateOverwrites,
    &CreateChecksThenActs,
];

/// The control plane's internal word reaches the API.
pub struct StateWordOfItsOwn;

impl Behaviour for StateWordOfItsOwn {
    card!("state-word-of-its-own", "shows Pending as Creating", "states.known");

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let mut view = machine.view(function);
        if function.facts.state == State::Pending {
            view.state = Some("Creating".to_owned());
        }
        view
    }
}

/// The record of an update is written without the field that it does not change.
pub struct StateMissingWhileUpdating;

impl Behaviour for StateMissingWhileUpdating {
    card!("state-missing-while-updating", "shows no state while an update is in progress", "states.known");

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let mut view = machine.view(function);
        if function.is_updating() {
            view.state = None;
        }
        view
    }
}

/// A function without instances looks released to whoever derives the state from the number of instances.
pub struct CreatedInactive;

impl Behaviour for CreatedInactive {
    card!(
        "created-inactive",
        "shows a function that is being created as Inactive",
        "states.pending-first",
        "states.only-documented",
    );

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let mut view = machine.view(function);
        if is_being_created(function) {
            view.state = Some(State::Inactive.as_str().to_owned());
        }
        view
    }
}

/// The record says Active as soon as it is written; the image follows.
pub struct ActiveBeforePrepared;

impl Behaviour for ActiveBeforePrepared {
    card!(
        "active-before-prepared",
        "shows a function that is being created as Active, and refuses to serve",
        "states.pending-becomes-active",
        "states.pending-first",
        "readiness.active-then-invoke",
        "states.active-invocable",
        "image.digest-reported",
    );

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let mut view = machine.view(function);
        if is_being_created(function) {
            view.state = Some(State::Active.as_str().to_owned());
        }
        view
    }
}

/// The gateway does not ask for the state, and a cold start pulls what it needs.
pub struct PendingServes;

impl Behaviour for PendingServes {
    card!("pending-serves", "serves a function that is being created", "states.pending-not-invocable");

    fn invoke(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        let found = machine.functions.get(name).filter(|function| is_being_created(function));
        match found.map(|function| function.facts.latest.clone()) {
            Some(code) if code.digest.is_some() => machine.serve(name, &code),
            _ => machine.invoke(name),
        }
    }
}

/// The waiting preparation is woken by the registry, and that call is never made.
pub struct HoldNeverReleased;

impl Behaviour for HoldNeverReleased {
    card!(
        "hold-never-released",
        "never goes on with a preparation that had to wait for its image",
        "states.pending-becomes-active",
        "update.ends",
        "states.inactive-recovers",
        "states.inactive-remains",
        "failed.at-creation",
        "failed.recovers",
    );

    fn published(&self, machine: &mut Machine, image: &Name, before: &Content) {
        if before.condition != Condition::Held {
            machine.reconsider(image);
            return;
        }
        let names: Vec<Name> = machine.functions.keys().cloned().collect();
        for name in names {
            machine.watch(&name);
        }
    }
}

/// One of three workers takes its job from the queue and dies.
pub struct EveryThirdCreationStuck;

impl Behaviour for EveryThirdCreationStuck {
    card!(
        "every-third-creation-stuck",
        "leaves every third function that it creates in Pending",
        "states.pending-becomes-active",
        "failed.at-creation",
    );

    fn create(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        let reply = machine.create(name, image, config);
        if matches!(reply, ServerReply::Function(_)) {
            let count = machine.scratch.numbers.entry("created".into()).or_default();
            *count += 1;
            if count.is_multiple_of(3)
                && let Some(function) = machine.functions.get_mut(name)
            {
                function.next = None;
            }
        }
        reply
    }
}

/// The instances of a function that lost its image are still warm, and the gateway finds them.
pub struct FailedServes;

impl Behaviour for FailedServes {
    card!(
        "failed-serves",
        "goes on serving a function that became Failed",
        "states.failed-not-invocable",
        "failed.image-deleted",
        "failed.tag-overwritten",
    );

    fn invoke(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        let found = machine.functions.get(name).filter(|function| function.facts.state == State::Failed);
        match found.and_then(|function| function.facts.current.clone()) {
            Some(code) => machine.serve(name, &code),
            None => machine.invoke(name),
        }
    }
}

/// The cache failed and was said to; the cold start then pulls the image itself and succeeds.
pub struct FailedCreationServes;

impl Behaviour for FailedCreationServes {
    card!(
        "failed-creation-serves",
        "serves a function whose creation failed",
        "states.failed-not-invocable",
        "failed.at-creation",
    );

    fn invoke(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        let found = machine.functions.get(name).filter(|function| function.facts.state == State::Failed);
        let code = found.filter(|function| function.facts.current.is_none()).map(|function| &function.facts.latest);
        match code.filter(|code| code.digest.is_some()).cloned() {
            Some(code) => machine.serve(name, &code),
            None => machine.invoke(name),
        }
    }
}

/// Deleting leaves the state behind, and the new function of the name finds it.
pub struct RecreatedActive;

impl Behaviour for RecreatedActive {
    card!(
        "recreated-active",
        "makes a function Active at once that is created again under its name",
        "states.pending-becomes-active",
        "states.pending-first",
        "failed.at-creation",
    );

    fn delete(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        if let Some(function) = machine.functions.get(name) {
            machine.scratch.graves.insert(name.clone(), function.clone());
        }
        machine.delete(name)
    }

    fn judge(&self, machine: &Machine, function: &Function, preparation: &Preparation) -> Verdict {
        let was_active = machine.scratch.graves.get(&function.name).is_some_and(|old| old.facts.state == State::Active);
        if was_active && is_being_created(function) && preparation.code.digest.is_some() {
            return Verdict::Succeed;
        }
        machine.judge(preparation)
    }
}

/// Some time after an update the health check of the new instances is taken for that of the function.
pub struct FlapsAfterUpdate;

impl FlapsAfterUpdate {
    const AWAY: u32 = 0;
    const BACK: u32 = 1;
}

impl Behaviour for FlapsAfterUpdate {
    card!(
        "flaps-after-update",
        "is Pending for a moment, some time after an update was Successful",
        "states.only-documented",
        "readiness.active-then-invoke",
        "readiness.successful-then-new",
        "states.active-invocable",
        "update.successful-serves-new",
        "update.state-apart",
    );

    fn succeeded(&self, machine: &mut Machine, name: &Name, preparation: Preparation) {
        machine.succeed(name, preparation);
        if machine.functions.get(name).is_some_and(|function| function.counts.updates > 0) {
            machine.schedule(machine.now + Duration::from_millis(15), name, Task::Errand(Self::AWAY));
            machine.schedule(machine.now + Duration::from_millis(40), name, Task::Errand(Self::BACK));
        }
    }

    fn errand(&self, machine: &mut Machine, name: &Name, number: u32) {
        let now = machine.now;
        let Some(function) = machine.functions.get_mut(name).filter(|function| function.next.is_none()) else { return };
        match (number, function.facts.state) {
            (Self::AWAY, State::Active) => function.change(now, |facts| facts.state = State::Pending),
            (Self::BACK, State::Pending) => function.change(now, |facts| facts.state = State::Active),
            _ => {}
        }
    }
}

/// A refused invocation counts as a crash, and the second crash ends the deployment.
pub struct RefusalFailsFunction;

impl Behaviour for RefusalFailsFunction {
    card!(
        "refusal-fails-function",
        "makes a Pending function Failed at the second invocation that it refuses",
        "states.only-documented",
        "states.pending-becomes-active",
        "states.inactive-recovers",
        "states.inactive-remains",
        "update.ends",
        "failed.recovers",
        "states.pending-first",
    );

    fn invoke(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        let reply = machine.invoke(name);
        let Some(function) = machine.functions.get_mut(name) else { return reply };
        if function.facts.state == State::Pending && function.counts.invocations - function.counts.served >= 2 {
            function.next = None;
            machine.fail(name);
        }
        reply
    }
}

/// One of seven instances is gone and still in the rotation.
pub struct EverySeventhRefused;

impl Behaviour for EverySeventhRefused {
    card!(
        "every-seventh-refused",
        "refuses every seventh invocation of an Active function",
        "states.active-invocable",
        "readiness.active-then-invoke",
        "update.in-progress-serves-old",
        "update.successful-serves-new",
        "update.failed-serves-old",
        "readiness.successful-then-new",
    );

    fn invoke(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        if let Some(function) = machine.functions.get_mut(name)
            && function.facts.state == State::Active
            && function.counts.served % 7 == 6
        {
            function.counts.served += 1;
            return refusal::not_invocable(name, State::Active);
        }
        machine.invoke(name)
    }
}

/// A create writes the record, whether there was one or not.
pub struct CreateOverwrites;

impl Behaviour for CreateOverwrites {
    card!("create-overwrites", "accepts to create a function that is there", "states.only-documented");

    fn create(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        machine.functions.remove(name);
        machine.create(name, image, config)
    }
}

/// Whether the name is free is asked in one transaction, and it is taken in another.
pub struct CreateChecksThenActs;

impl Behaviour for CreateChecksThenActs {
    card!(
        "create-checks-then-acts",
        "accepts two creations of one function that overlap",
        "states.only-documented",
        "readiness.fresh",
    );

    fn call(&self, machine: &mut Machine, call: &ServerCall, memo: Memo) -> Turn {
        let Request::Create { function, .. } = &call.request else { return machine.perform(call).into() };
        if memo.turn > 0 {
            machine.functions.remove(function);
            return machine.perform(call).into();
        }
        if machine.functions.contains_key(function) {
            return machine.perform(call).into();
        }
        Turn::Later(machine.now + Duration::from_millis(8), Memo { turn: 1, reply: None })
    }
}

/// Whether a function is in its first preparation.
fn is_being_created(function: &Function) -> bool {
    let Function { facts, .. } = function;
    facts.state == State::Pending && facts.current.is_none() && facts.status.is_none()
}
