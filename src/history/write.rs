//! Writing histories: operations in, ndjson out, in the form that [`super::read`] reads.

use super::{Answer, Call, Content, Event, Extent, Header, History, IdleRule, Operation};
use serde_json::{Value, json};
use std::io::{self, Write};

/// Writes a whole history, header first.
///
/// # Errors
/// What the writer says.
pub fn history(out: &mut impl Write, history: &History) -> io::Result<()> {
    writeln!(out, "{}", header(&history.header))?;
    for one in &history.operations {
        writeln!(out, "{}", operation(one))?;
    }
    Ok(())
}

/// The header as a line, without its end.
#[must_use]
pub fn header(header: &Header) -> String {
    let mut line = Line::new("history", json!(1));
    line.some("endpoint", header.endpoint.as_deref());
    line.some("dialect", header.dialect.as_deref());
    if header.world == Extent::Open {
        line.put("world", json!("open"));
    }
    if header.idle == IdleRule::May {
        line.put("idle", json!("may"));
    }
    line.some("settle_us", header.settle_us);
    line.finish()
}

/// An operation as a line, without its end.
#[must_use]
pub fn operation(operation: &Operation) -> String {
    let mut line = Line::new("op", json!(word(&operation.event)));
    line.some("function", operation.event.function().map(AsRef::as_ref));
    line.put("start", json!(operation.start));
    line.put("end", json!(operation.end));
    match &operation.event {
        Event::Call { call, .. } => fields(&mut line, call),
        Event::Image { image, content: Content { code, condition } } => {
            line.put("image", json!(&**image));
            line.put("code", json!(code.as_deref()));
            line.put("condition", json!(condition.as_str()));
        }
        Event::Idle { .. } | Event::Settle { .. } => {}
    }
    line.some("status", operation.trace.status);
    line.some("error", operation.trace.error.as_deref());
    line.some("request_id", operation.trace.request_id.as_deref());
    line.some("bare", operation.trace.bare.as_deref());
    line.finish()
}

/// The word for an event in the field `op`.
#[must_use]
pub fn word(event: &Event) -> &'static str {
    match event {
        Event::Call { call, .. } => match call {
            Call::Create { .. } => "create",
            Call::Update { .. } => "update",
            Call::Get { .. } => "get",
            Call::Invoke { .. } => "invoke",
            Call::Delete { .. } => "delete",
        },
        Event::Image { .. } => "image",
        Event::Idle { .. } => "idle",
        Event::Settle { .. } => "settle",
    }
}

fn fields(line: &mut Line, call: &Call) {
    match call {
        Call::Create { image, answer } | Call::Update { image, answer } => {
            line.put("image", json!(&**image));
            line.put("ok", ok(answer));
        }
        Call::Delete { answer } => line.put("ok", ok(answer)),
        Call::Get { answer } => {
            line.put("ok", ok(answer));
            if let Answer::Accepted(report) = answer {
                line.put("state", json!(&*report.state));
                line.put("lastUpdateStatus", json!(report.status.as_deref()));
                line.put("digest", json!(report.digest.as_deref()));
            }
        }
        Call::Invoke { answer } => {
            line.put("ok", ok(answer));
            if let Answer::Accepted(served) = answer {
                line.put("served", json!(served.as_deref()));
            }
        }
    }
}

fn ok<T>(answer: &Answer<T>) -> Value {
    match answer {
        Answer::Accepted(_) => json!(true),
        Answer::Refused => json!(false),
        Answer::Unknown => Value::Null,
    }
}

/// Fields in the order in which they are put, which is what a reader of the file wants.
struct Line(Vec<(&'static str, Value)>);

impl Line {
    fn new(field: &'static str, value: Value) -> Self {
        Self(vec![(field, value)])
    }

    fn put(&mut self, field: &'static str, value: Value) {
        self.0.push((field, value));
    }

    fn some(&mut self, field: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.put(field, value.into());
        }
    }

    fn finish(self) -> String {
        let fields: Vec<String> = self.0.iter().map(|(field, value)| format!("\"{field}\":{value}")).collect();
        format!("{{{}}}", fields.join(","))
    }
}
