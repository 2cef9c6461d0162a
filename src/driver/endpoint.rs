//! An endpoint under test: sends one call or pulls one lever, and says what is to be recorded of it.

use super::answer::{Meaning, Reply};
use super::auth::{About, Refusal, refusal};
use super::budget::Budget;
use super::client::{Client, Exchange, Failure, RequestTag};
use super::rate::{Rate, Turn, Turns};
use super::{Dialect, Request};
use crate::history::{Answer, Call, Condition, Content, Event, Name, Operation, Trace};
use crate::lever::{Effect, LeverSet, Levers, Meanwhile};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// How long a request may take before it counts as not answered.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a throttled request is sent again.
const THROTTLED_FOR: Duration = Duration::from_secs(20);

/// An endpoint, as a run drives it.
pub struct Endpoint {
    client: Client,
    /// Where functions are invoked, if that is another place.
    invoking: Option<Client>,
    turns: Turns,
    budget: Budget,
    dialect: &'static dyn Dialect,
    levers: Levers,
    /// The name of the run, which all that it makes begins with.
    run: Name,
    epoch: Instant,
    requests: AtomicU64,
    notes: Mutex<BTreeMap<String, u64>>,
    denied: OnceLock<Refusal>,
    turned_away: AtomicBool,
    timeout: Duration,
}

/// A call as it is to be recorded; `None` if it was throttled all the time or its signature was refused, and so
/// never happened.
pub type Recorded = Option<Operation>;

/// A lever as it is to be recorded; `None` if nothing was done.
pub(super) type Pulled = Result<Option<Operation>, Untold>;

/// A lever after which nobody knows what an image is: nothing can be said of what is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Untold;

/// Whether it is a deletion after which the function is not there.
#[must_use]
pub(super) fn says_gone(operation: &Operation) -> bool {
    match &operation.event {
        Event::Call { call: Call::Delete { answer: Answer::Accepted(()) }, .. } => true,
        Event::Call { call: Call::Delete { answer: Answer::Refused }, .. } => operation.trace.status == Some(404),
        _ => false,
    }
}

/// A call that was sent then, and to which no answer came.
#[must_use]
pub(super) fn lost(request: &Request, start: i64) -> Operation {
    let call = recorded(request, &Meaning::Unknown, &|_| None);
    let event = Event::Call { function: request.function().clone(), call };
    Operation { line: 0, start, end: None, event, trace: Trace::default() }
}

/// Numbers the requests of a case.
#[derive(Debug)]
pub struct CaseTag {
    run: Name,
    case: Name,
    step: AtomicU64,
}

impl CaseTag {
    pub(super) fn next(&self) -> RequestTag {
        RequestTag {
            run: self.run.clone(),
            case: self.case.clone(),
            step: self.step.fetch_add(1, Ordering::Relaxed) + 1,
        }
    }
}

impl Endpoint {
    /// An endpoint behind this client; levers are added once they are known.
    #[must_use]
    pub fn new(client: Client, dialect: &'static dyn Dialect, run: Name) -> Self {
        Self {
            client,
            invoking: None,
            turns: Turns::at(None),
            budget: Budget::of(None),
            dialect,
            levers: Levers::none(),
            run,
            epoch: Instant::now(),
            requests: AtomicU64::new(0),
            notes: Mutex::new(BTreeMap::new()),
            denied: OnceLock::new(),
            turned_away: AtomicBool::new(false),
            timeout: REQUEST_TIMEOUT,
        }
    }

    /// The same, with these levers.
    #[must_use]
    pub fn with_levers(self, levers: Levers) -> Self {
        Self { levers, ..self }
    }

    /// The same, with functions invoked through this client.
    #[must_use]
    pub fn invoking_through(self, client: Client) -> Self {
        Self { invoking: Some(client), ..self }
    }

    /// The same, called no more often than that, levers not counted.
    #[must_use]
    pub fn at_rate(self, rate: Option<Rate>) -> Self {
        Self { turns: Turns::at(rate), ..self }
    }

    /// The same, with no more functions at once than that.
    #[must_use]
    pub fn with_functions(self, functions: Option<NonZeroU32>) -> Self {
        Self { budget: Budget::of(functions), ..self }
    }

    /// The client.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The client that functions are invoked through, if that is another one.
    #[must_use]
    pub const fn invoking(&self) -> Option<&Client> {
        self.invoking.as_ref()
    }

    /// Room for functions.
    #[must_use]
    pub const fn budget(&self) -> &Budget {
        &self.budget
    }

    /// How many of so many cases at once are worth while at its rate, where things take so long.
    #[must_use]
    pub fn at_once(&self, jobs: usize, typical: Duration) -> usize {
        jobs.min(self.turns.used_up_by(typical))
    }

    /// Waits for leave to send so many calls together, in the order of asking.
    pub async fn turn(&self, calls: u32) -> Turn {
        self.turns.next(calls).await
    }

    /// The dialect.
    #[must_use]
    pub fn dialect(&self) -> &'static dyn Dialect {
        self.dialect
    }

    /// The name of the run.
    #[must_use]
    pub fn run(&self) -> &Name {
        &self.run
    }

    /// Which levers there are.
    #[must_use]
    pub fn offered(&self) -> LeverSet {
        self.levers.offered()
    }

    /// What the levers are pulled with.
    #[must_use]
    pub const fn levers(&self) -> &Levers {
        &self.levers
    }

    /// How many requests were sent so far.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// What is worth telling about answers, each with how often it was seen.
    #[must_use]
    pub fn notes(&self) -> BTreeMap<String, u64> {
        self.notes.lock().map(|notes| notes.clone()).unwrap_or_default()
    }

    /// Notes something worth telling.
    pub fn note(&self, text: String) {
        if let Ok(mut notes) = self.notes.lock() {
            *notes.entry(text).or_default() += 1;
        }
    }

    /// The first refusal of whoever asks, if there was one.
    pub(super) fn denied(&self) -> Option<&Refusal> {
        self.denied.get()
    }

    /// Whether a signature was refused, so that nothing more can come of a run.
    pub(super) fn is_turned_away(&self) -> bool {
        self.turned_away.load(Ordering::Relaxed)
    }

    /// Remembers a refusal of whoever asks; whether the call came to no function by it.
    ///
    /// Temporary credentials expire in the midst of runs. Where nothing is signed a refusal is judged like any other.
    fn turns_away(&self, refusal: Refusal) -> bool {
        let signature = refusal.about == About::Signature && self.client.signer().is_some();
        if signature && !self.turned_away.swap(true, Ordering::Relaxed) {
            self.note(format!("credentials were refused, which is held against no function: {}", refusal.said));
        }
        // The first one stays.
        let _ = self.denied.set(refusal);
        signature
    }

    /// Numbers for the requests of a case.
    #[must_use]
    pub fn tag(&self, case: &str) -> CaseTag {
        CaseTag { run: self.run.clone(), case: case.into(), step: AtomicU64::new(0) }
    }

    /// Microseconds since the run began.
    #[must_use]
    pub fn now(&self) -> i64 {
        i64::try_from(self.epoch.elapsed().as_micros()).unwrap_or(i64::MAX)
    }

    /// Sends a call, again while it is throttled, and says what is to be recorded: it begins when it is really sent.
    ///
    /// Each time that it is sent again it waits for a turn of its own. `served` tells the digest of the code from the reply
    /// of an invocation.
    pub async fn call(
        &self,
        _turn: &Turn,
        tag: &CaseTag,
        request: &Request,
        served: &(dyn Fn(&str) -> Option<Name> + Sync),
    ) -> Recorded {
        let encoded = self.dialect.encode(request);
        let client = match request {
            Request::Invoke { .. } => self.invoking().unwrap_or(&self.client),
            _ => &self.client,
        };
        let mut since = Instant::now();
        let mut pause = Duration::from_millis(20);
        loop {
            let tag = tag.next();
            self.requests.fetch_add(1, Ordering::Relaxed);
            let start = self.now();
            let exchange = client.send(&encoded, &tag, self.timeout).await;
            // Rounded up, so that the interval surely covers the moment at which it took effect.
            let end = self.now() + 1;
            let mut reply = match exchange {
                Exchange::Complete(response) => {
                    let reply = self.dialect.decode(request, &response);
                    let refusal = refusal(&response, reply.trace.error.as_deref());
                    if refusal.is_some_and(|refusal| self.turns_away(refusal)) {
                        return None;
                    }
                    reply
                }
                // What surely was not sent took no effect, and may be sent again.
                Exchange::Failed(Failure::NotSent(_) | Failure::NotTrusted(_)) => throttled(),
                Exchange::Failed(Failure::Lost(_)) => unknown(),
            };
            if let Some(note) = &reply.malformed {
                self.note(note.clone());
            }
            if let Meaning::Throttled(after) = reply.meaning {
                pause = (pause * 2).max(after.map_or(Duration::ZERO, Duration::from_secs)).min(Duration::from_secs(5));
                if since.elapsed() + pause > THROTTLED_FOR {
                    return None;
                }
                tokio::time::sleep(pause).await;
                let asked = Instant::now();
                let _turn = self.turn(1).await;
                // The endpoint is not to blame for that time.
                since += asked.elapsed();
                continue;
            }
            if let (Meaning::Reported(report), Some(images)) = (&mut reply.meaning, self.levers.images()) {
                report.digest = report.digest.take().map(|digest| images.reported(&digest));
            }
            let call = recorded(request, &reply.meaning, served);
            let answered = !matches!(reply.meaning, Meaning::Unknown);
            let event = Event::Call { function: request.function().clone(), call };
            return Some(Operation { line: 0, start, end: answered.then_some(end), event, trace: reply.into_trace() });
        }
    }

    /// Pulls the lever on an image, of which a preparation may be under way meanwhile.
    pub(super) async fn set_image(
        &self,
        tag: &CaseTag,
        image: &Name,
        content: &Content,
        meanwhile: Meanwhile,
    ) -> Pulled {
        let event = Event::Image { image: image.clone(), content: content.clone() };
        let (start, tag) = self.begin(tag);
        let effect = self.levers.set_image(image, content, meanwhile, &tag, self.timeout).await;
        self.pulled(start, event, effect)
    }

    /// Leaves a function idle for long enough.
    pub(super) async fn idle(&self, tag: &CaseTag, function: &Name) -> Pulled {
        let (start, tag) = self.begin(tag);
        let effect = self.levers.idle(function, &tag, self.timeout).await;
        self.pulled(start, Event::Idle { function: function.clone() }, effect)
    }

    fn begin(&self, tag: &CaseTag) -> (i64, RequestTag) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        (self.now(), tag.next())
    }

    fn pulled(&self, start: i64, mut event: Event, effect: Effect) -> Pulled {
        let end = match effect {
            Effect::Done => Some(self.now() + 1),
            Effect::Published(digest) => {
                if let Event::Image { content, .. } = &mut event {
                    content.code = Some(digest);
                }
                Some(self.now() + 1)
            }
            // It takes effect for good at some later time that nobody can tell.
            Effect::Lingering => None,
            // What was not done is no operation; the plan goes on without it.
            Effect::Impossible(_) => return Ok(None),
            // An idle lever on a function that is not there is refused, as it should be.
            Effect::Refused(_) if matches!(event, Event::Idle { .. }) => return Ok(None),
            Effect::Refused(said) => {
                self.note(format!("a lever was refused: {said}"));
                None
            }
            Effect::Unknown(reason) => {
                self.note(format!("a lever's answer is unknown: {reason}"));
                None
            }
            Effect::Untold(reason) => {
                self.note(format!("a lever left it open what an image is: {reason}"));
                return Err(Untold);
            }
        };
        Ok(Some(Operation { line: 0, start, end, event, trace: Trace::default() }))
    }
}

/// The content of an image that is ready.
#[must_use]
pub fn ready(code: Name) -> Content {
    Content { code: Some(code), condition: Condition::Ready }
}

fn throttled() -> Reply {
    Reply { meaning: Meaning::Throttled(None), ..unknown() }
}

fn unknown() -> Reply {
    Reply { meaning: Meaning::Unknown, trace: Trace::default(), malformed: None, bare_error: None }
}

/// The call as it stands in a history: what was asked, and what the answer means.
pub(crate) fn recorded(request: &Request, meaning: &Meaning, served: &dyn Fn(&str) -> Option<Name>) -> Call {
    let plain = match meaning {
        Meaning::Done => Answer::Accepted(()),
        Meaning::Refused => Answer::Refused,
        _ => Answer::Unknown,
    };
    match request {
        Request::Create { image, .. } => Call::Create { image: image.clone(), answer: plain },
        Request::Update { image, .. } => Call::Update { image: image.clone(), answer: plain },
        Request::Delete { .. } => Call::Delete { answer: plain },
        Request::Get { .. } => Call::Get {
            answer: match meaning {
                Meaning::Reported(report) => Answer::Accepted(report.clone()),
                Meaning::Refused => Answer::Refused,
                _ => Answer::Unknown,
            },
        },
        Request::Invoke { .. } => Call::Invoke {
            answer: match meaning {
                Meaning::Served(body) => Answer::Accepted(body.as_deref().and_then(served)),
                Meaning::Refused => Answer::Refused,
                _ => Answer::Unknown,
            },
        },
    }
}
