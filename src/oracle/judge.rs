//! Judges a history as it streams by: one frontier a function, all functions sharing only the images.
//!
//! Memory depends on how much happens at once and on the number of functions, not on the length of the history. What each
//! function is fed with is put in its queue, and the queues are worked through side by side once they are long.

use super::blame::{self, Finding};
use super::frontier::{Budget, Tables, image_world};
use super::judgement::{JudgeError, Judgement, Outcome};
use super::names::Names;
use super::trail::{Input, Key, Runner, Trail};
use crate::history::{Event, Extent, Header, IdleRule, Name, Operation};
use crate::model::Model;
use crate::model::label::Label;
use crate::model::world::{Digest, Image, Tag};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

/// After a violation so many inputs more are taken in before a requirement is blamed.
pub(super) const LOOKAHEAD: usize = 256;
/// So many operations are kept, to see whether what was done to one function explains another. Of a longer history none
/// are, for what came first may matter.
const KEPT: usize = 4096;
/// So many inputs are queued before they are worked through.
const QUEUED: usize = 8192;
/// So many groups of functions are worked through side by side, each with tables of its own.
const GROUPS: usize = 8;
/// All functions together keep about so many inputs.
const TRAILS: usize = 1 << 20;

pub(super) struct Judged {
    pub(super) name: Name,
    pub(super) runner: Runner,
    pub(super) trail: Trail,
    pub(super) verdict: Verdict,
    queue: Vec<Input>,
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
    pub(super) carried: FxHashSet<Digest>,
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
    /// All operations, whosever they are; `None` once there were too many.
    pub(super) all: Option<Vec<Arc<Operation>>>,
    /// The tables of each group of functions, and those of the images.
    tables: Vec<Tables>,
    image_tables: Tables,
    /// The functions with something in their queues, and how much that is.
    queues: Vec<usize>,
    queued: usize,
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
        let runner = Runner::new(self.image_tables.clone(), [image_world(image, Tag::BAD)]);
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
            all: Some(Vec::new()),
            tables: Vec::new(),
            image_tables: Tables::new(model),
            queues: Vec::new(),
            queued: 0,
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
        if let Some(all) = &mut self.all {
            all.push(Arc::clone(&operation));
            if all.len() > KEPT {
                self.all = None;
            }
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
        self.return_all();
        let worlds = self.tables.iter().map(Tables::worlds_met).sum();
        for place in 0..self.functions.len() {
            self.widest = self.widest.max(self.functions[place].runner.frontier.widest);
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
    pub fn is_undecided(&mut self) -> bool {
        self.work();
        self.functions.iter().any(|judged| matches!(judged.verdict, Verdict::Violated { .. }))
    }

    /// Blames a requirement for every violation that was found, whatever may come next.
    pub fn blame(&mut self) {
        self.work();
        for place in 0..self.functions.len() {
            self.decide(place);
        }
    }

    /// The violations that have been found and blamed so far.
    pub fn findings(&mut self) -> impl Iterator<Item = &Finding> {
        self.work();
        self.functions.iter().filter_map(|judged| match &judged.verdict {
            Verdict::Done(Outcome::Violates(finding)) => Some(&**finding),
            _ => None,
        })
    }

    /// Returns whatever is under way.
    pub(super) fn return_all(&mut self) {
        self.return_before(None);
        self.work();
    }

    /// Ends the history, and says only whether all of it is explained.
    pub(super) fn conforms(mut self) -> bool {
        self.return_all();
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
        if self.tables.len() < GROUPS {
            self.tables.push(Tables::new(self.model));
        }
        let runner = Runner::new(self.tables[place % GROUPS].clone(), self.model.beginnings());
        let trail = Trail::new(&runner);
        let judged = Judged { name: function.clone(), runner, trail, verdict: Verdict::Open, queue: Vec::new() };
        self.functions.push(judged);
        self.places.insert(function.clone(), place);
        place
    }

    fn track(&mut self, image: Image) -> &mut Track {
        let (model, tables) = (self.model, &self.image_tables);
        self.tracks.entry(image).or_insert_with(|| Track {
            runner: Runner::new(tables.clone(), [image_world(image, model.untold())]),
            under_way: Vec::new(),
            users: Vec::new(),
            carried: FxHashSet::default(),
        })
    }

    fn begin_image(&mut self, key: Key, image: Image, label: Label, operation: &Arc<Operation>) {
        let input = beginning(key, label, operation);
        let track = self.track(image);
        if let Label::Image(_, tag) = label
            && let Some(digest) = tag.digest
        {
            track.carried.insert(digest);
        }
        track.runner.frontier.tidy();
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
        let queue = &mut self.functions[place].queue;
        if queue.is_empty() {
            self.queues.push(place);
        }
        queue.push(input);
        self.queued += 1;
        if self.queued >= QUEUED {
            self.work();
        }
    }

    /// Works through the queues, and blames what has been violated for long enough.
    fn work(&mut self) {
        let kept = TRAILS / self.functions.len().max(1);
        // Whoever still uses what was outgrown gives it up in time.
        for tables in self.tables.iter_mut().chain([&mut self.image_tables]) {
            if let Some(renewed) = tables.renewed() {
                *tables = renewed;
            }
        }
        let places = std::mem::take(&mut self.queues);
        if places.len() > 1 && self.queued >= QUEUED {
            let mut groups: Vec<Vec<&mut Judged>> = (0..GROUPS).map(|_| Vec::new()).collect();
            for (place, judged) in self.functions.iter_mut().enumerate() {
                if !judged.queue.is_empty() {
                    groups[place % GROUPS].push(judged);
                }
            }
            groups.into_par_iter().for_each(|group| group.into_iter().for_each(|judged| judged.work(kept)));
        } else {
            places.iter().for_each(|place| self.functions[*place].work(kept));
        }
        self.queued = 0;
        for place in places {
            let judged = &self.functions[place];
            if matches!(judged.verdict, Verdict::Violated { at, .. } if judged.trail.inputs.len() > at + LOOKAHEAD) {
                self.decide(place);
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

impl Judged {
    /// Works through the queue.
    fn work(&mut self, kept: usize) {
        for input in std::mem::take(&mut self.queue) {
            match self.verdict {
                Verdict::Done(_) => return,
                Verdict::Violated { at, .. } => {
                    if self.trail.inputs.len() > at + LOOKAHEAD {
                        return;
                    }
                    self.trail.inputs.push(input);
                }
                Verdict::Open => {
                    self.trail.make_room(&mut self.runner, kept);
                    let fed = self.runner.feed(&input);
                    let ended = match input {
                        Input::End { key } => Some(key),
                        _ => None,
                    };
                    self.trail.inputs.push(input);
                    if fed == Err(Budget) {
                        self.verdict = Verdict::Done(Outcome::Inconclusive);
                    } else if let Some(key) = ended.filter(|_| self.runner.frontier.is_empty()) {
                        self.verdict = Verdict::Violated { at: self.trail.inputs.len() - 1, key };
                    }
                }
            }
        }
    }
}

fn beginning(key: Key, label: Label, operation: &Arc<Operation>) -> Input {
    let operation = Arc::clone(operation);
    match (label, operation.end) {
        (_, Some(_)) => Input::Begin { key, label, operation },
        (_, None) => Input::Unanswered { label, operation },
    }
}
