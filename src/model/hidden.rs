//! The hidden steps: what happens to a function by itself, as a table.
//!
//! A row says when the step can happen and what it makes of the world. A row that *must* happen sooner or later carries
//! the requirement that its absence breaks.

use super::open;
use super::world::{Code, From, Function, Idle, Lost, Prospect, State, Status, World};
use crate::history::Condition;
use crate::requirement::{Requirement, failed, states, update};

/// One hidden step.
pub struct Hidden {
    /// What happens, in a few words.
    pub name: &'static str,
    /// Whether it must happen.
    pub must: Must,
    /// The worlds that it leads to; adds none where it cannot happen.
    pub apply: fn(&World, &Function, &mut Vec<World>),
}

/// Whether a hidden step that can happen must happen sooner or later, and the requirement that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Must {
    /// It only may.
    No,
    /// It must.
    Yes(&'static Requirement),
    /// It ends a preparation, and must unless it stands in a queue behind a superseded one that is held.
    Preparation(&'static Requirement),
}

impl Must {
    /// The requirement that its absence breaks in this world; `None` if it need not happen there.
    #[must_use]
    pub fn in_world(self, world: &World, function: &Function) -> Option<&'static Requirement> {
        match self {
            Self::No => None,
            Self::Yes(requirement) => Some(requirement),
            Self::Preparation(requirement) => (!queued(world, function)).then_some(requirement),
        }
    }
}

/// The table of hidden steps of `spec.md`; one line there is several rows here where the requirements differ.
pub static HIDDEN: &[Hidden] = &[
    Hidden {
        name: "a first preparation succeeds",
        must: Must::Preparation(&states::PENDING_BECOMES_ACTIVE),
        apply: |w, f, out| succeed(w, f, pending(f, From::Creation), out),
    },
    Hidden {
        name: "the preparation of a woken function succeeds",
        must: Must::Preparation(&states::INACTIVE_RECOVERS),
        apply: |w, f, out| succeed(w, f, pending(f, From::Inactive), out),
    },
    Hidden {
        name: "the preparation of a redeployed Failed function, shown as Pending, succeeds",
        must: Must::Preparation(&failed::RECOVERS),
        apply: |w, f, out| succeed(w, f, pending(f, From::Failed), out),
    },
    Hidden {
        name: "a first preparation fails",
        must: Must::Preparation(&failed::AT_CREATION),
        apply: |w, f, out| fail_pending(w, f, pending(f, From::Creation) && f.status != Status::InProgress, out),
    },
    Hidden {
        name: "the preparation of a woken function fails",
        must: Must::Preparation(&states::INACTIVE_REMAINS),
        apply: |w, f, out| fail_pending(w, f, pending(f, From::Inactive), out),
    },
    Hidden {
        name: "the preparation of an update, shown as Pending, fails",
        must: Must::Preparation(&update::ENDS),
        apply: |w, f, out| {
            let created = pending(f, From::Creation) && f.status == Status::InProgress;
            fail_pending(w, f, created || pending(f, From::Failed), out);
        },
    },
    Hidden {
        name: "an update of an Active function succeeds",
        must: Must::Preparation(&update::ENDS),
        apply: |w, f, out| succeed(w, f, updating(f, State::Active), out),
    },
    Hidden {
        name: "an update of a Failed function succeeds",
        must: Must::Preparation(&failed::RECOVERS),
        apply: |w, f, out| succeed(w, f, updating(f, State::Failed), out),
    },
    Hidden { name: "an update fails", must: Must::Preparation(&update::ENDS), apply: fail_update },
    Hidden { name: "an update to the code that runs is Successful at once (R9)", must: Must::No, apply: same_code },
    Hidden { name: "a redeployed Failed function is shown as Pending (R3)", must: Must::No, apply: shown_pending },
    Hidden { name: "a superseded preparation succeeds (R8)", must: Must::No, apply: superseded_succeeds },
    Hidden { name: "a superseded preparation fails (R8)", must: Must::No, apply: superseded_fails },
    Hidden { name: "a lost image is noticed (R4)", must: Must::No, apply: notice },
    Hidden {
        name: "a deleted image was noticed by a refused invocation",
        must: Must::Yes(&failed::IMAGE_DELETED),
        apply: |w, f, out| {
            if f.lost == Lost::Refused && f.current.is_some_and(|code| w.missing(code)) {
                notice(w, f, out);
            }
        },
    },
    Hidden {
        name: "an idle function becomes Inactive",
        must: Must::Yes(&states::INACTIVE_AFTER_IDLE),
        apply: |w, f, out| release(w, f, f.idle == Idle::Must, out),
    },
    Hidden {
        name: "an idle function that was used since becomes Inactive",
        must: Must::No,
        apply: |w, f, out| release(w, f, f.idle == Idle::May, out),
    },
    Hidden { name: "a woken function becomes Pending", must: Must::Yes(&states::INACTIVE_WAKES), apply: wake },
    Hidden { name: "an image lost while Inactive is noticed (R10)", must: Must::No, apply: notice_inactive },
];

/// An Active function may become Inactive at any time, where the endpoint has idle rules of its own.
pub static IDLE_RULE: Hidden = Hidden {
    name: "the endpoint's own idle rule makes the function Inactive",
    must: Must::No,
    apply: |w, f, out| {
        if f.state == State::Active {
            with(w, out, |f| {
                f.enter(State::Inactive);
                f.idle = Idle::No;
            });
        }
    },
};

fn pending(f: &Function, from: From) -> bool {
    f.state == State::Pending && f.from == from
}

fn updating(f: &Function, state: State) -> bool {
    f.state == state && f.status == Status::InProgress
}

/// Adds the world in which the function is as `change` leaves it.
pub(super) fn with(world: &World, out: &mut Vec<World>, change: impl FnOnce(&mut Function)) {
    let mut world = world.clone();
    if let Some(function) = &mut world.function {
        change(function);
        out.push(world);
    }
}

pub(super) fn prospect(world: &World, function: &Function) -> Prospect {
    function.next.map_or(Prospect { success: None, failure: false }, |code| world.prospect(code))
}

/// The preparation of `next` ends with `code` in service.
pub(super) fn activate(f: &mut Function, code: Code) {
    if f.next == Some(f.latest) {
        f.latest = code;
    }
    f.enter(State::Active);
    f.current = Some(code);
    f.end_preparation();
    if f.status == Status::InProgress {
        f.status = Status::Successful;
    }
}

fn succeed(w: &World, f: &Function, when: bool, out: &mut Vec<World>) {
    if when && let Some(code) = prospect(w, f).success {
        with(w, out, |f| activate(f, code));
    }
}

/// A Pending function's preparation ends without success, in that state.
pub(super) fn fall_back(f: &mut Function, state: State) {
    f.enter(state);
    f.end_preparation();
    if f.status == Status::InProgress {
        f.status = Status::Failed;
    }
}

fn fail_pending(w: &World, f: &Function, when: bool, out: &mut Vec<World>) {
    let Some(code) = f.next.filter(|_| when && prospect(w, f).failure) else { return };
    if f.from == From::Inactive {
        with(w, out, |f| fall_back(f, State::Inactive));
        if !w.gone(code) {
            return;
        }
    }
    with(w, out, |f| fall_back(f, State::Failed));
}

fn fail_update(w: &World, f: &Function, out: &mut Vec<World>) {
    let updating = updating(f, State::Active) || updating(f, State::Failed);
    if !updating || !prospect(w, f).failure {
        return;
    }
    with(w, out, |f| {
        f.status = Status::Failed;
        f.end_preparation();
    });
    if f.state == State::Active {
        with(w, out, |f| fall_back(f, State::Failed));
    }
}

fn same_code(w: &World, f: &Function, out: &mut Vec<World>) {
    let same = f.next.zip(f.current).is_some_and(|(next, current)| next.may_be(current));
    if updating(f, State::Active) && same {
        with(w, out, |f| {
            f.status = Status::Successful;
            f.end_preparation();
        });
    }
}

fn shown_pending(w: &World, f: &Function, out: &mut Vec<World>) {
    if updating(f, State::Failed) {
        with(w, out, |f| {
            f.enter(State::Pending);
            f.from = From::Failed;
        });
    }
}

fn superseded_succeeds(w: &World, f: &Function, out: &mut Vec<World>) {
    if f.status != Status::InProgress || f.state == State::Inactive {
        return;
    }
    for older in &f.older {
        let Some(code) = w.prospect(*older).success else { continue };
        let any = code.digest == Some(open::ANY);
        let code = if any { Code { digest: Some(open::FRESH), ..code } } else { code };
        with(w, out, |f| {
            f.enter(State::Active);
            f.current = Some(code);
            // What is as good as any stays so.
            if !any {
                f.superseded_succeeded(*older, code);
            }
        });
    }
}

fn superseded_fails(w: &World, f: &Function, out: &mut Vec<World>) {
    let pending = f.state == State::Pending && f.status == Status::InProgress;
    if !pending || !f.older.iter().any(|older| w.prospect(*older).failure) {
        return;
    }
    with(w, out, |f| {
        if f.from == From::Inactive {
            f.enter(State::Inactive);
            f.woken = true;
        } else {
            f.enter(State::Failed);
        }
    });
}

fn notice(w: &World, f: &Function, out: &mut Vec<World>) {
    if f.state == State::Active && f.current.is_some_and(|code| w.gone(code) || w.failing(code)) {
        with(w, out, |f| f.enter(State::Failed));
    }
}

fn release(w: &World, f: &Function, when: bool, out: &mut Vec<World>) {
    if when && f.state == State::Active && f.status != Status::InProgress {
        with(w, out, |f| {
            f.enter(State::Inactive);
            f.idle = Idle::No;
        });
    }
}

fn wake(w: &World, f: &Function, out: &mut Vec<World>) {
    if f.state == State::Inactive && f.woken {
        with(w, out, |f| {
            f.enter(State::Pending);
            f.from = From::Inactive;
            if f.status != Status::InProgress {
                f.next = f.current;
            }
        });
    }
}

fn notice_inactive(w: &World, f: &Function, out: &mut Vec<World>) {
    let gone = w.gone(f.latest) || f.current.is_some_and(|code| w.gone(code));
    if f.state == State::Inactive && gone {
        with(w, out, |f| {
            f.enter(State::Failed);
            f.idle = Idle::No;
        });
    }
}

/// Whether a preparation may be kept waiting: by a superseded one that is held, for it may stand in a queue; or because it
/// may be held itself, where that is not known.
fn queued(world: &World, function: &Function) -> bool {
    function.older.iter().chain(&function.next).any(|code| world.tag(code.image).may_be(Condition::Held))
}
