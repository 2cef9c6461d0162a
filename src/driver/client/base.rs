//! Base URLs: which ones can be spoken to, and why others cannot.

use reqwest::Url;
use std::path::PathBuf;

/// Why a base URL cannot be driven.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// It is not a URL with a host.
    #[error("endpoint {url:?} is not a URL: {reason}")]
    NotAUrl {
        /// As it was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It is a URL of something else than HTTP.
    #[error("endpoint {url:?} is not spoken to over http but {scheme:?}")]
    Scheme {
        /// As it was given.
        url: String,
        /// The scheme.
        scheme: String,
    },
    /// It needs TLS, which is not built in.
    #[error("endpoint {url:?} needs TLS, which is not built in")]
    NoTls {
        /// As it was given.
        url: String,
    },
    /// It has a part that a base URL cannot have.
    #[error("endpoint has {part}, which has no place in a base URL")]
    Extra {
        /// Which part. The URL is not shown, because it may be a password.
        part: &'static str,
    },
    /// The file of authorities cannot be used.
    #[error("cannot trust what {} holds: {reason}", path.display())]
    CaFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It needs TLS, and the machine trusts nobody.
    #[error("this machine has no certificates of authorities to trust: {reason}")]
    NoAuthorities {
        /// Where they were looked for in vain.
        reason: String,
    },
    /// The HTTP library could not be set up.
    #[error("cannot set up the http client: {0}")]
    Setup(String),
}

impl ClientError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotAUrl { .. } => Some("give it as http://HOST:PORT, with a path if it has one".to_owned()),
            Self::Scheme { url, .. } if !url.contains("://") => Some(format!("did you mean http://{url}?")),
            Self::Scheme { .. } => Some("give it as http://HOST:PORT, with a path if it has one".to_owned()),
            Self::NoTls { .. } => {
                Some("build with the feature `tls`, which is on by default, or use http://".to_owned())
            }
            Self::CaFile { .. } => {
                Some("give a PEM file with `-----BEGIN CERTIFICATE-----` of the authority that signs".to_owned())
            }
            Self::NoAuthorities { .. } => {
                Some("install the system's ca-certificates, or name the endpoint's authority with --ca-file".to_owned())
            }
            Self::Extra { .. } => Some("leave it out".to_owned()),
            Self::Setup(_) => None,
        }
    }
}

/// The base URL without a slash at its end, if it is one that can be spoken to: HTTP, and nothing secret in it.
///
/// # Errors
/// When it is not a URL, or none that can be spoken to over what is built in.
pub fn base(text: &str) -> Result<String, ClientError> {
    let text = text.trim();
    let url = Url::parse(text);
    let reason = match &url {
        // Shown as what it most likely is: a host without a scheme.
        Err(error) => error.to_string(),
        Ok(url) if !matches!(url.scheme(), "http" | "https") => {
            return Err(ClientError::Scheme { url: text.to_owned(), scheme: url.scheme().to_owned() });
        }
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            return Err(ClientError::Extra { part: "a user name or password" });
        }
        Ok(url) if url.query().is_some() => return Err(ClientError::Extra { part: "a query" }),
        Ok(url) if url.fragment().is_some() => return Err(ClientError::Extra { part: "a fragment" }),
        Ok(url) if url.scheme() == "https" && cfg!(not(feature = "tls")) => {
            return Err(ClientError::NoTls { url: text.to_owned() });
        }
        Ok(url) => return Ok(url.as_str().trim_end_matches('/').to_owned()),
    };
    Err(ClientError::NotAUrl { url: text.to_owned(), reason })
}

#[cfg(test)]
mod tests {
    use super::super::Client;

    fn refusal(url: &str) -> String {
        let error = Client::new(url).expect_err(url);
        format!("{error}; {}", error.hint().unwrap_or_default())
    }

    #[test]
    fn a_base_url_may_have_a_path_and_loses_its_last_slash() {
        for (url, base) in [
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
            (" http://127.0.0.1:9000/ ", "http://127.0.0.1:9000"),
            ("HTTP://Host.example/a/b//", "http://host.example/a/b"),
            ("http://[::1]:80/x", "http://[::1]/x"),
        ] {
            assert_eq!(Client::new(url).expect(url).base_url(), base);
        }
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn without_tls_an_endpoint_that_needs_it_is_refused_with_a_hint() {
        assert_eq!(
            refusal("https://host"),
            "endpoint \"https://host\" needs TLS, which is not built in; build with the feature `tls`, which is on by \
             default, or use http://"
        );
    }

    #[test]
    fn a_base_url_that_cannot_be_driven_is_refused_with_a_hint() {
        for (url, expected) in [
            (
                "127.0.0.1:9000",
                "endpoint \"127.0.0.1:9000\" is not a URL: relative URL without a base; give it as http://HOST:PORT, \
                 with a path if it has one",
            ),
            (
                "localhost:9000",
                "endpoint \"localhost:9000\" is not spoken to over http but \"localhost\"; did you mean \
                 http://localhost:9000?",
            ),
            (
                "ftp://host",
                "endpoint \"ftp://host\" is not spoken to over http but \"ftp\"; give it as http://HOST:PORT, with a \
                 path if it has one",
            ),
            (
                "http://",
                "endpoint \"http://\" is not a URL: empty host; give it as http://HOST:PORT, with a path if it has one",
            ),
            (
                "http://u:secret@host",
                "endpoint has a user name or password, which has no place in a base URL; leave it out",
            ),
            ("http://host/?a=1", "endpoint has a query, which has no place in a base URL; leave it out"),
            ("http://host/#a", "endpoint has a fragment, which has no place in a base URL; leave it out"),
        ] {
            assert_eq!(refusal(url), expected);
        }
    }
}
