//! Whole runs against the embedded emulator, right and wrong.

use fnconform::driver::client::Client;
use fnconform::driver::endpoint::Endpoint;
use fnconform::driver::fc3::Fc3;
use fnconform::driver::result::{Profile, RunResult, RunVerdict, Verdict};
use fnconform::driver::run::{RunSettings, run};
use fnconform::emulator::{self, Settings};
use std::time::Duration;
use tokio::sync::watch;

fn settings(cases: usize) -> RunSettings {
    RunSettings { cases, ..RunSettings::default() }
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

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_was_never_seen_to_become_ready_is_not_accused() {
    let slow = Settings { preparation_time: Duration::from_secs(3600), ..Settings::default() };
    let patience = Some(Duration::from_millis(300));
    let result = judged(slow, &RunSettings { patience, ..settings(20) }).await;
    assert_eq!(broken(&result), Vec::<String>::new());
    assert_eq!(result.verdict, RunVerdict::Inconclusive);
    let active = result.requirements.iter().find(|one| one.requirement.name == "states.active-invocable").unwrap();
    let reason = active.reason.as_deref().unwrap_or_default();
    assert!(reason.contains("patience ran out") && reason.contains("--patience"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_ends_when_its_time_is_up_whatever_it_waits_for() {
    let slow = Settings { preparation_time: Duration::from_secs(3600), ..Settings::default() };
    let max_time = Some(Duration::from_millis(500));
    let result = judged(slow, &RunSettings { max_time, ..settings(20) }).await;
    assert_eq!(result.ended_early.as_deref(), Some("its time was up"));
    // It would have waited half a minute for the warm-up alone.
    assert!(result.duration < Duration::from_secs(10), "{:?}", result.duration);
}
