//! The client's side of Function Compute 3.0: calls into bytes, answers into meanings.
//!
//! An answer is read as widely as a client can (unknown fields, any order, older spellings of an error code), but where
//! it does not tell, nothing is guessed: it is [`Meaning::Unknown`], or its digest is absent, with a sentence that says
//! why.

use serde_json::{Map, Value, json};

use super::{ERROR_TYPE, INVOCATION_TYPE, REQUEST_ID, RUNTIME, VERSION};
use crate::driver::answer::{body_kind, json_kind, retry_after};
use crate::driver::{HttpRequest, HttpResponse, Meaning, Reply, Request, path};
use crate::history::{Name, Report, Trace};

pub(super) fn encode(request: &Request) -> HttpRequest {
    let functions = format!("/{VERSION}/functions");
    let function = format!("{functions}/{}", path::encode(request.function()));
    let (method, action, path, body) = match request {
        Request::Create { function: name, image } => ("POST", "CreateFunction", functions, Some(creation(name, image))),
        Request::Get { .. } => ("GET", "GetFunction", function, None),
        Request::Update { image, .. } => {
            let body = json!({ "customContainerConfig": { "image": &**image } });
            ("PUT", "UpdateFunction", function, Some(body))
        }
        Request::Invoke { .. } => ("POST", "InvokeFunction", format!("{function}/invocations"), None),
        Request::Delete { .. } => ("DELETE", "DeleteFunction", function, None),
    };
    let mut headers = vec![
        header("x-acs-version", VERSION),
        header("x-acs-action", action),
        // The body of an invocation is the function's own, and so of any type.
        header("accept", if matches!(request, Request::Invoke { .. }) { "*/*" } else { "application/json" }),
    ];
    if body.is_some() {
        headers.push(header("content-type", "application/json; charset=utf-8"));
    }
    if matches!(request, Request::Invoke { .. }) {
        headers.push(header(INVOCATION_TYPE, "Sync"));
    }
    let body = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
    HttpRequest { method, path, headers, body }
}

fn header(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// The smallest function that the service takes: what it requires, and sizes that fit together.
fn creation(function: &str, image: &str) -> Value {
    json!({
        "functionName": function,
        "runtime": RUNTIME,
        // Required, but without a meaning for a container.
        "handler": "index.handler",
        "cpu": 0.35,
        "memorySize": 512,
        "diskSize": 512,
        "timeout": 60,
        "customContainerConfig": { "image": image, "port": 9000 },
    })
}

pub(super) fn decode(request: &Request, response: &HttpResponse) -> Reply {
    let invoke = matches!(request, Request::Invoke { .. });
    let accepted = (200..300).contains(&response.status);
    // What an invocation was answered with is the function's, not the service's, and is not looked into.
    let body = if accepted && invoke { None } else { object(&response.body) };
    let error = ErrorBody(body.as_ref());
    let mut reply = Reply {
        meaning: Meaning::Unknown,
        trace: Trace {
            status: Some(response.status),
            error: if accepted { None } else { error.code().map(str::to_owned) },
            request_id: request_id(response, body.as_ref()),
            ..Trace::default()
        },
        malformed: None,
        bare_error: None,
    };
    let throttling = response.header("retry-after").is_some() || error.code().is_some_and(is_throttling);
    match response.status {
        200..300 => accept(request, response, body.as_ref(), &mut reply),
        429 => reply.meaning = Meaning::Throttled(retry_after(response)),
        503 if throttling => reply.meaning = Meaning::Throttled(retry_after(response)),
        400..500 => reply.meaning = Meaning::Refused,
        500 | 502 if invoke => reply.meaning = Meaning::Refused,
        503 if invoke && error.string("Code").is_some() => reply.meaning = Meaning::Refused,
        500..600 => {}
        status => reply.malformed = Some(format!("HTTP status {status} is neither a success nor an error of the API")),
    }
    if reply.meaning == Meaning::Refused {
        reply.bare_error = error.bare(response);
    }
    reply
}

fn accept(request: &Request, response: &HttpResponse, body: Option<&Map<String, Value>>, reply: &mut Reply) {
    match (request, body) {
        (Request::Invoke { .. }, _) => reply.meaning = Meaning::Served(served(response)),
        (Request::Delete { .. }, _) => reply.meaning = Meaning::Done,
        (Request::Create { .. } | Request::Update { .. }, body) => {
            reply.meaning = Meaning::Done;
            if body.is_none() && !response.body.trim_ascii().is_empty() {
                reply.malformed = Some(not_a_function(response));
            }
        }
        (Request::Get { .. }, None) => reply.malformed = Some(not_a_function(response)),
        (Request::Get { .. }, Some(function)) => match report(function) {
            Ok((report, note)) => {
                reply.meaning = Meaning::Reported(report);
                reply.malformed = note;
            }
            Err(note) => reply.malformed = Some(note),
        },
    }
}

fn not_a_function(response: &HttpResponse) -> String {
    format!("the body of the answer is not the JSON object of a function but {}", body_kind(response))
}

/// What the code answered with, or `None` if it ended with an error of its own.
fn served(response: &HttpResponse) -> Option<String> {
    if response.header(ERROR_TYPE).is_some() {
        return None;
    }
    Some(String::from_utf8_lossy(&response.body).trim().to_owned())
}

/// What a function's JSON says of its state, and a sentence on what in it is not as the API says.
///
/// A state or status of another type leaves nothing to report; a digest that cannot be read is just absent.
fn report(function: &Map<String, Value>) -> Result<(Report, Option<String>), String> {
    let state = text(function, "state")?.unwrap_or_default().into();
    let status = text(function, "lastUpdateStatus")?.filter(|status| !status.is_empty()).map(Name::from);
    let (digest, note) = match resolved(function) {
        Ok(digest) => (digest.map(Name::from), None),
        Err(note) => (None, Some(note)),
    };
    Ok((Report { state, status, digest }, note))
}

/// The digest in `customContainerConfig.resolvedImageUri`, `None` if there is none.
fn resolved(function: &Map<String, Value>) -> Result<Option<&str>, String> {
    let config = match function.get("customContainerConfig") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Object(config)) => config,
        Some(other) => return Err(format!("`customContainerConfig` is {}, not an object", json_kind(other))),
    };
    let Some(uri) = text(config, "resolvedImageUri")?.filter(|uri| !uri.is_empty()) else { return Ok(None) };
    match uri.rsplit_once('@') {
        Some((_, digest)) if !digest.is_empty() => Ok(Some(digest)),
        _ => Err(format!("`resolvedImageUri` names no digest behind an `@`: {uri:?}")),
    }
}

/// A string, if it is there and not null.
fn text<'a>(object: &'a Map<String, Value>, key: &str) -> Result<Option<&'a str>, String> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(format!("`{key}` is {}, not a string", json_kind(other))),
    }
}

fn object(body: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice(body).ok()
}

fn request_id(response: &HttpResponse, body: Option<&Map<String, Value>>) -> Option<String> {
    [response.header(REQUEST_ID), response.header("x-acs-request-id")]
        .into_iter()
        .chain([body.and_then(|body| body.get("RequestId")).and_then(Value::as_str)])
        .flatten()
        .find(|id| !id.is_empty())
        .map(str::to_owned)
}

/// The JSON object in the body of an error, if it had one.
#[derive(Clone, Copy)]
struct ErrorBody<'a>(Option<&'a Map<String, Value>>);

impl<'a> ErrorBody<'a> {
    fn string(self, key: &str) -> Option<&'a str> {
        self.0?.get(key)?.as_str()
    }

    /// The code, also where only an older version of the API would have put it.
    fn code(self) -> Option<&'a str> {
        ["Code", "ErrorCode", "errorCode", "code"].into_iter().find_map(|key| self.string(key))
    }

    /// What the body of a refusal was, if it was not an error body of this version of the API.
    fn bare(self, response: &HttpResponse) -> Option<String> {
        let missing = match (self.string("Code"), self.string("Message")) {
            (Some(_), Some(_)) => return None,
            _ if self.0.is_none() => return Some(body_kind(response)),
            (None, Some(_)) => "a string `Code`",
            (Some(_), None) => "a string `Message`",
            (None, None) => "the strings `Code` and `Message`",
        };
        Some(format!("a JSON object without {missing}"))
    }
}

/// Whether an error code says that there were too many requests, and nothing else.
fn is_throttling(code: &str) -> bool {
    matches!(code, "ResourceExhausted" | "ResourceThrottled")
        || code.starts_with("Throttling")
        || code.starts_with("TooManyRequests")
}

#[cfg(test)]
mod tests;
