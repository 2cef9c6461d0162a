//! Driving an endpoint: dialects, the one HTTP client, and the execution of plans.
//!
//! A [`Dialect`] is pure: it turns requests into bytes and bytes into answers, on the client's side and on the
//! server's, and knows no socket. Only `client` knows the HTTP library.

mod alone;
pub mod answer;
mod attribute;
pub mod auth;
pub mod budget;
pub mod case;
pub mod client;
pub mod endpoint;
pub mod event;
pub mod fc3;
pub mod fold;
pub(crate) mod intent;
pub mod judged;
pub mod path;
pub mod patience;
pub mod rate;
mod readings;
pub mod record;
pub mod result;
pub mod run;
pub mod setup;
pub mod sha256;
pub mod shrink;

pub(crate) use answer::json_kind;
pub use answer::{Meaning, Reply};
pub use client::{Client, ClientError, Exchange, Failure, RequestTag, Trust};

use crate::history::Name;

/// A call of the API, before it is encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// CreateFunction of a custom-container function with this image.
    Create {
        /// The function's name.
        function: Name,
        /// The image reference.
        image: Name,
    },
    /// GetFunction.
    Get {
        /// The function's name.
        function: Name,
    },
    /// UpdateFunction, image only.
    Update {
        /// The function's name.
        function: Name,
        /// The image reference.
        image: Name,
    },
    /// A synchronous InvokeFunction without a body.
    Invoke {
        /// The function's name.
        function: Name,
    },
    /// DeleteFunction.
    Delete {
        /// The function's name.
        function: Name,
    },
}

impl Request {
    /// The function it is about.
    #[must_use]
    pub fn function(&self) -> &Name {
        match self {
            Self::Create { function, .. }
            | Self::Get { function }
            | Self::Update { function, .. }
            | Self::Invoke { function }
            | Self::Delete { function } => function,
        }
    }
}

/// An HTTP request as plain data; the path is already percent-encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The method, in capitals.
    pub method: &'static str,
    /// Path and query, beginning with a slash, to be put behind the base URL.
    pub path: String,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

/// A complete HTTP answer as plain data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// The value of the first header of that (lower-case) name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// What a function looks like to GetFunction, for a server to render.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionView {
    /// The function's name.
    pub name: String,
    /// `state`.
    pub state: Option<String>,
    /// `stateReason` and `stateReasonCode`.
    pub state_reason: Option<(String, String)>,
    /// `lastUpdateStatus`.
    pub last_update_status: Option<String>,
    /// `lastUpdateStatusReason` and `lastUpdateStatusReasonCode`.
    pub last_update_status_reason: Option<(String, String)>,
    /// The image reference that was deployed last.
    pub image: String,
    /// The digest that the reference was resolved to.
    pub digest: Option<String>,
    /// What else the caller configured (as the dialect parsed it), to be given back.
    pub config: serde_json::Map<String, serde_json::Value>,
}

/// What a server answers, before it is encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerReply {
    /// Create, get or update: the function as it now is.
    Function(FunctionView),
    /// Delete: done.
    Deleted,
    /// Invoke: the code's reply.
    Served {
        /// The body that the code answered with.
        body: Vec<u8>,
        /// The kind of error that the code itself ended with, if it did.
        function_error: Option<String>,
    },
    /// A refusal in the API's own form.
    Error(ApiError),
}

/// A refusal: HTTP status, error code, message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// The code, as the dialect's documents spell it.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

/// A request as a server parsed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerCall {
    /// The call. For an update without an image, `image` is empty.
    pub request: Request,
    /// What else the body configured, top-level keys as the dialect spells them (partial for an update).
    pub config: serde_json::Map<String, serde_json::Value>,
}

/// One API in which functions are created, read, updated, invoked and deleted: pure encoding and decoding.
pub trait Dialect: Send + Sync {
    /// The name by which users select it.
    fn name(&self) -> &'static str;

    /// The error code of a function that is not there.
    fn not_found_code(&self) -> &'static str;

    /// How requests are signed.
    fn auth(&self) -> &'static dyn auth::Scheme {
        &auth::Acs3
    }

    /// The client's side: the HTTP request for a call.
    fn encode(&self, request: &Request) -> HttpRequest;

    /// The client's side: what a complete answer to that call means.
    fn decode(&self, request: &Request, response: &HttpResponse) -> Reply;

    /// The server's side: the call that an HTTP request is, or the error to answer with.
    ///
    /// # Errors
    /// The API's own error for an unknown path, a malformed body or a missing field.
    fn parse(&self, request: &HttpRequest) -> Result<ServerCall, ApiError>;

    /// The server's side: lays what an update configured over what was configured before.
    ///
    /// By default a key of the update replaces the whole of what stood under it.
    fn merge(
        &self,
        config: &mut serde_json::Map<String, serde_json::Value>,
        update: serde_json::Map<String, serde_json::Value>,
    ) {
        config.extend(update);
    }

    /// The server's side: the HTTP answer, carrying `request_id`.
    fn render(&self, reply: &ServerReply, request_id: &str) -> HttpResponse;
}

/// All dialects, in the order in which they are listed.
pub static DIALECTS: &[&dyn Dialect] = &[&fc3::Fc3];
