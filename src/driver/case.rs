//! Executes a plan on an endpoint, and records what it sees.
//!
//! A case has functions and images of its own. What was measured enters here, as the length of symbolic waits; nothing
//! sleeps for what it can watch ([`super::patience`] says how long it watches).

mod clean_up;

pub use super::record::{CaseRecord, CutShort, Origin, Version};

use super::Request;
use super::alone::{self, LeftAlone};
use super::budget::Room;
use super::endpoint::{CaseTag, Endpoint, Pulled, Recorded, Untold, lost, ready};
use super::intent::Intent;
use super::patience::Pace;
use super::rate::Turn;
use crate::history::{Answer, Call, Content, Event, Header, History, Name, Operation, Trace};
use crate::lever::{Images, Meanwhile};
use crate::oracle::Judge;
use crate::oracle::watch::Due;
use crate::plan::{Action, F, I, Plan, Step};
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long what was sent already may take when the run was told to end, and how long each request of the clean-up.
const LAST_MOMENT: Duration = Duration::from_millis(800);

/// What all cases of a run share.
pub struct Bench {
    /// The endpoint.
    pub endpoint: Arc<Endpoint>,
    /// How long things take.
    pub pace: Pace,
    /// The images that are there without having been published, where nothing can be.
    pub stock: Vec<Stock>,
    /// Becomes true when the run is to end.
    pub stop: watch::Receiver<bool>,
    /// Whether what a case made is removed at its end.
    pub cleanup: Cleanup,
}

/// Whether what a case made is removed at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cleanup {
    /// It is.
    Remove,
    /// It is left as it is.
    Keep,
}

/// An image that is there without having been published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stock {
    /// The reference.
    pub image: Name,
    /// The digest that it was seen to have.
    pub digest: Name,
    /// The reply by which its code is known.
    pub reply: Option<String>,
}

/// A case while it goes on: its plan is carried out a step at a time.
pub struct Case {
    pub(super) bench: Arc<Bench>,
    tag: CaseTag,
    name: Name,
    plan: Plan,
    images: Vec<Intent>,
    operations: Vec<Operation>,
    origins: Vec<Origin>,
    pub(super) judge: Judge,
    pub(super) cut_short: Option<CutShort>,
    found: Option<Origin>,
    at_step: Option<usize>,
    /// How many steps of the plan were begun.
    taken: usize,
    /// Room for its functions; without it nothing is done.
    room: Option<Room>,
    alone: LeftAlone,
    /// The images of which preparations may have been under way when the step was begun.
    prepared: Vec<Name>,
}

/// Executes a plan under that name.
pub async fn execute(bench: &Arc<Bench>, name: &str, plan: &Plan) -> CaseRecord {
    let mut case = Case::begin(bench, name, plan.clone()).await;
    while case.advance().await.is_some() {}
    case.end().await
}

impl Case {
    /// Begins a case under that name, once there is room for its functions: its images are published, and no step is taken
    /// yet.
    pub async fn begin(bench: &Arc<Bench>, name: &str, plan: Plan) -> Self {
        let header = Header::default();
        let Ok(judge) = Judge::new(&header) else { unreachable!("a closed world is judged") };
        let mut case = Self {
            bench: Arc::clone(bench),
            tag: bench.endpoint.tag(name),
            name: format!("{}-{name}", bench.endpoint.run()).into(),
            images: vec![Intent::FRESH; usize::from(plan.images())],
            plan,
            operations: Vec::new(),
            origins: Vec::new(),
            judge,
            cut_short: None,
            found: None,
            at_step: None,
            taken: 0,
            room: None,
            alone: LeftAlone::default(),
            prepared: Vec::new(),
        };
        case.take_room().await;
        if case.room.is_some() {
            case.declare_images().await;
        }
        case
    }

    /// Takes the next step of the plan and gives what was seen in it; `None` if none is left, or the case was cut short.
    pub async fn advance(&mut self) -> Option<&[Operation]> {
        if self.cut_short.is_some() {
            return None;
        }
        let step = self.plan.steps.get(self.taken)?.clone();
        if *self.bench.stop.borrow() {
            self.cut_short = Some(CutShort::Stopped);
            return None;
        }
        self.at_step = Some(self.taken);
        self.taken += 1;
        let next = self.plan.steps.get(self.taken).cloned();
        let seen = self.operations.len();
        self.step(&step, next.as_ref()).await;
        Some(&self.operations[seen..])
    }

    /// What was seen so far.
    #[must_use]
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The error code of a function that is not there.
    #[must_use]
    pub fn not_found_code(&self) -> &'static str {
        self.bench.endpoint.dialect().not_found_code()
    }

    /// The digest of the code that an image first stood for, or of what it stands for at present; `None` where nobody
    /// can tell.
    #[must_use]
    pub fn code(&self, i: I, version: Version) -> Option<Name> {
        if self.published().is_none() {
            let stock = &self.bench.stock;
            return stock.get(usize::from(i.0) % stock.len().max(1)).map(|stock| stock.digest.clone());
        }
        let revision = match version {
            Version::First => 0,
            Version::Overwritten => self.images.get(usize::from(i.0))?.published,
        };
        Some(self.digest(i, revision))
    }

    fn digest(&self, i: I, revision: u32) -> Name {
        let revision = format!("{}{i}{revision}", self.name);
        self.published().map_or_else(|| revision.as_str().into(), |images| images.code(&revision))
    }

    /// The way to images, where they can be published.
    fn published(&self) -> Option<&dyn Images> {
        self.bench.endpoint.levers().images()
    }

    /// Publishes the images of the plan, or declares those that are there.
    async fn declare_images(&mut self) {
        let images: Vec<I> = (0..self.plan.images()).map(I).collect();
        if self.published().is_some() {
            let done = join_all(images.iter().map(|i| self.pull(*i))).await;
            self.record_all(done.into_iter().map(Done::from).collect());
        } else {
            let declared = |stock: &Stock| Operation {
                line: 0,
                start: 0,
                end: Some(1),
                event: Event::Image { image: stock.image.clone(), content: ready(stock.digest.clone()) },
                trace: Trace::default(),
            };
            let used = usize::from(self.plan.images()).min(self.bench.stock.len());
            self.take_in(self.bench.stock[..used].iter().map(declared).collect());
        }
    }

    async fn step(&mut self, step: &Step, next: Option<&Step>) {
        match step.0.as_slice() {
            [Action::Await(f)] => self.await_quiet(*f).await,
            [Action::Watch(f)] => self.watch(*f).await,
            [Action::Settle(f)] => self.settle(*f, next).await,
            [Action::Pause(hundredths)] => self.pause(self.bench.pace.hundredths(*hundredths)).await,
            actions => {
                self.prepared = self.being_prepared();
                actions.iter().for_each(|action| self.intend(action));
                let (calls, levers): (Vec<&Action>, Vec<&Action>) = actions.iter().partition(|action| is_call(action));
                let names = |case: &Self, actions: &[&Action]| -> Vec<Name> {
                    actions.iter().filter_map(|action| action.function()).map(|f| case.function(f)).collect()
                };
                self.may_be_idle(names(self, &levers), self.bench.endpoint.now());
                let since = self.bench.endpoint.now();
                let Some(turn) = self.turn(calls.len()).await else { return };
                let done = join_all(actions.iter().map(|action| self.act(&turn, action, actions.len()))).await;
                self.may_be_idle(names(self, &calls), since);
                self.record_all(done);
            }
        }
    }

    /// Changes what is meant by an image before the lever is pulled.
    fn intend(&mut self, action: &Action) {
        let Action::Image(i, change) = action else { return };
        self.images[usize::from(i.0)].apply(*change);
    }

    /// Where functions become idle by being left alone: says of each that it may have become so since then, if it was left
    /// alone for long enough by now.
    pub(super) fn may_be_idle(&mut self, functions: impl IntoIterator<Item = Name>, since: i64) {
        let Some(alone) = alone::of(self.bench.endpoint.levers()) else { return };
        let now = self.bench.endpoint.now();
        for function in functions {
            let perhaps = self.alone.perhaps_idle(&function, alone, since, now);
            self.take_in(perhaps.into_iter().collect());
        }
    }

    /// Does one of so many actions at once.
    async fn act(&self, turn: &Turn, action: &Action, of: usize) -> Done {
        match action {
            Action::Image(i, _) => self.pull(*i).await.into(),
            Action::Idle(f) => {
                let mut idle = self.leave_idle(&self.function(*f)).await;
                // What is done beside it may be done to this function, which was not left alone then.
                if let (Ok(Some(idle)), Some(_), 2..) = (&mut idle, self.bench.endpoint.levers().alone(), of) {
                    idle.end = None;
                }
                idle.into()
            }
            Action::Create(f, i) => {
                let (function, image) = (self.function(*f), self.image(*i));
                Done::Called(self.send(turn, &Request::Create { function, image }).await)
            }
            Action::Update(f, i) => {
                let (function, image) = (self.function(*f), self.image(*i));
                Done::Called(self.send(turn, &Request::Update { function, image }).await)
            }
            Action::Invoke(f) => Done::Called(self.send(turn, &Request::Invoke { function: self.function(*f) }).await),
            Action::Delete(f) => Done::Called(self.send(turn, &Request::Delete { function: self.function(*f) }).await),
            // In a burst there is no time to wait: it looks once.
            Action::Get(f) | Action::Await(f) | Action::Watch(f) | Action::Settle(f) => {
                Done::Called(self.send(turn, &Request::Get { function: self.function(*f) }).await)
            }
            Action::Pause(_) => Done::Pulled(None),
        }
    }

    /// Waits for the turn of so many calls together; `None` if the run is told to end before, and so the case.
    pub(super) async fn turn(&mut self, calls: usize) -> Option<Turn> {
        let turn = tokio::select! {
            biased;
            turn = self.bench.endpoint.turn(u32::try_from(calls).unwrap_or(u32::MAX)) => Some(turn),
            () = self.told_to_end() => None,
        };
        if turn.is_none() {
            self.cut_short = Some(CutShort::Stopped);
        }
        turn
    }

    /// Sends a call whose turn it is.
    pub(super) async fn send(&self, turn: &Turn, request: &Request) -> Recorded {
        let stock = &self.bench.stock;
        let published = self.published();
        let served = move |body: &str| -> Option<Name> {
            match published {
                Some(images) => images.served(body),
                None => {
                    stock.iter().find(|stock| stock.reply.as_deref() == Some(body)).map(|stock| stock.digest.clone())
                }
            }
        };
        let start = self.bench.endpoint.now();
        match self.while_it_lasts(self.bench.endpoint.call(turn, &self.tag, request, &served)).await {
            Some(recorded) => recorded,
            None => Some(lost(request, start)),
        }
    }

    async fn pull(&self, i: I) -> Pulled {
        let (image, content) = (self.image(i), self.content(i));
        let meanwhile = match (self.prepared.contains(&image), self.may_serve(&image)) {
            (true, _) => Meanwhile::Preparation,
            (false, true) => Meanwhile::Service,
            (false, false) => Meanwhile::Nothing,
        };
        self.set_image(&image, &content, meanwhile).await
    }

    /// The images of functions that may be in preparation: any that they were ever deployed with.
    fn being_prepared(&mut self) -> Vec<Name> {
        let functions = (0..self.plan.functions()).map(|f| self.function(F(f))).collect::<Vec<_>>();
        let mut busy = functions;
        busy.retain(|function| self.judge.outlook(function).due == Due::Something);
        let deployed = |operation: &Operation| match &operation.event {
            Event::Call { function, call: Call::Create { image, .. } | Call::Update { image, .. } } => {
                busy.contains(function).then(|| image.clone())
            }
            _ => None,
        };
        self.operations.iter().filter_map(deployed).collect()
    }

    /// Whether a function that was ever deployed with the image may be in service: it was not last seen Failed.
    fn may_serve(&self, image: &Name) -> bool {
        let mut deployed: BTreeMap<&Name, bool> = BTreeMap::new();
        for operation in &self.operations {
            let Event::Call { function, call } = &operation.event else { continue };
            match call {
                Call::Create { image: with, .. } | Call::Update { image: with, .. } if with == image => {
                    deployed.insert(function, true);
                }
                Call::Create { .. } | Call::Update { .. } => {
                    deployed.entry(function).and_modify(|serves| *serves = true);
                }
                Call::Get { answer: Answer::Accepted(report) } => {
                    deployed.entry(function).and_modify(|serves| *serves = &*report.state != "Failed");
                }
                Call::Get { .. } | Call::Invoke { .. } | Call::Delete { .. } => {}
            }
        }
        deployed.values().any(|serves| *serves)
    }

    async fn set_image(&self, image: &Name, content: &Content, meanwhile: Meanwhile) -> Pulled {
        let event = Event::Image { image: image.clone(), content: content.clone() };
        self.lever(event, self.bench.endpoint.set_image(&self.tag, image, content, meanwhile)).await
    }

    async fn leave_idle(&self, function: &Name) -> Pulled {
        let event = Event::Idle { function: function.clone() };
        self.lever(event, self.bench.endpoint.idle(&self.tag, function)).await
    }

    /// What comes of a lever; unknown if the run ends before it does.
    async fn lever(&self, event: Event, pulling: impl Future<Output = Pulled>) -> Pulled {
        let start = self.bench.endpoint.now();
        let unknown = Operation { line: 0, start, end: None, event, trace: Trace::default() };
        self.while_it_lasts(pulling).await.unwrap_or(Ok(Some(unknown)))
    }

    /// Returns when the run is told to end; never if nobody is left to do so.
    async fn told_to_end(&self) {
        let mut stop = self.bench.stop.clone();
        if stop.wait_for(|stop| *stop).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// What comes of something that goes to the endpoint; `None` if it is still on its way a moment after the run was
    /// told to end.
    async fn while_it_lasts<T>(&self, exchange: impl Future<Output = T>) -> Option<T> {
        let over = async {
            self.told_to_end().await;
            tokio::time::sleep(LAST_MOMENT).await;
        };
        tokio::select! {
            done = exchange => Some(done),
            () = over => None,
        }
    }

    fn content(&self, i: I) -> Content {
        self.images[usize::from(i.0)].content(|revision| self.digest(i, revision))
    }

    /// Whether the lever `idle` was ever pulled on the function.
    pub(super) fn was_left_idle(&self, function: &Name) -> bool {
        self.operations.iter().any(|operation| matches!(&operation.event, Event::Idle { function: f } if f == function))
    }

    /// The names of a case's functions begin with one another: an endpoint that compares prefixes mixes them up.
    #[must_use]
    pub fn function(&self, f: F) -> Name {
        let letters: String = (0..=f.0).map(|n| F(n).to_string()).collect();
        format!("{}-{letters}", self.name).into()
    }

    fn image(&self, i: I) -> Name {
        if let Some(images) = self.published() {
            return images.reference(&self.name, &i.to_string());
        }
        let stock = &self.bench.stock;
        match stock.len() {
            0 => stock_reference(usize::from(i.0)),
            length => stock[usize::from(i.0) % length].image.clone(),
        }
    }

    fn record_all(&mut self, done: Vec<Done>) {
        let mut operations = Vec::new();
        for (action, one) in done.into_iter().enumerate() {
            let operation = match one {
                Done::Pulled(operation) => operation,
                Done::Called(recorded) => self.unpack(recorded),
                Done::Broke => {
                    self.cut_short = Some(CutShort::Lever);
                    None
                }
            };
            operations.extend(operation.map(|operation| (action, operation)));
        }
        self.take_in_of(operations);
    }

    /// The operation, if it was one; else the case ends here.
    pub(super) fn unpack(&mut self, recorded: Recorded) -> Option<Operation> {
        if recorded.is_none() {
            self.cut_short = Some(CutShort::Throttled);
        }
        recorded
    }

    /// Records operations of a step's only action that are all over, and judges them.
    pub(super) fn take_in(&mut self, operations: Vec<Operation>) {
        self.take_in_of(operations.into_iter().map(|operation| (0, operation)).collect());
    }

    /// Records operations that are all over, each with the action that it is of, and judges them.
    fn take_in_of(&mut self, mut operations: Vec<(usize, Operation)>) {
        let origin = Origin { step: self.at_step, action: 0, after: self.bench.endpoint.requests() };
        operations.sort_by_key(|(_, operation)| operation.start);
        for (action, operation) in operations {
            // One step ends before the next begins, so nothing starts before what was judged.
            let _ = self.judge.push(operation.clone());
            self.alone.take_in(&operation);
            self.operations.push(operation);
            self.origins.push(Origin { action, ..origin });
        }
        if self.found.is_none() && !self.judge.conforms_so_far() {
            self.found = Some(origin);
        }
    }

    /// Waits, but not when the run is told to end.
    pub(super) async fn pause(&mut self, time: Duration) {
        let mut stop = self.bench.stop.clone();
        if *stop.borrow() {
            self.cut_short = Some(CutShort::Stopped);
            return;
        }
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            // Nobody left to stop it is no reason to wait less: a settle would be claimed that never was.
            Ok(_) = stop.wait_for(|stop| *stop) => self.cut_short = Some(CutShort::Stopped),
        }
    }

    /// Removes what was made, and gives what was seen.
    pub async fn end(mut self) -> CaseRecord {
        if let Some(mut room) = self.room.take() {
            let left = self.clean_up().await;
            room.lose(left);
        }
        let mut seen: Vec<(Operation, Origin)> = self.operations.into_iter().zip(self.origins).collect();
        seen.sort_by_key(|(operation, _)| operation.start);
        let (mut operations, origins): (Vec<Operation>, Vec<Origin>) = seen.into_iter().unzip();
        // The header stands on the first line.
        for (place, operation) in operations.iter_mut().enumerate() {
            operation.line = place + 2;
        }
        let settles = operations.iter().filter(|operation| matches!(operation.event, Event::Settle { .. }));
        let lengths = settles.filter_map(|settle| u64::try_from(settle.end? - settle.start).ok());
        let header = Header {
            endpoint: Some(self.bench.endpoint.client().base_url().to_owned()),
            dialect: Some(self.bench.endpoint.dialect().name().to_owned()),
            settle_us: lengths.min(),
            ..Header::default()
        };
        CaseRecord {
            name: self.name,
            plan: self.plan,
            history: History { header, operations },
            origins,
            cut_short: self.cut_short,
            found: self.found,
        }
    }
}

/// Whether it is sent to the endpoint as a call of its API.
fn is_call(action: &Action) -> bool {
    action.function().is_some() && action.lever().is_none()
}

enum Done {
    Called(Recorded),
    Pulled(Option<Operation>),
    Broke,
}

impl From<Pulled> for Done {
    fn from(pulled: Pulled) -> Self {
        match pulled {
            Ok(operation) => Self::Pulled(operation),
            Err(Untold) => Self::Broke,
        }
    }
}

/// The reference of an image that nobody published.
#[must_use]
pub fn stock_reference(place: usize) -> Name {
    format!("registry.example.com/fnconform/stock:{}", I(u8::try_from(place % 10).unwrap_or(0))).into()
}
