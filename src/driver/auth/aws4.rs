//! AWS Signature Version 4, for the service `lambda`.
//!
//! Signed are `host`, `content-type` and all `x-amz-*`. The path is percent-encoded once more than it is sent, as for
//! all services but S3.

use humantime::format_rfc3339_seconds;

use super::canonical::{Canonical, hex, hmac, sha256};
use super::{Credentials, Moment, Scheme, Signable, Variables};
use crate::driver::path;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The service that the requests are for.
const SERVICE: &str = "lambda";

/// The region where none is said, which is that of endpoints that stand in no region.
const REGION: &str = "us-east-1";

/// The names that the vendor's SDKs and command line read.
static VARIABLES: Variables<'static> = Variables {
    id: &["AWS_ACCESS_KEY_ID"],
    secret: &["AWS_SECRET_ACCESS_KEY"],
    token: &["AWS_SESSION_TOKEN"],
    region: &["AWS_REGION", "AWS_DEFAULT_REGION"],
};

/// AWS's signature, version 4.
pub struct Aws4;

impl Scheme for Aws4 {
    fn name(&self) -> &'static str {
        "aws4"
    }

    fn variables(&self) -> &'static Variables<'static> {
        &VARIABLES
    }

    fn sign(&self, request: &Signable<'_>, credentials: &Credentials, moment: &Moment) -> Vec<(String, String)> {
        let time = format_rfc3339_seconds(moment.time).to_string().replace(['-', ':'], "");
        let mut added = vec![("x-amz-date".to_owned(), time.clone())];
        if let Some(token) = credentials.token() {
            added.push(("x-amz-security-token".to_owned(), token.to_owned()));
        }
        let covered = |name: &str| name == "content-type" || name.starts_with("x-amz-");
        let mut signed: Vec<(String, String)> =
            request.headers.iter().filter(|(name, _)| covered(name)).chain(&added).cloned().collect();
        signed.push(("host".to_owned(), request.host.to_owned()));
        let scope = Scope { time: &time, region: credentials.region().unwrap_or(REGION), service: SERVICE };
        added.push(("authorization".to_owned(), scope.authorization(request, &signed, credentials)));
        added
    }
}

/// What a signature is good for.
struct Scope<'a> {
    /// `YYYYMMDDThhmmssZ`.
    time: &'a str,
    region: &'a str,
    service: &'a str,
}

impl Scope<'_> {
    fn date(&self) -> &str {
        self.time.split('T').next().unwrap_or_default()
    }

    fn text(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.date(), self.region, self.service)
    }

    fn to_sign(&self, canonical: &str) -> String {
        format!("{ALGORITHM}\n{}\n{}\n{}", self.time, self.text(), sha256(canonical.as_bytes()))
    }

    /// The value of `authorization`; the key is derived from the secret and the scope.
    fn authorization(&self, request: &Signable<'_>, headers: &[(String, String)], credentials: &Credentials) -> String {
        let Canonical { text, signed } = canonical(request, headers);
        let root = format!("AWS4{}", credentials.secret()).into_bytes();
        let parts = [self.date(), self.region, self.service, "aws4_request"];
        let key = parts.iter().fold(root, |key, part| hmac(&key, part).to_vec());
        let signature = hex(&hmac(&key, &self.to_sign(&text)));
        let credential = format!("{}/{}", credentials.id(), self.text());
        format!("{ALGORITHM} Credential={credential}, SignedHeaders={signed}, Signature={signature}")
    }
}

fn canonical(request: &Signable<'_>, headers: &[(String, String)]) -> Canonical {
    // Blanks within a value count as one.
    let one_blank = |value: &str| value.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.clone(), one_blank(value))).collect();
    Canonical::new(request, &canonical_path(request.path), &headers, &sha256(request.body))
}

/// The path without what leads nowhere (`//`, `.`, `..`), each segment percent-encoded once more.
fn canonical_path(path: &str) -> String {
    let mut segments: Vec<String> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => _ = segments.pop(),
            segment => segments.push(path::encode(segment)),
        }
    }
    let end = if path.ends_with('/') && !segments.is_empty() { "/" } else { "" };
    format!("/{}{end}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// The vendor's own test vectors, of the kind that signs by headers.
    #[test]
    fn the_test_suite_of_the_vendor_comes_out() {
        let all: Value = serde_json::from_str(include_str!("../../../tests/vectors/aws4.json")).unwrap();
        let vectors = all["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 30);
        for vector in vectors {
            let text = |key: &str| vector[key].as_str().unwrap_or_default();
            let name = text("name");
            // Of the headers those are signed that the vector says.
            let signed = text("authorization").split("SignedHeaders=").nth(1).unwrap().split(',').next().unwrap();
            let headers: Vec<(String, String)> = serde_json::from_value(vector["headers"].clone()).unwrap();
            let headers: Vec<_> =
                headers.into_iter().filter(|(name, _)| signed.split(';').any(|one| one == name)).collect();
            let request = Signable {
                method: text("method"),
                host: "example.amazonaws.com",
                path: text("path"),
                query: text("query"),
                headers: &[],
                body: text("body").as_bytes(),
            };
            let secret = |key: &str| text(key).to_owned();
            let credentials =
                Credentials::new(secret("access_key_id"), secret("secret_access_key"), None, None).unwrap();
            let time = text("timestamp").replace(['-', ':'], "");
            let scope = Scope { time: &time, region: text("region"), service: text("service") };
            let canonical = canonical(&request, &headers).text;
            assert_eq!(canonical, text("canonical_request"), "{name}");
            assert_eq!(scope.to_sign(&canonical), text("string_to_sign"), "{name}");
            assert_eq!(scope.authorization(&request, &headers, &credentials), text("authorization"), "{name}");
        }
    }

    /// `double-encode-path` of the same suite, which has no signature with it.
    #[test]
    fn what_is_encoded_already_is_encoded_once_more() {
        let sent = "/test/@connections/JBDvjfGEIAMCERw%3D";
        assert_eq!(canonical_path(sent), "/test/%40connections/JBDvjfGEIAMCERw%253D");
    }

    #[test]
    fn the_region_and_a_session_token_are_signed() {
        let [id, secret, token, region] = ["id", "secret", "token", "eu-central-1"].map(str::to_owned);
        let credentials = Credentials::new(id, secret, Some(token), Some(region)).unwrap();
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = [
            header("content-type", "application/json"),
            header("user-agent", "x"),
            header("x-amz-invocation-type", "RequestResponse"),
        ];
        let request = Signable { method: "POST", host: "h:1", path: "/", query: "", headers: &headers, body: b"" };
        let moment = Moment { time: std::time::SystemTime::UNIX_EPOCH, nonce: String::new() };
        let added = Aws4.sign(&request, &credentials, &moment);
        assert_eq!(added[..2], [header("x-amz-date", "19700101T000000Z"), header("x-amz-security-token", "token")]);
        let begin = "AWS4-HMAC-SHA256 Credential=id/19700101/eu-central-1/lambda/aws4_request, SignedHeaders=\
                     content-type;host;x-amz-date;x-amz-invocation-type;x-amz-security-token, Signature=";
        assert!(added[2].1.starts_with(begin), "{}", added[2].1);
    }
}
