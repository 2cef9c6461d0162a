//! Faults of the recorded digest: what is recorded, what is shown of it, and what serves in its name.

use std::time::Duration;

use crate::driver::{FunctionView, ServerReply};
use crate::emulator::behaviour::{Behaviour, Verdict, card};
use crate::emulator::function::{Code, Config, Function, Preparation, State, Status};
use crate::emulator::machine::{Machine, Task};
use crate::history::{Condition, Name};

/// The faults of this file.
pub static FAULTS: &[&dyn Behaviour] = &[
    &DigestNeverShown,
    &DigestOfCreation,
    &DigestFollowsTag,
    &DigestLateAfterSwap,
    &RecordedWhenReady,
    &ServesWhatTagSays,
    &WakesWithTag,
    &RedeployKeepsDigest,
    &RedeployServesCached,
    &TagCachedAcrossFunctions,
    &RecreatedServesLeftover,
    &DeletedPreparationEnds,
];

/// The optional field is left out as long as nobody misses it.
pub struct DigestNeverShown;

impl Behaviour for DigestNeverShown {
    card!("digest-never-shown", "shows no digest", "image.digest-reported");

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        FunctionView { digest: None, ..machine.view(function) }
    }
}

/// The digest is written with the record and not with its changes.
pub struct DigestOfCreation;

impl Behaviour for DigestOfCreation {
    card!(
        "digest-of-creation",
        "shows the digest of the first code after an update",
        "image.digest-reported",
        "image.redeploy-records",
        "readiness.fresh",
        "image.digest-recorded",
    );

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let mut view = machine.view(function);
        if let Some(first) = function.past.first() {
            view.digest = first.digest.as_deref().map(str::to_owned);
        }
        view
    }
}

/// The digest is looked up whenever it is shown.
pub struct DigestFollowsTag;

impl Behaviour for DigestFollowsTag {
    card!(
        "digest-follows-tag",
        "shows the digest that the tag has now",
        "image.digest-recorded",
        "image.digest-reported",
        "readiness.apart",
    );

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let digest = machine.digest_of(&function.facts.latest.image);
        FunctionView { digest: digest.as_deref().map(str::to_owned), ..machine.view(function) }
    }
}

/// Status and digest are two writes.
pub struct DigestLateAfterSwap;

impl Behaviour for DigestLateAfterSwap {
    card!(
        "digest-late-after-swap",
        "shows the digest of the old code for a moment after an update was Successful",
        "image.digest-reported",
        "image.redeploy-records",
        "readiness.fresh",
        "image.digest-recorded",
    );

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let mut view = machine.view(function);
        let is_fresh = function.swapped.is_some_and(|at| machine.now < at + Duration::from_millis(12));
        if let (true, Some(old)) = (is_fresh, function.past.last()) {
            view.digest = old.digest.as_deref().map(str::to_owned);
        }
        view
    }
}

/// The tag is resolved when the image is pulled.
pub struct RecordedWhenReady;

impl Behaviour for RecordedWhenReady {
    card!(
        "recorded-when-ready",
        "records the digest that the tag has when the preparation ends",
        "image.digest-recorded",
        "image.never-unrecorded",
        "image.digest-reported",
        "failed.tag-overwritten",
        "readiness.apart",
    );

    fn judge(&self, machine: &Machine, _function: &Function, preparation: &Preparation) -> Verdict {
        match machine.content(&preparation.code.image).condition {
            Condition::Ready => Verdict::Succeed,
            _ => machine.judge(preparation),
        }
    }

    fn succeeded(&self, machine: &mut Machine, name: &Name, mut preparation: Preparation) {
        // Without a digest of its own the code is given the one that the tag has.
        preparation.code.digest = None;
        machine.succeed(name, preparation);
    }
}

/// Every cold start pulls the tag.
pub struct ServesWhatTagSays;

impl Behaviour for ServesWhatTagSays {
    card!(
        "serves-what-tag-says",
        "serves the code that the tag stands for now",
        "image.never-unrecorded",
        "failed.tag-overwritten",
        "readiness.apart",
        "update.in-progress-serves-old",
    );

    fn is_lost(&self, machine: &Machine, function: &Function) -> bool {
        function.facts.current.as_ref().is_some_and(|code| machine.digest_of(&code.image).is_none())
    }

    fn route(&self, machine: &Machine, function: &Function) -> Option<Code> {
        let Code { image, .. } = function.facts.current.clone()?;
        Some(Code { digest: machine.digest_of(&image), image })
    }
}

/// The cache is gone with the resources, and the tag is resolved anew.
pub struct WakesWithTag;

impl Behaviour for WakesWithTag {
    card!(
        "wakes-with-tag",
        "wakes with the digest that its tag has then",
        "image.never-unrecorded",
        "image.digest-recorded",
        "image.digest-reported",
        "states.inactive-recovers",
        "failed.tag-overwritten",
        "readiness.apart",
    );

    fn wake(&self, machine: &mut Machine, name: &Name) {
        machine.wake(name);
        let current = machine.functions.get(name).and_then(|function| function.facts.current.clone());
        let Some(Code { image, .. }) = current else { return };
        if let Some(digest) = machine.digest_of(&image) {
            machine.prepare(name, Code { image, digest: Some(digest) });
        }
    }
}

/// The same reference as before needs no second look.
pub struct RedeployKeepsDigest;

impl Behaviour for RedeployKeepsDigest {
    card!(
        "redeploy-keeps-digest",
        "shows and serves the old digest after an update with the same tag",
        "image.redeploy-records",
        "image.digest-reported",
        "update.successful-serves-new",
        "readiness.successful-then-new",
        "failed.recovers",
    );

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        remember_same_tag(machine, name, image);
        machine.update(name, image, config)
    }

    fn delete(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        machine.scratch.codes.remove(name);
        machine.delete(name)
    }

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let mut view = machine.view(function);
        if let Some(old) = machine.scratch.codes.get(&function.name) {
            view.digest = old.digest.as_deref().map(str::to_owned);
        }
        view
    }

    fn route(&self, machine: &Machine, function: &Function) -> Option<Code> {
        machine.scratch.codes.get(&function.name).cloned().or_else(|| function.facts.current.clone())
    }
}

/// The record is new, but the node has an image of that name already.
pub struct RedeployServesCached;

impl Behaviour for RedeployServesCached {
    card!(
        "redeploy-serves-cached",
        "shows the new digest after an update with the same tag, but serves the old one",
        "image.redeploy-records",
        "update.successful-serves-new",
        "readiness.successful-then-new",
        "failed.recovers",
    );

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        remember_same_tag(machine, name, image);
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

/// A digest once resolved is kept by tag, for everyone.
pub struct TagCachedAcrossFunctions;

impl TagCachedAcrossFunctions {
    fn cached(machine: &Machine, function: &Function) -> Option<Code> {
        let digest = machine.scratch.names.get(&function.name).cloned()?;
        Some(Code { image: function.facts.latest.image.clone(), digest: Some(digest) })
    }
}

impl Behaviour for TagCachedAcrossFunctions {
    card!(
        "tag-cached-across-functions",
        "creates a function with the digest that the tag had for the first function that used it",
        "image.digest-recorded",
        "image.never-unrecorded",
        "image.digest-reported",
        "readiness.apart",
    );

    fn create(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        let reply = machine.create(name, image, config);
        let digest = machine.digest_of(image);
        if let (ServerReply::Function(_), Some(digest)) = (&reply, digest) {
            let first = machine.scratch.codes.entry(image.clone());
            let code = first.or_insert_with(|| Code { image: image.clone(), digest: Some(digest) });
            if let Some(cached) = code.digest.clone() {
                machine.scratch.names.insert(name.clone(), cached);
            }
        }
        reply
    }

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        machine.scratch.names.remove(name);
        machine.update(name, image, config)
    }

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let mut view = machine.view(function);
        if let Some(code) = Self::cached(machine, function) {
            view.digest = code.digest.as_deref().map(str::to_owned);
        }
        view
    }

    fn route(&self, machine: &Machine, function: &Function) -> Option<Code> {
        Self::cached(machine, function).or_else(|| function.facts.current.clone())
    }
}

/// Deleting leaves the instances behind, and routes go by name.
pub struct RecreatedServesLeftover;

impl Behaviour for RecreatedServesLeftover {
    card!(
        "recreated-serves-leftover",
        "serves the code of the function that was deleted before under its name, until an update",
        "image.never-unrecorded",
        "states.active-invocable",
        "readiness.active-then-invoke",
        "api.not-found",
        "readiness.apart",
    );

    fn delete(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        let found = machine.functions.get(name).filter(|function| function.facts.state == State::Active);
        match found.and_then(|function| function.facts.current.clone()) {
            Some(code) => machine.scratch.codes.insert(name.clone(), code),
            None => machine.scratch.codes.remove(name),
        };
        machine.delete(name)
    }

    fn route(&self, machine: &Machine, function: &Function) -> Option<Code> {
        let leftover = machine.scratch.codes.get(&function.name).filter(|_| function.counts.updates == 0);
        leftover.cloned().or_else(|| function.facts.current.clone())
    }
}

/// The job of the deleted function ends, and finds a function of that name.
pub struct DeletedPreparationEnds;

impl Behaviour for DeletedPreparationEnds {
    card!(
        "deleted-preparation-ends",
        "makes a new function Active with the code that was being prepared when its namesake was deleted",
        "image.never-unrecorded",
        "states.pending-becomes-active",
        "image.digest-reported",
        "image.digest-recorded",
        "failed.at-creation",
        "states.pending-not-invocable",
    );

    fn delete(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        if let Some(function) = machine.functions.get(name) {
            machine.scratch.graves.insert(name.clone(), function.clone());
        }
        machine.delete(name)
    }

    fn create(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        let reply = machine.create(name, image, config);
        let Some(grave) = machine.scratch.graves.remove(name) else { return reply };
        if let Some(old) = grave.next.filter(|old| old.code.digest.is_some()) {
            let due = machine.now + Duration::from_millis(3);
            machine.scratch.codes.insert(name.clone(), old.code);
            machine.schedule(due, name, Task::Errand(0));
        }
        reply
    }

    fn errand(&self, machine: &mut Machine, name: &Name, _number: u32) {
        let now = machine.now;
        let Some(code) = machine.scratch.codes.remove(name) else { return };
        if machine.content(&code.image).condition != Condition::Ready {
            return;
        }
        if let Some(function) = machine.functions.get_mut(name)
            && function.facts.state == State::Pending
            && function.facts.status != Some(Status::InProgress)
        {
            function.next = None;
            function.change(now, |facts| {
                facts.state = State::Active;
                facts.current = Some(code);
            });
        }
    }
}

/// Keeps the serving code of a function that is updated with the reference it has, when the digest is another one.
fn remember_same_tag(machine: &mut Machine, name: &Name, image: &Name) {
    let Some(function) = machine.functions.get(name) else { return };
    let Some(current) = function.facts.current.clone() else { return };
    let kept = machine.scratch.codes.get(name).cloned().unwrap_or(current);
    if kept.image == *image && machine.digest_of(image).is_some_and(|digest| Some(digest) != kept.digest) {
        machine.scratch.codes.insert(name.clone(), kept);
    } else {
        machine.scratch.codes.remove(name);
    }
}
