//! How requests go out: over TLS, to two places, at a rate, and within a budget of functions. Real sockets, and the command
//! as a process where what it says matters.

mod relay;
#[cfg(feature = "tls")]
mod tls;
#[cfg(feature = "tls")]
mod trusted;

use crate::cli::{CommandOutput, fnconform_in};
use fnconform::driver::case::{Bench, Case, Cleanup};
use fnconform::driver::client::Client;
use fnconform::driver::endpoint::Endpoint;
use fnconform::driver::event::What;
use fnconform::driver::fc3::Fc3;
use fnconform::driver::patience::Pace;
use fnconform::driver::rate::Rate;
use fnconform::driver::result::{RunVerdict, Verdict};
use fnconform::driver::run::{Nobody, RunOutput, RunSettings, Watcher, run};
use fnconform::history::{Event, Operation, read};
use fnconform::lever::{LeverSet, Protocol};
use relay::{Arrival, Relay, emulator};
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// A run of the command on an endpoint, with its results in a folder that goes away.
async fn command(args: &[&str]) -> CommandOutput {
    let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    let run = move || {
        let folder = tempfile::tempdir().unwrap();
        fnconform_in(folder.path(), &args.iter().map(String::as_str).collect::<Vec<_>>(), "")
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

fn endpoint(relay: &Relay) -> Endpoint {
    Endpoint::new(Client::new(&relay.url()).unwrap(), &Fc3, "fnc-test".into())
}

async fn driven(endpoint: Endpoint, settings: RunSettings) -> RunOutput {
    watched(endpoint, settings, &Nobody).await
}

async fn watched(endpoint: Endpoint, settings: RunSettings, watcher: &dyn Watcher) -> RunOutput {
    let (_stop, stopped) = watch::channel(false);
    run(endpoint, &settings, stopped, watcher).await.unwrap()
}

/// Keeps the operations of all histories.
#[derive(Default)]
struct Histories(Mutex<Vec<Operation>>);

impl Watcher for Histories {
    fn see(&self, _: &fnconform::driver::event::Event) {}

    fn keep(&self, _: &str, bytes: &[u8]) {
        self.0.lock().unwrap().extend(read::history(bytes).unwrap().operations);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invocations_go_where_they_are_told_to_and_all_else_does_not() {
    let emulator = emulator().await;
    let (control, invocations) = (Relay::before(emulator.address()).await, Relay::before(emulator.address()).await);
    let args = ["--endpoint", &control.url(), "--invoke-endpoint", &format!("{}/", invocations.url())];
    let output = command(&[&["run", "--run", "states.active-invocable", "--cases", "12"], &args[..]].concat()).await;
    assert_eq!(output.code, Some(0), "{output}");
    assert!(output.stdout.contains(&format!("functions were invoked at {}", invocations.url())), "{output}");
    assert!(invocations.arrivals().len() > 20 && invocations.arrivals().iter().all(Arrival::is_invocation));
    assert!(control.arrivals().len() > 20 && !control.arrivals().iter().any(Arrival::is_invocation));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_takes_invocations_no_run_begins() {
    let emulator = emulator().await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let output =
        command(&["run", "--endpoint", &emulator.url(), "--invoke-endpoint", &format!("http://{nobody}")]).await;
    assert_eq!(output.code, Some(3), "{output}");
    assert!(output.stderr.contains(&format!("the endpoint http://{nobody} cannot be reached")), "{output}");
}

/// The emulator takes thousands a second, so that only the rate keeps them apart.
#[tokio::test(flavor = "multi_thread")]
async fn a_rate_is_kept_and_waiting_for_it_is_no_part_of_an_operation() {
    const RATE: f64 = 20.0;
    let emulator = emulator().await;
    let relay = Relay::before(emulator.address()).await;
    let endpoint = endpoint(&relay).at_rate(Rate::parse(&RATE.to_string()).ok());
    let max_time = Some(Duration::from_secs(4));
    let histories = Histories::default();
    watched(endpoint, RunSettings { cases: 200, max_time, ..RunSettings::default() }, &histories).await;
    let calls: Vec<Instant> = relay.arrivals().iter().filter(|one| one.is_call()).map(|one| one.at).collect();
    let span = calls.last().unwrap().duration_since(calls[0]).as_secs_f64();
    let count = calls.len() as f64;
    assert!(count <= RATE * span * 1.2 + 5.0, "{count} requests in {span} s");
    // A machine that is busy may be late, but not ten times.
    assert!(count >= RATE * span / 10.0, "{count} requests in {span} s");
    // With eight cases in flight each request waits for a third of a second, and is answered in milliseconds.
    let operations = histories.0.into_inner().unwrap();
    let calls = operations.iter().filter(|operation| matches!(operation.event, Event::Call { .. }));
    let mut lasted: Vec<i64> = calls.filter_map(|call| Some(call.end? - call.start)).collect();
    lasted.sort_unstable();
    let most = lasted[lasted.len() * 9 / 10];
    assert!(lasted.len() > 20 && most < 100_000, "{most} µs, of {} operations", lasted.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn levers_wait_for_no_turn() {
    let emulator = emulator().await;
    let relay = Relay::before(emulator.address()).await;
    let levers = Protocol::levers(Client::new(&relay.url()).unwrap(), LeverSet::ALL);
    // The next turn is in a quarter of an hour.
    let endpoint = endpoint(&relay).at_rate(Rate::parse("0.001").ok()).with_levers(levers);
    let _ = endpoint.turn(1).await;
    let (_stop, stop) = watch::channel(false);
    let pace = Pace::patient(Duration::from_millis(40), Duration::from_secs(10));
    let bench = Bench { endpoint: Arc::new(endpoint), pace, stock: Vec::new(), stop, cleanup: Cleanup::Keep };
    let publishing = async {
        Case::begin(&Arc::new(bench), "1", "create f A\nupdate f B".parse().unwrap()).await;
    };
    tokio::time::timeout(Duration::from_secs(20), publishing).await.unwrap();
    assert_eq!(relay.arrivals().iter().map(Arrival::is_call).collect::<Vec<_>>(), [false, false]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_at_a_slow_rate_ends_when_it_is_told_to_and_leaves_nothing() {
    let emulator = emulator().await;
    let relay = Relay::before(emulator.address()).await;
    let endpoint = endpoint(&relay).at_rate(Rate::parse("10").ok()).with_functions(NonZeroU32::new(6));
    let max_time = Some(Duration::from_secs(5));
    let began = Instant::now();
    let output = driven(endpoint, RunSettings { cases: 200, max_time, ..RunSettings::default() }).await;
    assert_eq!(output.result.ended_early.as_deref(), Some("its time was up"));
    assert_eq!(relay.functions().1, 0, "{:?}", output.result.notes);
    // Six functions are removed at ten a second; the dozens of requests that waited when it ended are not sent before.
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_never_more_functions_at_once_than_the_budget_has_scenarios_included() {
    let emulator = emulator().await;
    let relay = Relay::before(emulator.address()).await;
    let output = command(&["run", "--endpoint", &relay.url(), "--cases", "60", "--functions", "4"]).await;
    assert_eq!(output.code, Some(0), "{output}");
    // It is used up as well, or it would be no test of it.
    assert_eq!(relay.functions(), (4, 0), "{output}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_budget_there_are_many_functions_at_once() {
    let emulator = emulator().await;
    let relay = Relay::before(emulator.address()).await;
    driven(endpoint(&relay), RunSettings { cases: 60, ..RunSettings::default() }).await;
    assert!(relay.functions().0 > 3, "{:?}", relay.functions());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_more_functions_than_there_may_be_is_not_executed_and_says_so() {
    let emulator = emulator().await;
    let relay = Relay::before(emulator.address()).await;
    let endpoint = endpoint(&relay).with_functions(NonZeroU32::new(1));
    let output = driven(endpoint, RunSettings { cases: 120, ..RunSettings::default() }).await;
    let apart = output.result.requirements.iter().find(|one| one.requirement.name == "readiness.apart").unwrap();
    assert_eq!((apart.verdict, output.result.verdict), (Verdict::Inconclusive, RunVerdict::Inconclusive));
    let reason = apart.reason.as_deref().unwrap();
    assert!(reason.ends_with("more functions at once were needed than --functions leaves room for"), "{reason}");
    assert!(output.result.notes.iter().any(|note| note.contains("it needs 2 functions at once")));
    for event in &output.events {
        let What::CaseEnded(case) = &event.what else { continue };
        assert!(case.sha256.is_none() || case.plan.functions() <= 1, "{}", case.plan);
    }
    assert_eq!(relay.functions(), (1, 0));
}
