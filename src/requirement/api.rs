//! The wire: what the API's own documents promise and its clients rely on.

use super::catalogue;

catalogue! {
    ERRORS = "api.errors", Wire;
    NOT_FOUND = "api.not-found", Wire;
}
