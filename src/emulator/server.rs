//! The endpoint behind HTTP: the only place that knows the server library.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;

use super::behaviour::Delivery;
use super::cut::{Cut, CutListener};
use super::lever::{self, Asked};
use super::live::Live;
use super::machine::{Event, Memo, Turn};
use super::registry::Puller;
use super::settings::Settings;
use super::wire;
use crate::driver::{ApiError, HttpRequest, HttpResponse, Request as Call, ServerCall, ServerReply};

/// How long a shutdown waits for answers under way, before it leaves them to their fate.
const PATIENCE: Duration = Duration::from_secs(2);

/// An endpoint that runs until it is shut down or dropped.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Running {
    /// The address it listens on, with the port it was given.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its base URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops taking connections, finishes the answers under way, and returns when the port is free.
    pub async fn shutdown(mut self) {
        if let Some(stop) = self.stop.take() {
            // It can only have ended before it was told to.
            let _ = stop.send(());
        }
        if tokio::time::timeout(PATIENCE, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Starts an endpoint; port 0 picks a free one.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn start(settings: Settings, listen: SocketAddr) -> io::Result<Running> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    let live = Arc::new(Live::start(settings.clone()));
    let (ends, end) = watch::channel(());
    let puller = settings.registry.clone().map(|source| Arc::new(Puller::new(source, Arc::clone(&live), end)));
    if let Some(puller) = &puller {
        tokio::spawn(Arc::clone(puller).watch());
    }
    let shell = Arc::new(Shell { settings, live, puller, answers: AtomicU64::new(0) });
    let service = Router::new().fallback(answer).with_state(shell).into_make_service_with_connect_info::<Cut>();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(CutListener(listener), service).with_graceful_shutdown(async {
        // A handle that was dropped means the same as one that was told to stop.
        let _ = stopped.await;
    });
    let task = tokio::spawn(async move {
        // Serving has no error to report: accepting goes on whatever happens to a connection.
        let _ = server.await;
        drop(ends);
    });
    Ok(Running { address, stop: Some(stop), task })
}

struct Shell {
    settings: Settings,
    live: Arc<Live>,
    puller: Option<Arc<Puller>>,
    answers: AtomicU64,
}

impl Shell {
    fn render(&self, reply: &ServerReply) -> HttpResponse {
        let number = self.answers.fetch_add(1, Ordering::Relaxed);
        self.settings.dialect.render(reply, &format!("{:08x}-{number:012x}", self.settings.seed))
    }

    /// A call of the API; `None` if the connection is to be cut.
    async fn call(&self, call: &ServerCall) -> Option<(HttpResponse, Delivery)> {
        self.resolve(&call.request).await;
        let mut memo = Memo::default();
        loop {
            match self.live.step(Event::Call(call, memo)) {
                (Turn::Answer(mut reply), number) => {
                    if let (Some(puller), ServerReply::Served { body, .. }) = (&self.puller, &mut *reply) {
                        *body = puller.reply(body);
                    }
                    let mut response = self.render(&reply);
                    self.settings.behaviour.shape(call, &mut response);
                    return Some((response, self.settings.behaviour.delivery(number)));
                }
                (Turn::Later(at, left), _) => {
                    tokio::time::sleep(self.live.until(at)).await;
                    memo = left;
                }
                (Turn::Cut | Turn::Done, _) => return None,
            }
        }
    }

    /// Has the image looked for that the call is about to have prepared, if images are pulled.
    async fn resolve(&self, request: &Call) {
        let Some(puller) = &self.puller else { return };
        match request {
            // An update that names no image deploys the same reference again.
            Call::Update { function, image } if image.is_empty() => {
                if let Some(image) = self.live.deployed(function) {
                    puller.deploy(&image).await;
                }
            }
            Call::Create { image, .. } | Call::Update { image, .. } => puller.deploy(image).await,
            Call::Invoke { function } => {
                if let Some(image) = self.live.would_wake(function) {
                    puller.look_again(&image).await;
                }
            }
            Call::Get { .. } | Call::Delete { .. } => {}
        }
    }

    fn lever(&self, asked: Asked) -> HttpResponse {
        match asked {
            Asked::List => lever::list(&self.settings.levers),
            Asked::Happen(event) => match self.live.step(event).0 {
                Turn::Answer(reply) => self.render(&reply),
                Turn::Done | Turn::Later(..) | Turn::Cut => lever::done(),
            },
        }
    }

    /// The call that a request is, if whoever sends it is let in.
    fn admitted(&self, request: &HttpRequest) -> Result<ServerCall, ApiError> {
        if let Some(guard) = &self.settings.guard {
            guard.admit(request, SystemTime::now())?;
        }
        self.settings.dialect.parse(request)
    }

    async fn respond(&self, request: &HttpRequest) -> Option<(HttpResponse, Delivery)> {
        let response = match lever::asked(request, &self.settings.levers) {
            Some(Ok(asked)) => self.lever(asked),
            Some(Err(error)) => self.render(&ServerReply::Error(error)),
            None => match self.admitted(request) {
                Ok(call) => return self.call(&call).await,
                Err(error) => self.render(&ServerReply::Error(error)),
            },
        };
        Some((response, Delivery::Plain))
    }
}

async fn answer(State(shell): State<Arc<Shell>>, ConnectInfo(cut): ConnectInfo<Cut>, request: Request) -> Response {
    let answered = match wire::plain(request).await {
        Ok(request) => shell.respond(&request).await,
        Err(error) => Some((shell.render(&ServerReply::Error(error)), Delivery::Close)),
    };
    let (response, delivery) = answered.unwrap_or_else(|| {
        cut.cut();
        (HttpResponse { status: 500, ..HttpResponse::default() }, Delivery::Close)
    });
    wire::rendered(response, delivery)
}
