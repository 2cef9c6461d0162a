//! Credentials as users meet them: right and wrong ones, and that what is secret appears nowhere.

use crate::cli::{CommandOutput, Server, command, finished};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

const ID: &str = "key-of-the-tests";
const SECRET: &str = "hush/secret+4f1d9b27==";
const TOKEN: &str = "Hush/Token+9a3c5e7f==";

const ACS3: [&str; 3] =
    ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"];
const AWS4: [&str; 3] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];

/// The command in that folder, with these credentials under those names.
fn with(folder: &Path, names: [&str; 3], values: [&str; 3], args: &[&str]) -> CommandOutput {
    let mut command = command();
    command.args(args).current_dir(folder).envs(names.into_iter().zip(values));
    finished(command, "")
}

/// The same, with the right ones.
fn right(folder: &Path, args: &[&str]) -> CommandOutput {
    with(folder, ACS3, [ID, SECRET, TOKEN], args)
}

/// Starts a command that listens, and says at which URL.
fn listening(args: &[&str]) -> (Server, String) {
    let mut command = command();
    command.args(args).args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut server = Server(command.spawn().unwrap());
    let mut stdout = BufReader::new(server.0.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    server.0.stdout = Some(stdout.into_inner());
    let url = line.trim().strip_prefix("listening on ").expect("it listens").to_owned();
    (server, url)
}

/// Ends it as Ctrl-C does, and says all that it said after its first line.
fn interrupted(mut server: Server) -> String {
    let id = server.0.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let mut said = String::new();
    server.0.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    server.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    said
}

/// A folder with a file of the keys that the tests have.
fn keyed() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("the.keys");
    std::fs::write(&file, format!("# of the tests\n{ID} {SECRET} {TOKEN}\n")).unwrap();
    let file = file.to_str().unwrap().to_owned();
    (folder, file)
}

/// What must not be found: what is secret, and the forms that it takes on its way.
fn needles() -> Vec<String> {
    let forms = |text: &str| {
        let encoded = text.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D");
        [text.to_owned(), encoded, STANDARD.encode(text), URL_SAFE_NO_PAD.encode(text), text.replace('/', r"\/")]
    };
    [SECRET, TOKEN].into_iter().flat_map(forms).collect()
}

fn assert_silent(place: &str, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for needle in needles() {
        assert!(!text.contains(&needle), "{place} has {needle}:\n{text}");
    }
}

/// Searches all files below the folder, and says how many there are.
fn searched(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            if path.is_dir() {
                return searched(&path);
            }
            assert_silent(&path.display().to_string(), &std::fs::read(&path).unwrap());
            1
        })
        .sum()
}

fn assert_says_nothing(what: &str, output: &CommandOutput) {
    assert_silent(what, format!("{output}").as_bytes());
}

#[test]
fn whoever_has_the_key_is_let_in_and_nobody_else() {
    let (folder, keys) = keyed();
    let (_server, url) = listening(&["serve", "--auth", &format!("acs3:{keys}")]);
    let run = ["run", "--endpoint", &url, "--run", "@api.not-found"];
    let output = right(folder.path(), &run);
    assert_eq!(output.code, Some(0), "{output}");
    let used = "ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET, ALIBABA_CLOUD_SECURITY_TOKEN";
    for (values, code) in [
        ([ID, "another/secret+01234567", TOKEN], "SignatureDoesNotMatch"),
        (["key-of-nobody", SECRET, TOKEN], "InvalidAccessKeyId.NotFound"),
        ([ID, SECRET, "another/token+01234567"], "InvalidSecurityToken.Mismatch"),
    ] {
        let output = with(folder.path(), ACS3, values, &run);
        assert_eq!(output.code, Some(3), "{output}");
        let begin = format!("error: the endpoint {url} turns the run away: HTTP 403, {code}: ");
        assert!(output.stderr.starts_with(&begin) && output.stderr.contains(used), "{output}");
        assert_says_nothing(code, &output);
    }
    let output = right(folder.path(), &[&run[..], &["--auth", "none"]].concat());
    assert_eq!(output.code, Some(3), "{output}");
    assert!(output.stderr.contains("MissingAccessKeyId: ") && output.stderr.contains("--auth none"), "{output}");
}

#[test]
fn another_scheme_is_used_if_it_is_asked_for() {
    let (folder, keys) = keyed();
    let (_server, url) = listening(&["serve", "--auth", &format!("aws4:{keys}")]);
    let run = ["run", "--endpoint", &url, "--run", "@api.not-found", "--auth", "aws4"];
    let output = with(folder.path(), AWS4, [ID, SECRET, TOKEN], &run);
    assert_eq!(output.code, Some(0), "{output}");
    let output = with(folder.path(), AWS4, [ID, "another/secret+01234567", TOKEN], &run);
    assert_eq!(output.code, Some(3), "{output}");
    assert!(output.stderr.contains("HTTP 403, InvalidSignatureException: "), "{output}");
    assert!(output.stderr.contains("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN"), "{output}");
}

#[test]
fn half_of_the_credentials_is_an_error_that_says_which_half() {
    let mut command = command();
    command.args(["run", "--auth", "auto"]).env(ACS3[1], SECRET);
    let output = finished(command, "");
    assert_eq!(output.code, Some(2), "{output}");
    let said = "ALIBABA_CLOUD_ACCESS_KEY_SECRET is set, and ALIBABA_CLOUD_ACCESS_KEY_ID is not\nhint: set ";
    assert!(output.stderr.contains(said), "{output}");
    assert_says_nothing("run", &output);
    let output = with(Path::new("."), ACS3, [ID, "hush/secret+4f1d9b27==\n", ""], &["run"]);
    assert_eq!(output.code, Some(2), "{output}");
    assert!(output.stderr.contains("the secret is not printable ASCII"), "{output}");
    assert_says_nothing("run", &output);
}

#[test]
fn what_is_secret_is_in_nothing_that_is_printed_or_written() {
    let (keys_folder, keys) = keyed();
    let auth = format!("acs3:{keys}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    // Something is broken, so that there are counterexamples; it passes through a recorder.
    let (server, url) = listening(&["serve", "--auth", &auth, "--fault", "pending-serves"]);
    let recorded = path.join("recorded.ndjson");
    let (recorder, through) = listening(&["record", "--endpoint", &url, "--out", recorded.to_str().unwrap()]);
    let run = ["run", "--endpoint", &through, "--run", "@states.pending-not-invocable"];
    let output = right(path, &run);
    assert_eq!(output.code, Some(1), "{output}");
    assert_says_nothing("run", &output);
    let counterexamples = path.join("fnconform-results/counterexamples");
    let files = std::fs::read_dir(&counterexamples).unwrap().map(|entry| entry.unwrap().path());
    let counterexample = files.into_iter().find(|file| file.extension().is_some_and(|kind| kind == "ndjson")).unwrap();
    let output = right(path, &["replay", counterexample.to_str().unwrap(), "--out", "replayed"]);
    assert_eq!(output.code, Some(1), "{output}");
    assert_says_nothing("replay", &output);
    assert_silent("record", interrupted(recorder).as_bytes());
    assert_silent("serve", interrupted(server).as_bytes());
    // What was recorded was signed for the recorder, and passed.
    assert!(std::fs::read_to_string(&recorded).unwrap().lines().count() > 20);
    let output = right(path, &["check", "recorded.ndjson"]);
    assert_says_nothing("check", &output);
    assert!(searched(path) > 6);
    drop(keys_folder);
}

/// Explains its refusal with what it was sent, as some do.
fn talkative() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let head: Vec<String> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
            // Not of the rest, because a long message is cut.
            let telling = |line: &&String| line.starts_with("GET") || line.contains("token: ");
            let shown: Vec<&str> = head.iter().filter(telling).map(String::as_str).collect();
            let message = format!("expected {} with {SECRET}", shown.join(" "));
            let body = serde_json::json!({ "Code": "SignatureDoesNotMatch", "Message": message }).to_string();
            let head = format!("HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
            // Whoever has gone away reads nothing.
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }
    });
    url
}

#[test]
fn an_endpoint_that_repeats_what_is_secret_does_not_make_us_print_it() {
    let folder = tempfile::tempdir().unwrap();
    let output = right(folder.path(), &["run", "--endpoint", &talkative()]);
    assert_eq!(output.code, Some(3), "{output}");
    assert!(output.stderr.contains("SignatureDoesNotMatch: expected GET /2023-03-30/functions/"), "{output}");
    assert_says_nothing("run", &output);
}

/// A browser writes every header that it sent into a HAR file.
#[test]
fn what_a_har_file_has_of_signatures_is_in_no_history() {
    let folder = tempfile::tempdir().unwrap();
    let header = |name: &str, value: &str| serde_json::json!({ "name": name, "value": value });
    let entry = serde_json::json!({
        "startedDateTime": "2024-05-01T10:00:00.000Z",
        "time": 5,
        "request": {
            "method": "GET",
            "url": format!("https://{ID}:{}@fc.example/2023-03-30/functions/f?SecurityToken={TOKEN}", needles()[1]),
            "headers": [
                header("Authorization", &format!("ACS3-HMAC-SHA256 Credential={ID},Signature={SECRET}")),
                header("x-acs-security-token", TOKEN),
                header("X-Amz-Security-Token", TOKEN),
            ],
        },
        "response": {
            "status": 200,
            "headers": [header("x-fc-request-id", "1")],
            "content": { "mimeType": "application/json", "text": r#"{"runtime":"custom-container","state":"Active"}"# },
        },
        "timings": { "send": 0, "wait": 5, "receive": 0 },
    });
    let har = serde_json::json!({ "log": { "version": "1.2", "entries": [entry] } });
    std::fs::write(folder.path().join("a.har"), har.to_string()).unwrap();
    let output = right(folder.path(), &["check", "a.har", "--as-history", "a.ndjson", "--stats"]);
    assert_eq!(output.code, Some(0), "{output}");
    assert_says_nothing("check", &output);
    let history = std::fs::read(folder.path().join("a.ndjson")).unwrap();
    assert!(String::from_utf8_lossy(&history).contains(r#""op":"get""#));
    assert_silent("a.ndjson", &history);
}
