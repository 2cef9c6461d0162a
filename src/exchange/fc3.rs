//! Exchanges of Function Compute 3.0: what was asked; what an answer means is read as a run reads it.

use super::join::{Asked, Said, join};
use super::{Body, Dialect, Exchange, Reading, Reason, Replies, Untold};
use crate::driver::{Dialect as _, HttpResponse, Meaning, Request, fc3, path};
use crate::history::{Name, Trace};
use serde_json::{Map, Value};

/// The only runtime that has function states to speak of.
const RUNTIME: &str = "custom-container";

pub(super) struct Fc3;

impl Dialect for Fc3 {
    fn name(&self) -> Option<&'static str> {
        Some("fc3")
    }

    fn root(&self) -> &'static str {
        "/2023-03-30/functions"
    }

    fn read(&self, exchange: &Exchange, route: &[&str], replies: &Replies) -> Reading {
        let function = |segment: &str| path::decode(segment).filter(|name| !name.is_empty()).map(Name::from);
        let asked = match (exchange.method.as_str(), route) {
            ("POST", []) => Ok(create(exchange)),
            ("POST", [name, "invoke", "disable" | "enable"]) => {
                let untold = Untold { function: function(name), start: exchange.start };
                return Reading::Untold(untold, Reason::Undocumented);
            }
            (method, [name, rest @ ..]) => match function(name) {
                Some(function) => ask(exchange, method, rest, function),
                None => Err(Reason::Other),
            },
            _ => Err(Reason::Other),
        };
        match asked {
            Ok(asked) => {
                let (said, trace) = said(exchange, &asked);
                join(exchange, asked, said, trace, replies)
            }
            Err(reason) => Reading::LeftOut(reason),
        }
    }
}

fn ask(exchange: &Exchange, method: &str, route: &[&str], function: Name) -> Result<Asked, Reason> {
    let qualified = is_qualified(&exchange.query);
    match (method, route) {
        ("GET" | "PUT" | "DELETE", []) if qualified => Err(Reason::Qualified),
        ("GET", []) => Ok(Asked::Get { function }),
        ("DELETE", []) => Ok(Asked::Delete { function }),
        ("PUT", []) => {
            let body = exchange.request.body.object();
            Ok(Asked::Update { function, image: body.as_ref().and_then(image) })
        }
        ("POST", ["invocations"]) => {
            let kind = exchange.request.header("x-fc-invocation-type");
            let accepted_only = exchange.answer.as_ref().is_some_and(|answer| answer.status == 202);
            Ok(if qualified {
                Asked::OddInvoke { function, why: Reason::Qualified }
            } else if accepted_only || kind.is_some_and(|kind| kind.eq_ignore_ascii_case("async")) {
                Asked::OddInvoke { function, why: Reason::Asynchronous }
            } else {
                Asked::Invoke { function }
            })
        }
        _ => Err(Reason::Other),
    }
}

/// Of a creation whose request was not recorded, the answer tells the function.
fn create(exchange: &Exchange) -> Asked {
    let request = exchange.request.body.object();
    let answer = exchange.answer.as_ref().and_then(|answer| answer.message.body.object());
    let name = |body: &Option<Map<String, Value>>| text(body.as_ref()?, "functionName");
    let function = name(&request).or_else(|| name(&answer));
    Asked::Create { function, image: request.as_ref().and_then(image) }
}

fn image(body: &Map<String, Value>) -> Option<Name> {
    text(body.get("customContainerConfig")?.as_object()?, "image")
}

fn text(object: &Map<String, Value>, key: &str) -> Option<Name> {
    object.get(key)?.as_str().filter(|text| !text.is_empty()).map(Name::from)
}

fn is_qualified(query: &str) -> bool {
    let mut qualifiers = query.split('&').filter_map(|pair| pair.strip_prefix("qualifier="));
    qualifiers.any(|qualifier| !matches!(qualifier, "" | "LATEST"))
}

fn said(exchange: &Exchange, asked: &Asked) -> (Said, Trace) {
    let Some(answer) = &exchange.answer else { return (Said::Unclear(Reason::NoAnswer), Trace::default()) };
    let body = &answer.message.body;
    let (headers, bytes) = (answer.message.headers.clone(), body.bytes().to_vec());
    let response = HttpResponse { status: answer.status, headers, body: bytes };
    let reply = fc3::Fc3.decode(&request(asked), &response);
    let said = match reply.meaning {
        Meaning::Done => match asked {
            Asked::Create { .. } if is_of_another_runtime(exchange.request.body.object()) => {
                Said::NotJudged(Reason::OtherRuntime)
            }
            _ => Said::Done,
        },
        Meaning::Reported(report) => {
            let body = body.object();
            let silent = report.state.is_empty() && !body.as_ref().is_some_and(|body| body.contains_key("runtime"));
            if is_of_another_runtime(body) {
                Said::NotJudged(Reason::OtherRuntime)
            } else if silent {
                Said::Unclear(Reason::Malformed)
            } else {
                Said::Reported(report)
            }
        }
        Meaning::Served(reply) => Said::Served(reply.filter(|_| matches!(body, Body::Whole(_)))),
        // Only the API's own form shows that the API has refused, and no other server on the way.
        Meaning::Refused if reply.trace.error.is_some() => Said::Refused,
        Meaning::Refused => Said::Unclear(Reason::NotOfTheApi),
        Meaning::Throttled(_) => Said::Throttled,
        Meaning::Unknown if matches!(body, Body::Whole(_)) => Said::Unclear(Reason::Malformed),
        Meaning::Unknown => Said::Unclear(Reason::NoBody),
    };
    (said, reply.trace)
}

/// What a run would have asked: to read an answer, only the kind matters.
fn request(asked: &Asked) -> Request {
    let (function, image) = (Name::from(""), Name::from(""));
    match asked {
        Asked::Create { .. } => Request::Create { function, image },
        Asked::Update { .. } => Request::Update { function, image },
        Asked::Get { .. } => Request::Get { function },
        Asked::Invoke { .. } | Asked::OddInvoke { .. } => Request::Invoke { function },
        Asked::Delete { .. } => Request::Delete { function },
    }
}

fn is_of_another_runtime(body: Option<Map<String, Value>>) -> bool {
    body.and_then(|body| text(&body, "runtime")).is_some_and(|runtime| &*runtime != RUNTIME)
}
