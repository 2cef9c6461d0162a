//! What an answer means, by bodies that others wrote: samples out of official documents and clients.

use fnconform::driver::fc3::Fc3;
use fnconform::driver::{Dialect, Meaning, Reply, Request};
use fnconform::history::Report;

use super::server::RawServer;
use super::{answer, complete};

const DIGEST: &str = "sha256:f65dca6bd5f1ee0ae4cd2bbc5a2b1ff7a0e2b6cd23f0d7a5cd4f5f8d0d7f2a11";

/// A GetFunction answer with all that the documented sample has, and more that no version has yet.
const FULL: &str = r#"{
  "codeChecksum": "0", "codeSize": 0, "cpu": 1, "createdTime": "2023-10-27T06:56:00Z",
  "customContainerConfig": {
    "accelerationInfo": {"status": "deprecated"}, "accelerationType": "Default", "acrInstanceId": "deprecated",
    "command": ["python", "server.py"], "entrypoint": [], "healthCheckConfig": {"httpGetUrl": "/ready", "periodSeconds": 3},
    "image": "registry-vpc.us-east-1.aliyuncs.com/ns/repo:v2", "port": 9000,
    "registryConfig": {"certConfig": {"insecure": false}},
    "resolvedImageUri": "registry-vpc.us-east-1.aliyuncs.com/ns/repo@DIGEST"
  },
  "customDNS": null, "description": "été 🚀 \u00e9\ud83d\ude80", "disableOndemand": false, "diskSize": 512,
  "environmentVariables": {"state": "Failed", "lastUpdateStatus": "Failed"},
  "functionArn": "acs:fc:us-east-1:1234567890123456:functions/f", "functionId": "0b6a7b5e-8d9c", "functionName": "f",
  "gpuConfig": {}, "handler": "index.handler", "instanceConcurrency": 20, "internetAccess": true,
  "lastModifiedTime": "2023-10-27T07:00:00Z", "lastUpdateStatus": "InProgress",
  "lastUpdateStatusReason": "The system is currently processing the acceleration optimization for the image.",
  "lastUpdateStatusReasonCode": "ImageOptimizing", "layers": [], "lockInfo": {"deep": [[[[{"er": [1e3, -0.5]}]]]]},
  "memorySize": 1024, "notYetInvented": {"x": [null, true]}, "runtime": "custom-container",
  "state": "Active", "tags": [{"key": "k", "value": "v"}], "timeout": 60
}"#;

/// What the service itself showed seconds after a create: no update status, and the digest is there already.
const CREATING: &str = r#"{"functionName":"f","runtime":"custom-container","state":"Pending",
  "stateReason":"The function is being created.","stateReasonCode":"Creating",
  "customContainerConfig":{"image":"registry.example/ns/repo:v1","resolvedImageUri":"registry.example/ns/repo@DIGEST"}}"#;

/// The reply to this call when the server sends these bytes.
async fn reply(request: &Request, bytes: Vec<u8>) -> Reply {
    let server = RawServer::always(bytes).await;
    let response = complete(&server.client(), &Fc3.encode(request)).await;
    Fc3.decode(request, &response)
}

fn get() -> Request {
    Request::Get { function: "f".into() }
}

fn invoke() -> Request {
    Request::Invoke { function: "f".into() }
}

fn create() -> Request {
    Request::Create { function: "f".into(), image: "i".into() }
}

fn json(status: &str, body: &str) -> Vec<u8> {
    answer(status, "content-type: application/json\r\nX-Fc-Request-Id: 1-6540\r\n", body)
}

#[tokio::test]
async fn get_function_is_read_out_of_the_documented_bodies() {
    for (body, state, status) in [(FULL, "Active", Some("InProgress")), (CREATING, "Pending", None)] {
        let reply = reply(&get(), json("200 OK", &body.replace("DIGEST", DIGEST))).await;
        let report = Report { state: state.into(), status: status.map(Into::into), digest: Some(DIGEST.into()) };
        assert_eq!(reply.meaning, Meaning::Reported(report));
        assert_eq!((reply.malformed, reply.bare_error), (None, None));
        assert_eq!((reply.trace.status, reply.trace.request_id.as_deref()), (Some(200), Some("1-6540")));
    }
}

#[tokio::test]
async fn a_chunked_function_in_any_order_is_the_same() {
    let body = r#"{"state":"Active","x":1,"customContainerConfig":{"resolvedImageUri":"a@b"},"lastUpdateStatus":"Successful"}"#;
    let chunks: String = body
        .as_bytes()
        .chunks(7)
        .map(|chunk| format!("{:x}\r\n{}\r\n", chunk.len(), std::str::from_utf8(chunk).unwrap()))
        .collect();
    let bytes = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{chunks}0\r\n\r\n");
    let report = Report { state: "Active".into(), status: Some("Successful".into()), digest: Some("b".into()) };
    assert_eq!(reply(&get(), bytes.into_bytes()).await.meaning, Meaning::Reported(report));
}

#[tokio::test]
async fn get_function_of_a_built_in_runtime_has_no_state() {
    let body = r#"{"functionName":"f","runtime":"python3.10","handler":"index.handler","state":null}"#;
    let report = Report { state: "".into(), status: None, digest: None };
    assert_eq!(reply(&get(), json("200 OK", body)).await.meaning, Meaning::Reported(report));
}

#[tokio::test]
async fn the_documented_errors_are_refusals() {
    for (request, status, code, message) in [
        (get(), "404 Not Found", "FunctionNotFound", "function 'f' does not exist."),
        (invoke(), "404 Not Found", "FunctionNotFound", "function 'f' does not exist."),
        (invoke(), "412 Precondition Failed", "CAExited", "the container exited unexpectedly"),
        (invoke(), "502 Bad Gateway", "BadResponse", "the response is invalid"),
        (invoke(), "500 Internal Server Error", "InternalServerError", "an internal error has occurred"),
        (invoke(), "503 Service Unavailable", "FunctionNotStarted", "health check failed on http://0.0.0.0:9000/"),
        (create(), "409 Conflict", "FunctionAlreadyExists", "function 'f' already exists"),
        (create(), "403 Forbidden", "SignatureNotMatch", "the signature does not match"),
        (create(), "400 Bad Request", "InvalidArgument", "image is required"),
    ] {
        let body = format!(r#"{{"RequestId":"6540-body","Code":"{code}","Message":"{message}"}}"#);
        let reply = reply(&request, json(status, &body)).await;
        assert_eq!(reply.meaning, Meaning::Refused, "{status} {code}");
        assert_eq!((reply.malformed, reply.bare_error), (None, None));
        assert_eq!(reply.trace.error.as_deref(), Some(code));
        assert_eq!(reply.trace.request_id.as_deref(), Some("1-6540"));
    }
}

#[tokio::test]
async fn the_errors_of_older_versions_are_refusals_with_their_code_but_bare() {
    for body in [
        r#"{"ErrorCode":"FunctionNotFound","ErrorMessage":"no"}"#,
        r#"{"errorCode":"FunctionNotFound","errorMessage":"no"}"#,
    ] {
        let reply = reply(&get(), answer("404 Not Found", "x-acs-request-id: A-1\r\n", body)).await;
        assert_eq!((reply.meaning, reply.trace.error.as_deref()), (Meaning::Refused, Some("FunctionNotFound")));
        assert_eq!(reply.trace.request_id.as_deref(), Some("A-1"));
        assert!(reply.bare_error.is_some());
    }
}

#[tokio::test]
async fn a_gateways_page_is_a_bare_refusal_or_unknown() {
    let page = "<html>\r\n<head><title>Error</title></head>\r\n<body><center><h1>Error</h1></center></body></html>";
    let html = |status: &str| answer(status, "content-type: text/html\r\nserver: nginx\r\n", page);
    let kind = format!("an HTML page of {} bytes", page.len());
    for (status, to_invoke, to_create) in [
        ("404 Not Found", Meaning::Refused, Meaning::Refused),
        ("413 Too Large", Meaning::Refused, Meaning::Refused),
        ("500 Error", Meaning::Refused, Meaning::Unknown),
        ("502 Bad Gateway", Meaning::Refused, Meaning::Unknown),
        ("503 Unavailable", Meaning::Unknown, Meaning::Unknown),
        ("504 Time-out", Meaning::Unknown, Meaning::Unknown),
        ("520 Odd", Meaning::Unknown, Meaning::Unknown),
        ("429 Too Many", Meaning::Throttled(None), Meaning::Throttled(None)),
    ] {
        for (request, meaning) in [(invoke(), to_invoke), (create(), to_create)] {
            let reply = reply(&request, html(status)).await;
            assert_eq!(reply.meaning, meaning, "{status}");
            let bare = (meaning == Meaning::Refused).then(|| kind.clone());
            assert_eq!(reply.bare_error, bare, "{status}");
        }
    }
    let welcome = reply(&get(), html("200 OK")).await;
    let note = format!("the body of the answer is not the JSON object of a function but {kind}");
    assert_eq!((welcome.meaning, welcome.malformed), (Meaning::Unknown, Some(note)));
}

#[tokio::test]
async fn throttling_is_no_refusal() {
    for (status, headers, body, meaning) in [
        (
            "429 Too Many Requests",
            "",
            r#"{"RequestId":"1","Code":"ResourceExhausted","Message":"x"}"#,
            Meaning::Throttled(None),
        ),
        ("429 Too Many Requests", "Retry-After: 7\r\n", "", Meaning::Throttled(Some(7))),
        (
            "503 Service Unavailable",
            "",
            r#"{"RequestId":"1","Code":"ResourceThrottled","Message":"x"}"#,
            Meaning::Throttled(None),
        ),
        ("503 Service Unavailable", "Retry-After: 1\r\n", "<html>", Meaning::Throttled(Some(1))),
        ("503 Service Unavailable", "", r#"{"Code":"Throttling.Api","Message":"x"}"#, Meaning::Throttled(None)),
        (
            "503 Service Unavailable",
            "",
            r#"{"Code":"TooManyRequestsException","Message":"x"}"#,
            Meaning::Throttled(None),
        ),
    ] {
        for request in [get(), create(), invoke()] {
            assert_eq!(reply(&request, answer(status, headers, body)).await.meaning, meaning, "{status} {body}");
        }
    }
}

#[tokio::test]
async fn an_invocation_is_served_by_the_digest_in_its_body() {
    let served =
        reply(&invoke(), answer("200 OK", "content-type: application/octet-stream\r\n", format!("{DIGEST}\n"))).await;
    assert_eq!(served.meaning, Meaning::Served(Some(DIGEST.to_owned())));

    let error = r#"{"errorMessage":"division by zero","errorType":"ZeroDivisionError","stackTrace":[]}"#;
    let failed = reply(&invoke(), answer("200 OK", "X-Fc-Error-Type: UnhandledInvocationError\r\n", error)).await;
    assert_eq!((failed.meaning, failed.bare_error, failed.malformed), (Meaning::Served(None), None, None));

    let none = reply(&invoke(), b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()).await;
    assert_eq!(none.meaning, Meaning::Served(Some(String::new())));

    let large = "é".repeat(1 << 20);
    let served = reply(&invoke(), answer("200 OK", "", &large)).await;
    assert!(served.meaning == Meaning::Served(Some(large)));
}

#[tokio::test]
async fn a_write_is_done_whatever_its_2xx_is() {
    for bytes in [
        json("200 OK", FULL),
        json("201 Created", "{}"),
        answer("202 Accepted", "", ""),
        answer("204 No Content", "", ""),
    ] {
        for request in [
            create(),
            Request::Update { function: "f".into(), image: "i".into() },
            Request::Delete { function: "f".into() },
        ] {
            let reply = reply(&request, bytes.clone()).await;
            assert_eq!((reply.meaning, reply.malformed), (Meaning::Done, None));
        }
    }
}
