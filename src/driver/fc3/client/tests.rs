#![allow(clippy::unwrap_used)]

use super::*;

fn get() -> Request {
    Request::Get { function: "f".into() }
}

fn invoke() -> Request {
    Request::Invoke { function: "f".into() }
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
    let headers = headers.iter().map(|(key, value)| header(key, value)).collect();
    HttpResponse { status, headers, body: body.as_bytes().to_vec() }
}

fn meaning(request: &Request, status: u16, headers: &[(&str, &str)], body: &str) -> Meaning {
    decode(request, &answer(status, headers, body)).meaning
}

/// State, status and digest.
type Read = (String, Option<String>, Option<String>);

/// What a Get of this body reports, and the note on it.
fn reported(body: &str) -> (Option<Read>, Option<String>) {
    let reply = decode(&get(), &answer(200, &[], body));
    let report = match reply.meaning {
        Meaning::Reported(Report { state, status, digest }) => {
            Some((state.to_string(), status.map(|text| text.to_string()), digest.map(|text| text.to_string())))
        }
        Meaning::Unknown => None,
        other => panic!("a Get cannot mean {other:?}"),
    };
    (report, reply.malformed)
}

#[test]
fn calls_have_the_paths_and_actions_of_the_api() {
    let function = Name::from("a/b c");
    let image = Name::from("r.example/ns/a:1");
    let path = "/2023-03-30/functions/a%2Fb%20c";
    for (request, method, path, action) in [
        (
            Request::Create { function: function.clone(), image: image.clone() },
            "POST",
            "/2023-03-30/functions",
            "CreateFunction",
        ),
        (Request::Get { function: function.clone() }, "GET", path, "GetFunction"),
        (Request::Update { function: function.clone(), image }, "PUT", path, "UpdateFunction"),
        (Request::Delete { function: function.clone() }, "DELETE", path, "DeleteFunction"),
        (Request::Invoke { function }, "POST", "/2023-03-30/functions/a%2Fb%20c/invocations", "InvokeFunction"),
    ] {
        let http = encode(&request);
        assert_eq!((http.method, http.path.as_str()), (method, path));
        assert!(http.headers.contains(&header("x-acs-version", "2023-03-30")));
        assert!(http.headers.contains(&header("x-acs-action", action)));
        assert!(http.headers.iter().any(|(key, _)| key == "accept"));
        let typed = http.headers.contains(&header("content-type", "application/json; charset=utf-8"));
        assert_eq!(typed, !http.body.is_empty(), "only a body has a type: {action}");
        let invocation = http.headers.contains(&header("x-fc-invocation-type", "Sync"));
        assert_eq!(invocation, action == "InvokeFunction");
    }
}

#[test]
fn a_create_has_what_the_api_requires_and_an_update_only_the_image() {
    let create = encode(&Request::Create { function: "f".into(), image: "i:1".into() });
    let body: Value = serde_json::from_slice(&create.body).unwrap();
    let expected = json!({
        "functionName": "f", "runtime": "custom-container", "handler": "index.handler", "cpu": 0.35,
        "memorySize": 512, "diskSize": 512, "timeout": 60, "customContainerConfig": {"image": "i:1", "port": 9000},
    });
    assert_eq!(body, expected);
    let update = encode(&Request::Update { function: "f".into(), image: "i:2".into() });
    assert_eq!(update.body, br#"{"customContainerConfig":{"image":"i:2"}}"#);
}

#[test]
fn refusals_are_told_from_what_may_have_been_done() {
    const CODE: &str = r#"{"RequestId":"1","Code":"BadResponse","Message":"no"}"#;
    use Meaning::{Refused, Unknown};
    for (status, body, to_invoke, to_others) in [
        (400, "", Refused, Refused),
        (404, CODE, Refused, Refused),
        (412, CODE, Refused, Refused),
        (499, "<html>", Refused, Refused),
        (500, "", Refused, Unknown),
        (500, CODE, Refused, Unknown),
        (501, CODE, Unknown, Unknown),
        (502, "", Refused, Unknown),
        (503, "", Unknown, Unknown),
        (503, "[1]", Unknown, Unknown),
        (503, r#"{"Code":7}"#, Unknown, Unknown),
        (503, r#"{"ErrorCode":"X"}"#, Unknown, Unknown),
        (503, CODE, Refused, Unknown),
        (504, CODE, Unknown, Unknown),
        (599, CODE, Unknown, Unknown),
        (301, CODE, Unknown, Unknown),
        (102, CODE, Unknown, Unknown),
        (700, CODE, Unknown, Unknown),
    ] {
        let image = Name::from("i");
        assert_eq!(meaning(&invoke(), status, &[], body), to_invoke, "invoke {status} {body}");
        for request in [
            Request::Create { function: "f".into(), image: image.clone() },
            Request::Update { function: "f".into(), image },
            Request::Delete { function: "f".into() },
            get(),
        ] {
            assert_eq!(meaning(&request, status, &[], body), to_others, "{request:?} {status} {body}");
        }
    }
}

#[test]
fn throttled_is_what_says_so_and_nothing_else() {
    use Meaning::{Refused, Throttled, Unknown};
    for (status, headers, body, expected) in [
        (429, &[][..], "", Throttled(None)),
        (429, &[("retry-after", "2")], "<html>", Throttled(Some(2))),
        (429, &[], r#"{"Code":"FunctionNotFound"}"#, Throttled(None)),
        (503, &[("retry-after", "0")], "", Throttled(Some(0))),
        (503, &[("retry-after", "Fri, 02 Jan 2026 03:04:05 GMT")], "", Throttled(None)),
        (503, &[], r#"{"Code":"ResourceExhausted","Message":"x"}"#, Throttled(None)),
        (503, &[], r#"{"Code":"ResourceThrottled","Message":"x"}"#, Throttled(None)),
        (503, &[], r#"{"Code":"Throttling.User"}"#, Throttled(None)),
        (503, &[], r#"{"ErrorCode":"Throttling"}"#, Throttled(None)),
        (503, &[], r#"{"code":"TooManyRequestsException"}"#, Throttled(None)),
        (503, &[], r#"{"Code":"NotThrottling","Message":"x"}"#, Refused),
        (500, &[("retry-after", "2")], r#"{"Code":"Throttling"}"#, Refused),
        (504, &[("retry-after", "2")], r#"{"Code":"Throttling"}"#, Unknown),
        (403, &[("retry-after", "2")], r#"{"Code":"Throttling"}"#, Refused),
    ] {
        assert_eq!(meaning(&invoke(), status, headers, body), expected, "{status} {headers:?} {body}");
    }
}

#[test]
fn a_get_is_reported_as_it_was_spelled() {
    let full = r#"{"x":[1,{"y":null}],"customContainerConfig":{"resolvedImageUri":"r:5000/n/a@b@sha256:0f","port":1},
        "lastUpdateStatus":"in progress","state":"InActive"}"#;
    let report = ("InActive".to_owned(), Some("in progress".to_owned()), Some("sha256:0f".to_owned()));
    assert_eq!(reported(full), (Some(report), None));
    let nothing = (Some((String::new(), None, None)), None);
    for body in [
        "{}",
        r#"{"state":null,"lastUpdateStatus":null,"customContainerConfig":null}"#,
        r#"{"lastUpdateStatus":"","customContainerConfig":{}}"#,
        r#"{"customContainerConfig":{"resolvedImageUri":null}}"#,
        r#"{"customContainerConfig":{"resolvedImageUri":""}}"#,
    ] {
        assert_eq!(reported(body), nothing, "{body}");
    }
}

#[test]
fn a_get_that_cannot_be_read_is_unknown_and_said_to_be_malformed() {
    for (body, note) in [
        ("", "the body of the answer is not the JSON object of a function but an empty body"),
        ("[]", "the body of the answer is not the JSON object of a function but JSON that is not an object of 2 bytes"),
        ("<html>", "the body of the answer is not the JSON object of a function but an HTML page of 6 bytes"),
        (r#"{"state":3}"#, "`state` is a number, not a string"),
        (r#"{"state":"Active","lastUpdateStatus":["Successful"]}"#, "`lastUpdateStatus` is an array, not a string"),
    ] {
        assert_eq!(reported(body), (None, Some(note.to_owned())), "{body}");
    }
}

#[test]
fn a_digest_that_cannot_be_read_is_absent_and_said_to_be_malformed() {
    for (body, note) in [
        (r#"{"customContainerConfig":"x"}"#, "`customContainerConfig` is a string, not an object"),
        (r#"{"customContainerConfig":{"resolvedImageUri":true}}"#, "`resolvedImageUri` is a boolean, not a string"),
        (
            r#"{"customContainerConfig":{"resolvedImageUri":"r/a:1"}}"#,
            r#"`resolvedImageUri` names no digest behind an `@`: "r/a:1""#,
        ),
        (
            r#"{"customContainerConfig":{"resolvedImageUri":"r/a@"}}"#,
            r#"`resolvedImageUri` names no digest behind an `@`: "r/a@""#,
        ),
    ] {
        assert_eq!(reported(body), (Some((String::new(), None, None)), Some(note.to_owned())), "{body}");
    }
}

#[test]
fn an_invocation_is_served_by_what_its_body_says() {
    let served = |text: &str| Meaning::Served(Some(text.to_owned()));
    assert_eq!(meaning(&invoke(), 200, &[], " sha256:0f\r\n"), served("sha256:0f"));
    assert_eq!(meaning(&invoke(), 204, &[], ""), served(""));
    assert_eq!(meaning(&invoke(), 200, &[("x-fc-error-type", "UnhandledInvocationError")], "x"), Meaning::Served(None));
    let invalid = HttpResponse { status: 200, headers: vec![], body: b"a\xff".to_vec() };
    assert_eq!(decode(&invoke(), &invalid).meaning, served("a\u{fffd}"));
    // A body that looks like an error of the service is the function's all the same.
    let reply = decode(&invoke(), &answer(200, &[], r#"{"Code":"X","Message":"y","RequestId":"z"}"#));
    assert_eq!((reply.trace.error, reply.trace.request_id), (None, None));
}

#[test]
fn the_trace_has_status_code_and_the_first_request_id_there_is() {
    let error = r#"{"RequestId":"body","Code":"FunctionNotFound","Message":"no"}"#;
    for (headers, id) in [
        (&[("x-acs-request-id", "acs"), ("x-fc-request-id", "fc")][..], "fc"),
        (&[("x-fc-request-id", ""), ("x-acs-request-id", "acs")], "acs"),
        (&[], "body"),
    ] {
        let trace = decode(&get(), &answer(404, headers, error)).trace;
        let expected = Trace {
            status: Some(404),
            error: Some("FunctionNotFound".to_owned()),
            request_id: Some(id.to_owned()),
            ..Trace::default()
        };
        assert_eq!(trace, expected);
    }
    let old = r#"{"errorCode":"FunctionNotFound","errorMessage":"no"}"#;
    assert_eq!(decode(&get(), &answer(404, &[], old)).trace.error.as_deref(), Some("FunctionNotFound"));
}

#[test]
fn a_refusal_without_an_error_body_is_bare() {
    for (status, body, bare) in [
        (404, r#"{"Message":"no","Code":"X"}"#, None),
        (404, "", Some("an empty body")),
        (404, "<html>", Some("an HTML page of 6 bytes")),
        (404, r#"["Code","Message"]"#, Some("JSON that is not an object of 18 bytes")),
        (404, "{}", Some("a JSON object without the strings `Code` and `Message`")),
        (404, r#"{"Code":"X","Message":null}"#, Some("a JSON object without a string `Message`")),
        (404, r#"{"Code":1,"Message":"no"}"#, Some("a JSON object without a string `Code`")),
        (
            404,
            r#"{"ErrorCode":"X","ErrorMessage":"no"}"#,
            Some("a JSON object without the strings `Code` and `Message`"),
        ),
        (502, "", Some("an empty body")),
        (504, "", None),
        (429, "", None),
    ] {
        assert_eq!(decode(&invoke(), &answer(status, &[], body)).bare_error.as_deref(), bare, "{status} {body}");
    }
}

#[test]
fn a_write_is_done_whatever_it_says_but_a_page_is_noted() {
    let create = Request::Create { function: "f".into(), image: "i".into() };
    for (body, noted) in [("", false), ("{}", false), (r#"{"state":3}"#, false), ("<html>", true), ("null", true)] {
        let reply = decode(&create, &answer(200, &[], body));
        assert_eq!((reply.meaning, reply.malformed.is_some()), (Meaning::Done, noted), "{body}");
    }
    let delete = Request::Delete { function: "f".into() };
    assert_eq!(decode(&delete, &answer(204, &[], "")).meaning, Meaning::Done);
    assert!(decode(&create, &answer(307, &[], "")).malformed.is_some());
}
