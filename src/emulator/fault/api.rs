//! Faults of the wire and of names: errors without form, functions that are not there, and names that stand for two.

use std::time::Duration;

use super::update::is_within;
use crate::driver::{HttpResponse, Request, ServerCall, ServerReply};
use crate::emulator::behaviour::{Behaviour, card};
use crate::emulator::function::{Config, State};
use crate::emulator::machine::{Machine, Memo, Turn};
use crate::emulator::refusal;
use crate::history::Name;

/// The faults of this file.
pub static FAULTS: &[&dyn Behaviour] = &[
    &PlainTextErrors,
    &RefusedInvocationWithoutCode,
    &UnknownIsInvalid,
    &UnknownByAnotherName,
    &DeletedServes,
    &DeletedLingers,
    &UpdateCreates,
    &DeleteOfNothing,
    &UpdateBringsBack,
];

/// How long a check is apart from the act that it was made for.
const GAP: Duration = Duration::from_millis(8);

/// A proxy in between answers in its own words.
pub struct PlainTextErrors;

impl Behaviour for PlainTextErrors {
    card!("plain-text-errors", "answers errors in plain text", "api.errors", "api.not-found");

    fn shape(&self, _call: &ServerCall, response: &mut HttpResponse) {
        if response.status >= 400 {
            response.headers.retain(|(name, _)| name != "content-type");
            response.headers.push(("content-type".to_owned(), "text/plain".to_owned()));
            response.body = b"something is wrong\n".to_vec();
        }
    }
}

/// The gateway that refuses invocations is another program than the one that answers the rest.
pub struct RefusedInvocationWithoutCode;

impl Behaviour for RefusedInvocationWithoutCode {
    card!("refused-invocation-without-code", "refuses invocations without a Code", "api.errors", "api.not-found");

    fn shape(&self, call: &ServerCall, response: &mut HttpResponse) {
        if response.status >= 400 && matches!(call.request, Request::Invoke { .. }) {
            response.body = br#"{"Message":"the function cannot be invoked"}"#.to_vec();
        }
    }
}

/// A name that is not known is an argument that is not valid.
pub struct UnknownIsInvalid;

impl Behaviour for UnknownIsInvalid {
    card!("unknown-is-invalid", "answers 400 InvalidArgument for unknown functions", "api.not-found");

    fn call(&self, machine: &mut Machine, call: &ServerCall, _memo: Memo) -> Turn {
        match machine.perform(call) {
            ServerReply::Error(error) if error.status == 404 => refusal::invalid(error.message).into(),
            reply => reply.into(),
        }
    }
}

/// The gateway has a word of its own for what it does not find.
pub struct UnknownByAnotherName;

impl Behaviour for UnknownByAnotherName {
    card!(
        "unknown-by-another-name",
        "answers 404 with another code to invocations of unknown functions",
        "api.not-found",
    );

    fn invoke(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        match machine.invoke(name) {
            ServerReply::Error(error) if error.status == 404 => refusal::other(404, "RouteNotFound", &error.message),
            reply => reply,
        }
    }
}

/// The instances outlive the record, and routes go by name.
pub struct DeletedServes;

impl Behaviour for DeletedServes {
    card!("deleted-serves", "goes on serving a function that was deleted", "api.not-found");

    fn delete(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        if let Some(function) = machine.functions.get(name) {
            machine.scratch.graves.insert(name.clone(), function.clone());
        }
        machine.delete(name)
    }

    fn invoke(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        if machine.functions.contains_key(name) {
            return machine.invoke(name);
        }
        let grave = machine.scratch.graves.get(name).filter(|grave| grave.facts.state == State::Active);
        match grave.and_then(|grave| grave.facts.current.clone()) {
            Some(code) => machine.serve(name, &code),
            None => machine.invoke(name),
        }
    }
}

/// GetFunction is answered from a cache that deletions do not reach at once.
pub struct DeletedLingers;

impl Behaviour for DeletedLingers {
    card!("deleted-lingers", "shows a function for a moment after it was deleted", "api.not-found");

    fn delete(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        if let Some(function) = machine.functions.get(name) {
            let mut grave = function.clone();
            grave.changed = machine.now;
            machine.scratch.graves.insert(name.clone(), grave);
        }
        machine.delete(name)
    }

    fn get(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        let is_there = machine.functions.contains_key(name);
        match machine.scratch.graves.get(name).filter(|_| !is_there) {
            Some(grave) if is_within(machine, Some(grave.changed), 0, 15) => ServerReply::Function(machine.view(grave)),
            _ => machine.get(name),
        }
    }
}

/// An update writes the record, whether there was one or not.
pub struct UpdateCreates;

impl Behaviour for UpdateCreates {
    card!("update-creates", "creates a function that is updated and is not there", "api.not-found");

    fn update(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        if machine.functions.contains_key(name) || image.is_empty() {
            return machine.update(name, image, config);
        }
        machine.create(name, image, config)
    }
}

/// What is not there is as good as deleted.
pub struct DeleteOfNothing;

impl Behaviour for DeleteOfNothing {
    card!("delete-of-nothing", "accepts to delete a function that is not there", "api.not-found");

    fn delete(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        machine.delete(name);
        ServerReply::Deleted
    }
}

/// An update reads the record, and writes all of it back.
pub struct UpdateBringsBack;

impl Behaviour for UpdateBringsBack {
    card!(
        "update-brings-back",
        "brings back a function that is deleted while an update of it is taken",
        "api.not-found",
        "states.only-documented",
    );

    fn call(&self, machine: &mut Machine, call: &ServerCall, memo: Memo) -> Turn {
        let Request::Update { function: name, .. } = &call.request else {
            return machine.perform(call).into();
        };
        if memo.turn == 0
            && let Some(function) = machine.functions.get(name)
        {
            machine.scratch.graves.insert(name.clone(), function.clone());
            return Turn::Later(machine.now + GAP, Memo { turn: 1, reply: None });
        }
        if memo.turn > 0
            && !machine.functions.contains_key(name)
            && let Some(grave) = machine.scratch.graves.remove(name)
        {
            machine.functions.insert(name.clone(), grave);
        }
        machine.perform(call).into()
    }
}
