//! What the client's side signs is let in, and nothing else is.

use super::*;
use crate::driver::auth::{self, Credentials, Moment, Signable};

const TIME: &str = "2026-01-02T03:04:05Z";

fn now() -> SystemTime {
    humantime::parse_rfc3339(TIME).unwrap()
}

/// A request that is signed with these words, a minute ago.
fn signed(scheme: &str, id: &str, secret: &str, token: Option<&str>) -> HttpRequest {
    let vendor = [("x-acs-action", "GetFunction"), ("x-acs-version", "2023-03-30"), ("content-type", "text/plain")];
    let mut headers: Vec<(String, String)> =
        vendor.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let (path, query) = ("/2023-03-30//functions/a%3Ab", "b=%2f&a=1");
    let credentials = Credentials::new(id.to_owned(), secret.to_owned(), token.map(str::to_owned), None).unwrap();
    let request = Signable { method: "POST", host: "localhost:1", path, query, headers: &headers, body: b"body" };
    let moment = Moment::new(now() - Duration::from_secs(60), [7; 16]);
    let added = auth::by_name(scheme).unwrap().sign(&request, &credentials, &moment);
    headers.push(("host".to_owned(), "localhost:1".to_owned()));
    headers.extend(added);
    HttpRequest { method: "POST", path: format!("{path}?{query}"), headers, body: b"body".to_vec() }
}

fn answer(scheme: &str, request: &HttpRequest) -> String {
    let keys = Keys::parse("plain s3cret\ntemporary s3cret token").unwrap();
    match Guard::asking_for(scheme).unwrap()(keys).admit(request, now()) {
        Ok(()) => "let in".to_owned(),
        Err(error) => format!("{} {}", error.status, error.code),
    }
}

#[test]
fn every_scheme_of_the_client_has_its_verifier() {
    let schemes: Vec<&str> = auth::SCHEMES.iter().map(|scheme| scheme.name()).collect();
    assert_eq!(Guard::schemes(), schemes);
    for scheme in schemes {
        assert_eq!(answer(scheme, &signed(scheme, "plain", "s3cret", None)), "let in");
        assert_eq!(answer(scheme, &signed(scheme, "temporary", "s3cret", Some("token"))), "let in");
    }
}

/// What the vendor's SDKs sent, and its documentation prints, over whichever headers.
#[test]
fn the_vectors_are_let_in_and_not_with_another_secret() {
    let all: serde_json::Value = serde_json::from_str(include_str!("../../../tests/vectors/acs3.json")).unwrap();
    for vector in all["vectors"].as_array().unwrap() {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let query: Vec<String> =
            vector["query"].as_object().unwrap().iter().map(|(key, value)| format!("{key}={}", text(value))).collect();
        let mut headers: Vec<(String, String)> = vector["headers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.to_lowercase(), text(value)))
            .filter(|(name, _)| name != "authorization")
            .collect();
        headers.push(("authorization".to_owned(), text(&vector["authorization"])));
        let method = ["GET", "POST", "PUT", "DELETE"].into_iter().find(|method| *method == vector["method"]).unwrap();
        let path = format!("{}?{}", text(&vector["pathname"]), query.join("&"));
        let request = HttpRequest { method, path, headers, body: text(&vector["body"]).into_bytes() };
        let time = humantime::parse_rfc3339(&header(&request, "x-acs-date").unwrap()).unwrap();
        let own = |key: &str| text(vector.get(key).unwrap_or(&all[key]));
        let token = header(&request, "x-acs-security-token").unwrap_or_default();
        let keys = |secret: &str| Keys::parse(&format!("{} {secret} {token}", own("access_key_id"))).unwrap();
        let admit = |secret: &str| Guard::asking_for("acs3").unwrap()(keys(secret)).admit(&request, time);
        assert_eq!(admit(&own("access_key_secret")), Ok(()), "{}", vector["name"]);
        assert_eq!(admit("another").unwrap_err().code, "SignatureDoesNotMatch", "{}", vector["name"]);
    }
}

#[test]
fn who_is_not_who_they_say_is_refused_in_the_words_of_the_api() {
    for (scheme, id, secret, token, said) in [
        ("acs3", "nobody", "s3cret", None, "403 InvalidAccessKeyId.NotFound"),
        ("acs3", "plain", "wrong", None, "403 SignatureDoesNotMatch"),
        ("acs3", "temporary", "s3cret", None, "403 MissingSecurityToken"),
        ("acs3", "temporary", "s3cret", Some("other"), "403 InvalidSecurityToken.Mismatch"),
        ("acs3", "plain", "s3cret", Some("token"), "403 InvalidSecurityToken.Mismatch"),
        ("aws4", "nobody", "s3cret", None, "403 UnrecognizedClientException"),
        ("aws4", "plain", "wrong", None, "403 InvalidSignatureException"),
        ("aws4", "temporary", "s3cret", None, "403 UnrecognizedClientException"),
        ("aws4", "temporary", "s3cret", Some("other"), "403 UnrecognizedClientException"),
    ] {
        assert_eq!(answer(scheme, &signed(scheme, id, secret, token)), said, "{scheme} {id} {secret} {token:?}");
    }
    let (acs3, aws4) = (signed("acs3", "plain", "s3cret", None), signed("aws4", "plain", "s3cret", None));
    assert_eq!(answer("acs3", &aws4), "403 IncompleteSignature");
    assert_eq!(answer("aws4", &acs3), "403 IncompleteSignatureException");
}

/// Does something to a request that is rightly signed.
type Change = fn(&mut HttpRequest);

fn put(request: &mut HttpRequest, name: &str, value: &str) {
    request.headers.retain(|(key, _)| key != name);
    request.headers.push((name.to_owned(), value.to_owned()));
}

fn edit(request: &mut HttpRequest, from: &str, to: &str) {
    let changed = header(request, "authorization").unwrap().replacen(from, to, 1);
    assert!(Some(&changed) != header(request, "authorization").as_ref(), "{from} is not there");
    put(request, "authorization", &changed);
}

#[test]
fn nothing_that_is_signed_can_be_changed() {
    let changes: &[(&str, Change, &str, &str)] = &[
        ("method", |request| request.method = "PUT", "SignatureDoesNotMatch", "InvalidSignatureException"),
        ("path", |request| request.path.insert(1, 'x'), "SignatureDoesNotMatch", "InvalidSignatureException"),
        ("query", |request| request.path.push_str("&c"), "SignatureDoesNotMatch", "InvalidSignatureException"),
        ("host", |request| put(request, "host", "other"), "SignatureDoesNotMatch", "InvalidSignatureException"),
        ("body", |request| request.body.push(b'!'), "SignatureDoesNotMatch", "InvalidSignatureException"),
        ("type", |request| put(request, "content-type", "x"), "SignatureDoesNotMatch", "InvalidSignatureException"),
        ("none", |request| put(request, "authorization", ""), "IncompleteSignature", "IncompleteSignatureException"),
        ("no host", |request| edit(request, ";host", ""), "IncompleteSignature", "IncompleteSignatureException"),
        (
            "a short signature",
            |request| {
                let longer = header(request, "authorization").unwrap();
                put(request, "authorization", &longer[..longer.len() - 1]);
            },
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
        ),
        (
            "no such digit",
            |request| {
                let signature = header(request, "authorization").unwrap();
                put(request, "authorization", &format!("{}+1", &signature[..signature.len() - 2]));
            },
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
        ),
    ];
    for (what, change, acs3, aws4) in changes {
        for (scheme, code) in [("acs3", acs3), ("aws4", aws4)] {
            let mut request = signed(scheme, "plain", "s3cret", None);
            change(&mut request);
            assert_eq!(answer(scheme, &request), format!("403 {code}"), "{scheme}: {what}");
        }
    }
}

#[test]
fn what_must_be_there_and_signed_is() {
    let changes: &[(&str, Change, &str)] = &[
        ("acs3", |request| request.headers.retain(|(name, _)| name != "authorization"), "MissingAccessKeyId"),
        ("acs3", |request| request.headers.retain(|(name, _)| name != "x-acs-action"), "IncompleteSignature"),
        ("acs3", |request| put(request, "x-acs-extra", "1"), "IncompleteSignature"),
        ("acs3", |request| put(request, "x-acs-date", "yesterday"), "InvalidTimeStamp.Format"),
        ("acs3", |request| put(request, "x-acs-date", "2026-01-02T02:49:04Z"), "InvalidTimeStamp.Expired"),
        ("acs3", |request| put(request, "x-acs-date", "2026-01-02T03:19:06Z"), "InvalidTimeStamp.Expired"),
        ("acs3", |request| put(request, "x-acs-date", "2026-01-02T03:19:05Z"), "SignatureDoesNotMatch"),
        ("acs3", |request| edit(request, "Signature=", "Signature=0,Signature="), "IncompleteSignature"),
        (
            "aws4",
            |request| request.headers.retain(|(name, _)| name != "authorization"),
            "MissingAuthenticationTokenException",
        ),
        ("aws4", |request| put(request, "x-amz-extra", "1"), "IncompleteSignatureException"),
        ("aws4", |request| put(request, "x-amz-date", "20260102T030405"), "IncompleteSignatureException"),
        ("aws4", |request| put(request, "x-amz-date", "20260102T024904Z"), "InvalidSignatureException"),
        ("aws4", |request| edit(request, "/lambda/", "/s3/"), "InvalidSignatureException"),
        ("aws4", |request| edit(request, "/aws4_request", ""), "IncompleteSignatureException"),
        ("aws4", |request| edit(request, "/us-east-1/", "/eu-central-1/"), "InvalidSignatureException"),
    ];
    for (scheme, change, code) in changes {
        let mut request = signed(scheme, "plain", "s3cret", None);
        change(&mut request);
        assert_eq!(answer(scheme, &request), format!("403 {code}"), "{:?}", request.headers);
    }
}

#[test]
fn headers_that_need_not_be_signed_may_change_on_the_way() {
    for scheme in ["acs3", "aws4"] {
        let mut request = signed(scheme, "plain", "s3cret", None);
        put(&mut request, "user-agent", "a proxy");
        put(&mut request, "x-fc-invocation-type", "Sync");
        assert_eq!(answer(scheme, &request), "let in");
    }
}
