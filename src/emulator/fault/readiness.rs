//! Faults against clients that look before they invoke: stale answers, gaps, stragglers, and neighbours.

use std::time::Duration;

use super::update::is_within;
use crate::driver::{FunctionView, ServerReply};
use crate::emulator::behaviour::{Behaviour, card};
use crate::emulator::function::{Code, Function, Preparation, State, Status};
use crate::emulator::machine::Machine;
use crate::emulator::refusal;
use crate::history::Name;

/// The faults of this file.
pub static FAULTS: &[&dyn Behaviour] = &[
    &UnknownAfterCreate,
    &StaleAfterUpdate,
    &ReplicaBehind,
    &RecreatedKeepsStatus,
    &ActiveBeforeRoutable,
    &OneWorkerBehind,
    &OldCodeComesBack,
    &NeighboursFailTogether,
    &UpdateReachesNeighbours,
    &DeleteReachesNeighbours,
    &NeighbourServes,
];

/// The record is read from a replica that has not heard of it.
pub struct UnknownAfterCreate;

impl Behaviour for UnknownAfterCreate {
    card!("unknown-after-create", "does not know a function for a moment after it was created", "readiness.fresh");

    fn get(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        match machine.functions.get(name) {
            Some(function) if is_within(machine, Some(function.created), 0, 12) => refusal::not_found(name),
            _ => machine.get(name),
        }
    }
}

/// GetFunction is answered from a cache.
pub struct StaleAfterUpdate;

impl Behaviour for StaleAfterUpdate {
    card!(
        "stale-after-update",
        "shows the function as it was before for a moment after an update was accepted",
        "readiness.fresh",
        "states.inactive-wakes",
        "update.known",
    );

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        if is_within(machine, function.updated, 0, 15) && function.is_updating() {
            return machine.view_of(function, &function.before);
        }
        machine.view(function)
    }
}

/// Reads alternate between two replicas, one of which is behind.
pub struct ReplicaBehind;

impl Behaviour for ReplicaBehind {
    card!(
        "replica-behind",
        "shows the function as it was some milliseconds ago in every second answer",
        "readiness.fresh",
        "states.only-documented",
        "update.ends",
        "states.pending-becomes-active",
        "states.inactive-after-idle",
        "states.inactive-wakes",
        "states.inactive-recovers",
        "states.inactive-remains",
        "failed.stays",
        "failed.recovers",
        "failed.at-creation",
        "update.state-apart",
        "update.known",
        "image.digest-reported",
    );

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        if function.counts.gets.is_multiple_of(2) && is_within(machine, Some(function.changed), 0, 30) {
            return machine.view_of(function, &function.before);
        }
        machine.view(function)
    }
}

/// Deleting leaves the status behind, which is kept by name.
pub struct RecreatedKeepsStatus;

impl Behaviour for RecreatedKeepsStatus {
    card!(
        "recreated-keeps-status",
        "shows the update status of the function that was deleted before under its name",
        "readiness.fresh",
        "update.known",
        "states.only-documented",
        "update.ends",
    );

    fn delete(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        if let Some(function) = machine.functions.get(name) {
            machine.scratch.graves.insert(name.clone(), function.clone());
        }
        machine.delete(name)
    }

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let mut view = machine.view(function);
        let leftover = machine.scratch.graves.get(&function.name).and_then(|grave| grave.facts.status);
        if let (None, Some(status)) = (function.facts.status, leftover) {
            view.last_update_status = Some(status.as_str().to_owned());
        }
        view
    }
}

/// The state is written before the gateway has heard of the function.
pub struct ActiveBeforeRoutable;

impl Behaviour for ActiveBeforeRoutable {
    card!(
        "active-before-routable",
        "refuses invocations for some milliseconds after a new function is shown as Active",
        "readiness.active-then-invoke",
        "states.active-invocable",
        "update.in-progress-serves-old",
    );

    fn route(&self, machine: &Machine, function: &Function) -> Option<Code> {
        let is_new = function.facts.status.is_none() && is_within(machine, Some(function.entered), 0, 12);
        function.facts.current.clone().filter(|_| !is_new)
    }
}

/// One worker of four does not hear of updates.
pub struct OneWorkerBehind;

impl Behaviour for OneWorkerBehind {
    card!(
        "one-worker-behind",
        "serves every fourth invocation by the old code after an update was Successful",
        "readiness.successful-then-new",
        "update.successful-serves-new",
        "failed.recovers",
        "states.inactive-recovers",
    );

    fn route(&self, _machine: &Machine, function: &Function) -> Option<Code> {
        let is_behind = function.facts.status == Some(Status::Successful) && function.counts.served % 4 == 3;
        let old = function.past.last().filter(|_| is_behind);
        old.or(function.facts.current.as_ref()).cloned()
    }
}

/// The old instances are drained late, and get traffic once more while they are.
pub struct OldCodeComesBack;

impl Behaviour for OldCodeComesBack {
    card!(
        "old-code-comes-back",
        "serves the old code again for a while, some milliseconds after an update was Successful",
        "readiness.successful-then-new",
        "update.successful-serves-new",
        "failed.recovers",
        "states.inactive-recovers",
        "image.redeploy-records",
        "update.in-progress-serves-old",
    );

    fn route(&self, machine: &Machine, function: &Function) -> Option<Code> {
        let old = function.past.last().filter(|_| is_within(machine, function.swapped, 8, 40));
        old.or(function.facts.current.as_ref()).cloned()
    }
}

/// Two creations share a job, and one error ends it for both.
pub struct NeighboursFailTogether;

impl Behaviour for NeighboursFailTogether {
    card!(
        "neighbours-fail-together",
        "lets the creation fail that was begun just before or after one that fails",
        "readiness.apart",
        "states.pending-becomes-active",
        "states.only-documented",
        "failed.at-creation",
        "states.pending-first",
    );

    fn failed(&self, machine: &mut Machine, name: &Name, _preparation: Preparation) {
        let is_creation = machine.functions.get(name).is_some_and(|function| function.counts.updates == 0);
        machine.fail(name);
        for neighbour in neighbours(machine, name).into_iter().filter(|_| is_creation) {
            if let Some(function) = machine.functions.get_mut(&neighbour)
                && function.facts.state == State::Pending
                && function.facts.current.is_none()
                && !function.is_updating()
            {
                function.next = None;
                machine.fail(&neighbour);
            }
        }
    }
}

/// Instances are found by the image they were started from.
pub struct UpdateReachesNeighbours;

impl Behaviour for UpdateReachesNeighbours {
    card!(
        "update-reaches-neighbours",
        "updates the Active functions too that run the same image",
        "readiness.apart",
        "image.never-unrecorded",
        "image.digest-reported",
        "image.digest-recorded",
        "states.only-documented",
    );

    fn succeeded(&self, machine: &mut Machine, name: &Name, preparation: Preparation) {
        let old = machine.functions.get(name).and_then(|function| function.facts.current.clone());
        machine.succeed(name, preparation);
        let new = machine.functions.get(name).and_then(|function| function.facts.current.clone());
        let now = machine.now;
        let Some(old) = old else { return };
        for function in machine.functions.values_mut() {
            if function.facts.state == State::Active && function.facts.current.as_ref() == Some(&old) {
                function.change(now, |facts| facts.current.clone_from(&new));
            }
        }
    }
}

/// The cache of an image is released with the first function that used it.
pub struct DeleteReachesNeighbours;

impl Behaviour for DeleteReachesNeighbours {
    card!(
        "delete-reaches-neighbours",
        "makes functions Inactive that run the image of one that is deleted",
        "readiness.apart",
        "states.only-documented",
        "states.inactive-after-idle",
        "states.active-invocable",
        "readiness.active-then-invoke",
        "update.state-apart",
        "update.in-progress-serves-old",
        "readiness.successful-then-new",
        "update.successful-serves-new",
    );

    fn delete(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        let deleted = machine.functions.get(name).and_then(|function| function.facts.current.clone());
        let reply = machine.delete(name);
        if let Some(deleted) = deleted {
            let sharing = machine.functions.values().filter(|other| other.facts.current.as_ref() == Some(&deleted));
            let names: Vec<Name> = sharing.map(|other| other.name.clone()).collect();
            for neighbour in names {
                machine.idle(&neighbour);
            }
        }
        reply
    }
}

/// Two functions share a node, and a port is mixed up now and then.
pub struct NeighbourServes;

impl Behaviour for NeighbourServes {
    card!(
        "neighbour-serves",
        "serves every third invocation by the code of the function that was created just before or after",
        "readiness.apart",
        "image.never-unrecorded",
    );

    fn route(&self, machine: &Machine, function: &Function) -> Option<Code> {
        let mixed_up = function.counts.served % 3 == 2;
        let others = neighbours(machine, &function.name).into_iter().filter(|_| mixed_up);
        let mut codes = others.filter_map(|name| machine.functions.get(&name)?.facts.current.clone());
        codes.next().or_else(|| function.facts.current.clone())
    }
}

/// The functions that were created last before a function and first after it, if that was less than a second apart.
fn neighbours(machine: &Machine, name: &Name) -> Vec<Name> {
    let Some(function) = machine.functions.get(name) else { return Vec::new() };
    let is_near = |other: &&Function| {
        let apart = other.created.max(function.created) - other.created.min(function.created);
        apart < Duration::from_secs(1)
    };
    let before = machine.functions.values().filter(|other| other.id < function.id).max_by_key(|other| other.id);
    let after = machine.functions.values().filter(|other| other.id > function.id).min_by_key(|other| other.id);
    before.into_iter().chain(after).filter(is_near).map(|other| other.name.clone()).collect()
}
