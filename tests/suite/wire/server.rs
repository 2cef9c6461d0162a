//! A server that answers with exactly the bytes it is told to, and remembers what arrived.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fnconform::driver::Client;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// One request, as it arrived.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    /// Which connection it came on, counted from 0.
    pub(super) connection: usize,
    /// How many requests came on that connection before it.
    pub(super) before: usize,
    /// Request line and headers, without the empty line.
    pub(super) head: String,
    /// The body.
    pub(super) body: Vec<u8>,
}

impl Arrival {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().skip(1).filter_map(|line| line.split_once(": "));
        headers.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

/// What the server does next on the connection.
#[derive(Debug, Clone)]
pub(super) enum Move {
    /// Writes these bytes.
    Write(Vec<u8>),
    /// Writes these bytes one at a time, each in a packet of its own.
    Drip(Vec<u8>),
    /// Does nothing for so long.
    Pause(Duration),
    /// Ends the connection in good order.
    Close,
    /// Ends the connection with a reset.
    Reset,
}

/// Runs until it is dropped.
pub(super) struct RawServer {
    address: SocketAddr,
    arrivals: Arc<Mutex<Vec<Arrival>>>,
    task: JoinHandle<()>,
}

impl RawServer {
    /// Answers each request as the script says; where it does not close the connection, that is read on.
    pub(super) async fn start<S>(script: S) -> Self
    where
        S: Fn(&Arrival) -> Vec<Move> + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let arrivals = Arc::new(Mutex::new(Vec::new()));
        let (seen, script) = (arrivals.clone(), Arc::new(script));
        let connections = AtomicUsize::new(0);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let connection = connections.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(stream, connection, seen.clone(), script.clone()));
            }
        });
        Self { address, arrivals, task }
    }

    /// Answers every request with these bytes.
    pub(super) async fn always(bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        Self::start(move |_| vec![Move::Write(bytes.clone())]).await
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn client(&self) -> Client {
        Client::new(&self.url()).unwrap()
    }

    /// All requests that arrived whole, in their order.
    pub(super) fn arrivals(&self) -> Vec<Arrival> {
        self.arrivals.lock().unwrap().clone()
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve<S>(mut stream: TcpStream, connection: usize, seen: Arc<Mutex<Vec<Arrival>>>, script: Arc<S>)
where
    S: Fn(&Arrival) -> Vec<Move>,
{
    stream.set_nodelay(true).unwrap();
    for before in 0.. {
        let Some((head, body)) = read_request(&mut stream).await else { return };
        let arrival = Arrival { connection, before, head, body };
        seen.lock().unwrap().push(arrival.clone());
        for next in script(&arrival) {
            let written = match next {
                Move::Write(bytes) => stream.write_all(&bytes).await,
                Move::Drip(bytes) => drip(&mut stream, &bytes).await,
                Move::Pause(time) => {
                    tokio::time::sleep(time).await;
                    Ok(())
                }
                Move::Close => return,
                Move::Reset => {
                    stream.set_zero_linger().unwrap();
                    return;
                }
            };
            // A client that went away is no failure of the server's.
            if written.is_err() {
                return;
            }
        }
    }
}

async fn drip(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    for byte in bytes {
        stream.write_all(&[*byte]).await?;
        tokio::task::yield_now().await;
    }
    Ok(())
}

/// Reads a request with a length; `None` when the connection ends first.
async fn read_request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut body = bytes.split_off(end + 4);
    let length = head
        .lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map_or(0, |(_, length)| length.parse().unwrap());
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    assert_eq!(body.len(), length, "a client must not send more before it was answered");
    Some((head, body))
}
