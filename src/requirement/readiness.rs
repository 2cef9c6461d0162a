//! Section "Check state before invoking": what a client that looks first may rely on.

use super::catalogue;

catalogue! {
    FRESH = "readiness.fresh", Implied;
    ACTIVE_THEN_INVOKE = "readiness.active-then-invoke", Stated;
    SUCCESSFUL_THEN_NEW = "readiness.successful-then-new", Stated;
    APART = "readiness.apart", Implied;
}
