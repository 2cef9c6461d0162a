//! The sentences of the documentation, each as what the correct machine does.

use crate::driver::Request;
use crate::emulator::machine::{Event, Memo, Turn};
use crate::emulator::probe::Probe;
use crate::emulator::settings::{Lever, Settings};

#[test]
fn pending_is_the_initial_state_and_active_follows_when_the_image_is_ready() {
    let mut probe = Probe::correct();
    probe.held("app:1", "d1");
    assert!(probe.create("f", "app:1"));
    probe.settle();
    assert_eq!(probe.get("f"), "Pending - d1");
    assert_eq!(probe.invoke("f"), None);
    probe.ready("app:1", "d1");
    assert_eq!(probe.get("f"), "Active Successful d1");
    assert_eq!(probe.invoke("f").as_deref(), Some("d1"));
}

#[test]
fn preparation_takes_its_time() {
    let mut probe = Probe::correct();
    probe.ready("app:1", "d1");
    assert!(probe.create("f", "app:1"));
    probe.wait(19);
    assert_eq!(probe.get("f"), "Pending - d1");
    probe.wait(12);
    assert_eq!(probe.get("f"), "Active Successful d1");
}

#[test]
fn failed_when_preparation_fails_at_creation_until_an_update_with_a_valid_image() {
    let mut probe = Probe::correct();
    probe.failing("bad:1", "d1");
    assert!(probe.create("f", "bad:1"));
    probe.settle();
    assert_eq!(probe.get("f"), "Failed - d1");
    assert_eq!(probe.invoke("f"), None);
    probe.ready("bad:1", "d1");
    probe.settle();
    assert_eq!(probe.get("f"), "Failed - d1");
    probe.ready("app:2", "d2");
    assert!(probe.update("f", "app:2"));
    assert_eq!(probe.get("f"), "Failed InProgress d2");
    assert_eq!(probe.invoke("f"), None);
    probe.settle();
    assert_eq!(probe.get("f"), "Active Successful d2");
    assert_eq!(probe.invoke("f").as_deref(), Some("d2"));
}

#[test]
fn a_missing_image_fails_and_records_no_digest() {
    let mut probe = Probe::correct();
    assert!(probe.create("f", "app:1"));
    assert_eq!(probe.get("f"), "Pending - -");
    probe.settle();
    assert_eq!(probe.get("f"), "Failed - -");
}

#[test]
fn an_image_that_appears_in_time_is_recorded_when_it_is_ready() {
    let mut probe = Probe::correct();
    assert!(probe.create("f", "app:1"));
    probe.ready("app:1", "d1");
    probe.settle();
    assert_eq!(probe.get("f"), "Active Successful d1");
    assert_eq!(probe.invoke("f").as_deref(), Some("d1"));
}

#[test]
fn inactive_after_idle_woken_by_an_invocation_that_fails() {
    let mut probe = Probe::correct().with_active("f", "app:1", "d1");
    probe.settle();
    assert_eq!(probe.get("f"), "Active Successful d1");
    probe.idle("f");
    assert_eq!(probe.get("f"), "Inactive Successful d1");
    assert_eq!(probe.invoke("f"), None);
    assert_eq!(probe.get("f"), "Pending Successful d1");
    assert_eq!(probe.invoke("f"), None);
    probe.settle();
    assert_eq!(probe.get("f"), "Active Successful d1");
    assert_eq!(probe.invoke("f").as_deref(), Some("d1"));
}

#[test]
fn if_preparation_fails_it_remains_inactive() {
    let mut probe = Probe::correct().with_active("f", "app:1", "d1");
    probe.idle("f");
    probe.failing("app:1", "d1");
    assert_eq!(probe.invoke("f"), None);
    probe.settle();
    assert_eq!(probe.get("f"), "Inactive Successful d1");
}

#[test]
fn a_redeploy_brings_an_inactive_function_to_pending() {
    let mut probe = Probe::correct().with_active("f", "app:1", "d1");
    probe.idle("f");
    probe.ready("app:2", "d2");
    assert!(probe.update("f", "app:2"));
    assert_eq!(probe.get("f"), "Pending InProgress d2");
    probe.settle();
    assert_eq!(probe.get("f"), "Active Successful d2");
    assert_eq!(probe.invoke("f").as_deref(), Some("d2"));
}

#[test]
fn idle_does_nothing_while_an_update_is_in_progress() {
    let mut probe = Probe::correct().with_active("f", "app:1", "d1");
    probe.held("app:2", "d2");
    assert!(probe.update("f", "app:2"));
    probe.idle("f");
    assert_eq!(probe.get("f"), "Active InProgress d2");
}

#[test]
fn a_lost_image_is_noticed_in_the_background() {
    let mut probe = Probe::correct().with_active("f", "app:1", "d1").with_active("g", "app:2", "d2");
    probe.missing("app:1");
    probe.ready("app:2", "d3");
    probe.settle();
    assert_eq!(probe.get("f"), "Failed Successful d1");
    assert_eq!(probe.get("g"), "Failed Successful d2");
}

#[test]
fn a_lost_image_is_noticed_when_invoked() {
    let mut probe = Probe::correct().with_active("f", "app:1", "d1");
    probe.ready("app:1", "d2");
    assert_eq!(probe.invoke("f"), None);
    assert_eq!(probe.get("f"), "Failed Successful d1");
    probe.ready("app:1", "d1");
    probe.settle();
    assert_eq!(probe.invoke("f"), None);
}

#[test]
fn a_redeploy_records_the_tags_present_digest() {
    let mut probe = Probe::correct().with_active("f", "app:1", "d1");
    probe.ready("app:1", "d2");
    assert!(probe.update("f", "app:1"));
    probe.settle();
    assert_eq!(probe.get("f"), "Active Successful d2");
    assert_eq!(probe.invoke("f").as_deref(), Some("d2"));
}

#[test]
fn while_in_progress_the_pre_update_code_serves() {
    let mut probe = Probe::correct().with_active("f", "app:1", "d1");
    probe.held("app:2", "d2");
    assert!(probe.update("f", "app:2"));
    probe.settle();
    assert_eq!(probe.get("f"), "Active InProgress d2");
    assert_eq!(probe.invoke("f").as_deref(), Some("d1"));
    probe.ready("app:2", "d2");
    assert_eq!(probe.get("f"), "Active Successful d2");
    assert_eq!(probe.invoke("f").as_deref(), Some("d2"));
}

#[test]
fn after_a_failed_update_the_pre_update_code_serves() {
    let mut probe = Probe::correct().with_active("f", "app:1", "d1");
    probe.failing("bad:1", "d2");
    assert!(probe.update("f", "bad:1"));
    probe.settle();
    assert_eq!(probe.get("f"), "Active Failed d2");
    assert_eq!(probe.invoke("f").as_deref(), Some("d1"));
}

#[test]
fn the_last_of_several_updates_wins() {
    let mut probe = Probe::correct().with_active("f", "app:1", "d1");
    probe.held("app:2", "d2");
    probe.ready("app:3", "d3");
    assert!(probe.update("f", "app:2"));
    assert!(probe.update("f", "app:3"));
    probe.settle();
    assert_eq!(probe.get("f"), "Active Successful d3");
    probe.ready("app:2", "d2");
    probe.settle();
    assert_eq!(probe.invoke("f").as_deref(), Some("d3"));
}

#[test]
fn an_update_without_an_image_deploys_the_same_reference_and_keeps_the_rest() {
    let mut probe = Probe::correct();
    probe.ready("app:1", "d1");
    let (machine, now) = probe.parts();
    let mut step = |request, config: serde_json::Value| {
        let config = config.as_object().cloned().unwrap_or_default();
        let call = crate::driver::ServerCall { request, config };
        machine.step(now, Event::Call(&call, Memo::default()))
    };
    step(
        Request::Create { function: "f".into(), image: "app:1".into() },
        serde_json::json!({ "cpu": 1, "customContainerConfig": { "port": 9000 } }),
    );
    let update = Request::Update { function: "f".into(), image: "".into() };
    let turn = step(update, serde_json::json!({ "customContainerConfig": { "command": ["x"] } }));
    let Turn::Answer(reply) = turn else { panic!("{turn:?}") };
    let crate::driver::ServerReply::Function(view) = *reply else { panic!("{reply:?}") };
    assert_eq!(view.image, "app:1");
    let merged = serde_json::json!({ "cpu": 1, "customContainerConfig": { "port": 9000, "command": ["x"] } });
    assert_eq!(serde_json::Value::Object(view.config), merged);
}

#[test]
fn names_stand_for_one_function_at_a_time() {
    let mut probe = Probe::correct().with_active("f", "app:1", "d1");
    assert!(!probe.create("f", "app:1"));
    assert!(probe.delete("f"));
    assert!(!probe.delete("f"));
    assert_eq!(probe.get("f"), "FunctionNotFound");
    assert_eq!(probe.invoke("f"), None);
    assert!(!probe.update("f", "app:1"));
    probe.held("app:2", "d2");
    assert!(probe.create("f", "app:2"));
    probe.settle();
    assert_eq!(probe.get("f"), "Pending - d2");
}

#[test]
fn the_seed_decides_the_jitter() {
    let drawn = |seed| {
        let machine = super::Machine::new(Settings { seed, ..Settings::default() });
        (0..20).map(|number| machine.preparation_time(&format!("f{number}").into())).collect::<Vec<_>>()
    };
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
    let settings = Settings::default();
    let bounds = settings.preparation_time..=settings.preparation_time + settings.jitter;
    assert!(drawn(1).iter().all(|time| bounds.contains(time)));
}

#[test]
fn without_levers_every_image_is_there() {
    let mut probe = Probe::new(Settings::default().with_levers(&[Lever::Idle]));
    assert!(probe.create("f", "some:tag"));
    probe.settle();
    let digest = probe.invoke("f").expect("an image that was always there serves");
    assert!(digest.starts_with("sha256:") && digest.len() == 71, "{digest}");
    assert_eq!(probe.get("f"), format!("Active Successful {digest}"));
}
