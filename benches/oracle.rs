//! How fast histories are judged: by their shape, by their length and by how much happens at once; and how fast a
//! checker of linearizability that others wrote judges the same.
//!
//! ```text
//! cargo bench --bench oracle                              the tables, and what criterion measures
//! FNCONFORM_BENCH=full cargo bench --bench oracle         the same up to a million operations
//! cargo bench --bench oracle -- --write 10000000 8        a history as ndjson, to be piped into `fnconform check -`
//! ```
//!
//! Judged is the whole history, from operations in memory to the verdict. Of an illegal one, whose answer at three
//! quarters is wrong, the time counts until the violation was found and blamed.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a bench says what it measured, and ends where it cannot measure"
)]

mod histories;
#[path = "../tests/suite/agreement/labels.rs"]
mod labels;
mod peer;
#[path = "../tests/suite/agreement/powerset.rs"]
mod powerset;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use fnconform::history::{History, write};
use fnconform::oracle::{self, Judge};
use histories::steady::Steady;
use histories::{Shape, make_wrong};
use std::io::{self, BufWriter, Write as _};
use std::time::{Duration, Instant};

/// How many operations are under way at once.
const CONCURRENCY: [usize; 5] = [1, 4, 8, 16, 24];
/// How long the histories of the table are, each ten times the one before.
const LENGTHS: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Longer ones are judged only if all is to be measured.
const QUICK: usize = 100_000;
/// What took longer is not measured at ten times the length.
const SLOW: Duration = Duration::from_secs(6);
/// So many operations are judged in what criterion measures.
const MEASURED: usize = 10_000;

/// Whether all is to be measured, however long it takes.
fn is_full() -> bool {
    std::env::var("FNCONFORM_BENCH").is_ok_and(|word| word == "full")
}

/// What came of judging a legal history.
struct Judged {
    /// `None` if the judge gave up.
    time: Option<Duration>,
    widest: usize,
}

/// Judges a legal history: the shortest of three times, or of one if it takes long.
fn judged(history: &History) -> Judged {
    let mut judged = Judged { time: None, widest: 0 };
    for _ in 0..3 {
        let since = Instant::now();
        let judgement = oracle::judge(history).unwrap();
        let time = since.elapsed();
        assert!(judgement.first_violation().is_none(), "the machine is right");
        judged.widest = judgement.widest;
        if judgement.is_inconclusive() {
            return Judged { time: None, ..judged };
        }
        judged.time = Some(judged.time.map_or(time, |before| before.min(time)));
        if time > Duration::from_secs(2) {
            break;
        }
    }
    judged
}

/// Judges an illegal history: when its violation was found and blamed, and how many operations after it; `None` if it
/// was not.
fn found(history: &History, wrong: usize) -> Option<(Duration, usize)> {
    let since = Instant::now();
    let mut judge = Judge::new(&history.header).unwrap();
    for (place, operation) in history.operations.iter().enumerate() {
        judge.push(operation.clone()).unwrap();
        // What was found is looked for now and then only: there may be many functions.
        if place % 64 == 0 && judge.findings().next().is_some() {
            return Some((since.elapsed(), place.saturating_sub(wrong)));
        }
    }
    let judgement = judge.finish();
    let finding = judgement.first_violation()?;
    assert_eq!(finding.operation.line, wrong + 1, "{}", finding.explanation);
    Some((since.elapsed(), history.operations.len() - wrong))
}

fn micros_each(time: Duration, operations: usize) -> f64 {
    time.as_secs_f64() * 1e6 / operations as f64
}

fn row(shape: Shape, concurrency: usize, length: usize, before: Option<Duration>) -> Option<Duration> {
    let mut history = histories::history(shape, length, concurrency);
    let Judged { time, widest } = judged(&history);
    let wrong = make_wrong(&mut history);
    let each = time.map_or("unknown".into(), |time| format!("{:.2}", micros_each(time, length)));
    let longer = before.zip(time).map_or(String::new(), |(before, time)| format!("{:.1}", ratio(time, before)));
    let illegal = found(&history, wrong)
        .map_or("not found".into(), |(time, after)| format!("{:.1} ms, {after} later", time.as_secs_f64() * 1e3));
    println!("{shape:<7} {concurrency:>7} {length:>9} {each:>9} {longer:>9} {widest:>9}   {illegal}");
    time
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn table() {
    println!("shape   at once    length   µs each   × for 10   widest   the illegal one: found after");
    let lengths = || LENGTHS.into_iter().filter(|length| *length <= QUICK || is_full());
    for shape in [Shape::Steady, Shape::Bursts] {
        for concurrency in CONCURRENCY {
            let mut before = None;
            for length in lengths() {
                before = row(shape, concurrency, length, before);
                if before.is_none_or(|time| time > SLOW) {
                    break;
                }
            }
        }
    }
    let mut before = None;
    for length in [QUICK, 10 * QUICK] {
        before = row(Shape::Many, 8, length, before);
    }
}

/// Writes a history to the standard output as it comes to be.
fn write_out(length: usize, concurrency: usize) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for operation in Steady::new(concurrency, 1).take(length) {
        writeln!(out, "{}", write::operation(&operation))?;
    }
    out.flush()
}

fn judging(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("judge");
    group.throughput(Throughput::Elements(MEASURED as u64)).sample_size(10);
    for concurrency in CONCURRENCY.into_iter().filter(|concurrency| *concurrency <= 8) {
        let history = histories::history(Shape::Steady, MEASURED, concurrency);
        group.bench_function(BenchmarkId::from_parameter(concurrency), |bencher| {
            bencher.iter(|| oracle::judge(&history))
        });
    }
    group.finish();
}

criterion_group!(benches, judging);

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["--write", length, concurrency, ..] => {
            write_out(length.parse().unwrap(), concurrency.parse().unwrap()).unwrap();
            return;
        }
        [peer::ARGUMENT, rest @ ..] => return peer::answer(rest),
        // Without this flag nothing is to be measured, only seen to run.
        words if words.contains(&"--bench") => {
            table();
            peer::table(is_full());
        }
        _ => {}
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
