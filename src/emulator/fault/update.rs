//! Faults of updates: what is shown of them, what is routed meanwhile and afterwards, how they end, and which are taken.

use std::time::Duration;

use crate::driver::{FunctionView, ServerReply};
use crate::emulator::behaviour::{Behaviour, Verdict, card};
use crate::emulator::function::{Code, Config, Function, Preparation, State, Status};
use crate::emulator::machine::Machine;
use crate::history::{Condition, Name};

/// The faults of this file.
pub static FAULTS: &[&dyn Behaviour] = &[
    &StatusWordOfItsOwn,
    &StatusLostWhenReleased,
    &PendingWhileUpdating,
    &RefusesWhileUpdating,
    &RoutesNewAtOnce,
    &CanaryWhileUpdating,
    &RoutesBeforeItShows,
    &OldCodeLingers,
    &GapAfterSwap,
    &FailedUpdateRoutesNew,
    &FailedUpdateRollsBack,
    &FailedUpdateSuccessful,
    &FailingUpdateNeverEnds,
    &SuccessfulWhileHeld,
    &EverySecondUpdateFails,
    &SameImageNeverEnds,
];

/// The control plane's internal word reaches the API.
pub struct StatusWordOfItsOwn;

impl Behaviour for StatusWordOfItsOwn {
    card!("status-word-of-its-own", "shows InProgress as Updating", "update.known");

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let mut view = machine.view(function);
        if function.is_updating() {
            view.last_update_status = Some("Updating".to_owned());
        }
        view
    }
}

/// The status is kept with the resources that are released.
pub struct StatusLostWhenReleased;

impl Behaviour for StatusLostWhenReleased {
    card!(
        "status-lost-when-released",
        "shows no status any more after an updated function was Inactive",
        "update.known",
        "readiness.fresh",
        "update.ends",
    );

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let mut view = machine.view(function);
        if function.counts.releases > 0 && !function.is_updating() {
            view.last_update_status = None;
        }
        view
    }
}

/// A deployment is a deployment, the first or a later one.
pub struct PendingWhileUpdating;

impl Behaviour for PendingWhileUpdating {
    card!(
        "pending-while-updating",
        "shows an Active function as Pending while an update is in progress",
        "update.state-apart",
        "states.only-documented",
        "states.pending-not-invocable",
    );

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let mut view = machine.view(function);
        if function.is_updating() && function.facts.state == State::Active {
            view.state = Some(State::Pending.as_str().to_owned());
        }
        view
    }
}

/// The old instances are stopped before the new ones are there.
pub struct RefusesWhileUpdating;

impl Behaviour for RefusesWhileUpdating {
    card!(
        "refuses-while-updating",
        "refuses invocations while an update is in progress",
        "update.in-progress-serves-old",
        "states.active-invocable",
        "readiness.active-then-invoke",
    );

    fn route(&self, _machine: &Machine, function: &Function) -> Option<Code> {
        function.facts.current.clone().filter(|_| !function.is_updating())
    }
}

/// Routes follow the record, and the record is written first.
pub struct RoutesNewAtOnce;

impl Behaviour for RoutesNewAtOnce {
    card!(
        "routes-new-at-once",
        "serves the new code while the update is in progress",
        "update.in-progress-serves-old",
        "readiness.fresh",
        "image.never-unrecorded",
    );

    fn route(&self, _machine: &Machine, function: &Function) -> Option<Code> {
        let next = function.next.as_ref().map(|next| next.code.clone());
        next.filter(|code| code.digest.is_some()).or_else(|| function.facts.current.clone())
    }
}

/// A part of the traffic tries the new code before it is declared ready.
pub struct CanaryWhileUpdating;

impl Behaviour for CanaryWhileUpdating {
    card!(
        "canary-while-updating",
        "serves every third invocation by the new code while the update is in progress",
        "update.in-progress-serves-old",
        "readiness.fresh",
        "image.never-unrecorded",
    );

    fn route(&self, _machine: &Machine, function: &Function) -> Option<Code> {
        let next = function.next.as_ref().map(|next| next.code.clone());
        next.filter(|code| code.digest.is_some() && function.counts.served % 3 == 2)
            .or_else(|| function.facts.current.clone())
    }
}

/// The routes are switched, then the status is written.
pub struct RoutesBeforeItShows;

impl Behaviour for RoutesBeforeItShows {
    card!(
        "routes-before-it-shows",
        "serves the new code for some milliseconds before the update is shown as Successful",
        "update.in-progress-serves-old",
        "update.ends",
        "readiness.fresh",
    );

    fn route(&self, machine: &Machine, function: &Function) -> Option<Code> {
        let soon = machine.now + Duration::from_millis(12);
        let next = function.next.as_ref().filter(|next| next.due < soon && machine.judge(next) == Verdict::Succeed);
        next.map(|next| next.code.clone()).or_else(|| function.facts.current.clone())
    }
}

/// The status is written, then the routes are switched.
pub struct OldCodeLingers;

impl Behaviour for OldCodeLingers {
    card!(
        "old-code-lingers",
        "serves the old code for some milliseconds after the update is shown as Successful",
        "update.successful-serves-new",
        "readiness.successful-then-new",
        "image.redeploy-records",
        "update.in-progress-serves-old",
        "failed.recovers",
        "states.inactive-recovers",
    );

    fn route(&self, machine: &Machine, function: &Function) -> Option<Code> {
        let is_fresh = is_within(machine, function.swapped, 0, 15);
        let old = function.past.last().filter(|_| is_fresh);
        old.cloned().or_else(|| function.facts.current.clone())
    }
}

/// The old route is taken away before the new one is put in its place.
pub struct GapAfterSwap;

impl Behaviour for GapAfterSwap {
    card!(
        "gap-after-swap",
        "refuses invocations for some milliseconds after the update is shown as Successful",
        "states.active-invocable",
        "readiness.active-then-invoke",
        "update.successful-serves-new",
        "readiness.successful-then-new",
        "failed.recovers",
        "update.in-progress-serves-old",
    );

    fn route(&self, machine: &Machine, function: &Function) -> Option<Code> {
        let is_fresh = function.counts.updates > 0 && is_within(machine, function.swapped, 0, 12);
        function.facts.current.clone().filter(|_| !is_fresh)
    }
}

/// Routes follow the record, and the record is not taken back.
pub struct FailedUpdateRoutesNew;

impl Behaviour for FailedUpdateRoutesNew {
    card!(
        "failed-update-routes-new",
        "serves the new code after the update failed",
        "update.failed-serves-old",
        "image.never-unrecorded",
    );

    fn route(&self, _machine: &Machine, function: &Function) -> Option<Code> {
        let facts = &function.facts;
        let failed = Some(&facts.latest).filter(|code| facts.status == Some(Status::Failed) && code.digest.is_some());
        failed.or(facts.current.as_ref()).cloned()
    }
}

/// Taking back is done by going one revision back from the last that worked.
pub struct FailedUpdateRollsBack;

impl Behaviour for FailedUpdateRollsBack {
    card!(
        "failed-update-rolls-back",
        "serves the code before the last good one after an update failed",
        "update.failed-serves-old",
        "readiness.successful-then-new",
        "image.never-unrecorded",
    );

    fn route(&self, _machine: &Machine, function: &Function) -> Option<Code> {
        let older = function.past.last().filter(|_| function.facts.status == Some(Status::Failed));
        older.or(function.facts.current.as_ref()).cloned()
    }
}

/// The job has ended, so it was successful.
pub struct FailedUpdateSuccessful;

impl Behaviour for FailedUpdateSuccessful {
    card!(
        "failed-update-successful",
        "shows an update as Successful that failed",
        "update.ends",
        "update.failed-serves-old",
        "update.successful-serves-new",
        "image.digest-reported",
        "failed.recovers",
        "states.inactive-remains",
        "failed.at-creation",
    );

    fn failed(&self, machine: &mut Machine, name: &Name, _preparation: Preparation) {
        machine.fail(name);
        let now = machine.now;
        if let Some(function) = machine.functions.get_mut(name)
            && function.facts.status == Some(Status::Failed)
        {
            function.change(now, |facts| facts.status = Some(Status::Successful));
        }
    }
}

/// The job is tried again for ever.
pub struct FailingUpdateNeverEnds;

impl Behaviour for FailingUpdateNeverEnds {
    card!("failing-update-never-ends", "leaves an update of an Active function InProgress that failed", "update.ends",);

    fn failed(&self, machine: &mut Machine, name: &Name, _preparation: Preparation) {
        let is_update = machine
            .functions
            .get(name)
            .is_some_and(|function| function.is_updating() && function.facts.state == State::Active);
        if !is_update {
            machine.fail(name);
        }
    }
}

/// The update is done when its record is written; the image follows.
pub struct SuccessfulWhileHeld;

impl Behaviour for SuccessfulWhileHeld {
    card!(
        "successful-while-held",
        "ends an update as Successful though its image is not ready",
        "update.ends",
        "update.in-progress-serves-old",
        "states.pending-becomes-active",
        "failed.recovers",
    );

    fn judge(&self, machine: &Machine, function: &Function, preparation: &Preparation) -> Verdict {
        let content = machine.content(&preparation.code.image);
        let is_held = content.condition == Condition::Held && content.code == preparation.code.digest;
        if is_held && function.is_updating() { Verdict::Succeed } else { machine.judge(preparation) }
    }
}

/// Every second update lands on the node that has no room for it.
pub struct EverySecondUpdateFails;

impl Behaviour for EverySecondUpdateFails {
    card!(
        "every-second-update-fails",
        "lets every second update of a function fail though its image is ready",
        "update.ends",
        "failed.recovers",
        "states.pending-becomes-active",
        "states.inactive-recovers",
    );

    fn succeeded(&self, machine: &mut Machine, name: &Name, preparation: Preparation) {
        let fails = machine
            .functions
            .get(name)
            .is_some_and(|function| function.is_updating() && function.counts.updates.is_multiple_of(2));
        if fails {
            machine.fail(name);
        } else {
            machine.succeed(name, preparation);
        }
    }
}

/// Nothing differs, so there is no job, and nobody to end the update.
pub struct SameImageNeverEnds;

impl Behaviour for SameImageNeverEnds {
    card!(
        "same-image-never-ends",
        "never ends an update to the code that runs already",
        "update.ends",
        "states.inactive-recovers",
        "failed.recovers",
    );

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        let reply = machine.update(name, image, config);
        if let Some(function) = machine.functions.get_mut(name)
            && function.facts.state == State::Active
            && function.facts.current.as_ref() == Some(&function.facts.latest)
        {
            function.next = None;
        }
        reply
    }
}

/// Whether it is between so many milliseconds after `since`.
pub(super) fn is_within(machine: &Machine, since: Option<Duration>, from: u64, to: u64) -> bool {
    since.is_some_and(|since| {
        let elapsed = machine.now.saturating_sub(since);
        (Duration::from_millis(from)..Duration::from_millis(to)).contains(&elapsed)
    })
}
