//! Signed requests: each is signed anew, and what the endpoint says of signatures is heard.

use fnconform::driver::auth::{Credentials, Found, Signer, by_name};
use fnconform::driver::endpoint::Endpoint;
use fnconform::driver::fc3::Fc3;
use fnconform::driver::run::{Nobody, RunSettings, run};
use fnconform::driver::setup::{SetupError, greet};
use fnconform::driver::{Client, Request};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::sync::watch;

use super::server::{Arrival, Move, RawServer};
use super::{answer, complete};

const TOKEN: &str = "hush/token+0123456789==";

fn signed(client: Client, scheme: &str) -> Client {
    let credentials =
        Credentials::new("id".to_owned(), "hush-secret".to_owned(), Some(TOKEN.to_owned()), None).unwrap();
    let found = Found { credentials, names: vec!["ID".to_owned(), "SECRET".to_owned()] };
    client.signed_by(Some(Signer::new(by_name(scheme).unwrap(), found)))
}

fn endpoint(server: &RawServer) -> Endpoint {
    Endpoint::new(signed(server.client(), "acs3"), &Fc3, "wire".into())
}

const UNKNOWN: &str = r#"{"Code":"FunctionNotFound","Message":"it does not exist."}"#;

fn json(status: &str, body: &str) -> Vec<Move> {
    vec![Move::Write(answer(status, "content-type: application/json\r\n", body))]
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_signed_again() {
    let throttled = |arrival: &Arrival| match arrival.before {
        0..3 => json("429 Too Many Requests", "{}"),
        _ => json("404 Not Found", UNKNOWN),
    };
    let server = RawServer::start(throttled).await;
    let endpoint = endpoint(&server);
    let _ = endpoint
        .call(&endpoint.turn(1).await, &endpoint.tag("1"), &Request::Get { function: "f".into() }, &|_| None)
        .await;
    let arrivals = server.arrivals();
    assert_eq!(arrivals.len(), 4);
    for header in ["x-acs-signature-nonce", "authorization"] {
        let values: BTreeSet<&str> = arrivals.iter().map(|arrival| arrival.header(header).unwrap()).collect();
        assert_eq!(values.len(), arrivals.len(), "{header}: {values:?}");
    }
}

#[tokio::test]
async fn a_request_is_signed_once_for_the_host_and_the_path_that_it_is_sent_to() {
    let server = RawServer::always(answer("200 OK", "", "{}")).await;
    for (scheme, headers) in
        [("acs3", &["x-acs-date", "x-acs-security-token"][..]), ("aws4", &["x-amz-date", "x-amz-security-token"])]
    {
        let client = signed(Client::new(&format!("{}/stage", server.url())).unwrap(), scheme);
        complete(&client, &super::plain("DELETE", "/a%2Fb")).await;
        let arrival = server.arrivals().pop().unwrap();
        for header in [headers, &["authorization"]].concat() {
            let times = arrival.head.lines().filter(|line| line.to_lowercase().starts_with(&format!("{header}: ")));
            assert_eq!(times.count(), 1, "{header}");
        }
        assert!(arrival.head.starts_with("DELETE /stage/a%2Fb HTTP/1.1"), "{}", arrival.head);
        assert!(arrival.header("authorization").unwrap().contains("=host;x-"), "{}", arrival.head);
    }
}

/// Some endpoints explain which request they expected to be signed, with its headers.
#[tokio::test]
async fn what_the_endpoint_repeats_of_the_token_does_not_come_back() {
    let repeated = |arrival: &Arrival| {
        let token = arrival.header("x-acs-security-token").unwrap_or_default();
        let body = format!(r#"{{"Code":"SignatureDoesNotMatch","Message":"not signed: {token}, hush-secret."}}"#);
        vec![Move::Write(answer("403 Forbidden", &format!("x-token: {token}\r\n"), body))]
    };
    let server = RawServer::start(repeated).await;
    let response = complete(&signed(server.client(), "acs3"), &super::plain("GET", "/")).await;
    assert_eq!(response.header("x-token"), Some("…"));
    let error = greet(&endpoint(&server), Duration::ZERO).await.unwrap_err();
    let expected = format!(
        "the endpoint {} turns the run away: HTTP 403, SignatureDoesNotMatch: not signed: …, ….; requests were signed as \
         acs3 with ID, SECRET: check these, what they allow, and the clock",
        server.url()
    );
    assert_eq!(format!("{error}; {}", error.hint()), expected);
}

#[tokio::test]
async fn whoever_may_not_create_functions_hears_why() {
    let readonly = |arrival: &Arrival| match arrival.head.starts_with("POST /2023-03-30/functions HTTP") {
        true => json("403 Forbidden", r#"{"Code":"AccessDenied","Message":"fc:CreateFunction is not allowed."}"#),
        false => json("404 Not Found", UNKNOWN),
    };
    let server = RawServer::start(readonly).await;
    let (_stop, stopped) = watch::channel(false);
    let error = run(endpoint(&server), &RunSettings::default(), stopped, &Nobody).await.err().unwrap();
    let said = "turns the run away: HTTP 403, AccessDenied: fc:CreateFunction is not allowed.";
    assert!(matches!(error, SetupError::Denied { .. }) && error.to_string().ends_with(said), "{error}");
}

/// As temporary credentials do that expire in the midst of a run.
#[tokio::test]
async fn a_signature_that_is_refused_is_held_against_no_function() {
    let expired = r#"{"Code":"InvalidSecurityToken.Expired","Message":"The token has expired."}"#;
    let server = RawServer::start(move |_| json("403 Forbidden", expired)).await;
    let get = Request::Get { function: "f".into() };
    let endpoint = endpoint(&server);
    let recorded = endpoint.call(&endpoint.turn(1).await, &endpoint.tag("1"), &get, &|_| None).await;
    assert_eq!(recorded, None);
    let notes: Vec<String> = endpoint.notes().into_keys().collect();
    let note = "credentials were refused, which is held against no function: HTTP 403, InvalidSecurityToken.Expired: The \
                token has expired.";
    assert_eq!(notes, [note]);
    // Nobody signed: then it is an answer like any other.
    let endpoint = Endpoint::new(server.client(), &Fc3, "wire".into());
    assert!(endpoint.call(&endpoint.turn(1).await, &endpoint.tag("1"), &get, &|_| None).await.is_some());
}
