//! Section "Update states": the status of an update, and where invocations go meanwhile.

use super::catalogue;

catalogue! {
    KNOWN = "update.known", Stated;
    STATE_APART = "update.state-apart", Stated;
    IN_PROGRESS_SERVES_OLD = "update.in-progress-serves-old", Stated;
    SUCCESSFUL_SERVES_NEW = "update.successful-serves-new", Stated;
    FAILED_SERVES_OLD = "update.failed-serves-old", Stated;
    ENDS = "update.ends", Implied;
    REFUSED_IS_NOTHING = "update.refused-is-nothing", Implied;
    ACCEPTED = "update.accepted", Implied;
}
