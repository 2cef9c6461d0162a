//! What is found out before a run: whether this is the API at all, which levers there are, which images, and how long
//! things take.

use super::auth::{Refusal, refusal};
use super::case::{Bench, CaseRecord, Cleanup, Stock, execute, stock_reference};
use super::client::{Client, Exchange, Failure};
use super::endpoint::{CaseTag, Endpoint, says_gone};
use super::patience::{Pace, SHORTEST_PATIENCE};
use super::{Meaning, Request};
use crate::history::{Answer, Call, Event, History, Name, Operation, Report};
use crate::lever::protocol::discover;
use crate::lever::{Discovery, Levers, Protocol};
use crate::plan::Plan;
use crate::requirement::Lever;
use futures_util::future::join_all;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Why an endpoint cannot be driven.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// No connection came about.
    #[error("the endpoint {endpoint} cannot be reached: {reason}")]
    Unreachable {
        /// The base URL.
        endpoint: String,
        /// Why not.
        reason: String,
    },
    /// Who answers there is not trusted to be it.
    #[error("the endpoint {endpoint} cannot be trusted: {reason}")]
    NotTrusted {
        /// The base URL.
        endpoint: String,
        /// Why not.
        reason: String,
    },
    /// It takes connections, and answers nothing.
    #[error("the endpoint {endpoint} does not answer: {reason}")]
    Silent {
        /// The base URL.
        endpoint: String,
        /// Why not.
        reason: String,
    },
    /// What answers is not the API.
    #[error("what answers at {endpoint} is not the API: {reason}")]
    NotTheApi {
        /// The base URL.
        endpoint: String,
        /// What it answered.
        reason: String,
    },
    /// The levers named are not there.
    #[error("there are no levers at {endpoint}: {reason}")]
    NoLevers {
        /// Where they should be.
        endpoint: String,
        /// What was answered.
        reason: String,
    },
    /// No function could be created.
    #[error("the endpoint {endpoint} refuses to create functions: {reason}")]
    NoFunctions {
        /// The base URL.
        endpoint: String,
        /// What it answered.
        reason: String,
    },
    /// It does not let whoever asks do what a run does.
    #[error("the endpoint {endpoint} turns the run away: {reason}")]
    Denied {
        /// The base URL.
        endpoint: String,
        /// Its own words.
        reason: String,
        /// Which variables the credentials come from, or might come from.
        hint: String,
    },
}

impl SetupError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> &str {
        match self {
            Self::Denied { hint, .. } => hint,
            Self::Unreachable { .. } => "start it, check host and port, or let --wait-for-endpoint 30s wait for it",
            Self::NotTrusted { .. } => {
                "name the authority that signed its certificate with --ca-file PEM, or leave it unchecked with --insecure"
            }
            Self::Silent { .. } => "check that it is this server that listens there, and that it is not overloaded",
            Self::NotTheApi { .. } => "give the base URL, under which `/2023-03-30/functions` is found",
            Self::NoLevers { .. } => "offer the lever protocol there, or run with --levers none",
            Self::NoFunctions { .. } => "a run creates functions of its own: allow it to",
        }
    }
}

/// The error for an endpoint that refuses whoever asks.
fn denied(endpoint: &Endpoint, refusal: &Refusal) -> SetupError {
    let hint = match endpoint.client().signer() {
        Some(signer) => format!(
            "requests were signed as {} with {}: check these, what they allow, and the clock",
            signer.scheme().name(),
            signer.names().join(", ")
        ),
        None => {
            let variables = endpoint.dialect().auth().variables();
            let (id, secret) = (variables.id.join(" or "), variables.secret.join(" or "));
            format!("requests were sent without credentials: set {id} and {secret}, and do not say --auth none")
        }
    };
    SetupError::Denied { endpoint: endpoint.client().base_url().to_owned(), reason: refusal.said.clone(), hint }
}

/// How long the first answer may take.
const FIRST_ANSWER: Duration = Duration::from_secs(5);

/// Makes sure that something answers that can be this API, also where functions are invoked.
///
/// # Errors
/// If nothing does.
pub async fn greet(endpoint: &Endpoint, wait: Duration) -> Result<(), SetupError> {
    let until = Instant::now() + wait;
    let tag = endpoint.tag("greeting");
    let function: Name = format!("{}-nobody", endpoint.run()).into();
    meet(endpoint, endpoint.client(), &Request::Get { function: function.clone() }, &tag, until).await?;
    match endpoint.invoking() {
        Some(client) => meet(endpoint, client, &Request::Invoke { function }, &tag, until).await,
        None => Ok(()),
    }
}

async fn meet(
    endpoint: &Endpoint,
    client: &Client,
    request: &Request,
    tag: &CaseTag,
    until: Instant,
) -> Result<(), SetupError> {
    let url = || client.base_url().to_owned();
    loop {
        let _turn = endpoint.turn(1).await;
        let sent = client.send(&endpoint.dialect().encode(request), &tag.next(), FIRST_ANSWER).await;
        let error = match sent {
            Exchange::Failed(Failure::NotSent(reason)) => SetupError::Unreachable { endpoint: url(), reason },
            Exchange::Failed(Failure::NotTrusted(reason)) => SetupError::NotTrusted { endpoint: url(), reason },
            Exchange::Failed(Failure::Lost(reason)) => SetupError::Silent { endpoint: url(), reason },
            Exchange::Complete(response) => {
                let reply = endpoint.dialect().decode(request, &response);
                if let Some(refusal) = refusal(&response, reply.trace.error.as_deref()) {
                    return Err(denied(endpoint, &refusal));
                }
                match reply.meaning {
                    Meaning::Unknown => {
                        let status = response.status;
                        let called = match request {
                            Request::Invoke { .. } => "InvokeFunction",
                            _ => "GetFunction",
                        };
                        let reason = reply.malformed.unwrap_or_else(|| format!("HTTP {status} to {called}"));
                        SetupError::NotTheApi { endpoint: url(), reason }
                    }
                    _ => return Ok(()),
                }
            }
        };
        if Instant::now() >= until {
            return Err(error);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Which levers are to be used.
#[derive(Debug, Clone, Default)]
pub struct LeverChoice {
    /// Where the lever protocol is asked for.
    pub protocol: Asked,
    /// Levers that there are in any case. They are preferred to those of the protocol.
    pub own: Levers,
}

/// Where the lever protocol is asked for.
#[derive(Debug, Clone, Default)]
pub enum Asked {
    /// At the endpoint; that it offers none is no error.
    #[default]
    Endpoint,
    /// Nowhere.
    Nowhere,
    /// Behind this client, where it must be.
    At(Client),
}

/// The levers that were chosen, as far as the endpoint offers them.
///
/// # Errors
/// If levers were asked for at a place where there are none.
pub async fn levers(endpoint: &Endpoint, choice: &LeverChoice) -> Result<Levers, SetupError> {
    let own = choice.own.clone();
    let (client, insisted) = match &choice.protocol {
        Asked::Nowhere => return Ok(own),
        Asked::Endpoint => (endpoint.client(), None),
        Asked::At(client) => (client, Some(client.base_url().to_owned())),
    };
    let tag = endpoint.tag("levers").next();
    let missing = |reason: String| match &insisted {
        Some(at) => Err(SetupError::NoLevers { endpoint: at.clone(), reason }),
        None => Ok(own.clone()),
    };
    match discover(client, &tag, FIRST_ANSWER).await {
        Ok(Discovery::Offered(offered)) => Ok(own.clone().or(Protocol::levers(client.clone(), offered))),
        Ok(Discovery::NotOffered(reason)) => missing(reason),
        Err(failure) => missing(failure.to_string()),
    }
}

/// How many functions the warm-up measures at once.
const WARM_UP: usize = 3;
/// How long the warm-up waits for a function of which nothing is known.
const WARM_UP_PATIENCE: Duration = Duration::from_secs(30);

/// What the warm-up found out.
pub struct WarmUp {
    /// How long things take.
    pub pace: Pace,
    /// The images that are there.
    pub stock: Vec<Stock>,
    /// What it saw, which is judged like anything else.
    pub records: Vec<CaseRecord>,
    /// How long creations and updates took, and answers, each in the middle.
    pub measured: Vec<(&'static str, Duration)>,
}

/// Creates, updates and removes a few functions, and measures how long that takes.
///
/// # Errors
/// If no function can be created.
pub async fn warm_up(
    endpoint: &Arc<Endpoint>,
    stop: watch::Receiver<bool>,
    patience: Option<Duration>,
) -> Result<WarmUp, SetupError> {
    let stock = if endpoint.offered().contains(Lever::Publish) { Vec::new() } else { take_stock(endpoint).await };
    let guess = Duration::from_millis(40);
    let bench = Arc::new(Bench {
        endpoint: Arc::clone(endpoint),
        pace: Pace::patient(guess, patience.unwrap_or(WARM_UP_PATIENCE)),
        stock,
        stop,
        cleanup: Cleanup::Remove,
    });
    let plan: Plan = "create f A\nawait f\nget f\ninvoke f\nupdate f B\nawait f\ninvoke f\nget f"
        .parse()
        .unwrap_or(Plan { steps: Vec::new() });
    let names: Vec<String> = (1..=WARM_UP).map(|number| format!("w{number}")).collect();
    let records = join_all(names.iter().map(|name| execute(&bench, name, &plan))).await;
    if let Some(reason) = nothing_created(&records) {
        if let Some(refusal) = endpoint.denied() {
            return Err(denied(endpoint, refusal));
        }
        let endpoint = endpoint.client().base_url().to_owned();
        let mut seen = records.iter().flat_map(|record| &record.history.operations);
        let bare = seen.any(|operation| operation.trace.bare.is_some());
        return Err(if bare {
            SetupError::NotTheApi { endpoint, reason }
        } else {
            SetupError::NoFunctions { endpoint, reason }
        });
    }
    let mut preparations: Vec<Duration> = Vec::new();
    let mut answers: Vec<Duration> = Vec::new();
    for record in &records {
        preparations.extend(preparations_of(&record.history));
        answers.extend(record.history.operations.iter().filter_map(|operation| match operation.event {
            Event::Call { .. } => micros(operation.end? - operation.start),
            _ => None,
        }));
    }
    let (middle, longest) = spread(&mut preparations);
    let (answer, slowest) = spread(&mut answers);
    let typical = middle.unwrap_or(guess).max(answer.unwrap_or_default()).max(Duration::from_millis(5));
    let longest =
        longest.unwrap_or(WARM_UP_PATIENCE / super::patience::PATIENCE_FACTOR).max(slowest.unwrap_or_default());
    let pace = match patience {
        Some(patience) => Pace::patient(typical, patience),
        None => Pace::measured(typical, longest, endpoint.levers().alone()),
    }
    .knowing(&bench.pace);
    let mut measured = vec![("preparation", typical), ("patience", pace.patience.max(Duration::ZERO))];
    if let Some(answer) = answer {
        measured.insert(1, ("answer", answer));
    }
    let stock = bench.stock.clone();
    Ok(WarmUp { pace, stock, records, measured })
}

/// Has the levers learn from a warm-up what binds the endpoint: from the functions that were seen to be ready, each with the
/// image that it was deployed with last.
pub fn learn(levers: &Levers, records: &[CaseRecord]) {
    let mut seen = Vec::new();
    for record in records {
        let mut deployed = None;
        for operation in &record.history.operations {
            match &operation.event {
                Event::Call { call: Call::Create { image, .. } | Call::Update { image, .. }, .. } => {
                    deployed = Some(image);
                }
                Event::Call { call: Call::Get { answer: Answer::Accepted(report) }, .. } if over(report) => {
                    seen.extend(deployed.map(|image| &**image));
                }
                _ => {}
            }
        }
    }
    levers.learn(seen.into_iter());
}

/// Why no function could be created, if none could.
fn nothing_created(records: &[CaseRecord]) -> Option<String> {
    let creates = || {
        records.iter().flat_map(|record| &record.history.operations).filter_map(|operation| match &operation.event {
            Event::Call { call: Call::Create { answer, .. }, .. } => Some((operation, answer)),
            _ => None,
        })
    };
    if creates().any(|(_, answer)| *answer != Answer::Refused) {
        return None;
    }
    let Some((operation, _)) = creates().next() else { return Some("it throttles every request".to_owned()) };
    let status = operation.trace.status.map_or_else(|| "no status".to_owned(), |status| format!("HTTP {status}"));
    Some(match &operation.trace.error {
        Some(error) => format!("{status}, {error}"),
        None => format!("{status} to CreateFunction, without an error code"),
    })
}

/// How long each preparation took, from the answer to the change to the report that it is over.
fn preparations_of(history: &History) -> Vec<Duration> {
    let mut durations = Vec::new();
    let mut since = None;
    for operation in &history.operations {
        let Event::Call { call, .. } = &operation.event else { continue };
        match call {
            Call::Create { answer: Answer::Accepted(()), .. } | Call::Update { answer: Answer::Accepted(()), .. } => {
                since = operation.end;
            }
            Call::Get { answer: Answer::Accepted(report) } if over(report) => {
                if let (Some(from), Some(end)) = (since.take(), operation.end) {
                    durations.extend(micros(end - from));
                }
            }
            _ => {}
        }
    }
    durations
}

fn over(report: &Report) -> bool {
    &*report.state == "Active" && report.status.as_deref() != Some("InProgress")
}

fn micros(micros: i64) -> Option<Duration> {
    u64::try_from(micros).ok().map(Duration::from_micros)
}

fn spread(durations: &mut [Duration]) -> (Option<Duration>, Option<Duration>) {
    durations.sort_unstable();
    (durations.get(durations.len() / 2).copied(), durations.last().copied())
}

/// How many images are looked for where none can be published.
const STOCK: usize = 4;

/// Finds out which images there are, by creating a function of each.
async fn take_stock(endpoint: &Arc<Endpoint>) -> Vec<Stock> {
    let found = join_all((0..STOCK).map(|place| look_at(endpoint, place))).await;
    let mut stock: Vec<Stock> = found.into_iter().flatten().collect();
    // A reply that two codes give tells neither of them.
    let replies: Vec<Option<String>> = stock.iter().map(|stock| stock.reply.clone()).collect();
    for one in &mut stock {
        if replies.iter().filter(|reply| **reply == one.reply).count() > 1 {
            one.reply = None;
        }
    }
    stock
}

async fn look_at(endpoint: &Endpoint, place: usize) -> Option<Stock> {
    let mut room = endpoint.budget().room(1).await?;
    let tag = endpoint.tag(&format!("stock{place}"));
    let function: Name = format!("{}-stock{place}", endpoint.run()).into();
    let image = stock_reference(place);
    let body = |body: &str| Some(Name::from(body));
    let create = Request::Create { function: function.clone(), image: image.clone() };
    let _ = endpoint.call(&endpoint.turn(1).await, &tag, &create, &body).await;
    let mut since = Instant::now();
    let get = Request::Get { function: function.clone() };
    let mut stock = None;
    while since.elapsed() < SHORTEST_PATIENCE {
        let asked = Instant::now();
        let turn = endpoint.turn(1).await;
        // How often it may be asked says nothing of how long it takes.
        since += asked.elapsed();
        match reported(endpoint.call(&turn, &tag, &get, &body).await) {
            Some(report) if &*report.state == "Active" => {
                let digest = report.digest.unwrap_or_else(|| format!("unknown:{image}").into());
                let invoke = Request::Invoke { function: function.clone() };
                let reply = replied(endpoint.call(&endpoint.turn(1).await, &tag, &invoke, &body).await);
                stock = Some(Stock { image: image.clone(), digest, reply });
                break;
            }
            Some(report) if &*report.state == "Pending" => tokio::time::sleep(Duration::from_millis(50)).await,
            _ => break,
        }
    }
    let removed = endpoint.call(&endpoint.turn(1).await, &tag, &Request::Delete { function }, &body).await;
    if !removed.as_ref().is_some_and(says_gone) {
        room.lose(1);
    }
    stock
}

fn reported(operation: Option<Operation>) -> Option<Report> {
    match operation?.event {
        Event::Call { call: Call::Get { answer: Answer::Accepted(report) }, .. } => Some(report),
        _ => None,
    }
}

fn replied(operation: Option<Operation>) -> Option<String> {
    match operation?.event {
        Event::Call { call: Call::Invoke { answer: Answer::Accepted(Some(body)) }, .. } => {
            Some(body.to_string()).filter(|body| !body.is_empty())
        }
        _ => None,
    }
}
