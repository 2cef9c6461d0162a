//! Endpoints that take fewer requests than they could.

use crate::driver::ServerReply;
use crate::emulator::behaviour::{Behaviour, card};
use crate::emulator::function::{Config, State};
use crate::emulator::machine::Machine;
use crate::emulator::refusal;
use crate::history::{Condition, Name};

/// The oddities of this file.
pub static LEGAL: &[&dyn Behaviour] = &[
    &RefusesOverlappingUpdates,
    &RefusesUpdatesInProgress,
    &RefusesUpdatesInPending,
    &RefusesBadImages,
    &TakesMissingImages,
    &RefusesSomeCreations,
    &RefusesDeletesMeanwhile,
];

/// R2: one thing at a time.
pub struct RefusesOverlappingUpdates;

impl Behaviour for RefusesOverlappingUpdates {
    card!("refuses-overlapping-updates", "refuses updates while anything is being prepared");

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        match machine.functions.get(name) {
            Some(function) if function.is_updating() || function.facts.state == State::Pending => {
                refusal::conflict(name)
            }
            _ => machine.update(name, image, config),
        }
    }
}

/// R2: one update at a time, and a creation is none.
pub struct RefusesUpdatesInProgress;

impl Behaviour for RefusesUpdatesInProgress {
    card!("refuses-updates-in-progress", "refuses updates while an update is in progress");

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        match machine.functions.get(name) {
            Some(function) if function.is_updating() => refusal::conflict(name),
            _ => machine.update(name, image, config),
        }
    }
}

/// R2: what is not there yet cannot be updated.
pub struct RefusesUpdatesInPending;

impl Behaviour for RefusesUpdatesInPending {
    card!("refuses-updates-in-pending", "refuses updates of a Pending function");

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        match machine.functions.get(name) {
            Some(function) if function.facts.state == State::Pending => refusal::conflict(name),
            _ => machine.update(name, image, config),
        }
    }
}

/// R7: the image is looked at before the request is answered.
pub struct RefusesBadImages;

impl RefusesBadImages {
    fn is_bad(machine: &Machine, image: &Name) -> bool {
        matches!(machine.content(image).condition, Condition::Failing | Condition::Missing)
    }

    fn refusal() -> ServerReply {
        refusal::invalid("the image cannot be had.".to_owned())
    }
}

impl Behaviour for RefusesBadImages {
    card!("refuses-bad-images", "refuses at once to deploy an image that cannot be had");

    fn create(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        if !machine.functions.contains_key(name) && Self::is_bad(machine, image) {
            return Self::refusal();
        }
        machine.create(name, image, config)
    }

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        let function = machine.functions.get(name);
        let kept = function.map(|function| &function.facts.latest.image).filter(|_| image.is_empty());
        if function.is_some() && Self::is_bad(machine, kept.unwrap_or(image)) {
            return Self::refusal();
        }
        machine.update(name, image, config)
    }
}

/// R7: an image that is gone is found out when it is prepared.
pub struct TakesMissingImages;

impl Behaviour for TakesMissingImages {
    card!("takes-missing-images", "accepts an update to an image that is missing, and fails it later");

    fn refuses(&self, _machine: &Machine, _image: &Name) -> bool {
        false
    }
}

/// An account has its limits.
pub struct RefusesSomeCreations;

impl Behaviour for RefusesSomeCreations {
    card!("refuses-some-creations", "refuses every eighth creation");

    fn create(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        if machine.functions.contains_key(name) {
            return machine.create(name, image, config);
        }
        let asked = machine.scratch.numbers.entry("created".into()).or_default();
        *asked += 1;
        if asked.is_multiple_of(8) {
            return refusal::other(403, "QuotaExceeded", "there are as many functions as there may be.");
        }
        machine.create(name, image, config)
    }
}

/// What is being updated is locked.
pub struct RefusesDeletesMeanwhile;

impl Behaviour for RefusesDeletesMeanwhile {
    card!("refuses-deletes-meanwhile", "refuses to delete a function while an update is in progress");

    fn delete(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        match machine.functions.get(name) {
            Some(function) if function.is_updating() => refusal::conflict(name),
            _ => machine.delete(name),
        }
    }
}
