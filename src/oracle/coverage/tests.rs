use super::*;
use crate::history::read;

fn covered(lines: &str) -> Coverage {
    coverage(&read::history(lines.as_bytes()).unwrap()).unwrap()
}

/// The pairs in words, each as often as it was taken.
fn pairs(coverage: &Coverage) -> Vec<String> {
    coverage.pairs.iter().map(|((before, step), count)| format!("{count} {before}, then {step}")).collect()
}

const CREATED: &str = r#"{"op":"image","image":"a","code":"A","condition":"ready","start":0,"end":1}
{"op":"image","image":"b","code":"B","condition":"held","start":0,"end":1}
{"op":"create","function":"f","image":"a","start":2,"end":3,"ok":true}
{"op":"get","function":"f","start":10,"end":11,"ok":true,"state":"Active","lastUpdateStatus":null,"digest":"A"}
"#;

#[test]
fn what_changes_nothing_leaves_a_pair_open() {
    let rest = r#"{"op":"invoke","function":"f","start":20,"end":21,"ok":true,"served":"A"}
{"op":"update","function":"f","image":"b","start":30,"end":31,"ok":true}
{"op":"get","function":"f","start":40,"end":41,"ok":true,"state":"Active","lastUpdateStatus":"InProgress","digest":"A"}
{"op":"image","image":"b","code":"B","condition":"ready","start":50,"end":51}
{"op":"settle","function":"f","start":60,"end":70}
{"op":"invoke","function":"f","start":80,"end":81,"ok":true,"served":"B"}"#;
    let seen = covered(&format!("{CREATED}{rest}"));
    let expected = [
        "1 a first preparation succeeds, then update accepted while Active",
        "1 a first preparation succeeds, then get answered while Active",
        "1 a first preparation succeeds, then invocation served while Active",
        "1 an update of an Active function succeeds, then invocation served while Active",
        "1 create accepted while absent, then a first preparation succeeds",
        "1 update accepted while Active, then get answered while Active",
        "1 update accepted while Active, then the image under preparation becomes ready",
        "1 the image under preparation becomes ready, then an update of an Active function succeeds",
    ];
    assert_eq!(pairs(&seen), expected);
    assert_eq!(seen.steps.values().sum::<u64>(), 9);
}

#[test]
fn a_violation_ends_what_is_counted() {
    let broken = r#"{"op":"invoke","function":"f","start":20,"end":21,"ok":true,"served":"Z"}
{"op":"delete","function":"f","start":30,"end":31,"ok":true}"#;
    assert_eq!(covered(&format!("{CREATED}{broken}")), covered(CREATED));
}

#[test]
fn what_overlaps_is_told_in_an_order_that_explains_it() {
    let overlap = r#"{"op":"delete","function":"f","start":20,"end":30,"ok":true}
{"op":"invoke","function":"f","start":25,"end":35,"ok":true,"served":"A"}
{"op":"update","function":"f","image":"b","start":26,"end":null,"ok":null}
{"op":"get","function":"f","start":40,"end":41,"ok":false}"#;
    let seen = covered(&format!("{CREATED}{overlap}"));
    let steps: Vec<String> = seen.steps.keys().map(ToString::to_string).collect();
    let expected = [
        "a first preparation succeeds",
        "create accepted while absent",
        "get answered while Active",
        "get refused while absent",
        "invocation served while Active",
        "delete accepted while Active",
    ];
    assert_eq!(steps, expected);
    assert!(
        !seen.worlds.keys().any(|world| world.is_some_and(|shape| shape.next.is_some() && shape.current.is_some()))
    );
}

/// Updates that are never answered, to ever more images: which of them took effect, and when, is anyone's guess.
#[test]
fn what_is_too_intricate_is_given_up() {
    let mut lines = CREATED.to_owned();
    for image in 0..10 {
        for (at, condition) in [(100, "held"), (300, "ready")] {
            lines.push_str(&format!(
                r#"{{"op":"image","image":"i{image}","code":"C{image}","condition":"{condition}","start":{at},"end":400}}
"#
            ));
        }
        lines.push_str(&format!(
            r#"{{"op":"update","function":"f","image":"i{image}","start":200,"end":null,"ok":null}}
"#
        ));
    }
    lines.push_str(r#"{"op":"invoke","function":"f","start":500,"end":501,"ok":true,"served":"none of them"}"#);
    let seen = covered(&lines);
    assert_eq!((seen.given_up, seen.steps.len()), (1, 0));
}
