//! HAR files that are broken, in any place and any way: read as far as it matters, or an error that says what is wrong.

use crate::har::{BROWSER, MITMPROXY, PLAYWRIGHT, changed, history};
use serde_json::{Value, json};
use std::fmt::Write;

#[test]
fn what_is_wrong_is_said_with_the_entry_and_the_field() {
    let mut said = String::new();
    for (pointer, value) in [
        ("/startedDateTime", json!("yesterday")),
        ("/startedDateTime", Value::Null),
        ("/time", json!("20")),
        ("/time", json!(1e300)),
        ("/timings", json!([])),
        ("/request", Value::Null),
        ("/request/url", json!(7)),
        ("/response", json!("x".repeat(100))),
        ("/response/status", json!(20.5)),
        ("/response/status", json!(70_000)),
        ("/response/status", json!("200")),
        ("/response/headers", json!({ "a": "b" })),
        ("/response/content", json!(true)),
    ] {
        let _ = writeln!(said, "{}", history(&changed(&[(pointer, value)])));
    }
    for file in [
        "",
        "{",
        "[]",
        "7",
        "{}",
        r#"{"log":null}"#,
        r#"{"log":[]}"#,
        r#"{"log":{}}"#,
        r#"{"log":{"entries":{}}}"#,
        r#"{"log":{"entries":"x"}}"#,
        r#"{"log":{"entries":[7]}}"#,
        r#"{"log":{"entries":[]}} x"#,
        r#"{"log":{"entries":[{"request":{"#,
    ] {
        let _ = writeln!(said, "{file:<30} {}", history(file));
    }
    let deep = format!("{{\"log\":{{\"entries\":[{}", "[".repeat(10_000));
    let _ = writeln!(said, "{}", history(&deep));
    insta::assert_snapshot!(said, @r#"
    error: entry 1: field `startedDateTime`: must be a time such as 2024-05-01T10:00:00.123Z, not "yesterday"
    error: entry 1: field `startedDateTime`: is missing: a string is needed
    error: entry 1: field `time`: must be a number, not "20"
    error: entry 1: field `time`: 1e300 milliseconds are more than any request takes
    error: entry 1: field `timings`: must be an object, not []
    error: entry 1: field `request.url`: is missing: a string is needed
    error: entry 1: field `request.url`: must be a string, not 7
    error: entry 1: field `response`: must be an object, not "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
    error: entry 1: field `response.status`: must be an HTTP status, not 20.5
    error: entry 1: field `response.status`: must be an HTTP status, not 70000
    error: entry 1: field `response.status`: must be a number, not "200"
    error: entry 1: field `response.headers`: must be an array, not {"a":"b"}
    error: entry 1: field `response.content`: must be an object, not true
                                   error: the file ends in the middle: was the recording cut short?, after 0 entries
    {                              error: the file ends in the middle: was the recording cut short?, after 0 entries
    []                             error: not a HAR file: it must be an object, not an array
    7                              error: not a HAR file: it must be an object, not a number
    {}                             error: not a HAR file: there is no `log.entries` in it
    {"log":null}                   error: not a HAR file: `log` must be an object, not null
    {"log":[]}                     error: not a HAR file: `log` must be an object, not an array
    {"log":{}}                     error: not a HAR file: there is no `log.entries` in it
    {"log":{"entries":{}}}         error: not a HAR file: `log.entries` must be an array, not an object
    {"log":{"entries":"x"}}        error: not a HAR file: `log.entries` must be an array, not a string
    {"log":{"entries":[7]}}        error: not a HAR file: entry 1 is a number, not an object
    {"log":{"entries":[]}} x       error: not JSON: trailing characters at line 1 column 24, after 0 entries
    {"log":{"entries":[{"request":{ error: the file ends in the middle: was the recording cut short?, after 0 entries
    error: not JSON: recursion limit exceeded at line 1 column 144, after 0 entries
    "#);
}

#[test]
fn what_does_not_matter_may_be_wrong() {
    let other = changed(&[("/request/url", json!("http://h/x")), ("/startedDateTime", json!(7)), ("/time", json!([]))]);
    assert_eq!(history(&other), "left out: requests that are no operation of a function: 1\n");
    let null =
        changed(&[("/request/headers", json!([null, 7, { "name": null }, { "name": "A" }])), ("/cache", Value::Null)]);
    assert!(history(&null).contains(r#""state":"Active""#));
    assert_eq!(history(r#"{"log":{"entries":[]}}"#), "");
}

/// The ways to all that is in a value.
fn ways(value: &Value, way: &str, found: &mut Vec<String>) {
    let mut inner = |key: &str, value: &Value| {
        let way = format!("{way}/{key}");
        ways(value, &way, found);
        found.push(way);
    };
    match value {
        Value::Object(object) => object.iter().for_each(|(key, value)| inner(key, value)),
        Value::Array(list) => list.iter().enumerate().for_each(|(place, value)| inner(&place.to_string(), value)),
        _ => {}
    }
}

#[test]
fn whatever_stands_in_whatever_place_is_read_or_an_error() {
    let nasty = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(0),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(1e308),
        json!(-0.5),
        json!(""),
        json!("%ff"),
        json!("\u{0}é\u{10ffff}"),
        json!("9999-12-31T23:59:60.999999999+23:59"),
        json!("0000-01-01T00:00:00-23:59"),
        json!([]),
        json!([null]),
        json!({}),
        json!({ "": null }),
    ];
    let mut read = 0;
    for file in [BROWSER, MITMPROXY, PLAYWRIGHT] {
        let file: Value = serde_json::from_str(file).expect("JSON");
        for entry in file["log"]["entries"].as_array().expect("entries") {
            let mut found = Vec::new();
            ways(entry, "", &mut found);
            for way in found {
                for value in &nasty {
                    let mut entry = entry.clone();
                    *entry.pointer_mut(&way).expect("a place") = value.clone();
                    read += usize::from(!history(&json!({ "log": { "entries": [entry] } }).to_string()).is_empty());
                }
            }
        }
    }
    assert!(read > 10_000, "{read}");
}

#[test]
fn a_file_that_ends_in_the_middle_is_said_to() {
    for length in (0..BROWSER.trim_end().len()).step_by(7) {
        if let Some(cut) = BROWSER.get(..length) {
            assert!(history(cut).starts_with("error: the file ends in the middle"), "{length}: {}", history(cut));
        }
    }
}
