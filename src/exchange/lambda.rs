//! Exchanges of the Lambda API (version 2015-03-31), read as widely as its servers differ.

use super::join::{Asked, Said, join, unrecorded};
use super::{Body, Dialect, Exchange, Reading, Reason, Replies};
use crate::driver::path;
use crate::history::{Name, Report, Trace};
use serde_json::{Map, Value};

/// States that the documented ones know nothing of: what comes after them cannot be told.
const LATER_STATES: &[&str] = &["ActiveNonInvocable", "Deactivating", "Deactivated", "Deleting"];

pub(super) struct Lambda;

impl Dialect for Lambda {
    fn name(&self) -> Option<&'static str> {
        Some("lambda")
    }

    fn root(&self) -> &'static str {
        "/2015-03-31/functions"
    }

    fn read(&self, exchange: &Exchange, route: &[&str], replies: &Replies) -> Reading {
        let asked = match (exchange.method.as_str(), route) {
            ("POST", []) => Ok(create(exchange)),
            (method, [name, rest @ ..]) => match Named::parse(name, &exchange.query) {
                Some(named) => ask(exchange, method, rest, named),
                None => Err(Reason::Other),
            },
            _ => Err(Reason::Other),
        };
        match asked {
            Ok(asked) => {
                let (said, trace) = said(exchange, &asked, route);
                join(exchange, asked, said, trace, replies)
            }
            Err(reason) => Reading::LeftOut(reason),
        }
    }
}

/// A function as a path names it.
struct Named {
    function: Name,
    qualified: bool,
}

impl Named {
    /// The name, the whole or the end of an ARN, each with or without a qualifier behind it.
    fn parse(segment: &str, query: &str) -> Option<Self> {
        let text = path::decode(segment)?;
        let name = match text.split_once("function:") {
            Some((_, name)) => name,
            None => &text,
        };
        let (name, behind) = name.split_once(':').unwrap_or((name, ""));
        let asked = query.split('&').filter_map(|pair| pair.strip_prefix("Qualifier="));
        let qualified = std::iter::once(behind).chain(asked).any(|one| !matches!(one, "" | "$LATEST" | "%24LATEST"));
        (!name.is_empty()).then(|| Self { function: name.into(), qualified })
    }
}

fn ask(exchange: &Exchange, method: &str, route: &[&str], named: Named) -> Result<Asked, Reason> {
    let Named { function, qualified } = named;
    match (method, route) {
        ("GET", [] | ["configuration"]) | ("DELETE", []) if qualified => Err(Reason::Qualified),
        ("GET", [] | ["configuration"]) => Ok(Asked::Get { function }),
        ("DELETE", []) => Ok(Asked::Delete { function }),
        ("PUT", ["code"]) => {
            let body = exchange.request.body.object();
            let dry = body.as_ref().and_then(|body| body.get("DryRun")).and_then(Value::as_bool) == Some(true);
            if dry {
                return Err(Reason::DryRun);
            }
            let zipped = |body: &Map<String, Value>| body.contains_key("ZipFile") || body.contains_key("S3Key");
            let image = match body {
                Some(body) if zipped(&body) => Some(unrecorded(&function, exchange)),
                Some(body) => text(&body, "ImageUri"),
                None => None,
            };
            Ok(Asked::Update { function, image })
        }
        // What else is configured may be shown as an update, too.
        ("PUT", ["configuration"]) => Ok(Asked::Update { function, image: None }),
        ("POST", ["invocations"]) => {
            let kind = exchange.request.header("x-amz-invocation-type").unwrap_or_default();
            let status = exchange.answer.as_ref().map(|answer| answer.status);
            if kind.eq_ignore_ascii_case("dryrun") {
                Err(Reason::DryRun)
            } else if qualified {
                Ok(Asked::OddInvoke { function, why: Reason::Qualified })
            } else if kind.eq_ignore_ascii_case("event") || status == Some(202) {
                Ok(Asked::OddInvoke { function, why: Reason::Asynchronous })
            } else {
                Ok(Asked::Invoke { function })
            }
        }
        ("POST", ["invoke-async"]) => Ok(Asked::OddInvoke { function, why: Reason::Asynchronous }),
        _ => Err(Reason::Other),
    }
}

/// What is deployed as a zip is an image of which nothing is known but that it was deployed.
fn create(exchange: &Exchange) -> Asked {
    let request = exchange.request.body.object();
    let answer = exchange.answer.as_ref().and_then(|answer| answer.message.body.object());
    let name = |body: &Option<Map<String, Value>>| text(body.as_ref()?, "FunctionName");
    let image = request.as_ref().and_then(|body| text(body.get("Code")?.as_object()?, "ImageUri"));
    Asked::Create { function: name(&request).or_else(|| name(&answer)), image }
}

fn text(object: &Map<String, Value>, key: &str) -> Option<Name> {
    object.get(key)?.as_str().filter(|text| !text.is_empty()).map(Name::from)
}

fn said(exchange: &Exchange, asked: &Asked, route: &[&str]) -> (Said, Trace) {
    let Some(answer) = &exchange.answer else { return (Said::Unclear(Reason::NoAnswer), Trace::default()) };
    let status = answer.status;
    let accepted = (200..300).contains(&status);
    let invoke = matches!(asked, Asked::Invoke { .. } | Asked::OddInvoke { .. });
    let body = if accepted && invoke { None } else { answer.message.body.object() };
    let error = if accepted { None } else { error(exchange, body.as_ref()) };
    let trace = Trace {
        status: Some(status),
        error: error.clone(),
        request_id: answer.message.header("x-amzn-requestid").map(str::to_owned),
        ..Trace::default()
    };
    let said = match status {
        200..300 => accept(exchange, asked, route, body),
        429 => Said::Throttled,
        400..500 if error.is_some() => Said::Refused,
        // The function could not be run; a failing service is another matter.
        500 | 502 | 503 if invoke && error.is_some() => Said::Refused,
        _ => Said::Unclear(Reason::NotOfTheApi),
    };
    (said, trace)
}

/// The kind of an error, wherever a server puts it.
fn error(exchange: &Exchange, body: Option<&Map<String, Value>>) -> Option<String> {
    let header = exchange.answer.as_ref().and_then(|answer| answer.message.header("x-amzn-errortype"));
    let kind = header.map(Name::from).or_else(|| {
        let keys = ["__type", "Type", "code", "Code"];
        keys.iter().find_map(|key| text(body?, key))
    })?;
    // It may come with a name space before it, and an address behind it.
    let kind = kind.split(':').next().unwrap_or_default();
    kind.rsplit('#').next().filter(|kind| !kind.is_empty()).map(str::to_owned)
}

fn accept(exchange: &Exchange, asked: &Asked, route: &[&str], body: Option<Map<String, Value>>) -> Said {
    let Some(answer) = &exchange.answer else { return Said::Unclear(Reason::NoAnswer) };
    let whole = matches!(answer.message.body, Body::Whole(_));
    match asked {
        Asked::Create { .. } | Asked::Update { .. } | Asked::Delete { .. } => Said::Done,
        Asked::Invoke { .. } | Asked::OddInvoke { .. } => {
            let reply = match &answer.message.body {
                Body::Whole(bytes) if answer.message.header("x-amz-function-error").is_none() => {
                    Some(String::from_utf8_lossy(bytes).trim().to_owned())
                }
                _ => None,
            };
            Said::Served(reply)
        }
        Asked::Get { .. } => match body {
            Some(body) => report(&body, route),
            None if whole => Said::Unclear(Reason::Malformed),
            None => Said::Unclear(Reason::NoBody),
        },
    }
}

fn report(body: &Map<String, Value>, route: &[&str]) -> Said {
    let of_configuration = route.last() == Some(&"configuration");
    let configuration =
        if of_configuration { Some(body) } else { body.get("Configuration").and_then(Value::as_object) };
    let Some(configuration) = configuration else { return Said::Unclear(Reason::Malformed) };
    // Some servers know no states at all; that is nothing to judge.
    let Some(state) = text(configuration, "State") else { return Said::Unclear(Reason::Malformed) };
    if LATER_STATES.contains(&&*state) {
        return Said::NotJudged(Reason::Undocumented);
    }
    // Of an image this is a digest as well, but spelled otherwise, and not surely of the same.
    let of_a_zip = configuration.get("PackageType").and_then(Value::as_str) != Some("Image");
    let zipped = text(configuration, "CodeSha256").filter(|digest| of_a_zip && digest.ends_with('='));
    let code = body.get("Code").and_then(Value::as_object);
    let resolved = code.and_then(|code| text(code, "ResolvedImageUri"));
    let resolved = resolved.and_then(|uri| Some(Name::from(uri.rsplit_once('@')?.1)));
    let digest = resolved.filter(|digest| !digest.is_empty()).or(zipped);
    Said::Reported(Report { state, status: text(configuration, "LastUpdateStatus"), digest })
}
