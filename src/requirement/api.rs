//! The wire: what the API's own documents promise and its clients rely on.

use super::{Level, Requirement};

/// A refusal is a 4xx or 5xx whose body is a JSON object with `Code` and `Message`.
pub static ERRORS: Requirement = Requirement {
    name: "api.errors",
    title: "A refusal is a 4xx or 5xx whose body is a JSON object with `Code` and `Message`",
    quote: None,
    level: Level::Wire,
    needs: &[],
    note: "A 5xx without them is noted, not failed.",
};

/// An unknown or deleted function answers 404 `FunctionNotFound` to every operation.
pub static NOT_FOUND: Requirement = Requirement {
    name: "api.not-found",
    title: "An unknown or deleted function answers 404 `FunctionNotFound` to every operation",
    quote: None,
    level: Level::Wire,
    needs: &[],
    note: "",
};

/// The requirements of this section, in the order of the page.
pub static ALL: &[&Requirement] = &[&ERRORS, &NOT_FOUND];
