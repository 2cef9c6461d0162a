//! Faults of idle functions: how they are released, how they wake, and what they wake to.

use std::time::Duration;

use crate::driver::ServerReply;
use crate::emulator::behaviour::{Behaviour, card};
use crate::emulator::function::{Config, Preparation, State, Status};
use crate::emulator::machine::{Machine, Task};
use crate::history::Name;

/// The faults of this file.
pub static FAULTS: &[&dyn Behaviour] = &[
    &NeverReleased,
    &ReleasedThoughUsed,
    &ReleasedIntoFailed,
    &ReleasedWhileUpdating,
    &InactiveServes,
    &WakingServes,
    &WakeIgnored,
    &WakesIntoActive,
    &WakeNeverEnds,
    &WakeFailureIsFailed,
    &WakesWithFirstCode,
    &WakesWithFailedCode,
    &SecondWakeReleases,
    &RedeployDoesNotWake,
];

/// The reaper counts a running health check as traffic.
pub struct NeverReleased;

impl Behaviour for NeverReleased {
    card!("never-released", "keeps an idle function Active", "states.inactive-after-idle");

    fn idle(&self, _machine: &mut Machine, _name: &Name) {}
}

/// The idle time is measured from the start of an instance, not from its last use.
pub struct ReleasedThoughUsed;

impl Behaviour for ReleasedThoughUsed {
    card!(
        "released-though-used",
        "becomes Inactive soon after every third invocation that it served",
        "states.inactive-after-idle",
        "states.only-documented",
        "states.active-invocable",
        "readiness.active-then-invoke",
        "readiness.successful-then-new",
        "update.successful-serves-new",
    );

    fn invoke(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        let reply = machine.invoke(name);
        let served = machine.functions.get(name).map_or(0, |function| function.counts.served);
        if matches!(reply, ServerReply::Served { .. }) && served.is_multiple_of(3) {
            machine.schedule(machine.now + Duration::from_millis(5), name, Task::Errand(0));
        }
        reply
    }

    fn errand(&self, machine: &mut Machine, name: &Name, _number: u32) {
        machine.idle(name);
    }
}

/// Instances that are stopped are taken for instances that died.
pub struct ReleasedIntoFailed;

impl Behaviour for ReleasedIntoFailed {
    card!(
        "released-into-failed",
        "makes an idle function Failed",
        "states.inactive-after-idle",
        "states.only-documented",
        "states.active-invocable",
    );

    fn idle(&self, machine: &mut Machine, name: &Name) {
        let now = machine.now;
        machine.idle(name);
        if let Some(function) = machine.functions.get_mut(name)
            && function.facts.state == State::Inactive
        {
            function.change(now, |facts| facts.state = State::Failed);
        }
    }
}

/// The reaper looks at the traffic only and takes the function away under an update.
pub struct ReleasedWhileUpdating;

impl Behaviour for ReleasedWhileUpdating {
    card!(
        "released-while-updating",
        "makes an idle function Inactive though an update is in progress",
        "states.inactive-after-idle",
        "states.only-documented",
        "update.state-apart",
        "states.active-invocable",
        "update.in-progress-serves-old",
    );

    fn idle(&self, machine: &mut Machine, name: &Name) {
        let now = machine.now;
        machine.idle(name);
        if let Some(function) = machine.functions.get_mut(name)
            && function.facts.state == State::Active
        {
            function.change(now, |facts| facts.state = State::Inactive);
        }
    }
}

/// A cold start serves whatever state the record is in.
pub struct InactiveServes;

impl Behaviour for InactiveServes {
    card!(
        "inactive-serves",
        "serves a function that is Inactive, which stays so",
        "states.inactive-not-invocable",
        "states.inactive-wakes",
    );

    fn invoke(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        let found = machine.functions.get(name).filter(|function| function.facts.state == State::Inactive);
        match found.and_then(|function| function.facts.current.clone()) {
            Some(code) => machine.serve(name, &code),
            None => machine.invoke(name),
        }
    }
}

/// The first request wakes the function, the next ones find its old instances.
pub struct WakingServes;

impl Behaviour for WakingServes {
    card!("waking-serves", "serves a function that is waking", "states.pending-not-invocable");

    fn invoke(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        let found = machine.functions.get(name).filter(|function| function.facts.state == State::Pending);
        match found.and_then(|function| function.facts.current.clone()) {
            Some(code) => machine.serve(name, &code),
            None => machine.invoke(name),
        }
    }
}

/// The gateway refuses before anyone hears of the invocation.
pub struct WakeIgnored;

impl Behaviour for WakeIgnored {
    card!("wake-ignored", "stays Inactive when it is invoked", "states.inactive-wakes", "states.inactive-recovers",);

    fn wake(&self, _machine: &mut Machine, _name: &Name) {}
}

/// The record is set back to what it was before the release; nobody prepares anything.
pub struct WakesIntoActive;

impl Behaviour for WakesIntoActive {
    card!(
        "wakes-into-active",
        "becomes Active when it is woken, whatever has become of its image",
        "states.inactive-wakes",
        "states.inactive-recovers",
        "states.inactive-remains",
        "states.pending-becomes-active",
        "states.only-documented",
    );

    fn wake(&self, machine: &mut Machine, name: &Name) {
        let now = machine.now;
        if let Some(function) = machine.functions.get_mut(name) {
            function.change(now, |facts| facts.state = State::Active);
        }
        machine.watch(name);
    }
}

/// The state is written, the job is not.
pub struct WakeNeverEnds;

impl Behaviour for WakeNeverEnds {
    card!(
        "wake-never-ends",
        "stays Pending once it is woken by an invocation",
        "states.inactive-recovers",
        "states.inactive-remains",
    );

    fn wake(&self, machine: &mut Machine, name: &Name) {
        machine.wake(name);
        if let Some(function) = machine.functions.get_mut(name) {
            function.next = None;
        }
    }
}

/// Every preparation that fails is handled in the same way.
pub struct WakeFailureIsFailed;

impl Behaviour for WakeFailureIsFailed {
    card!("wake-failure-is-failed", "becomes Failed when it cannot wake", "states.inactive-remains");

    fn failed(&self, machine: &mut Machine, name: &Name, _preparation: Preparation) {
        if let Some(function) = machine.functions.get_mut(name) {
            function.fallback = State::Failed;
        }
        machine.fail(name);
    }
}

/// Waking reads the record of the creation.
pub struct WakesWithFirstCode;

impl Behaviour for WakesWithFirstCode {
    card!(
        "wakes-with-first-code",
        "wakes with the code that it was created with",
        "states.inactive-recovers",
        "update.successful-serves-new",
        "readiness.successful-then-new",
        "image.never-unrecorded",
        "image.digest-reported",
        "states.inactive-remains",
        "states.pending-becomes-active",
    );

    fn wake(&self, machine: &mut Machine, name: &Name) {
        machine.wake(name);
        let first = machine.functions.get(name).and_then(|function| function.past.first().cloned());
        if let Some(code) = first {
            machine.prepare(name, code);
        }
    }
}

/// Waking reads the record of the last deployment, whatever became of it.
pub struct WakesWithFailedCode;

impl Behaviour for WakesWithFailedCode {
    card!(
        "wakes-with-failed-code",
        "wakes with the code of the last update though that update failed",
        "states.inactive-recovers",
        "update.failed-serves-old",
        "states.inactive-remains",
    );

    fn wake(&self, machine: &mut Machine, name: &Name) {
        machine.wake(name);
        let function = machine.functions.get(name).filter(|function| function.facts.status == Some(Status::Failed));
        let code = function.map(|function| function.facts.latest.clone());
        if let Some(code) = code.filter(|code| code.digest.is_some()) {
            machine.prepare(name, code);
        }
    }
}

/// Two invocations wake the function twice, and the preparation that is left over is cleared away as unused.
pub struct SecondWakeReleases;

impl Behaviour for SecondWakeReleases {
    card!(
        "second-wake-releases",
        "becomes Inactive again soon after it woke, if it was invoked meanwhile",
        "states.only-documented",
        "states.inactive-after-idle",
        "states.inactive-recovers",
        "states.active-invocable",
        "readiness.active-then-invoke",
    );

    fn invoke(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        let is_waking = machine.functions.get(name).is_some_and(|function| {
            function.facts.state == State::Pending && function.fallback == State::Inactive && !function.is_updating()
        });
        if is_waking {
            let due = machine.now + machine.preparation_time(name) * 2;
            machine.schedule(due, name, Task::Errand(0));
        }
        machine.invoke(name)
    }

    fn errand(&self, machine: &mut Machine, name: &Name, _number: u32) {
        machine.idle(name);
    }
}

/// The deployment updates the record and leaves the instances to the next invocation.
pub struct RedeployDoesNotWake;

impl Behaviour for RedeployDoesNotWake {
    card!(
        "redeploy-does-not-wake",
        "stays Inactive through an update",
        "states.inactive-wakes",
        "states.inactive-recovers",
        "update.ends",
        "states.only-documented",
    );

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        let was_inactive = machine.functions.get(name).is_some_and(|function| function.facts.state == State::Inactive);
        let reply = machine.update(name, image, config);
        if matches!(reply, ServerReply::Error(_)) {
            return reply;
        }
        if was_inactive {
            let now = machine.now;
            if let Some(function) = machine.functions.get_mut(name) {
                function.change(now, |facts| facts.state = State::Inactive);
            }
        }
        machine.show(name)
    }

    fn succeeded(&self, machine: &mut Machine, name: &Name, preparation: Preparation) {
        let was_inactive = machine.functions.get(name).is_some_and(|function| function.facts.state == State::Inactive);
        machine.succeed(name, preparation);
        if was_inactive {
            let now = machine.now;
            if let Some(function) = machine.functions.get_mut(name) {
                function.change(now, |facts| facts.state = State::Inactive);
            }
        }
    }
}
