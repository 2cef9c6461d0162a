//! The command as a process: how it ends, what it survives, and what it takes.

#![cfg(target_os = "linux")]

use fnconform::history::{Call, Event, read};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// A recorder that is killed with the test, if the test did not end it.
struct Recorder {
    process: Child,
    said: BufReader<ChildStdout>,
    address: String,
}

impl Drop for Recorder {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Recorder {
    fn start(endpoint: &str, args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fnconform"));
        command.args(["record", "--listen", "127.0.0.1:0", "--endpoint", &format!("http://{endpoint}")]).args(args);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").expect("it listens").to_owned();
        Self { process, said, address }
    }

    fn send(&self, method: &str, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(super::request(method, path, "").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Ends it as Ctrl-C does: its exit code, its standard output and its standard error.
    fn interrupt(mut self) -> (Option<i32>, String, String) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let (mut out, mut err) = (String::new(), String::new());
        self.said.read_to_string(&mut out).unwrap();
        self.process.stderr.take().unwrap().read_to_string(&mut err).unwrap();
        (self.process.wait().unwrap().code(), out, err)
    }
}

/// An endpoint that answers each request with a function that is Active, but those to `/slow/…` never.
fn endpoint() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let mut line = String::new();
                BufReader::new(&stream).read_line(&mut line).unwrap();
                if line.contains("/slow/") {
                    std::thread::sleep(Duration::from_secs(60));
                }
                let body = r#"{"runtime":"custom-container","state":"Active"}"#;
                let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
                // Whoever has gone away reads nothing.
                let _ = stream.write_all(format!("{head}{body}").as_bytes());
            });
        }
    });
    address
}

const GET: &str = "/2023-03-30/functions/f";

#[test]
fn the_exit_code_says_what_there_was() {
    let recorder = Recorder::start(&endpoint(), &[]);
    recorder.send("GET", "/nothing");
    let (code, out, _) = recorder.interrupt();
    assert_eq!(
        (code, out.lines().next()),
        (Some(4), Some("recorded 0 operations on 0 functions, of 1 requests; violations: 0"))
    );

    // Nothing was created, and nothing that lived before is reckoned with.
    let recorder = Recorder::start(&endpoint(), &["--world", "closed"]);
    recorder.send("GET", GET);
    let (code, out, _) = recorder.interrupt();
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("f: violates api.not-found\n"), "{out}");

    let recorder = Recorder::start(&endpoint(), &[]);
    recorder.send("GET", GET);
    assert_eq!(recorder.interrupt().0, Some(0));
}

fn wait_for(path: &Path, lines: usize) -> String {
    for _ in 0..100 {
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if text.lines().count() >= lines {
            return text;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("nothing was written");
}

#[test]
fn whoever_is_killed_leaves_a_history_of_all_but_the_last_second() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.ndjson");
    let mut recorder = Recorder::start(&endpoint(), &["--out", path.to_str().unwrap()]);
    let mut slow = TcpStream::connect(&recorder.address).unwrap();
    slow.write_all(super::request("POST", "/slow/2023-03-30/functions/f/invocations", "").as_bytes()).unwrap();
    for _ in 0..20 {
        recorder.send("GET", GET);
    }
    wait_for(&path, 22);
    recorder.process.kill().unwrap();
    recorder.process.wait().unwrap();
    let history = read::history(std::fs::read(&path).unwrap().as_slice()).unwrap();
    assert_eq!(history.operations.len(), 21);
    // What is under way may take effect later, or have done so.
    let unanswered: Vec<_> = history.operations.iter().filter(|operation| operation.end.is_none()).collect();
    assert!(unanswered.len() == 1 && matches!(&unanswered[0].event, Event::Call { call: Call::Invoke { .. }, .. }));
    let check = Command::new(env!("CARGO_BIN_EXE_fnconform")).arg("check").arg(&path).output().unwrap();
    assert_eq!(check.status.code(), Some(0), "{check:?}");
}

#[test]
fn a_full_disk_stops_the_recording_and_not_the_traffic() {
    let recorder = Recorder::start(&endpoint(), &["--out", "/dev/full"]);
    let mut page = String::new();
    for _ in 0..100 {
        assert!(recorder.send("GET", GET).contains("Active"));
        page = recorder.send("GET", "/_fnconform");
        if page.contains("stopped") {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(page.contains(r#""recording":{"reason":"cannot write the history: No space left on device"#), "{page}");
    assert!(page.contains(r#""judging":{"state":"on"}"#), "{page}");
    assert!(recorder.send("GET", GET).contains("Active"));
    let (code, out, err) = recorder.interrupt();
    assert_eq!((code, err.matches("recording stopped").count()), (Some(5), 1), "{out}{err}");
}

#[test]
fn a_file_that_is_there_is_refused_without_force() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_fnconform"));
    command.args(["record", "--listen", "127.0.0.1:0", "--endpoint", "http://127.0.0.1:1", "--out", path]);
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.ends_with("hint: --force replaces it\n"), "{said}");
    assert_eq!(Recorder::start("127.0.0.1:1", &["--out", path, "--force"]).interrupt().0, Some(4));
}

/// So much passes each way, as one body.
const LARGE: usize = 64 << 20;
/// The most memory that may take, in kB.
const MEMORY: usize = 48 << 10;

#[test]
fn a_large_body_takes_no_memory() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let recorder = Recorder::start(&listener.local_addr().unwrap().to_string(), &[]);
    let upstream = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut line = String::new();
        while line != "\r\n" {
            line.clear();
            reader.read_line(&mut line).unwrap();
        }
        let came = std::io::copy(&mut reader.take(LARGE as u64), &mut std::io::sink()).unwrap();
        stream.write_all(format!("HTTP/1.1 200 OK\r\ncontent-length: {LARGE}\r\n\r\n").as_bytes()).unwrap();
        std::io::copy(&mut std::io::repeat(b'x').take(LARGE as u64), &mut stream).unwrap();
        came
    });
    let mut client = TcpStream::connect(&recorder.address).unwrap();
    let head =
        format!("POST {GET}/invocations HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {LARGE}\r\n\r\n");
    client.write_all(head.as_bytes()).unwrap();
    std::io::copy(&mut std::io::repeat(b'y').take(LARGE as u64), &mut client).unwrap();
    let came = std::io::copy(&mut client, &mut std::io::sink()).unwrap();
    assert_eq!(upstream.join().unwrap(), LARGE as u64);
    assert!(came > LARGE as u64);
    let status = std::fs::read_to_string(format!("/proc/{}/status", recorder.process.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let peak: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(peak < MEMORY, "{peak} kB");
    assert_eq!(recorder.interrupt().0, Some(0));
}
