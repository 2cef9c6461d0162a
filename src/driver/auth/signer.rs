//! A scheme with credentials: what signs all requests of a client, and keeps what is secret out of what comes back.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use regex::bytes::{NoExpand, Regex, RegexBuilder};

use super::{Credentials, Found, Moment, Scheme, Signable};
use crate::driver::{HttpResponse, path};

/// Shorter secrets are left where an endpoint repeats them: they would be found where they are not.
const SHORTEST: usize = 8;

/// What stands in the place of what is secret.
const BLOT: &str = "…";

/// A scheme with credentials. Clones share them.
#[derive(Clone)]
pub struct Signer {
    scheme: &'static dyn Scheme,
    credentials: Arc<Credentials>,
    names: Arc<[String]>,
    /// All forms in which an endpoint might repeat what is secret.
    secret: Option<Regex>,
}

impl Signer {
    /// A signer of that scheme, with what was found.
    #[must_use]
    pub fn new(scheme: &'static dyn Scheme, found: Found) -> Self {
        let Found { credentials, names } = found;
        let secret = forms(&credentials);
        Self { scheme, credentials: Arc::new(credentials), names: names.into(), secret }
    }

    /// The scheme.
    #[must_use]
    pub fn scheme(&self) -> &'static dyn Scheme {
        self.scheme
    }

    /// The names of the variables that the credentials come from.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The headers that sign the request at this moment.
    #[must_use]
    pub fn sign(&self, request: &Signable<'_>, moment: &Moment) -> Vec<(String, String)> {
        self.scheme.sign(request, &self.credentials, moment)
    }

    /// Blots out what is secret where the endpoint repeats it, as some do that explain what they expected to be signed.
    #[must_use]
    pub fn blotted(&self, response: HttpResponse) -> HttpResponse {
        let Some(secret) = &self.secret else { return response };
        let blot = |text: &[u8]| secret.replace_all(text, NoExpand(BLOT.as_bytes())).into_owned();
        let headers = response.headers.into_iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(&blot(value.as_bytes())).into_owned();
            (name, value)
        });
        HttpResponse { status: response.status, headers: headers.collect(), body: blot(&response.body) }
    }
}

/// The secret and the token, and what becomes of them in a URL, in JSON and in base64.
fn forms(credentials: &Credentials) -> Option<Regex> {
    let texts = [Some(credentials.secret()), credentials.token()].into_iter().flatten();
    let mut forms = Vec::new();
    for text in texts.filter(|text| text.len() >= SHORTEST) {
        let json = serde_json::Value::from(text).to_string();
        forms.extend([
            text.to_owned(),
            path::encode(text),
            text.replace('/', r"\/"),
            json[1..json.len() - 1].to_owned(),
        ]);
        forms.extend([STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD].map(|code| code.encode(text)));
    }
    // The first that fits is taken, which has to be the longest.
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    let pattern: Vec<String> = forms.iter().map(|form| regex::escape(form)).collect();
    if pattern.is_empty() {
        return None;
    }
    // Literals are a pattern of any size.
    RegexBuilder::new(&pattern.join("|")).size_limit(usize::MAX).build().ok()
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({} {})", self.scheme.name(), self.credentials)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::auth::Aws4;

    #[test]
    fn what_an_endpoint_repeats_of_what_is_secret_is_blotted_out() {
        let [id, secret, token] = ["the-id", "sec/ret+secret", "to\"ken/token=="].map(str::to_owned);
        let credentials = Credentials::new(id, secret, Some(token), None).unwrap();
        let signer = Signer::new(&Aws4, Found { credentials, names: vec!["A".to_owned()] });
        assert_eq!(format!("{signer:?}"), "Signer(aws4 the-id (temporary))");
        let body =
            br#"the-id sec/ret+secret sec\/ret+secret sec%2Fret%2Bsecret c2VjL3JldCtzZWNyZXQ= to\"ken/token== sec/ret"#;
        let headers = vec![("x".to_owned(), "a sec/ret+secret".to_owned())];
        let blotted = signer.blotted(HttpResponse { status: 403, headers, body: body.to_vec() });
        assert_eq!(String::from_utf8(blotted.body).unwrap(), "the-id … … … … … sec/ret");
        assert_eq!(blotted.headers[0].1, "a …");
    }
}
