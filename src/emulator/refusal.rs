//! The refusals of the endpoint: status, code and sentence of each.
//!
//! Only `FunctionNotFound` with 404 is documented for these cases. No document says how an invocation of a function
//! that is not Active is refused; 412 `PreconditionFailed` is the nearest of the published codes.

use super::function::State;
use crate::driver::{ApiError, ServerReply};

fn error(status: u16, code: &str, message: String) -> ServerReply {
    ServerReply::Error(ApiError { status, code: code.to_owned(), message })
}

/// The function does not exist.
pub(super) fn not_found(function: &str) -> ServerReply {
    error(404, "FunctionNotFound", format!("function '{function}' does not exist."))
}

/// A function of that name exists.
pub(super) fn exists(function: &str) -> ServerReply {
    error(409, "FunctionAlreadyExists", format!("function '{function}' already exists."))
}

/// The state of the function does not allow an invocation.
pub(super) fn not_invocable(function: &str, state: State) -> ServerReply {
    let state = state.as_str();
    error(412, "PreconditionFailed", format!("function '{function}' cannot be invoked: its state is {state}."))
}

/// The image of the function is gone or is another one.
pub(super) fn image_lost(function: &str) -> ServerReply {
    error(412, "PreconditionFailed", format!("the image of function '{function}' is no longer accessible."))
}

/// Another change of the function is under way.
pub(super) fn conflict(function: &str) -> ServerReply {
    error(409, "ConcurrentUpdateError", format!("function '{function}' is being updated."))
}

/// Something about the request is not as it should be.
pub(super) fn invalid(message: String) -> ServerReply {
    error(400, "InvalidArgument", message)
}

/// Any other refusal.
pub(super) fn other(status: u16, code: &str, message: &str) -> ServerReply {
    error(status, code, message.to_owned())
}
