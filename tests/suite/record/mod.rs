//! The recording proxy: what passes, what is recorded of it, and what is said of that.

mod process;
mod recorded;
mod traffic;

use fnconform::driver::Trust;
use fnconform::exchange::Replies;
use fnconform::history::Extent;
use fnconform::record::{self, Existing, HostPolicy, Notice, Running, Settings, Snapshot};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A recording before an endpoint, with its file.
pub(crate) struct Recording {
    running: Running,
    notices: Arc<Mutex<Vec<Notice>>>,
    folder: TempDir,
}

impl Recording {
    pub(crate) async fn of(endpoint: SocketAddr) -> Self {
        Self::with(endpoint, |_| {}).await
    }

    pub(crate) async fn with(endpoint: SocketAddr, change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings {
            endpoint: format!("http://{endpoint}"),
            trust: Trust::System,
            listen: ([127, 0, 0, 1], 0).into(),
            host: HostPolicy::Client,
            out: Some((folder.path().join("history.ndjson"), Existing::Refused)),
            world: Extent::Open,
            replies: Replies::default(),
            bad_images: Vec::new(),
        };
        change(&mut settings);
        let notices: Arc<Mutex<Vec<Notice>>> = Arc::default();
        let told = Arc::clone(&notices);
        let running = record::start(settings, move |notice| told.lock().unwrap().push(notice)).await.unwrap();
        Self { running, notices, folder }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.running.address()).await.unwrap()
    }

    /// Ends it; what it counted, and what it wrote.
    pub(crate) async fn finish(self) -> (Snapshot, String) {
        let snapshot = self.running.finish(Duration::from_secs(5)).await;
        let text = std::fs::read_to_string(self.folder.path().join("history.ndjson")).unwrap_or_default();
        (snapshot, text)
    }
}

/// An address to connect to, and who listens there.
async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// An endpoint that answers every request with these bytes, after the request's head, and closes.
async fn answering(answer: &'static [u8]) -> SocketAddr {
    let (listener, address) = listener().await;
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                head(&mut stream).await;
                stream.write_all(answer).await.unwrap();
            });
        }
    });
    address
}

/// Reads up to the end of a head.
async fn head(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => text.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(text).unwrap()
}

async fn exactly(stream: &mut TcpStream, length: usize) -> String {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await.unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Sends a request, and reads until the connection ends.
pub(crate) async fn send(recording: &Recording, request: &str) -> String {
    let mut client = recording.connect().await;
    client.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    answer
}

/// A request after whose answer the connection ends.
pub(crate) fn request(method: &str, path: &str, body: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}
