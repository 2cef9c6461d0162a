//! What the proxy answers by itself: its counters, and what it must refuse.

use super::metrics;
use super::status::Status;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::json;

/// Where the counters are, instead of whatever the endpoint may have there.
const ROOT: &str = "/_fnconform";

/// The page at a path; `None` if the path is the endpoint's.
pub(super) fn page(path: &str, status: &Status) -> Option<Response<Full<Bytes>>> {
    let rest = path.strip_prefix(ROOT)?;
    Some(match rest {
        "" | "/" => answer(StatusCode::OK, "application/json", status.snapshot().json().to_string()),
        "/metrics" => answer(StatusCode::OK, "text/plain; version=0.0.4", metrics::text(&status.snapshot())),
        "/healthz" => answer(StatusCode::OK, "text/plain", "ok\n".to_owned()),
        _ if rest.starts_with('/') => {
            let message = format!("there is nothing at this path; there is {ROOT}, {ROOT}/metrics and {ROOT}/healthz");
            Refusal { status: StatusCode::NOT_FOUND, code: "FnconformPathNotFound", message }.response()
        }
        _ => return None,
    })
}

/// A refusal of the proxy's own. Its code is none that an API has.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Refusal {
    /// In the form of the API.
    pub(super) fn response(&self) -> Response<Full<Bytes>> {
        let body = json!({ "Code": self.code, "Message": self.message, "RequestId": "" });
        answer(self.status, "application/json", body.to_string())
    }
}

fn answer(status: StatusCode, kind: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
