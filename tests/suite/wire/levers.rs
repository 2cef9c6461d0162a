//! The lever protocol over a socket.

use fnconform::driver::{Client, Failure};
use fnconform::history::{Condition, Content};
use fnconform::lever::protocol::discover;
use fnconform::lever::{Discovery, Effect, Idling, Images, LeverSet, Meanwhile, Protocol};

use super::server::{Move, RawServer};
use super::{PLENTY, answer, tag};

#[tokio::test]
async fn an_endpoint_with_levers_is_told_from_one_without_and_from_none() {
    let body = r#"{ "version": 1, "levers": ["publish", "hold", "fail", "delete", "idle"] }"#;
    let server = RawServer::always(answer("200 OK", "content-type: application/json\r\n", body)).await;
    let discovery = discover(&server.client(), &tag(1), PLENTY).await;
    assert_eq!(discovery, Ok(Discovery::Offered(LeverSet::ALL)));
    let arrival = &server.arrivals()[0];
    assert!(arrival.head.starts_with("GET /_conformance/v1 HTTP/1.1\r\n"), "{}", arrival.head);
    assert_eq!(arrival.header("x-fnconform-step"), Some("wire/1/1"));

    let page =
        RawServer::always(answer("200 OK", "content-type: text/html\r\n", "<!DOCTYPE html><h1>Hello</h1>")).await;
    let discovery = discover(&page.client(), &tag(1), PLENTY).await;
    let why = "an HTML page of 29 bytes at /_conformance/v1".to_owned();
    assert_eq!(discovery, Ok(Discovery::NotOffered(why)));

    let closing = RawServer::start(|_| vec![Move::Close]).await;
    let discovery = discover(&closing.client(), &tag(1), PLENTY).await;
    assert!(matches!(discovery, Err(Failure::Lost(_))), "{discovery:?}");
}

#[tokio::test]
async fn levers_are_pulled_as_the_protocol_says() {
    let server = RawServer::start(|arrival| {
        let bytes = match arrival.head.split(' ').nth(1).unwrap() {
            path if path.ends_with("/gone/idle") => {
                answer("404 Not Found", "", r#"{"Code":"FunctionNotFound","Message":"no"}"#)
            }
            path if path.contains("broken") => answer("500 Internal Server Error", "", ""),
            _ => b"HTTP/1.1 204 No Content\r\n\r\n".to_vec(),
        };
        vec![Move::Write(bytes)]
    })
    .await;
    let client = Client::new(&format!("{}/base/", server.url())).unwrap();
    let levers = Protocol::new(client, LeverSet::ALL);
    let held = Content { code: Some("sha256:0f".into()), condition: Condition::Held };
    assert_eq!(levers.set("r:5000/ns/a:1", &held, Meanwhile::Nothing, &tag(1), PLENTY).await, Effect::Done);
    assert_eq!(levers.set("b", &Content::MISSING, Meanwhile::Nothing, &tag(2), PLENTY).await, Effect::Done);
    assert_eq!(levers.leave("f-1", &tag(3), PLENTY).await, Effect::Done);
    let refusal = Effect::Refused(r#"HTTP status 404: {"Code":"FunctionNotFound","Message":"no"}"#.to_owned());
    assert_eq!(levers.leave("gone", &tag(4), PLENTY).await, refusal);
    let unknown = Effect::Unknown("HTTP status 500".to_owned());
    assert_eq!(levers.set("broken", &held, Meanwhile::Nothing, &tag(5), PLENTY).await, unknown);

    let seen: Vec<(String, String)> = server
        .arrivals()
        .iter()
        .map(|arrival| {
            let line = arrival.head.lines().next().unwrap().trim_end_matches(" HTTP/1.1").to_owned();
            (line, String::from_utf8(arrival.body.clone()).unwrap())
        })
        .collect();
    let expected = [
        ("PUT /base/_conformance/v1/images/r%3A5000%2Fns%2Fa%3A1", r#"{"code":"sha256:0f","condition":"held"}"#),
        ("PUT /base/_conformance/v1/images/b", r#"{"code":null,"condition":"missing"}"#),
        ("POST /base/_conformance/v1/functions/f-1/idle", ""),
        ("POST /base/_conformance/v1/functions/gone/idle", ""),
        ("PUT /base/_conformance/v1/images/broken", r#"{"code":"sha256:0f","condition":"held"}"#),
    ];
    assert_eq!(seen, expected.map(|(line, body)| (line.to_owned(), body.to_owned())));
}

#[tokio::test]
async fn a_lever_whose_answer_is_lost_may_have_worked() {
    let server = RawServer::start(|_| vec![Move::Reset]).await;
    let levers = Protocol::new(server.client(), LeverSet::ALL);
    let effect = levers.leave("f", &tag(1), PLENTY).await;
    assert!(matches!(&effect, Effect::Unknown(reason) if reason.starts_with("no complete answer: ")), "{effect:?}");
}
