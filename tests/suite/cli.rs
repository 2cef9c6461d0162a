//! The command as its users meet it: what it prints, and with which code it ends.

use crate::notation;
use fnconform::driver::auth::SCHEMES;
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What a command has printed, and how it ended.
#[must_use = "either compare the output or assert the exit code"]
pub(crate) struct CommandOutput {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl fmt::Display for CommandOutput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.stdout)?;
        if !self.stderr.is_empty() {
            write!(f, "--- stderr\n{}", self.stderr)?;
        }
        match self.code {
            Some(0) => Ok(()),
            Some(code) => write!(f, "--- exit {code}"),
            None => write!(f, "--- ended by a signal"),
        }
    }
}

pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fnconform"));
    command.env_remove("CLICOLOR_FORCE").env("NO_COLOR", "1");
    // Whoever runs the tests may have credentials of their own, which are nobody's business here.
    for variables in SCHEMES.iter().map(|scheme| scheme.variables()) {
        for name in [variables.id, variables.secret, variables.token, variables.region].concat() {
            command.env_remove(name);
        }
    }
    command
}

fn fnconform(args: &[&str]) -> CommandOutput {
    fnconform_in(Path::new("."), args, "")
}

pub(crate) fn fnconform_in(folder: &Path, args: &[&str], stdin: &str) -> CommandOutput {
    let mut command = command();
    command.args(args).current_dir(folder);
    finished(command, stdin)
}

/// What the command comes to, with that on its standard input.
pub(crate) fn finished(mut command: Command, stdin: &str) -> CommandOutput {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    // It may end without reading: then there is nobody to write to.
    let _ = child.stdin.take().expect("a pipe").write_all(stdin.as_bytes());
    let output = child.wait_with_output().expect("the command ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    CommandOutput { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

pub(crate) fn snapshots() -> insta::Settings {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings
}

#[test]
fn help_says_what_can_be_done() {
    snapshots().bind(|| {
        insta::assert_snapshot!("cli__help", fnconform(&["--help"]));
        for subcommand in ["run", "check", "record", "serve", "replay", "list", "explain", "self-test"] {
            insta::assert_snapshot!(format!("cli__help_{subcommand}"), fnconform(&[subcommand, "--help"]));
        }
    });
}

#[test]
fn the_catalogue_is_listed_and_explained() {
    snapshots().bind(|| {
        insta::assert_snapshot!("cli__list", fnconform(&["list"]));
        insta::assert_snapshot!("cli__list_faults", fnconform(&["list", "--faults"]));
        insta::assert_snapshot!("cli__list_faults_shortest", fnconform(&["list", "--faults", "--shortest"]));
        insta::assert_snapshot!("cli__list_legal", fnconform(&["list", "--legal"]));
        insta::assert_snapshot!("cli__list_coverage", fnconform(&["list", "--coverage"]));
        insta::assert_snapshot!("cli__explain", fnconform(&["explain", "states.inactive-remains"]));
    });
}

#[test]
fn lists_can_be_read_by_programs() {
    for (args, least) in [(&["list"][..], 35), (&["list", "--faults"], 10), (&["list", "--legal"], 5)] {
        let output = fnconform(&[args, &["--format", "json"]].concat());
        assert_eq!(output.code, Some(0), "{output}");
        let list: Vec<serde_json::Value> = serde_json::from_str(&output.stdout).expect("an array");
        assert!(list.len() >= least && list.iter().all(|one| one["name"].is_string()), "{output}");
    }
}

#[test]
fn the_list_for_programs_names_readings_and_scenarios() {
    let list: Vec<serde_json::Value> =
        serde_json::from_str(&fnconform(&["list", "--format", "json"]).stdout).expect("an array");
    let remains = list.iter().find(|one| one["name"] == "states.inactive-remains").expect("a requirement");
    assert_eq!(remains["place"], "Function states");
    assert_eq!(remains["readings"], serde_json::json!(["R10"]));
    assert!(list.iter().all(|one| one["scenarios"].as_array().is_some_and(|names| !names.is_empty())));
}

const MINE: &str = "Feature: mine

  Scenario: it wakes
    Given an Inactive function running image A
    When it is invoked
    Then it becomes Active
    And an invocation is served by image A
";

#[test]
fn scenarios_of_ones_own_are_played() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("mine.feature");
    std::fs::write(&file, MINE).expect("a file");
    let output = fnconform_in(folder.path(), &["replay", "mine.feature"], "");
    assert!(output.stdout.contains("scenarios  1 passed"), "{output}");
    std::fs::write(&file, MINE.replace("it is invoked", "it is poked")).expect("a file");
    let output = fnconform_in(folder.path(), &["replay", "mine.feature"], "");
    assert_eq!(output.code, Some(2), "{output}");
    assert!(output.stderr.contains("line 5: `it is poked` is no step of the glossary"), "{output}");
}

#[test]
fn a_tag_selects_scenarios_and_nothing_that_is_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = fnconform_in(folder.path(), &["run", "--run", "@api.not-found"], "");
    assert_eq!(output.code, Some(0), "{output}");
    let report = std::fs::read_to_string(folder.path().join("fnconform-results/report.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let scenarios = report["scenarios"].as_array().expect("an array");
    let of_the_rule =
        |one: &serde_json::Value| one["name"].as_str().is_some_and(|name| name.starts_with("api.not-found/"));
    assert!(scenarios.len() > 3 && scenarios.iter().all(of_the_rule), "{output}");
    // The warm-up is three cases.
    assert_eq!(report["cases"].as_u64(), Some(scenarios.len() as u64 + 3), "{output}");
}

#[test]
fn what_cannot_be_done_is_said_with_what_to_do_instead() {
    let commands: &[&[&str]] = &[
        &["explain", "states.knwon"],
        &["explain", "something-else-altogether"],
        &["serve", "--fault", "created-inactiv"],
        &["serve", "--levers", "publish,pull"],
        &["serve", "--listen", "8470"],
        &["serve", "--auth", "acs3"],
        &["serve", "--auth", "acs9:Cargo.toml"],
        &["serve", "--auth", "acs3:no-such-file"],
        &["serve", "--auth", "acs3:LICENSE-MIT"],
        &["run", "--auth", "aws4"],
        &["run", "--config", "x.toml"],
        &["run", "--endpoint", "ftp://127.0.0.1"],
        &["run", "--levers", "some"],
        &["run", "--max-time", "30"],
        &["run", "--shard", "0/2"],
        &["run", "--known-failing", "@no-such-file"],
        &["run", "--run", "nothing.*"],
        &["run", "--skip", "*"],
        &["replay", "no-such-file.ndjson"],
    ];
    let mut said = String::new();
    for args in commands {
        said.push_str(&format!("$ fnconform {}\n{}\n\n", args.join(" "), fnconform(args)));
    }
    snapshots().bind(|| insta::assert_snapshot!("cli__errors", said));
}

#[test]
fn a_wrong_command_line_ends_with_two() {
    for args in [&[][..], &["nothing"], &["check"], &["run", "--no-such-flag"], &["run", "--seed", "x"]] {
        let output = fnconform(args);
        assert_eq!((output.code, output.stdout.as_str()), (Some(2), ""), "{output}");
    }
    assert_eq!(fnconform(&["--version"]).code, Some(0));
}

const LEGAL: &str = "active; call A; del";
const BROKEN: &str = "img a A held; new a; call A!";

#[test]
fn check_says_a_line_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("a file");
    file("legal.ndjson", &notation::write(LEGAL).ndjson);
    file("broken.ndjson", &notation::write(BROKEN).ndjson);
    file("empty.ndjson", "");
    file("unreadable.ndjson", "{\"op\":\"get\"}\n");
    file("open.ndjson", "{\"history\":1,\"world\":\"open\"}\n");
    let check = |files: &[&str]| fnconform_in(folder.path(), &[&["check"], files].concat(), "");
    let all = check(&["legal.ndjson", "broken.ndjson", "empty.ndjson", "unreadable.ndjson", "open.ndjson", "gone"]);
    snapshots().bind(|| insta::assert_snapshot!("cli__check", all));
    assert_eq!(check(&["legal.ndjson"]).code, Some(0));
    assert_eq!(check(&["empty.ndjson", "legal.ndjson"]).code, Some(4));
    assert_eq!(check(&["empty.ndjson", "broken.ndjson", "legal.ndjson"]).code, Some(1));
    assert_eq!(check(&["unreadable.ndjson", "broken.ndjson"]).code, Some(2));
}

#[test]
fn check_reads_the_standard_input_in_any_order() {
    let ndjson = notation::write(BROKEN).ndjson;
    let reversed: Vec<&str> = ndjson.lines().rev().collect();
    let output = fnconform_in(Path::new("."), &["check", "-"], &reversed.join("\n"));
    assert_eq!(output.code, Some(1));
    assert_eq!(output.stdout.lines().next(), Some("-: violates states.pending-not-invocable at line 1"), "{output}");
}

#[test]
fn check_reads_compressed_files_and_files_in_any_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let ndjson = notation::write(BROKEN).ndjson;
    let (first, second) = ndjson.split_at(ndjson.find('\n').expect("a line") + 1);
    let gzipped = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).expect("compressed")
    };
    let framed = |text: &str| zstd::encode_all(text.as_bytes(), 0).expect("compressed");
    let reversed: Vec<&str> = ndjson.lines().rev().collect();
    // Both kinds of file may be several, one after the other.
    let files = [
        ("history.ndjson.gz", [gzipped(first), gzipped(second)].concat()),
        ("history.ndjson.zst", [framed(first), framed(second)].concat()),
        ("reversed.ndjson", reversed.join("\n").into_bytes()),
    ];
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).expect("a file");
        let output = fnconform_in(folder.path(), &["check", name], "");
        assert!(output.stdout.starts_with(&format!("{name}: violates states.pending-not-invocable")), "{output}");
    }
    std::fs::write(folder.path().join("torn.gz"), &gzipped(&ndjson)[..20]).expect("a file");
    let torn = fnconform_in(folder.path(), &["check", "torn.gz"], "");
    assert_eq!((torn.code, torn.stderr.contains("torn.gz: line 1: ")), (Some(2), true), "{torn}");
}

#[test]
fn check_says_how_much_there_was() {
    let output = fnconform_in(Path::new("."), &["check", "--stats", "-"], &notation::write(LEGAL).ndjson);
    assert_eq!(
        output.stdout,
        "-: conforms\n  operations: 6, answered calls: 4, functions: 1, worlds: 4, widest frontier: 2\n"
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = command().arg("list").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}

/// A server that is killed with the test, if the test did not end it.
pub(crate) struct Server(pub(crate) Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(unix)]
#[test]
fn serve_says_where_it_listens_and_ends_when_told_to() {
    for signal in ["-INT", "-TERM"] {
        let mut command = command();
        command.args(["serve", "--listen", "127.0.0.1:0", "--levers", "none"]).stdout(Stdio::piped());
        let mut server = Server(command.spawn().expect("it starts"));
        let mut stdout = BufReader::new(server.0.stdout.take().expect("a pipe"));
        let mut line = String::new();
        stdout.read_line(&mut line).expect("a line");
        let address = line.trim_end().strip_prefix("listening on http://").expect("an address");
        let mut connection = std::net::TcpStream::connect(address).expect("it listens");
        connection.write_all(b"GET /_conformance/v1 HTTP/1.0\r\n\r\n").expect("it reads");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.") && !answer.contains(" 200 "), "{answer}");
        let told = Command::new("kill").args([signal, &server.0.id().to_string()]).status().expect("kill runs");
        assert!(told.success());
        assert_eq!(server.0.wait().expect("it ends").code(), Some(0), "{signal}");
    }
}

#[test]
fn a_port_that_is_taken_is_a_failed_set_up() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = fnconform(&["serve", "--listen", &address]);
    assert_eq!(output.code, Some(3));
    assert!(output.stderr.starts_with(&format!("error: cannot listen on {address}: ")), "{output}");
    assert!(output.stderr.contains("\nhint: "), "{output}");
}

#[test]
fn a_registry_that_cannot_be_hosted_is_said() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    for (args, code, said) in [
        (&["run", "--registry", &address][..], 3, "--registry 127.0.0.1:0 takes a free port"),
        (&["run", "--registry", "0.0.0.0:0"], 2, "say with --registry-name HOST:PORT"),
        (&["run", "--registry", "127.0.0.1:0", "--registry-name", "http://a"], 2, "takes the HOST:PORT"),
        (&["run", "--registry-name", "a:1"], 2, "--registry"),
        (&["serve", "--registry", "--levers", "hold"], 2, "`--levers idle` is the one that is left"),
        (&["serve", "--registry", "ftp://a"], 2, "--registry takes http://HOST:PORT"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let output = fnconform_in(folder.path(), args, "");
        assert_eq!(output.code, Some(code), "{args:?}: {output}");
        assert!(output.stderr.contains(said), "{args:?}: {output}");
    }
}
