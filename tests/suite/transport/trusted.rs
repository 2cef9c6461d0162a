//! Over TLS: who is believed, who is not, and what is said of it.

use super::relay::emulator;
use super::tls::{Authority, Certificate};
use super::{CommandOutput, command};
use fnconform::driver::{Client, Exchange, Failure, HttpRequest, RequestTag, Trust};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A short run of the command on this server.
async fn run(server: SocketAddr, args: &[&str]) -> CommandOutput {
    let url = format!("https://localhost:{}", server.port());
    command(&[&["run", "--endpoint", &url, "--run", "states.active-invocable", "--cases", "12"], args].concat()).await
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_is_driven_over_tls_if_its_authority_is_trusted() {
    let (emulator, folder, authority) = (emulator().await, tempfile::tempdir().unwrap(), Authority::named("ours"));
    let server = authority.certificate("localhost").before(emulator.address()).await;
    let output = run(server, &["--ca-file", text(&authority.file(folder.path()))]).await;
    assert_eq!(output.code, Some(0), "{output}");
    assert_eq!(output.stderr, "", "{output}");
}

/// What a machine trusts is told by the environment, as OpenSSL has it.
#[tokio::test(flavor = "multi_thread")]
async fn without_a_file_it_is_the_machine_that_says_whom_to_trust() {
    let (emulator, folder, authority) = (emulator().await, tempfile::tempdir().unwrap(), Authority::named("ours"));
    let server = authority.certificate("localhost").before(emulator.address()).await;
    let trusted = authority.file(folder.path());
    let run_where = |trusted: PathBuf| {
        let url = format!("https://localhost:{}", server.port());
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_fnconform"));
        command.args(["run", "--run", "states.active-invocable", "--cases", "12", "--endpoint", &url]);
        command.env("SSL_CERT_FILE", trusted).env_remove("SSL_CERT_DIR").current_dir(folder.path());
        tokio::task::spawn_blocking(move || command.output().unwrap())
    };
    let output = run_where(trusted).await.unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let output = run_where(PathBuf::from("/nowhere")).await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("no certificates of authorities") && said.contains("ca-certificates"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_is_believed() {
    let (emulator, folder) = (emulator().await, tempfile::tempdir().unwrap());
    let (authority, stranger) = (Authority::named("ours"), Authority::named("theirs"));
    let trusted = authority.file(folder.path());
    let of_stranger = stranger.certificate("localhost").before(emulator.address()).await;
    let of_other_name = authority.certificate("elsewhere.example").before(emulator.address()).await;
    for (server, args, expected) in [
        (of_stranger, &["--ca-file", text(&trusted)][..], "UnknownIssuer"),
        (of_stranger, &[], "UnknownIssuer"),
        (of_other_name, &["--ca-file", text(&trusted)], "certificate not valid for name \"localhost\""),
    ] {
        let output = run(server, args).await;
        assert_eq!(output.code, Some(3), "{output}");
        let said = &output.stderr;
        assert!(said.contains("cannot be trusted: invalid peer certificate: ") && said.contains(expected), "{output}");
        assert!(said.contains("--ca-file PEM") && said.contains("--insecure"), "{output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_vouches_for_itself_is_believed_by_its_own_certificate_under_its_name() {
    let (emulator, folder) = (emulator().await, tempfile::tempdir().unwrap());
    let itself = Certificate::of_itself("localhost");
    let trusted = itself.file(folder.path());
    let server = itself.before(emulator.address()).await;
    let output = run(server, &["--ca-file", text(&trusted)]).await;
    assert_eq!(output.code, Some(0), "{output}");

    let another = Certificate::of_itself("localhost").before(emulator.address()).await;
    let output = run(another, &["--ca-file", text(&trusted)]).await;
    assert_eq!(output.code, Some(3), "{output}");

    let url = format!("https://127.0.0.1:{}", server.port());
    let output = command(&["run", "--endpoint", &url, "--ca-file", text(&trusted)]).await;
    assert_eq!(output.code, Some(3), "{output}");
    assert!(output.stderr.contains("not valid for name"), "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn insecure_believes_anybody_and_says_so_once() {
    let emulator = emulator().await;
    let server = Authority::named("ours").certificate("elsewhere.example").before(emulator.address()).await;
    let output = run(server, &["--insecure"]).await;
    assert_eq!(output.code, Some(0), "{output}");
    let warning = "warning: --insecure: no certificate is checked, so that anybody may pass for the endpoint\n";
    assert_eq!(output.stderr, warning, "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_holds_no_authority_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trusted.pem");
    for (content, expected) in [
        (None, "No such file or directory"),
        (Some("hello"), "it holds no certificate in PEM"),
        (Some("-----BEGIN CERTIFICATE-----\n&\n-----END CERTIFICATE-----\n"), "it is not PEM"),
        (Some("-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n"), "none of its 1 certificates"),
    ] {
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        let output = command(&["run", "--endpoint", "https://127.0.0.1:1", "--ca-file", text(&path)]).await;
        assert_eq!(output.code, Some(2), "{output}");
        assert!(output.stderr.contains(text(&path)) && output.stderr.contains(expected), "{output}");
        assert!(output.stderr.contains("\nhint: "), "{output}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_speak_tls_is_told_from_whoever_is_not_there() {
    let emulator = emulator().await;
    let client = Client::new(&format!("https://{}", emulator.address())).unwrap();
    let request = HttpRequest { method: "GET", path: "/".to_owned(), headers: Vec::new(), body: Vec::new() };
    let tag = RequestTag { run: "r".into(), case: "c".into(), step: 1 };
    let exchange = client.send(&request, &tag, Duration::from_secs(20)).await;
    assert_eq!(exchange, Exchange::Failed(Failure::NotTrusted("it does not speak TLS there".to_owned())));
}

mod recorded {
    use super::*;
    use crate::record::{Recording, request, send};

    async fn before(server: SocketAddr, trusted: Trust) -> Recording {
        Recording::with(server, |settings| {
            settings.endpoint = format!("https://localhost:{}", server.port());
            settings.trust = trusted;
        })
        .await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_recording_proxy_speaks_tls_to_the_endpoint() {
        let (emulator, folder, authority) = (emulator().await, tempfile::tempdir().unwrap(), Authority::named("ours"));
        let server = authority.certificate("localhost").before(emulator.address()).await;
        for trusted in [Trust::File(authority.file(folder.path())), Trust::Anyone] {
            let recording = before(server, trusted).await;
            let answer = send(&recording, &request("GET", "/2023-03-30/functions/nobody", "")).await;
            assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
            let (snapshot, history) = recording.finish().await;
            assert_eq!(snapshot.book.total(), 1, "{history}");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_recording_proxy_sends_nothing_to_whom_it_does_not_trust() {
        let (emulator, folder) = (emulator().await, tempfile::tempdir().unwrap());
        let server = Authority::named("theirs").certificate("localhost").before(emulator.address()).await;
        let recording = before(server, Trust::File(Authority::named("ours").file(folder.path()))).await;
        let answer = send(&recording, &request("GET", "/2023-03-30/functions/nobody", "")).await;
        assert!(answer.starts_with("HTTP/1.1 502"), "{answer}");
        assert!(answer.contains("so nothing was sent: invalid peer certificate: UnknownIssuer"), "{answer}");
        let (snapshot, history) = recording.finish().await;
        assert_eq!((snapshot.book.total(), history.as_str()), (0, ""));
    }
}
