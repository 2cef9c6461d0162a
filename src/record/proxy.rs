//! The way of a request through the proxy. What passes, passes unchanged; what is about a function is told of.
//!
//! It must not wait for anybody but the client and the endpoint.

use super::headers;
use super::pages;
use super::status::Status;
use super::tap::{AnswerEar, Asked, End, RequestEar, Tap};
use super::target::{HostPolicy, Target};
use super::tee::Tee;
use crate::exchange;
use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper::header::HOST;
use hyper::{Method, Request, Response, StatusCode, Version};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long a connection to the endpoint may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection to the endpoint is kept without use. Servers close theirs after a few seconds at the earliest,
/// and a request that meets such a closing is lost for no fault of the endpoint's.
const KEEP_IDLE: Duration = Duration::from_secs(1);

type Sent = Tee<RequestEar>;
type Passed = Tee<AnswerEar, Underway>;
/// What a client gets: the endpoint's answer, or one of the proxy's own.
pub(super) type Answer = Response<Either<Full<Bytes>, Passed>>;

/// What all requests share.
pub(super) struct Proxy {
    target: Target,
    host: HostPolicy,
    client: Client<HttpConnector, Sent>,
    tap: Arc<Tap>,
    status: Arc<Status>,
}

impl Proxy {
    pub(super) fn new(target: Target, host: HostPolicy, tap: Arc<Tap>, status: Arc<Status>) -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(KEEP_IDLE)
            .http1_preserve_header_case(true)
            .build(connector);
        Self { target, host, client, tap, status }
    }

    /// Answers a request.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Answer {
        match self.pass(request).await {
            Ok(response) => response.map(Either::Right),
            Err(own) => own.map(Either::Left),
        }
    }

    async fn pass(&self, request: Request<Incoming>) -> Result<Response<Passed>, Response<Full<Bytes>>> {
        if let Some(page) = pages::page(request.uri().path(), &self.status) {
            return Err(page);
        }
        let traffic = &self.status.traffic;
        traffic.requests.fetch_add(1, Ordering::Relaxed);
        let underway = Underway::new(&self.status);
        let told = exchange::dialect(request.uri().path()).is_some();
        let client_start = self.tap.now();
        let (mut head, body) = request.into_parts();
        let asked = told.then(|| Asked::of(&head));
        self.turn(&mut head).inspect_err(|_| _ = traffic.refused.fetch_add(1, Ordering::Relaxed))?;
        let flight = match asked {
            Some((asked, expected)) => Some(self.tap.begin(asked, client_start, expected)),
            None => {
                traffic.passed.fetch_add(1, Ordering::Relaxed);
                None
            }
        };
        let ear = flight.as_ref().map(super::tap::Flight::request_ear);
        match self.client.request(Request::from_parts(head, Tee::new(body, ear, ()))).await {
            Ok(response) => {
                let (mut head, body) = response.into_parts();
                let ear = flight.map(|flight| AnswerEar::new(flight, &head));
                headers::strip(&mut head.headers);
                head.version = Version::HTTP_11;
                Ok(Response::from_parts(head, Tee::new(body, ear, underway)))
            }
            Err(error) if error.is_connect() => {
                traffic.unreachable.fetch_add(1, Ordering::Relaxed);
                if let Some(flight) = flight {
                    flight.end(End::NotSent);
                }
                let message = "the endpoint cannot be reached, so nothing was sent";
                Err(pages::refusal(StatusCode::BAD_GATEWAY, "UpstreamUnreachable", message))
            }
            Err(_) => {
                traffic.lost.fetch_add(1, Ordering::Relaxed);
                if let Some(flight) = flight {
                    flight.end(End::Lost);
                }
                let message = "the endpoint gave no answer; it may have done what was asked, or may still do it";
                Err(pages::refusal(StatusCode::BAD_GATEWAY, "UpstreamLost", message))
            }
        }
    }

    /// Makes of the head of a client's request that of one to the endpoint.
    fn turn(&self, head: &mut hyper::http::request::Parts) -> Result<(), Response<Full<Bytes>>> {
        let refuse = |code: &str, message: &str| Err(pages::refusal(StatusCode::NOT_IMPLEMENTED, code, message));
        if let Some(protocol) = headers::refused_upgrade(&head.headers) {
            let message = format!("a change of protocol is not proxied, and {protocol:?} was asked for");
            return refuse("UpgradeNotProxied", &message);
        }
        let Some(uri) = self.target.uri(&head.uri).filter(|_| head.method != Method::CONNECT) else {
            return refuse("TargetNotProxied", "only requests for a path are proxied");
        };
        head.uri = uri;
        head.version = Version::HTTP_11;
        headers::strip(&mut head.headers);
        if self.host == HostPolicy::Endpoint {
            head.headers.insert(HOST, self.target.host());
        }
        Ok(())
    }
}

/// Counts a request as under way until its answer is through.
pub(super) struct Underway(Arc<Status>);

impl Underway {
    fn new(status: &Arc<Status>) -> Self {
        status.traffic.in_flight.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(status))
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.0.traffic.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}
