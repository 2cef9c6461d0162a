//! What a derived plan may do next, said without names, so that it means the same on whichever images it is done.

use crate::history::Condition;
use crate::lever::{LeverSet, lever_for};
use crate::model::step::Role;
use crate::plan::Change;
use crate::requirement::Lever;

/// What is done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    /// A create; refused where a function is.
    Create(Source),
    /// An update.
    Update(Source),
    /// A look.
    Get,
    /// An invocation.
    Invoke,
    /// A delete.
    Delete,
    /// The lever `idle`.
    Idle,
    /// A lever on an image that the function uses.
    Pull(Role, Change),
    /// A wait until all that must happen has happened.
    Wait,
}

/// The image that is deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The one that was deployed last, as it is.
    Same,
    /// One that the function does not use, put into this condition before.
    Other(Condition),
}

/// Everything that these levers allow, whether or not it means something in a given world.
pub(super) fn moves(levers: LeverSet) -> Vec<Move> {
    let roles = [Role::Next, Role::Current, Role::Superseded];
    let pulls = roles.into_iter().flat_map(|role| Change::ALL.map(|change| (role, change)));
    let mut moves = vec![Move::Wait, Move::Get, Move::Invoke, Move::Update(Source::Same), Move::Delete];
    for condition in Condition::ALL.into_iter().filter(|condition| can_be(*condition, levers)) {
        let source = Source::Other(condition);
        moves.extend([Move::Create(source), Move::Update(source)]);
    }
    if levers.contains(Lever::Idle) {
        moves.push(Move::Idle);
    }
    let pulls = pulls.filter(|(_, change)| levers.contains(change.lever()));
    moves.extend(pulls.map(|(role, change)| Move::Pull(role, change)));
    moves
}

/// Whether an image can be put into that condition; every image is ready at first.
fn can_be(condition: Condition, levers: LeverSet) -> bool {
    let content = crate::history::Content { code: None, condition };
    condition == Condition::Ready || levers.contains(lever_for(&content))
}
