//! Reading histories: ndjson in, operations out, and an error that names the line and the field.
//!
//! Nothing is guessed: a line that cannot be read ends the reading.

use super::{
    Answer, Call, Condition, Content, Event, Extent, Header, History, IdleRule, Name, Operation, Report, Trace,
};
use serde_json::{Map, Value};
use std::io::{self, BufRead};

/// Why a history cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The bytes did not come.
    #[error("line {line}: {source}")]
    Io {
        /// The line that was being read, from 1.
        line: usize,
        /// What the system says.
        source: io::Error,
    },
    /// The line is not a JSON object.
    #[error("line {line}: {reason}")]
    Json {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A field is missing, of the wrong type, or at odds with another.
    #[error("line {line}: field `{field}`: {reason}")]
    Field {
        /// The line, from 1.
        line: usize,
        /// The field's name.
        field: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// Reads a whole history.
///
/// # Errors
/// The first line that cannot be read.
pub fn history(input: impl BufRead) -> Result<History, ReadError> {
    let mut reader = Reader::new(input)?;
    let mut operations = Vec::new();
    for operation in &mut reader {
        operations.push(operation?);
    }
    Ok(History { header: reader.header, operations })
}

/// Reads a history line by line.
pub struct Reader<R> {
    input: R,
    line: usize,
    header: Header,
    /// A first line that was an operation already.
    first: Option<Operation>,
    buffer: String,
}

impl<R: BufRead> Reader<R> {
    /// Reads the header, if there is one.
    ///
    /// # Errors
    /// If the first line cannot be read.
    pub fn new(input: R) -> Result<Self, ReadError> {
        let mut reader = Self { input, line: 0, header: Header::default(), first: None, buffer: String::new() };
        if let Some(object) = reader.next_object()? {
            let fields = Fields { line: reader.line, object: &object };
            if object.contains_key("history") {
                reader.header = header(&fields)?;
            } else {
                reader.first = Some(operation(&fields)?);
            }
        }
        Ok(reader)
    }

    /// How the history is to be read.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    fn next_object(&mut self) -> Result<Option<Map<String, Value>>, ReadError> {
        loop {
            self.buffer.clear();
            self.line += 1;
            let line = self.line;
            let read = self.input.read_line(&mut self.buffer).map_err(|source| ReadError::Io { line, source })?;
            if read == 0 {
                return Ok(None);
            }
            let text = self.buffer.trim_start_matches('\u{feff}').trim();
            if text.is_empty() {
                continue;
            }
            return match serde_json::from_str(text) {
                Ok(Value::Object(object)) => Ok(Some(object)),
                Ok(_) => Err(ReadError::Json { line, reason: "not a JSON object".into() }),
                Err(error) => Err(ReadError::Json { line, reason: json_reason(&error) }),
            };
        }
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Operation, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(operation) = self.first.take() {
            return Some(Ok(operation));
        }
        let object = match self.next_object() {
            Ok(object) => object?,
            Err(error) => return Some(Err(error)),
        };
        let fields = Fields { line: self.line, object: &object };
        if object.contains_key("history") {
            return Some(fields.fail("history", "a header can only be the first line"));
        }
        Some(operation(&fields))
    }
}

/// The parser counts lines of its own, which would be read as lines of the file.
fn json_reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or(&text);
    format!("not JSON: {reason}, in column {}", error.column())
}

struct Fields<'a> {
    line: usize,
    object: &'a Map<String, Value>,
}

impl Fields<'_> {
    fn fail<T>(&self, field: &'static str, reason: impl Into<String>) -> Result<T, ReadError> {
        Err(ReadError::Field { line: self.line, field, reason: reason.into() })
    }

    fn present(&self, field: &'static str) -> Option<&Value> {
        self.object.get(field).filter(|value| !value.is_null())
    }

    fn optional<T>(
        &self,
        field: &'static str,
        kind: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>, ReadError> {
        match self.present(field) {
            None => Ok(None),
            Some(value) => match read(value) {
                Some(read) => Ok(Some(read)),
                None => self.fail(field, format!("must be {kind}, not {value}")),
            },
        }
    }

    fn required<T>(&self, field: &'static str, kind: &str, read: impl Fn(&Value) -> Option<T>) -> Result<T, ReadError> {
        match self.optional(field, kind, read)? {
            Some(value) => Ok(value),
            None if self.object.contains_key(field) => self.fail(field, format!("must be {kind}, not null")),
            None => self.fail(field, format!("is missing: {kind} is needed")),
        }
    }

    fn name(&self, field: &'static str) -> Result<Name, ReadError> {
        let name: Name = self.required(field, "a string", string)?;
        if name.is_empty() { self.fail(field, "must not be empty") } else { Ok(name) }
    }

    fn nullable(&self, field: &'static str) -> Result<Option<Name>, ReadError> {
        self.optional(field, "a string or null", string)
    }
}

fn string(value: &Value) -> Option<Name> {
    value.as_str().map(Name::from)
}

fn header(fields: &Fields<'_>) -> Result<Header, ReadError> {
    match fields.object["history"].as_u64() {
        Some(1) => {}
        _ => return fields.fail("history", "this version reads format 1 only"),
    }
    let owned = |field| fields.optional(field, "a string", |value| value.as_str().map(str::to_owned));
    Ok(Header {
        endpoint: owned("endpoint")?,
        dialect: owned("dialect")?,
        world: fields
            .optional("world", "\"closed\" or \"open\"", |value| match value.as_str()? {
                "closed" => Some(Extent::Closed),
                "open" => Some(Extent::Open),
                _ => None,
            })?
            .unwrap_or_default(),
        idle: fields
            .optional("idle", "\"may\"", |value| (value.as_str()? == "may").then_some(IdleRule::May))?
            .unwrap_or_default(),
        settle_us: fields.optional("settle_us", "a number of microseconds", Value::as_u64)?,
    })
}

fn operation(fields: &Fields<'_>) -> Result<Operation, ReadError> {
    let integer = "an integer (microseconds)";
    let start = fields.required("start", integer, Value::as_i64)?;
    let end = match fields.object.get("end") {
        None => return fields.fail("end", "is missing: write null if no answer was ever seen"),
        Some(_) => fields.optional("end", "an integer (microseconds) or null", Value::as_i64)?,
    };
    if let Some(end) = end
        && end <= start
    {
        return fields.fail("end", format!("must be later than `start` ({end} is not later than {start})"));
    }
    let trace = Trace {
        status: fields.optional("status", "an HTTP status", |v| v.as_u64().and_then(|n| u16::try_from(n).ok()))?,
        error: fields.optional("error", "a string", |v| v.as_str().map(str::to_owned))?,
        request_id: fields.optional("request_id", "a string", |v| v.as_str().map(str::to_owned))?,
        bare: fields.optional("bare", "a string", |v| v.as_str().map(Box::from))?,
    };
    let op = fields.required("op", "a string", |value| value.as_str().map(str::to_owned))?;
    let event = match op.as_str() {
        "create" | "update" | "get" | "invoke" | "delete" => {
            Event::Call { function: fields.name("function")?, call: call(fields, &op, end)? }
        }
        "image" => Event::Image { image: fields.name("image")?, content: content(fields)? },
        "idle" => Event::Idle { function: fields.name("function")? },
        "settle" if end.is_none() => return fields.fail("end", "a settle has an end"),
        "settle" => Event::Settle { function: fields.name("function")? },
        other => {
            return fields
                .fail("op", format!("`{other}` is none of create, update, get, invoke, delete, image, idle, settle"));
        }
    };
    Ok(Operation { line: fields.line, start, end, event, trace })
}

fn call(fields: &Fields<'_>, op: &str, end: Option<i64>) -> Result<Call, ReadError> {
    let ok = fields.optional("ok", "true, false or null", Value::as_bool)?;
    let ok = match (ok, end) {
        (Some(ok), Some(_)) => Some(ok),
        (None, None) => None,
        (Some(_), None) => return fields.fail("ok", "must be null where `end` is null: no answer was seen"),
        (None, Some(_)) if fields.object.contains_key("ok") => {
            return fields.fail("end", "must be null where `ok` is null: what is unknown has no end");
        }
        (None, Some(_)) => return fields.fail("ok", "is missing: true, false or null is needed"),
    };
    let plain = match ok {
        Some(true) => Answer::Accepted(()),
        Some(false) => Answer::Refused,
        None => Answer::Unknown,
    };
    Ok(match op {
        "create" => Call::Create { image: fields.name("image")?, answer: plain },
        "update" => Call::Update { image: fields.name("image")?, answer: plain },
        "delete" => Call::Delete { answer: plain },
        "get" => Call::Get {
            answer: match ok {
                Some(true) => Answer::Accepted(Report {
                    state: fields.required("state", "a string", string)?,
                    status: fields.nullable("lastUpdateStatus")?,
                    digest: fields.nullable("digest")?,
                }),
                Some(false) => Answer::Refused,
                None => Answer::Unknown,
            },
        },
        _ => Call::Invoke {
            answer: match ok {
                Some(true) => Answer::Accepted(fields.nullable("served")?),
                Some(false) => Answer::Refused,
                None => Answer::Unknown,
            },
        },
    })
}

fn content(fields: &Fields<'_>) -> Result<Content, ReadError> {
    let condition =
        fields.required("condition", "ready, held, failing or missing", |value| Condition::parse(value.as_str()?))?;
    let code = fields.nullable("code")?;
    match (condition, &code) {
        (Condition::Missing, Some(_)) => fields.fail("code", "must be null where the condition is missing"),
        (Condition::Missing, None) => Ok(Content::MISSING),
        (_, None) => fields.fail("code", "must be a string where the condition is not missing"),
        (_, Some(_)) => Ok(Content { code, condition }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::write;

    fn error(text: &str) -> String {
        history(text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn what_is_written_reads_back() {
        let text = r#"{"history":1,"endpoint":"http://x","dialect":"fc3","idle":"may","settle_us":5}
{"op":"image","image":"a:1","code":"sha256:1","condition":"ready","start":0,"end":1}
{"op":"image","image":"b:1","code":null,"condition":"missing","start":0,"end":null}
{"op":"create","function":"f","image":"a:1","start":2,"end":3,"ok":true,"status":200,"request_id":"r-1"}
{"op":"get","function":"f","start":4,"end":5,"ok":true,"state":"Pending","lastUpdateStatus":null,"digest":"sha256:1"}
{"op":"invoke","function":"f","start":4,"end":6,"ok":false,"status":412,"error":"NotReady"}
{"op":"settle","function":"f","start":7,"end":70}
{"op":"idle","function":"f","start":71,"end":72}
{"op":"update","function":"f","image":"b:1","start":73,"end":null,"ok":null}
{"op":"invoke","function":"f","start":74,"end":76,"ok":true,"served":"sha256:1"}
{"op":"delete","function":"f","start":77,"end":78,"ok":true}
"#;
        let first = history(text.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        write::history(&mut bytes, &first).unwrap();
        assert_eq!(history(bytes.as_slice()).unwrap(), first);
        assert_eq!(first.operations.len(), 10);
        assert_eq!(first.operations[0].line, 2);
    }

    #[test]
    fn an_error_names_the_line_and_the_field() {
        insta::assert_snapshot!(error("\n{\"op\":\"get\"}"), @"line 2: field `start`: is missing: an integer (microseconds) is needed");
        insta::assert_snapshot!(error(r#"{"op":"get","start":2,"end":2}"#), @"line 1: field `end`: must be later than `start` (2 is not later than 2)");
        insta::assert_snapshot!(error(r#"{"op":"get","start":1}"#), @"line 1: field `end`: is missing: write null if no answer was ever seen");
        insta::assert_snapshot!(error(r#"{"op":"get","function":"f","start":1,"end":2,"ok":true,"state":7}"#), @"line 1: field `state`: must be a string, not 7");
        insta::assert_snapshot!(error(r#"{"op":"get","function":"f","start":1,"end":2,"ok":null}"#), @"line 1: field `end`: must be null where `ok` is null: what is unknown has no end");
        insta::assert_snapshot!(error(r#"{"op":"get","function":"f","start":1,"end":null,"ok":true}"#), @"line 1: field `ok`: must be null where `end` is null: no answer was seen");
        insta::assert_snapshot!(error(r#"{"op":"poke","start":1,"end":2}"#), @"line 1: field `op`: `poke` is none of create, update, get, invoke, delete, image, idle, settle");
        insta::assert_snapshot!(error(r#"{"op":"image","image":"a","code":null,"condition":"held","start":1,"end":2}"#), @"line 1: field `code`: must be a string where the condition is not missing");
        insta::assert_snapshot!(error("[1]"), @"line 1: not a JSON object");
        insta::assert_snapshot!(error("{\"op\":"), @"line 1: not JSON: EOF while parsing a value, in column 6");
        insta::assert_snapshot!(error("{\"history\":2}"), @"line 1: field `history`: this version reads format 1 only");
        insta::assert_snapshot!(error("{\"history\":1}\n{\"history\":1}"), @"line 2: field `history`: a header can only be the first line");
        insta::assert_snapshot!(error("{\"history\":1,\"world\":\"ajar\"}"), @r#"line 1: field `world`: must be "closed" or "open", not "ajar""#);
    }
}
