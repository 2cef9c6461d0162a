//! Section "Check state before invoking": what a client that looks first may rely on.

use super::{Level, Requirement};

/// GetFunction after a create or update has returned reflects it.
pub static FRESH: Requirement = Requirement {
    name: "readiness.fresh",
    title: "GetFunction after a create or update has returned reflects it",
    quote: Some("call the GetFunction operation to verify the function state before invoking"),
    level: Level::Implied,
    needs: &[],
    note: "It is never refused, and never shows the status of before.",
};

/// A client that saw Active, and no update since, can invoke.
pub static ACTIVE_THEN_INVOKE: Requirement = Requirement {
    name: "readiness.active-then-invoke",
    title: "A client that saw Active, and no update since, can invoke",
    quote: Some("Newly created functions: confirm the state is Active."),
    level: Level::Stated,
    needs: &[],
    note: "",
};

/// A client that saw Successful reaches the updated code, on every later invocation.
pub static SUCCESSFUL_THEN_NEW: Requirement = Requirement {
    name: "readiness.successful-then-new",
    title: "A client that saw Successful reaches the updated code, on every later invocation",
    quote: Some("Updated functions: confirm LastUpdateStatus is Successful."),
    level: Level::Stated,
    needs: &[],
    note: "",
};

/// What is done to one function changes no other.
pub static APART: Requirement = Requirement {
    name: "readiness.apart",
    title: "What is done to one function changes no other",
    quote: Some("Function states tell you exactly when a function is ready to invoke."),
    level: Level::Implied,
    needs: &[],
    note: "",
};

/// The requirements of this section, in the order of the page.
pub static ALL: &[&Requirement] = &[&FRESH, &ACTIVE_THEN_INVOKE, &SUCCESSFUL_THEN_NEW, &APART];
