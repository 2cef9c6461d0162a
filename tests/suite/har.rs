//! HAR files, as their writers differ: what becomes of their entries, as lines of a history.

use fnconform::exchange::{Replies, gather};
use fnconform::har::{self, Options};
use fnconform::history::write;
use serde_json::{Value, json};
use std::fmt::Write;

pub(crate) const BROWSER: &str = include_str!("har/browser.har");
pub(crate) const MITMPROXY: &str = include_str!("har/mitmproxy.har");
pub(crate) const PLAYWRIGHT: &str = include_str!("har/playwright.har");

/// The history of a file, and below it what was left out; times in microseconds from 2024-05-01T10:00:00Z.
fn history_with(file: &str, replies: &Replies, endpoints: &[String]) -> String {
    const EPOCH: i64 = 1_714_557_600_000_000;
    let options = Options { replies, endpoints, line: &|entry| entry, progress: &mut |_| {} };
    let har = match har::read(file.as_bytes(), options) {
        Ok(har) => har,
        Err(error) => return format!("error: {error}"),
    };
    let gathered = gather(har.reads, replies);
    let mut text = String::new();
    for mut operation in gathered.operations {
        operation.start -= EPOCH;
        operation.end = operation.end.map(|end| end - EPOCH);
        let _ = writeln!(text, "{:>2} {}", operation.line, write::operation(&operation));
    }
    for (reason, count) in gathered.left_out.iter() {
        let _ = writeln!(text, "left out: {}: {count}", reason.as_str());
    }
    // Digests that are long enough to be some are too long to be read.
    text.replace(&"1a".repeat(32), "1a…")
}

/// The same, read as it is by default.
pub(crate) fn history(file: &str) -> String {
    history_with(file, &Replies::default(), &[])
}

#[test]
fn a_browser_writes_in_any_order_and_what_its_cache_answered() {
    insta::assert_snapshot!(history(BROWSER), @r#"
     3 {"op":"create","function":"thumbnail","start":124000,"end":214401,"image":"app:1","ok":true,"status":200,"request_id":"1-6632147"}
     5 {"op":"invoke","function":"thumbnail","start":2299000,"end":2331120,"ok":false,"status":412,"error":"FunctionNotReady","request_id":"1-6632169"}
     4 {"op":"get","function":"thumbnail","start":2300000,"end":2314800,"ok":true,"state":"Pending","lastUpdateStatus":null,"digest":null,"status":200,"request_id":"1-6632157"}
     7 {"op":"get","function":"thumbnail","start":9416000,"end":9436000,"ok":true,"state":"Active","lastUpdateStatus":"Successful","digest":"sha256:1a…","status":200,"request_id":"1-6632157"}
     8 {"op":"invoke","function":"thumbnail","start":9999000,"end":10044401,"ok":true,"served":"sha256:1a…","status":200,"request_id":"1-6632169"}
     9 {"op":"invoke","function":"thumbnail","start":10999000,"end":11022000,"ok":true,"served":null,"status":200,"request_id":"1-6632169"}
    left out: requests that are no operation of a function: 2
    left out: answers of a cache: 1
    left out: looks without an answer: 1
    "#);
}

#[test]
fn mitmproxy_encodes_bodies_and_sees_what_other_tools_send() {
    insta::assert_snapshot!(history(MITMPROXY), @r#"
     2 {"op":"get","function":"resize","start":1000206,"end":1042208,"ok":true,"state":"Active","lastUpdateStatus":"Successful","digest":"sha256:1a…","status":200,"request_id":"m-2"}
     3 {"op":"update","function":"resize","start":2099999,"end":2161201,"image":"app:2","ok":true,"status":200}
     5 {"op":"invoke","function":"resize","start":2499999,"end":2580821,"ok":true,"served":null,"status":200}
     6 {"op":"invoke","function":"resize","start":2999999,"end":null,"ok":null,"status":200}
     7 {"op":"invoke","function":"resize","start":3199999,"end":null,"ok":null,"status":202}
     8 {"op":"update","function":"resize","start":3999999,"end":null,"image":"unrecorded:resize:8","ok":null,"status":200}
    12 {"op":"get","function":"gone","start":7999999,"end":8013201,"ok":false,"status":404,"error":"FunctionNotFound","request_id":"r"}
    13 {"op":"delete","function":"resize","start":8999999,"end":null,"ok":null,"status":502}
    left out: requests that are no operation of a function: 1
    left out: throttled requests: 1
    left out: requests that were refused for what was wrong with themselves: 1
    left out: asynchronous invocations: 1
    left out: requests about a version or an alias: 1
    left out: updates that name no image: 1
    left out: requests about functions that are no custom containers: 1
    left out: requests after one whose effect cannot be told: 1
    "#);
}

#[test]
fn playwright_keeps_bodies_elsewhere_and_calls_no_answer_minus_one() {
    insta::assert_snapshot!(history(PLAYWRIGHT), @r#"
     1 {"op":"create","function":"mail","start":511000,"end":531721,"image":"mail:1","ok":true,"status":201}
     2 {"op":"get","function":"mail","start":1019000,"end":1024901,"ok":true,"state":"Pending","lastUpdateStatus":null,"digest":null,"status":200}
     3 {"op":"get","function":"mail","start":2019000,"end":2025181,"ok":true,"state":"Active","lastUpdateStatus":"Successful","digest":"sha256:1a…","status":200}
     4 {"op":"invoke","function":"mail","start":3000000,"end":3152009,"ok":true,"served":null,"status":200}
     5 {"op":"invoke","function":"mail","start":4000000,"end":4012200,"ok":true,"served":null,"status":200}
     7 {"op":"update","function":"mail","start":6000000,"end":6012200,"image":"mail:2","ok":false,"status":409,"error":"ResourceConflictException"}
     8 {"op":"update","function":"mail","start":7000000,"end":null,"image":"mail:2","ok":null}
     9 {"op":"delete","function":"mail","start":8000000,"end":8009200,"ok":true,"status":204}
    left out: requests without the body that would tell: 1
    "#);
}

/// An entry that is a look at an Active function, in a file of its own, with something changed in it.
pub(crate) fn changed(changes: &[(&str, Value)]) -> String {
    let body = json!({ "runtime": "custom-container", "state": "Active" }).to_string();
    let mut entry = json!({
        "startedDateTime": "2024-05-01T10:00:01.125Z", "time": 20.5,
        "request": { "method": "GET", "url": "http://h/2023-03-30/functions/f", "headers": [] },
        "response": { "status": 200, "headers": [], "content": { "size": body.len(), "text": body } },
    });
    for (pointer, value) in changes {
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        entry
            .pointer_mut(parent)
            .expect("a parent")
            .as_object_mut()
            .expect("an object")
            .insert(key.to_owned(), value.clone());
    }
    json!({ "log": { "version": "1.2", "entries": [entry] } }).to_string()
}

#[test]
fn rounding_widens_an_interval_to_all_that_it_can_mean() {
    let interval = |start: &str, time: Value| {
        let text = history(&changed(&[("/startedDateTime", json!(start)), ("/time", time)]));
        let (_, times) = text.split_once(r#""start":"#).expect("a start");
        times.split(r#","ok"#).next().expect("the times").to_owned()
    };
    // A millisecond more on either side; a tenth of one for each of the seven phases of the duration.
    assert_eq!(interval("2024-05-01T10:00:01.125Z", json!(20.5)), r#"1124000,"end":1147200"#);
    assert_eq!(interval("2024-05-01T12:00:01.125+02:00", json!(20.5)), r#"1124000,"end":1147200"#);
    assert_eq!(interval("2024-05-01T10:00:01.125", json!(20)), r#"1124000,"end":1153000"#);
    assert_eq!(interval("2024-05-01T10:00:01.125678Z", json!(0.001)), r#"1125677,"end":1125687"#);
    // A second, also where zeros stand in for what was not known.
    assert_eq!(interval("2024-05-01T10:00:01Z", json!(20.5)), r#"0,"end":2021200"#);
    assert_eq!(interval("2024-05-01T10:00:01.000Z", json!(20.5)), r#"0,"end":2021200"#);
}

#[test]
fn a_look_that_does_not_tell_is_left_out() {
    for (pointer, value) in [
        ("/time", json!(-1)),
        ("/time", Value::Null),
        ("/timings", json!({ "wait": -1 })),
        ("/response/status", json!(0)),
        ("/response/status", json!(304)),
        ("/response/status", json!(302)),
        ("/response/status", json!(403)),
        ("/response/content", json!({ "size": 90 })),
        ("/response/content", json!({ "size": 90, "text": "{\"state\":\"Act" })),
        ("/response/content", json!({ "text": "e30", "encoding": "base64" })),
        ("/response/content", json!({ "text": "e30=", "encoding": "rot13" })),
        ("/response/content", json!({ "text": "{\"state\":7}" })),
        ("/response/content", json!({ "text": "[]" })),
        ("/response/content", Value::Null),
        ("/request/url", json!("http://h/2023-03-30/functions/f?qualifier=1")),
        ("/request/url", json!("http://h/2023-03-30/functions/f/aliases/x")),
        ("/request/url", json!("http://h/2023-03-30/functionsf")),
        ("/request/url", json!("http://h/2021-04-06/functions/f")),
        ("/request/url", json!("not a url")),
        ("/request/url", json!("/2023-03-30/functions/%ff")),
        ("/request/method", json!("HEAD")),
        ("/_fromCache", json!("memory")),
    ] {
        let text = history(&changed(&[(pointer, value.clone())]));
        assert!(text.starts_with("left out: ") && text.ends_with(": 1\n"), "{pointer} {value}: {text}");
    }
}

/// A file of several such entries.
fn together(files: &[String]) -> String {
    let entry = |file: &String| serde_json::from_str::<Value>(file).expect("JSON")["log"]["entries"][0].take();
    json!({ "log": { "entries": files.iter().map(entry).collect::<Vec<_>>() } }).to_string()
}

#[test]
fn functions_of_one_name_at_several_endpoints_may_be_one_or_several() {
    let at = |url: &str| changed(&[("/request/url", json!(url))]);
    let file = together(&[
        at("https://One.example:443/2023-03-30/functions/f"),
        at("https://user:secret@one.example/base/2023-03-30/functions/f"),
        at("https://one.example/base/2023-03-30/functions/g"),
    ]);
    let left_out = |endpoints: &[&str]| {
        let endpoints: Vec<String> = endpoints.iter().map(|url| har::endpoint(url)).collect();
        let text = history_with(&file, &Replies::default(), &endpoints);
        assert!(!text.contains("secret"));
        text.lines().filter(|line| line.starts_with(" ")).count()
    };
    assert_eq!(left_out(&[]), 1);
    assert_eq!(left_out(&["https://one.example"]), 1);
    assert_eq!(left_out(&["https://ONE.example/base/"]), 2);
    // They are one endpoint then; and what stands there twice is one.
    assert_eq!(left_out(&["https://one.example", "https://one.example/base"]), 2);
}

#[test]
fn replies_are_codes_if_somebody_says_so() {
    let mut replies = Replies::default();
    replies.matching("resize v1=sha256:one").expect("a pattern");
    let text = history_with(MITMPROXY, &replies, &[]);
    assert!(text.contains(r#""served":"sha256:one""#), "{text}");
}

#[test]
fn local_times_are_not_compared_with_others() {
    let file = together(&[changed(&[]), changed(&[("/startedDateTime", json!("2024-05-01T10:00:01.125"))])]);
    insta::assert_snapshot!(history(&file), @"error: entry 2: field `startedDateTime`: some starts have an offset from UTC and some have none, so they cannot be compared: add it");
}
