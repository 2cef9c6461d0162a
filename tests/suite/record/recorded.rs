//! What is recorded and judged of the traffic.

use super::{Recording, answering, request, send};
use fnconform::driver::Trust;
use fnconform::emulator::{self, Settings, fault};
use fnconform::history::{Event, Extent, read};
use fnconform::record::{Existing, Going, HostPolicy, Notice};
use std::time::{Duration, Instant};

const CREATE: &str = r#"{"functionName":"f","runtime":"custom-container","handler":"h","environmentVariables":{"K":"SECRET-env"},
 "customContainerConfig":{"image":"app:1","registryConfig":{"authConfig":{"password":"SECRET-pw"}}}}"#;
const FUNCTIONS: &str = "/2023-03-30/functions";

fn wire_path(image: &str) -> String {
    format!("/_conformance/v1/images/{image}")
}

#[tokio::test(flavor = "multi_thread")]
async fn operations_and_levers_are_recorded_and_nothing_secret() {
    let emulator = emulator::start(Settings::default(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let recording = Recording::with(emulator.address(), |settings| settings.world = Extent::Closed).await;
    let lever = request("PUT", &wire_path("app%3A1"), r#"{"code":"sha256:1","condition":"ready"}"#);
    assert!(send(&recording, &lever).await.starts_with("HTTP/1.1 204 "));
    let create = request("POST", &format!("{FUNCTIONS}?Signature=SECRET-query"), CREATE).replace(
        "host: x",
        "host: x\r\nauthorization: SECRET-auth\r\ncookie: SECRET-cookie\r\nx-acs-security-token: SECRET-sts",
    );
    assert!(send(&recording, &create).await.starts_with("HTTP/1.1 200 "));
    tokio::time::sleep(Duration::from_millis(300)).await;
    let get = send(&recording, &request("GET", &format!("{FUNCTIONS}/f"), "")).await;
    assert!(get.contains("SECRET-env"), "what passes is not redacted: {get}");
    assert!(send(&recording, &request("POST", &format!("{FUNCTIONS}/f/invocations"), "")).await.ends_with("sha256:1"));
    send(&recording, &request("POST", "/_conformance/v1/functions/f/idle", "")).await;
    let asynchronous = request("POST", &format!("{FUNCTIONS}/f/invocations"), "")
        .replace("host: x", "host: x\r\nx-fc-invocation-type: Async");
    send(&recording, &asynchronous).await;
    let page = send(&recording, &request("GET", "/_fnconform", "")).await;
    let (snapshot, text) = recording.finish().await;
    let words: Vec<&str> = text.lines().skip(1).map(|line| line.split('"').nth(3).unwrap()).collect();
    assert_eq!(words, ["image", "create", "get", "invoke", "idle", "invoke"], "{text}");
    assert!(text.contains(r#""served":"sha256:1""#) && text.contains(r#""client_start":"#), "{text}");
    for said in [&text, &page, &format!("{snapshot:?}")] {
        assert!(!said.contains("SECRET"), "{said}");
    }
    let history = read::history(text.as_bytes()).unwrap();
    assert_eq!(history.header.world, Extent::Closed);
    assert!(matches!(&history.operations[0].event, Event::Image { image, .. } if &**image == "app:1"));
    // What may have an effect that nobody sees is there, without an answer.
    assert_eq!(history.operations[5].end, None);
    assert_eq!(snapshot.book.left_out.len(), 1);
    assert_eq!((snapshot.requests, snapshot.book.violations(), &snapshot.book.recording), (6, 0, &Going::On));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_violation_is_told_at_once_and_counted() {
    let settings = Settings {
        behaviour: fault::by_name("pending-serves").unwrap(),
        preparation_time: Duration::from_secs(60),
        ..Settings::default()
    };
    let emulator = emulator::start(settings, ([127, 0, 0, 1], 0).into()).await.unwrap();
    let recording = Recording::of(emulator.address()).await;
    send(&recording, &request("PUT", &wire_path("app%3A1"), r#"{"code":"sha256:1","condition":"ready"}"#)).await;
    send(&recording, &request("POST", FUNCTIONS, CREATE)).await;
    send(&recording, &request("POST", &format!("{FUNCTIONS}/f/invocations"), "")).await;
    send(&recording, &request("GET", &format!("{FUNCTIONS}/f"), "")).await;
    let seen = Instant::now();
    let violation = loop {
        if let Some(Notice::Violation(violation)) = recording.notices.lock().unwrap().first().cloned() {
            break violation;
        }
        assert!(seen.elapsed() < Duration::from_secs(10), "nothing was told");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!((violation.requirement, &*violation.function), ("states.pending-not-invocable", "f"));
    let page = send(&recording, &request("GET", "/_fnconform", "")).await;
    let (_, body) = page.split_once("\r\n\r\n").unwrap();
    let page: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(page["violations"], 1);
    assert_eq!(page["violated"][0]["requirement"], "states.pending-not-invocable");
    let metrics = send(&recording, &request("GET", "/_fnconform/metrics", "")).await;
    let sample = "\nfnconform_record_violations_total{requirement=\"states.pending-not-invocable\"} 1\n";
    assert!(
        metrics.contains(sample) && metrics.contains("# TYPE fnconform_record_violations_total counter"),
        "{metrics}"
    );
    assert!(send(&recording, &request("GET", "/_fnconform/healthz", "")).await.ends_with("ok\n"));
    let notices = recording.notices.clone();
    let (snapshot, text) = recording.finish().await;
    assert_eq!((snapshot.book.violations(), notices.lock().unwrap().len()), (1, 1));
    assert_eq!(text.lines().nth(violation.line.unwrap() - 1).unwrap().split('"').nth(3), Some("get"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_throttled_is_left_out() {
    let throttled = b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n";
    let recording = Recording::of(answering(throttled).await).await;
    send(&recording, &request("DELETE", "/2015-03-31/functions/f", "")).await;
    let (snapshot, text) = recording.finish().await;
    assert_eq!((snapshot.book.total(), text.as_str()), (0, ""));
    assert_eq!(snapshot.book.left_out.keys().map(|why| why.as_str()).collect::<Vec<_>>(), ["throttled requests"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_there_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.ndjson");
    std::fs::write(&path, "mine").unwrap();
    let settings = fnconform::record::Settings {
        endpoint: "http://127.0.0.1:1".to_owned(),
        trust: Trust::System,
        listen: ([127, 0, 0, 1], 0).into(),
        host: HostPolicy::Client,
        out: Some((path.clone(), Existing::Refused)),
        world: Extent::Open,
        replies: fnconform::exchange::Replies::default(),
        bad_images: Vec::new(),
    };
    let error = fnconform::record::start(settings, |_| {}).await.err().unwrap().to_string();
    assert!(error.starts_with("cannot record to "), "{error}");
    assert_eq!(std::fs::read_to_string(path).unwrap(), "mine");
}
