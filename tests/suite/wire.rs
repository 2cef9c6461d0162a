//! The wire, against bytes that others wrote: real sockets, raw servers, and bodies as official clients and documents
//! have them. Nothing here is made by the codec that it tests.

#![allow(clippy::unwrap_used)]

mod answers;
mod arrivals;
mod failures;
mod levers;
mod requests;
mod server;
mod signed;

use std::time::Duration;

use fnconform::driver::{Client, Exchange, HttpRequest, HttpResponse, RequestTag};

/// Long enough for anything that is to come about on this machine.
const PLENTY: Duration = Duration::from_secs(20);

/// The tag of the request with this number.
fn tag(step: u64) -> RequestTag {
    RequestTag { run: "wire".into(), case: "1".into(), step }
}

/// A request that is nothing but its method and path.
fn plain(method: &'static str, path: &str) -> HttpRequest {
    HttpRequest { method, path: path.to_owned(), headers: Vec::new(), body: Vec::new() }
}

/// Sends it, and expects a complete answer.
async fn complete(client: &Client, request: &HttpRequest) -> HttpResponse {
    match client.send(request, &tag(1), PLENTY).await {
        Exchange::Complete(response) => response,
        Exchange::Failed(failure) => panic!("{failure}"),
    }
}

/// A whole answer with a length.
fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let mut bytes = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}
