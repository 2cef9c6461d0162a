//! Open worlds: functions that lived before the history began, and images that no line speaks of.
//!
//! What is not known is not guessed. A deployment of an image that no line speaks of records *some* digest: a stand-in
//! takes its place until a digest is seen, and is that digest from then on. Images that no line speaks of may be ready,
//! failing or missing at any time. A function may have been anything before its first line ([`beginnings`]).
//!
//! A world with a stand-in can do whatever the same world with a digest in its place can, so it is replaced only where an
//! answer asks for it. Where one of several possible beginnings can do whatever another can, only that one is named.

use super::conditions::Conditions;
use super::label::{Invoked, Label, Seen};
use super::world::{Code, Digest, From, Function, Image, State, Status, Tag, World};
use crate::history::Condition;
use crate::model::world::{Idle, Lost};

/// The first of the digests that stand for one that was not seen yet.
const STAND_INS: u32 = 0xf000_0000;
/// So many superseded deployments with stand-ins are told apart; more are as good as any.
const COUNTED: usize = 4;

/// Whatever digest one likes, a different one each time.
pub(super) const ANY: Digest = Digest(0xf0ff_ffff);
/// The digest of a deployment that has just been made, until the stand-ins are counted again.
pub(super) const FRESH: Digest = Digest(0xf0ff_fffe);

/// The image of what was deployed before the history began: any that there is, or another.
pub const UNNAMED: Image = Image(u32::MAX);
/// It may be in the condition of any image that the history speaks of.
pub(super) const UNNAMED_TAG: Tag = Tag { digest: Some(ANY), conditions: Conditions::ALL };

/// What an image may be of which nothing was said.
const UNTOLD: Conditions = BAD.or(Condition::Ready);
/// What an image may be that cannot be prepared.
const BAD: Conditions = Conditions::only(Condition::Failing).or(Condition::Missing);

impl Tag {
    /// An image of which nothing was said.
    pub const UNTOLD: Self = Self { digest: Some(ANY), conditions: UNTOLD };
    /// An image of which it is known only that it cannot be prepared.
    pub const BAD: Self = Self { digest: Some(ANY), conditions: BAD };
}

/// Whether the digest stands for one that was not seen yet.
#[must_use]
pub const fn is_unseen(digest: Digest) -> bool {
    digest.0 >= STAND_INS && digest.0 <= ANY.0
}

/// Whether the digest is none that was ever seen: it stands for one, or for that of no code at all.
#[must_use]
pub const fn is_nobodys(digest: Digest) -> bool {
    digest.0 >= STAND_INS
}

impl Code {
    /// Whether this may be the same code as that.
    pub(super) fn may_be(self, other: Self) -> bool {
        let image = self.image == other.image || self.image == UNNAMED || other.image == UNNAMED;
        let unseen = |code: Self| code.digest.is_some_and(is_unseen);
        image && (self.digest == other.digest || unseen(self) || unseen(other))
    }
}

/// What a function may be before its first line: nothing, or any that some life leads to.
#[must_use]
pub fn beginnings() -> Vec<World> {
    use State::{Active, Failed, Inactive, Pending};
    let code = |place| Code { image: UNNAMED, digest: Some(Digest(STAND_INS + place)) };
    let (first, second) = (code(0), code(1));
    let any = Code { image: UNNAMED, digest: Some(ANY) };
    // What was superseded is remembered only while something is prepared.
    let at = |state, status, from| Function {
        state,
        status,
        current: Some(first),
        next: None,
        latest: first,
        from,
        idle: Idle::No,
        woken: false,
        lost: Lost::No,
        older: Vec::new(),
    };
    let preparing = |function: Function, code| Function { next: Some(code), older: vec![any], ..function };
    let updating = |function| Function { latest: second, ..preparing(function, second) };
    let mut functions = Vec::new();
    for status in [Status::None, Status::InProgress] {
        functions.push(Function { current: None, ..preparing(at(Pending, status, From::Creation), first) });
    }
    functions.push(updating(at(Pending, Status::InProgress, From::Failed)));
    functions.push(updating(at(Pending, Status::InProgress, From::Inactive)));
    for state in [Active, Failed] {
        functions.push(updating(at(state, Status::InProgress, From::Creation)));
    }
    functions.push(Function { woken: true, ..updating(at(Inactive, Status::InProgress, From::Creation)) });
    for status in [Status::None, Status::Successful, Status::Failed] {
        // The code deployed last is not in service if its update failed.
        let latest = if status == Status::Failed { second } else { first };
        let quiet = |state, from| Function { latest, ..at(state, status, from) };
        functions.push(Function { next: Some(first), ..quiet(Pending, From::Inactive) });
        functions.push(quiet(Active, From::Creation));
        functions.push(Function { latest: second, ..quiet(Failed, From::Creation) });
        functions.push(quiet(Inactive, From::Creation));
        functions.push(Function { woken: true, ..quiet(Inactive, From::Creation) });
    }
    let mut worlds = vec![World::EMPTY];
    worlds.extend(functions.into_iter().map(|function| World { function: Some(function), images: Vec::new() }));
    worlds
}

/// The digest that an answer speaks of.
fn shown(label: &Label) -> Option<Digest> {
    match label {
        Label::Get(Some(Seen { digest, .. })) | Label::Invoke(Invoked::Served(digest)) => *digest,
        _ => None,
    }
}

/// The same world with the digest that the answer speaks of in the place of one stand-in, in every way.
pub(super) fn with_what_is_shown(world: &World, label: &Label) -> Vec<World> {
    let (Some(function), Some(digest)) = (&world.function, shown(label)) else { return Vec::new() };
    let mut unseen: Vec<Digest> = digests(function).filter(|digest| is_unseen(*digest)).collect();
    unseen.sort_unstable();
    unseen.dedup();
    let with = |stand_in: Digest| {
        let mut world = world.clone();
        if let Some(function) = &mut world.function {
            if stand_in == ANY {
                // One of those that are as good as any was this one.
                let images: Vec<Image> = any_of(function).map(|code| code.image).collect();
                function.older.extend(images.into_iter().map(|image| Code { image, digest: Some(digest) }));
            } else {
                replace(function, |known| if known == stand_in { digest } else { known });
            }
            function.older.sort_unstable();
            function.older.dedup();
        }
        world
    };
    unseen.into_iter().map(with).collect()
}

/// Counts the stand-ins anew, so that worlds that differ in nothing else are the same.
pub(super) fn recount(world: &mut World) {
    let Some(function) = &mut world.function else { return };
    if !digests(function).any(is_unseen) {
        return;
    }
    forget_some(function);
    let mut met: Vec<Digest> = Vec::new();
    replace(function, |digest| {
        if !is_unseen(digest) || digest == ANY {
            return digest;
        }
        let place = met.iter().position(|known| *known == digest).unwrap_or_else(|| {
            met.push(digest);
            met.len() - 1
        });
        Digest(STAND_INS + u32::try_from(place).unwrap_or(0))
    });
    function.older.sort_unstable();
    function.older.dedup();
}

/// Of many superseded deployments with stand-ins, those beyond some are as good as any.
fn forget_some(function: &mut Function) {
    let kept = [function.current, function.next, Some(function.latest)];
    let alone = |code: &Code| code.digest.is_some_and(|d| is_unseen(d) && d != ANY) && !kept.contains(&Some(*code));
    if function.older.iter().filter(|code| alone(code)).count() <= COUNTED {
        return;
    }
    for code in &mut function.older {
        if alone(code) {
            code.digest = Some(ANY);
        }
    }
    function.older.sort_unstable();
    function.older.dedup();
}

fn any_of(function: &Function) -> impl Iterator<Item = &Code> {
    function.older.iter().filter(|code| code.digest == Some(ANY))
}

fn digests(function: &Function) -> impl Iterator<Item = Digest> {
    let codes = [function.current, function.next, Some(function.latest)].into_iter().flatten();
    codes.chain(function.older.iter().copied()).filter_map(|code| code.digest)
}

fn replace(function: &mut Function, mut with: impl FnMut(Digest) -> Digest) {
    let Function { current, next, latest, older, .. } = function;
    for code in current.iter_mut().chain(next).chain([latest]).chain(older) {
        code.digest = code.digest.map(&mut with);
    }
}
