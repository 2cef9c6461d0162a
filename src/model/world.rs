//! One function as a client can know it, and the images that it can see.
//!
//! Names and digests are numbers here: the automaton only asks whether two of them are the same. Of an open world much is
//! not known ([`super::open`]): what a method here says of an image is then what *may* be, unless it says *surely*.

use super::conditions::Conditions;
use super::open;
use crate::history::Condition;

/// An image reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Image(pub u32);

/// A digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest(pub u32);

/// An image reference with the digest that it had when it was deployed.
///
/// A code deployed while its image was missing has no digest until its preparation succeeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Code {
    /// The reference.
    pub image: Image,
    /// The recorded digest.
    pub digest: Option<Digest>,
}

/// What an image reference stands for at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag {
    /// The digest; `None` when, and only when, the image is surely missing.
    pub digest: Option<Digest>,
    /// What may become of preparations that use it: one condition where the history tells, several where it does not.
    pub conditions: Conditions,
}

impl Tag {
    /// A reference that stands for nothing.
    pub const MISSING: Self = Self::new(None, Condition::Missing);

    /// A reference that stands for that digest, in that condition.
    #[must_use]
    pub const fn new(digest: Option<Digest>, condition: Condition) -> Self {
        Self { digest, conditions: Conditions::only(condition) }
    }

    /// Whether it surely is in that condition.
    #[must_use]
    pub fn is(self, condition: Condition) -> bool {
        self.conditions == Conditions::only(condition)
    }

    /// Whether it may be in that condition.
    #[must_use]
    pub fn may_be(self, condition: Condition) -> bool {
        self.conditions.contain(condition)
    }
}

/// The four documented states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum State {
    /// Resources are being prepared.
    Pending,
    /// Invocations are served.
    Active,
    /// Preparation failed, or the image was lost.
    Failed,
    /// Idle for so long that resources were released.
    Inactive,
}

impl State {
    /// All states, in the order of the page.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Active, Self::Failed, Self::Inactive];

    /// The word on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Active => "Active",
            Self::Failed => "Failed",
            Self::Inactive => "Inactive",
        }
    }

    /// The state of exactly that name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// The status of the last update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// There was no update yet.
    None,
    /// The update is being prepared.
    InProgress,
    /// The update is done.
    Successful,
    /// The update could not be prepared.
    Failed,
}

impl Status {
    /// The three statuses that the documentation names.
    pub const NAMED: [Self; 3] = [Self::InProgress, Self::Successful, Self::Failed];

    /// The word on the wire; empty for none.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "",
            Self::InProgress => "InProgress",
            Self::Successful => "Successful",
            Self::Failed => "Failed",
        }
    }

    /// The status of exactly that name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::NAMED.into_iter().find(|status| status.as_str() == word)
    }
}

/// What a Pending function came from, and falls back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum From {
    /// It was created, and fails as a whole.
    Creation,
    /// It was woken, and becomes Inactive again.
    Inactive,
    /// It was redeployed, and is Failed again.
    Failed,
}

/// Whether the function was left idle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Idle {
    /// It was not.
    No,
    /// It was, and has been used since: it may become Inactive.
    May,
    /// It was, and must become Inactive.
    Must,
}

/// How far the loss of an Active function's image has been noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Lost {
    /// There was no time to notice, or nothing is lost.
    No,
    /// There was time: from now on an invocation must be refused.
    Settled,
    /// There was time, and then an invocation was refused.
    Refused,
}

/// So many superseded deployments of a missing image are told apart; more are as good as unlimited.
const COUNTED: usize = 8;

/// One function.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Function {
    /// Its state.
    pub state: State,
    /// The status of its last update.
    pub status: Status,
    /// The code that serves; none before the first success.
    pub current: Option<Code>,
    /// The code under preparation.
    pub next: Option<Code>,
    /// The code deployed last.
    pub latest: Code,
    /// What a Pending function falls back to; `Creation` in any other state.
    pub from: From,
    /// The mark left by the lever `idle`.
    pub idle: Idle,
    /// Whether an Inactive function was woken.
    pub woken: bool,
    /// How far the loss of its image has been noticed.
    pub lost: Lost,
    /// The preparations that a later deployment superseded, sorted. What has no digest yet stands there once for each
    /// deployment, for each will have the digest of its own success.
    pub older: Vec<Code>,
}

impl Function {
    /// A function that was created with this code a moment ago.
    #[must_use]
    pub fn created(code: Code) -> Self {
        Self {
            state: State::Pending,
            status: Status::None,
            current: None,
            next: Some(code),
            latest: code,
            from: From::Creation,
            idle: Idle::No,
            woken: false,
            lost: Lost::No,
            older: Vec::new(),
        }
    }

    /// The code that serves, or that an Inactive or woken function can come back with; in other states what served
    /// before never comes to light again.
    #[must_use]
    pub fn in_service(&self) -> Option<Code> {
        let counts = match self.state {
            State::Active | State::Inactive => true,
            State::Pending => self.from == From::Inactive,
            State::Failed => false,
        };
        self.current.filter(|_| counts)
    }

    /// Enters a state, and forgets what only the state before knew.
    pub(super) fn enter(&mut self, state: State) {
        self.state = state;
        self.from = From::Creation;
        self.lost = Lost::No;
        self.woken = false;
    }

    /// The preparation of `next` has ended: what was superseded may not come to light later.
    pub(super) fn end_preparation(&mut self) {
        self.next = None;
        self.older.clear();
    }

    /// A deployment: the preparation under way is superseded.
    pub(super) fn deploy(&mut self, code: Code) {
        if let Some(superseded) = self.next.replace(code) {
            self.supersede(superseded);
        }
        self.latest = code;
    }

    fn supersede(&mut self, code: Code) {
        let place = self.older.partition_point(|older| *older < code);
        let known = self.older.get(place) == Some(&code);
        if !known || (code.digest.is_none() && !self.undigested_abound(code)) {
            self.older.insert(place, code);
        }
    }

    /// A superseded preparation has succeeded: a code without a digest has from now on the one that it succeeded with.
    pub(super) fn superseded_succeeded(&mut self, older: Code, code: Code) {
        if !self.undigested_abound(older)
            && let Ok(place) = self.older.binary_search(&older)
        {
            self.older.remove(place);
        }
        self.supersede(code);
    }

    /// Whether this code, which has no digest, was superseded so often that nobody counts any more.
    fn undigested_abound(&self, code: Code) -> bool {
        code.digest.is_none() && self.older.iter().filter(|older| **older == code).count() >= COUNTED
    }
}

/// A function, or none, and the images that it can see.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct World {
    /// The function, if there is one.
    pub function: Option<Function>,
    /// The images that it may use, sorted by reference; any other is missing.
    pub images: Vec<(Image, Tag)>,
}

impl World {
    /// Nothing at all.
    pub const EMPTY: Self = Self { function: None, images: Vec::new() };

    /// What a reference stands for.
    #[must_use]
    pub fn tag(&self, image: Image) -> Tag {
        if image == open::UNNAMED {
            return open::UNNAMED_TAG;
        }
        match self.images.binary_search_by_key(&image, |(image, _)| *image) {
            Ok(place) => self.images[place].1,
            Err(_) => Tag::MISSING,
        }
    }

    /// Puts a tag under a reference.
    pub fn set_tag(&mut self, image: Image, tag: Tag) {
        match self.images.binary_search_by_key(&image, |(image, _)| *image) {
            Ok(place) => self.images[place].1 = tag,
            Err(place) => self.images.insert(place, (image, tag)),
        }
    }

    /// The code that a deployment of this reference records now.
    #[must_use]
    pub fn resolve(&self, image: Image) -> Code {
        let digest = self.tag(image).digest;
        // Whatever it is, it is one digest from now on.
        Code { image, digest: if digest == Some(open::ANY) { Some(open::FRESH) } else { digest } }
    }

    /// Whether the code's image is gone.
    #[must_use]
    pub fn missing(&self, code: Code) -> bool {
        self.tag(code.image).may_be(Condition::Missing)
    }

    /// Whether the code's tag has another digest than the recorded one, whatever the condition.
    #[must_use]
    pub fn overwritten(&self, code: Code) -> bool {
        match (code.digest, self.tag(code.image).digest) {
            (Some(recorded), Some(present)) => recorded != present,
            _ => false,
        }
    }

    /// Whether the code's image is missing or overwritten, whatever is not known.
    #[must_use]
    pub fn surely_gone(&self, code: Code) -> bool {
        let tag = self.tag(code.image);
        let told = |digest: Option<Digest>| digest.is_some_and(|digest| !open::is_unseen(digest));
        tag.is(Condition::Missing) || (told(code.digest) && told(tag.digest) && self.overwritten(code))
    }

    /// Whether the code's image is missing or overwritten.
    #[must_use]
    pub fn gone(&self, code: Code) -> bool {
        self.missing(code) || self.overwritten(code)
    }

    /// Whether the code's image is failing.
    #[must_use]
    pub fn failing(&self, code: Code) -> bool {
        self.tag(code.image).may_be(Condition::Failing)
    }

    /// How a preparation of this code can end under its image's present condition.
    #[must_use]
    pub fn prospect(&self, code: Code) -> Prospect {
        let tag = self.tag(code.image);
        let present = Code { image: code.image, digest: tag.digest };
        let ready = tag.may_be(Condition::Ready);
        let success = if code.digest.is_none() { self.resolve(code.image) } else { code };
        Prospect {
            success: ready.then_some(success),
            failure: tag.may_be(Condition::Failing) || tag.may_be(Condition::Missing) || (ready && code != present),
        }
    }
}

/// How a preparation can end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prospect {
    /// The code that it can succeed with.
    pub success: Option<Code>,
    /// Whether it can fail.
    pub failure: bool,
}
