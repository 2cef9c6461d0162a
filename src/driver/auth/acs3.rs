//! ACS3-HMAC-SHA256, the signature of Function Compute 3.0.
//!
//! Signed are `host`, `content-type` and all `x-acs-*`, as the vendor's SDK for Node does it: what a proxy may change
//! (`user-agent`, `accept`) stays out.

use humantime::format_rfc3339_seconds;

use super::canonical::{Canonical, hex, hmac, sha256};
use super::{Credentials, Moment, Scheme, Signable, Variables};

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// The names that the vendor's SDKs and command line read.
static VARIABLES: Variables<'static> = Variables {
    id: &["ALIBABA_CLOUD_ACCESS_KEY_ID"],
    secret: &["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
    token: &["ALIBABA_CLOUD_SECURITY_TOKEN"],
    region: &[],
};

/// Alibaba Cloud's signature, version 3.
pub struct Acs3;

impl Scheme for Acs3 {
    fn name(&self) -> &'static str {
        "acs3"
    }

    fn variables(&self) -> &'static Variables<'static> {
        &VARIABLES
    }

    fn sign(&self, request: &Signable<'_>, credentials: &Credentials, moment: &Moment) -> Vec<(String, String)> {
        let payload = sha256(request.body);
        let mut added = vec![
            ("x-acs-date".to_owned(), format_rfc3339_seconds(moment.time).to_string()),
            ("x-acs-signature-nonce".to_owned(), moment.nonce.clone()),
            ("x-acs-content-sha256".to_owned(), payload.clone()),
        ];
        if let Some(token) = credentials.token() {
            added.push(("x-acs-accesskey-id".to_owned(), credentials.id().to_owned()));
            added.push(("x-acs-security-token".to_owned(), token.to_owned()));
        }
        let covered = |name: &str| name == "content-type" || name.starts_with("x-acs-");
        let mut signed: Vec<(String, String)> =
            request.headers.iter().filter(|(name, _)| covered(name)).chain(&added).cloned().collect();
        signed.push(("host".to_owned(), request.host.to_owned()));
        added.push(("authorization".to_owned(), authorization(request, &signed, &payload, credentials)));
        added
    }
}

/// The value of `authorization`; the secret is the key as it is.
fn authorization(
    request: &Signable<'_>,
    headers: &[(String, String)],
    payload: &str,
    credentials: &Credentials,
) -> String {
    let path = if request.path.is_empty() { "/" } else { request.path };
    let Canonical { text, signed } = Canonical::new(request, path, headers, payload);
    let to_sign = format!("{ALGORITHM}\n{}", sha256(text.as_bytes()));
    let signature = hex(&hmac(credentials.secret().as_bytes(), &to_sign));
    format!("{ALGORITHM} Credential={},SignedHeaders={signed},Signature={signature}", credentials.id())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::time::SystemTime;

    /// A request of the vectors: what the vendor's SDKs sent, or what its documentation prints.
    struct Vector {
        value: Value,
        query: String,
        headers: Vec<(String, String)>,
        credentials: Credentials,
    }

    impl Vector {
        fn text(&self, key: &str) -> &str {
            self.value[key].as_str().unwrap_or_default()
        }

        fn signable(&self) -> Signable<'_> {
            Signable {
                method: self.text("method"),
                host: self.value["headers"]["host"].as_str().unwrap(),
                path: self.text("pathname"),
                query: &self.query,
                headers: &self.headers,
                body: self.text("body").as_bytes(),
            }
        }
    }

    fn vectors() -> Vec<Vector> {
        let all: Value = serde_json::from_str(include_str!("../../../tests/vectors/acs3.json")).unwrap();
        let read = |value: &Value| {
            let secret = |key: &str| value.get(key).unwrap_or(&all[key]).as_str().unwrap().to_owned();
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            // As a careless client might have written them: not encoded, and in another order.
            let pairs = value["query"].as_object().unwrap().iter().rev();
            let pairs: Vec<String> = pairs.map(|(key, value)| format!("{key}={}", text(value))).collect();
            let headers = value["headers"].as_object().unwrap().iter();
            let headers: Vec<_> = headers
                .filter(|(name, _)| *name != "Authorization")
                .map(|(name, value)| (name.clone(), text(value)))
                .collect();
            let token = headers.iter().find(|(name, _)| name == "x-acs-security-token").map(|(_, token)| token.clone());
            let credentials =
                Credentials::new(secret("access_key_id"), secret("access_key_secret"), token, None).unwrap();
            Vector { value: value.clone(), query: pairs.join("&"), headers, credentials }
        };
        all["vectors"].as_array().unwrap().iter().map(read).collect()
    }

    #[test]
    fn what_the_vendors_tools_sign_is_signed_in_the_same_way() {
        let vectors = vectors();
        assert_eq!(vectors.len(), 12);
        for vector in vectors {
            let (request, payload) = (vector.signable(), sha256(vector.text("body").as_bytes()));
            let canonical = Canonical::new(&request, request.path, &vector.headers, &payload);
            assert_eq!(canonical.text, vector.text("canonical_request"), "{}", vector.text("name"));
            let signed = authorization(&request, &vector.headers, &payload, &vector.credentials);
            assert_eq!(signed, vector.text("authorization"), "{}", vector.text("name"));
        }
    }

    /// Those vectors that sign the headers that are signed here come out of the whole, with what it adds.
    #[test]
    fn the_headers_of_the_node_sdk_are_signed_and_no_others() {
        let mut seen = 0;
        for mut vector in vectors() {
            if vector.headers.iter().any(|(name, _)| name == "user-agent") {
                continue;
            }
            let value = |name: &str| vector.value["headers"][name].as_str().unwrap_or_default().to_owned();
            let time = humantime::parse_rfc3339(&value("x-acs-date")).unwrap();
            let moment = Moment { time, nonce: value("x-acs-signature-nonce") };
            vector.headers.retain(|(name, _)| {
                name == "content-type" || matches!(name.as_str(), "x-acs-action" | "x-acs-version")
            });
            for (name, value) in [("user-agent", "x"), ("accept", "*/*"), ("x-fc-invocation-type", "Sync")] {
                vector.headers.push((name.to_owned(), value.to_owned()));
            }
            let added = Acs3.sign(&vector.signable(), &vector.credentials, &moment);
            let (name, authorization) = added.last().unwrap();
            assert_eq!((name.as_str(), authorization.as_str()), ("authorization", vector.text("authorization")));
            seen += 1;
        }
        assert_eq!(seen, 4);
    }

    #[test]
    fn temporary_credentials_are_sent_and_signed() {
        let token = Some("a token".to_owned());
        let credentials = Credentials::new("id".to_owned(), "secret".to_owned(), token, None).unwrap();
        let request = Signable { method: "GET", host: "h", path: "/", query: "", headers: &[], body: b"" };
        let moment = Moment { time: SystemTime::UNIX_EPOCH, nonce: "0".repeat(32) };
        let added = Acs3.sign(&request, &credentials, &moment);
        let value = |name: &str| &added.iter().find(|(key, _)| key == name).unwrap().1;
        assert_eq!(value("x-acs-accesskey-id"), "id");
        assert_eq!(value("x-acs-security-token"), "a token");
        assert_eq!(value("x-acs-date"), "1970-01-01T00:00:00Z");
        let signed = "SignedHeaders=host;x-acs-accesskey-id;x-acs-content-sha256;x-acs-date;x-acs-security-token;\
                      x-acs-signature-nonce,";
        assert!(value("authorization").contains(signed), "{}", value("authorization"));
    }
}
