//! Section "Function states": the four states, and how one follows another.

use super::catalogue;

catalogue! {
    KNOWN = "states.known", Stated;
    PENDING_FIRST = "states.pending-first", Stated;
    PENDING_NOT_INVOCABLE = "states.pending-not-invocable", Stated;
    PENDING_BECOMES_ACTIVE = "states.pending-becomes-active", Stated;
    ACTIVE_INVOCABLE = "states.active-invocable", Stated;
    FAILED_NOT_INVOCABLE = "states.failed-not-invocable", Stated;
    INACTIVE_AFTER_IDLE = "states.inactive-after-idle", Stated;
    INACTIVE_NOT_INVOCABLE = "states.inactive-not-invocable", Stated;
    INACTIVE_WAKES = "states.inactive-wakes", Stated;
    INACTIVE_RECOVERS = "states.inactive-recovers", Stated;
    INACTIVE_REMAINS = "states.inactive-remains", Stated;
    ONLY_DOCUMENTED = "states.only-documented", Implied;
}
