//! What an answer means: accepted, refused, throttled, unknown, or not what the API says.
//!
//! With what all dialects read of an answer in the same way. It must not know any one dialect.

use super::HttpResponse;
use crate::history::{Report, Trace};
use serde_json::Value;

/// So many characters of a message are shown.
const MESSAGE_LIMIT: usize = 400;

/// What a complete answer to a call means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Accepted, refused, throttled or unknown, with what it said.
    pub meaning: Meaning,
    /// What joins it to the endpoint's log.
    pub trace: Trace,
    /// Set when the answer is not what the API says it is: a sentence for the report.
    pub malformed: Option<String>,
    /// Set on a refusal whose body is not a JSON object with `Code` and `Message` (judged by `api.errors`): what it was.
    pub bare_error: Option<String>,
}

impl Reply {
    /// What is recorded of it for people, and for those that judge the form of answers.
    #[must_use]
    pub(crate) fn into_trace(self) -> Trace {
        Trace { bare: self.bare_error.map(String::into_boxed_str), ..self.trace }
    }
}

/// The five things that an answer can mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// Create, update or delete was accepted.
    Done,
    /// Get was accepted, and reported this.
    Reported(Report),
    /// Invoke was served. The trimmed body, or `None` if the code ended with an error of its own (code unknown).
    Served(Option<String>),
    /// Refused: nothing was done.
    Refused,
    /// Throttled: nothing was done, and it may be sent again, after so many seconds if the endpoint said so.
    Throttled(Option<u64>),
    /// The answer does not tell whether anything was done.
    Unknown,
}

/// The seconds after which the answer asks to try again; a date is not read, since the clocks may differ.
pub(super) fn retry_after(response: &HttpResponse) -> Option<u64> {
    response.header("retry-after")?.trim().parse().ok()
}

/// What a body is, in a few words for people: `an HTML page of 312 bytes`.
pub(crate) fn body_kind(response: &HttpResponse) -> String {
    let body = response.body.trim_ascii();
    if body.is_empty() {
        return "an empty body".to_owned();
    }
    let kind = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(_)) => "a JSON object",
        Ok(_) => "JSON that is not an object",
        Err(_) if looks_like_html(body) => "an HTML page",
        Err(_) if body[0] == b'{' => "broken JSON",
        Err(_) if std::str::from_utf8(body).is_ok() => "plain text",
        Err(_) => "binary data",
    };
    let length = response.body.len();
    format!("{kind} of {length} {}", if length == 1 { "byte" } else { "bytes" })
}

/// What a refusal says to people, in one line of bounded length; what its body is if it says nothing.
pub(super) fn message(response: &HttpResponse) -> String {
    let body = serde_json::from_slice::<Value>(&response.body).unwrap_or_default();
    let said = ["Message", "message", "ErrorMessage", "errorMessage"].into_iter().find_map(|key| body[key].as_str());
    let Some(said) = said.map(str::trim).filter(|said| !said.is_empty()) else { return body_kind(response) };
    let line = said.split(|char: char| char.is_whitespace() || char.is_control()).filter(|word| !word.is_empty());
    let line = line.collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MESSAGE_LIMIT) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

fn looks_like_html(body: &[u8]) -> bool {
    let start = body[..body.len().min(512)].to_ascii_lowercase();
    start.starts_with(b"<!doctype html") || start.windows(5).any(|window| window == b"<html")
}

/// What a value is, for people.
pub(crate) fn json_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(body: &[u8]) -> HttpResponse {
        HttpResponse { status: 200, headers: Vec::new(), body: body.to_vec() }
    }

    #[test]
    fn a_body_is_named_for_what_it_is() {
        for (body, kind) in [
            (&b" \n"[..], "an empty body"),
            (b"x", "plain text of 1 byte"),
            (b"{}", "a JSON object of 2 bytes"),
            (b"[1]", "JSON that is not an object of 3 bytes"),
            (b"{\"state\":", "broken JSON of 9 bytes"),
            (b"<!DOCTYPE html><p>no", "an HTML page of 20 bytes"),
            (b"<?xml version='1.0'?><HTML/>", "an HTML page of 28 bytes"),
            (b"\xff\xfe", "binary data of 2 bytes"),
        ] {
            assert_eq!(body_kind(&answer(body)), kind);
        }
    }

    #[test]
    fn a_message_is_one_line_wherever_it_stands() {
        let long = format!(r#"{{"Message":"{}"}}"#, "é".repeat(500));
        for (body, said) in [
            (r#"{"Code":"X","Message":"it is\n\u001b[31m  not so."}"#, "it is [31m not so."),
            (r#"{"message":"no"}"#, "no"),
            (r#"{"Message":" "}"#, "a JSON object of 15 bytes"),
            ("[]", "JSON that is not an object of 2 bytes"),
            (long.as_str(), &format!("{}…", "é".repeat(400))),
        ] {
            assert_eq!(message(&answer(body.as_bytes())), said);
        }
    }

    #[test]
    fn only_seconds_are_a_retry_after() {
        for (value, seconds) in
            [("3", Some(3)), (" 120 ", Some(120)), ("Fri, 02 Jan 2026 03:04:05 GMT", None), ("", None)]
        {
            let headers = vec![("retry-after".to_owned(), value.to_owned())];
            assert_eq!(retry_after(&HttpResponse { headers, ..answer(b"") }), seconds);
        }
        assert_eq!(retry_after(&answer(b"")), None);
    }
}
