//! How many requests it takes until each fault is found, by this suite's plans and by operations chosen at random.
//!
//! Both play on the emulator's machine in simulated time, one case after the other, everything new for each case, and
//! both are judged by the same oracle. The suite executes its systematic plans and then generated ones; the random
//! tester is the plain one that anybody would write first. Requests are calls of the API (levers are free to both), up
//! to the end of the first step whose prefix of the case is found to break something.
//!
//! A real run differs: it has many cases in flight against one endpoint, looks more often while it waits, and plays the
//! scenarios first. What needs real concurrency, or an endpoint that is older than a case, cannot be seen here by
//! either; such faults are listed apart.
//!
//! What criterion measures is the time in which the suite's plans find all faults of one seed.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench says what it measured, and ends where it cannot measure"
)]

#[path = "histories/dice.rs"]
mod dice;

use criterion::{Criterion, criterion_group};
use dice::Dice;
use fnconform::driver::Dialect as _;
use fnconform::driver::fc3::Fc3;
use fnconform::driver::judged::{Depth, judge};
use fnconform::emulator::{Behaviour, Settings, fault};
use fnconform::lever::LeverSet;
use fnconform::plan::{Action, Change, F, I, Plan, Step, strategy, systematic};
use fnconform::rehearsal::Rehearsal;
use fnconform::requirement::api;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// After so many requests a search gives up.
const CAP: u64 = 20_000;
/// Everything random is drawn from these, one search each.
const SEEDS: [u64; 3] = [1, 2, 3];
/// How long a case of the random tester is.
const STEPS: usize = 20;

/// The plans of a search, the first one first.
type Plans = Box<dyn Iterator<Item = Plan>>;

/// What a run executes: the systematic plans, then generated ones.
fn ours(seed: u64) -> Plans {
    let drawn = (0..).map(move |number| strategy::plan(seed, number, LeverSet::ALL));
    Box::new(systematic::plans(LeverSet::ALL).chain(drawn))
}

/// What the random tester executes: one function or two, three images, each step any operation as likely as any other.
fn random(seed: u64) -> Plans {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    Box::new(std::iter::repeat_with(move || {
        let functions = dice.choose(&[&[F(0)][..], &[F(0), F(1)]]);
        let steps = (0..STEPS).map(|_| Step(vec![operation(&mut dice, functions)])).collect();
        Plan { steps }
    }))
}

fn operation(dice: &mut Dice, functions: &[F]) -> Action {
    let (f, i) = (dice.choose(functions), I(dice.choose(&[0, 1, 2])));
    match dice.below(12) {
        0 => Action::Create(f, i),
        1 => Action::Update(f, i),
        2 => Action::Get(f),
        3 => Action::Invoke(f),
        4 => Action::Delete(f),
        5 => Action::Idle(f),
        6 => Action::Settle(f),
        7 => Action::Image(i, Change::Publish),
        8 => Action::Image(i, Change::Hold),
        9 => Action::Image(i, Change::Fail),
        10 => Action::Image(i, Change::Remove),
        _ => Action::Image(i, Change::Ready),
    }
}

/// After how many requests the plans find that fault; `None` if the cap comes first.
fn search(fault: &'static dyn Behaviour, plans: Plans) -> Option<u64> {
    let mut before = 0;
    for plan in plans {
        let (requests, breaks) = play(fault, &plan, plan.steps.len());
        if breaks {
            let shortest = (1..=plan.steps.len()).map(|steps| play(fault, &plan, steps)).find(|(_, breaks)| *breaks);
            return Some(before + shortest.map_or(requests, |(requests, _)| requests)).filter(|found| *found <= CAP);
        }
        before += requests;
        if before >= CAP {
            return None;
        }
    }
    None
}

/// Plays so many steps of the plan: how many requests that took, and whether something was seen to break.
fn play(fault: &'static dyn Behaviour, plan: &Plan, steps: usize) -> (u64, bool) {
    let mut rehearsal = Rehearsal::begin(Settings::default().behaving(fault), plan.images());
    for (place, step) in plan.steps[..steps].iter().enumerate() {
        rehearsal.step(step, plan.steps.get(place + 1));
    }
    let requests = rehearsal.requests();
    // Whether a function surely was not there costs far more to know than all the rest, and matters to the form of the
    // answer alone: where the fault does not touch that form, nothing is lost by not asking.
    let depth = if fault.breaks().contains(&api::NOT_FOUND.name) { Depth::Exercise } else { Depth::Verdict };
    let case = judge(rehearsal.end(plan.clone()), Fc3.not_found_code(), depth);
    (requests, case.breaks_something())
}

/// What the searches for one fault came to, seed by seed.
struct Row {
    fault: &'static str,
    ours: Vec<Option<u64>>,
    random: Vec<Option<u64>>,
}

/// Searches for all faults with all seeds, on as many threads as there are cores.
fn rows() -> Vec<Row> {
    let next = AtomicUsize::new(0);
    let one = |fault: &'static dyn Behaviour| Row {
        fault: fault.name(),
        ours: SEEDS.iter().map(|seed| search(fault, ours(*seed))).collect(),
        random: SEEDS.iter().map(|seed| search(fault, random(*seed))).collect(),
    };
    let work = || {
        let mut done = Vec::new();
        while let Some(fault) = fault::FAULTS.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push(one(*fault));
        }
        done
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut rows: Vec<Row> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    let place = |row: &Row| fault::FAULTS.iter().position(|fault| fault.name() == row.fault);
    rows.sort_by_key(place);
    rows
}

/// What a search cost that may have given up.
fn cost(found: Option<u64>) -> u64 {
    found.unwrap_or(CAP)
}

fn median(mut costs: Vec<u64>) -> u64 {
    costs.sort_unstable();
    costs[costs.len() / 2]
}

fn middle(searches: &[Option<u64>]) -> String {
    match median(searches.iter().map(|found| cost(*found)).collect()) {
        CAP => "missed".to_owned(),
        found => found.to_string(),
    }
}

fn print(rows: &[Row]) {
    let line = |name: &str, ours: &str, random: &str| println!("{name:<44} {ours:>9} {random:>9}");
    line("requests until found, the middle of 3 seeds", "suite", "random");
    let nobody = |row: &&Row| row.ours.iter().chain(&row.random).all(Option::is_none);
    let (unseen, seen): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(nobody);
    for row in &seen {
        line(row.fault, &middle(&row.ours), &middle(&row.random));
    }
    let searches = |of: fn(&Row) -> &Vec<Option<u64>>| seen.iter().flat_map(|row| of(row).clone()).collect();
    let (ours, random): (Vec<_>, Vec<_>) = (searches(|row| &row.ours), searches(|row| &row.random));
    let total = |of: &[Option<u64>]| of.iter().copied().map(cost).sum::<u64>();
    let middle_of = |of: &[Option<u64>]| median(of.iter().copied().map(cost).collect());
    let missed = |of: &[Option<u64>]| of.iter().filter(|found| found.is_none()).count();
    line("total, a miss counted as the cap", &total(&ours).to_string(), &total(&random).to_string());
    line("median", &middle_of(&ours).to_string(), &middle_of(&random).to_string());
    line(&format!("missed, of {} searches", ours.len()), &missed(&ours).to_string(), &missed(&random).to_string());
    for row in &unseen {
        println!("{}: found by neither within {CAP} requests", row.fault);
    }
    let ratio = total(&ours) as f64 / total(&random) as f64;
    println!("the suite needs {ratio:.3} of the requests of a random tester to find {} faults", seen.len());
}

fn benches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("search");
    group.sample_size(10).warm_up_time(Duration::from_secs(1));
    group.bench_function("all faults", |bencher| {
        bencher.iter(|| fault::FAULTS.iter().filter(|fault| search(**fault, ours(SEEDS[0])).is_some()).count());
    });
    group.finish();
}

criterion_group!(searches, benches);

fn main() {
    // Without it, nobody asked for a measurement: it is compiled and tried.
    if std::env::args().any(|argument| argument == "--bench") {
        let began = Instant::now();
        print(&rows());
        println!("searched for {:.1} s", began.elapsed().as_secs_f64());
    }
    searches();
    Criterion::default().configure_from_args().final_summary();
}
