//! Answers that do not come, or not whole; and those that come whole in unusual ways.

use std::time::{Duration, Instant};

use fnconform::driver::{Client, Exchange, Failure};

use super::server::{Move, RawServer};
use super::{PLENTY, answer, complete, plain, tag};

/// Half a second: what a hanging server is waited for in these tests.
const SHORT: Duration = Duration::from_millis(500);

/// What came of a request to a server that does this.
async fn failure(script: Vec<Move>, timeout: Duration) -> Failure {
    let server = RawServer::start(move |_| script.clone()).await;
    let exchange = server.client().send(&plain("GET", "/"), &tag(1), timeout).await;
    assert_eq!(server.arrivals().len(), 1, "it is not sent again");
    match exchange {
        Exchange::Failed(failure) => failure,
        Exchange::Complete(response) => panic!("complete: {response:?}"),
    }
}

fn write(text: &str) -> Move {
    Move::Write(text.as_bytes().to_vec())
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_lost() {
    for script in [
        vec![Move::Close],
        vec![Move::Reset],
        vec![write("HTTP/1.1 200 OK\r\ncontent-le"), Move::Close],
        vec![write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345"), Move::Close],
        vec![write("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n12345"), Move::Reset],
        vec![write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\n"), Move::Close],
        vec![write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n123"), Move::Close],
        vec![write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"), Move::Close],
        vec![write("HTTP/1.1 204 No Content\r\nbad header\r\n\r\n"), Move::Close],
        vec![write("SSH-2.0-OpenSSH_9.6\r\n"), Move::Close],
    ] {
        let shown = format!("{script:?}");
        let failure = failure(script, PLENTY).await;
        assert!(matches!(&failure, Failure::Lost(reason) if !reason.is_empty()), "{shown}: {failure:?}");
    }
}

#[tokio::test]
async fn an_answer_that_hangs_is_lost_at_the_deadline() {
    for script in [
        vec![Move::Pause(PLENTY)],
        vec![write("HTTP/1.1 200 OK\r\n"), Move::Pause(PLENTY)],
        vec![write("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{"), Move::Pause(PLENTY)],
    ] {
        let begin = Instant::now();
        assert_eq!(failure(script, SHORT).await, Failure::Lost("none within 500ms".to_owned()));
        assert!((SHORT..SHORT * 10).contains(&begin.elapsed()));
    }
    // A byte now and then does not put the deadline off.
    let drip = (0..200).flat_map(|_| [write("1\r\nx\r\n"), Move::Pause(SHORT / 10)]);
    let head = write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    let script = [head].into_iter().chain(drip).collect();
    assert_eq!(failure(script, SHORT).await, Failure::Lost("none within 500ms".to_owned()));
}

#[tokio::test]
async fn only_a_request_without_a_connection_was_certainly_not_sent() {
    let unused = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = unused.local_addr().unwrap();
    drop(unused);
    let client = Client::new(&format!("http://{address}")).unwrap();
    let exchange = client.send(&plain("POST", "/"), &tag(1), PLENTY).await;
    assert!(matches!(&exchange, Exchange::Failed(Failure::NotSent(_))), "{exchange:?}");
    let mut request = plain("GET", "/");
    request.headers.push(("x-bad".to_owned(), "a\nb".to_owned()));
    let exchange = client.send(&request, &tag(1), PLENTY).await;
    let reason = "\"a\\nb\" is no value of the header x-bad".to_owned();
    assert_eq!(exchange, Exchange::Failed(Failure::NotSent(reason)));
}

#[tokio::test]
async fn nothing_is_followed_or_tried_again() {
    for status in ["301 Moved", "302 Found", "303 See", "307 Again", "308 Again", "408 Slow", "429 Many", "503 Busy"] {
        let headers = "location: /elsewhere\r\nretry-after: 0\r\n";
        let server = RawServer::always(answer(status, headers, "x")).await;
        let response = complete(&server.client(), &plain("GET", "/")).await;
        assert_eq!(response.status.to_string(), status[..3]);
        assert_eq!(response.header("location"), Some("/elsewhere"));
        assert_eq!(server.arrivals().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_whole_answer_is_taken_however_it_comes() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Fc-Request-Id: r\r\n\r\n\
                   3;name=value\r\n{\"s\r\n1\r\nt\r\n0A\r\nate\":null}\r\n0\r\nx-late: 1\r\n\r\n";
    let closing =
        "HTTP/1.1 200 OK\r\nconnection: close\r\nx-fc-request-id: r\r\ncontent-length: 14\r\n\r\n{\"state\":null}";
    let until_closed = "HTTP/1.0 200 OK\r\nx-fc-request-id: r\r\n\r\n{\"state\":null}";
    let interim = format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n{closing}");
    for bytes in [chunked, closing, until_closed, &interim] {
        for slowly in [Move::Write(bytes.as_bytes().to_vec()), Move::Drip(bytes.as_bytes().to_vec())] {
            let server = RawServer::start(move |_| vec![slowly.clone(), Move::Close]).await;
            let client = server.client();
            for _ in 0..3 {
                let response = complete(&client, &plain("GET", "/")).await;
                assert_eq!((response.status, response.header("x-fc-request-id")), (200, Some("r")));
                assert_eq!(String::from_utf8(response.body).unwrap(), r#"{"state":null}"#);
            }
            assert_eq!(server.arrivals().len(), 3);
        }
    }
}

#[tokio::test]
async fn a_body_is_read_up_to_a_limit_and_never_unpacked() {
    const MIB: usize = 1 << 20;
    let large = vec![b'x'; 33 * MIB];
    let server = RawServer::always(answer("200 OK", "content-encoding: gzip\r\n", &large)).await;
    let response = complete(&server.client(), &plain("GET", "/")).await;
    assert!(response.body == large);

    let chunk = [format!("{MIB:x}\r\n").into_bytes(), vec![b'x'; MIB], b"\r\n".to_vec()].concat();
    let head = write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    let script = [head].into_iter().chain((0..80).map(|_| Move::Write(chunk.clone()))).collect();
    assert_eq!(failure(script, PLENTY).await, Failure::Lost("its body is longer than 67108864 bytes".to_owned()));
}
