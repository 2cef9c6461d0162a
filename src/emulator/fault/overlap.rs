//! Faults in taking updates: those that meet another one, and those that are refused, or ought not to be.

use crate::driver::ServerReply;
use crate::emulator::behaviour::{Behaviour, Verdict, card};
use crate::emulator::function::{Code, Config, Preparation, State, Status};
use crate::emulator::machine::{Machine, Task};
use crate::emulator::refusal;
use crate::history::{Condition, Name};

/// The faults of this file.
pub static FAULTS: &[&dyn Behaviour] = &[
    &UpdateDoesNothing,
    &ThirdUpdateDoesNothing,
    &OverlappingUpdateLost,
    &OverlappingUpdatesMixed,
    &UpdateInPendingLost,
    &RefusedUpdateApplied,
    &RefusedUpdateCancels,
    &SupersededComesLate,
    &ConflictAfterFailure,
    &FailedRefusesUpdates,
    &RefusedForImageRecorded,
];

/// The request is put on a queue that nobody reads.
pub struct UpdateDoesNothing;

impl Behaviour for UpdateDoesNothing {
    card!(
        "update-does-nothing",
        "accepts updates and does nothing",
        "readiness.fresh",
        "update.successful-serves-new",
        "update.ends",
        "image.redeploy-records",
        "image.digest-reported",
        "failed.recovers",
        "states.inactive-wakes",
        "readiness.successful-then-new",
        "image.digest-recorded",
    );

    fn update(&self, machine: &mut Machine, name: &Name, _image: &Name, _config: &Config) -> ServerReply {
        machine.show(name)
    }
}

/// A queue of two is full, and what does not fit is dropped.
pub struct ThirdUpdateDoesNothing;

impl Behaviour for ThirdUpdateDoesNothing {
    card!(
        "third-update-does-nothing",
        "accepts the third update of a function and does nothing",
        "readiness.fresh",
        "update.successful-serves-new",
        "update.ends",
        "image.redeploy-records",
        "image.digest-reported",
        "failed.recovers",
        "states.inactive-wakes",
        "readiness.successful-then-new",
        "update.in-progress-serves-old",
        "update.failed-serves-old",
        "image.digest-recorded",
    );

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        match machine.functions.get_mut(name) {
            Some(function) if function.counts.updates == 2 => {
                function.counts.updates += 1;
                machine.show(name)
            }
            _ => machine.update(name, image, config),
        }
    }
}

/// A job is under way already, and the second one joins it.
pub struct OverlappingUpdateLost;

impl Behaviour for OverlappingUpdateLost {
    card!(
        "overlapping-update-lost",
        "accepts an update while one is in progress, and ends with the first",
        "update.successful-serves-new",
        "readiness.successful-then-new",
        "image.digest-reported",
        "update.ends",
        "failed.recovers",
        "states.inactive-recovers",
        "image.redeploy-records",
        "image.digest-recorded",
        "update.failed-serves-old",
    );

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        match machine.functions.get(name) {
            Some(function) if function.is_updating() => machine.show(name),
            _ => machine.update(name, image, config),
        }
    }
}

/// The record is the second one's, the job the first one's.
pub struct OverlappingUpdatesMixed;

impl Behaviour for OverlappingUpdatesMixed {
    card!(
        "overlapping-updates-mixed",
        "accepts an update while one is in progress, then shows the second and serves the first",
        "update.successful-serves-new",
        "readiness.successful-then-new",
        "update.ends",
        "failed.recovers",
        "states.inactive-recovers",
        "image.redeploy-records",
        "update.failed-serves-old",
        "image.digest-reported",
    );

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        let first = machine.functions.get(name).filter(|function| function.is_updating());
        let Some(first) = first.and_then(|function| function.next.clone()) else {
            return machine.update(name, image, config);
        };
        let reply = machine.update(name, image, config);
        if matches!(reply, ServerReply::Error(_)) {
            return reply;
        }
        if let Some(function) = machine.functions.get_mut(name) {
            function.next = Some(first);
        }
        machine.show(name)
    }
}

/// The creation ends last and writes what it began with.
pub struct UpdateInPendingLost;

impl Behaviour for UpdateInPendingLost {
    card!(
        "update-in-pending-lost",
        "accepts an update while the function is being created, and does nothing",
        "readiness.fresh",
        "update.successful-serves-new",
        "image.digest-reported",
        "states.pending-becomes-active",
        "states.active-invocable",
        "image.never-unrecorded",
        "image.redeploy-records",
        "failed.at-creation",
        "update.ends",
        "update.known",
        "image.digest-recorded",
    );

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        let found = machine.functions.get(name);
        let is_first = |status: Option<Status>| status.is_none();
        match found {
            Some(function) if function.facts.state == State::Pending && is_first(function.facts.status) => {
                machine.show(name)
            }
            _ => machine.update(name, image, config),
        }
    }
}

/// The lock is asked for after the record was written.
pub struct RefusedUpdateApplied;

impl Behaviour for RefusedUpdateApplied {
    card!(
        "refused-update-applied",
        "refuses an update while one is in progress, and does it all the same",
        "update.refused-is-nothing",
        "update.successful-serves-new",
        "image.digest-reported",
        "image.digest-recorded",
        "image.never-unrecorded",
        "update.ends",
    );

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        let is_updating = machine.functions.get(name).is_some_and(|function| function.is_updating());
        let reply = machine.update(name, image, config);
        if is_updating { refusal::conflict(name) } else { reply }
    }
}

/// Cleaning up after a refused request releases the lock of the one under way.
pub struct RefusedUpdateCancels;

impl Behaviour for RefusedUpdateCancels {
    card!(
        "refused-update-cancels",
        "refuses an update while one is in progress, and lets that one fail",
        "update.refused-is-nothing",
        "update.ends",
        "failed.recovers",
        "states.inactive-recovers",
        "states.pending-becomes-active",
    );

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        match machine.functions.get_mut(name) {
            Some(function) if function.is_updating() => {
                function.next = None;
                machine.fail(name);
                refusal::conflict(name)
            }
            _ => machine.update(name, image, config),
        }
    }
}

/// The job of the superseded update is not stopped, and its end is not compared with what is wanted.
pub struct SupersededComesLate;

impl Behaviour for SupersededComesLate {
    card!(
        "superseded-comes-late",
        "serves the code of a superseded update some time after the last one was Successful",
        "update.successful-serves-new",
        "readiness.successful-then-new",
        "states.only-documented",
        "image.digest-reported",
        "image.never-unrecorded",
    );

    fn superseded(&self, machine: &mut Machine, name: &Name, preparation: Preparation) {
        let due = machine.now + machine.preparation_time(name) * 3;
        machine.scratch.codes.insert(name.clone(), preparation.code);
        machine.schedule(due, name, Task::Errand(0));
    }

    fn errand(&self, machine: &mut Machine, name: &Name, _number: u32) {
        let now = machine.now;
        let Some(code) = machine.scratch.codes.get(name).cloned() else { return };
        let late = Preparation { id: 0, code, due: now };
        let is_ready = late.code.digest.is_some() && machine.judge(&late) == Verdict::Succeed;
        if let Some(function) = machine.functions.get_mut(name)
            && is_ready
            && function.facts.state == State::Active
            && function.facts.status == Some(Status::Successful)
        {
            function.change(now, |facts| facts.current = Some(late.code));
        }
    }
}

/// The lock of a failed update is never given back.
pub struct ConflictAfterFailure;

impl Behaviour for ConflictAfterFailure {
    card!(
        "conflict-after-failure",
        "refuses updates once an update failed",
        "update.accepted",
        "failed.recovers",
        "states.inactive-wakes",
    );

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        match machine.functions.get(name) {
            Some(function) if function.facts.status == Some(Status::Failed) => refusal::conflict(name),
            _ => machine.update(name, image, config),
        }
    }
}

/// Only what works can be updated.
pub struct FailedRefusesUpdates;

impl Behaviour for FailedRefusesUpdates {
    card!("failed-refuses-updates", "refuses to update a Failed function", "failed.recovers", "update.accepted");

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        match machine.functions.get(name) {
            Some(function) if function.facts.state == State::Failed => refusal::not_invocable(name, State::Failed),
            _ => machine.update(name, image, config),
        }
    }
}

/// The record is written before the image is looked at.
pub struct RefusedForImageRecorded;

impl Behaviour for RefusedForImageRecorded {
    card!(
        "refused-for-image-recorded",
        "refuses an update to an image that cannot be prepared, and shows its digest from then on",
        "update.refused-is-nothing",
        "image.digest-reported",
        "image.digest-recorded",
        "readiness.apart",
    );

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        let now = machine.now;
        let content = machine.content(image);
        let Some(function) = machine.functions.get_mut(name).filter(|_| content.condition == Condition::Failing) else {
            return machine.update(name, image, config);
        };
        let latest = Code { image: image.clone(), digest: content.code };
        function.change(now, |facts| facts.latest = latest);
        refusal::invalid("the image cannot be prepared.".to_owned())
    }
}
