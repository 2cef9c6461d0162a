//! The registry behind HTTP: from requests to the shelf, and its answers onto the wire.
//!
//! Holding back is done inside of an answer: its head is sent, and then a byte now and then, never the last one, so that
//! no client gives up because it hears nothing. When the image becomes ready the rest follows; when it fails or is gone
//! the connection breaks, and whoever asks again is refused. The only file of the levers that knows the server library.

use super::image::Blob;
use super::route::Route;
use super::shelf::{Answer, Method, Refusal, Shelf};
use crate::history::Condition;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{self, HeaderMap, StatusCode, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use serde_json::json;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long a client that is held back hears nothing. Those that wait for a limited time wait for ten seconds or more.
const SIGN_OF_LIFE: Duration = Duration::from_secs(3);

/// The header that tells a manifest's digest.
const DIGEST: &str = "docker-content-digest";

/// Serves until `stop` is told to, or nobody is left to tell it.
pub(super) async fn serve(listener: TcpListener, shelf: Arc<Mutex<Shelf>>, mut stop: watch::Receiver<bool>) {
    let service = Router::new().fallback(respond).with_state(shelf);
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        // A registry that was dropped means the same as one that was told to stop.
        let _ = stop.wait_for(|stop| *stop).await;
    });
    // Serving has no error to report: accepting goes on whatever happens to a connection.
    let _ = server.await;
}

async fn respond(State(shelf): State<Arc<Mutex<Shelf>>>, request: Request) -> Response {
    let headers = request.headers();
    let answer = {
        let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        shelf.heard(&joined(headers, &header::USER_AGENT));
        let method = match *request.method() {
            http::Method::HEAD => Some(Method::Head),
            http::Method::GET => Some(Method::Get),
            _ => None,
        };
        let route = Route::of(request.uri().path());
        method.map(|method| shelf.answer(method, &route, &joined(headers, &header::ACCEPT)))
    };
    let mut response = match answer {
        None => refused(Refusal { status: 405, code: "UNSUPPORTED", message: "only reading is supported here" }),
        Some(Answer::Hello) => json_response(StatusCode::OK, &json!({})),
        Some(Answer::Tags(name, tags)) => json_response(StatusCode::OK, &json!({ "name": name, "tags": tags })),
        Some(Answer::Refused(refusal)) => refused(refusal),
        Some(Answer::Bytes { kind, blob, held }) => delivered(headers, kind, blob, held),
    };
    set(&mut response, "docker-distribution-api-version", "registry/2.0");
    response
}

/// What all headers of that name say.
fn joined(headers: &HeaderMap, name: &header::HeaderName) -> String {
    let values: Vec<_> = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    values.join(", ")
}

fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = header::HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn json_response(status: StatusCode, body: &serde_json::Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    set(&mut response, "content-type", "application/json");
    response
}

fn refused(refusal: Refusal) -> Response {
    let Refusal { status, code, message } = refusal;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = json!({ "errors": [{ "code": code, "message": message, "detail": null }] });
    let mut response = json_response(status, &body);
    if status == StatusCode::UNAUTHORIZED {
        set(&mut response, "www-authenticate", "Basic realm=\"fnconform\"");
    }
    response
}

fn delivered(headers: &HeaderMap, kind: &str, blob: Blob, held: Option<watch::Receiver<Condition>>) -> Response {
    let length = blob.bytes.len();
    let asked = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let (status, part) = match asked.map(|text| range(text, length)) {
        None | Some(Asked::All) => (StatusCode::OK, 0..length),
        Some(Asked::Part(part)) => (StatusCode::PARTIAL_CONTENT, part),
        Some(Asked::Beyond) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
            set(&mut response, "content-range", &format!("bytes */{length}"));
            return response;
        }
    };
    let bytes = blob.bytes.slice(part.clone());
    let size = bytes.len();
    let mut response = Response::new(match held {
        None => Body::from(bytes),
        Some(condition) => held_back(bytes, condition),
    });
    *response.status_mut() = status;
    set(&mut response, "content-type", kind);
    set(&mut response, "content-length", &size.to_string());
    set(&mut response, "accept-ranges", "bytes");
    set(&mut response, "etag", &format!("\"{}\"", blob.digest));
    set(&mut response, DIGEST, &blob.digest);
    if status == StatusCode::PARTIAL_CONTENT {
        set(&mut response, "content-range", &format!("bytes {}-{}/{length}", part.start, part.end.saturating_sub(1)));
    }
    response
}

/// The bytes, held back for as long as the condition says so.
fn held_back(bytes: Bytes, condition: watch::Receiver<Condition>) -> Body {
    Body::from_stream(stream::unfold((bytes, condition), |(mut bytes, mut condition)| async move {
        if bytes.is_empty() {
            return None;
        }
        loop {
            let now = *condition.borrow_and_update();
            match now {
                Condition::Ready => return Some((Ok(std::mem::take(&mut bytes)), (bytes, condition))),
                Condition::Failing | Condition::Missing => break,
                Condition::Held => {}
            }
            match tokio::time::timeout(SIGN_OF_LIFE, condition.changed()).await {
                Ok(Ok(())) => {}
                // The registry is at its end.
                Ok(Err(_)) => break,
                Err(_) if bytes.len() > 1 => return Some((Ok(bytes.split_to(1)), (bytes, condition))),
                Err(_) => {}
            }
        }
        Some((Err(io::Error::other("what was held back is not to be had")), (Bytes::new(), condition)))
    }))
}

/// Which part of the bytes is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    All,
    Part(Range<usize>),
    Beyond,
}

/// What the header `Range` asks for; whoever asks for several parts, or in another way, gets all.
fn range(text: &str, length: usize) -> Asked {
    let Some((from, to)) = text.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Asked::All;
    };
    match (from.parse::<usize>(), to.parse::<usize>()) {
        (Ok(from), Ok(to)) if from <= to && from < length => Asked::Part(from..to.saturating_add(1).min(length)),
        (Ok(from), Err(_)) if to.is_empty() && from < length => Asked::Part(from..length),
        (Err(_), Ok(last)) if from.is_empty() && last > 0 => Asked::Part(length.saturating_sub(last)..length),
        (Ok(from), Ok(to)) if from <= to => Asked::Beyond,
        (Ok(_), Err(_)) if to.is_empty() => Asked::Beyond,
        (Err(_), Ok(0)) if from.is_empty() => Asked::Beyond,
        _ => Asked::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_a_part_of_what_there_is() {
        for (text, asked) in [
            ("bytes=0-3", Asked::Part(0..4)),
            ("bytes=2-", Asked::Part(2..10)),
            ("bytes=-3", Asked::Part(7..10)),
            ("bytes=8-99", Asked::Part(8..10)),
            ("bytes=10-", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=3-2", Asked::All),
            ("bytes=0-1,3-4", Asked::All),
            ("lines=1-2", Asked::All),
        ] {
            assert_eq!(range(text, 10), asked, "{text}");
        }
    }
}
