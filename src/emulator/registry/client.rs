//! The reading half of OCI distribution, from the client's side, over plain HTTP: tags to digests, and images whole.
//!
//! What arrives is believed only if its digest is right. Must not know what is pulled for.

use super::reference::Place;
use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The manifests that can be read.
const ACCEPT: &str = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json";

/// The label and the variable of the environment by which a program says which revision it is.
const LABEL: &str = "org.fnconform.revision";
const VARIABLE: &str = "FNCONFORM_REVISION=";

/// Why something could not be had.
#[derive(Debug, thiserror::Error)]
pub(super) enum PullError {
    /// The registry did not answer.
    #[error("{url} cannot be had: {reason}")]
    NoAnswer { url: String, reason: String },
    /// It answered with another status than 200.
    #[error("{url} was answered with HTTP status {status}")]
    Status { url: String, status: StatusCode },
    /// What came is not what was asked for.
    #[error("{url} is not as it should be: {reason}")]
    Wrong { url: String, reason: &'static str },
}

/// A client of registries.
#[derive(Debug, Clone)]
pub(super) struct Client(legacy::Client<HttpConnector, Empty<Bytes>>);

impl Client {
    pub(super) fn new() -> Self {
        Self(legacy::Client::builder(TokioExecutor::new()).build_http())
    }

    /// The digest that the tag has; `None` if it is not there.
    pub(super) async fn resolve(&self, place: &Place) -> Result<Option<String>, PullError> {
        let url = url(place, "manifests", &place.tag);
        match self.send(Method::HEAD, &url).await {
            Ok(head) => {
                let told = head.headers().get("docker-content-digest").and_then(|value| value.to_str().ok());
                match told {
                    Some(digest) => Ok(Some(digest.to_owned())),
                    None => Ok(Some(digest_of(&self.bytes(&url).await?))),
                }
            }
            Err(PullError::Status { status: StatusCode::NOT_FOUND, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Pulls the image of that digest, and gives the revision that it says it is.
    pub(super) async fn pull(&self, place: &Place, digest: &str) -> Result<Option<String>, PullError> {
        let mut manifest = self.json(place, "manifests", digest).await?;
        if let Some(digest) = of_this_platform(&manifest) {
            manifest = self.json(place, "manifests", &digest).await?;
        }
        let wrong = |reason| PullError::Wrong { url: url(place, "manifests", digest), reason };
        let blob = |descriptor: &Value| descriptor["digest"].as_str().map(str::to_owned);
        let config = blob(&manifest["config"]).ok_or_else(|| wrong("it names no config"))?;
        let config = self.json(place, "blobs", &config).await?;
        for layer in manifest["layers"].as_array().ok_or_else(|| wrong("it names no layers"))? {
            let layer = blob(layer).ok_or_else(|| wrong("a layer has no digest"))?;
            self.content(place, "blobs", &layer).await?;
        }
        Ok(revision(&config))
    }

    async fn json(&self, place: &Place, kind: &str, digest: &str) -> Result<Value, PullError> {
        let bytes = self.content(place, kind, digest).await?;
        serde_json::from_slice(&bytes)
            .map_err(|_| PullError::Wrong { url: url(place, kind, digest), reason: "it is not JSON" })
    }

    async fn content(&self, place: &Place, kind: &str, digest: &str) -> Result<Bytes, PullError> {
        let url = url(place, kind, digest);
        let bytes = self.bytes(&url).await?;
        if digest_of(&bytes) == digest {
            Ok(bytes)
        } else {
            Err(PullError::Wrong { url, reason: "it has another digest" })
        }
    }

    async fn bytes(&self, url: &str) -> Result<Bytes, PullError> {
        let body = self.send(Method::GET, url).await?.into_body().collect().await;
        let broken = |error: hyper::Error| PullError::NoAnswer { url: url.to_owned(), reason: error.to_string() };
        Ok(body.map_err(broken)?.to_bytes())
    }

    async fn send(&self, method: Method, url: &str) -> Result<Response<Incoming>, PullError> {
        let failed = |reason: String| PullError::NoAnswer { url: url.to_owned(), reason };
        let request = Request::builder().method(method).uri(url).header("accept", ACCEPT);
        let request = request.header("user-agent", concat!("fnconform-emulator/", env!("CARGO_PKG_VERSION")));
        let request = request.body(Empty::new()).map_err(|error| failed(error.to_string()))?;
        let response = self.0.request(request).await.map_err(|error| failed(error.to_string()))?;
        match response.status() {
            StatusCode::OK => Ok(response),
            status => Err(PullError::Status { url: url.to_owned(), status }),
        }
    }
}

fn url(place: &Place, kind: &str, reference: &str) -> String {
    format!("{}/v2/{}/{kind}/{reference}", place.base, place.repository)
}

fn digest_of(bytes: &[u8]) -> String {
    let hex: Vec<String> = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{}", hex.concat())
}

/// The manifest for Linux on amd64, where the service runs functions, if this is an index of several.
fn of_this_platform(index: &Value) -> Option<String> {
    let manifests = index["manifests"].as_array()?;
    let fits = |one: &&Value| one["platform"]["os"] == "linux" && one["platform"]["architecture"] == "amd64";
    manifests.iter().find(fits).or_else(|| manifests.first())?["digest"].as_str().map(str::to_owned)
}

fn revision(config: &Value) -> Option<String> {
    if let Some(label) = config["config"]["Labels"][LABEL].as_str() {
        return Some(label.to_owned());
    }
    let environment = config["config"]["Env"].as_array()?;
    environment.iter().find_map(|variable| variable.as_str()?.strip_prefix(VARIABLE)).map(str::to_owned)
}
