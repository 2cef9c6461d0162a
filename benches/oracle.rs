//! How fast histories are judged, by their length and by how much happens at once.
//!
//! The histories are what the emulator's machine answers in simulated time to bursts of operations on one function, mostly
//! looks and invocations, with updates, levers and a delete now and then; all operations of a burst overlap. Judged is the
//! whole history, from operations in memory to the verdict.
//!
//! The table is printed once, with how much longer ten times the length takes; criterion measures ten thousand operations
//! at each concurrency up to eight. More of a burst than that is often given up: *unknown*.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench says what it measured, and ends where it cannot measure"
)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group};
use fnconform::emulator::Settings;
use fnconform::history::History;
use fnconform::oracle;
use fnconform::plan::{Action, Change, F, I, Plan, Step};
use fnconform::rehearsal::Rehearsal;
use std::time::{Duration, Instant};

/// How many operations are under way at once.
const CONCURRENCY: [usize; 5] = [1, 4, 8, 16, 24];
/// How long the histories of the table are, each ten times the one before.
const LENGTHS: [usize; 3] = [1_000, 10_000, 100_000];
/// So many operations are judged in what criterion measures.
const MEASURED: usize = 10_000;

/// A history of so many operations, of which so many overlap.
fn history(length: usize, concurrency: usize) -> History {
    let mut dice = Dice(u64::try_from(concurrency).unwrap());
    let mut rehearsal = Rehearsal::begin(Settings::default(), 2);
    rehearsal.step(&Step(vec![Action::Create(F(0), I(0))]), None);
    while rehearsal.operations().len() < length {
        let burst = (0..concurrency).map(|_| operation(&mut dice)).collect();
        rehearsal.step(&Step(burst), None);
        if dice.below(8) == 0 {
            rehearsal.step(&Step(vec![Action::Pause(150)]), None);
        }
    }
    let mut history = rehearsal.end(Plan { steps: Vec::new() }).history;
    history.operations.truncate(length);
    history
}

fn operation(dice: &mut Dice) -> Action {
    let i = I(u8::try_from(dice.below(2)).unwrap());
    match dice.below(100) {
        0 | 1 => Action::Update(F(0), i),
        2 => Action::Image(i, Change::ALL[usize::try_from(dice.below(3)).unwrap()]),
        3 => Action::Idle(F(0)),
        4 => Action::Create(F(0), i),
        5 if dice.below(8) == 0 => Action::Delete(F(0)),
        6..55 => Action::Get(F(0)),
        _ => Action::Invoke(F(0)),
    }
}

/// The generator of Steele, Lea and Flood (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// How long it takes to judge a history, the shortest of three times, and the most explanations there were at once;
/// `None` for the time if the judge gave up.
fn judged(history: &History) -> (Option<Duration>, usize) {
    let mut widest = 0;
    let mut told = true;
    let times = (0..3).map(|_| {
        let since = Instant::now();
        let judgement = oracle::judge(history).unwrap();
        assert!(judgement.first_violation().is_none(), "the machine is right");
        told = !judgement.is_inconclusive();
        widest = judgement.widest;
        since.elapsed()
    });
    let shortest = times.min().unwrap();
    (told.then_some(shortest), widest)
}

fn table() {
    println!("operations at once    length    µs an operation    ten times the length takes    widest frontier");
    for concurrency in CONCURRENCY {
        let mut before: Option<Duration> = None;
        for length in LENGTHS {
            let history = history(length, concurrency);
            let (time, widest) = judged(&history);
            let each = time.map_or_else(
                || "unknown".to_owned(),
                |time| format!("{:.2}", time.as_secs_f64() * 1e6 / f64::from(u32::try_from(length).unwrap())),
            );
            let longer = before
                .zip(time)
                .map_or_else(String::new, |(before, time)| format!("{:.1}", time.as_secs_f64() / before.as_secs_f64()));
            println!("{concurrency:>18}  {length:>8}  {each:>17}  {longer:>28}  {widest:>17}");
            before = time;
        }
    }
}

fn judging(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("judge");
    group.throughput(Throughput::Elements(MEASURED as u64)).sample_size(10);
    for concurrency in CONCURRENCY.into_iter().filter(|concurrency| *concurrency <= 8) {
        let history = history(MEASURED, concurrency);
        group.bench_function(BenchmarkId::from_parameter(concurrency), |bencher| {
            bencher.iter(|| oracle::judge(&history))
        });
    }
    group.finish();
}

criterion_group!(benches, judging);

fn main() {
    // Without this flag nothing is to be measured, only seen to run.
    if std::env::args().any(|arg| arg == "--bench") {
        table();
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}
