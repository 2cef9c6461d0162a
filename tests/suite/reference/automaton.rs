//! The automaton of the specification as plain code, one function at a time, to be read beside its tables.
//!
//! Clarity over speed: every step clones the whole world. Operations stand in [`super::operations`].
//!
//! DOUBTS: where the text leaves a choice, the reading that accuses less was taken.
//!
//! 1. "an Active function may become Inactive at any time" (`"idle":"may"`): also while an update is InProgress; it
//!    then rests as Inactive and InProgress, and a `settle` is content with that, until something wakes it.
//! 2. "so does leaving Active, or a new `current`": every success makes a new `current`, also one of the code that is
//!    current already (a redeploy prepared anew, R8 "more than once"). R9 does not, for nothing was prepared.
//! 3. "missing that turns into overwritten does not": nor does overwritten that turns into missing, of which nothing
//!    is said (it is not among what ends the condition); the further `settle` asks only what the image is at that
//!    `settle`.
//! 4. "After one `settle` in that condition": the condition at the one instant of the `settle`. So a `settle` in
//!    whose interval an overwritten preparation succeeded counts at once, though the condition did not last through
//!    it.
//! 5. "A code deployed while its image was missing has no digest": two such deployments of one tag are two codes,
//!    each with the digest of its own success; a member of `older` keeps the digest of its first success.
//! 6. "Active, InProgress, `next` equals `current`" (R9): image and digest are equal; a code without digest equals
//!    none.
//! 7. "When the preparation of `next` ends [...] it is emptied": R9 ends it too.
//! 8. "unless one in `older` is held": also with no status yet, where nothing in `older` takes a step.
//! 9. "a `settle` after that, with no update InProgress, takes the mark": in any state, also in Failed. A mark that
//!    still is a must outlives a `settle` in Failed, and an update there takes the must from it.
//! 10. "in Active with no update in progress and none failed: that of `current`": the status is none yet or
//!     Successful.
//! 11. "any but create, in no function: violation": of the API only; a lever or a `settle` on no function does
//!     nothing.
//! 12. "update, Inactive: as when Active": an earlier `next` moves to `older` there too, and InProgress allows a
//!     refusal.
//! 13. "missing or overwritten" of a code without digest: it is never overwritten.
//! 14. "at whose end nothing explained its function any more": at that end, nothing is known of the answers that had
//!     not come, not even which they will be (`Way::foresight` takes the other reading); of several ends in one
//!     microsecond the order of the history decides; what starts in the microsecond of that end has begun.

use std::collections::{BTreeMap, BTreeSet};

use fnconform::history::{Condition, Content, IdleRule, Name};

pub(crate) use super::operations::visible;
use super::rows::Row;

/// The state of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum State {
    Pending,
    Active,
    Failed,
    Inactive,
}

impl State {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Active => "Active",
            Self::Failed => "Failed",
            Self::Inactive => "Inactive",
        }
    }
}

/// The last update: none yet, or how far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Status {
    NoneYet,
    InProgress,
    Successful,
    Failed,
}

/// The digest that a code had when it was deployed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Digest {
    Recorded(Name),
    /// The image was missing; the number tells such deployments apart.
    NoneOf(u32),
}

/// An image reference with the digest that it had when it was deployed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Code {
    pub(crate) image: Name,
    pub(crate) digest: Digest,
}

/// The mark `idle`: whether the function may or must become Inactive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Idle {
    No,
    May,
    Must,
}

/// How far a lost image of an Active function was put to the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Lost {
    /// Not lost, or lost without a `settle` since.
    Unsettled,
    /// A `settle` took place in that condition: an invocation must be refused.
    Settled,
    /// And an invocation was refused after it: a further `settle` must find it Failed if the image is missing.
    Refused,
}

/// A function that exists.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Function {
    pub(crate) state: State,
    pub(crate) status: Status,
    /// The code that serves; none before the first success.
    pub(crate) current: Option<Code>,
    /// The code under preparation; none when its preparation has ended.
    pub(crate) next: Option<Code>,
    /// The code deployed last.
    pub(crate) latest: Code,
    /// What a Pending function falls back to: Failed or Inactive. Failed when not Pending.
    pub(crate) from: State,
    pub(crate) idle: Idle,
    pub(crate) woken: bool,
    /// The preparations that a later update superseded.
    pub(crate) older: BTreeSet<Code>,
    pub(crate) lost: Lost,
    /// How many deployments found their image missing.
    pub(crate) deployed_missing: u32,
}

/// One function, or its absence, and the images as it sees them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct World {
    pub(crate) images: BTreeMap<Name, Content>,
    pub(crate) function: Option<Function>,
}

/// A hidden step: where it leads, whether it must happen, and the row of the table.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) to: World,
    pub(crate) must: bool,
    pub(crate) row: Row,
}

impl Function {
    /// "When the preparation of `next` ends [...] `older` is emptied".
    fn end(&mut self, status: Status) {
        self.next = None;
        self.older.clear();
        if self.status == Status::InProgress {
            self.status = status;
        }
    }

    fn serve(&mut self, code: Code) {
        self.current = Some(code);
        self.lost = Lost::Unsettled;
    }
}

impl World {
    pub(crate) fn content(&self, image: &Name) -> Content {
        self.images.get(image).cloned().unwrap_or(Content::MISSING)
    }

    pub(crate) fn condition(&self, image: &Name) -> Condition {
        self.content(image).condition
    }

    /// Whether the image is missing, or the tag has another digest than the recorded one.
    pub(crate) fn is_lost(&self, code: &Code) -> bool {
        let content = self.content(&code.image);
        let overwritten = match (&code.digest, &content.code) {
            (Digest::Recorded(recorded), Some(present)) => recorded != present,
            _ => false,
        };
        content.condition == Condition::Missing || overwritten
    }

    /// Whether a preparation of this code can succeed, and whether it can fail.
    pub(crate) fn ends(&self, code: &Code) -> (bool, bool) {
        let content = self.content(&code.image);
        match content.condition {
            Condition::Held => (false, false),
            Condition::Failing | Condition::Missing => (false, true),
            Condition::Ready => match &code.digest {
                Digest::Recorded(recorded) if content.code.as_ref() == Some(recorded) => (true, false),
                _ => (true, true),
            },
        }
    }

    /// The digest that a get may show for this code.
    pub(crate) fn shown(&self, code: &Code) -> Option<Name> {
        match &code.digest {
            Digest::Recorded(digest) => Some(digest.clone()),
            Digest::NoneOf(_) => self.content(&code.image).code,
        }
    }

    /// The world with its function changed.
    pub(crate) fn with(&self, change: impl FnOnce(&mut Function)) -> Self {
        let mut world = self.clone();
        if let Some(function) = &mut world.function {
            change(function);
        }
        world.tidied()
    }

    /// Ends what cannot outlive its condition, so that equal worlds look equal.
    pub(crate) fn tidied(mut self) -> Self {
        let still_lost = self.function.as_ref().is_some_and(|function| {
            function.state == State::Active && function.current.as_ref().is_some_and(|code| self.is_lost(code))
        });
        if let Some(function) = &mut self.function {
            if !still_lost {
                function.lost = Lost::Unsettled;
            }
            if function.state != State::Pending {
                function.from = State::Failed;
            }
        }
        self
    }

    /// The world in which this code has the digest that its successful preparation gives it, and that code.
    fn succeeded(&self, code: &Code) -> (Self, Code) {
        let Some(digest) = self.shown(code) else { return (self.clone(), code.clone()) };
        let prepared = Code { image: code.image.clone(), digest: Digest::Recorded(digest) };
        let rename = |each: &Code| if each == code { prepared.clone() } else { each.clone() };
        let world = self.with(|function| {
            function.next = function.next.as_ref().map(rename);
            function.latest = rename(&function.latest);
            function.older = function.older.iter().map(rename).collect();
        });
        (world, prepared)
    }
}

/// The hidden steps that the function may take by itself.
pub(crate) fn hidden(world: &World, rule: IdleRule) -> Vec<Step> {
    let Some(function) = &world.function else { return Vec::new() };
    let in_progress = function.status == Status::InProgress;
    let falls_back = function.from == State::Inactive;
    let mut steps = Vec::new();
    let mut step = |row, must, to| steps.push(Step { to, must, row });

    if let Some(next) = &function.next {
        let (succeeds, fails) = world.ends(next);
        let must = !function.older.iter().any(|code| world.condition(&code.image) == Condition::Held);
        let success = || {
            let (world, code) = world.succeeded(next);
            world.with(|to| {
                to.state = State::Active;
                to.end(Status::Successful);
                to.serve(code);
            })
        };
        let failure = |state| {
            world.with(|to| {
                to.state = state;
                to.end(Status::Failed);
            })
        };
        match function.state {
            State::Pending => {
                if succeeds {
                    step(Row::PendingSucceeds, must, success());
                }
                if fails && !falls_back {
                    step(Row::PendingFails, must, failure(State::Failed));
                }
                if fails && falls_back {
                    step(Row::PendingFallsBack, must, failure(State::Inactive));
                }
                if fails && falls_back && world.is_lost(next) {
                    step(Row::PendingLost, must, failure(State::Failed));
                }
            }
            State::Active | State::Failed if in_progress => {
                if succeeds {
                    step(Row::UpdateSucceeds, must, success());
                }
                if fails {
                    step(Row::UpdateFails, must, failure(function.state));
                    step(Row::UpdateFailsWhole, must, failure(State::Failed));
                }
            }
            _ => {}
        }
    }
    if function.state == State::Active && in_progress && function.next == function.current {
        step(Row::SameCode, false, world.with(|to| to.end(Status::Successful)));
    }
    if function.state == State::Failed && in_progress {
        let to = world.with(|to| {
            to.state = State::Pending;
            to.from = State::Failed;
        });
        step(Row::ShownPending, false, to);
    }
    if in_progress && function.state != State::Inactive {
        for code in &function.older {
            let (succeeds, fails) = world.ends(code);
            if succeeds {
                let (world, code) = world.succeeded(code);
                let to = world.with(|to| {
                    to.state = State::Active;
                    to.serve(code);
                });
                step(Row::OlderSucceeds, false, to);
            }
            if fails && function.state == State::Pending && falls_back {
                let to = world.with(|to| {
                    to.state = State::Inactive;
                    to.woken = true;
                });
                step(Row::OlderFallsBack, false, to);
            }
            if fails && function.state == State::Pending && !falls_back {
                step(Row::OlderFails, false, world.with(|to| to.state = State::Failed));
            }
        }
    }
    if let (State::Active, Some(current)) = (function.state, &function.current) {
        let condition = world.condition(&current.image);
        let to_failed = || world.with(|to| to.state = State::Failed);
        let to_inactive = || {
            world.with(|to| {
                to.state = State::Inactive;
                to.idle = Idle::No;
            })
        };
        if world.is_lost(current) {
            let must = function.lost == Lost::Refused && condition == Condition::Missing;
            step(Row::LostNoticed, must, to_failed());
        }
        if condition == Condition::Failing {
            step(Row::FailingNoticed, false, to_failed());
        }
        if function.idle != Idle::No && !in_progress {
            step(Row::GoesIdle, function.idle == Idle::Must, to_inactive());
        }
        if rule == IdleRule::May {
            step(Row::OwnIdle, false, to_inactive());
        }
    }
    if function.state == State::Inactive && function.woken {
        let to = world.with(|to| {
            to.state = State::Pending;
            to.from = State::Inactive;
            to.woken = false;
            if !in_progress {
                to.next = to.current.clone();
            }
        });
        step(Row::Wakes, true, to);
    }
    if function.state == State::Inactive
        && (world.is_lost(&function.latest) || function.current.as_ref().is_some_and(|code| world.is_lost(code)))
    {
        let to = world.with(|to| {
            to.state = State::Failed;
            to.idle = Idle::No;
            to.woken = false;
        });
        step(Row::LostInactive, false, to);
    }
    steps
}
