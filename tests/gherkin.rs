//! The scenarios of `features/`, each a test of its own: `cargo test --test gherkin`, filters and nextest included.
//!
//! They are played on the embedded emulator, or on `FNCONFORM_ENDPOINT` if that is set. All that are asked for are
//! played side by side before the first of them is reported. On the embedded emulator a scenario that puts nothing to
//! the test is a failure; elsewhere it is ignored, with its reason. It is a binary of its own since cucumber takes over
//! the panic hook of its process while it runs.

use fnconform::driver::case::{Bench, Cleanup};
use fnconform::driver::client::Client;
use fnconform::driver::endpoint::Endpoint;
use fnconform::driver::fc3::Fc3;
use fnconform::driver::run::OnViolation;
use fnconform::driver::setup::{LeverChoice, greet, levers, warm_up};
use fnconform::emulator::{self, Settings};
use fnconform::gherkin::{Outcome, Played, Script, Suite};
use libtest_mimic::{Arguments, Failed, Trial};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

/// How many scenarios are played at once.
const JOBS: usize = 64;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let suite = Suite::embedded(JOBS).keeping(|script| is_asked_for(&arguments, script));
    let own = std::env::var("FNCONFORM_ENDPOINT").ok();
    let trials = if arguments.list {
        suite.scripts.iter().map(|script| Trial::test(&script.name, || Ok(()))).collect()
    } else {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let played = runtime.block_on(played(&suite, own.as_deref()));
        played.into_iter().map(|played| trial(played, own.is_some())).collect()
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Whether the arguments leave the scenario in; what they say is libtest's business otherwise.
fn is_asked_for(arguments: &Arguments, script: &Script) -> bool {
    let is_meant = |filter: &str| if arguments.exact { script.name == filter } else { script.name.contains(filter) };
    let skipped = arguments.skip.iter().any(|filter| is_meant(filter));
    !arguments.ignored && !skipped && arguments.filter.as_deref().is_none_or(is_meant)
}

async fn played(suite: &Suite, own: Option<&str>) -> Vec<Played> {
    if suite.scripts.is_empty() {
        return Vec::new();
    }
    let embedded = match own {
        Some(_) => None,
        None => Some(emulator::start(Settings::default(), ([127, 0, 0, 1], 0).into()).await.expect("a free port")),
    };
    let url = own.map(str::to_owned).or_else(|| embedded.as_ref().map(|running| running.url())).expect("an endpoint");
    let bench = bench(&url).await.unwrap_or_else(|error| panic!("{url} cannot be driven: {error}"));
    let played = suite.play(&bench, None, OnViolation::GoOn).await;
    if let Some(running) = embedded {
        running.shutdown().await;
    }
    played
}

async fn bench(url: &str) -> Result<Arc<Bench>, Box<dyn std::error::Error>> {
    let run = format!("fnc-{:08x}", std::process::id());
    let endpoint = Endpoint::new(Client::new(url)?, &Fc3, run.into());
    greet(&endpoint, Duration::from_secs(5)).await?;
    let offered = levers(&endpoint, &LeverChoice::Auto).await?;
    let endpoint = Arc::new(endpoint.with_levers(offered));
    // Nobody stops it: a test that is killed leaves what it made, as any does.
    let stop = tokio::sync::watch::channel(false).1;
    let warm = warm_up(&endpoint, stop.clone(), None).await?;
    Ok(Arc::new(Bench { endpoint, pace: warm.pace, stock: warm.stock, stop, cleanup: Cleanup::Remove }))
}

fn trial(played: Played, is_foreign: bool) -> Trial {
    let failed = |reason: String| move || Err(Failed::from(reason));
    match played.outcome {
        Outcome::Passed => Trial::test(played.name, || Ok(())),
        Outcome::NotExercised(reason) if is_foreign => {
            Trial::test(played.name, || Ok(())).with_kind(format!("not exercised: {reason}")).with_ignored_flag(true)
        }
        Outcome::Failed(reason) => Trial::test(played.name, failed(reason)),
        Outcome::NotExercised(reason) => Trial::test(played.name, failed(format!("not exercised: {reason}"))),
        Outcome::Inconclusive(reason) => Trial::test(played.name, failed(format!("inconclusive: {reason}"))),
    }
}
