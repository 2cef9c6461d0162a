//! What passes, passes unchanged.

use super::{Recording, answering, exactly, head, listener, request, send};
use fnconform::record::HostPolicy;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test(flavor = "multi_thread")]
async fn heads_and_bodies_pass_as_they_are() {
    let (endpoint, address) = listener().await;
    let recording = Recording::of(address).await;
    let mut client = recording.connect().await;
    let sent = "POST /a%2fb//c?x=%20&y HTTP/1.1\r\nHost: fcv3.example:80\r\nX-CamelCase: 1\r\n\
                Authorization: ACS3 SignedHeaders=host\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\n\
                Cookie: a=1\r\nCookie: b=2\r\nContent-Length: 3\r\n\r\nabc";
    client.write_all(sent.as_bytes()).await.unwrap();
    let (mut upstream, _) = endpoint.accept().await.unwrap();
    insta::assert_snapshot!(head(&mut upstream).await.replace('\r', ""), @r"
    POST /a%2fb//c?x=%20&y HTTP/1.1
    Host: fcv3.example:80
    X-CamelCase: 1
    Authorization: ACS3 SignedHeaders=host
    Cookie: a=1
    Cookie: b=2
    Content-Length: 3
    ");
    assert_eq!(exactly(&mut upstream, 3).await, "abc");
    let answer = "HTTP/1.1 418 I am a teapot\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nX-Odd-CASE: \u{e9}\r\nKeep-Alive: timeout=5\r\n\
                  Content-Length: 2\r\n\r\nno";
    upstream.write_all(answer.as_bytes()).await.unwrap();
    insta::assert_snapshot!(head(&mut client).await.replace('\r', ""), @r"
    HTTP/1.1 418 I am a teapot
    Set-Cookie: a
    Set-Cookie: b
    X-Odd-CASE: é
    Content-Length: 2
    ");
    assert_eq!(exactly(&mut client, 2).await, "no");

    // The same connections again, on both sides; and an answer to HEAD has a length and no body.
    client.write_all(b"HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n").await.unwrap();
    assert!(head(&mut upstream).await.starts_with("HEAD /h HTTP/1.1\r\n"));
    upstream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n").await.unwrap();
    assert_eq!(head(&mut client).await, "HTTP/1.1 200 OK\r\nContent-Length: 70\r\n\r\n");
    let (snapshot, text) = {
        drop(client);
        recording.finish().await
    };
    assert_eq!((snapshot.requests, snapshot.passed, text.as_str()), (2, 2, ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_stream_both_ways_with_their_trailers() {
    let (endpoint, address) = listener().await;
    let recording = Recording::of(address).await;
    let mut client = recording.connect().await;
    let path = "/2023-03-30/functions/f/invocations";
    let begin = format!("POST {path} HTTP/1.1\r\nhost: x\r\nte: trailers\r\ntransfer-encoding: chunked\r\n\r\n");
    client.write_all(begin.as_bytes()).await.unwrap();
    client.write_all(b"3\r\nabc\r\n").await.unwrap();
    let (mut upstream, _) = endpoint.accept().await.unwrap();
    assert!(head(&mut upstream).await.contains("transfer-encoding: chunked"));
    // It has come before the rest was sent.
    assert_eq!(exactly(&mut upstream, 8).await, "3\r\nabc\r\n");
    client.write_all(b"1\r\nd\r\n0\r\n\r\n").await.unwrap();
    assert_eq!(exactly(&mut upstream, 11).await, "1\r\nd\r\n0\r\n\r\n");
    upstream
        .write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n4\r\nfirs\r\n")
        .await
        .unwrap();
    assert!(head(&mut client).await.contains("transfer-encoding: chunked"));
    assert_eq!(exactly(&mut client, 9).await, "4\r\nfirs\r\n");
    upstream.write_all(b"1\r\nt\r\n0\r\nx-sum: 7\r\n\r\n").await.unwrap();
    assert_eq!(exactly(&mut client, 21).await, "1\r\nt\r\n0\r\nx-sum: 7\r\n\r\n");
    drop(client);
    let (_, text) = recording.finish().await;
    assert!(text.contains(r#""op":"invoke","function":"f""#) && text.contains(r#""ok":true,"served":null"#), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_waits_to_be_asked_for_is_asked_for() {
    let (endpoint, address) = listener().await;
    let recording = Recording::of(address).await;
    let mut client = recording.connect().await;
    client.write_all(b"PUT /x HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n").await.unwrap();
    let (mut upstream, _) = endpoint.accept().await.unwrap();
    assert!(head(&mut upstream).await.contains("expect: 100-continue"));
    upstream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await.unwrap();
    assert!(head(&mut client).await.starts_with("HTTP/1.1 100 "));
    client.write_all(b"ab").await.unwrap();
    assert_eq!(exactly(&mut upstream, 2).await, "ab");
    upstream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
    assert_eq!(head(&mut client).await, "HTTP/1.1 204 No Content\r\n\r\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_endpoint_is_called_what_is_asked_for() {
    let (endpoint, address) = listener().await;
    let recording = Recording::with(address, |settings| {
        settings.host = HostPolicy::Endpoint;
        settings.endpoint.push_str("/base/");
    })
    .await;
    let mut client = recording.connect().await;
    client.write_all(b"GET /a HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let (mut upstream, _) = endpoint.accept().await.unwrap();
    assert_eq!(head(&mut upstream).await, format!("GET /base/a HTTP/1.1\r\nhost: {address}\r\n\r\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_protocol_is_refused_and_an_offer_of_one_ignored() {
    let recording = Recording::of(answering(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await).await;
    let asked = |protocol: &str| {
        format!("GET /x HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\nupgrade: {protocol}\r\n\r\n")
    };
    let refused = send(&recording, &asked("websocket")).await;
    assert!(
        refused.starts_with("HTTP/1.1 501 ") && refused.contains(r#""Code":"FnconformUpgradeNotProxied""#),
        "{refused}"
    );
    assert!(send(&recording, &asked("h2c")).await.starts_with("HTTP/1.1 200 "));
    let refused = send(&recording, "CONNECT x:1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(refused.starts_with("HTTP/1.1 501 "), "{refused}");
    assert_eq!(recording.finish().await.0.refused, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_sent_took_no_effect_and_what_was_lost_may_have() {
    let gone = {
        let (_, address) = listener().await;
        address
    };
    let delete = request("DELETE", "/2023-03-30/functions/f", "");
    let recording = Recording::of(gone).await;
    let refused = send(&recording, &delete).await;
    assert!(refused.starts_with("HTTP/1.1 502 ") && refused.contains("FnconformUpstreamUnreachable"), "{refused}");
    let (snapshot, text) = recording.finish().await;
    assert_eq!((snapshot.unreachable, snapshot.book.total(), text.as_str()), (1, 0, ""));

    let recording = Recording::of(answering(b"").await).await;
    let lost = send(&recording, &delete).await;
    assert!(lost.starts_with("HTTP/1.1 504 ") && lost.contains(r#""Code":"FnconformUpstreamLost""#), "{lost}");
    // An answer that breaks off is none.
    let (snapshot, text) = recording.finish().await;
    assert_eq!((snapshot.lost, snapshot.book.unanswered), (1, 1));
    assert!(text.contains(r#""op":"delete""#) && text.contains(r#""end":null"#), "{text}");

    let recording = Recording::of(answering(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf").await).await;
    let half = send(&recording, &request("POST", "/2023-03-30/functions/f/invocations", "")).await;
    assert!(half.ends_with("half"), "{half}");
    let (_, text) = recording.finish().await;
    assert!(text.contains(r#""op":"invoke""#) && text.contains(r#""end":null"#), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_leaves_an_operation_without_an_answer() {
    let (endpoint, address) = listener().await;
    let recording = Recording::of(address).await;
    let mut client = recording.connect().await;
    client.write_all(request("POST", "/2023-03-30/functions/f/invocations", "").as_bytes()).await.unwrap();
    let (mut upstream, _) = endpoint.accept().await.unwrap();
    head(&mut upstream).await;
    drop(client);
    // The endpoint is told by the end of its connection.
    assert_eq!(upstream.read(&mut [0; 8]).await.unwrap(), 0);
    let (snapshot, text) = recording.finish().await;
    assert_eq!((snapshot.book.unanswered, snapshot.in_flight), (1, 0));
    assert!(text.contains(r#""end":null"#), "{text}");
}
