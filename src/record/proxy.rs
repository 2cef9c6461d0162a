//! The way of a request through the proxy. What passes, passes unchanged; what is about a function is told of.
//!
//! It must not wait for anybody but the client and the endpoint.

use super::connector::Connector;
use super::headers;
use super::pages::{self, Refusal};
use super::status::Status;
use super::tap::{AnswerEar, Asked, End, Flight, RequestEar, Tap};
use super::target::{HostPolicy, Target};
use super::tee::Tee;
use crate::driver::client::trust::complaint;
use crate::exchange;
use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::body::Incoming;
use hyper::header::HOST;
use hyper::http::request;
use hyper::{Method, Request, Response, StatusCode, Version};
use hyper_util::client::legacy::{self as client, Client};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

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
    client: Client<Connector, Sent>,
    tap: Arc<Tap>,
    status: Arc<Status>,
}

impl Proxy {
    pub(super) fn new(
        (target, connector): (Target, Connector),
        host: HostPolicy,
        tap: Arc<Tap>,
        status: Arc<Status>,
    ) -> Self {
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(KEEP_IDLE)
            .http1_preserve_header_case(true)
            .build(connector);
        Self { target, host, client, tap, status }
    }

    /// Answers a request.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Answer {
        if let Some(page) = pages::page(request.uri().path(), &self.status) {
            return page.map(Either::Left);
        }
        let traffic = &self.status.traffic;
        traffic.requests.fetch_add(1, Ordering::Relaxed);
        let underway = Underway::new(&self.status);
        let told = exchange::dialect(request.uri().path()).is_some();
        let client_start = self.tap.now();
        let (mut head, body) = request.into_parts();
        let asked = told.then(|| Asked::of(&head));
        if let Err(refusal) = self.turn(&mut head) {
            traffic.refused.fetch_add(1, Ordering::Relaxed);
            return refusal.response().map(Either::Left);
        }
        let flight = asked.map(|(asked, expected)| self.tap.begin(asked, client_start, expected));
        if flight.is_none() {
            traffic.passed.fetch_add(1, Ordering::Relaxed);
        }
        let ear = flight.as_ref().map(Flight::request_ear);
        match self.client.request(Request::from_parts(head, Tee::new(body, ear, ()))).await {
            Ok(response) => passed(response, flight, underway).map(Either::Right),
            Err(error) => self.failed(&error, flight).response().map(Either::Left),
        }
    }

    /// What a client is told that gets no answer of the endpoint's: that nothing was done, or that nobody knows. For the
    /// latter no status will do that some client takes for a refusal.
    fn failed(&self, error: &client::Error, flight: Option<Flight>) -> Refusal {
        let traffic = &self.status.traffic;
        let (count, end, status, code, message) = if error.is_connect() {
            let why = complaint(error).map(|why| format!(": {why}")).unwrap_or_default();
            let message = format!("the endpoint cannot be reached, so nothing was sent{why}");
            (&traffic.unreachable, End::NotSent, StatusCode::BAD_GATEWAY, "FnconformUpstreamUnreachable", message)
        } else {
            let message = "the endpoint gave no answer; it may have done what was asked, or may still do it".to_owned();
            (&traffic.lost, End::Lost, StatusCode::GATEWAY_TIMEOUT, "FnconformUpstreamLost", message)
        };
        count.fetch_add(1, Ordering::Relaxed);
        if let Some(flight) = flight {
            flight.end(end);
        }
        Refusal { status, code, message }
    }

    /// Makes of the head of a client's request that of one to the endpoint.
    fn turn(&self, head: &mut request::Parts) -> Result<(), Refusal> {
        let refuse = |code, message| Err(Refusal { status: StatusCode::NOT_IMPLEMENTED, code, message });
        if let Some(protocol) = headers::refused_upgrade(&head.headers) {
            let message = format!("a change of protocol is not proxied, and {protocol:?} was asked for");
            return refuse("FnconformUpgradeNotProxied", message);
        }
        let Some(uri) = self.target.uri(&head.uri).filter(|_| head.method != Method::CONNECT) else {
            return refuse("FnconformTargetNotProxied", "only requests for a path are proxied".to_owned());
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

/// The endpoint's answer, as the client gets it.
fn passed(response: Response<Incoming>, flight: Option<Flight>, underway: Underway) -> Response<Passed> {
    let (mut head, body) = response.into_parts();
    let ear = flight.map(|flight| AnswerEar::new(flight, &head));
    headers::strip(&mut head.headers);
    head.version = Version::HTTP_11;
    Response::from_parts(head, Tee::new(body, ear, underway))
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
