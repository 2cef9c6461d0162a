//! The dialect of Function Compute 3.0 (API version 2023-03-30).

use super::{ApiError, Dialect, HttpRequest, HttpResponse, Reply, Request, ServerCall, ServerReply};

/// Function Compute 3.0.
pub struct Fc3;

impl Dialect for Fc3 {
    fn name(&self) -> &'static str {
        "fc3"
    }

    fn encode(&self, _request: &Request) -> HttpRequest {
        todo!()
    }

    fn decode(&self, _request: &Request, _response: &HttpResponse) -> Reply {
        todo!()
    }

    fn parse(&self, _request: &HttpRequest) -> Result<ServerCall, ApiError> {
        todo!()
    }

    fn render(&self, _reply: &ServerReply, _request_id: &str) -> HttpResponse {
        todo!()
    }
}
