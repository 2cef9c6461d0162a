//! Section "Function states": the four states, and how one follows another.

use super::{Level, Lever, Requirement};

/// `state` is exactly one of Pending, Active, Failed, Inactive.
pub static KNOWN: Requirement = Requirement {
    name: "states.known",
    title: "`state` is exactly one of Pending, Active, Failed, Inactive",
    quote: Some("assigns every Custom Container function one of the following states"),
    level: Level::Stated,
    needs: &[],
    note: "Pages before August 2024 spelled the last one InActive; it is Inactive since.",
};

/// A created function is Pending until its preparation ends, and nothing but Active or Failed comes next.
pub static PENDING_FIRST: Requirement = Requirement {
    name: "states.pending-first",
    title: "A created function is Pending until its preparation ends, and nothing but Active or Failed comes next",
    quote: Some("The initial state after a function is created."),
    level: Level::Stated,
    needs: &[],
    note: "",
};

/// An invocation while Pending is refused and does not reach the code.
pub static PENDING_NOT_INVOCABLE: Requirement = Requirement {
    name: "states.pending-not-invocable",
    title: "An invocation while Pending is refused and does not reach the code",
    quote: Some("Functions in other states cannot be invoked."),
    level: Level::Stated,
    needs: &[Lever::Hold],
    note: "",
};

/// Once the image is ready the function becomes Active, and not before.
pub static PENDING_BECOMES_ACTIVE: Requirement = Requirement {
    name: "states.pending-becomes-active",
    title: "Once the image is ready the function becomes Active, and not before",
    quote: Some("Transitions to Active when the image is ready."),
    level: Level::Stated,
    needs: &[Lever::Hold],
    note: "",
};

/// An invocation while Active is served.
pub static ACTIVE_INVOCABLE: Requirement = Requirement {
    name: "states.active-invocable",
    title: "An invocation while Active is served",
    quote: Some("The function handles invocations normally."),
    level: Level::Stated,
    needs: &[],
    note: "",
};

/// An invocation while Failed is refused.
pub static FAILED_NOT_INVOCABLE: Requirement = Requirement {
    name: "states.failed-not-invocable",
    title: "An invocation while Failed is refused",
    quote: Some("The function cannot be invoked because an issue occurred during resource preparation."),
    level: Level::Stated,
    needs: &[Lever::Fail],
    note: "",
};

/// An idle function becomes Inactive, and a function that is not idle does not.
pub static INACTIVE_AFTER_IDLE: Requirement = Requirement {
    name: "states.inactive-after-idle",
    title: "An idle function becomes Inactive, and a function that is not idle does not",
    quote: Some("The function was idle long enough for Function Compute to release its cached resources."),
    level: Level::Stated,
    needs: &[Lever::Idle],
    note: "",
};

/// An invocation while Inactive is refused, the one that wakes it included.
pub static INACTIVE_NOT_INVOCABLE: Requirement = Requirement {
    name: "states.inactive-not-invocable",
    title: "An invocation while Inactive is refused, the one that wakes it included",
    quote: Some("Functions in other states cannot be invoked."),
    level: Level::Stated,
    needs: &[Lever::Idle],
    note: "",
};

/// An invocation or a redeploy brings an Inactive function to Pending.
pub static INACTIVE_WAKES: Requirement = Requirement {
    name: "states.inactive-wakes",
    title: "An invocation or a redeploy brings an Inactive function to Pending",
    quote: Some("Redeploy or trigger the function to return it to Pending."),
    level: Level::Stated,
    needs: &[Lever::Idle],
    note: "",
};

/// If that preparation succeeds the function becomes Active, with the code deployed last.
pub static INACTIVE_RECOVERS: Requirement = Requirement {
    name: "states.inactive-recovers",
    title: "If that preparation succeeds the function becomes Active, with the code deployed last",
    quote: Some("If resource preparation succeeds, the function returns to Active"),
    level: Level::Stated,
    needs: &[Lever::Idle],
    note: "",
};

/// If that preparation fails the function is Inactive again, not Failed.
pub static INACTIVE_REMAINS: Requirement = Requirement {
    name: "states.inactive-remains",
    title: "If that preparation fails the function is Inactive again, not Failed",
    quote: Some("otherwise, it remains Inactive."),
    level: Level::Stated,
    needs: &[Lever::Fail, Lever::Idle],
    note: "An image that was lost meanwhile may make it Failed (reading R10).",
};

/// No other change of state happens by itself, and a refused request changes nothing.
pub static ONLY_DOCUMENTED: Requirement = Requirement {
    name: "states.only-documented",
    title: "No other change of state happens by itself, and a refused request changes nothing",
    quote: Some("Function states tell you exactly when a function is ready to invoke."),
    level: Level::Implied,
    needs: &[],
    note: "The refused invocation that wakes an Inactive function is the one exception.",
};

/// The requirements of this section, in the order of the page.
pub static ALL: &[&Requirement] = &[
    &KNOWN,
    &PENDING_FIRST,
    &PENDING_NOT_INVOCABLE,
    &PENDING_BECOMES_ACTIVE,
    &ACTIVE_INVOCABLE,
    &FAILED_NOT_INVOCABLE,
    &INACTIVE_AFTER_IDLE,
    &INACTIVE_NOT_INVOCABLE,
    &INACTIVE_WAKES,
    &INACTIVE_RECOVERS,
    &INACTIVE_REMAINS,
    &ONLY_DOCUMENTED,
];
