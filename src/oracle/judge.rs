//! Judges a history as it streams by: one frontier a function, all functions sharing only the images.
//!
//! Memory depends on how much happens at once and on the number of functions, not on the length of the history.

use super::blame::{self, Finding};
use super::frontier::{Budget, image_world};
use super::names::Names;
use super::trail::{Input, Key, Runner, Trail};
use crate::history::{Event, Extent, Header, IdleRule, Name, Operation};
use crate::model::Model;
use crate::model::label::Label;
use crate::model::world::{Digest, Image, Tag};
use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::sync::Arc;

/// Why a history cannot be judged at all.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum JudgeError {
    /// The operations do not come in the order of their starts.
    #[error("line {line} starts before the line before it: sort the history by `start`")]
    Unordered {
        /// The line that came too late.
        line: usize,
    },
}

/// What the history says of one function.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Some explanation is left.
    Conforms,
    /// Nothing explains it.
    Violates(Box<Finding>),
    /// The search outgrew its bounds.
    Inconclusive,
}

/// What a history says.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The outcome of each function, in the order in which they first appear.
    pub functions: IndexMap<Name, Outcome>,
    /// How many operations there were.
    pub operations: usize,
    /// How many of them were calls of the API with a known answer.
    pub calls: usize,
    /// How many worlds were met, each once a function; of a history so long that tables were started anew, those since
    /// then.
    pub worlds: usize,
    /// The most configurations that any function had at once.
    pub widest: usize,
}

impl Judgement {
    /// The violation that stands first in the history.
    #[must_use]
    pub fn first_violation(&self) -> Option<&Finding> {
        let findings = self.functions.values().filter_map(|outcome| match outcome {
            Outcome::Violates(finding) => Some(&**finding),
            _ => None,
        });
        findings.min_by_key(|finding| (finding.operation.line, finding.at))
    }

    /// Whether the judge gave up on a function.
    #[must_use]
    pub fn is_inconclusive(&self) -> bool {
        self.functions.values().any(|outcome| matches!(outcome, Outcome::Inconclusive))
    }
}

/// After a violation so many inputs more are taken in before a requirement is blamed.
pub(super) const LOOKAHEAD: usize = 256;
/// So many of the latest operations are kept, to see whether what was done to one function explains another.
const LATEST: usize = 4096;

pub(super) struct Judged {
    pub(super) name: Name,
    pub(super) runner: Runner,
    pub(super) trail: Trail,
    pub(super) verdict: Verdict,
}

/// How far a function's judgement is.
pub(super) enum Verdict {
    Open,
    /// Nothing explained it when the input at this place of the trail was fed.
    Violated {
        at: usize,
        key: Key,
    },
    Done(Outcome),
}

/// What is known of an image, whoever uses it.
pub(super) struct Track {
    runner: Runner,
    under_way: Vec<Key>,
    pub(super) users: Vec<usize>,
    /// The digests that it ever stood for.
    pub(super) carried: Vec<Digest>,
}

/// Judges operations one by one, in the order of their starts.
pub struct Judge {
    model: Model,
    pub(super) names: Names,
    pub(super) functions: Vec<Judged>,
    places: FxHashMap<Name, usize>,
    pub(super) tracks: FxHashMap<Image, Track>,
    /// Operations under way: when they end, their number, and what they are about.
    returns: BinaryHeap<Reverse<(i64, Key, About)>>,
    /// The latest operations, whosever they are; incomplete once one was dropped.
    pub(super) latest: VecDeque<Arc<Operation>>,
    pub(super) dropped: usize,
    next: Key,
    now: i64,
    calls: usize,
    widest: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    Function(usize),
    Image(Image),
}

impl Judge {
    /// A judge of a history with this header.
    ///
    /// # Errors
    /// If histories of that kind are not judged.
    pub fn new(header: &Header) -> Result<Self, JudgeError> {
        // Of an open world it is not known when a function was left alone for long.
        let idle = if header.world == Extent::Open { IdleRule::May } else { header.idle };
        Ok(Self::with_model(Model { extent: header.world, idle, relaxed: None }))
    }

    /// Takes for known that an image is bad: until the history says something of it, whatever prepares it fails.
    ///
    /// To be said before anything is judged.
    pub fn assume_bad(&mut self, image: &Name) {
        let image = self.names.image(image);
        let runner = Runner::with(self.model, [image_world(image, Tag::BAD)]);
        self.track(image).runner = runner;
    }

    pub(super) fn with_model(model: Model) -> Self {
        Self {
            model,
            names: Names::default(),
            functions: Vec::new(),
            places: FxHashMap::default(),
            tracks: FxHashMap::default(),
            returns: BinaryHeap::new(),
            latest: VecDeque::new(),
            dropped: 0,
            next: 0,
            now: i64::MIN,
            calls: 0,
            widest: 0,
        }
    }

    /// Judges one operation more; it must not start before the one before it.
    ///
    /// # Errors
    /// If it does.
    pub fn push(&mut self, operation: Operation) -> Result<(), JudgeError> {
        if operation.start < self.now {
            return Err(JudgeError::Unordered { line: operation.line });
        }
        self.now = operation.start;
        // Intervals are closed: what ends in the very microsecond overlaps, and returns later.
        self.return_before(Some(operation.start));
        let key = self.next;
        self.next += 1;
        let operation = Arc::new(operation);
        self.latest.push_back(Arc::clone(&operation));
        if self.latest.len() > LATEST {
            self.latest.pop_front();
            self.dropped += 1;
        }
        let label = self.names.label(&operation.event);
        match &operation.event {
            Event::Image { image, .. } => {
                let image = self.names.image(image);
                if let Some(label) = label {
                    self.begin_image(key, image, label, &operation);
                }
            }
            Event::Call { function, .. } | Event::Idle { function } | Event::Settle { function } => {
                let place = self.place(function);
                if matches!(operation.event, Event::Call { .. }) && operation.end.is_some() {
                    self.calls += 1;
                }
                if let Some(label) = label {
                    self.begin_function(key, place, label, &operation);
                }
            }
        }
        Ok(())
    }

    /// Ends the history: whatever is under way returns.
    #[must_use]
    pub fn finish(mut self) -> Judgement {
        self.return_before(None);
        let mut worlds = 0;
        for place in 0..self.functions.len() {
            let frontier = &self.functions[place].runner.frontier;
            worlds += frontier.worlds_met();
            self.widest = self.widest.max(frontier.widest);
            self.decide(place);
        }
        let operations = usize::try_from(self.next).unwrap_or(usize::MAX);
        let outcome = |judged: Judged| match judged.verdict {
            Verdict::Done(outcome) => (judged.name, outcome),
            _ => (judged.name, Outcome::Conforms),
        };
        Judgement {
            functions: self.functions.into_iter().map(outcome).collect(),
            operations,
            calls: self.calls,
            worlds,
            widest: self.widest,
        }
    }

    /// Nothing comes any more that starts before this moment: what ended before it returns.
    ///
    /// For a history that is judged while it happens, and may then be silent for long.
    pub fn advance(&mut self, now: i64) {
        self.now = self.now.max(now);
        self.return_before(Some(now));
    }

    /// Whether a violation was found for which nothing is blamed yet: what comes next may tell more.
    #[must_use]
    pub fn is_undecided(&self) -> bool {
        self.functions.iter().any(|judged| matches!(judged.verdict, Verdict::Violated { .. }))
    }

    /// Blames a requirement for every violation that was found, whatever may come next.
    pub fn blame(&mut self) {
        for place in 0..self.functions.len() {
            self.decide(place);
        }
    }

    /// The violations that have been found and blamed so far.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.functions.iter().filter_map(|judged| match &judged.verdict {
            Verdict::Done(Outcome::Violates(finding)) => Some(&**finding),
            _ => None,
        })
    }

    /// Returns whatever is under way.
    pub(super) fn return_all(&mut self) {
        self.return_before(None);
    }

    /// Ends the history, and says only whether all of it is explained.
    pub(super) fn conforms(mut self) -> bool {
        self.return_before(None);
        self.all_open()
    }

    pub(super) fn all_open(&self) -> bool {
        self.functions.iter().all(|judged| matches!(judged.verdict, Verdict::Open))
    }

    fn place(&mut self, function: &Name) -> usize {
        if let Some(place) = self.places.get(function) {
            return *place;
        }
        let place = self.functions.len();
        let runner = Runner::new(self.model);
        let trail = Trail::new(&runner);
        self.functions.push(Judged { name: function.clone(), runner, trail, verdict: Verdict::Open });
        self.places.insert(function.clone(), place);
        place
    }

    fn track(&mut self, image: Image) -> &mut Track {
        let model = self.model;
        self.tracks.entry(image).or_insert_with(|| Track {
            runner: Runner::with(model, [image_world(image, model.untold())]),
            under_way: Vec::new(),
            users: Vec::new(),
            carried: Vec::new(),
        })
    }

    fn begin_image(&mut self, key: Key, image: Image, label: Label, operation: &Arc<Operation>) {
        let input = beginning(key, label, operation);
        let track = self.track(image);
        if let Label::Image(_, tag) = label
            && let Some(digest) = tag.digest
            && !track.carried.contains(&digest)
        {
            track.carried.push(digest);
        }
        // An image whose own bounds are outgrown takes its users with it, by the same input.
        let _ = track.runner.feed(&input);
        let users = track.users.clone();
        if operation.end.is_some() {
            track.under_way.push(key);
        }
        for place in users {
            self.feed(place, input.clone());
        }
        self.expect(key, About::Image(image), operation);
    }

    fn begin_function(&mut self, key: Key, place: usize, label: Label, operation: &Arc<Operation>) {
        if let Label::Create(image, _) | Label::Update(image, _) = label {
            let track = self.track(image);
            if !track.users.contains(&place) {
                track.users.push(place);
                let mark = track.runner.mark();
                let under_way = track.under_way.iter().filter_map(|key| Some((*key, mark.slot(*key)?))).collect();
                self.feed(place, Input::Join { image, track: mark.snapshot, under_way });
            }
        }
        self.feed(place, beginning(key, label, operation));
        self.expect(key, About::Function(place), operation);
    }

    fn expect(&mut self, key: Key, about: About, operation: &Operation) {
        if let Some(end) = operation.end {
            self.returns.push(Reverse((end, key, about)));
        }
    }

    /// Returns all operations that ended before `start`; all there are for `None`.
    fn return_before(&mut self, start: Option<i64>) {
        while let Some(Reverse((end, key, about))) = self.returns.peek().copied() {
            if start.is_some_and(|start| end >= start) {
                break;
            }
            self.returns.pop();
            match about {
                About::Function(place) => self.feed(place, Input::End { key }),
                About::Image(image) => {
                    let track = self.track(image);
                    let _ = track.runner.feed(&Input::End { key });
                    track.under_way.retain(|under_way| *under_way != key);
                    for place in track.users.clone() {
                        self.feed(place, Input::End { key });
                    }
                }
            }
        }
    }

    fn feed(&mut self, place: usize, input: Input) {
        let judged = &mut self.functions[place];
        match judged.verdict {
            Verdict::Done(_) => {}
            Verdict::Violated { at, .. } => {
                judged.trail.inputs.push(input);
                if judged.trail.inputs.len() > at + LOOKAHEAD {
                    self.decide(place);
                }
            }
            Verdict::Open => {
                judged.runner.frontier.forget();
                judged.trail.push(&judged.runner, input.clone());
                match judged.runner.feed(&input) {
                    Err(Budget) => judged.verdict = Verdict::Done(Outcome::Inconclusive),
                    Ok(()) => {
                        if let Input::End { key } = input
                            && judged.runner.frontier.is_empty()
                        {
                            judged.verdict = Verdict::Violated { at: judged.trail.inputs.len() - 1, key };
                        }
                    }
                }
            }
        }
    }

    /// Blames a requirement for a violation that was found.
    fn decide(&mut self, place: usize) {
        if let Verdict::Violated { at, key } = self.functions[place].verdict {
            let outcome = blame::find(self, place, at, key)
                .map_or(Outcome::Inconclusive, |finding| Outcome::Violates(Box::new(finding)));
            self.functions[place].verdict = Verdict::Done(outcome);
        }
    }

    pub(super) fn model(&self) -> Model {
        self.model
    }
}

fn beginning(key: Key, label: Label, operation: &Arc<Operation>) -> Input {
    let operation = Arc::clone(operation);
    match (label, operation.end) {
        (_, Some(_)) => Input::Begin { key, label, operation },
        (_, None) => Input::Unanswered { label, operation },
    }
}
