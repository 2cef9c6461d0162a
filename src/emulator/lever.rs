//! The server's side of the lever protocol, version 1: from a request to an event, or to the list of levers.

use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::json;

use super::machine::Event;
use super::settings::Lever;
use crate::driver::{ApiError, HttpRequest, HttpResponse};
use crate::history::{Condition, Content, Name};

/// Where the protocol lives under the endpoint's base URL.
const ROOT: &str = "/_conformance/v1";

/// What a request of the protocol asks for.
#[derive(Debug)]
pub(super) enum Asked {
    /// The list of levers.
    List,
    /// That something happens.
    Happen(Event<'static>),
}

#[derive(Deserialize)]
struct ImageBody {
    code: Option<String>,
    condition: String,
}

/// What a request asks for; `None` if it is not one of the protocol, or no lever is offered.
pub(super) fn asked(request: &HttpRequest, offered: &[Lever]) -> Option<Result<Asked, ApiError>> {
    let path = request.path.split('?').next().unwrap_or_default();
    let rest = path.strip_prefix(ROOT)?;
    if offered.is_empty() || !(rest.is_empty() || rest.starts_with('/')) {
        return None;
    }
    let segments: Vec<&str> = rest.split('/').skip(1).filter(|segment| !segment.is_empty()).collect();
    Some(match (request.method, segments.as_slice()) {
        ("GET", []) => Ok(Asked::List),
        ("PUT", ["images", image]) => decoded(image).and_then(|image| {
            let content = content(&request.body, offered)?;
            Ok(Asked::Happen(Event::Image(image, content)))
        }),
        ("POST", ["functions", function, "idle"]) if offered.contains(&Lever::Idle) => {
            decoded(function).map(|function| Asked::Happen(Event::Idle(function)))
        }
        _ => Err(ApiError { status: 404, code: "PathNotSupported".to_owned(), message: "no such lever.".to_owned() }),
    })
}

/// The answer that lists the levers.
pub(super) fn list(offered: &[Lever]) -> HttpResponse {
    let words: Vec<&str> = offered.iter().map(|lever| lever.as_str()).collect();
    HttpResponse {
        status: 200,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: json!({ "version": 1, "levers": words }).to_string().into_bytes(),
    }
}

/// The answer to a lever that did what it does.
pub(super) fn done() -> HttpResponse {
    HttpResponse { status: 204, ..HttpResponse::default() }
}

fn invalid(message: String) -> ApiError {
    ApiError { status: 400, code: "InvalidArgument".to_owned(), message }
}

fn decoded(segment: &str) -> Result<Name, ApiError> {
    let text = percent_decode_str(segment).decode_utf8();
    text.map(|text| Name::from(text.as_ref())).map_err(|_| invalid("the path is not UTF-8.".to_owned()))
}

fn content(body: &[u8], offered: &[Lever]) -> Result<Content, ApiError> {
    let body: ImageBody =
        serde_json::from_slice(body).map_err(|error| invalid(format!("the body is not as it should be: {error}.")))?;
    let Some(condition) = Condition::parse(&body.condition) else {
        return Err(invalid(format!("there is no condition '{}'.", body.condition)));
    };
    let needed = match condition {
        Condition::Ready => Lever::Publish,
        Condition::Held => Lever::Hold,
        Condition::Failing => Lever::Fail,
        Condition::Missing => Lever::Delete,
    };
    if !offered.contains(&needed) {
        return Err(invalid(format!("the lever '{}' is not offered.", needed.as_str())));
    }
    match (condition, body.code) {
        (Condition::Missing, None) => Ok(Content::MISSING),
        (Condition::Missing, Some(_)) => Err(invalid("a missing image has no code.".to_owned())),
        (_, Some(code)) if is_code(&code) => Ok(Content { code: Some(Name::from(code)), condition }),
        _ => Err(invalid("a code is 1 to 200 printable ASCII characters without space and '@'.".to_owned())),
    }
}

fn is_code(text: &str) -> bool {
    (1..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'@')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &'static str, path: &str, body: &str) -> HttpRequest {
        HttpRequest { method, path: path.to_owned(), headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn an_image_is_one_percent_encoded_segment() {
        let body = r#"{"code":"sha256:1","condition":"held"}"#;
        let asked = asked(&request("PUT", "/_conformance/v1/images/reg%2Fa%3Av1", body), &Lever::ALL);
        let Some(Ok(Asked::Happen(Event::Image(image, content)))) = asked else { panic!("{asked:?}") };
        assert_eq!(&*image, "reg/a:v1");
        assert_eq!(content, Content { code: Some("sha256:1".into()), condition: Condition::Held });
    }

    #[test]
    fn malformed_bodies_are_client_errors() {
        let too_long = format!(r#"{{"code":"{}","condition":"ready"}}"#, "x".repeat(201));
        for body in [
            "",
            "[]",
            r#"{"code":"a"}"#,
            r#"{"code":null,"condition":"ready"}"#,
            r#"{"code":"a","condition":"missing"}"#,
            r#"{"code":"a b","condition":"ready"}"#,
            r#"{"code":"a@b","condition":"ready"}"#,
            r#"{"code":"a","condition":"lost"}"#,
            &too_long,
        ] {
            let asked = asked(&request("PUT", "/_conformance/v1/images/a", body), &Lever::ALL);
            assert!(matches!(&asked, Some(Err(error)) if error.status == 400), "{body}: {asked:?}");
        }
    }

    #[test]
    fn what_is_not_offered_is_not_there() {
        assert!(asked(&request("GET", "/_conformance/v1", ""), &[]).is_none());
        let body = r#"{"code":"a","condition":"held"}"#;
        assert!(matches!(
            asked(&request("PUT", "/_conformance/v1/images/a", body), &[Lever::Publish]),
            Some(Err(ApiError { status: 400, .. }))
        ));
        assert!(matches!(
            asked(&request("POST", "/_conformance/v1/functions/f/idle", ""), &[Lever::Publish]),
            Some(Err(ApiError { status: 404, .. }))
        ));
    }
}
