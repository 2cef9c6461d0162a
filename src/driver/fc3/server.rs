//! The server's side of Function Compute 3.0: bytes into calls, answers into bytes.
//!
//! It takes what the official clients send, with all that they send needlessly, and refuses what no function could be
//! made of. Whether a function is there, and what becomes of it, it must not know.

use serde_json::{Map, Value, json};

use super::{ERROR_TYPE, INVOCATION_TYPE, REQUEST_ID, RUNTIME, VERSION};
use crate::driver::{ApiError, FunctionView, HttpRequest, HttpResponse, Request, ServerCall, ServerReply, path};

/// The key of the one setting that an update changes in part.
const CONTAINER: &str = "customContainerConfig";

/// What the service says of a function, and no caller does.
const REPORTED: &[&str] = &[
    "codeChecksum",
    "codeSize",
    "createdTime",
    "functionArn",
    "functionId",
    "lastModifiedTime",
    "lastUpdateStatus",
    "lastUpdateStatusReason",
    "lastUpdateStatusReasonCode",
    "state",
    "stateReason",
    "stateReasonCode",
];

/// The largest body of a synchronous invocation.
const INVOKE_LIMIT: usize = 32 << 20;

pub(super) fn parse(request: &HttpRequest) -> Result<ServerCall, ApiError> {
    let (route, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    let segments: Vec<&str> = route.split('/').collect();
    let ["", VERSION, "functions", route @ ..] = segments.as_slice() else {
        return Err(unknown_path(&request.path));
    };
    let plain = |request| ServerCall { request, config: Map::new() };
    match (route, request.method) {
        ([], "POST") => create(request),
        ([], _) => Err(wrong_method(request, "POST")),
        ([""], _) | (["", "invocations"], _) => Err(unknown_path(&request.path)),
        ([name], "GET") => {
            only_latest(query)?;
            Ok(plain(Request::Get { function: function(name)?.into() }))
        }
        ([name], "PUT") => update(name, request),
        ([name], "DELETE") => Ok(plain(Request::Delete { function: function(name)?.into() })),
        ([_], _) => Err(wrong_method(request, "GET, PUT and DELETE")),
        ([name, "invocations"], "POST") => {
            only_latest(query)?;
            only_synchronous(request)?;
            Ok(plain(Request::Invoke { function: function(name)?.into() }))
        }
        ([_, "invocations"], _) => Err(wrong_method(request, "POST")),
        _ => Err(unknown_path(&request.path)),
    }
}

fn create(request: &HttpRequest) -> Result<ServerCall, ApiError> {
    let mut config = settings(&request.body)?;
    let Some(function) = string(&config, "functionName")? else { return Err(missing("functionName")) };
    if !is_function_name(&function) {
        return Err(invalid(format!(
            "functionName {function:?} is not 1 to 64 letters, digits, `_` and `-`, beginning with a letter or `_`"
        )));
    }
    for required in ["runtime", "handler"] {
        if string(&config, required)?.is_none() {
            return Err(missing(required));
        }
    }
    let Some(image) = take_image(&mut config)? else { return Err(missing("customContainerConfig.image")) };
    config.remove("functionName");
    Ok(ServerCall { request: Request::Create { function: function.into(), image: image.into() }, config })
}

fn update(name: &str, request: &HttpRequest) -> Result<ServerCall, ApiError> {
    let function = function(name)?;
    let mut config = settings(&request.body)?;
    let image = take_image(&mut config)?.unwrap_or_default();
    // Clients repeat these in an update, which cannot change them.
    for fixed in ["functionName", "tags", "resourceGroupId"] {
        config.remove(fixed);
    }
    Ok(ServerCall { request: Request::Update { function: function.into(), image: image.into() }, config })
}

/// The body of a create or an update: an object whose known keys are of the right type; null is as good as absent, and
/// what clients send back because they once read it is dropped.
fn settings(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    let mut config: Map<String, Value> =
        serde_json::from_slice(body).map_err(|error| invalid(format!("the body is not a JSON object: {error}")))?;
    config.retain(|key, value| !value.is_null() && !REPORTED.contains(&key.as_str()));
    match string(&config, "runtime")? {
        None => {}
        Some(runtime) if runtime == RUNTIME => {}
        Some(runtime) => return Err(invalid(format!("runtime {runtime:?} is not supported here, only {RUNTIME:?}"))),
    }
    if string(&config, "handler")?.is_some_and(|handler| handler.is_empty()) {
        return Err(invalid("handler is empty"));
    }
    for key in ["cpu", "memorySize", "diskSize", "timeout", "instanceConcurrency"] {
        if config.get(key).is_some_and(|value| value.as_f64().is_none_or(|number| number <= 0.0)) {
            return Err(invalid(format!("{key} is not a number above zero")));
        }
    }
    Ok(config)
}

/// Takes the image out of the settings, and leaves what else they say of the container.
fn take_image(config: &mut Map<String, Value>) -> Result<Option<String>, ApiError> {
    let Some(container) = config.get_mut(CONTAINER) else { return Ok(None) };
    let Some(container) = container.as_object_mut() else {
        return Err(invalid("customContainerConfig is not an object"));
    };
    container.retain(|_, value| !value.is_null());
    container.remove("resolvedImageUri");
    let port = container.get("port");
    if port.is_some_and(|port| port.as_u64().is_none_or(|port| !(1..=65535).contains(&port))) {
        return Err(invalid("customContainerConfig.port is not a port number"));
    }
    let image = match container.remove("image") {
        None => None,
        Some(Value::String(image)) if !image.is_empty() => Some(image),
        Some(_) => return Err(invalid("customContainerConfig.image is not an image reference")),
    };
    if container.is_empty() {
        config.remove(CONTAINER);
    }
    Ok(image)
}

fn string(config: &Map<String, Value>, key: &str) -> Result<Option<String>, ApiError> {
    match config.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(invalid(format!("{key} is not a string"))),
    }
}

fn is_function_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '-'))
}

/// The name in a path. It need not be a valid one: no function is called by any other, which is for others to say.
fn function(segment: &str) -> Result<String, ApiError> {
    path::decode(segment).ok_or_else(|| invalid("the function's name in the path is not UTF-8"))
}

fn only_latest(query: &str) -> Result<(), ApiError> {
    let qualifiers = query.split('&').filter_map(|pair| pair.strip_prefix("qualifier="));
    match qualifiers.into_iter().find(|qualifier| !matches!(*qualifier, "" | "LATEST")) {
        None => Ok(()),
        Some(other) => Err(invalid(format!("qualifier {other:?} is not supported here, only LATEST"))),
    }
}

fn only_synchronous(request: &HttpRequest) -> Result<(), ApiError> {
    let kind = request.headers.iter().find(|(key, _)| key == INVOCATION_TYPE).map_or("Sync", |(_, value)| value);
    if kind == "Async" {
        return Err(invalid("asynchronous invocation is not supported here, only x-fc-invocation-type: Sync"));
    }
    if kind != "Sync" {
        return Err(invalid(format!("x-fc-invocation-type {kind:?} is neither Sync nor Async")));
    }
    if request.body.len() > INVOKE_LIMIT {
        return Err(invalid(format!("the body of a synchronous invocation is larger than {INVOKE_LIMIT} bytes")));
    }
    Ok(())
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError { status: 400, code: "InvalidArgument".to_owned(), message: message.into() }
}

fn missing(field: &str) -> ApiError {
    invalid(format!("{field} is required"))
}

fn unknown_path(path: &str) -> ApiError {
    ApiError {
        status: 404,
        code: "PathNotSupported".to_owned(),
        message: format!("there is nothing at {path:?}; functions are at \"/{VERSION}/functions\""),
    }
}

fn wrong_method(request: &HttpRequest, right: &str) -> ApiError {
    ApiError {
        status: 405,
        code: "MethodNotAllowed".to_owned(),
        message: format!("{} is not supported here at {:?}, only {right}", request.method, request.path),
    }
}

/// An update names only what it changes; of the container, too, what it does not name stays.
pub(super) fn merge(config: &mut Map<String, Value>, mut update: Map<String, Value>) {
    if let (Some(Value::Object(old)), Some(Value::Object(new))) = (config.get(CONTAINER), update.get_mut(CONTAINER)) {
        let mut merged = old.clone();
        merged.append(new);
        *new = merged;
    }
    config.extend(update);
}

pub(super) fn render(reply: &ServerReply, request_id: &str) -> HttpResponse {
    let json = ("content-type", "application/json");
    let (status, kind, body) = match reply {
        ServerReply::Function(view) => (200, Some(json), self::view(view).to_string().into_bytes()),
        ServerReply::Deleted => (204, None, Vec::new()),
        ServerReply::Served { body, .. } => (200, Some(("content-type", "application/octet-stream")), body.clone()),
        ServerReply::Error(error) => {
            let body = json!({ "RequestId": request_id, "Code": error.code, "Message": error.message });
            (error.status, Some(json), body.to_string().into_bytes())
        }
    };
    let mut headers = vec![(REQUEST_ID, request_id)];
    headers.extend(kind);
    if let ServerReply::Served { function_error: Some(kind), .. } = reply {
        headers.push((ERROR_TYPE, kind));
    }
    let headers = headers.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    HttpResponse { status, headers, body }
}

/// A function as GetFunction shows it: what was configured, and over it what became of it.
fn view(view: &FunctionView) -> Value {
    let mut json = view.config.clone();
    let mut container = match json.remove(CONTAINER) {
        Some(Value::Object(container)) => container,
        _ => Map::new(),
    };
    container.insert("image".to_owned(), view.image.clone().into());
    if let Some(digest) = &view.digest {
        container.insert("resolvedImageUri".to_owned(), format!("{}@{digest}", repository(&view.image)).into());
    }
    json.insert(CONTAINER.to_owned(), container.into());
    json.insert("functionName".to_owned(), view.name.clone().into());
    let reasoned = [
        ("state", &view.state, &view.state_reason),
        ("lastUpdateStatus", &view.last_update_status, &view.last_update_status_reason),
    ];
    for (key, word, reason) in reasoned {
        if let Some(word) = word {
            json.insert(key.to_owned(), word.clone().into());
        }
        if let Some((reason, code)) = reason {
            json.insert(format!("{key}Reason"), reason.clone().into());
            json.insert(format!("{key}ReasonCode"), code.clone().into());
        }
    }
    Value::Object(json)
}

/// The reference without its tag or digest: a colon before the last slash belongs to the registry's port.
fn repository(image: &str) -> &str {
    let image = image.split_once('@').map_or(image, |(tagged, _)| tagged);
    match image.rfind(':') {
        Some(colon) if !image[colon..].contains('/') => &image[..colon],
        _ => image,
    }
}

#[cfg(test)]
mod tests;
