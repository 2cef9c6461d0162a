//! What the client of a function had seen before an operation: enough to tell apart promises that the same answer
//! breaks.
//!
//! "An invocation while Active is served" and "a client that saw Active can invoke" forbid the same answer; which of the
//! two is broken depends on what came before, and that is not part of any world.

use super::trail::{Input, Key, Mark, Runner};
use crate::history::{Answer, Call, Event, Operation};
use crate::model::label::{Invoked, Label, Outcome, Seen, SeenStatus};
use crate::model::open::is_unseen;
use crate::model::world::{Code, Digest, State, Status};
use crate::requirement::{Requirement, image, readiness, states, update};
use rustc_hash::FxHashMap;

/// What was seen of one function.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    /// Active was shown last, and nothing was done to the function or its images since.
    saw_active: bool,
    /// Successful was shown since the last update began.
    saw_successful: bool,
    /// The function was idle or Inactive since it was deployed last.
    was_idle: bool,
    /// The status shown last, and the one shown last before the latest deployment.
    shown: Option<Status>,
    shown_before: Option<Status>,
    /// Whether a report returned since the latest deployment did.
    looked: bool,
    /// The codes deployed in this life, as far as they can be told.
    deployed: Vec<Code>,
    /// What was remembered when each operation under way began.
    at_begin: FxHashMap<Key, (Box<Memory>, Label)>,
}

/// More deployments of one life than this are not told apart.
const DEPLOYMENTS: usize = 256;

impl Memory {
    /// A memory that begins in the middle of a life: whatever code the function has was deployed.
    pub(super) fn at(mark: &Mark) -> Self {
        let mut memory = Self::default();
        for function in mark.snapshot.worlds().filter_map(|world| world.function.as_ref()) {
            let codes = [function.current, function.next, Some(function.latest)].into_iter().flatten();
            memory.deploy(codes.chain(function.older.iter().copied()));
        }
        memory
    }

    /// What was remembered when that operation began.
    pub(super) fn at_begin(&self, key: Key) -> Option<&Self> {
        self.at_begin.get(&key).map(|(memory, _)| &**memory)
    }

    /// Whether every code that was deployed in this life is known by its digest.
    fn knows_all(&self) -> bool {
        !self.deployed.iter().any(|code| code.digest.is_some_and(is_unseen))
    }

    /// Whether the code was deployed in this life, under whatever name.
    pub(super) fn deployed(&self, digest: Digest) -> Option<Code> {
        self.deployed.iter().rev().copied().find(|code| code.digest == Some(digest))
    }

    /// Takes in what `runner` has just been fed with.
    pub(super) fn take_in(&mut self, input: &Input, runner: &Runner) {
        match input {
            Input::Begin { key, label, operation } => {
                let before = Self { at_begin: FxHashMap::default(), ..self.clone() };
                self.at_begin.insert(*key, (Box::new(before), *label));
                self.begins(operation);
            }
            Input::Unanswered { label, operation } => {
                self.begins(operation);
                if let Label::Create(image, _) | Label::Update(image, _) = label {
                    self.deploy(runner.frontier.worlds().map(|world| world.resolve(*image)));
                }
            }
            Input::End { key } => {
                if let Some((_, label)) = self.at_begin.remove(key) {
                    self.returns(label, runner);
                }
            }
            Input::Join { .. } => {}
        }
    }

    fn deploy(&mut self, codes: impl IntoIterator<Item = Code>) {
        for code in codes {
            if !self.deployed.contains(&code) && self.deployed.len() < DEPLOYMENTS {
                self.deployed.push(code);
            }
        }
    }

    fn begins(&mut self, operation: &Operation) {
        match &operation.event {
            Event::Call { call: Call::Update { answer, .. } | Call::Create { answer, .. }, .. } => {
                self.saw_active = false;
                if !matches!(answer, Answer::Refused) {
                    self.saw_successful = false;
                    self.shown_before = self.shown;
                    self.looked = false;
                    self.was_idle = false;
                }
            }
            Event::Idle { .. } => {
                self.saw_active = false;
                self.was_idle = true;
            }
            Event::Call { call: Call::Delete { .. }, .. } | Event::Image { .. } => self.saw_active = false,
            _ => {}
        }
    }

    fn returns(&mut self, label: Label, runner: &Runner) {
        match label {
            Label::Get(Some(Seen { state, status: SeenStatus::Known(status), .. })) => {
                self.saw_active = state == Some(State::Active);
                self.saw_successful |= status == Status::Successful;
                self.was_idle |= state == Some(State::Inactive);
                self.shown = Some(status);
                self.looked = true;
            }
            Label::Delete(Outcome::Accepted) => self.deployed.clear(),
            Label::Create(_, Outcome::Accepted) | Label::Update(_, Outcome::Accepted) => {
                if matches!(label, Label::Create(..)) && !self.knows_all() {
                    // What was there before has gone.
                    self.deployed.clear();
                }
                self.saw_active = false;
                let functions = runner.frontier.worlds().filter_map(|world| world.function);
                self.deploy(functions.map(|function| function.latest));
            }
            _ => {}
        }
    }

    /// The promise that is broken by an answer that breaks `requirement`, given what was seen before it was asked.
    pub(super) fn refine(
        &self,
        requirement: &'static Requirement,
        label: &Label,
        elsewhere: Elsewhere,
    ) -> &'static Requirement {
        let broken = |known: &'static Requirement| requirement == known;
        match label {
            Label::Invoke(Invoked::Refused) if broken(&states::ACTIVE_INVOCABLE) && self.saw_active => {
                &readiness::ACTIVE_THEN_INVOKE
            }
            Label::Invoke(Invoked::Served(Some(digest))) if is_about_code(requirement) => {
                let code = self.deployed(*digest);
                if code.is_none() && self.knows_all() {
                    return if elsewhere == Elsewhere::Deployed { &readiness::APART } else { &image::NEVER_UNRECORDED };
                }
                let same_name = |latest: &Code| code.is_some_and(|code| latest.image == code.image && *latest != code);
                if !broken(&update::SUCCESSFUL_SERVES_NEW) {
                    requirement
                } else if self.was_idle {
                    &states::INACTIVE_RECOVERS
                } else if self.deployed.last().is_some_and(same_name) {
                    &image::REDEPLOY_RECORDS
                } else if self.saw_successful {
                    &readiness::SUCCESSFUL_THEN_NEW
                } else {
                    requirement
                }
            }
            Label::Get(Some(Seen { status: SeenStatus::Known(status), .. }))
                if (broken(&update::ENDS) || broken(&update::KNOWN))
                    && !self.looked
                    && self.shown_before == Some(*status) =>
            {
                &readiness::FRESH
            }
            Label::Get(Some(Seen { digest: Some(digest), .. })) if broken(&image::DIGEST_RECORDED) => {
                match self.deployed(*digest) {
                    Some(code)
                        if self.deployed.last().is_some_and(|latest| latest.image == code.image && *latest != code) =>
                    {
                        &image::REDEPLOY_RECORDS
                    }
                    None if elsewhere == Elsewhere::Deployed && self.knows_all() => &readiness::APART,
                    _ => requirement,
                }
            }
            _ => requirement,
        }
    }
}

/// Whether a code that this function never deployed was deployed to another one of the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Elsewhere {
    /// It was.
    Deployed,
    /// It was not, or the question does not arise.
    Not,
}

/// The digest that a label speaks of: the one that served, or the one that was shown.
pub(super) fn digest_of(label: &Label) -> Option<Digest> {
    match label {
        Label::Invoke(Invoked::Served(digest)) => *digest,
        Label::Get(Some(seen)) => seen.digest,
        _ => None,
    }
}

fn is_about_code(requirement: &'static Requirement) -> bool {
    [
        &update::SUCCESSFUL_SERVES_NEW,
        &update::IN_PROGRESS_SERVES_OLD,
        &update::FAILED_SERVES_OLD,
        &image::NEVER_UNRECORDED,
    ]
    .into_iter()
    .any(|known| requirement == known)
}
