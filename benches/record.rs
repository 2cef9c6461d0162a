//! How much the recording proxy adds: requests a second and the slowest of them, straight, through nginx, and through
//! `fnconform record`, which writes and judges a history of all of them.
//!
//! Sixteen connections send one request after the other: looks at four functions and invocations of them, by turns. The
//! endpoint does nothing but answer. It and the load share a process; the proxies are processes of their own, each
//! allowed all cores. All that share the cores of the machine, so the time that the load and the endpoint take is in all
//! three; what the proxies take alone differs more than the ratio says.
//!
//! nginx is taken from the `PATH` (Debian: `apt-get install nginx-light`); without it, only the rest is measured.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench says what it measured, and ends where it cannot measure"
)]

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Full};
use hyper::client::conn::http1 as client;
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

const CONNECTIONS: usize = 16;
const FUNCTIONS: usize = 4;
/// So often each way is measured, by turns.
const TURNS: usize = 5;
const TURN: Duration = Duration::from_secs(2);

const FUNCTION: &str = r#"{"functionName":"f","runtime":"custom-container","handler":"h","state":"Active","lastUpdateStatus":"Successful","customContainerConfig":{"image":"registry.example/app:1","resolvedImageUri":"registry.example/app@sha256:0000000000000000000000000000000000000000000000000000000000000000"}}"#;
const SERVED: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// A process that ends with the bench.
struct Proxy {
    process: Child,
    address: SocketAddr,
}

impl Proxy {
    /// Ends it as Ctrl-C does, so that it can say what it saw.
    fn interrupt(&mut self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        self.process.wait().unwrap();
    }
}

impl Proxy {
    /// The most memory that it ever took, where the system says so.
    fn peak(&self) -> Option<String> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(|peak| peak.trim().to_owned())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Killed, nginx would leave its workers behind.
        if let Ok(None) = self.process.try_wait() {
            self.interrupt();
        }
    }
}

fn record(endpoint: SocketAddr, folder: &Path) -> (Proxy, BufReader<std::process::ChildStdout>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fnconform"));
    command.args(["record", "--listen", "127.0.0.1:0", "--endpoint", &format!("http://{endpoint}"), "--out"]);
    let mut process = command.arg(folder.join("history.ndjson")).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(process.stdout.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on http://").unwrap().parse().unwrap();
    (Proxy { process, address }, said)
}

fn nginx(endpoint: SocketAddr, folder: &Path) -> Option<Proxy> {
    let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let config = format!(
        "worker_processes auto; pid nginx.pid; error_log stderr error;
         events {{ worker_connections 1024; }}
         http {{
           access_log off;
           client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fcgi; uwsgi_temp_path uwsgi;
           scgi_temp_path scgi;
           upstream endpoint {{ server {endpoint}; keepalive 64; keepalive_requests 100000000; }}
           server {{
             listen {address} reuseport; keepalive_requests 100000000;
             location / {{ proxy_pass http://endpoint; proxy_http_version 1.1; proxy_set_header Connection \"\"; }}
           }}
         }}"
    );
    std::fs::write(folder.join("nginx.conf"), config).unwrap();
    let mut command = Command::new("nginx");
    command.arg("-p").arg(folder).args(["-e", "stderr", "-c", "nginx.conf", "-g", "daemon off;"]);
    let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
    let deadline = Instant::now() + Duration::from_secs(5);
    while std::net::TcpStream::connect(address).is_err() {
        assert!(Instant::now() < deadline, "nginx does not listen");
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(Proxy { process, address })
}

async fn endpoint() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            stream.set_nodelay(true).unwrap();
            let answer = service_fn(|request: Request<hyper::body::Incoming>| async move {
                let body = if request.method() == Method::GET { FUNCTION } else { SERVED };
                Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(body.as_bytes()))))
            });
            tokio::spawn(server::Builder::new().serve_connection(TokioIo::new(stream), answer));
        }
    });
    address
}

/// What a turn measured.
struct Measured {
    rate: f64,
    median: Duration,
    p99: Duration,
}

async fn turn(address: SocketAddr) -> Measured {
    let begun = Instant::now();
    let mut connections = JoinSet::new();
    for number in 0..CONNECTIONS {
        connections.spawn(async move {
            let stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            let (mut sender, connection) = client::handshake(TokioIo::new(stream)).await.unwrap();
            tokio::spawn(connection);
            let path = format!("/2023-03-30/functions/f{}", number % FUNCTIONS);
            let mut times = Vec::new();
            while begun.elapsed() < TURN {
                let invocation = times.len() % 2 == 1;
                let (method, tail) = if invocation { (Method::POST, "/invocations") } else { (Method::GET, "") };
                let request = Request::builder().method(method).uri(format!("{path}{tail}")).header("host", "endpoint");
                let sent = Instant::now();
                let response = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap();
                assert!(response.status().is_success(), "{}", response.status());
                response.into_body().collect().await.unwrap();
                times.push(sent.elapsed());
            }
            times
        });
    }
    let mut times: Vec<Duration> = connections.join_all().await.concat();
    let rate = times.len() as f64 / begun.elapsed().as_secs_f64();
    times.sort();
    Measured { rate, median: times[times.len() / 2], p99: times[times.len() * 99 / 100] }
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let endpoint = runtime.block_on(endpoint());
    let nginx = nginx(endpoint, folder.path());
    if nginx.is_none() {
        println!("nginx is not installed, so nothing is compared with it (Debian: apt-get install nginx-light)");
    }
    let (mut recorder, mut said) = record(endpoint, folder.path());
    let mut ways = vec![("straight", endpoint), ("record", recorder.address)];
    ways.extend(nginx.as_ref().map(|proxy| ("nginx", proxy.address)));
    for (_, address) in &ways {
        runtime.block_on(turn(*address));
    }
    let mut measured: Vec<Vec<Measured>> = ways.iter().map(|_| Vec::new()).collect();
    for _ in 0..TURNS {
        for (way, (_, address)) in ways.iter().enumerate() {
            measured[way].push(runtime.block_on(turn(*address)));
        }
    }
    println!("{CONNECTIONS} connections, {TURNS} turns of {TURN:?} each, by turns; medians");
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    let rates: Vec<f64> = measured.iter().map(|all| middle(all.iter().map(|one| one.rate).collect())).collect();
    let p99s: Vec<f64> =
        measured.iter().map(|all| middle(all.iter().map(|one| milliseconds(one.p99)).collect())).collect();
    for (way, (name, _)) in ways.iter().enumerate() {
        let median = middle(measured[way].iter().map(|one| milliseconds(one.median)).collect());
        println!("{name:9} {:8.0} requests/s   median {median:.2} ms   p99 {:.2} ms", rates[way], p99s[way]);
    }
    println!("record adds {:.2} ms to p99", p99s[1] - p99s[0]);
    if rates.len() > 2 {
        println!("record passes {:.2} times as many requests a second as nginx", rates[1] / rates[2]);
    }
    if let Some(peak) = recorder.peak() {
        println!("record took {peak} of memory at the most");
    }
    recorder.interrupt();
    let mut summary = String::new();
    std::io::Read::read_to_string(&mut said, &mut summary).unwrap();
    print!("{summary}");
}
