//! Whole runs against the embedded emulator, right and wrong.

use fnconform::driver::client::Client;
use fnconform::driver::endpoint::Endpoint;
use fnconform::driver::fc3::Fc3;
use fnconform::driver::result::{Profile, RunResult, RunVerdict, Verdict};
use fnconform::driver::run::{RunSettings, Shrinking, run};
use fnconform::driver::setup::{Asked, LeverChoice};
use fnconform::emulator::{self, Settings, fault};
use fnconform::lever::{Command, Commands, Levers, Waiting};
use fnconform::requirement::Lever;
use std::sync::Arc;
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

/// An endpoint that offers no lever, and releases what is left alone for a second.
fn releasing() -> Settings {
    Settings { idle_after: Some(Duration::from_secs(1)), ..Settings::default().with_levers(&[]) }
}

/// After two seconds a function of it has surely been released; in half of that it may have been.
fn waiting() -> RunSettings {
    let own = Levers::none().with_idling(Arc::new(Waiting(Duration::from_secs(2))));
    let levers = LeverChoice { protocol: Asked::Nowhere, own };
    RunSettings { levers, jobs: 1024, shrinking: Shrinking::Off, ..settings(110) }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_functions_become_idle_by_being_left_alone_waiting_is_the_lever() {
    let result = judged(releasing(), &waiting()).await;
    assert_eq!(broken(&result), Vec::<String>::new());
    let of_idle = result.requirements.iter().filter(|one| one.requirement.needs() == [Lever::Idle]);
    let verdicts: Vec<_> = of_idle.map(|one| (one.requirement.name, one.verdict)).collect();
    let names = ["after-idle", "not-invocable", "wakes", "recovers"].map(|name| format!("states.inactive-{name}"));
    assert_eq!(verdicts, names.each_ref().map(|name| (name.as_str(), Verdict::Passed)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_of_idle_functions_is_found_by_waiting() {
    let serving = fault::by_name("inactive-serves").unwrap();
    let result = judged(releasing().behaving(serving), &waiting()).await;
    let failed = result.requirements.iter().filter(|one| one.verdict == Verdict::Failed);
    let names: Vec<_> = failed.map(|one| one.requirement.name).collect();
    // Without shrinking, a case that is long may leave it open which of two it was.
    assert!(names.contains(&"states.inactive-not-invocable"), "{names:?}");
}

/// Commands that pull the levers of an emulator, whose address they are told.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn commands_are_levers() {
    let running = emulator::start(Settings::default(), ([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = running.address();
    let request = |line: &str, body: &str| {
        format!(
            "bash -c 'exec 3<>/dev/tcp/{}/{}; i=${{0//\\//%2F}}; i=${{i//:/%3A}}; b=\"{body}\"; printf \"{line} \
             HTTP/1.1\\r\\nhost: x\\r\\nconnection: close\\r\\ncontent-length: ${{#b}}\\r\\n\\r\\n$b\" >&3; read -r v s w \
             <&3; [ $s = 204 ]'",
            address.ip(),
            address.port(),
        )
    };
    let image = |condition: &str, code: &str| {
        let body = format!("{{\\\"code\\\":{code},\\\"condition\\\":\\\"{condition}\\\"}}");
        let line = "PUT /_conformance/v1/images/$(printf %s $i | sed s/%/%%/g)";
        format!("{} {{image}} {{code}}", request(line, &body))
    };
    let coded = "\\\"$1\\\"";
    let commands = [
        (Lever::Publish, image("ready", coded)),
        (Lever::Hold, image("held", coded)),
        (Lever::Fail, image("failing", coded)),
        (Lever::Delete, image("missing", "null")),
        (Lever::Idle, format!("{} {{function}}", request("POST /_conformance/v1/functions/$0/idle", ""))),
    ];
    let parsed = commands.iter().map(|(lever, text)| (*lever, Command::parse(*lever, text).unwrap()));
    let commands = Arc::new(Commands::new(parsed.collect(), Duration::from_secs(60)));
    let own = Levers::none().with_images(Arc::clone(&commands) as _).with_idling(commands);
    let levers = LeverChoice { protocol: Asked::Nowhere, own };
    let endpoint = Endpoint::new(Client::new(&running.url()).unwrap(), &Fc3, "fnc-test".into());
    let (_stop, stopped) = watch::channel(false);
    let settings = RunSettings { levers, ..settings(200) };
    let result = run(endpoint, &settings, stopped, &|_| {}).await.unwrap().result;
    running.shutdown().await;
    let others = result.requirements.iter().filter(|one| one.verdict != Verdict::Passed);
    let others: Vec<_> = others.map(|one| (one.requirement.name, one.verdict, &one.reason)).collect();
    assert_eq!(others, [], "{:?}", result.notes);
    assert_eq!(result.profile, Profile::Full);
}
