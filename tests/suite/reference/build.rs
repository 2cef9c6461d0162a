//! Small histories as text, one operation after the other: `publish i d1; create i; get Active - d1; invoke d1`.
//!
//! | text | operation |
//! |---|---|
//! | `publish i d1` `hold i d1` `fail i d1` `missing i` | the image lever |
//! | `create i` `update i` `delete` `invoke d1` `invoke -` `get Active Successful d1` | accepted; `-` is absent, `''` empty |
//! | `create i !` `update i !` `delete !` `invoke !` `get !` | refused |
//! | `create i ?` and so on | no answer ever seen |
//! | `idle` `settle` | the idle lever, a settle |
//! | `g: …` | on the function `g`; without it on `f` |
//! | `@3-9 …` `@3- …` | in that interval, or without an end; without it after all that went before |
//! | `own-idle` | the header's `"idle":"may"` |
//!
//! Every operation has its position, counted from 1, as its line; [`show`] writes the same language.

use fnconform::history::{
    Answer, Call, Condition, Content, Event, Header, History, IdleRule, Name, Operation, Report, Trace,
};

/// The history that the text stands for; panics with the step that it cannot read.
pub(crate) fn history(text: &str) -> History {
    let mut history = History::default();
    let mut now = 0;
    for step in text.split([';', '\n']).map(str::trim).filter(|step| !step.is_empty()) {
        if step == "own-idle" {
            history.header = Header { idle: IdleRule::May, ..Header::default() };
            continue;
        }
        let operation = read(step, now, history.operations.len() + 1).unwrap_or_else(|| panic!("cannot read `{step}`"));
        now = now.max(operation.start).max(operation.end.unwrap_or(0));
        history.operations.push(operation);
    }
    history
}

fn read(step: &str, now: i64, line: usize) -> Option<Operation> {
    let mut words: Vec<&str> = step.split_whitespace().collect();
    let mut function = "f";
    let (mut start, mut end) = (now + 1, Some(now + 5));
    while let Some(word) = words.first().copied() {
        if let Some(name) = word.strip_suffix(':') {
            function = name;
        } else if let Some(interval) = word.strip_prefix('@') {
            let (from, to) = interval.split_once('-')?;
            start = from.parse().ok()?;
            end = if to.is_empty() { None } else { Some(to.parse().ok()?) };
        } else {
            break;
        }
        words.remove(0);
    }
    let unknown = words.last() == Some(&"?");
    if unknown {
        end = None;
    }
    let event = event(&Name::from(function), &words)?;
    Some(Operation { line, start, end, event, trace: Trace::default() })
}

fn event(function: &Name, words: &[&str]) -> Option<Event> {
    let function = function.clone();
    let lever = |image: &str, code: Option<&str>, condition| {
        Some(Event::Image { image: image.into(), content: Content { code: code.map(Name::from), condition } })
    };
    let call = match *words {
        ["publish", image, code] => return lever(image, Some(code), Condition::Ready),
        ["hold", image, code] => return lever(image, Some(code), Condition::Held),
        ["fail", image, code] => return lever(image, Some(code), Condition::Failing),
        ["missing", image] => return lever(image, None, Condition::Missing),
        ["idle"] => return Some(Event::Idle { function }),
        ["settle"] => return Some(Event::Settle { function }),
        ["create", image, ref rest @ ..] => Call::Create { image: image.into(), answer: done(rest)? },
        ["update", image, ref rest @ ..] => Call::Update { image: image.into(), answer: done(rest)? },
        ["delete", ref rest @ ..] => Call::Delete { answer: done(rest)? },
        ["get", state, status, digest] => {
            let report = Report { state: state.into(), status: optional(status), digest: optional(digest) };
            Call::Get { answer: Answer::Accepted(report) }
        }
        ["get", "!"] => Call::Get { answer: Answer::Refused },
        ["get", "?"] => Call::Get { answer: Answer::Unknown },
        ["invoke", "!"] => Call::Invoke { answer: Answer::Refused },
        ["invoke", "?"] => Call::Invoke { answer: Answer::Unknown },
        ["invoke", served] => Call::Invoke { answer: Answer::Accepted(optional(served)) },
        _ => return None,
    };
    Some(Event::Call { function, call })
}

fn done(rest: &[&str]) -> Option<Answer<()>> {
    match rest {
        [] => Some(Answer::Accepted(())),
        ["!"] => Some(Answer::Refused),
        ["?"] => Some(Answer::Unknown),
        _ => None,
    }
}

fn optional(word: &str) -> Option<Name> {
    match word {
        "-" => None,
        "''" => Some("".into()),
        other => Some(other.into()),
    }
}

/// The history as text, a step a line, with every interval.
pub(crate) fn show(history: &History) -> String {
    let mut text = String::new();
    if history.header.idle == IdleRule::May {
        text.push_str("own-idle\n");
    }
    for operation in &history.operations {
        let end = operation.end.map(|end| end.to_string()).unwrap_or_default();
        let function = operation.event.function().map(|name| format!("{name}: ")).unwrap_or_default();
        text.push_str(&format!("{function}@{}-{end} {}\n", operation.start, show_event(&operation.event)));
    }
    text
}

fn show_event(event: &Event) -> String {
    let or_absent = |name: &Option<Name>| match name.as_deref() {
        None => "-".to_owned(),
        Some("") => "''".to_owned(),
        Some(other) => other.to_owned(),
    };
    match event {
        Event::Image { image, content } => {
            let verb = match content.condition {
                Condition::Ready => "publish",
                Condition::Held => "hold",
                Condition::Failing => "fail",
                Condition::Missing => "missing",
            };
            format!("{verb} {image} {}", content.code.as_deref().unwrap_or("")).trim_end().to_owned()
        }
        Event::Idle { .. } => "idle".to_owned(),
        Event::Settle { .. } => "settle".to_owned(),
        Event::Call { call, .. } => match call {
            Call::Create { image, answer } => show_answer(&format!("create {image}"), answer, |()| String::new()),
            Call::Update { image, answer } => show_answer(&format!("update {image}"), answer, |()| String::new()),
            Call::Get { answer } => show_answer("get", answer, |report| {
                let state = or_absent(&Some(report.state.clone()));
                format!("{state} {} {}", or_absent(&report.status), or_absent(&report.digest))
            }),
            Call::Invoke { answer } => show_answer("invoke", answer, or_absent),
            Call::Delete { answer } => show_answer("delete", answer, |()| String::new()),
        },
    }
}

fn show_answer<T>(call: &str, answer: &Answer<T>, accepted: impl Fn(&T) -> String) -> String {
    let said = match answer {
        Answer::Accepted(said) => accepted(said),
        Answer::Refused => "!".to_owned(),
        Answer::Unknown => "?".to_owned(),
    };
    format!("{call} {said}").trim_end().to_owned()
}
