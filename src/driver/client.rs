//! The one HTTP client: sends a request once, and says what came of it.
//!
//! The only place that names the HTTP library, with everything helpful switched off: no redirects, no retries, no
//! proxy, no credentials out of the URL. An invocation that went out twice would be a false witness. It must not know
//! what an answer means; a dialect does.
//!
//! The library's pool may take another connection for a request when the one it had picked turns out to be closed, but
//! only if it had not begun to write the request. The wire tests hold it to that: no request arrives twice.

pub mod base;
pub mod trust;
#[cfg(feature = "tls")]
mod verifiers;

pub use base::{ClientError, base};
pub use trust::Trust;

use std::error::Error;
use std::time::{Duration, SystemTime};

use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Method, Url};

use super::auth::{Moment, Signable, Signer};
use super::{HttpRequest, HttpResponse, path};
use crate::history::Name;

/// The header that joins a request to the step of the run that sent it.
pub const STEP_HEADER: &str = "x-fnconform-step";

/// How long a connection may take to come about; nothing was sent when it does not.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a connection is kept without use. Servers close theirs after a few seconds at the earliest, and a request
/// that meets such a closing is lost for no fault of the endpoint's.
const KEEP_IDLE: Duration = Duration::from_secs(1);

/// The longest body that is read; the longest that the API allows is half of it.
const BODY_LIMIT: usize = 64 << 20;

/// What a request carries so that it can be found in an implementer's log. No two requests of a run have the same.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RequestTag {
    /// The run.
    pub run: Name,
    /// The case within the run.
    pub case: Name,
    /// The number of the request within the case.
    pub step: u64,
}

impl RequestTag {
    /// The value of `User-Agent`: the tool, the run and the case.
    #[must_use]
    pub fn user_agent(&self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        format!("fnconform/{version} run/{} case/{}", path::encode(&self.run), path::encode(&self.case))
    }

    /// The value of [`STEP_HEADER`]: run, case and step, each free of slashes.
    #[must_use]
    pub fn step_header(&self) -> String {
        format!("{}/{}/{}", path::encode(&self.run), path::encode(&self.case), self.step)
    }
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exchange {
    /// A complete answer, whatever it says.
    Complete(HttpResponse),
    /// No complete answer.
    Failed(Failure),
}

/// Why there is no complete answer, and whether the request may have taken effect.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// Nothing of the request can have arrived, since no connection came about.
    #[error("nothing was sent: {0}")]
    NotSent(String),
    /// Nor can it have arrived here: whoever took the connection is not trusted, or does not speak TLS.
    #[error("nothing was sent: {0}")]
    NotTrusted(String),
    /// The request may have arrived, and may have taken effect or still do so.
    #[error("no complete answer: {0}")]
    Lost(String),
}

/// A client of one base URL. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    /// Without a slash at its end.
    base: String,
    signer: Option<Signer>,
}

impl Client {
    /// A client of the endpoint at this base URL, which may have a path; over https it trusts whom the machine trusts.
    ///
    /// # Errors
    /// When it is not a URL, or none that can be driven.
    pub fn new(base_url: &str) -> Result<Self, ClientError> {
        Self::trusting(&Trust::System, base_url)
    }

    /// A client of the endpoint at this base URL that believes these that it is the endpoint, if it is one over https.
    ///
    /// # Errors
    /// When it is not a URL, or none that can be driven, or when there is nobody to trust.
    pub fn trusting(trust: &Trust, base_url: &str) -> Result<Self, ClientError> {
        let base = base(base_url)?;
        let http = builder(trust, &base)?
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .tcp_nodelay(true)
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(KEEP_IDLE)
            .build()
            .map_err(|error| ClientError::Setup(deepest(&error)))?;
        Ok(Self { http, base, signer: None })
    }

    /// The same, whose requests are signed by that signer.
    #[must_use]
    pub fn signed_by(self, signer: Option<Signer>) -> Self {
        Self { signer, ..self }
    }

    /// What signs the requests.
    #[must_use]
    pub fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// The base URL, without a slash at its end.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base
    }

    /// Sends the request once, and waits for its whole answer no longer than the time-out.
    pub async fn send(&self, request: &HttpRequest, tag: &RequestTag, timeout: Duration) -> Exchange {
        let prepared = match self.prepare(request, tag) {
            Ok(prepared) => prepared,
            Err(reason) => return Exchange::Failed(Failure::NotSent(reason)),
        };
        // The library's own time-out would be the same, but cannot be told from one that the endpoint caused.
        match tokio::time::timeout(timeout, self.exchange(prepared)).await {
            Ok(Ok(response)) => Exchange::Complete(match &self.signer {
                Some(signer) => signer.blotted(response),
                None => response,
            }),
            Ok(Err(failure)) => Exchange::Failed(failure),
            Err(_) => Exchange::Failed(Failure::Lost(format!("none within {timeout:?}"))),
        }
    }

    fn prepare(&self, request: &HttpRequest, tag: &RequestTag) -> Result<reqwest::Request, String> {
        let url = format!("{}{}", self.base, request.path);
        let url = Url::parse(&url).map_err(|error| format!("{url:?} is not a URL: {error}"))?;
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|error| error.to_string())?;
        // The library says nothing of a body that is empty, which some servers take for one that is missing.
        let lengthless = request.body.is_empty() && method != Method::GET;
        let mut prepared = reqwest::Request::new(method, url);
        let headers = prepared.headers_mut();
        for (name, value) in &request.headers {
            headers.append(
                HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("{name:?} is no name of a header"))?,
                HeaderValue::from_str(value).map_err(|_| format!("{value:?} is no value of the header {name}"))?,
            );
        }
        for (name, value) in [(USER_AGENT, tag.user_agent()), (HeaderName::from_static(STEP_HEADER), tag.step_header())]
        {
            let value =
                HeaderValue::from_str(&value).map_err(|_| format!("{value:?} is no value of the header {name}"))?;
            headers.insert(name, value);
        }
        if lengthless {
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        } else if !request.body.is_empty() {
            *prepared.body_mut() = Some(request.body.clone().into());
        }
        if let Some(signer) = &self.signer {
            sign(&mut prepared, &request.body, signer)?;
        }
        Ok(prepared)
    }

    async fn exchange(&self, request: reqwest::Request) -> Result<HttpResponse, Failure> {
        let mut response = self.http.execute(request).await.map_err(|error| {
            // All else may have come after the first byte was written.
            if !error.is_connect() {
                return Failure::Lost(deepest(&error));
            }
            trust::complaint(&error).map_or_else(|| Failure::NotSent(deepest(&error)), Failure::NotTrusted)
        })?;
        let status = response.status().as_u16();
        let headers = plain(response.headers());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| Failure::Lost(deepest(&error)))? {
            if body.len() + chunk.len() > BODY_LIMIT {
                return Err(Failure::Lost(format!("its body is longer than {BODY_LIMIT} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpResponse { status, headers, body })
    }
}

#[cfg(feature = "tls")]
fn builder(trust: &Trust, base: &str) -> Result<reqwest::ClientBuilder, ClientError> {
    // Reading what the machine trusts takes time that nobody needs to spend who does not ask for it.
    let config = if base.starts_with("https:") { trust::config(trust)? } else { trust::idle_config()? };
    Ok(reqwest::Client::builder().tls_backend_preconfigured(config))
}

#[cfg(not(feature = "tls"))]
fn builder(_: &Trust, _: &str) -> Result<reqwest::ClientBuilder, ClientError> {
    Ok(reqwest::Client::builder())
}

/// Signs the finished request for the host of its URL, now.
fn sign(prepared: &mut reqwest::Request, body: &[u8], signer: &Signer) -> Result<(), String> {
    let url = prepared.url();
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let signable = Signable {
        method: prepared.method().as_str(),
        host: &host,
        path: url.path(),
        query: url.query().unwrap_or_default(),
        headers: &plain(prepared.headers()),
        body,
    };
    let mut randomness = [0; 16];
    getrandom::fill(&mut randomness).map_err(|error| format!("there is no randomness to sign with: {error}"))?;
    let moment = Moment::new(SystemTime::now(), randomness);
    for (name, value) in signer.sign(&signable, &moment) {
        // The value stays out of the error: it may be secret.
        let mut value = HeaderValue::from_str(&value).map_err(|_| format!("the header {name} cannot be sent"))?;
        value.set_sensitive(true);
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| format!("{name:?} is no name of a header"))?;
        prepared.headers_mut().insert(name, value);
    }
    Ok(())
}

fn plain(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}

/// The cause of all the causes of an error, which is the one that says something.
fn deepest(error: &dyn Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_cannot_break_a_header() {
        let tag = RequestTag { run: "a/b\n".into(), case: "7".into(), step: 12 };
        assert_eq!(tag.step_header(), "a%2Fb%0A/7/12");
        assert_eq!(tag.user_agent(), format!("fnconform/{} run/a%2Fb%0A case/7", env!("CARGO_PKG_VERSION")));
    }
}
