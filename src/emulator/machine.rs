//! The endpoint without I/O: a state, and what an event at a given time does to it.
//!
//! Time is a value that comes with each event and never goes back. What happens by itself stands on an agenda and is
//! done, in order of its time, before the next event: nobody can see a difference to doing it when it is due. The
//! machine must not know sockets, bytes or a clock.

use std::collections::BTreeMap;
use std::time::Duration;

use super::behaviour::Behaviour;
use super::function::{Code, Function};
use super::refusal;
use super::settings::{Lever, Settings};
use crate::driver::{Request, ServerCall, ServerReply};
use crate::history::{Condition, Content, Name};

/// What happens to the endpoint from without.
#[derive(Debug)]
pub enum Event<'a> {
    /// A call of the API, or another turn of one that was put off.
    Call(&'a ServerCall, Memo),
    /// The lever on an image: from now on it stands for this.
    Image(Name, Content),
    /// The lever `idle` on a function.
    Idle(Name),
    /// Nothing but time.
    Tick,
}

/// What a call leaves for its next turn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memo {
    /// How many turns it has had.
    pub turn: u32,
    /// The answer, if it is known already.
    pub reply: Option<Box<ServerReply>>,
}

/// What an event comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// It is answered so.
    Answer(Box<ServerReply>),
    /// It is done, and there is nothing to say.
    Done,
    /// The call is to come again at that time, with this.
    Later(Duration, Memo),
    /// The connection is cut without an answer.
    Cut,
}

impl From<ServerReply> for Turn {
    fn from(reply: ServerReply) -> Self {
        Self::Answer(Box::new(reply))
    }
}

/// What stands on the agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Task {
    /// The preparation of that id is due.
    Prepare(u64),
    /// The image of the function is looked at.
    Notice,
    /// The function has been left alone since it was used for that number of times, for as long as makes it idle.
    Release(u64),
    /// Whatever the behaviour means by that number.
    Errand(u32),
}

#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: Name,
    pub(super) function: u64,
    pub(super) task: Task,
}

/// What a behaviour may remember between its hooks; nothing that is right looks at it.
#[derive(Debug, Clone, Default)]
pub struct Scratch {
    /// Functions that were deleted, by name.
    pub graves: BTreeMap<Name, Function>,
    /// Names that stand for something.
    pub names: BTreeMap<Name, Name>,
    /// Codes by function.
    pub codes: BTreeMap<Name, Code>,
    /// Numbers by function.
    pub numbers: BTreeMap<Name, u64>,
}

/// The reference endpoint.
#[derive(Clone)]
pub struct Machine {
    /// What was set before it started.
    pub settings: Settings,
    /// The time of the present event.
    pub now: Duration,
    /// The functions there are.
    pub functions: BTreeMap<Name, Function>,
    /// What a behaviour remembers.
    pub scratch: Scratch,
    /// How many calls have come in.
    pub calls: u64,
    pub(super) images: BTreeMap<Name, Content>,
    pub(super) agenda: BTreeMap<(Duration, u64), Entry>,
    ids: u64,
}

impl Machine {
    /// A machine with no functions.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            now: Duration::ZERO,
            functions: BTreeMap::new(),
            scratch: Scratch::default(),
            calls: 0,
            images: BTreeMap::new(),
            agenda: BTreeMap::new(),
            ids: 0,
        }
    }

    /// How it behaves.
    #[must_use]
    pub fn behaviour(&self) -> &'static dyn Behaviour {
        self.settings.behaviour
    }

    /// Takes an event at that time, and does before it what has become due by itself.
    pub fn step(&mut self, now: Duration, event: Event<'_>) -> Turn {
        self.advance(now);
        let turn = match event {
            Event::Call(call, memo) => {
                if memo.turn == 0 {
                    self.calls += 1;
                }
                let turn = self.behaviour().call(self, call, memo);
                self.is_used(&call.request);
                turn
            }
            Event::Image(image, content) => {
                let before = self.content(&image);
                self.images.insert(image.clone(), content);
                self.behaviour().published(self, &image, &before);
                Turn::Done
            }
            Event::Idle(name) if self.functions.contains_key(&name) => {
                self.behaviour().idle(self, &name);
                Turn::Done
            }
            Event::Idle(name) => refusal::not_found(&name).into(),
            Event::Tick => Turn::Done,
        };
        self.advance(now);
        turn
    }

    /// When something happens by itself next.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        self.agenda.keys().next().map(|(due, _)| *due)
    }

    /// Does a call at once.
    pub fn perform(&mut self, call: &ServerCall) -> ServerReply {
        let behaviour = self.behaviour();
        match &call.request {
            Request::Create { function, image } => behaviour.create(self, function, image, &call.config),
            Request::Update { function, image } => behaviour.update(self, function, image, &call.config),
            Request::Get { function } => behaviour.get(self, function),
            Request::Invoke { function } => behaviour.invoke(self, function),
            Request::Delete { function } => behaviour.delete(self, function),
        }
    }

    /// Puts something on the agenda of a function that exists.
    pub fn schedule(&mut self, due: Duration, name: &Name, task: Task) {
        let Some(function) = self.functions.get(name).map(|function| function.id) else { return };
        let order = self.new_id();
        self.agenda.insert((due, order), Entry { name: name.clone(), function, task });
    }

    /// A number that was not given out before.
    pub fn new_id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }

    /// What an image reference stands for.
    #[must_use]
    pub fn content(&self, image: &Name) -> Content {
        match self.images.get(image) {
            Some(content) => content.clone(),
            None if self.settings.levers.contains(&Lever::Publish) => Content::MISSING,
            // Nobody could publish it, so it has been there all the time.
            None => Content { code: Some(stock_digest(image)), condition: Condition::Ready },
        }
    }

    /// The digest that a reference has now.
    #[must_use]
    pub fn digest_of(&self, image: &Name) -> Option<Name> {
        self.content(image).code
    }

    /// How long the next preparation of a function takes: the time set, and a jitter that the seed decides.
    ///
    /// The jitter hangs on the function and on how many deployments it has had, not on what other functions do.
    #[must_use]
    pub fn preparation_time(&self, name: &Name) -> Duration {
        let count = self.functions.get(name).map_or(0, |function| function.counts.updates + function.counts.releases);
        let jitter = u64::try_from(self.settings.jitter.as_micros()).unwrap_or(u64::MAX);
        let drawn = draw(self.settings.seed, name, count) % jitter.saturating_add(1);
        self.settings.preparation_time + Duration::from_micros(drawn)
    }

    /// A number that hangs on the seed, a name and a count only.
    #[must_use]
    pub fn draw(&self, name: &Name, count: u64) -> u64 {
        draw(self.settings.seed, name, count)
    }

    fn advance(&mut self, now: Duration) {
        while let Some(entry) = self.agenda.first_entry() {
            let (due, _) = *entry.key();
            if due > now {
                break;
            }
            let entry = entry.remove();
            self.now = self.now.max(due);
            self.run(&entry);
        }
        self.now = self.now.max(now);
    }

    fn run(&mut self, entry: &Entry) {
        let is_the_same = self.functions.get(&entry.name).is_some_and(|function| function.id == entry.function);
        if !is_the_same {
            return;
        }
        match entry.task {
            Task::Prepare(id) => self.end_preparation(&entry.name, id),
            Task::Notice => self.notice(&entry.name),
            Task::Release(uses) => self.release(&entry.name, uses),
            Task::Errand(number) => self.behaviour().errand(self, &entry.name, number),
        }
    }
}

/// The digest of an image that was there before anyone could publish: any function of its name will do.
fn stock_digest(image: &Name) -> Name {
    let words: Vec<String> = (0..4).map(|part| format!("{:016x}", draw(0, image, part))).collect();
    Name::from(format!("sha256:{}", words.concat()))
}

/// FNV-1a over the name, mixed with seed and count as in splitmix64: enough to look random, and the same everywhere.
fn draw(seed: u64, name: &Name, count: u64) -> u64 {
    let hash = name
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mut mixed = (hash ^ seed).wrapping_add(count.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests;
