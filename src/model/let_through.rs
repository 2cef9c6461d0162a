//! What an answer that breaks a promise leaves behind, for an endpoint that has given that promise up.

use super::hidden::with;
use super::label::{Invoked, Label, Outcome, Seen, SeenStatus};
use super::visible::{Kind, report_breach};
use super::world::{Code, Digest, Function, Lost, State, Status, World};

/// The worlds after an operation whose answer breaks `requirement` in this world, for an endpoint that gives that up.
pub(super) fn let_through(world: &World, label: &Label, out: &mut Vec<World>) {
    let shown_otherwise =
        |seen: &Seen| world.function.as_ref().is_some_and(|f| seen.state.is_some_and(|s| s != f.state));
    match label {
        // What is shown in another state is in that state: else every later look would be excused, too.
        Label::Get(Some(seen)) if shown_otherwise(seen) => return shown_is_so(world, *seen, out),
        _ => out.push(world.clone()),
    }
    match label {
        Label::Get(Some(seen)) => shown_is_so_with_its_digest(world, *seen, out),
        Label::Get(None) => out.push(World { function: None, ..world.clone() }),
        Label::Create(image, Outcome::Accepted) => {
            out.push(World { function: Some(Function::created(world.resolve(*image))), ..world.clone() });
        }
        Label::Invoke(Invoked::Served(Some(digest))) => {
            if let Some(function) = &world.function
                && function.state == State::Active
            {
                let image = known_code(function, *digest).map_or(function.latest.image, |code| code.image);
                with(world, out, |f| {
                    f.current = Some(Code { image, digest: Some(*digest) });
                    f.lost = Lost::No;
                });
            }
        }
        Label::Invoke(Invoked::Served(None) | Invoked::Refused) if world.function.is_some() => {
            with(world, out, |f| f.woken = f.state == State::Inactive);
        }
        _ => {}
    }
}

fn known_code(function: &Function, digest: Digest) -> Option<Code> {
    let known = [function.next, Some(function.latest)].into_iter().flatten();
    known.chain(function.older.iter().copied()).find(|code| code.digest == Some(digest))
}

pub(super) fn may_be(world: &World, label: &Label) -> bool {
    Kind::of(label).and_then(|kind| kind.row(world)).is_some_and(|row| row.apply(world, label, &mut Vec::new()).is_ok())
}

pub(super) fn as_if_accepted(world: &World, label: &Label, out: &mut Vec<World>) {
    if let Some(row) = Kind::of(label).and_then(|kind| kind.row(world)) {
        // A breach of its own is not explained by this one.
        let _ = row.apply(world, label, out);
    }
}

pub(super) fn undocumented(w: &World, label: &Label, out: &mut Vec<World>) {
    match label {
        Label::Create(image, Outcome::Refused) => as_if_accepted(w, &Label::Create(*image, Outcome::Accepted), out),
        Label::Delete(Outcome::Refused) => as_if_accepted(w, &Label::Delete(Outcome::Accepted), out),
        Label::Get(Some(seen)) if w.function.as_ref().is_some_and(|f| Some(f.state) != seen.state) => {
            shown_is_so_with_its_digest(w, *seen, out);
        }
        _ => {}
    }
}

/// The worlds in which the function has become what it was reported to be.
fn shown_is_so(world: &World, seen: Seen, out: &mut Vec<World>) {
    let changed = become_so(world, seen);
    out.extend(changed.into_iter().filter(|world| report_breach(world, seen).is_none()));
}

/// The same, and where its code has another digest than was reported, it has become that as well.
fn shown_is_so_with_its_digest(world: &World, seen: Seen, out: &mut Vec<World>) {
    shown_is_so(world, seen, out);
    let (Some(digest), Some(State::Active)) = (seen.digest, seen.state.or(world.function.as_ref().map(|f| f.state)))
    else {
        return;
    };
    let shown = Seen { digest: None, ..seen };
    for mut world in become_so(world, seen).into_iter().filter(|world| report_breach(world, shown).is_none()) {
        if let Some(function) = &mut world.function
            && let Some(code) = &mut function.current
        {
            code.digest = Some(digest);
            out.push(world);
        }
    }
}

/// The worlds in which state and status have become those of the report.
fn become_so(world: &World, seen: Seen) -> Vec<World> {
    let (Some(function), SeenStatus::Known(status)) = (&world.function, seen.status) else { return Vec::new() };
    let state = seen.state.unwrap_or(function.state);
    let mut changed = Vec::new();
    for ends in [true, false] {
        with(world, &mut changed, |f| {
            if status != Status::None && f.status != status && f.status != Status::None {
                if ends && status == Status::Successful {
                    f.current = f.next.or(f.current);
                }
                f.status = status;
            }
            if f.state != state {
                f.enter(state);
            }
            if state == State::Active {
                f.current = f.current.or(f.next).or(Some(f.latest));
            }
            if state == State::Pending || f.status == Status::InProgress {
                f.next =
                    f.next.or(Some(if state == State::Pending { f.current.unwrap_or(f.latest) } else { f.latest }));
            } else {
                f.end_preparation();
            }
            if let (State::Active, Some(digest), Some(code)) = (state, seen.digest, &mut f.current) {
                code.digest.get_or_insert(digest);
            }
        });
    }
    changed
}
