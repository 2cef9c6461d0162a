//! The engine on small histories; what each requirement looks like in a history is in `tests/suite/check.rs`.

use super::*;
use crate::history::read;

fn judged(lines: &str) -> Judgement {
    judge(&read::history(lines.as_bytes()).unwrap()).unwrap()
}

fn blamed(lines: &str) -> Option<(usize, &'static str)> {
    let judgement = judged(lines);
    assert!(!judgement.is_inconclusive());
    judgement.first_violation().map(|finding| (finding.operation.line, finding.requirement.name))
}

const READY: &str = r#"{"op":"image","image":"a","code":"A","condition":"ready","start":0,"end":1}
{"op":"image","image":"b","code":"B","condition":"held","start":0,"end":1}
{"op":"create","function":"f","image":"a","start":2,"end":3,"ok":true}
{"op":"get","function":"f","start":10,"end":11,"ok":true,"state":"Active","lastUpdateStatus":null,"digest":"A"}
"#;

#[test]
fn an_update_under_way_routes_to_the_old_code() {
    let update = r#"{"op":"update","function":"f","image":"b","start":20,"end":21,"ok":true}
{"op":"invoke","function":"f","start":22,"end":23,"ok":true,"served":"SERVED"}
{"op":"get","function":"f","start":24,"end":25,"ok":true,"state":"Active","lastUpdateStatus":"InProgress","digest":"A"}"#;
    let with = |served: &str| format!("{READY}{}", update.replace("SERVED", served));
    assert_eq!(blamed(&with("A")), None);
    assert_eq!(blamed(&with("B")), Some((6, "update.in-progress-serves-old")));
    assert_eq!(blamed(&with("Z")), Some((6, "image.never-unrecorded")));
}

#[test]
fn what_overlaps_may_take_effect_in_either_order() {
    // The invocation overlaps the delete, so it may come before it.
    let overlap = r#"{"op":"delete","function":"f","start":20,"end":30,"ok":true}
{"op":"invoke","function":"f","start":25,"end":35,"ok":true,"served":"A"}"#;
    assert_eq!(blamed(&format!("{READY}{overlap}")), None);
    // Closed intervals: ending in the microsecond in which the other starts is overlapping.
    let touching = overlap.replace("\"start\":25", "\"start\":30");
    assert_eq!(blamed(&format!("{READY}{touching}")), None);
    let after = overlap.replace("\"start\":25", "\"start\":31");
    assert_eq!(blamed(&format!("{READY}{after}")), Some((6, "api.not-found")));
}

#[test]
fn what_was_not_answered_may_have_happened_or_not_at_any_later_time() {
    let unanswered = r#"{"op":"delete","function":"f","start":20,"end":null,"ok":null}
{"op":"invoke","function":"f","start":30,"end":31,"ok":true,"served":"A"}
{"op":"get","function":"f","start":40,"end":41,"ok":false}"#;
    assert_eq!(blamed(&format!("{READY}{unanswered}")), None);
    let twice = r#"
{"op":"create","function":"f","image":"a","start":50,"end":51,"ok":true}
{"op":"get","function":"f","start":60,"end":61,"ok":false}"#;
    assert_eq!(blamed(&format!("{READY}{unanswered}{twice}")), Some((9, "readiness.fresh")));
}

#[test]
fn an_image_that_changes_while_a_function_joins_it_is_seen_at_an_instant_of_its_own() {
    let racing = r#"{"op":"image","image":"a","code":"A","condition":"held","start":0,"end":1}
{"op":"image","image":"a","code":"A","condition":"ready","start":5,"end":20}
{"op":"create","function":"f","image":"a","start":6,"end":7,"ok":true}
{"op":"get","function":"f","start":8,"end":9,"ok":true,"state":"Active"}"#;
    assert_eq!(blamed(racing), None);
    let later = racing.replace("\"start\":5", "\"start\":10");
    assert_eq!(blamed(&later), Some((4, "states.pending-becomes-active")));
}

#[test]
fn the_order_of_lines_does_not_matter() {
    let mut lines: Vec<&str> = READY.lines().collect();
    lines.reverse();
    assert_eq!(blamed(&lines.join("\n")), None);
}

#[test]
fn functions_are_judged_apart_and_the_first_line_is_named() {
    let two = r#"{"op":"create","function":"g","image":"a","start":2,"end":3,"ok":true}
{"op":"get","function":"g","start":10,"end":11,"ok":true,"state":"Weird"}
{"op":"get","function":"f","start":12,"end":13,"ok":true,"state":"Odd"}"#;
    let judgement = judged(&format!("{READY}{two}"));
    assert_eq!(judgement.functions.len(), 2);
    let first = judgement.first_violation().unwrap();
    assert_eq!((first.operation.line, first.requirement.name, &*first.function), (6, "states.known", "g"));
}

#[test]
fn an_explanation_says_what_could_be_what_was_said_and_what_that_breaks() {
    let history = format!(
        "{READY}{}",
        r#"{"op":"update","function":"f","image":"b","start":20,"end":21,"ok":true}
{"op":"invoke","function":"f","start":22,"end":23,"ok":true,"served":"B","status":200}"#
    );
    let judgement = judged(&history);
    insta::assert_snapshot!(judgement.first_violation().unwrap().explanation, @"`f` could only be Active, last update InProgress, serving a@A, preparing b@B (held). An invocation was served by B (HTTP 200). That breaks update.in-progress-serves-old: While InProgress an invocation reaches the code from before the update. The page: “Directed to the pre-update code”");
}

/// The requirement that is blamed for a history of an open world, and the line.
fn blamed_in_the_open(lines: &str) -> Option<(usize, &'static str)> {
    blamed(&format!("{{\"history\":1,\"world\":\"open\"}}\n{lines}"))
}

/// A line a word: `FUNCTION` is `f`, and all come one after the other.
fn told(calls: &[&str]) -> String {
    let line = |(place, call): (usize, &&str)| {
        let at = 10 * place;
        let (start, end) = (at + 1, at + 2);
        let fields = match call.split(' ').collect::<Vec<_>>().as_slice() {
            ["get", state, status, digest] => {
                format!(r#""op":"get","ok":true,"state":"{state}","lastUpdateStatus":"{status}","digest":"{digest}""#)
            }
            ["get"] => r#""op":"get","ok":false"#.to_owned(),
            ["served", digest] => format!(r#""op":"invoke","ok":true,"served":"{digest}""#),
            ["refused"] => r#""op":"invoke","ok":false"#.to_owned(),
            ["create" | "update", image] => format!(r#""op":"{}","ok":true,"image":"{image}""#, &call[..6]),
            ["delete"] => r#""op":"delete","ok":true"#.to_owned(),
            ["settle"] => r#""op":"settle""#.to_owned(),
            ["missing", image] => {
                return format!(
                    r#"{{"op":"image","image":"{image}","code":null,"condition":"missing","start":{start},"end":{end}}}"#
                );
            }
            other => panic!("{other:?}"),
        };
        format!(r#"{{"function":"f","start":{start},"end":{end},{fields}}}"#)
    };
    calls.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_function_of_an_open_world_may_have_been_anything() {
    for calls in [
        &["get Active Successful A", "served A"][..],
        &["get Active InProgress A", "served B", "get Active Successful C", "served C"],
        &["get Pending InProgress A", "refused", "get Failed Failed A"],
        &["get Failed Failed A", "update a", "get Active Successful B"],
        &["get Inactive Successful A", "refused", "get Pending Successful A", "get Active Successful A", "served A"],
        &["refused", "settle", "get Inactive Failed A"],
        &["get", "create a", "get Pending  A"],
        // The image may be lost, or another function's doing made the function idle.
        &["get Active Successful A", "refused", "get Failed Successful A"],
        &["get Active Successful A", "get Inactive Successful A"],
        &[
            "get Active Successful A",
            "update a",
            "get Active InProgress A",
            "settle",
            "get Active Failed A",
            "served A",
        ],
    ] {
        assert_eq!(blamed_in_the_open(&told(calls)), None, "{calls:?}");
    }
}

#[test]
fn what_nothing_before_explains_is_a_violation_in_the_open_too() {
    for (calls, violation) in [
        (&["get", "get Active Successful A"][..], (3, "api.not-found")),
        (&["get Active Successful A", "served B"], (3, "image.never-unrecorded")),
        (&["get Active Failed A", "served A", "served B"], (4, "update.failed-serves-old")),
        (&["create a", "create a"], (3, "states.only-documented")),
        (&["get Active Successful A", "update a", "settle", "get Active InProgress A"], (5, "update.ends")),
        (
            &["get Active Successful A", "update a", "get Active Successful B", "served A"],
            (5, "readiness.successful-then-new"),
        ),
        (&["create a", "get Active  A", "missing a", "settle", "served A"], (6, "failed.image-deleted")),
        (&["delete", "served A"], (3, "api.not-found")),
    ] {
        assert_eq!(blamed_in_the_open(&told(calls)), Some(violation), "{calls:?}");
    }
}

#[test]
fn an_image_that_is_known_to_be_bad_is_never_prepared() {
    let calls = told(&["create a", "get Pending  ", "get Active  A"]);
    let history = read::history(format!("{{\"history\":1,\"world\":\"open\"}}\n{calls}").as_bytes()).unwrap();
    let blamed = |bad: &[&str]| {
        let mut judge = Judge::new(&history.header).unwrap();
        bad.iter().for_each(|image| judge.assume_bad(&(*image).into()));
        history.operations.iter().for_each(|operation| judge.push(operation.clone()).unwrap());
        judge.finish().first_violation().map(|finding| finding.requirement.name)
    };
    assert_eq!(blamed(&["b"]), None);
    assert_eq!(blamed(&["a"]), Some("failed.at-creation"));
}
