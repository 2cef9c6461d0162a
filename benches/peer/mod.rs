//! The same histories put to `porcupine-rs`, each in a process of its own: it may need more time or memory than there
//! is.
//!
//! It is asked twice: with the sets of possible worlds as its states, as one would write it, and with their numbers and
//! all steps between them remembered, which leaves nothing but its own search.

use super::histories::{self, Shape, make_wrong};
use super::powerset::{self, Numbered, Sets};
use super::{found, judged, labels, ratio};
use fnconform::model::Model;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// The argument with which this program asks itself.
pub(crate) const ARGUMENT: &str = "--peer";
/// How long it may take.
const LIMIT: Duration = Duration::from_secs(60);
/// How many pages of memory it may use: three GiB.
const PAGES: usize = 3 << 18;

/// The sets themselves are its states.
const SETS: &str = "sets";
/// Their numbers are.
const NUMBERED: &str = "numbered";

/// What the peer says.
enum Said {
    Time(Duration),
    /// Nothing so far, and why it was stopped.
    Nothing(&'static str, Duration),
}

/// What is measured: operations at once and length; the longer ones only if all is.
const ROWS: [(usize, usize); 9] =
    [(1, 1_000), (4, 1_000), (8, 1_000), (1, 10_000), (4, 10_000), (8, 10_000), (1, 50_000), (4, 50_000), (8, 50_000)];

/// Prints how long each takes, and how much longer the peer.
pub(crate) fn table(is_full: bool) {
    println!(
        "\nshape   history at once    length       here   porcupine-rs  times as long   remembering  times as long"
    );
    for shape in [Shape::Steady, Shape::Bursts] {
        for (concurrency, length) in ROWS.into_iter().filter(|row| is_full || row.1 < 50_000 || row.0 == 8) {
            let mut history = histories::history(shape, length, concurrency);
            let here = judged(&history).time;
            print(shape, "legal", concurrency, length, here);
            let wrong = make_wrong(&mut history);
            let here = found(&history, wrong).map(|(time, _)| time);
            if is_full || length < 50_000 {
                print(shape, "illegal", concurrency, length, here);
            }
        }
    }
}

fn print(shape: Shape, kind: &str, concurrency: usize, length: usize, here: Option<Duration>) {
    let ours = here.map_or("unknown".into(), |time| format!("{:.1} ms", time.as_secs_f64() * 1e3));
    let row = format!("{shape:<7} {kind:<7} {concurrency:>7} {length:>9} {ours:>10}");
    let peers = [SETS, NUMBERED].map(|states| {
        let (theirs, times) = match ask(states, shape, kind, concurrency, length) {
            Said::Time(time) => {
                (format!("{:.1} ms", time.as_secs_f64() * 1e3), here.map(|here| format!("{:.1}", ratio(time, here))))
            }
            Said::Nothing(why, time) => (why.to_owned(), here.map(|here| format!("> {:.0}", ratio(time, here)))),
        };
        let times = times.unwrap_or_default();
        format!("{theirs:>14} {times:>14}")
    });
    println!("{row} {}", peers.join(""));
}

/// Asks the peer in another process.
fn ask(states: &str, shape: Shape, kind: &str, concurrency: usize, length: usize) -> Said {
    let this = std::env::current_exe().unwrap();
    let words = [states.to_owned(), shape.to_string(), kind.to_owned(), concurrency.to_string(), length.to_string()];
    let mut child = Command::new(this).arg(ARGUMENT).args(words).stdout(Stdio::piped()).spawn().unwrap();
    let since = Instant::now();
    while child.try_wait().unwrap().is_none() {
        // It makes the history first, which takes no time to speak of.
        let reason = if since.elapsed() > LIMIT + Duration::from_secs(1) {
            Some("not within 60 s")
        } else if pages(child.id()) > PAGES {
            Some("not in 3 GiB")
        } else {
            None
        };
        if let Some(reason) = reason {
            child.kill().unwrap();
            child.wait().unwrap();
            return Said::Nothing(reason, since.elapsed());
        }
        thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the peer judges otherwise");
    let micros: u64 = String::from_utf8_lossy(&output.stdout).trim().parse().unwrap();
    Said::Time(Duration::from_micros(micros))
}

/// How many pages of memory a process uses; none where the system does not say.
fn pages(id: u32) -> usize {
    let statm = fs::read_to_string(format!("/proc/{id}/statm")).unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or_default()
}

/// The other process: puts the history to the peer, and prints the microseconds that it took.
pub(crate) fn answer(words: &[&str]) {
    let [states, shape, kind, concurrency, length] = words else {
        panic!("states, shape, kind, operations at once, length")
    };
    let mut history = histories::history(shape.parse().unwrap(), length.parse().unwrap(), concurrency.parse().unwrap());
    let is_legal = *kind == "legal";
    if !is_legal {
        make_wrong(&mut history);
    }
    let operations = labels::timed(&history);
    let since = Instant::now();
    let explained = match *states {
        SETS => powerset::explains::<Sets>(Model::default(), &operations),
        _ => powerset::explains::<Numbered>(Model::default(), &operations),
    };
    let time = since.elapsed();
    assert_eq!(explained, is_legal, "the verdicts agree");
    println!("{}", time.as_micros());
}
