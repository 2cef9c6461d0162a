//! The scenarios of `features/`, each a test of its own: `cargo test --test gherkin`, filters and nextest included.
//!
//! They are played on the embedded emulator, or on `FNCONFORM_ENDPOINT` if that is set, signed if there are credentials. All that are asked for are
//! played side by side before the first of them is reported. On the embedded emulator a scenario that puts nothing to
//! the test is a failure; elsewhere it is ignored, with its reason.
//!
//! And the scenarios are tested themselves: `red/NAME` plays those of a rule on faulty endpoints until one goes red, and
//! `printed/N` plays a drawn plan as it is and as the scenario that it is printed as.
//!
//! It is a binary of its own since cucumber takes over the panic hook of its process while it runs.

use fnconform::driver::Dialect;
use fnconform::driver::auth::{Credentials, Signer};
use fnconform::driver::case::{Bench, Cleanup, execute};
use fnconform::driver::client::Client;
use fnconform::driver::endpoint::Endpoint;
use fnconform::driver::fc3::Fc3;
use fnconform::driver::patience::Pace;
use fnconform::driver::run::OnViolation;
use fnconform::driver::setup::{LeverChoice, greet, levers, warm_up};
use fnconform::emulator::{self, Behaviour, Running, Settings, fault};
use fnconform::gherkin::{Outcome, Played, Suite, print};
use fnconform::history::{Call, Event, History};
use fnconform::lever::LeverSet;
use fnconform::plan::strategy;
use fnconform::requirement::{self, Requirement};
use futures_util::future::join_all;
use libtest_mimic::{Arguments, Failed, Trial};
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How many scenarios are played at once.
const JOBS: usize = 256;

/// Whose endpoint the scenarios are played on.
enum Home {
    /// Ours: whatever is not exercised there is a gap of the scenarios.
    Embedded,
    /// That of whoever set the variable: it may lack levers, and take other readings.
    Foreign(String),
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let suite = Suite::embedded(JOBS).keeping(|script| is_asked_for(&arguments, &script.name));
    let home = std::env::var("FNCONFORM_ENDPOINT").map_or(Home::Embedded, Home::Foreign);
    let proved = match home {
        Home::Embedded => requirement::all().filter(|one| is_asked_for(&arguments, &red(one))).collect(),
        Home::Foreign(_) => Vec::new(),
    };
    let printed: Vec<u64> = match home {
        Home::Embedded => (0..PRINTED).filter(|number| is_asked_for(&arguments, &printed_name(*number))).collect(),
        Home::Foreign(_) => Vec::new(),
    };
    let trials: Vec<Trial> = if arguments.list {
        let scenarios = suite.scripts.iter().map(|script| script.name.clone());
        let names = scenarios.chain(proved.iter().map(|one| red(one))).chain(printed.iter().copied().map(printed_name));
        names.map(|name| Trial::test(name, || Ok(()))).collect()
    } else {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let played = runtime.block_on(played(&suite, &home));
        let proofs = runtime.block_on(join_all(proved.into_iter().map(proof)));
        let printed = runtime.block_on(join_all(printed.into_iter().map(printed_again)));
        played.into_iter().map(|played| trial(played, &home)).chain(proofs).chain(printed).collect()
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Whether the arguments leave a test in; what else they say is libtest's business.
fn is_asked_for(arguments: &Arguments, name: &str) -> bool {
    let is_meant = |filter: &str| if arguments.exact { name == filter } else { name.contains(filter) };
    let skipped = arguments.skip.iter().any(|filter| is_meant(filter));
    !arguments.ignored && !skipped && arguments.filter.as_deref().is_none_or(is_meant)
}

async fn played(suite: &Suite, home: &Home) -> Vec<Played> {
    if suite.scripts.is_empty() {
        return Vec::new();
    }
    let embedded = match home {
        Home::Foreign(_) => None,
        Home::Embedded => Some(start(Settings::default()).await),
    };
    let url = match (home, &embedded) {
        (Home::Foreign(url), _) => url.clone(),
        (Home::Embedded, running) => running.as_ref().expect("it was started").url(),
    };
    let bench = measured(&url).await.unwrap_or_else(|error| panic!("{url} cannot be driven: {error}"));
    let played = suite.play(&bench, OnViolation::GoOn).await;
    if let Some(running) = embedded {
        running.shutdown().await;
    }
    played
}

async fn start(settings: Settings) -> Running {
    emulator::start(settings, ([127, 0, 0, 1], 0).into()).await.expect("a free port")
}

async fn endpoint(url: &str) -> Result<Endpoint, Box<dyn Error>> {
    let run = format!("fnc-{:08x}", std::process::id());
    let scheme = Fc3.auth();
    let found = Credentials::find(scheme.variables(), &|name| std::env::var(name).ok())?;
    let signer = found.map(|found| Signer::new(scheme, found));
    let endpoint = Endpoint::new(Client::new(url)?.signed_by(signer), &Fc3, run.into());
    greet(&endpoint, Duration::from_secs(5)).await?;
    let offered = levers(&endpoint, &LeverChoice::default()).await?;
    Ok(endpoint.with_levers(offered))
}

/// An endpoint that was measured, as a run does it.
async fn measured(url: &str) -> Result<Arc<Bench>, Box<dyn Error>> {
    let endpoint = Arc::new(endpoint(url).await?);
    // Nobody stops it: a test that is killed leaves what it made, as any does.
    let stop = watch::channel(false).1;
    let warm = warm_up(&endpoint, stop.clone(), None).await?;
    Ok(Arc::new(Bench { endpoint, pace: warm.pace, stock: warm.stock, stop, cleanup: Cleanup::Remove }))
}

/// The emulator is known to take 20 to 30 ms; a faulty one may never be ready to be measured.
async fn unmeasured(url: &str) -> Bench {
    let endpoint = endpoint(url).await.unwrap_or_else(|error| panic!("{url} cannot be driven: {error}"));
    let pace = Pace::patient(Duration::from_millis(30), Duration::from_secs(2));
    let stop = watch::channel(false).1;
    Bench { endpoint: Arc::new(endpoint), pace, stock: Vec::new(), stop, cleanup: Cleanup::Keep }
}

fn trial(played: Played, home: &Home) -> Trial {
    let failed = |reason: String| move || Err(Failed::from(reason));
    match (played.outcome, home) {
        (Outcome::Passed, _) => Trial::test(played.name, || Ok(())),
        (Outcome::NotExercised(reason), Home::Foreign(_)) => {
            Trial::test(played.name, || Ok(())).with_kind(format!("not exercised: {reason}")).with_ignored_flag(true)
        }
        (Outcome::Failed { step, explanation }, _) => {
            let step = step.map(|step| format!("{step}\n")).unwrap_or_default();
            Trial::test(played.name, failed(format!("{step}{explanation}")))
        }
        (Outcome::NotExercised(reason), Home::Embedded) => {
            Trial::test(played.name, failed(format!("not exercised: {reason}")))
        }
        (Outcome::Inconclusive(reason), _) => Trial::test(played.name, failed(format!("inconclusive: {reason}"))),
    }
}

/// How many plans are printed and played.
const PRINTED: u64 = 16;

fn printed_name(number: u64) -> String {
    format!("printed/{number}")
}

/// That a plan and the scenario that it is printed as do the same.
async fn printed_again(number: u64) -> Trial {
    let plan = strategy::plan(11, number, LeverSet::ALL);
    let name = printed_name(number);
    let text = print::feature(&name, &plan);
    let suite = Suite::read([("printed", text.as_str())], JOBS).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let running = start(Settings::default()).await;
    let bench = Arc::new(unmeasured(&running.url()).await);
    let as_plan = execute(&bench, "plan", &plan).await.history;
    let played = suite.play(&bench, OnViolation::GoOn).await;
    running.shutdown().await;
    let as_scenario = played.into_iter().find_map(|played| played.case).map(|case| case.record.history);
    let shapes = (shape(&as_plan), as_scenario.as_ref().map(shape));
    Trial::test(name, move || match shapes {
        (plan, Some(scenario)) if plan == scenario => Ok(()),
        (plan, scenario) => Err(format!("{text}\nas a plan: {plan:#?}\nas a scenario: {scenario:#?}").into()),
    })
}

/// What was done, sorted: what is done at once may take effect in any order, and the order of steps is that of the plan.
/// How often it was looked at or tried meanwhile is left out, since that depends on how long things took.
fn shape(history: &History) -> Vec<String> {
    let last = |name: &str| name.rsplit(['-', ':']).next().unwrap_or_default().to_owned();
    let done = |event: &Event| match event {
        Event::Image { image, content } => Some(format!("{} is {:?}", last(image), content.condition)),
        Event::Idle { function } => Some(format!("{} is idle", last(function))),
        Event::Call { function, call: Call::Create { image, .. } } => {
            Some(format!("{} is created with {}", last(function), last(image)))
        }
        Event::Call { function, call: Call::Update { image, .. } } => {
            Some(format!("{} is updated to {}", last(function), last(image)))
        }
        Event::Call { function, call: Call::Delete { .. } } => Some(format!("{} is deleted", last(function))),
        _ => None,
    };
    let mut shape: Vec<String> = history.operations.iter().filter_map(|operation| done(&operation.event)).collect();
    shape.sort();
    shape
}

/// The name of the test that the scenarios of a requirement can fail.
fn red(requirement: &Requirement) -> String {
    format!("red/{}", requirement.name)
}

/// That a scenario of the requirement's own rule goes red on an endpoint that breaks it.
async fn proof(requirement: &'static Requirement) -> Trial {
    let name = red(requirement);
    // Those that break it before anything else are the most likely ones.
    let place = |fault: &&dyn Behaviour| fault.breaks().iter().position(|broken| *broken == requirement.name);
    let mut faults: Vec<_> = fault::FAULTS.iter().copied().filter_map(|fault| Some((place(&fault)?, fault))).collect();
    faults.sort_by_key(|(place, _)| *place);
    for (_, fault) in faults {
        if goes_red(requirement, fault).await {
            return Trial::test(name, || Ok(()));
        }
    }
    Trial::test(name, || Err("no faulty endpoint turns a scenario of its rule red".into()))
}

async fn goes_red(requirement: &'static Requirement, fault: &'static dyn Behaviour) -> bool {
    let suite = Suite::embedded(JOBS).keeping(|script| script.requirement == Some(requirement));
    let running = start(Settings::default().behaving(fault)).await;
    let bench = Arc::new(unmeasured(&running.url()).await);
    let played = suite.play(&bench, OnViolation::Stop).await;
    running.shutdown().await;
    played.iter().any(|played| matches!(played.outcome, Outcome::Failed { .. }))
}
