//! Whole runs against the embedded emulator, right and wrong.

use fnconform::driver::case::Cleanup;
use fnconform::driver::client::Client;
use fnconform::driver::endpoint::Endpoint;
use fnconform::driver::fc3::Fc3;
use fnconform::driver::result::{RunResult, RunVerdict, Verdict};
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
