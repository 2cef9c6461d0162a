//! Endpoints that read the page another way where it can be read in two: the readings R1 to R10 of `spec.md` that the
//! correct machine does not take, and the choices that the table of preparations leaves.

use crate::driver::ServerReply;
use crate::emulator::behaviour::{Behaviour, Verdict, card};
use crate::emulator::function::{Config, Function, Preparation, State, Status};
use crate::emulator::machine::Machine;
use crate::history::{Condition, Content, Name};

/// The oddities of this file.
pub static LEGAL: &[&dyn Behaviour] = &[
    &FailedUpdateFailsFunction,
    &RedeployedFailedPending,
    &OverwrittenStaysActive,
    &FailingImageFailsActive,
    &SupersededServes,
    &SameCodeSuccessfulAtOnce,
    &LostWhileInactiveFails,
    &LostWhileWakingFails,
    &OverwrittenPreparationSucceeds,
    &UnrecordedPreparationFails,
    &UpdateInPendingKeepsStatus,
    &PreparesInOrder,
];

/// R1: the section "Failed state" says that a function whose update failed cannot be invoked.
pub struct FailedUpdateFailsFunction;

impl Behaviour for FailedUpdateFailsFunction {
    card!("failed-update-fails-function", "makes an Active function Failed when its update fails");

    fn failed(&self, machine: &mut Machine, name: &Name, _preparation: Preparation) {
        let is_update = machine.functions.get(name).is_some_and(Function::is_updating);
        machine.fail(name);
        if is_update {
            machine.lose(name);
        }
    }
}

/// R3: a redeployed function is Pending again.
pub struct RedeployedFailedPending;

impl Behaviour for RedeployedFailedPending {
    card!("redeployed-failed-pending", "shows a Failed function as Pending while it is updated");

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        let reply = machine.update(name, image, config);
        if matches!(reply, ServerReply::Error(_)) {
            return reply;
        }
        let now = machine.now;
        if let Some(function) = machine.functions.get_mut(name)
            && function.facts.state == State::Failed
        {
            function.fallback = State::Failed;
            function.change(now, |facts| facts.state = State::Pending);
        }
        machine.show(name)
    }
}

/// R4: the page says of an overwritten tag that the function fails to invoke, and the state may stay.
pub struct OverwrittenStaysActive;

impl Behaviour for OverwrittenStaysActive {
    card!("overwritten-stays-active", "refuses invocations when its tag is overwritten, and stays Active");

    fn lost(&self, machine: &mut Machine, name: &Name) {
        let current = machine.functions.get(name).and_then(|function| function.facts.current.as_ref());
        if current.is_some_and(|code| machine.digest_of(&code.image).is_none()) {
            machine.lose(name);
        }
    }
}

/// An image that cannot be pulled any more is no longer accessible.
pub struct FailingImageFailsActive;

impl Behaviour for FailingImageFailsActive {
    card!("failing-image-fails-active", "makes an Active function Failed whose image begins to fail");

    fn published(&self, machine: &mut Machine, image: &Name, _before: &Content) {
        machine.reconsider(image);
        if machine.content(image).condition == Condition::Failing {
            for name in users(machine, image, State::Active) {
                machine.lose(&name);
            }
        }
    }
}

/// R8: what was superseded is prepared to its end and serves until the last one does.
pub struct SupersededServes;

impl Behaviour for SupersededServes {
    card!("superseded-serves", "serves a superseded update until the last one is ready");

    fn superseded(&self, machine: &mut Machine, name: &Name, preparation: Preparation) {
        if let Some(function) = machine.functions.get_mut(name) {
            function.older.push(preparation);
        }
    }

    fn older_ended(&self, machine: &mut Machine, name: &Name, preparation: Preparation, verdict: Verdict) {
        let now = machine.now;
        let Some(function) = machine.functions.get_mut(name) else { return };
        let can_serve = function.is_updating() && function.facts.state != State::Inactive;
        if verdict == Verdict::Succeed && can_serve && preparation.code.digest.is_some() {
            function.change(now, |facts| {
                facts.state = State::Active;
                facts.current = Some(preparation.code);
            });
            machine.watch(name);
        }
    }
}

/// R9: what runs already need not be prepared.
pub struct SameCodeSuccessfulAtOnce;

impl Behaviour for SameCodeSuccessfulAtOnce {
    card!("same-code-successful-at-once", "ends an update to the code that runs already at once");

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        let reply = machine.update(name, image, config);
        if matches!(reply, ServerReply::Error(_)) {
            return reply;
        }
        let now = machine.now;
        if let Some(function) = machine.functions.get_mut(name)
            && function.facts.state == State::Active
            && function.facts.current.as_ref() == Some(&function.facts.latest)
        {
            function.next = None;
            function.change(now, |facts| facts.status = Some(Status::Successful));
        }
        machine.show(name)
    }
}

/// R10: a lost image is noticed while the function is Inactive, too.
pub struct LostWhileInactiveFails;

impl Behaviour for LostWhileInactiveFails {
    card!("lost-while-inactive-fails", "makes an Inactive function Failed whose image is lost");

    fn published(&self, machine: &mut Machine, image: &Name, _before: &Content) {
        machine.reconsider(image);
        let now = machine.now;
        for name in users(machine, image, State::Inactive) {
            let is_lost = machine.functions.get(&name).is_some_and(|function| machine.is_lost(function));
            if let (true, Some(function)) = (is_lost, machine.functions.get_mut(&name)) {
                function.change(now, |facts| facts.state = State::Failed);
            }
        }
    }
}

/// R10: a lost image is noticed when a waking function needs it.
pub struct LostWhileWakingFails;

impl Behaviour for LostWhileWakingFails {
    card!("lost-while-waking-fails", "becomes Failed when it cannot wake because its image is lost");

    fn failed(&self, machine: &mut Machine, name: &Name, preparation: Preparation) {
        let is_lost = machine.digest_of(&preparation.code.image) != preparation.code.digest;
        let is_missing = machine.digest_of(&preparation.code.image).is_none();
        if let Some(function) = machine.functions.get_mut(name).filter(|_| is_lost || is_missing) {
            function.fallback = State::Failed;
        }
        machine.fail(name);
    }
}

/// What was recorded can be pulled by its digest, whatever the tag stands for.
pub struct OverwrittenPreparationSucceeds;

impl Behaviour for OverwrittenPreparationSucceeds {
    card!("overwritten-preparation-succeeds", "prepares the recorded digest though the tag has another by then");

    fn judge(&self, machine: &Machine, _function: &Function, preparation: &Preparation) -> Verdict {
        match machine.content(&preparation.code.image).condition {
            Condition::Ready => Verdict::Succeed,
            _ => machine.judge(preparation),
        }
    }
}

/// What was not there when it was deployed is not looked for again.
pub struct UnrecordedPreparationFails;

impl Behaviour for UnrecordedPreparationFails {
    card!("unrecorded-preparation-fails", "lets a deployment of a missing image fail though it is there by then");

    fn judge(&self, machine: &Machine, _function: &Function, preparation: &Preparation) -> Verdict {
        match machine.judge(preparation) {
            Verdict::Succeed if preparation.code.digest.is_none() => Verdict::Fail,
            verdict => verdict,
        }
    }
}

/// An update of what is not there yet is a part of the creation.
pub struct UpdateInPendingKeepsStatus;

impl Behaviour for UpdateInPendingKeepsStatus {
    card!("update-in-pending-keeps-status", "shows no status for an update of a function that is being created");

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        let is_first = machine
            .functions
            .get(name)
            .is_some_and(|function| function.facts.state == State::Pending && function.facts.status.is_none());
        let reply = machine.update(name, image, config);
        if matches!(reply, ServerReply::Error(_)) {
            return reply;
        }
        let now = machine.now;
        if let (true, Some(function)) = (is_first, machine.functions.get_mut(name)) {
            function.change(now, |facts| facts.status = None);
        }
        machine.show(name)
    }
}

/// Preparations of a function stand in a queue, and one that waits for its image holds up the rest.
pub struct PreparesInOrder;

impl Behaviour for PreparesInOrder {
    card!("prepares-in-order", "lets a preparation wait for the held ones that it superseded");

    fn superseded(&self, machine: &mut Machine, name: &Name, preparation: Preparation) {
        if let Some(function) = machine.functions.get_mut(name) {
            function.older.push(preparation);
        }
    }

    fn judge(&self, machine: &Machine, function: &Function, preparation: &Preparation) -> Verdict {
        let is_next = function.next.as_ref().is_some_and(|next| next.id == preparation.id);
        let is_held = |other: &Preparation| machine.content(&other.code.image).condition == Condition::Held;
        if is_next && function.older.iter().any(is_held) {
            return Verdict::Wait;
        }
        machine.judge(preparation)
    }
}

/// The functions in that state whose serving code is of that image.
fn users(machine: &Machine, image: &Name, state: State) -> Vec<Name> {
    let of_image = machine.functions.values().filter(|function| {
        function.facts.state == state && function.facts.current.as_ref().is_some_and(|code| code.image == *image)
    });
    of_image.map(|function| function.name.clone()).collect()
}
