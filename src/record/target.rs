//! Where requests go on to: the endpoint's base URL before the path that was asked for.
//!
//! It must not know what the paths mean.

use crate::driver::client::{self, ClientError};
use hyper::Uri;
use hyper::header::HeaderValue;
use hyper::http::uri::{Authority, PathAndQuery, Scheme};

/// What the endpoint is told to be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HostPolicy {
    /// What the client called it, which is what it signed.
    #[default]
    Client,
    /// Its own name, for endpoints that tell by it which service is meant.
    Endpoint,
}

/// The endpoint behind the proxy.
#[derive(Debug, Clone)]
pub(super) struct Target {
    scheme: Scheme,
    authority: Authority,
    host: HeaderValue,
    /// Empty, or without a slash at its end.
    path: String,
}

impl Target {
    /// The target of a base URL, which may have a path.
    pub(super) fn parse(url: &str) -> Result<(Self, String), ClientError> {
        let base = client::base(url)?;
        let not_a_url = |reason: String| ClientError::NotAUrl { url: base.clone(), reason };
        let uri: Uri = base.parse().map_err(|error: hyper::http::uri::InvalidUri| not_a_url(error.to_string()))?;
        let authority = uri.authority().cloned().ok_or_else(|| not_a_url("it has no host".to_owned()))?;
        let scheme = uri.scheme().cloned().unwrap_or(Scheme::HTTP);
        let host = HeaderValue::from_str(authority.as_str()).map_err(|error| not_a_url(error.to_string()))?;
        let path = uri.path().trim_end_matches('/').to_owned();
        Ok((Self { scheme, authority, host, path }, base))
    }

    /// Where a request for `asked` goes; `None` for what has no path, as `OPTIONS *`.
    pub(super) fn uri(&self, asked: &Uri) -> Option<Uri> {
        let asked = asked.path_and_query().filter(|asked| asked.as_str().starts_with('/'))?;
        let whole = if self.path.is_empty() {
            asked.clone()
        } else {
            PathAndQuery::try_from(format!("{}{asked}", self.path)).ok()?
        };
        let uri = Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone()).path_and_query(whole);
        uri.build().ok()
    }

    /// Whether it is spoken to over TLS.
    #[cfg(feature = "tls")]
    pub(super) fn needs_tls(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// The endpoint's own name.
    pub(super) fn host(&self) -> HeaderValue {
        self.host.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stands_before_what_is_asked_for_and_bytes_stay_as_they_are() {
        let uri = |base: &str, asked: &str| {
            let (target, _) = Target::parse(base).unwrap();
            target.uri(&asked.parse().unwrap()).map(|uri| uri.to_string())
        };
        for (base, asked, expected) in [
            ("http://h:1", "/a%2Fb//c?x=%20&y", Some("http://h:1/a%2Fb//c?x=%20&y")),
            ("http://h:1/", "/", Some("http://h:1/")),
            ("http://h:1/base/", "/a?", Some("http://h:1/base/a?")),
            ("http://h:1", "http://other/a", Some("http://h:1/a")),
            ("http://h:1", "*", None),
        ] {
            assert_eq!(uri(base, asked).as_deref(), expected, "{base} {asked}");
        }
        assert!(Target::parse("http://u:secret@h").is_err());
    }
}
