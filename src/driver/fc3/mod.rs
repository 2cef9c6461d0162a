//! The dialect of Function Compute 3.0 (API version 2023-03-30).
//!
//! `client` encodes calls and reads answers, `server` reads calls and encodes answers. Both are pure, and share
//! nothing but the words below. They must not know a socket, nor what is right or wrong of a function: only what the
//! bytes say. Signatures come later, by [`super::auth`].

mod client;
mod server;

use serde_json::{Map, Value};

use super::{ApiError, Dialect, HttpRequest, HttpResponse, Reply, Request, ServerCall, ServerReply};

/// The version in every path and in the header `x-acs-version`.
const VERSION: &str = "2023-03-30";

/// The only runtime that has function states to speak of.
const RUNTIME: &str = "custom-container";

/// The header that carries the service's id of a request.
const REQUEST_ID: &str = "x-fc-request-id";

/// The header of a served invocation whose code ended with an error of its own.
const ERROR_TYPE: &str = "x-fc-error-type";

/// The header that asks for a synchronous or an asynchronous invocation.
const INVOCATION_TYPE: &str = "x-fc-invocation-type";

/// Function Compute 3.0.
pub struct Fc3;

impl Dialect for Fc3 {
    fn name(&self) -> &'static str {
        "fc3"
    }

    fn not_found_code(&self) -> &'static str {
        "FunctionNotFound"
    }

    fn encode(&self, request: &Request) -> HttpRequest {
        client::encode(request)
    }

    fn decode(&self, request: &Request, response: &HttpResponse) -> Reply {
        client::decode(request, response)
    }

    fn parse(&self, request: &HttpRequest) -> Result<ServerCall, ApiError> {
        server::parse(request)
    }

    fn merge(&self, config: &mut Map<String, Value>, update: Map<String, Value>) {
        server::merge(config, update);
    }

    fn render(&self, reply: &ServerReply, request_id: &str) -> HttpResponse {
        server::render(reply, request_id)
    }
}
