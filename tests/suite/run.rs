//! Whole runs against the embedded emulator, right and wrong.

use fnconform::driver::case::Cleanup;
use fnconform::driver::client::Client;
use fnconform::driver::endpoint::Endpoint;
use fnconform::driver::fc3::Fc3;
use fnconform::driver::result::{Profile, RunResult, RunVerdict, Verdict};
use fnconform::driver::run::{OnViolation, RunSettings, Shrinking, run};
use fnconform::driver::setup::LeverChoice;
use fnconform::emulator::{self, Settings};
use std::time::Duration;
use tokio::sync::watch;

fn settings(cases: usize) -> RunSettings {
    RunSettings {
        seed: 1,
        cases,
        jobs: 64,
        max_time: None,
        on_violation: OnViolation::GoOn,
        profile: None,
        selection: Vec::new(),
        levers: LeverChoice::Auto,
        wait_for_endpoint: Duration::ZERO,
        cleanup: Cleanup::Remove,
        shard: (0, 1),
        first: Vec::new(),
        shrinking: Shrinking::On,
        patience: None,
    }
}

async fn judged(emulator: Settings, settings: &RunSettings) -> RunResult {
    let running = emulator::start(emulator, ([127, 0, 0, 1], 0).into()).await.unwrap();
    let endpoint = Endpoint::new(Client::new(&running.url()).unwrap(), &Fc3, "fnc-test".into());
    let (_stop, stopped) = watch::channel(false);
    let output = run(endpoint, settings, stopped, &|_| {}).await.unwrap();
    running.shutdown().await;
    output.result
}

fn broken(result: &RunResult) -> Vec<String> {
    let failed = result.requirements.iter().filter(|one| one.verdict == Verdict::Failed);
    failed
        .map(|one| {
            let evidence = one.counterexample.as_ref().unwrap();
            format!(
                "{} (line {}, {:?}): {}",
                one.requirement.name, evidence.line, evidence.reproduced, evidence.explanation
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reference_endpoint_is_conformant_and_nothing_is_left_unexercised() {
    let result = judged(Settings::default(), &settings(200)).await;
    assert_eq!(broken(&result), Vec::<String>::new());
    let untested: Vec<_> =
        result.requirements.iter().filter(|one| one.exercised == 0).map(|one| one.requirement.name).collect();
    assert_eq!(untested, Vec::<&str>::new());
    assert_eq!(result.verdict, RunVerdict::Conformant);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_levers_the_reference_endpoint_is_conformant_on_the_core() {
    let result = judged(Settings::default().with_levers(&[]), &settings(60)).await;
    assert_eq!(broken(&result), Vec::<String>::new());
    assert_eq!((result.verdict, result.profile), (RunVerdict::Conformant, Profile::Core));
    let untested = result.requirements.iter().find(|one| one.requirement.name == "states.inactive-wakes").unwrap();
    assert_eq!(untested.verdict, Verdict::NotExercised);
    assert_eq!(untested.reason.as_deref(), Some("it needs the lever idle, which the endpoint does not offer"));
}

/// One faulty endpoint of each section: the first requirement of each may be blamed, and nothing that may not.
#[tokio::test(flavor = "multi_thread")]
async fn faulty_endpoints_are_caught_by_the_requirement_that_they_break() {
    let faults = [
        ("pending-serves", "states.pending-not-invocable"),
        ("failed-serves", "states.failed-not-invocable"),
        ("retries-by-itself", "failed.stays"),
        ("digest-follows-tag", "image.digest-recorded"),
        ("routes-new-at-once", "update.in-progress-serves-old"),
        ("update-does-nothing", "readiness.fresh"),
        ("plain-text-errors", "api.errors"),
    ];
    for (name, requirement) in faults {
        let fault = emulator::fault::by_name(name).unwrap_or_else(|| panic!("there is no fault {name}"));
        let result = judged(Settings::default().behaving(fault), &settings(90)).await;
        assert_eq!(result.verdict, RunVerdict::NonConformant, "{name}");
        let broken = broken(&result);
        assert!(broken.iter().any(|one| one.starts_with(requirement)), "{name}: {broken:#?}");
        for one in result.requirements.iter().filter(|one| one.verdict == Verdict::Failed) {
            assert!(fault.breaks().contains(&one.requirement.name), "{name}: {broken:#?}");
            let evidence = one.counterexample.as_ref().unwrap();
            assert!(evidence.reproduced.0 > 0, "{name}: {broken:#?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn endpoints_that_are_right_in_an_unusual_way_are_left_in_peace() {
    for name in ["slow", "loses-answers", "throttles", "refuses-overlapping-updates", "overwritten-stays-active"] {
        let legal = emulator::legal::by_name(name).unwrap_or_else(|| panic!("there is no oddity {name}"));
        let result = judged(Settings::default().behaving(legal), &settings(90)).await;
        assert_eq!(broken(&result), Vec::<String>::new(), "{name}");
        assert_ne!(result.verdict, RunVerdict::NonConformant, "{name}");
    }
}
