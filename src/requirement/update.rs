//! Section "Update states": the status of an update, and where invocations go meanwhile.

use super::{Level, Lever, Requirement};

/// `lastUpdateStatus` is InProgress, Successful or Failed.
pub static KNOWN: Requirement = Requirement {
    name: "update.known",
    title: "`lastUpdateStatus` is InProgress, Successful or Failed",
    quote: Some("the LastUpdateStatus field tracks the update separately from the function's main state"),
    level: Level::Stated,
    needs: &[],
    note: "It may be absent or empty before the first update, and only then.",
};

/// An update of an Active function leaves its state Active.
pub static STATE_APART: Requirement = Requirement {
    name: "update.state-apart",
    title: "An update of an Active function leaves its state Active",
    quote: Some("tracks the update separately from the function's main state"),
    level: Level::Stated,
    needs: &[Lever::Hold],
    note: "",
};

/// While InProgress an invocation reaches the code from before the update.
pub static IN_PROGRESS_SERVES_OLD: Requirement = Requirement {
    name: "update.in-progress-serves-old",
    title: "While InProgress an invocation reaches the code from before the update",
    quote: Some("Directed to the pre-update code"),
    level: Level::Stated,
    needs: &[Lever::Hold],
    note: "",
};

/// Once Successful an invocation reaches the updated code.
pub static SUCCESSFUL_SERVES_NEW: Requirement = Requirement {
    name: "update.successful-serves-new",
    title: "Once Successful an invocation reaches the updated code",
    quote: Some("Directed to the updated code"),
    level: Level::Stated,
    needs: &[],
    note: "",
};

/// After Failed an invocation reaches the code from before the update.
pub static FAILED_SERVES_OLD: Requirement = Requirement {
    name: "update.failed-serves-old",
    title: "After Failed an invocation reaches the code from before the update",
    quote: Some("Directed to the pre-update code"),
    level: Level::Stated,
    needs: &[Lever::Fail],
    note: "The function may be Failed as a whole instead (reading R1).",
};

/// InProgress ends: Successful when the image is ready and not before, Failed when it cannot be prepared.
pub static ENDS: Requirement = Requirement {
    name: "update.ends",
    title: "InProgress ends: Successful when the image is ready and not before, Failed when it cannot be prepared",
    quote: Some("Function Compute is preparing resources for the update."),
    level: Level::Implied,
    needs: &[Lever::Hold],
    note: "An update to the code that already runs may be Successful at once (reading R9).",
};

/// An update that is answered with an error changes nothing.
pub static REFUSED_IS_NOTHING: Requirement = Requirement {
    name: "update.refused-is-nothing",
    title: "An update that is answered with an error changes nothing",
    quote: Some("While a function update is in progress"),
    level: Level::Implied,
    needs: &[],
    note: "",
};

/// An update with a valid image is accepted when nothing is being prepared.
pub static ACCEPTED: Requirement = Requirement {
    name: "update.accepted",
    title: "An update with a valid image is accepted when nothing is being prepared",
    quote: Some("Update the function with valid image information and redeploy."),
    level: Level::Implied,
    needs: &[],
    note: "",
};

/// The requirements of this section, in the order of the page.
pub static ALL: &[&Requirement] = &[
    &KNOWN,
    &STATE_APART,
    &IN_PROGRESS_SERVES_OLD,
    &SUCCESSFUL_SERVES_NEW,
    &FAILED_SERVES_OLD,
    &ENDS,
    &REFUSED_IS_NOTHING,
    &ACCEPTED,
];
