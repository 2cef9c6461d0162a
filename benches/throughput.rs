//! How many requests a second a run sends, against what a bare loop can send.
//!
//! The run is the usual one (as many cases and jobs as if nobody says otherwise): it plans, sends, waits, records, judges,
//! works out what was exercised, and cleans up. The bare loop does nothing but send prepared requests on as many
//! kept-alive connections and read the answers whole. Both are driven against the same embedded emulator, by turns, and
//! each time the loop sends as many requests as the run before it did.
//!
//! The emulator, the driver and the loop share one process and one runtime with as many threads as the machine has
//! cores, so that the emulator's work counts for both, and what a run computes is taken from its emulator as well. An
//! endpoint on another machine would leave a run more room.
//!
//! Preparations take next to no time here, for otherwise waiting would be measured. A run still waits: never less than a few
//! milliseconds at a time, because the shortest preparation that it reckons with is 5 ms long.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench says what it measured, and ends where it cannot measure"
)]

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group};
use fnconform::driver::endpoint::Endpoint;
use fnconform::driver::fc3::Fc3;
use fnconform::driver::run::{Nobody, RunSettings, run};
use fnconform::driver::{Client, Dialect, Request};
use fnconform::emulator::{self, Running, Settings};
use fnconform::history::Name;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

/// As many cases as `fnconform run` executes if the user does not say.
const CASES: usize = 256;
/// As many of them at once.
const JOBS: usize = 64;
/// So many turns of both are measured for the ratio.
const TURNS: usize = 9;
/// The unit in which criterion is told how long a turn took, since no two runs send equally many requests.
const UNIT: u64 = 1000;

/// How many requests were sent, and in what time.
#[derive(Clone, Copy)]
struct Sent {
    requests: u64,
    time: Duration,
}

impl Sent {
    fn rate(self) -> f64 {
        self.requests as f64 / self.time.as_secs_f64()
    }

    /// The time that [`UNIT`] requests took.
    fn unit(self) -> Duration {
        self.time.mul_f64(UNIT as f64 / self.requests as f64)
    }
}

/// The emulator under both.
struct Arena {
    runtime: Runtime,
    emulator: Running,
    runs: AtomicU64,
}

impl Arena {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let settings = Settings {
            preparation_time: Duration::ZERO,
            jitter: Duration::from_micros(100),
            notice_time: Duration::from_micros(100),
            ..Settings::default()
        };
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let emulator = runtime.block_on(emulator::start(settings, anywhere)).unwrap();
        Self { runtime, emulator, runs: AtomicU64::new(0) }
    }

    /// A whole run, warm-up and cleaning included.
    fn run(&self) -> Sent {
        let number = self.runs.fetch_add(1, Ordering::Relaxed);
        let name = format!("bench-{number}").into();
        let endpoint = Endpoint::new(Client::new(&self.emulator.url()).unwrap(), &Fc3, name);
        let (_stop, stopped) = tokio::sync::watch::channel(false);
        let output = self.runtime.block_on(run(endpoint, &run_settings(number), stopped, &Nobody)).unwrap();
        Sent { requests: output.result.requests, time: output.result.duration }
    }

    /// So many requests, on as many connections as a run has jobs.
    fn bare(&self, requests: u64) -> Sent {
        self.runtime.block_on(async {
            let mix = Arc::new(mix(self.emulator.address()).await);
            let mut connections = Vec::new();
            for _ in 0..JOBS {
                connections.push(connect(self.emulator.address()).await);
            }
            let left = Arc::new(AtomicU64::new(requests));
            let began = Instant::now();
            let mut sending = JoinSet::new();
            for (place, mut connection) in connections.into_iter().enumerate() {
                let (mix, left) = (Arc::clone(&mix), Arc::clone(&left));
                sending.spawn(async move {
                    let mut next = place;
                    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                        exchange(&mut connection, &mix[next % mix.len()]).await;
                        next += 1;
                    }
                });
            }
            while let Some(ended) = sending.join_next().await {
                ended.unwrap();
            }
            Sent { requests, time: began.elapsed() }
        })
    }
}

fn run_settings(number: u64) -> RunSettings {
    RunSettings { seed: number + 1, cases: CASES, jobs: JOBS, ..RunSettings::default() }
}

type Prepared = hyper::Request<Full<Bytes>>;
type Connection = http1::SendRequest<Full<Bytes>>;

/// What the loop sends by turns: of ten requests five look, four invoke and one updates, on functions that exist.
async fn mix(address: SocketAddr) -> Vec<Prepared> {
    let mut connection = connect(address).await;
    let mut mix = Vec::new();
    for number in 0..8 {
        let function: Name = format!("bare-{number}").into();
        let image: Name = "registry.example.com/bench:bare".into();
        let create = Request::Create { function: function.clone(), image: image.clone() };
        exchange(&mut connection, &prepared(address, &create)).await;
        let get = Request::Get { function: function.clone() };
        let invoke = Request::Invoke { function: function.clone() };
        let update = Request::Update { function, image };
        for request in [&get, &invoke, &get, &invoke, &get, &update, &get, &invoke, &get, &invoke] {
            mix.push(prepared(address, request));
        }
    }
    mix
}

/// The request as a run would send it, but for the tag.
fn prepared(address: SocketAddr, request: &Request) -> Prepared {
    let encoded = Fc3.encode(request);
    let mut builder = hyper::Request::builder().method(encoded.method).uri(encoded.path);
    builder = builder.header("host", address.to_string());
    for (name, value) in encoded.headers {
        builder = builder.header(name, value);
    }
    builder.body(Full::new(Bytes::from(encoded.body))).unwrap()
}

async fn connect(address: SocketAddr) -> Connection {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (connection, driving) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(driving);
    connection
}

async fn exchange(connection: &mut Connection, request: &Prepared) {
    connection.ready().await.unwrap();
    let response = connection.send_request(request.clone()).await.unwrap();
    response.into_body().collect().await.unwrap();
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

/// Measures both by turns, so that whatever else the machine does meets both, and says how they compare.
fn compare(arena: &Arena) -> String {
    let (mut runs, mut loops) = (Vec::new(), Vec::new());
    let mut text = String::new();
    for turn in 0..=TURNS {
        let run = arena.run();
        let bare = arena.bare(run.requests);
        // The first turn warms up.
        if turn > 0 {
            let _ = writeln!(
                text,
                "{:>6} requests: a run {:>6.0}/s, a bare loop {:>6.0}/s",
                run.requests,
                run.rate(),
                bare.rate()
            );
            runs.push(run.rate());
            loops.push(bare.rate());
        }
    }
    let (run, bare) = (median(runs), median(loops));
    let ratio = run / bare;
    let _ = write!(text, "a run reaches {run:.0} requests/s, a bare loop {bare:.0}: ratio {ratio:.2}");
    text
}

fn benches(criterion: &mut Criterion) {
    let arena = Arena::new();
    let typical = arena.run().requests;
    let mut group = criterion.benchmark_group("a run");
    group.sample_size(10).throughput(Throughput::Elements(UNIT));
    group.bench_function("requests", |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| arena.run().unit()).sum());
    });
    group.finish();
    let mut group = criterion.benchmark_group("a bare loop");
    group.sample_size(10).throughput(Throughput::Elements(UNIT));
    group.bench_function("requests", |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| arena.bare(typical).unit()).sum());
    });
    group.finish();
}

criterion_group!(throughput, benches);

fn main() {
    // Without it, nobody asked for a measurement: it is compiled and tried.
    if std::env::args().any(|argument| argument == "--bench") {
        println!("{}", compare(&Arena::new()));
    }
    throughput();
    Criterion::default().configure_from_args().final_summary();
}
