use super::*;
use crate::history::read;

const CREATED: &str = r#"{"op":"image","image":"a","code":"A","condition":"ready","start":0,"end":1}
{"op":"create","function":"f","image":"a","start":2,"end":3,"ok":true}
{"op":"get","function":"f","start":10,"end":11,"ok":true,"state":"Active","lastUpdateStatus":null,"digest":"A"}
"#;

fn observed(lines: &str) -> Observed {
    observe(&read::history(lines.as_bytes()).unwrap()).unwrap().1
}

#[test]
fn steps_are_counted_with_where_they_led() {
    let update = r#"{"op":"update","function":"f","image":"a","start":20,"end":21,"ok":true}
{"op":"get","function":"f","start":30,"end":31,"ok":true,"state":"Active","lastUpdateStatus":"InProgress","digest":"A"}
{"op":"delete","function":"f","start":40,"end":41,"ok":true}"#;
    let observed = observed(&format!("{CREATED}{update}"));
    let flows: Vec<String> = observed
        .flows
        .iter()
        .map(|(Flow { from, step, to }, count)| format!("{count} {from:?} → {to:?}: {step}"))
        .collect();
    let expected = [
        "1 Absent → Pending: create accepted while absent",
        "1 Pending → Active: a first preparation succeeds",
        "1 Active → Updating: update accepted while Active",
        "1 Active → Active: get answered while Active",
        "1 Updating → Updating: get answered while Active",
        "1 Updating → Absent: delete accepted while Active",
    ];
    assert_eq!(flows, expected);
    assert_eq!((observed.functions, observed.cut, observed.given_up), (1, 0, 0));
    assert!(observed.claims.is_empty());
}

#[test]
fn what_nothing_explains_is_a_claim() {
    let rest = r#"{"op":"get","function":"f","start":20,"end":21,"ok":true,"state":"Failed"}"#;
    let mut twice = observed(&format!("{CREATED}{rest}"));
    twice.add(&twice.clone());
    let claims: Vec<_> =
        twice.claims.iter().map(|(claim, count)| (claim.from, claim.to, &*claim.what, *count)).collect();
    assert_eq!(claims, [(Place::Active, Place::Failed, "shown Failed", 2)]);
}
