//! What GetFunction may show of a function, and which requirement is broken when it shows something else.

use super::label::{Seen, SeenStatus};
use super::world::{Code, From, Function, State, Status, World};
use crate::requirement::{Requirement, failed, image, states, update};

/// The requirement that the report breaks if the function is as this world has it; `None` if it may look so.
#[must_use]
pub fn breach(world: &World, function: &Function, seen: Seen) -> Option<&'static Requirement> {
    let Some(state) = seen.state else { return Some(&states::KNOWN) };
    let SeenStatus::Known(status) = seen.status else { return Some(&update::KNOWN) };
    if state != function.state {
        return Some(other_state(world, function, state));
    }
    if !status_may_be(function, status) {
        return Some(if status == Status::None { &update::KNOWN } else { &update::ENDS });
    }
    match seen.digest {
        Some(digest) if !digest_may_be(world, function, digest) => Some(&image::DIGEST_RECORDED),
        _ => None,
    }
}

/// The status as seen: exact after the first update; before it, what reading R5 allows.
fn status_may_be(function: &Function, shown: Status) -> bool {
    use State::{Active, Failed, Inactive, Pending};
    if function.status != Status::None {
        return shown == function.status;
    }
    match shown {
        Status::None => true,
        Status::Successful => true,
        Status::InProgress => function.state == Pending,
        Status::Failed => match function.state {
            Pending => function.from == From::Inactive,
            Active => false,
            Failed | Inactive => true,
        },
    }
}

/// The digest as seen: that of `current` when all is quiet, else also that of what was or is being deployed.
fn digest_may_be(world: &World, function: &Function, shown: super::world::Digest) -> bool {
    let quiet = function.state == State::Active && matches!(function.status, Status::None | Status::Successful);
    let shows = |code: Code| match code.digest {
        Some(digest) => digest == shown,
        None => world.tag(code.image).digest == Some(shown),
    };
    if function.current.is_some_and(shows) {
        return true;
    }
    !quiet
        && (function.next.is_some_and(shows)
            || shows(function.latest)
            || (function.status == Status::InProgress && function.older.iter().copied().any(shows)))
}

/// The requirement that is broken when a function in the state of this world is reported in another one.
fn other_state(world: &World, function: &Function, shown: State) -> &'static Requirement {
    use State::{Active, Failed, Inactive, Pending};
    let updating = function.status == Status::InProgress;
    match (function.state, shown) {
        (Pending, _) => other_than_pending(world, function, shown),
        (Active, Inactive | Failed | Pending) if updating => &update::STATE_APART,
        (Active, Inactive) => match function.current {
            Some(code) if world.missing(code) => &failed::IMAGE_DELETED,
            Some(code) if world.overwritten(code) => &failed::TAG_OVERWRITTEN,
            _ => &states::INACTIVE_AFTER_IDLE,
        },
        (Failed, Active) if updating => &update::ENDS,
        (Failed, _) if !updating => &failed::STAYS,
        _ => &states::ONLY_DOCUMENTED,
    }
}

fn other_than_pending(world: &World, function: &Function, shown: State) -> &'static Requirement {
    use State::{Active, Failed, Inactive};
    let prospect = function.next.map(|code| world.prospect(code));
    let can_succeed = prospect.is_some_and(|prospect| prospect.success.is_some());
    let can_only_fail = prospect.is_some_and(|prospect| prospect.failure) && !can_succeed;
    match (function.from, shown) {
        (From::Creation, Active | Inactive) if can_only_fail => &failed::AT_CREATION,
        (From::Inactive, Active) if can_only_fail => &states::INACTIVE_REMAINS,
        (From::Failed, Active) => &update::ENDS,
        (_, Active) => &states::PENDING_BECOMES_ACTIVE,
        (From::Creation, Failed) if can_succeed => &states::PENDING_BECOMES_ACTIVE,
        (From::Creation, _) => &states::PENDING_FIRST,
        (From::Inactive, Inactive) if can_succeed => &states::INACTIVE_RECOVERS,
        (From::Inactive, Failed) => &states::INACTIVE_REMAINS,
        _ => &states::ONLY_DOCUMENTED,
    }
}
