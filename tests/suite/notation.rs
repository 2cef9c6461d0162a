//! A short notation for histories, written out as ndjson for the reader: what tests say in a line.
//!
//! Operations are separated by `;` and follow one another without overlapping. A `!` at the end marks the operation at
//! which the history is expected to be violated. The function is `f`, or the one before a colon: `g: del`.
//!
//! | operation | meaning |
//! |---|---|
//! | `img a A`, `img a A held`, `img a gone` | the reference `a` stands for the digest `A` (ready, or that condition), or for nothing |
//! | `new a`, `up b`, `del` | create, update, delete; with `no` behind it refused, with `?` never answered |
//! | `get Active/Successful/A`, `get no` | state, and if given status and digest; a status of `-` is absent |
//! | `call A`, `call`, `call no` | an invocation served by that digest, by unknown code, refused |
//! | `idle`, `settle` | as in a history |
//! | `& ` before any of these | it overlaps the operation before it |
//! | `active`, `inactive`, `failed` | a function brought to that state, see [`PRELUDES`] |

use serde_json::{Map, Value, json};

/// What stands for several operations.
const PRELUDES: &[(&str, &str)] = &[
    ("inactive", "active; idle; get Inactive"),
    ("active", "img a A; img b B; new a; get Active"),
    ("failed", "img a A failing; img b B; new a; get Failed"),
];

/// A history in ndjson, and the line at which it is expected to be violated.
pub(crate) struct Written {
    pub(crate) ndjson: String,
    pub(crate) violated: Option<usize>,
}

/// Writes the history out.
pub(crate) fn write(short: &str) -> Written {
    let mut steps = Vec::new();
    expand(short, &mut steps);
    let mut written = Written { ndjson: String::new(), violated: None };
    let (mut start, mut end) = (0, 0);
    for (number, step) in steps.iter().enumerate() {
        let step = match step.strip_suffix('!') {
            Some(step) => {
                written.violated = Some(number + 1);
                step
            }
            None => step,
        };
        let step = match step.strip_prefix("& ") {
            Some(step) => {
                start += 1;
                end += 1;
                step
            }
            None => {
                start = end + 10;
                end = start + 10;
                step
            }
        };
        let mut line = operation(step);
        line.insert("start".into(), json!(start));
        line.entry("end").or_insert(json!(end));
        written.ndjson.push_str(&Value::Object(line).to_string());
        written.ndjson.push('\n');
    }
    written
}

fn expand(short: &str, steps: &mut Vec<String>) {
    for step in short.split(';').map(str::trim) {
        match PRELUDES.iter().find(|(name, _)| *name == step) {
            Some((_, meaning)) => expand(meaning, steps),
            None => steps.push(step.to_owned()),
        }
    }
}

fn operation(step: &str) -> Map<String, Value> {
    let (function, step) = step.split_once(": ").unwrap_or(("f", step));
    let words: Vec<&str> = step.split_whitespace().collect();
    let value = match words.as_slice() {
        ["img", image, "gone"] => json!({"op": "image", "image": image, "code": null, "condition": "missing"}),
        ["img", image, code] => json!({"op": "image", "image": image, "code": code, "condition": "ready"}),
        ["img", image, code, condition] => {
            json!({"op": "image", "image": image, "code": code, "condition": condition})
        }
        ["new", image, answer @ ..] => answered(json!({"op": "create", "image": image}), answer),
        ["up", image, answer @ ..] => answered(json!({"op": "update", "image": image}), answer),
        ["del", answer @ ..] => answered(json!({"op": "delete"}), answer),
        ["get", answer @ ("no" | "?")] => answered(json!({"op": "get"}), &[answer]),
        ["get", shown] => {
            let mut parts = shown.split('/').map(|part| if part == "-" { Value::Null } else { part.into() });
            let state = parts.next();
            let (status, digest) = (parts.next(), parts.next());
            json!({"op": "get", "ok": true, "state": state, "lastUpdateStatus": status, "digest": digest})
        }
        ["call"] => json!({"op": "invoke", "ok": true, "served": null}),
        ["call", answer @ ("no" | "?")] => answered(json!({"op": "invoke"}), &[answer]),
        ["call", served] => json!({"op": "invoke", "ok": true, "served": served}),
        ["idle"] => json!({"op": "idle"}),
        ["settle"] => json!({"op": "settle"}),
        _ => panic!("what does `{step}` mean?"),
    };
    let Value::Object(mut line) = value else { unreachable!("every operation is an object") };
    if line["op"] != "image" {
        line.insert("function".into(), function.into());
    }
    line
}

fn answered(mut value: Value, answer: &[&str]) -> Value {
    match answer {
        [] => value["ok"] = true.into(),
        ["no"] => value["ok"] = false.into(),
        ["?"] => {
            value["ok"] = Value::Null;
            value["end"] = Value::Null;
        }
        other => panic!("what does the answer {other:?} mean?"),
    }
    value
}
