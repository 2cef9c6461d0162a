//! A server before the emulator that notes what arrives when, and how many functions there are.

use bytes::Bytes;
use fnconform::emulator::{self, Running, Settings};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::net::TcpListener;

/// What arrived.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    pub(crate) at: Instant,
    pub(crate) path: String,
}

impl Arrival {
    /// Whether it is a call of the API; all else is about levers.
    pub(crate) fn is_call(&self) -> bool {
        self.path.starts_with("/2023-03-30/")
    }

    pub(crate) fn is_invocation(&self) -> bool {
        self.path.ends_with("/invocations")
    }
}

#[derive(Default)]
struct Noted {
    arrivals: Vec<Arrival>,
    functions: BTreeSet<String>,
    most: usize,
}

/// Runs until it is dropped.
pub(crate) struct Relay {
    pub(crate) address: SocketAddr,
    noted: Arc<Mutex<Noted>>,
    serving: tokio::task::JoinHandle<()>,
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The emulator.
pub(crate) async fn emulator() -> Running {
    emulator::start(Settings::default(), ([127, 0, 0, 1], 0).into()).await.unwrap()
}

impl Relay {
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let noted: Arc<Mutex<Noted>> = Arc::default();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let noting = Arc::clone(&noted);
        let serving = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (client, noted) = (client.clone(), Arc::clone(&noting));
                let service = service_fn(move |request| {
                    let (client, noted) = (client.clone(), Arc::clone(&noted));
                    async move { Ok::<_, Infallible>(pass(&client, &noted, server, request).await) }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Self { address, noted, serving }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn arrivals(&self) -> Vec<Arrival> {
        self.noted.lock().unwrap().arrivals.clone()
    }

    /// How many functions there were at once at the most, and how many there are.
    pub(crate) fn functions(&self) -> (usize, usize) {
        let noted = self.noted.lock().unwrap();
        (noted.most, noted.functions.len())
    }
}

async fn pass(
    client: &Client<hyper_util::client::legacy::connect::HttpConnector, Full<Bytes>>,
    noted: &Mutex<Noted>,
    server: SocketAddr,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let (mut head, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let (method, path) = (head.method.to_string(), head.uri.path().to_owned());
    let created = match (method.as_str(), serde_json::from_slice::<serde_json::Value>(&body)) {
        ("POST", Ok(body)) => body["functionName"].as_str().map(str::to_owned),
        _ => None,
    };
    let new = {
        let mut noted = noted.lock().unwrap();
        noted.arrivals.push(Arrival { at: Instant::now(), path: path.clone() });
        // It may be there from the moment at which it is asked for.
        let new = created.filter(|function| noted.functions.insert(function.clone()));
        noted.most = noted.most.max(noted.functions.len());
        new
    };
    head.uri = format!("http://{server}{}", head.uri).parse().unwrap();
    let answer = client.request(Request::from_parts(head, Full::new(body))).await.unwrap();
    let (head, body) = answer.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let deleted = path.rsplit('/').next().filter(|_| method == "DELETE" && head.status.is_success());
    let refused = new.as_deref().filter(|_| !head.status.is_success());
    for gone in deleted.into_iter().chain(refused) {
        noted.lock().unwrap().functions.remove(gone);
    }
    Response::from_parts(head, Full::new(body))
}
