//! Faults of the state Failed: how it is come to, that it stays, and how it is left.

use crate::driver::ServerReply;
use crate::emulator::behaviour::{Behaviour, Verdict, card};
use crate::emulator::function::{Code, Config, Function, Preparation, State};
use crate::emulator::machine::Machine;
use crate::history::{Condition, Content, Name};

/// The faults of this file.
pub static FAULTS: &[&dyn Behaviour] = &[
    &FailedCreationInactive,
    &FailedCreationPending,
    &FailingImageActive,
    &DeletedImageUnnoticed,
    &DeletedImageInactive,
    &DeletedImageOnlyRefused,
    &OverwrittenTagUnnoticed,
    &OverwrittenTagInactive,
    &HealsWithImage,
    &RetriesByItself,
    &InvocationRetries,
    &IdleFailedReleased,
    &LossStopsUpdate,
    &RecoveredYetFailed,
    &RecoversWithOldCode,
];

/// What could not be prepared has no instances, and what has no instances is Inactive.
pub struct FailedCreationInactive;

impl Behaviour for FailedCreationInactive {
    card!(
        "failed-creation-inactive",
        "makes a function Inactive whose creation failed",
        "failed.at-creation",
        "states.pending-first",
        "states.only-documented",
        "failed.recovers",
    );

    fn failed(&self, machine: &mut Machine, name: &Name, _preparation: Preparation) {
        if let Some(function) = machine.functions.get_mut(name) {
            function.fallback = State::Inactive;
        }
        machine.fail(name);
    }
}

/// The error is logged, and the job is not tried again.
pub struct FailedCreationPending;

impl Behaviour for FailedCreationPending {
    card!("failed-creation-pending", "leaves a function Pending whose creation failed", "failed.at-creation");

    fn failed(&self, machine: &mut Machine, name: &Name, _preparation: Preparation) {
        let is_creation = machine.functions.get(name).is_some_and(|function| {
            function.facts.state == State::Pending && function.facts.current.is_none() && !function.is_updating()
        });
        if !is_creation {
            machine.fail(name);
        }
    }
}

/// The image is pulled lazily, so nobody has seen yet that it is broken.
pub struct FailingImageActive;

impl Behaviour for FailingImageActive {
    card!(
        "failing-image-active",
        "makes a function Active whose creation failed",
        "failed.at-creation",
        "states.pending-becomes-active",
        "states.only-documented",
    );

    fn judge(&self, machine: &Machine, function: &Function, preparation: &Preparation) -> Verdict {
        let is_failing = machine.content(&preparation.code.image).condition == Condition::Failing;
        if is_failing && function.facts.current.is_none() && !function.is_updating() {
            return Verdict::Succeed;
        }
        machine.judge(preparation)
    }
}

/// What is in the cache is never compared with the registry.
pub struct DeletedImageUnnoticed;

impl Behaviour for DeletedImageUnnoticed {
    card!("deleted-image-unnoticed", "goes on serving when its image is deleted", "failed.image-deleted");

    fn is_lost(&self, machine: &Machine, function: &Function) -> bool {
        let current = function.facts.current.as_ref();
        machine.is_lost(function) && current.is_some_and(|code| machine.digest_of(&code.image).is_some())
    }
}

/// The instances of a deleted image are stopped as if they had been idle.
pub struct DeletedImageInactive;

impl Behaviour for DeletedImageInactive {
    card!(
        "deleted-image-inactive",
        "becomes Inactive when its image is deleted",
        "failed.image-deleted",
        "states.only-documented",
        "states.inactive-after-idle",
        "update.state-apart",
    );

    fn lost(&self, machine: &mut Machine, name: &Name) {
        lose_into(machine, name, Loss::Deleted, Some(State::Inactive));
    }
}

/// The invocation fails for want of the image, and nobody writes that down.
pub struct DeletedImageOnlyRefused;

impl Behaviour for DeletedImageOnlyRefused {
    card!(
        "deleted-image-only-refused",
        "refuses invocations when its image is deleted, but stays Active",
        "failed.image-deleted",
    );

    fn lost(&self, machine: &mut Machine, name: &Name) {
        lose_into(machine, name, Loss::Deleted, None);
    }
}

/// The digest is kept for show only.
pub struct OverwrittenTagUnnoticed;

impl Behaviour for OverwrittenTagUnnoticed {
    card!("overwritten-tag-unnoticed", "goes on serving when its tag is overwritten", "failed.tag-overwritten");

    fn is_lost(&self, machine: &Machine, function: &Function) -> bool {
        function.facts.current.as_ref().is_some_and(|code| machine.digest_of(&code.image).is_none())
    }
}

/// A changed tag drains the instances and leaves it at that.
pub struct OverwrittenTagInactive;

impl Behaviour for OverwrittenTagInactive {
    card!(
        "overwritten-tag-inactive",
        "becomes Inactive when its tag is overwritten",
        "failed.tag-overwritten",
        "states.only-documented",
        "states.inactive-after-idle",
        "update.state-apart",
    );

    fn lost(&self, machine: &mut Machine, name: &Name) {
        lose_into(machine, name, Loss::Overwritten, Some(State::Inactive));
    }
}

/// The watcher of the registry works in both directions.
pub struct HealsWithImage;

impl Behaviour for HealsWithImage {
    card!(
        "heals-with-image",
        "becomes Active again when its lost image is put back",
        "failed.stays",
        "states.only-documented",
    );

    fn published(&self, machine: &mut Machine, image: &Name, _before: &Content) {
        machine.reconsider(image);
        let now = machine.now;
        for name in failed_functions(machine) {
            let Some(function) = machine.functions.get(&name) else { continue };
            let uses_it = function.facts.current.as_ref().is_some_and(|code| code.image == *image);
            if uses_it
                && !function.is_updating()
                && !machine.is_lost(function)
                && let Some(function) = machine.functions.get_mut(&name)
            {
                function.change(now, |facts| facts.state = State::Active);
            }
        }
    }
}

/// A reconciler tries again whatever is not as desired.
pub struct RetriesByItself;

impl Behaviour for RetriesByItself {
    card!(
        "retries-by-itself",
        "prepares a failed creation again when its image becomes ready",
        "failed.stays",
        "states.only-documented",
        "failed.at-creation",
    );

    fn published(&self, machine: &mut Machine, image: &Name, _before: &Content) {
        machine.reconsider(image);
        if machine.content(image).condition != Condition::Ready {
            return;
        }
        for name in failed_functions(machine) {
            let found = machine.functions.get(&name).filter(|function| {
                let Function { facts, next, .. } = function;
                facts.current.is_none() && facts.status.is_none() && next.is_none() && facts.latest.image == *image
            });
            if let Some(code) = found.map(|function| function.facts.latest.clone()) {
                retry(machine, &name, code);
            }
        }
    }
}

/// Waking is done for every function that has no instances.
pub struct InvocationRetries;

impl Behaviour for InvocationRetries {
    card!(
        "invocation-retries",
        "brings a Failed function back to Pending when it is invoked",
        "failed.stays",
        "states.only-documented",
        "states.failed-not-invocable",
    );

    fn invoke(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        let reply = machine.invoke(name);
        let found = machine.functions.get(name).filter(|function| {
            function.facts.state == State::Failed && function.next.is_none() && function.counts.served == 0
        });
        if let Some(code) = found.map(|function| function.facts.latest.clone()) {
            retry(machine, name, code);
        }
        reply
    }
}

/// The reaper looks at the traffic only.
pub struct IdleFailedReleased;

impl Behaviour for IdleFailedReleased {
    card!(
        "idle-failed-released",
        "makes an idle function Inactive though it is Failed",
        "failed.stays",
        "states.only-documented",
        "states.inactive-after-idle",
    );

    fn idle(&self, machine: &mut Machine, name: &Name) {
        let now = machine.now;
        machine.idle(name);
        if let Some(function) = machine.functions.get_mut(name)
            && function.facts.state == State::Failed
            && !function.is_updating()
        {
            function.change(now, |facts| facts.state = State::Inactive);
        }
    }
}

/// Whoever declares the function Failed cancels its jobs, and the update's status is nobody's.
pub struct LossStopsUpdate;

impl Behaviour for LossStopsUpdate {
    card!(
        "loss-stops-update",
        "never ends an update during which the image of the serving code was lost",
        "update.ends",
        "failed.recovers",
    );

    fn lost(&self, machine: &mut Machine, name: &Name) {
        machine.lose(name);
        if let Some(function) = machine.functions.get_mut(name) {
            function.next = None;
        }
    }
}

/// The update writes its own status, and the state is someone else's.
pub struct RecoveredYetFailed;

impl Behaviour for RecoveredYetFailed {
    card!(
        "recovered-yet-failed",
        "stays Failed after an update that was Successful",
        "failed.recovers",
        "update.ends",
        "update.successful-serves-new",
        "states.only-documented",
    );

    fn succeeded(&self, machine: &mut Machine, name: &Name, preparation: Preparation) {
        let was_failed = machine.functions.get(name).is_some_and(|function| function.facts.state == State::Failed);
        machine.succeed(name, preparation);
        if was_failed {
            let now = machine.now;
            if let Some(function) = machine.functions.get_mut(name) {
                function.change(now, |facts| facts.state = State::Failed);
            }
        }
    }
}

/// The instances of before were only stopped, and are the first to be found.
pub struct RecoversWithOldCode;

impl Behaviour for RecoversWithOldCode {
    card!(
        "recovers-with-old-code",
        "serves the code of before when an update made a Failed function Active",
        "failed.recovers",
        "update.successful-serves-new",
        "readiness.successful-then-new",
        "image.redeploy-records",
        "image.never-unrecorded",
    );

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        let found = machine.functions.get(name).filter(|function| function.facts.state == State::Failed);
        match found.and_then(|function| function.facts.current.clone()) {
            Some(code) => machine.scratch.codes.insert(name.clone(), code),
            None => machine.scratch.codes.remove(name),
        };
        machine.update(name, image, config)
    }

    fn delete(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        machine.scratch.codes.remove(name);
        machine.delete(name)
    }

    fn route(&self, machine: &Machine, function: &Function) -> Option<Code> {
        machine.scratch.codes.get(&function.name).cloned().or_else(|| function.facts.current.clone())
    }
}

/// The two ways in which an image is lost.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loss {
    Deleted,
    Overwritten,
}

/// Does what is right but for one kind of loss, which ends in `state`, or changes nothing.
fn lose_into(machine: &mut Machine, name: &Name, loss: Loss, state: Option<State>) {
    let now = machine.now;
    let Some(function) = machine.functions.get(name) else { return };
    let is_deleted = function.facts.current.as_ref().is_some_and(|code| machine.digest_of(&code.image).is_none());
    let found = if is_deleted { Loss::Deleted } else { Loss::Overwritten };
    if found != loss {
        machine.lose(name);
    } else if let (Some(state), Some(function)) = (state, machine.functions.get_mut(name)) {
        function.change(now, |facts| facts.state = state);
    }
}

fn failed_functions(machine: &Machine) -> Vec<Name> {
    let failed = machine.functions.iter().filter(|(_, function)| function.facts.state == State::Failed);
    failed.map(|(name, _)| name.clone()).collect()
}

fn retry(machine: &mut Machine, name: &Name, code: Code) {
    let now = machine.now;
    if let Some(function) = machine.functions.get_mut(name) {
        function.fallback = State::Failed;
        function.change(now, |facts| facts.state = State::Pending);
    }
    machine.prepare(name, code);
}
