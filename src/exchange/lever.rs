//! Exchanges of the lever protocol, version 1, which the run of another may have left in the traffic.

use super::{Dialect, Exchange, Reading, Reason, Replies, Untold};
use crate::driver::path;
use crate::history::{Condition, Content, Event, Name, Operation, Trace};
use serde_json::Value;

pub(super) struct Lever;

impl Dialect for Lever {
    fn name(&self) -> Option<&'static str> {
        None
    }

    fn root(&self) -> &'static str {
        "/_conformance/v1"
    }

    fn read(&self, exchange: &Exchange, route: &[&str], _: &Replies) -> Reading {
        let name = |segment: &str| path::decode(segment).filter(|name| !name.is_empty()).map(Name::from);
        let event = match (exchange.method.as_str(), route) {
            ("PUT", ["images", image]) => {
                let Some(image) = name(image) else { return Reading::LeftOut(Reason::Other) };
                match content(exchange) {
                    Some(content) => Event::Image { image, content },
                    None if is_refused(exchange) => return Reading::LeftOut(Reason::Malformed),
                    // Any function may use it.
                    None => {
                        return Reading::Untold(Untold { function: None, start: exchange.start }, Reason::NoBody);
                    }
                }
            }
            ("POST", ["functions", function, "idle"]) => match name(function) {
                Some(function) => Event::Idle { function },
                None => return Reading::LeftOut(Reason::Other),
            },
            _ => return Reading::LeftOut(Reason::Other),
        };
        let status = exchange.answer.as_ref().map(|answer| answer.status);
        // Whatever was not accepted may yet come to pass.
        let end = exchange.end.filter(|_| status.is_some_and(|status| (200..300).contains(&status)));
        let trace = Trace { status, ..Trace::default() };
        Reading::Operation(Operation { line: exchange.line, start: exchange.start, end, event, trace })
    }
}

fn is_refused(exchange: &Exchange) -> bool {
    exchange.answer.as_ref().is_some_and(|answer| (400..500).contains(&answer.status))
}

fn content(exchange: &Exchange) -> Option<Content> {
    let body = exchange.request.body.object()?;
    let condition = Condition::parse(body.get("condition")?.as_str()?)?;
    let code = body.get("code").and_then(Value::as_str).filter(|code| !code.is_empty());
    match (condition, code) {
        (Condition::Missing, None) => Some(Content::MISSING),
        (Condition::Missing, Some(_)) | (_, None) => None,
        (condition, Some(code)) => Some(Content { code: Some(code.into()), condition }),
    }
}
