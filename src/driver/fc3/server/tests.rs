#![allow(clippy::unwrap_used)]

use super::*;

fn request(method: &'static str, path: &str, body: &str) -> HttpRequest {
    HttpRequest { method, path: path.to_owned(), headers: Vec::new(), body: body.as_bytes().to_vec() }
}

fn call(method: &'static str, path: &str, body: &str) -> ServerCall {
    parse(&request(method, path, body)).unwrap()
}

fn refusal(method: &'static str, path: &str, body: &str) -> (u16, String) {
    let error = parse(&request(method, path, body)).unwrap_err();
    assert!(!error.message.is_empty());
    (error.status, error.code)
}

/// The body of a create, with these keys laid over a valid one; null takes one away.
fn creation(changes: Value) -> String {
    let mut body = json!({
        "functionName": "f-1", "runtime": "custom-container", "handler": "index.handler",
        "customContainerConfig": {"image": "r.example/ns/a:1", "port": 9000},
    });
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    body.to_string()
}

#[test]
fn what_the_official_clients_send_is_taken() {
    let create = r#"{"cpu":0.35,"customContainerConfig":{"image":"r.example/ns/a:1","port":9000},"diskSize":512,"functionName":"f-1","handler":"index.handler","memorySize":512,"runtime":"custom-container","tags":[],"timeout":60}"#;
    let call = call("POST", "/2023-03-30/functions", create);
    assert_eq!(call.request, Request::Create { function: "f-1".into(), image: "r.example/ns/a:1".into() });
    let config = json!({
        "cpu": 0.35, "customContainerConfig": {"port": 9000}, "diskSize": 512, "handler": "index.handler",
        "memorySize": 512, "runtime": "custom-container", "tags": [], "timeout": 60,
    });
    assert_eq!(Value::Object(call.config), config);

    let update = |body| self::call("PUT", "/2023-03-30/functions/f-1", body);
    let image = update(r#"{"customContainerConfig":{"image":"b"}}"#);
    assert_eq!(
        image,
        ServerCall { request: Request::Update { function: "f-1".into(), image: "b".into() }, config: Map::new() }
    );
    let repeated = update(
        r#"{"functionName":"f-1","handler":"h","runtime":"custom-container","tags":[],"state":"Active","description":null}"#,
    );
    assert_eq!(repeated.request, Request::Update { function: "f-1".into(), image: "".into() });
    assert_eq!(Value::Object(repeated.config), json!({"handler": "h", "runtime": "custom-container"}));

    for (method, path, request) in [
        ("GET", "/2023-03-30/functions/f-1", Request::Get { function: "f-1".into() }),
        ("GET", "/2023-03-30/functions/a%2Fb%20c~?qualifier=LATEST", Request::Get { function: "a/b c~".into() }),
        ("DELETE", "/2023-03-30/functions/f-1", Request::Delete { function: "f-1".into() }),
        ("POST", "/2023-03-30/functions/f-1/invocations?qualifier=", Request::Invoke { function: "f-1".into() }),
    ] {
        assert_eq!(self::call(method, path, "").request, request);
    }
}

#[test]
fn an_asynchronous_invocation_is_said_to_be_out_of_scope() {
    let mut request = request("POST", "/2023-03-30/functions/f/invocations", "x");
    for (kind, message) in [
        ("Sync", None),
        ("Async", Some("asynchronous invocation is not supported here, only x-fc-invocation-type: Sync")),
        ("Later", Some("x-fc-invocation-type \"Later\" is neither Sync nor Async")),
    ] {
        request.headers = vec![("x-fc-invocation-type".to_owned(), kind.to_owned())];
        assert_eq!(parse(&request).err().map(|error| error.message).as_deref(), message);
    }
}

#[test]
fn what_no_function_could_be_made_of_is_an_invalid_argument() {
    let bad = (400, "InvalidArgument".to_owned());
    for body in [
        String::new(),
        "[]".to_owned(),
        r#"{"functionName":"#.to_owned(),
        creation(json!({"functionName": null})),
        creation(json!({"functionName": ""})),
        creation(json!({"functionName": "1a"})),
        creation(json!({"functionName": "-a"})),
        creation(json!({"functionName": "a.b"})),
        creation(json!({"functionName": "a".repeat(65)})),
        creation(json!({"functionName": 7})),
        creation(json!({"runtime": null})),
        creation(json!({"runtime": "python3.10"})),
        creation(json!({"handler": null})),
        creation(json!({"handler": ""})),
        creation(json!({"cpu": "1"})),
        creation(json!({"memorySize": 0})),
        creation(json!({"customContainerConfig": null})),
        creation(json!({"customContainerConfig": "i"})),
        creation(json!({"customContainerConfig": {"port": 1}})),
        creation(json!({"customContainerConfig": {"image": ""}})),
        creation(json!({"customContainerConfig": {"image": "i", "port": 65536}})),
    ] {
        assert_eq!(refusal("POST", "/2023-03-30/functions", &body), bad, "{body}");
    }
    for body in ["", "null", r#"{"customContainerConfig":{"image":1}}"#, r#"{"runtime":"nodejs20"}"#] {
        assert_eq!(refusal("PUT", "/2023-03-30/functions/f", body), bad, "{body}");
    }
    assert_eq!(refusal("GET", "/2023-03-30/functions/%FF", ""), bad);
    assert_eq!(refusal("GET", "/2023-03-30/functions/f?qualifier=1", ""), bad);
    for name in ["_", "Z-9_", &"a".repeat(64)] {
        call("POST", "/2023-03-30/functions", &creation(json!({ "functionName": name })));
    }
}

#[test]
fn other_paths_and_methods_are_told_apart() {
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/2023-03-30"),
        ("POST", "/2021-04-06/functions"),
        ("GET", "/2023-03-30/functions/"),
        ("POST", "/2023-03-30/functions//invocations"),
        ("GET", "/2023-03-30/functions/f/versions"),
        ("GET", "x/2023-03-30/functions/f"),
        ("GET", "/2023-03-30/functions/f/"),
    ] {
        assert_eq!(refusal(method, path, ""), (404, "PathNotSupported".to_owned()), "{method} {path}");
    }
    for (method, path) in [
        ("GET", "/2023-03-30/functions"),
        ("POST", "/2023-03-30/functions/f"),
        ("GET", "/2023-03-30/functions/f/invocations"),
        ("HEAD", "/2023-03-30/functions/f"),
    ] {
        assert_eq!(refusal(method, path, ""), (405, "MethodNotAllowed".to_owned()), "{method} {path}");
    }
}

#[test]
fn an_update_leaves_what_it_does_not_name() {
    let mut config =
        call("POST", "/2023-03-30/functions", &creation(json!({"cpu": 1, "environmentVariables": {"A": "1"}}))).config;
    let body = r#"{"cpu":2,"customContainerConfig":{"image":"b","command":["x"]},"environmentVariables":{"B":"2"}}"#;
    merge(&mut config, call("PUT", "/2023-03-30/functions/f", body).config);
    let expected = json!({
        "cpu": 2, "customContainerConfig": {"port": 9000, "command": ["x"]}, "environmentVariables": {"B": "2"},
        "handler": "index.handler", "runtime": "custom-container",
    });
    assert_eq!(Value::Object(config.clone()), expected);
    merge(&mut config, call("PUT", "/2023-03-30/functions/f", r#"{"customContainerConfig":{"image":"c"}}"#).config);
    assert_eq!(Value::Object(config), expected);
}

fn function() -> FunctionView {
    let Value::Object(config) = json!({"runtime": "custom-container", "customContainerConfig": {"port": 9000}}) else {
        unreachable!()
    };
    FunctionView {
        name: "f".to_owned(),
        state: Some("Pending".to_owned()),
        state_reason: Some(("The function is being created.".to_owned(), "Creating".to_owned())),
        last_update_status: None,
        last_update_status_reason: None,
        image: "localhost:5000/ns/a:1".to_owned(),
        digest: Some("sha256:0f".to_owned()),
        config,
    }
}

#[test]
fn a_function_is_shown_with_its_state_over_its_settings() {
    let response = render(&ServerReply::Function(function()), "id-1");
    assert_eq!((response.status, response.header("x-fc-request-id")), (200, Some("id-1")));
    assert_eq!(response.header("content-type"), Some("application/json"));
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    let expected = json!({
        "functionName": "f", "runtime": "custom-container", "state": "Pending",
        "stateReason": "The function is being created.", "stateReasonCode": "Creating",
        "customContainerConfig": {
            "image": "localhost:5000/ns/a:1", "port": 9000, "resolvedImageUri": "localhost:5000/ns/a@sha256:0f",
        },
    });
    assert_eq!(body, expected);
}

#[test]
fn the_tag_is_no_part_of_what_an_image_was_resolved_to() {
    for (image, repository) in [
        ("a", "a"),
        ("a:1", "a"),
        ("r:5000/a", "r:5000/a"),
        ("r:5000/n/a:1", "r:5000/n/a"),
        ("r/a:1@sha256:0f", "r/a"),
        ("r/a@sha256:0f", "r/a"),
    ] {
        assert_eq!(super::repository(image), repository, "{image}");
    }
}

#[test]
fn the_other_answers_have_the_form_of_the_api() {
    let error = ApiError { status: 404, code: "FunctionNotFound".to_owned(), message: "no".to_owned() };
    let response = render(&ServerReply::Error(error), "id");
    assert_eq!((response.status, response.header("content-type")), (404, Some("application/json")));
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(body, json!({"RequestId": "id", "Code": "FunctionNotFound", "Message": "no"}));

    let response = render(&ServerReply::Deleted, "id");
    assert_eq!((response.status, response.body.len(), response.header("content-type")), (204, 0, None));

    let served = |function_error| ServerReply::Served { body: b"sha256:0f".to_vec(), function_error };
    let response = render(&served(None), "id");
    assert_eq!(
        (response.status, &response.body[..], response.header("x-fc-error-type")),
        (200, &b"sha256:0f"[..], None)
    );
    let response = render(&served(Some("UnhandledInvocationError".to_owned())), "id");
    assert_eq!(response.header("x-fc-error-type"), Some("UnhandledInvocationError"));
    assert_eq!(response.header("x-fc-request-id"), Some("id"));
}
