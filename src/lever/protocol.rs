//! The lever protocol, version 1, from the client's side: which levers an endpoint offers, and their use.
//!
//! Encoding and reading are pure; only [`Protocol`] and [`discover`] send. It must not know which endpoint it speaks to, nor when a lever
//! should be pulled.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, FutureExt};
use serde_json::{Value, json};

use super::{Effect, Idling, Images, LeverSet, Levers, Meanwhile, code};
use crate::driver::answer::body_kind;
use crate::driver::{Client, Exchange, Failure, HttpRequest, HttpResponse, RequestTag, path};
use crate::history::{Content, Name};
use crate::requirement::Lever;

/// Where the protocol lives under an endpoint's base URL.
const ROOT: &str = "/_conformance/v1";

/// The longest part of a refusal's body that is kept.
const TEXT_LIMIT: usize = 500;

/// What an endpoint that answered says of levers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Discovery {
    /// It offers these.
    Offered(LeverSet),
    /// It offers none: its answer was another than the protocol's, as this says.
    NotOffered(String),
}

/// Asks the endpoint which levers it offers.
///
/// # Errors
/// When there is no complete answer, which says nothing of levers.
pub async fn discover(client: &Client, tag: &RequestTag, timeout: Duration) -> Result<Discovery, Failure> {
    match client.send(&discovery(), tag, timeout).await {
        Exchange::Complete(response) => Ok(read_discovery(&response)),
        Exchange::Failed(failure) => Err(failure),
    }
}

/// The levers that an endpoint offers over HTTP: on images, and to leave functions idle.
#[derive(Debug, Clone)]
pub struct Protocol {
    client: Client,
    offered: LeverSet,
}

impl Protocol {
    /// The levers behind this client, of which these are offered.
    #[must_use]
    pub const fn new(client: Client, offered: LeverSet) -> Self {
        Self { client, offered }
    }

    /// All that is offered behind this client.
    #[must_use]
    pub fn levers(client: Client, offered: LeverSet) -> Levers {
        let protocol = Arc::new(Self::new(client, offered));
        let levers = Levers::none().with_images(Arc::clone(&protocol) as Arc<dyn Images>);
        if offered.contains(Lever::Idle) { levers.with_idling(protocol) } else { levers }
    }

    async fn pull(&self, request: HttpRequest, tag: &RequestTag, timeout: Duration) -> Effect {
        match self.client.send(&request, tag, timeout).await {
            Exchange::Complete(response) => read_effect(&response),
            Exchange::Failed(failure) => Effect::Unknown(failure.to_string()),
        }
    }
}

impl Images for Protocol {
    fn offered(&self) -> LeverSet {
        self.offered
    }

    /// A digest that no other revision has, in the form that registries use: the suite chooses it.
    fn code(&self, revision: &str) -> Name {
        code::digest(revision)
    }

    /// The program answers with its digest.
    fn served(&self, reply: &str) -> Option<Name> {
        Some(code::cut(reply))
    }

    fn set<'a>(
        &'a self,
        image: &'a str,
        content: &'a Content,
        _: Meanwhile,
        tag: &'a RequestTag,
        timeout: Duration,
    ) -> BoxFuture<'a, Effect> {
        self.pull(set_image(image, content), tag, timeout).boxed()
    }
}

impl Idling for Protocol {
    fn leave<'a>(&'a self, function: &'a str, tag: &'a RequestTag, timeout: Duration) -> BoxFuture<'a, Effect> {
        self.pull(idle(function), tag, timeout).boxed()
    }
}

/// The request that asks which levers exist.
#[must_use]
pub fn discovery() -> HttpRequest {
    request("GET", ROOT.to_owned(), None)
}

/// The request after which a reference stands for this content.
#[must_use]
pub fn set_image(image: &str, content: &Content) -> HttpRequest {
    let body = json!({ "code": content.code.as_deref(), "condition": content.condition.as_str() });
    request("PUT", format!("{ROOT}/images/{}", path::encode(image)), Some(&body))
}

/// The request after which a function has been idle for long enough.
#[must_use]
pub fn idle(function: &str) -> HttpRequest {
    request("POST", format!("{ROOT}/functions/{}/idle", path::encode(function)), None)
}

fn request(method: &'static str, path: String, body: Option<&Value>) -> HttpRequest {
    let mut headers = vec![("accept".to_owned(), "application/json".to_owned())];
    if body.is_some() {
        headers.push(("content-type".to_owned(), "application/json".to_owned()));
    }
    HttpRequest { method, path, headers, body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default() }
}

/// What the answer to the first request says. A lever of an unknown name is one of a later version, and not used.
#[must_use]
pub fn read_discovery(response: &HttpResponse) -> Discovery {
    if response.status != 200 {
        return Discovery::NotOffered(format!("HTTP status {} at {ROOT}", response.status));
    }
    let Ok(Value::Object(body)) = serde_json::from_slice(&response.body) else {
        return Discovery::NotOffered(format!("{} at {ROOT}", body_kind(response)));
    };
    if body.get("version").and_then(Value::as_u64) != Some(1) {
        return Discovery::NotOffered(format!("the answer at {ROOT} is not of version 1"));
    }
    let words = body.get("levers").and_then(Value::as_array);
    match words.and_then(|words| words.iter().map(Value::as_str).collect::<Option<Vec<_>>>()) {
        Some(words) => Discovery::Offered(words.into_iter().filter_map(Lever::parse).collect()),
        None => Discovery::NotOffered(format!("the answer at {ROOT} has no list of levers")),
    }
}

/// What the answer to the use of a lever says.
#[must_use]
pub fn read_effect(response: &HttpResponse) -> Effect {
    match response.status {
        200..300 => Effect::Done,
        status @ 400..500 => {
            let text = String::from_utf8_lossy(&response.body);
            let text: String = text.trim().chars().take(TEXT_LIMIT).collect();
            Effect::Refused(format!("HTTP status {status}: {text}"))
        }
        status => Effect::Unknown(format!("HTTP status {status}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Condition;

    fn answer(status: u16, body: &str) -> HttpResponse {
        HttpResponse { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn requests_are_those_of_the_protocol() {
        let get = discovery();
        assert_eq!((get.method, get.path.as_str(), get.body.len()), ("GET", "/_conformance/v1", 0));

        let held = Content { code: Some("sha256:0f".into()), condition: Condition::Held };
        let put = set_image("r.example:5000/ns/a:1", &held);
        assert_eq!((put.method, put.path.as_str()), ("PUT", "/_conformance/v1/images/r.example%3A5000%2Fns%2Fa%3A1"));
        assert_eq!(put.body, br#"{"code":"sha256:0f","condition":"held"}"#);
        assert_eq!(set_image("a", &Content::MISSING).body, br#"{"code":null,"condition":"missing"}"#);

        let post = idle("f-1");
        assert_eq!((post.method, post.path.as_str()), ("POST", "/_conformance/v1/functions/f-1/idle"));
        assert_eq!(post.body.len(), 0);
    }

    #[test]
    fn only_the_answer_of_the_protocol_offers_levers() {
        let offered = |body| match read_discovery(&answer(200, body)) {
            Discovery::Offered(levers) => levers.to_string(),
            Discovery::NotOffered(why) => why,
        };
        for (body, expected) in [
            (
                r#"{"version":1,"levers":["publish","hold","fail","delete","idle"]}"#,
                "publish, hold, fail, delete, idle",
            ),
            (r#"{"levers":["idle","rewind","publish","idle"],"version":1,"x":[]}"#, "publish, idle"),
            (r#"{"version":1,"levers":[]}"#, "none"),
            (r#"{"version":2,"levers":["idle"]}"#, "the answer at /_conformance/v1 is not of version 1"),
            (r#"{"version":"1","levers":["idle"]}"#, "the answer at /_conformance/v1 is not of version 1"),
            (r#"{"version":1,"levers":["idle",7]}"#, "the answer at /_conformance/v1 has no list of levers"),
            (r#"{"version":1,"levers":"idle"}"#, "the answer at /_conformance/v1 has no list of levers"),
            ("<html>hello", "an HTML page of 11 bytes at /_conformance/v1"),
            ("", "an empty body at /_conformance/v1"),
        ] {
            assert_eq!(offered(body), expected, "{body}");
        }
        let not_found = read_discovery(&answer(404, r#"{"version":1,"levers":["idle"]}"#));
        assert_eq!(not_found, Discovery::NotOffered("HTTP status 404 at /_conformance/v1".to_owned()));
    }

    #[test]
    fn a_lever_that_was_not_answered_with_success_or_refusal_may_have_worked() {
        assert_eq!(read_effect(&answer(204, "")), Effect::Done);
        assert_eq!(read_effect(&answer(200, "<html>")), Effect::Done);
        let refused = Effect::Refused("HTTP status 404: no such function".to_owned());
        assert_eq!(read_effect(&answer(404, " no such function\n")), refused);
        assert_eq!(read_effect(&answer(500, "no")), Effect::Unknown("HTTP status 500".to_owned()));
        assert_eq!(read_effect(&answer(302, "")), Effect::Unknown("HTTP status 302".to_owned()));
        let Effect::Refused(text) = read_effect(&answer(400, &"é".repeat(9_000))) else { unreachable!() };
        assert_eq!(text.chars().filter(|char| *char == 'é').count(), 500);
    }
}
