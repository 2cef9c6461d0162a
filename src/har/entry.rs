//! One entry of a HAR file, with what the writers that there are put where.

use super::HarError;
use super::fields::Fields;
use super::time::{self, Start};
use crate::exchange::{Answered, Body, Message};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// An entry of which method and URL are known.
pub(super) struct Recorded<'a> {
    entry: Fields<'a>,
    request: Fields<'a>,
    response: Fields<'a>,
    pub(super) method: &'a str,
    /// Scheme, host and port, as they are compared.
    pub(super) origin: String,
    pub(super) path: String,
    pub(super) query: String,
}

impl<'a> Recorded<'a> {
    pub(super) fn parse(number: usize, value: &'a Value) -> Result<Self, HarError> {
        let entry = Fields::new(number, value)?;
        let request = entry.inner("request", "request")?;
        let response = entry.inner("response", "response")?;
        let (origin, path, query) = split(request.string("url")?);
        let method = request.string("method")?;
        Ok(Self { entry, request, response, method, origin, path, query })
    }

    pub(super) fn started(&self) -> Result<Start, HarError> {
        let text = self.entry.string("startedDateTime")?;
        time::parse(text).ok_or_else(|| {
            self.entry
                .fail("startedDateTime", &format!("must be a time such as 2024-05-01T10:00:00.123Z, not {text:?}"))
        })
    }

    /// When the answer had come at the latest; `None` if none came, or nobody knows when.
    pub(super) fn end(&self, start: i64) -> Result<Option<i64>, HarError> {
        let Some(time) = self.entry.number("time")?.filter(|time| *time >= 0.0) else { return Ok(None) };
        let wait = self.entry.inner("timings", "timings")?.number("wait")?;
        if self.status()?.is_none() || wait.is_some_and(|wait| wait < 0.0) {
            return Ok(None);
        }
        match time::at_most(time) {
            Some(time) => Ok(start.checked_add(time)),
            None => Err(self.entry.fail("time", &format!("{time:e} milliseconds are more than any request takes"))),
        }
    }

    /// The status; `None` where no answer was seen, which is written as 0 or as -1.
    fn status(&self) -> Result<Option<u16>, HarError> {
        match self.response.number("status")? {
            None => Ok(None),
            Some(status) if status <= 0.0 => Ok(None),
            // The bounds make it a whole number of the type.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            Some(status) if status.fract() == 0.0 && (100.0..1000.0).contains(&status) => Ok(Some(status as u16)),
            Some(status) => Err(self.response.fail("status", &format!("must be an HTTP status, not {status}"))),
        }
    }

    pub(super) fn answer(&self) -> Result<Option<Answered>, HarError> {
        let Some(status) = self.status()? else { return Ok(None) };
        let message = Message { headers: self.headers("response")?, body: self.response_body()? };
        Ok(Some(Answered { status, message }))
    }

    /// Whether the answer is one that the endpoint gave earlier, to another request.
    pub(super) fn is_cached(&self) -> bool {
        let not_modified = self.response.get("status").and_then(Value::as_u64) == Some(304);
        let noted = |key: &&str| self.entry.get(key).is_some_and(|value| *value != Value::Bool(false));
        not_modified || ["_fromCache", "_fetchedViaServiceWorker"].iter().any(noted)
    }

    /// The headers of `request` or `response`, their names in lower case.
    pub(super) fn headers(&self, of: &'static str) -> Result<Vec<(String, String)>, HarError> {
        let fields = if of == "request" { &self.request } else { &self.response };
        let list = match fields.get("headers") {
            None => return Ok(Vec::new()),
            Some(Value::Array(list)) => list,
            Some(other) => return Err(fields.wrong("headers", "an array", other)),
        };
        let text = |header: &Value, key: &str| header.get(key).and_then(Value::as_str).map(str::to_owned);
        let header = |header: &Value| {
            let name = text(header, "name")?.to_ascii_lowercase();
            Some((name, text(header, "value").unwrap_or_default()))
        };
        Ok(list.iter().filter_map(header).collect())
    }

    /// The body of the request; whether it is all of it, only what it says can show.
    pub(super) fn request_body(&self) -> Body {
        let data = self.request.get("postData");
        let Some(text) = data.and_then(|data| data.get("text")).and_then(Value::as_str) else {
            return Body::Unrecorded;
        };
        let encoding = data.and_then(|data| data.get("encoding").or_else(|| data.get("_encoding")));
        body(text, encoding.and_then(Value::as_str))
    }

    fn response_body(&self) -> Result<Body, HarError> {
        let content = self.response.inner("content", "response.content")?;
        let size = content.get("size").and_then(Value::as_f64).unwrap_or(-1.0);
        let Some(text) = content.get("text").and_then(Value::as_str) else {
            let empty = size == 0.0 && content.get("_file").is_none() && !self.was_broken_off();
            return Ok(if empty { Body::Whole(Vec::new()) } else { Body::Unrecorded });
        };
        let body = body(text, content.get("encoding").and_then(Value::as_str));
        Ok(match body {
            #[allow(clippy::cast_precision_loss)]
            Body::Whole(bytes) if self.was_broken_off() || (bytes.len() as f64) < size => Body::Cut(bytes),
            body => body,
        })
    }

    /// Whether the writer noted that the answer did not come to its end.
    fn was_broken_off(&self) -> bool {
        ["_error", "_failureText"].iter().any(|key| self.entry.get(key).or_else(|| self.response.get(key)).is_some())
    }
}

/// A body as it was before it was written down.
fn body(text: &str, encoding: Option<&str>) -> Body {
    match encoding {
        None | Some("") => Body::Whole(text.as_bytes().to_vec()),
        Some(encoding) if encoding.eq_ignore_ascii_case("base64") => {
            let text: String = text.split_ascii_whitespace().collect();
            STANDARD.decode(text).map_or(Body::Unrecorded, Body::Whole)
        }
        Some(_) => Body::Unrecorded,
    }
}

/// Origin, path and query of a URL; the origin in lower case, without credentials and without a port that says nothing.
pub(super) fn split(url: &str) -> (String, String, String) {
    let url = url.split_once('#').map_or(url, |(url, _)| url);
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_ascii_lowercase();
    let scheme = scheme.to_ascii_lowercase();
    let usual = match scheme.as_str() {
        "http" => ":80",
        "https" => ":443",
        _ => "",
    };
    let host = host.strip_suffix(usual).unwrap_or(&host);
    let origin = if scheme.is_empty() { host.to_owned() } else { format!("{scheme}://{host}") };
    (origin, path.to_owned(), query.to_owned())
}
