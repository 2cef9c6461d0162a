//! `check` on HAR files whole: what is said of traffic that others recorded, of functions that were there before.

use crate::cli::{CommandOutput, fnconform_in};
use serde_json::{Value, json};

const DIGEST: [&str; 2] = [
    "sha256:1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a",
    "sha256:2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b",
];

/// A request to the function `f` or, to create one, to all of them, with its answer; one every ten seconds.
fn entry(place: usize, method: &str, path: &str, body: Value, status: u16, answer: &str) -> Value {
    json!({
        "startedDateTime": format!("2024-05-01T10:{:02}:{:02}.123Z", place / 6, place % 6 * 10), "time": 20.25,
        "request": {
            "method": method, "url": format!("https://fc.example/2023-03-30/functions{path}"), "headers": [],
            "postData": { "mimeType": "application/json", "text": body.to_string() },
        },
        "response": { "status": status, "headers": [], "content": { "size": answer.len(), "text": answer } },
    })
}

/// What is done to the function: `create`, `update`, `get STATE STATUS DIGEST`, `call REPLY` or `call no`.
fn har(steps: &[&str]) -> String {
    let image =
        |place: usize| json!({ "functionName": "f", "customContainerConfig": { "image": format!("app:{place}") } });
    let error = r#"{"Code":"NotNow","Message":"not now"}"#;
    let step = |(place, step): (usize, &&str)| {
        let words: Vec<&str> = step.split(' ').collect();
        match words.as_slice() {
            ["create"] => entry(place, "POST", "", image(place), 200, "{}"),
            ["update"] => entry(place, "PUT", "/f", image(place), 200, "{}"),
            ["get", state, rest @ ..] => {
                let digest = rest.get(1).map(|digest| format!("app@{digest}"));
                let report = json!({
                    "runtime": "custom-container", "state": state, "lastUpdateStatus": rest.first(),
                    "customContainerConfig": { "resolvedImageUri": digest },
                });
                entry(place, "GET", "/f", json!(""), 200, &report.to_string())
            }
            ["call", "no"] => entry(place, "POST", "/f/invocations", json!(""), 412, error),
            ["call", reply] => entry(place, "POST", "/f/invocations", json!(""), 200, reply),
            other => panic!("{other:?} is no step"),
        }
    };
    json!({ "log": { "entries": steps.iter().enumerate().map(step).collect::<Vec<_>>() } }).to_string()
}

fn check(har: &str, args: &[&str]) -> CommandOutput {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("app.har"), har).expect("a file");
    fnconform_in(folder.path(), &[&["check", "app.har"], args].concat(), "")
}

/// The first line that is said of such steps.
fn said(steps: &[&str], args: &[&str]) -> String {
    let output = check(&har(steps), args);
    output.stdout.lines().next().map_or_else(|| output.to_string(), str::to_owned)
}

const CONFORMS: &str = "app.har: conforms";

#[test]
fn a_function_may_have_been_in_any_state_before() {
    for steps in [
        &["get Active", "call hello"][..],
        &["call no", "get Pending", "get Active"],
        &["get Failed", "call no", "update", "get Active Successful"],
        &["get Inactive", "call no", "get Pending", "get Active", "call hello"],
        &["create", "get Pending", "call no", "get Active", "call hello"],
        &["call hello", "get Inactive"],
    ] {
        assert_eq!(said(steps, &[]), CONFORMS, "{steps:?}");
    }
}

#[test]
fn what_no_state_before_explains_is_a_violation() {
    for (steps, violation) in [
        (&["create", "get Pending", "call no", "get Creating"][..], "states.known at entry 4"),
        (&["get Active Sucessful"], "update.known at entry 1"),
        (&["create", "create"], "states.only-documented at entry 2"),
    ] {
        assert_eq!(said(steps, &[]), format!("app.har: violates {violation}"), "{steps:?}");
    }
}

#[test]
fn replies_tell_which_code_served() {
    let [old, new] = DIGEST;
    let (first, second) = (format!("get Active Successful {old}"), format!("get Active Successful {new}"));
    let steps = [first.as_str(), "call v1", "update", second.as_str(), "call v1"];
    assert_eq!(said(&steps, &[]), CONFORMS);
    let reply = format!("v1={old}");
    let violation = said(&steps, &["--reply", &reply]);
    assert_eq!(violation, "app.har: violates readiness.successful-then-new at entry 5");
    // A digest speaks for itself.
    let call = format!("call {old}");
    let steps = [first.as_str(), call.as_str(), "update", second.as_str(), call.as_str()];
    assert_eq!(said(&steps, &[]), violation);
}

#[test]
fn a_pause_is_long_enough_if_that_is_said() {
    let steps = ["get Active", "call hello", "update", "get Active InProgress", "get Active InProgress"];
    assert_eq!(said(&steps, &[]), CONFORMS);
    assert_eq!(said(&steps, &["--settle", "30s"]), CONFORMS);
    assert_eq!(said(&steps, &["--settle", "5s"]), "app.har: violates update.ends at entry 4");
}

#[test]
fn an_image_that_is_known_to_be_bad_cannot_be_prepared() {
    let steps = ["create", "get Pending", "get Active"];
    assert_eq!(said(&steps, &["--bad-image", "app:7"]), CONFORMS);
    assert!(said(&steps, &["--bad-image", "app:0"]).starts_with("app.har: violates "));
}

#[test]
fn what_was_left_out_is_said() {
    let browser = include_str!("har/browser.har");
    insta::assert_snapshot!(check(browser, &[]), @r"
    app.har: conforms
      left out: 4 of 10 entries (--stats says why)
    ");
}
