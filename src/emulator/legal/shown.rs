//! Endpoints that show and say things otherwise: optional fields, the readings R5 and R6, bodies and errors.

use serde_json::{Value, json};

use crate::driver::{ApiError, FunctionView, HttpResponse, Request, ServerCall, ServerReply};
use crate::emulator::behaviour::{Behaviour, card};
use crate::emulator::function::{Config, Function, State, Status};
use crate::emulator::machine::Machine;
use crate::history::Name;

/// The oddities of this file.
pub static LEGAL: &[&dyn Behaviour] = &[
    &StatusAbsentBeforeUpdate,
    &SuccessfulFromTheStart,
    &CreationInProgress,
    &OldDigestWhileUpdating,
    &TagDigestWhileUnrecorded,
    &Sparse,
    &Verbose,
    &Terse,
    &RefusesInOtherWords,
];

fn with_first_status(machine: &Machine, function: &Function, first: Option<Status>) -> FunctionView {
    let mut view = machine.view(function);
    if function.facts.status.is_none() {
        view.last_update_status = first.map(|status| status.as_str().to_owned());
    }
    view
}

/// R5: what was not updated has no status of an update.
pub struct StatusAbsentBeforeUpdate;

impl Behaviour for StatusAbsentBeforeUpdate {
    card!("status-absent-before-update", "shows no update status before the first update");

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        with_first_status(machine, function, None)
    }
}

/// R5: the status is Successful unless something was not.
pub struct SuccessfulFromTheStart;

impl Behaviour for SuccessfulFromTheStart {
    card!("successful-from-the-start", "shows the update status as Successful before the first update");

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        with_first_status(machine, function, Some(Status::Successful))
    }
}

/// R5: a creation is the first update.
pub struct CreationInProgress;

impl Behaviour for CreationInProgress {
    card!("creation-in-progress", "shows a creation as the first update: InProgress, then Successful or Failed");

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let first = match function.facts.state {
            State::Pending => Status::InProgress,
            State::Active | State::Inactive => Status::Successful,
            State::Failed => Status::Failed,
        };
        with_first_status(machine, function, Some(first))
    }
}

/// R6: what is shown is what serves.
pub struct OldDigestWhileUpdating;

impl Behaviour for OldDigestWhileUpdating {
    card!("old-digest-while-updating", "shows the digest of the serving code until the update is Successful");

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let code = function.facts.current.as_ref().unwrap_or(&function.facts.latest);
        FunctionView { digest: code.digest.as_deref().map(str::to_owned), ..machine.view(function) }
    }
}

/// As long as nothing is recorded, the tag is looked up.
pub struct TagDigestWhileUnrecorded;

impl Behaviour for TagDigestWhileUnrecorded {
    card!("tag-digest-while-unrecorded", "shows the tag's present digest while it has recorded none");

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let mut view = machine.view(function);
        let latest = &function.facts.latest;
        if let (None, Some(digest)) = (&latest.digest, machine.digest_of(&latest.image)) {
            view.digest = Some(digest.to_string());
        }
        view
    }
}

/// What is optional is left out: reasons, the digest of what is not Active, the status before the first update.
pub struct Sparse;

impl Behaviour for Sparse {
    card!("sparse", "leaves out every field that it may leave out");

    fn view(&self, machine: &Machine, function: &Function) -> FunctionView {
        let mut view = with_first_status(machine, function, None);
        view.state_reason = None;
        view.last_update_status_reason = None;
        if function.facts.state != State::Active {
            view.digest = None;
        }
        view
    }
}

/// Fields that no document speaks of.
pub struct Verbose;

impl Behaviour for Verbose {
    card!("verbose", "adds fields to its answers that nobody asked for");

    fn shape(&self, _call: &ServerCall, response: &mut HttpResponse) {
        let Ok(Value::Object(mut body)) = serde_json::from_slice(&response.body) else { return };
        body.insert("aaa".to_owned(), json!({ "state": "Failed", "nested": [1, null, { "Code": 7 }] }));
        body.insert("State".to_owned(), json!("Nowhere"));
        body.insert("zzz".to_owned(), Value::Null);
        response.body = Value::Object(body).to_string().into_bytes();
        response.headers.push(("x-extra".to_owned(), "yes".to_owned()));
    }
}

/// What the answers to writes say is left open.
pub struct Terse;

impl Behaviour for Terse {
    card!("terse", "answers creations and updates with 202 and an empty object");

    fn shape(&self, call: &ServerCall, response: &mut HttpResponse) {
        let is_write = matches!(call.request, Request::Create { .. } | Request::Update { .. });
        if is_write && response.status < 300 {
            response.status = 202;
            response.body = b"{}".to_vec();
        }
    }
}

/// No document says how a function that is not Active refuses.
pub struct RefusesInOtherWords;

impl Behaviour for RefusesInOtherWords {
    card!("refuses-in-other-words", "refuses with other statuses and codes, a different one for each state");

    fn create(&self, machine: &mut Machine, name: &Name, image: &Name, config: &Config) -> ServerReply {
        match machine.create(name, image, config) {
            ServerReply::Error(error) => ServerReply::Error(ApiError { status: 400, ..error }),
            reply => reply,
        }
    }

    fn invoke(&self, machine: &mut Machine, name: &Name) -> ServerReply {
        let state = machine.functions.get(name).map(|function| function.facts.state);
        let (status, code) = match state {
            None => return machine.invoke(name),
            Some(State::Pending) => (503, "FunctionNotReady"),
            Some(State::Active) => (424, "ImageNotAccessible"),
            Some(State::Failed) => (500, "FunctionFailed"),
            Some(State::Inactive) => (502, "FunctionReleased"),
        };
        match machine.invoke(name) {
            ServerReply::Error(error) => ServerReply::Error(ApiError { status, code: code.to_owned(), ..error }),
            reply => reply,
        }
    }
}
