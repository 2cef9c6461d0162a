#![allow(clippy::unwrap_used)]

use super::*;
use crate::history::write;

const FC3: &str = "/2023-03-30/functions";
const LAMBDA: &str = "/2015-03-31/functions";
const ERROR: &str = r#"{"Code":"E","Message":"m"}"#;

/// An exchange from 1 to 2: `METHOD PATH?QUERY BODY`, and the answer.
fn exchange(request: &str, status: u16, body: &str) -> Exchange {
    let mut words = request.splitn(3, ' ');
    let (method, url) = (words.next().unwrap(), words.next().unwrap());
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let whole = |text: &str| Body::Whole(text.as_bytes().to_vec());
    Exchange {
        line: 7,
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        request: Message { headers: Vec::new(), body: words.next().map_or(Body::Unrecorded, whole) },
        answer: Some(Answered { status, message: Message { headers: Vec::new(), body: whole(body) } }),
        start: 1,
        end: Some(2),
    }
}

fn told(reading: &Reading) -> String {
    match reading {
        Reading::Operation(operation) => write::operation(operation),
        Reading::Replaced(operation, reason) => format!("{reason:?} {}", write::operation(operation)),
        Reading::LeftOut(reason) => format!("{reason:?}"),
        Reading::Untold(untold, reason) => format!("{reason:?}, nothing more of {:?}", untold.function.as_deref()),
    }
}

fn read(exchange: &Exchange) -> String {
    told(&operation(exchange, &Replies::default()))
}

/// What exchanges are, a line each.
fn readings(exchanges: &[(&str, u16, &str)]) -> String {
    exchanges
        .iter()
        .map(|(request, status, body)| {
            let request = request.replace("FC3", FC3).replace("LAMBDA", LAMBDA);
            format!("{}\n", read(&exchange(&request, *status, body)))
        })
        .collect()
}

#[test]
fn a_base_path_may_precede_the_apis_own() {
    let base = |path: &str| dialect(path).map(|(dialect, base)| (dialect.root(), base.to_owned()));
    assert_eq!(base("/2023-03-30/functions/f"), Some((FC3, String::new())));
    assert_eq!(base("/a/b/2015-03-31/functions"), Some((LAMBDA, "/a/b".to_owned())));
    assert_eq!(base("/2023-03-30/functionsf"), None);
    assert_eq!(base("/functions/f"), None);
}

#[test]
fn function_compute_is_read() {
    insta::assert_snapshot!(readings(&[
        (r#"POST FC3 {"functionName":"f","customContainerConfig":{"image":"a:1"}}"#, 200, ""),
        (r#"POST FC3 {"functionName":"f","customContainerConfig":{"image":"a:1"}}"#, 409, ERROR),
        (r#"POST FC3 {"functionName":"f","runtime":"python3"}"#, 200, ""),
        ("POST FC3", 200, r#"{"functionName":"f"}"#),
        ("POST FC3", 200, ""),
        ("POST FC3", 500, ""),
        ("POST FC3", 403, ERROR),
        (r#"PUT FC3/f {"customContainerConfig":{"image":"a:2"}}"#, 200, ""),
        (r#"PUT FC3/f {"customContainerConfig":{"image":"a:2"}}"#, 409, ERROR),
        (r#"PUT FC3/f {"customContainerConfig":{"image":"a:2"}}"#, 400, ERROR),
        (r#"PUT FC3/f {"customContainerConfig":{"image":"a:2"}}"#, 500, ERROR),
        (r#"PUT FC3/f {"timeout":60}"#, 200, ""),
        (r#"PUT FC3/f {"timeout":60}"#, 409, ERROR),
        (r#"PUT FC3/f {"timeout":6"#, 500, ERROR),
        ("PUT FC3/f", 503, r#"{"Code":"ResourceThrottled"}"#),
        ("GET FC3/a%2Fb/", 200, r#"{"state":"Active"}"#),
        ("GET FC3/f", 404, ERROR),
        ("GET FC3/f", 404, "<html>"),
        ("GET FC3/f", 200, r#"{"runtime":"custom-container"}"#),
        ("GET FC3/f", 200, r#"{"functionName":"f"}"#),
        ("GET FC3/f", 200, r#"{"runtime":"python3","state":"Active"}"#),
        ("POST FC3/f/invocations?qualifier=LATEST", 200, "hello"),
        ("POST FC3/f/invocations?qualifier=3", 200, "hello"),
        ("POST FC3/f/invocations", 202, ""),
        ("POST FC3/f/invocations", 412, ERROR),
        ("POST FC3/f/invocations", 400, ERROR),
        ("POST FC3/f/invocations", 401, ERROR),
        ("POST FC3/f/invocations", 502, ERROR),
        ("POST FC3/f/invocations", 502, "<html>"),
        ("POST FC3/f/invoke/disable", 200, "{}"),
        ("DELETE FC3/f", 204, ""),
        ("DELETE FC3/f", 404, ERROR),
        ("DELETE FC3/f", 302, ""),
        ("GET FC3", 200, "{}"),
        ("GET FC3/f/aliases", 200, "{}"),
    ]), @r#"
    {"op":"create","function":"f","start":1,"end":2,"image":"a:1","ok":true,"status":200}
    {"op":"create","function":"f","start":1,"end":2,"image":"a:1","ok":false,"status":409,"error":"E"}
    OtherRuntime, nothing more of Some("f")
    {"op":"create","function":"f","start":1,"end":2,"image":"unrecorded:f:7","ok":true,"status":200}
    NoBody, nothing more of None
    NoBody, nothing more of None
    NoBody
    {"op":"update","function":"f","start":1,"end":2,"image":"a:2","ok":true,"status":200}
    {"op":"update","function":"f","start":1,"end":2,"image":"a:2","ok":false,"status":409,"error":"E"}
    OfTheRequest
    {"op":"update","function":"f","start":1,"end":null,"image":"a:2","ok":null,"status":500,"error":"E"}
    NoImage {"op":"update","function":"f","start":1,"end":null,"image":"unrecorded:f:7","ok":null,"status":200}
    NoImage
    NoImage {"op":"update","function":"f","start":1,"end":null,"image":"unrecorded:f:7","ok":null,"status":500,"error":"E"}
    Throttled
    {"op":"get","function":"a/b","start":1,"end":2,"ok":true,"state":"Active","lastUpdateStatus":null,"digest":null,"status":200}
    {"op":"get","function":"f","start":1,"end":2,"ok":false,"status":404,"error":"E"}
    NotOfTheApi
    {"op":"get","function":"f","start":1,"end":2,"ok":true,"state":"","lastUpdateStatus":null,"digest":null,"status":200}
    Malformed
    OtherRuntime, nothing more of Some("f")
    {"op":"invoke","function":"f","start":1,"end":2,"ok":true,"served":null,"status":200}
    Qualified {"op":"invoke","function":"f","start":1,"end":null,"ok":null,"status":200}
    Asynchronous {"op":"invoke","function":"f","start":1,"end":null,"ok":null,"status":202}
    {"op":"invoke","function":"f","start":1,"end":2,"ok":false,"status":412,"error":"E"}
    OfTheRequest {"op":"invoke","function":"f","start":1,"end":null,"ok":null,"status":400,"error":"E"}
    OfTheRequest
    {"op":"invoke","function":"f","start":1,"end":2,"ok":false,"status":502,"error":"E"}
    {"op":"invoke","function":"f","start":1,"end":null,"ok":null,"status":502}
    Undocumented, nothing more of Some("f")
    {"op":"delete","function":"f","start":1,"end":2,"ok":true,"status":204}
    {"op":"delete","function":"f","start":1,"end":2,"ok":false,"status":404,"error":"E"}
    {"op":"delete","function":"f","start":1,"end":null,"ok":null,"status":302}
    Other
    Other
    "#);
}

#[test]
fn lambda_is_read() {
    insta::assert_snapshot!(readings(&[
        (r#"POST LAMBDA {"FunctionName":"f","Code":{"ImageUri":"a:1"}}"#, 201, ""),
        (r#"POST LAMBDA {"FunctionName":"f","Code":{"ZipFile":"UEs="}}"#, 201, ""),
        ("POST LAMBDA", 201, ""),
        ("GET LAMBDA/f/configuration", 200, r#"{"State":"Active","LastUpdateStatus":"Successful","CodeSha256":"abc="}"#),
        ("GET LAMBDA/f", 200, r#"{"Configuration":{"State":"Pending"},"Code":{"ResolvedImageUri":"a@sha256:1"}}"#),
        ("GET LAMBDA/f", 200, r#"{"Configuration":{}}"#),
        ("GET LAMBDA/f", 200, r#"{"Configuration":{"State":"Deactivating"}}"#),
        ("GET LAMBDA/1:function:f", 404, r#"{"__type":"com.x#ResourceNotFoundException:http://x"}"#),
        ("GET LAMBDA/arn:aws:lambda:r:1:function:f:prod", 404, ERROR),
        ("GET LAMBDA/f?Qualifier=%24LATEST", 404, ""),
        (r#"PUT LAMBDA/f/code {"ImageUri":"a:2"}"#, 200, ""),
        (r#"PUT LAMBDA/f/code {"ImageUri":"a:2","DryRun":true}"#, 200, ""),
        (r#"PUT LAMBDA/f/code {"ZipFile":"UEs="}"#, 200, ""),
        (r#"PUT LAMBDA/f/configuration {"Timeout":3}"#, 200, ""),
        ("POST LAMBDA/f/invocations", 200, "hello"),
        ("POST LAMBDA/f/invocations", 202, ""),
        ("POST LAMBDA/f/invocations", 409, r#"{"Type":"User"}"#),
        ("POST LAMBDA/f/invocations", 500, r#"{"Type":"Service"}"#),
        ("POST LAMBDA/f/invocations", 504, "<html>"),
        ("POST LAMBDA/f/invocations", 429, ""),
        ("DELETE LAMBDA/f?Qualifier=3", 204, ""),
        ("DELETE LAMBDA/f", 500, r#"{"Type":"Service"}"#),
        ("GET LAMBDA/f/policy", 200, "{}"),
    ]), @r#"
    {"op":"create","function":"f","start":1,"end":2,"image":"a:1","ok":true,"status":201}
    {"op":"create","function":"f","start":1,"end":2,"image":"unrecorded:f:7","ok":true,"status":201}
    NoBody, nothing more of None
    {"op":"get","function":"f","start":1,"end":2,"ok":true,"state":"Active","lastUpdateStatus":"Successful","digest":"abc=","status":200}
    {"op":"get","function":"f","start":1,"end":2,"ok":true,"state":"Pending","lastUpdateStatus":null,"digest":"sha256:1","status":200}
    Malformed
    Undocumented, nothing more of Some("f")
    {"op":"get","function":"f","start":1,"end":2,"ok":false,"status":404,"error":"ResourceNotFoundException"}
    Qualified
    NotOfTheApi
    {"op":"update","function":"f","start":1,"end":2,"image":"a:2","ok":true,"status":200}
    DryRun
    {"op":"update","function":"f","start":1,"end":2,"image":"unrecorded:f:7","ok":true,"status":200}
    NoImage {"op":"update","function":"f","start":1,"end":null,"image":"unrecorded:f:7","ok":null,"status":200}
    {"op":"invoke","function":"f","start":1,"end":2,"ok":true,"served":null,"status":200}
    Asynchronous {"op":"invoke","function":"f","start":1,"end":null,"ok":null,"status":202}
    {"op":"invoke","function":"f","start":1,"end":2,"ok":false,"status":409,"error":"User"}
    {"op":"invoke","function":"f","start":1,"end":2,"ok":false,"status":500,"error":"Service"}
    {"op":"invoke","function":"f","start":1,"end":null,"ok":null,"status":504}
    Throttled
    Qualified
    {"op":"delete","function":"f","start":1,"end":null,"ok":null,"status":500,"error":"Service"}
    Other
    "#);
}

#[test]
fn levers_are_read() {
    insta::assert_snapshot!(readings(&[
        (r#"PUT /x/_conformance/v1/images/r.io%2Fa%3A1 {"code":"sha256:1","condition":"held"}"#, 204, ""),
        (r#"PUT /_conformance/v1/images/a {"code":null,"condition":"missing"}"#, 500, ""),
        (r#"PUT /_conformance/v1/images/a {"condition":"held"}"#, 400, ""),
        ("PUT /_conformance/v1/images/a", 204, ""),
        ("POST /_conformance/v1/functions/f/idle", 204, ""),
        ("GET /_conformance/v1", 200, "{}"),
    ]), @r#"
    {"op":"image","start":1,"end":2,"image":"r.io/a:1","code":"sha256:1","condition":"held","status":204}
    {"op":"image","start":1,"end":null,"image":"a","code":null,"condition":"missing","status":500}
    Malformed
    NoBody, nothing more of None
    {"op":"idle","function":"f","start":1,"end":2,"status":204}
    Other
    "#);
}

#[test]
fn an_answer_that_nobody_saw_or_knows_the_time_of_tells_nothing() {
    let update = r#"PUT /2023-03-30/functions/f {"customContainerConfig":{"image":"a:2"}}"#;
    for request in [update, "POST /2023-03-30/functions/f/invocations", "DELETE /2023-03-30/functions/f"] {
        let mut exchange = exchange(request, 200, "{}");
        exchange.end = None;
        assert!(read(&exchange).contains(r#""end":null"#), "{}", read(&exchange));
        exchange.answer = None;
        assert!(read(&exchange).contains(r#""end":null"#), "{}", read(&exchange));
    }
    let mut look = exchange("GET /2023-03-30/functions/f", 200, r#"{"state":"Active"}"#);
    look.end = None;
    assert_eq!(read(&look), "NoAnswer");
}

#[test]
fn a_cut_body_tells_what_only_a_whole_one_can_say() {
    let cut = |mut exchange: Exchange| {
        let answer = exchange.answer.as_mut().unwrap();
        answer.message.body = Body::Cut(answer.message.body.bytes().to_vec());
        read(&exchange)
    };
    let digest = format!("sha256:{}", "1a".repeat(32));
    assert!(cut(exchange("POST /2023-03-30/functions/f/invocations", 200, &digest)).contains(r#""served":null"#));
    assert!(cut(exchange("GET /2023-03-30/functions/f", 200, r#"{"state":"Active"}"#)).contains("Active"));
    assert_eq!(cut(exchange("GET /2023-03-30/functions/f", 200, r#"{"state":"Act"#)), "NoBody");
}

#[test]
fn what_a_cache_on_the_way_answers_is_of_an_earlier_time() {
    let aged = |age: &str| {
        let mut look = exchange("GET /2023-03-30/functions/f", 200, r#"{"state":"Active"}"#);
        look.answer.as_mut().unwrap().message.headers.push(("age".to_owned(), age.to_owned()));
        read(&look)
    };
    assert_eq!(aged("3"), "Cached");
    assert!(aged("0").contains("Active"));
}

/// What the exchanges become together; each lasts from its place to half a place later.
fn gathered(exchanges: &[(&str, u16, &str)]) -> String {
    let read = |(place, (request, status, body)): (usize, &(&str, u16, &str))| {
        let mut exchange = exchange(request, *status, body);
        let start = i64::try_from(place).unwrap() * 10;
        (exchange.line, exchange.start, exchange.end) = (place, start, Some(start + 5));
        Read { reading: operation(&exchange, &Replies::default()), endpoint: "http://h".into() }
    };
    let gathered = gather(exchanges.iter().enumerate().map(read).collect(), &Replies::default());
    gathered.operations.iter().map(|operation| write::operation(operation) + "\n").collect()
}

#[test]
fn after_what_nobody_can_tell_nothing_is_said() {
    let invoke = ("POST /2023-03-30/functions/f/invocations", 200, "x");
    let zipped = ("GET /2023-03-30/functions/f", 200, r#"{"runtime":"python3"}"#);
    let other = ("DELETE /2023-03-30/functions/g", 204, "");
    let text = gathered(&[invoke, zipped, invoke, other]);
    assert_eq!(text.lines().count(), 2, "{text}");
    let unknown = ("POST /2023-03-30/functions", 200, "");
    let text = gathered(&[invoke, unknown, invoke, other]);
    assert_eq!(text.lines().count(), 1, "{text}");
}

#[test]
fn a_reply_is_a_code_only_if_the_history_knows_the_digest() {
    let digest = format!("sha256:{}", "1a".repeat(32));
    let invoke = ("POST /2023-03-30/functions/f/invocations", 200, digest.as_str());
    assert!(gathered(&[invoke]).contains(r#""served":null"#));
    let body = format!(r#"{{"state":"Active","customContainerConfig":{{"resolvedImageUri":"a@{digest}"}}}}"#);
    let look = ("GET /2023-03-30/functions/f", 200, body.as_str());
    assert!(gathered(&[invoke, look]).contains(&format!(r#""served":"{digest}""#)));
}
