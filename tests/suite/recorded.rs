//! `check` on what others recorded, as its users meet it: what it reads, writes, and says it cannot read.

use crate::cli::{CommandOutput, fnconform_in, snapshots};
use crate::notation;
use std::path::Path;

const BROWSER: &str = include_str!("har/browser.har");
const MITMPROXY: &str = include_str!("har/mitmproxy.har");
const OTHERS: &str = r#"{"log":{"entries":[{"request":{"method":"GET","url":"http://h/"}}]}}"#;

/// Runs `check` in a folder that holds these files.
fn check(files: &[(&str, &[u8])], args: &[&str]) -> CommandOutput {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("a file");
    }
    fnconform_in(folder.path(), &[&["check"], args].concat(), "")
}

/// The history that is read from a file.
fn as_history(name: &str, bytes: &[u8]) -> String {
    check(&[(name, bytes)], &[name, "--as-history", "-"]).stdout
}

#[test]
fn a_har_file_is_known_by_its_content_or_its_name_compressed_or_not() {
    let history = as_history("browser.har", BROWSER.as_bytes());
    assert!(
        history.starts_with(r#"{"history":1,"endpoint":"https://console.example/fc","dialect":"fc3","world":"open"}"#),
        "{history}"
    );
    assert_eq!(history.lines().count(), 7, "{history}");
    assert_eq!(as_history("anything", format!("\u{feff}\n{BROWSER}").as_bytes()), history);
    let reordered = BROWSER.replacen('{', r#"{"comment":"","#, 1);
    assert_eq!(as_history("x.har", reordered.as_bytes()), history);
    let gzipped = {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut encoder, reordered.as_bytes()).expect("compressed");
        encoder.finish().expect("compressed")
    };
    assert_eq!(as_history("x.har.gz", &gzipped), history);
    let framed = zstd::encode_all(reordered.as_bytes(), 0).expect("compressed");
    assert_eq!(as_history("x.har.zst", &framed), history);
    let piped = fnconform_in(Path::new("."), &["check", "-", "--as-history", "-"], BROWSER);
    assert_eq!(piped.stdout, history);
}

#[test]
fn what_was_read_reads_back() {
    let history = as_history("mitmproxy.har", MITMPROXY.as_bytes());
    assert_eq!(as_history("history.ndjson", history.as_bytes()), history);
}

#[test]
fn a_file_without_a_functions_request_is_nothing_to_judge() {
    let output = check(
        &[("others.har", OTHERS.as_bytes()), ("empty.har", br#"{"log":{"entries":[]}}"#)],
        &["others.har", "empty.har"],
    );
    insta::assert_snapshot!(output, @"
    others.har: inconclusive
      there is no answered call in it, so nothing could be judged
      left out: 1 of 1 entries
        requests that are no operation of a function: 1
    empty.har: inconclusive
      there is no answered call in it, so nothing could be judged
    --- exit 4
    ");
}

#[test]
fn pauses_become_settles() {
    let ndjson = notation::write("active; call A").ndjson;
    let with = |pause: &str| check(&[("a", ndjson.as_bytes())], &["a", "--settle", pause, "--as-history", "-"]).stdout;
    assert_eq!(with("8us").matches("settle\"").count(), 2, "{}", with("8us"));
    assert!(with("8us").contains(r#""settle_us":8"#));
    assert_eq!(with("9us").matches("settle\"").count(), 0);
}

#[test]
fn a_settle_that_was_a_pause_can_be_what_is_violated() {
    let ndjson = notation::write("img a A; new a; get Pending").ndjson;
    let output = check(&[("a", ndjson.as_bytes())], &["a", "--settle", "8us"]);
    assert!(output.stdout.starts_with("a: violates states.pending-becomes-active at line 3"), "{output}");
    assert_eq!(check(&[("a", ndjson.as_bytes())], &["a"]).code, Some(0));
}

#[test]
fn several_files_are_one_history_if_that_is_said() {
    let ndjson = notation::write("img a A held; new a; call A").ndjson;
    let lines: Vec<&str> = ndjson.lines().collect();
    let (first, second) = ([lines[0], "", lines[2]].join("\n"), lines[1]);
    let files = [("a", first.as_bytes()), ("b", second.as_bytes())];
    let apart = check(&files, &["a", "b"]);
    assert!(apart.stdout.starts_with("a: violates api.not-found at line 3\n"), "{apart}");
    let joined = check(&files, &["--together", "a", "b"]);
    assert!(joined.stdout.starts_with("a: violates states.pending-not-invocable at line 3\n"), "{joined}");
    let joined = check(&files, &["--together", "b", "a"]);
    assert!(joined.stdout.starts_with("a: violates states.pending-not-invocable at line 3\n"), "{joined}");
    let legal = notation::write("active; call A").ndjson;
    let output = check(&[("c", legal.as_bytes()), ("d", b"\n")], &["--together", "c", "d"]);
    insta::assert_snapshot!(output, @"c + d: conforms");
}

#[test]
fn several_har_files_are_one_history_by_their_starts() {
    let files = [("browser.har", BROWSER.as_bytes()), ("mitmproxy.har", MITMPROXY.as_bytes())];
    let history = check(&files, &["--together", "browser.har", "mitmproxy.har", "--as-history", "-"]).stdout;
    let lines: Vec<&str> = history.lines().collect();
    assert_eq!(lines[0], r#"{"history":1,"dialect":"fc3","world":"open"}"#);
    assert_eq!(lines.len(), 1 + 6 + 8, "{history}");
    let start = |line: &&str| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["start"].as_i64();
    assert!(lines[1..].is_sorted_by_key(start), "{history}");
}

#[test]
fn what_cannot_be_read_is_said_with_what_to_do() {
    let files: &[(&str, &[u8])] = &[
        ("cut.har", &BROWSER.as_bytes()[..BROWSER.len() / 2]),
        ("wrong.har", &BROWSER.replace("2024-05-01T10:00:10.000Z", "then").into_bytes()),
        ("lines.har", br#"{"op":"get"}"#),
        ("local.har", &BROWSER.replace("Z\"", "\"").into_bytes()),
        ("browser.har", BROWSER.as_bytes()),
        ("open.ndjson", br#"{"history":1,"world":"open"}"#),
        ("fc3.ndjson", br#"{"history":1,"dialect":"fc3"}"#),
        ("lambda.ndjson", br#"{"history":1,"dialect":"lambda"}"#),
        ("replies.json", br#"{"hello":1}"#),
    ];
    let mut said = String::new();
    for args in [
        &["cut.har"][..],
        &["wrong.har"],
        &["lines.har"],
        &["--together", "browser.har", "local.har"],
        &["--together", "browser.har", "fc3.ndjson"],
        &["--together", "fc3.ndjson", "open.ndjson"],
        &["--together", "fc3.ndjson", "lambda.ndjson"],
        &["--as-history", "x", "fc3.ndjson", "lambda.ndjson"],
        &["--as-history", "no/such/folder", "fc3.ndjson"],
        &["--reply", "v1", "browser.har"],
        &["--reply", "(=sha256:1", "browser.har"],
        &["--replies", "replies.json", "browser.har"],
        &["--replies", "gone.json", "browser.har"],
        &["--settle", "30", "browser.har"],
    ] {
        said.push_str(&format!("$ fnconform check {}\n{}\n\n", args.join(" "), check(files, args)));
    }
    snapshots().bind(|| insta::assert_snapshot!("cli__check_errors", said));
}

#[test]
fn what_was_said_for_nothing_is_said_to_be() {
    let ndjson = notation::write("active; call A").ndjson;
    let output = check(&[("a", ndjson.as_bytes())], &["a", "--bad-image", "a", "--bad-image", "b:7"]);
    assert_eq!(output.stderr, "warning: --bad-image: no image of a is called `b:7`\n");
    let output = check(&[("a", ndjson.as_bytes())], &["a", "--reply", "x=sha256:1"]);
    assert_eq!(output.stderr, "warning: a is no HAR file: --endpoint and replies say nothing of it\n");
}
