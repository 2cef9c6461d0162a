//! Executes a plan on an endpoint, and records what it sees.
//!
//! A case has functions and images of its own. What was measured enters here, as the length of symbolic waits; nothing
//! sleeps for what it can watch ([`super::patience`] says how long it watches).

pub use super::record::{CaseRecord, CutShort, Origin, Version};

use super::Request;
use super::endpoint::{CaseTag, Endpoint, Recorded, ready};
use super::intent::Intent;
use super::patience::Pace;
use crate::history::{Call, Content, Event, Header, History, Name, Operation, Trace};
use crate::lever::{Images, Meanwhile};
use crate::oracle::Judge;
use crate::oracle::watch::Due;
use crate::plan::{Action, F, I, Plan, Step};
use crate::requirement::Lever;
use futures_util::future::join_all;
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
    bare_errors: Vec<(Operation, String)>,
    pub(super) judge: Judge,
    pub(super) cut_short: Option<CutShort>,
    found: Option<Origin>,
    at_step: Option<usize>,
    /// How many steps of the plan were begun.
    taken: usize,
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
    /// Begins a case under that name: its images are published, and no step is taken yet.
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
            bare_errors: Vec::new(),
            judge,
            cut_short: None,
            found: None,
            at_step: None,
            taken: 0,
            prepared: Vec::new(),
        };
        case.declare_images().await;
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

    /// Whether the answer of that operation, a refusal, lacked the form that the API gives errors.
    #[must_use]
    pub fn is_bare(&self, operation: &Operation) -> bool {
        self.bare_errors.iter().any(|(bare, _)| bare == operation)
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
            self.take_in(done.into_iter().flatten().collect());
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
                for action in actions {
                    self.intend(action);
                }
                let done = join_all(actions.iter().map(|action| self.act(action))).await;
                self.record_all(done);
            }
        }
    }

    /// Changes what is meant by an image before the lever is pulled.
    fn intend(&mut self, action: &Action) {
        let Action::Image(i, change) = action else { return };
        self.images[usize::from(i.0)].apply(*change);
    }

    async fn act(&self, action: &Action) -> Done {
        match action {
            Action::Image(i, _) => Done::Pulled(self.pull(*i).await),
            Action::Idle(f) => Done::Pulled(self.leave_idle(&self.function(*f)).await),
            Action::Create(f, i) => {
                let (function, image) = (self.function(*f), self.image(*i));
                Done::Called(self.call(&Request::Create { function, image }).await)
            }
            Action::Update(f, i) => {
                let (function, image) = (self.function(*f), self.image(*i));
                Done::Called(self.call(&Request::Update { function, image }).await)
            }
            Action::Invoke(f) => Done::Called(self.call(&Request::Invoke { function: self.function(*f) }).await),
            Action::Delete(f) => Done::Called(self.call(&Request::Delete { function: self.function(*f) }).await),
            // In a burst there is no time to wait: it looks once.
            Action::Get(f) | Action::Await(f) | Action::Watch(f) | Action::Settle(f) => {
                Done::Called(self.call(&Request::Get { function: self.function(*f) }).await)
            }
            Action::Pause(_) => Done::Pulled(None),
        }
    }

    pub(super) async fn call(&self, request: &Request) -> Recorded {
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
        match self.while_it_lasts(self.bench.endpoint.call(&self.tag, request, &served)).await {
            Some(recorded) => recorded,
            None => Recorded::lost(request, start),
        }
    }

    async fn pull(&self, i: I) -> Option<Operation> {
        let (image, content) = (self.image(i), self.content(i));
        let meanwhile = if self.prepared.contains(&image) { Meanwhile::Preparation } else { Meanwhile::Nothing };
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

    async fn set_image(&self, image: &Name, content: &Content, meanwhile: Meanwhile) -> Option<Operation> {
        let event = Event::Image { image: image.clone(), content: content.clone() };
        self.lever(event, self.bench.endpoint.set_image(&self.tag, image, content, meanwhile)).await
    }

    async fn leave_idle(&self, function: &Name) -> Option<Operation> {
        let event = Event::Idle { function: function.clone() };
        self.lever(event, self.bench.endpoint.idle(&self.tag, function)).await
    }

    /// What comes of a lever; unknown if the run ends before it does.
    async fn lever(&self, event: Event, pulling: impl Future<Output = Option<Operation>>) -> Option<Operation> {
        let start = self.bench.endpoint.now();
        let unknown = Operation { line: 0, start, end: None, event, trace: Trace::default() };
        self.while_it_lasts(pulling).await.unwrap_or(Some(unknown))
    }

    /// What comes of something that goes to the endpoint; `None` if it is still on its way a moment after the run was
    /// told to end.
    async fn while_it_lasts<T>(&self, exchange: impl Future<Output = T>) -> Option<T> {
        let mut stop = self.bench.stop.clone();
        let over = async {
            if stop.wait_for(|stop| *stop).await.is_err() {
                // Nobody is left to end it.
                std::future::pending::<()>().await;
            }
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
            };
            operations.extend(operation.map(|operation| (action, operation)));
        }
        self.take_in_of(operations);
    }

    /// Keeps what is to be said of an answer, and gives the operation.
    pub(super) fn unpack(&mut self, recorded: Recorded) -> Option<Operation> {
        let Some(operation) = recorded.operation else {
            self.cut_short = Some(CutShort::Throttled);
            return None;
        };
        if let Some(bare) = recorded.bare_error {
            self.bare_errors.push((operation.clone(), bare));
        }
        Some(operation)
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
    pub async fn end(self) -> CaseRecord {
        let plan = &self.plan;
        if self.bench.cleanup == Cleanup::Remove {
            let functions: Vec<Name> = (0..plan.functions()).map(|f| self.function(F(f))).collect();
            join_all(functions.iter().map(|function| self.remove(function))).await;
            if self.bench.endpoint.offered().contains(Lever::Delete) {
                let images: Vec<Name> = (0..plan.images()).map(|i| self.image(I(i))).collect();
                let missing = &Content::MISSING;
                join_all(images.iter().map(|image| self.set_image(image, missing, Meanwhile::Nothing))).await;
            }
        }
        let mut seen: Vec<(Operation, Origin)> = self.operations.into_iter().zip(self.origins).collect();
        seen.sort_by_key(|(operation, _)| operation.start);
        let (mut operations, origins): (Vec<Operation>, Vec<Origin>) = seen.into_iter().unzip();
        // The header stands on the first line.
        for (place, operation) in operations.iter_mut().enumerate() {
            operation.line = place + 2;
        }
        let same = |a: &Operation, b: &Operation| (a.start, a.end, &a.event) == (b.start, b.end, &b.event);
        let place = |bare: &Operation| operations.iter().position(|operation| same(operation, bare));
        let bare_errors =
            self.bare_errors.iter().filter_map(|(bare, text)| Some((place(bare)?, text.clone()))).collect();
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
            bare_errors,
            cut_short: self.cut_short,
            found: self.found,
        }
    }

    /// Deletes a function, again if the answer was lost.
    async fn remove(&self, function: &Name) {
        for _ in 0..3 {
            let request = Request::Delete { function: function.clone() };
            if self.call(&request).await.operation.is_some_and(|operation| operation.end.is_some()) {
                return;
            }
            if *self.bench.stop.borrow() {
                break;
            }
        }
        self.bench.endpoint.note(format!("could not delete {function}: remove it by hand"));
    }
}

enum Done {
    Called(Recorded),
    Pulled(Option<Operation>),
}

/// The reference of an image that nobody published.
#[must_use]
pub fn stock_reference(place: usize) -> Name {
    format!("registry.example.com/fnconform/stock:{}", I(u8::try_from(place % 10).unwrap_or(0))).into()
}
