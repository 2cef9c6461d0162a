//! A reverse proxy that records what passes as a history, and judges it while it is recorded.
//!
//! ```text
//! client ──► proxy ──► endpoint          traffic: never waits for what stands below, and never changes
//!              │ told of before it is sent, and when its answer has come
//!             tap ──► scribe ──► file    lines in the order of their ends, at most half a second late
//!                       │
//!                     order ──► judge    operations in the order of their starts; violations at once
//! ```
//!
//! An operation starts just before its first byte is sent to the endpoint, and ends when the last byte of the answer has
//! come from there: it took effect in between, and nothing closer is known. The client's times stand beside them
//! (`client_start`, `client_end`); a history is not judged by those.
//!
//! Nothing here prints, and nothing secret comes further than the proxy: of the traffic only what the fields of a history
//! need is told.

mod coding;
mod connector;
mod file;
mod headers;
mod judging;
mod metrics;
mod order;
mod pages;
mod proxy;
mod recorder;
mod scribe;
mod status;
mod tap;
mod target;
mod tee;

pub use file::Existing;
pub use status::{Book, Drop, Going, Snapshot, Violation};
pub use target::HostPolicy;

use crate::driver::{ClientError, Trust};
use crate::exchange::Replies;
use crate::history::{Extent, Header, Name};
use crate::oracle::JudgeError;
use connector::connector;
use file::HistoryFile;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use judging::Court;
use proxy::Proxy;
use recorder::Recorder;
use scribe::Scribe;
use status::Status;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tap::Tap;
use target::Target;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// After an error that is not of one connection, accepting rests for so long.
const REST: Duration = Duration::from_millis(50);

/// What is to be recorded, and where.
pub struct Settings {
    /// The endpoint's base URL.
    pub endpoint: String,
    /// Whose word is taken for it that a server is the endpoint, if that is spoken to over https.
    pub trust: Trust,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// What the endpoint is told to be called.
    pub host: HostPolicy,
    /// The file, and what becomes of one that is there already; `None` only to judge.
    pub out: Option<(PathBuf, Existing)>,
    /// Whether functions and images may have had a life before the recording.
    pub world: Extent,
    /// Which code an invocation's reply comes from.
    pub replies: Replies,
    /// Images that cannot be prepared.
    pub bad_images: Vec<Name>,
}

/// What is told at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The endpoint broke a promise.
    Violation(Violation),
    /// Nothing is written any more, for this reason. What was written is a history.
    RecordingStopped(String),
    /// Nothing is judged any more, for this reason.
    JudgingStopped(String),
}

/// Why a recording cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The endpoint cannot be spoken to.
    #[error(transparent)]
    Endpoint(#[from] ClientError),
    /// The file cannot be made.
    #[error("cannot record to {path}: {source}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// Histories of that kind are not judged.
    #[error(transparent)]
    Judge(#[from] JudgeError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
}

/// A recording that goes on until it is finished or dropped.
pub struct Running {
    address: SocketAddr,
    status: Arc<Status>,
    stop: oneshot::Sender<Duration>,
    serving: tokio::task::JoinHandle<()>,
    ending: Arc<AtomicBool>,
    scribe: JoinHandle<()>,
}

/// Starts to record; `tell` is told of violations and of what stops, at once and from another thread.
///
/// # Errors
/// If the endpoint, the file or the address cannot be used.
pub async fn start(settings: Settings, tell: impl Fn(Notice) + Send + Sync + 'static) -> Result<Running, StartError> {
    let (target, endpoint) = Target::parse(&settings.endpoint)?;
    let connector = connector(&target, &settings.trust)?;
    let header = Header { endpoint: Some(endpoint), world: settings.world, ..Header::default() };
    let refused = |source| StartError::Listen { address: settings.listen, source };
    let listener = TcpListener::bind(settings.listen).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let file = settings.out.map(|(path, existing)| {
        let path_text = path.display().to_string();
        HistoryFile::create(&path, existing).map_err(|source| StartError::File { path: path_text, source })
    });
    let file = file.transpose()?;
    let (tap, status): (_, Arc<Status>) = (Tap::new(), Arc::default());
    if file.is_none() {
        status.book().recording = Going::Off;
    }
    let tell: judging::Tell = Arc::new(tell);
    let court = Court::open(&header, &settings.bad_images, Arc::clone(&status), Arc::clone(&tell))?;
    let recorder = Recorder::new(header, settings.replies);
    let scribe = Scribe { tap: Arc::clone(&tap), recorder, file, court, status: Arc::clone(&status), tell };
    let ending = Arc::new(AtomicBool::new(false));
    let told_to_end = Arc::clone(&ending);
    let scribe = std::thread::spawn(move || scribe.run(&told_to_end));
    let proxy = Proxy::new((target, connector), settings.host, tap, Arc::clone(&status));
    let (stop, stopped) = oneshot::channel();
    let serving = tokio::spawn(serve(listener, Arc::new(proxy), stopped));
    Ok(Running { address, status, stop, serving, ending, scribe })
}

impl Running {
    /// The address it listens on, with the port it was given.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was counted so far.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.status.snapshot()
    }

    /// Takes no more connections, leaves requests under way so much time, writes and judges what is left, and says what
    /// there was.
    pub async fn finish(self, grace: Duration) -> Snapshot {
        // It can only have ended before it was told to.
        let _ = self.stop.send(grace);
        let _ = self.serving.await;
        self.ending.store(true, Ordering::Release);
        self.scribe.thread().unpark();
        let scribe = self.scribe;
        // The last search for what is to blame may take its time. Whoever panicked has said so.
        let _ = tokio::task::spawn_blocking(move || scribe.join()).await;
        self.status.snapshot()
    }
}

async fn serve(listener: TcpListener, proxy: Arc<Proxy>, mut stopped: oneshot::Receiver<Duration>) {
    let graceful = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    let mut server = http1::Builder::new();
    server.preserve_header_case(true).auto_date_header(false);
    let grace = loop {
        let accepted = tokio::select! {
            grace = &mut stopped => break grace.unwrap_or_default(),
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(REST).await;
            continue;
        };
        // Without it, small messages only arrive later.
        let _ = stream.set_nodelay(true);
        let proxy = Arc::clone(&proxy);
        let service = service_fn(move |request| {
            let proxy = Arc::clone(&proxy);
            async move { Ok::<_, Infallible>(proxy.answer(request).await) }
        });
        let connection = graceful.watch(server.serve_connection(TokioIo::new(stream), service));
        // An error is of this connection only, and its client knows of it.
        connections.spawn(async move { _ = connection.await });
        while connections.try_join_next().is_some() {}
    };
    drop(listener);
    // What does not end in time is cut off, and was lost.
    let _ = tokio::time::timeout(grace, graceful.shutdown()).await;
    connections.shutdown().await;
}
