//! What our client sends, to the byte; and that a server takes what the official clients send.

use fnconform::driver::fc3::Fc3;
use fnconform::driver::{Client, Dialect, HttpRequest, Request};

use super::server::{Arrival, RawServer};
use super::{answer, complete};

/// Head and body with line ends that a test can show, and the port taken out.
fn shown(arrival: &Arrival) -> String {
    let host = arrival.header("host").unwrap();
    let head = arrival.head.replace(host, "HOST").replace(env!("CARGO_PKG_VERSION"), "VERSION").replace('\r', "");
    format!("{head}\n\n{}", String::from_utf8(arrival.body.clone()).unwrap())
}

#[tokio::test]
async fn every_call_is_on_the_wire_as_the_api_has_it_and_nothing_else_is() {
    let server = RawServer::always(answer("200 OK", "", "{}")).await;
    let client = server.client();
    let function: std::sync::Arc<str> = "conf-fn_1".into();
    for request in [
        Request::Create { function: function.clone(), image: "registry.example:5000/ns/repo:v1".into() },
        Request::Get { function: function.clone() },
        Request::Update { function: function.clone(), image: "b".into() },
        Request::Invoke { function: function.clone() },
        Request::Delete { function },
    ] {
        complete(&client, &Fc3.encode(&request)).await;
    }
    let arrivals: Vec<String> = server.arrivals().iter().map(shown).collect();
    let mine = "user-agent: fnconform/VERSION run/wire case/1\nx-fnconform-step: wire/1/1";
    let create = concat!(
        r#"{"cpu":0.35,"customContainerConfig":{"image":"registry.example:5000/ns/repo:v1","port":9000},"#,
        r#""diskSize":512,"functionName":"conf-fn_1","handler":"index.handler","memorySize":512,"#,
        r#""runtime":"custom-container","timeout":60}"#
    );
    let expected = [
        format!(
            "POST /2023-03-30/functions HTTP/1.1\nx-acs-version: 2023-03-30\nx-acs-action: CreateFunction\n\
             accept: application/json\ncontent-type: application/json; charset=utf-8\n{mine}\nhost: HOST\n\
             content-length: {}\n\n{create}",
            create.len()
        ),
        format!(
            "GET /2023-03-30/functions/conf-fn_1 HTTP/1.1\nx-acs-version: 2023-03-30\nx-acs-action: GetFunction\n\
             accept: application/json\n{mine}\nhost: HOST\n\n"
        ),
        format!(
            "PUT /2023-03-30/functions/conf-fn_1 HTTP/1.1\nx-acs-version: 2023-03-30\nx-acs-action: UpdateFunction\n\
             accept: application/json\ncontent-type: application/json; charset=utf-8\n{mine}\nhost: HOST\n\
             content-length: 39\n\n{{\"customContainerConfig\":{{\"image\":\"b\"}}}}"
        ),
        format!(
            "POST /2023-03-30/functions/conf-fn_1/invocations HTTP/1.1\nx-acs-version: 2023-03-30\n\
             x-acs-action: InvokeFunction\naccept: */*\nx-fc-invocation-type: Sync\n{mine}\ncontent-length: 0\n\
             host: HOST\n\n"
        ),
        format!(
            "DELETE /2023-03-30/functions/conf-fn_1 HTTP/1.1\nx-acs-version: 2023-03-30\n\
             x-acs-action: DeleteFunction\naccept: application/json\n{mine}\ncontent-length: 0\nhost: HOST\n\n"
        ),
    ];
    for (arrival, expected) in arrivals.iter().zip(&expected) {
        assert_eq!(arrival, expected);
    }
    assert_eq!(arrivals.len(), expected.len());
}

#[tokio::test]
async fn a_name_is_one_segment_and_stands_behind_the_path_of_the_base_url() {
    let server = RawServer::always(answer("200 OK", "", "{}")).await;
    for base in ["", "/", "/stage/v1", "/stage/v1/"] {
        let client = Client::new(&format!("{}{base}", server.url())).unwrap();
        complete(&client, &Fc3.encode(&Request::Get { function: "a/b c%?#é".into() })).await;
    }
    let lines: Vec<String> =
        server.arrivals().iter().map(|arrival| arrival.head.lines().next().unwrap().to_owned()).collect();
    let path = "/2023-03-30/functions/a%2Fb%20c%25%3F%23%C3%A9 HTTP/1.1";
    let prefixed = format!("GET /stage/v1{path}");
    assert_eq!(lines, [format!("GET {path}"), format!("GET {path}"), prefixed.clone(), prefixed]);
}

#[tokio::test]
async fn connections_are_kept_alive() {
    let server = RawServer::always(answer("200 OK", "", "{}")).await;
    let client = server.client();
    for _ in 0..50 {
        complete(&client, &super::plain("GET", "/")).await;
    }
    assert!(server.arrivals().iter().all(|arrival| arrival.connection == 0));
}

#[tokio::test]
async fn a_proxy_in_the_environment_is_not_used() {
    let proxy = RawServer::always(answer("502 Bad Gateway", "", "")).await;
    // The environment is the process's, so the test that goes past the proxy runs in one of its own.
    let mut child = std::process::Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "wire::requests::connections_are_kept_alive"])
        .envs(["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"].map(|name| (name, proxy.url())))
        .env_remove("no_proxy")
        .env_remove("NO_PROXY");
    let child = tokio::task::spawn_blocking(move || child.output()).await.unwrap().unwrap();
    let output = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success() && output.contains("1 passed"), "{output}");
    assert_eq!(proxy.arrivals().len(), 0);
}

/// What the official Python client (4.8.3) was seen to send, its credentials shortened.
const PYTHON: [(&str, &str); 6] = [
    (
        "POST /2023-03-30/functions HTTP/1.1
Accept-Encoding: identity
host: 127.0.0.1:36877
x-acs-version: 2023-03-30
x-acs-action: CreateFunction
user-agent: AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2
x-acs-date: 2026-01-02T03:04:05Z
x-acs-signature-nonce: 0123456789abcdef0123456789abcdef
accept: application/json
content-type: application/json; charset=utf-8
x-acs-content-sha256: f905564236e78175d9826e72b9cb27658aaf450d74a856aec9f40bdece043000
x-acs-credentials-provider: static_ak
Authorization: ACS3-HMAC-SHA256 Credential=ak,SignedHeaders=accept;content-type;host,Signature=00
Content-Length: 208",
        r#"{"cpu":0.35,"customContainerConfig":{"image":"r.example/ns/a:1","port":9000},"diskSize":512,"functionName":"f-1","handler":"index.handler","memorySize":512,"runtime":"custom-container","tags":[],"timeout":60}"#,
    ),
    (
        "GET /2023-03-30/functions/a%2Fb%20c~?qualifier=LATEST HTTP/1.1
Accept-Encoding: identity
host: 127.0.0.1:36877
x-acs-version: 2023-03-30
x-acs-action: GetFunction
accept: application/json",
        "",
    ),
    (
        "PUT /2023-03-30/functions/f-1 HTTP/1.1
x-acs-version: 2023-03-30
x-acs-action: UpdateFunction
content-type: application/json; charset=utf-8
Content-Length: 39",
        r#"{"customContainerConfig":{"image":"b"}}"#,
    ),
    (
        "POST /2023-03-30/functions/f-1/invocations HTTP/1.1
x-acs-version: 2023-03-30
x-acs-action: InvokeFunction
accept: application/json
x-fc-invocation-type: Sync
content-type: application/octet-stream
Content-Length: 1",
        "x",
    ),
    (
        "POST /2023-03-30/functions/f-1/invocations HTTP/1.1
x-acs-version: 2023-03-30
x-acs-action: InvokeFunction
Content-Length: 0",
        "",
    ),
    (
        "DELETE /2023-03-30/functions/f-1 HTTP/1.1
x-acs-version: 2023-03-30
x-acs-action: DeleteFunction
Content-Length: 0",
        "",
    ),
];

/// A request as a server's HTTP library would hand it on.
fn received((head, body): (&str, &str)) -> HttpRequest {
    let mut lines = head.lines();
    let line: Vec<&str> = lines.next().unwrap().split(' ').collect();
    let method = ["GET", "PUT", "POST", "DELETE"].into_iter().find(|method| *method == line[0]);
    let headers = lines.filter_map(|line| line.split_once(": "));
    HttpRequest {
        method: method.unwrap(),
        path: line[1].to_owned(),
        headers: headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect(),
        body: body.as_bytes().to_vec(),
    }
}

#[test]
fn what_the_official_python_client_sends_is_understood() {
    let expected = [
        Request::Create { function: "f-1".into(), image: "r.example/ns/a:1".into() },
        Request::Get { function: "a/b c~".into() },
        Request::Update { function: "f-1".into(), image: "b".into() },
        Request::Invoke { function: "f-1".into() },
        Request::Invoke { function: "f-1".into() },
        Request::Delete { function: "f-1".into() },
    ];
    for (bytes, expected) in PYTHON.into_iter().zip(expected) {
        assert_eq!(Fc3.parse(&received(bytes)).unwrap().request, expected);
    }
}
