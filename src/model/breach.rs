//! What an endpoint does that breaks one requirement: the steps that the automaton lacks, as a table.
//!
//! To blame a requirement is to say that a history conforms once that requirement is given up. A *relaxed* automaton is
//! the automaton of the specification with the breaches of one requirement added: what its rows forbid in that name is
//! let through, what must happen in that name need not, and the rows of this table may be taken, as often as one likes.

use super::hidden::{activate, fall_back, prospect, with};
use super::label::{Invoked, Label, Outcome, Seen};
use super::let_through::{as_if_accepted, may_be, undocumented};
use super::world::{From, Function, Idle, State, Status, World};
use crate::requirement::{Requirement, api, failed, image, readiness, states, update};

/// One thing that an endpoint does which breaks a requirement.
pub struct Breach {
    /// The requirement that it breaks.
    pub requirement: &'static Requirement,
    /// What it does, as a clause that begins with a subject.
    pub what: &'static str,
    /// When it does it.
    pub step: Step,
}

/// When a breach happens.
pub enum Step {
    /// By itself.
    Hidden(fn(&World, &Function, &mut Vec<World>)),
    /// As the effect of an operation.
    Visible(fn(&World, &Label, &mut Vec<World>)),
}

use Step::{Hidden, Visible};

const fn breach(requirement: &'static Requirement, what: &'static str, step: Step) -> Breach {
    Breach { requirement, what, step }
}

/// The table of breaches.
pub static BREACHES: &[Breach] = &[
    breach(
        &failed::AT_CREATION,
        "a creation that could not be prepared ended in another state than Failed",
        Hidden(|w, f, out| {
            if pending(f, From::Creation) && prospect(w, f).failure {
                ended(w, f, State::Active, out);
                with(w, out, |f| fall_back(f, State::Inactive));
            }
        }),
    ),
    breach(
        &states::PENDING_BECOMES_ACTIVE,
        "the function became Active before its image was ready, or failed although it was",
        Hidden(|w, f, out| {
            let prospect = prospect(w, f);
            let must_fail = f.from == From::Inactive && prospect.failure;
            if f.state == State::Pending && prospect.success.is_none() && !must_fail {
                ended(w, f, State::Active, out);
            }
            if pending(f, From::Creation) && prospect.success.is_some() {
                with(w, out, |f| fall_back(f, State::Failed));
            }
        }),
    ),
    breach(
        &states::PENDING_BECOMES_ACTIVE,
        "the function was shown as Active while it was Pending",
        Visible(|w, label, out| {
            // An endpoint that only shows it so goes on as it was.
            let unready = |f: &Function| f.state == State::Pending && prospect(w, f).success.is_none();
            let unready = w.function.as_ref().is_some_and(unready);
            if unready && matches!(label, Label::Get(Some(Seen { state: Some(State::Active), .. }))) {
                out.push(w.clone());
            }
        }),
    ),
    breach(
        &failed::RECOVERS,
        "an update with a valid image did not make the Failed function Active",
        Hidden(|w, f, out| {
            let redeployed = pending(f, From::Failed) || (f.state == State::Failed && f.status == Status::InProgress);
            if redeployed && prospect(w, f).success.is_some() {
                with(w, out, |f| fall_back(f, State::Failed));
                with(w, out, |f| {
                    f.enter(State::Failed);
                    f.status = Status::Successful;
                    f.end_preparation();
                });
            }
        }),
    ),
    breach(
        &states::INACTIVE_RECOVERS,
        "a woken function did not become Active although its image was ready, or not with the code deployed last",
        Hidden(|w, f, out| {
            if pending(f, From::Inactive) && prospect(w, f).success.is_some() {
                with(w, out, |f| fall_back(f, State::Inactive));
                stale(w, f, out);
            }
        }),
    ),
    breach(
        &states::INACTIVE_REMAINS,
        "a woken function whose preparation failed did not become Inactive again",
        Hidden(|w, f, out| {
            if pending(f, From::Inactive) && prospect(w, f).failure {
                with(w, out, |f| fall_back(f, State::Failed));
                ended(w, f, State::Active, out);
            }
        }),
    ),
    breach(
        &states::INACTIVE_WAKES,
        "an Inactive function that was woken did not become Pending",
        Hidden(|w, f, out| {
            if f.state == State::Inactive && f.woken {
                with(w, out, |f| f.woken = false);
                with(w, out, |f| {
                    f.next = f.next.or(f.current);
                    ended_in(f, State::Active);
                });
            }
        }),
    ),
    breach(
        &states::INACTIVE_AFTER_IDLE,
        "a function that was not idle became Inactive",
        Hidden(|w, f, out| {
            if f.status != Status::InProgress {
                becomes_inactive(w, f, out);
            }
        }),
    ),
    breach(
        &failed::IMAGE_DELETED,
        "a function whose image was deleted did not become Failed",
        Hidden(|w, f, out| {
            if f.current.is_some_and(|code| w.missing(code)) {
                becomes_inactive(w, f, out);
            }
        }),
    ),
    breach(
        &failed::TAG_OVERWRITTEN,
        "a function whose tag was overwritten did not become Failed",
        Hidden(|w, f, out| {
            if f.current.is_some_and(|code| w.overwritten(code)) {
                becomes_inactive(w, f, out);
            }
        }),
    ),
    breach(
        &update::STATE_APART,
        "an update took the function out of Active",
        Hidden(|w, f, out| {
            if f.state == State::Active && f.status == Status::InProgress {
                with(w, out, |f| f.enter(State::Pending));
                with(w, out, |f| f.enter(State::Failed));
            }
        }),
    ),
    breach(
        &update::REFUSED_IS_NOTHING,
        "an update that was refused took effect",
        Visible(|w, label, out| {
            // A refusal that may not be given is a breach of its own.
            if let Label::Update(image, Outcome::Refused) = label
                && may_be(w, label)
            {
                as_if_accepted(w, &Label::Update(*image, Outcome::Accepted), out);
            }
        }),
    ),
    breach(
        &image::REDEPLOY_RECORDS,
        "a redeploy kept the digest that the tag had before",
        Visible(|w, label, out| {
            let (Label::Update(image, Outcome::Accepted), Some(f)) = (label, &w.function) else { return };
            let before = [f.current, f.next, Some(f.latest)].into_iter().flatten();
            for code in before.filter(|code| code.image == *image) {
                let mut after = Vec::new();
                as_if_accepted(w, label, &mut after);
                for mut world in after {
                    if let Some(function) = &mut world.function {
                        function.next = Some(code);
                        function.latest = code;
                        out.push(world);
                    }
                }
            }
        }),
    ),
    breach(
        &update::ENDS,
        "the update ended before its image was ready, or otherwise than its image asked for",
        Hidden(|w, f, out| {
            if f.status != Status::InProgress {
                return;
            }
            let prospect = prospect(w, f);
            if prospect.success.is_none() && f.state != State::Inactive {
                ended(w, f, State::Active, out);
                // It is called Successful, and the code from before it goes on serving.
                with(w, out, |f| {
                    f.status = Status::Successful;
                    f.end_preparation();
                });
            }
            if !prospect.failure {
                let state = if f.state == State::Pending { State::Failed } else { f.state };
                with(w, out, |f| {
                    let woken = f.woken;
                    fall_back(f, state);
                    f.woken = woken;
                });
            }
        }),
    ),
    breach(
        &update::SUCCESSFUL_SERVES_NEW,
        "the update was Successful, and the code from before it went on serving",
        Hidden(|w, f, out| {
            if f.status == Status::InProgress && prospect(w, f).success.is_some() {
                stale(w, f, out);
            }
        }),
    ),
    breach(
        &update::FAILED_SERVES_OLD,
        "the update failed, and its code serves all the same",
        Hidden(|w, f, out| {
            if f.state == State::Active && f.status == Status::InProgress && prospect(w, f).failure {
                with(w, out, |f| {
                    f.current = f.next;
                    f.status = Status::Failed;
                    f.end_preparation();
                });
            }
        }),
    ),
    breach(
        &states::PENDING_FIRST,
        "a created function was in another state before its preparation ended",
        Hidden(|w, f, out| {
            if pending(f, From::Creation) {
                with(w, out, |f| fall_back(f, State::Failed));
                with(w, out, |f| fall_back(f, State::Inactive));
            }
        }),
    ),
    breach(
        &failed::STAYS,
        "a Failed function changed without an update",
        Hidden(|w, f, out| {
            if f.state == State::Failed && f.status != Status::InProgress {
                with(w, out, |f| {
                    f.next = f.current.or(Some(f.latest));
                    ended_in(f, State::Active);
                });
                with(w, out, |f| f.enter(State::Inactive));
                with(w, out, |f| {
                    f.next = f.current.or(Some(f.latest));
                    f.enter(State::Pending);
                });
            }
        }),
    ),
    breach(
        &states::ACTIVE_INVOCABLE,
        "an invocation of an Active function was refused",
        Visible(|w, label, out| {
            let active = w.function.as_ref().is_some_and(|f| f.state == State::Active);
            if active && *label == Label::Invoke(Invoked::Refused) {
                out.push(w.clone());
            }
        }),
    ),
    breach(
        &readiness::FRESH,
        "an update that was accepted is not reflected",
        Visible(|w, label, out| {
            if let (Label::Update(_, Outcome::Accepted), Some(_)) = (label, &w.function) {
                out.push(w.clone());
            }
        }),
    ),
    breach(&states::ONLY_DOCUMENTED, "the function changed by itself, or by a refused request", Visible(undocumented)),
    breach(
        &states::ONLY_DOCUMENTED,
        "the function was woken by nothing",
        Hidden(|w, f, out| {
            if f.state == State::Inactive {
                with(w, out, |f| f.woken = true);
            }
        }),
    ),
];

/// All requirements that a history can break, in the order in which they are believed where several explain as much:
/// the narrow before the wide.
pub static SUSPECTS: &[&Requirement] = &[
    &states::KNOWN,
    &update::KNOWN,
    &api::NOT_FOUND,
    &image::NEVER_UNRECORDED,
    &failed::AT_CREATION,
    &states::PENDING_BECOMES_ACTIVE,
    &failed::RECOVERS,
    &states::INACTIVE_RECOVERS,
    &states::INACTIVE_REMAINS,
    &states::INACTIVE_WAKES,
    &failed::IMAGE_DELETED,
    &failed::TAG_OVERWRITTEN,
    &states::PENDING_FIRST,
    &update::STATE_APART,
    &states::INACTIVE_AFTER_IDLE,
    &update::REFUSED_IS_NOTHING,
    &image::REDEPLOY_RECORDS,
    &image::DIGEST_RECORDED,
    &update::ENDS,
    &update::IN_PROGRESS_SERVES_OLD,
    &update::FAILED_SERVES_OLD,
    &update::SUCCESSFUL_SERVES_NEW,
    &states::ACTIVE_INVOCABLE,
    &states::PENDING_NOT_INVOCABLE,
    &states::FAILED_NOT_INVOCABLE,
    &states::INACTIVE_NOT_INVOCABLE,
    &update::ACCEPTED,
    &failed::STAYS,
    &readiness::FRESH,
    &states::ONLY_DOCUMENTED,
];

fn pending(f: &Function, from: From) -> bool {
    f.state == State::Pending && f.from == from
}

/// The preparation ends in that state, with the code that it was for.
fn ended(world: &World, function: &Function, state: State, out: &mut Vec<World>) {
    if function.next.is_some() {
        let present = function.next.map(|code| world.tag(code.image).digest);
        with(world, out, |f| {
            if let (Some(code), Some(Some(digest))) = (&mut f.next, present) {
                code.digest.get_or_insert(digest);
            }
            ended_in(f, state);
        });
    }
}

fn ended_in(f: &mut Function, state: State) {
    if let Some(code) = f.next {
        activate(f, code);
        f.state = state;
    }
}

/// The preparation ends as if it had succeeded, but another code than the new one serves.
fn stale(world: &World, function: &Function, out: &mut Vec<World>) {
    let candidates = function.current.into_iter().chain(function.older.iter().copied());
    for code in candidates.filter(|code| Some(*code) != function.next && code.digest.is_some()) {
        with(world, out, |f| {
            let latest = f.latest;
            activate(f, code);
            f.latest = latest;
        });
    }
}

fn becomes_inactive(w: &World, f: &Function, out: &mut Vec<World>) {
    if f.state == State::Active {
        with(w, out, |f| {
            f.enter(State::Inactive);
            f.idle = Idle::No;
        });
    }
}
