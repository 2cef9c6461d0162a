//! Runs against endpoints that pull their images from the suite, and know no lever.

use fnconform::driver::client::Client;
use fnconform::driver::endpoint::Endpoint;
use fnconform::driver::fc3::Fc3;
use fnconform::driver::result::{RunResult, RunVerdict, Verdict};
use fnconform::driver::run::{Nobody, RunSettings, run};
use fnconform::driver::setup::LeverChoice;
use fnconform::emulator::registry::Source;
use fnconform::emulator::{self, Settings};
use fnconform::lever::Levers;
use fnconform::lever::registry::{Architecture, Registry};
use fnconform::requirement::Lever;
use std::sync::Arc;
use tokio::sync::watch;

/// An endpoint that pulls, and knows no lever.
fn pulling() -> Settings {
    Settings { registry: Some(Source::default()), ..Settings::default().with_levers(&[]) }
}

async fn judged(emulator: Settings, cases: usize) -> RunResult {
    let registry = Registry::start(([127, 0, 0, 1], 0).into(), None, Architecture::Amd64).await.unwrap();
    let own = Levers::none().with_images(Arc::new(registry));
    let levers = LeverChoice { own, ..LeverChoice::default() };
    let running = emulator::start(emulator, ([127, 0, 0, 1], 0).into()).await.unwrap();
    let endpoint = Endpoint::new(Client::new(&running.url()).unwrap(), &Fc3, "fnc-test".into());
    let (_stop, stopped) = watch::channel(false);
    // Few at once: registry, endpoint and suite share the machine with the other tests.
    let settings = RunSettings { cases, jobs: 8, levers, ..RunSettings::default() };
    let output = run(endpoint, &settings, stopped, &Nobody).await.unwrap();
    running.shutdown().await;
    output.result
}

fn broken(result: &RunResult) -> Vec<&'static str> {
    let failed = result.requirements.iter().filter(|one| one.verdict == Verdict::Failed);
    failed.map(|one| one.requirement.name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_needs_no_idleness_is_exercised_and_holds() {
    let result = judged(pulling(), 200).await;
    assert_eq!(broken(&result), Vec::<&str>::new());
    for one in &result.requirements {
        let needs_idle = one.requirement.needs().contains(&Lever::Idle);
        assert!(needs_idle || one.exercised > 0, "{}", one.requirement.name);
    }
    assert!(result.notes.iter().any(|note| note.contains("times by fnconform-emulator")), "{:?}", result.notes);
}

/// Faults that take publish, hold, fail or delete to be seen. What else a wrong endpoint is blamed for, where preparations
/// take long on a busy machine, is not claimed here.
#[tokio::test(flavor = "multi_thread")]
async fn faults_are_found_by_name() {
    for (name, requirement) in [
        ("digest-follows-tag", "image.digest-recorded"),
        ("pending-serves", "states.pending-not-invocable"),
        ("failed-serves", "states.failed-not-invocable"),
        ("deleted-image-unnoticed", "failed.image-deleted"),
        ("routes-new-at-once", "update.in-progress-serves-old"),
    ] {
        let fault = emulator::fault::by_name(name).unwrap_or_else(|| panic!("there is no fault {name}"));
        let result = judged(pulling().behaving(fault), 90).await;
        assert!(broken(&result).contains(&requirement), "{name}: {:?}", broken(&result));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_never_asks_is_driven_without_and_not_accused() {
    let result = judged(Settings::default().with_levers(&[]), 30).await;
    assert_eq!((result.verdict, broken(&result)), (RunVerdict::Conformant, Vec::new()));
    assert_eq!(result.levers, Vec::<Lever>::new());
    assert!(result.notes.iter().any(|note| note.contains("--registry-name")), "{:?}", result.notes);
}
