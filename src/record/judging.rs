//! Judges while it is recorded, in a thread of its own: a search that takes long holds up neither file nor traffic.

use super::Notice;
use super::order::Stretch;
use super::status::{Going, Status, Violation};
use crate::history::{Header, Name};
use crate::oracle::{Finding, Judge, JudgeError, Outcome};
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// So many operations may wait to be judged.
const BACKLOG: usize = 200_000;
/// What comes within this time after a violation may tell which promise was broken.
const HINDSIGHT: Duration = Duration::from_millis(500);

/// Who is told of things, at once.
pub(super) type Tell = Arc<dyn Fn(Notice) + Send + Sync>;

/// What the judge hears.
enum Heard {
    Stretch(Stretch),
    /// That was all there is.
    All,
}

/// The way to the judge.
pub(super) struct Court {
    stretches: Option<Sender<Heard>>,
    backlog: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

impl Court {
    pub(super) fn open(header: &Header, bad: &[Name], status: Arc<Status>, tell: Tell) -> Result<Self, JudgeError> {
        // A judge belongs to its thread; that there can be one is known before.
        drop(Judge::new(header)?);
        let (stretches, received) = mpsc::channel();
        let backlog = Arc::new(AtomicUsize::new(0));
        let waiting = Arc::clone(&backlog);
        let (header, bad) = (header.clone(), bad.to_vec());
        let thread = std::thread::spawn(move || {
            if let Ok(mut judge) = Judge::new(&header) {
                bad.iter().for_each(|image| judge.assume_bad(image));
                Sitting { judge, told: HashSet::new(), undecided: None, status, tell }.hear(&received, &waiting);
            }
        });
        Ok(Self { stretches: Some(stretches), backlog, thread: Some(thread) })
    }

    /// Hands a stretch over.
    ///
    /// # Errors
    /// Why nothing can be judged any more.
    pub(super) fn judge(&mut self, stretch: Stretch) -> Result<(), &'static str> {
        let Some(stretches) = &self.stretches else { return Ok(()) };
        let more = stretch.operations.len();
        let waiting = self.backlog.fetch_add(more, Ordering::Relaxed);
        if waiting + more > BACKLOG {
            return Err("operations come faster than they can be judged");
        }
        stretches.send(Heard::Stretch(stretch)).map_err(|_| "the judge has ended")
    }

    /// Whether the judge is still asked.
    pub(super) fn is_open(&self) -> bool {
        self.stretches.is_some()
    }

    /// Nothing more is asked, though there is more: what is held back stays without a judgement.
    pub(super) fn adjourn(&mut self) {
        self.stretches = None;
    }

    /// Ends the history, if all of it was handed over, and waits until what was is judged.
    pub(super) fn close(mut self) {
        if let Some(stretches) = self.stretches.take() {
            // A judge that is gone has said why.
            let _ = stretches.send(Heard::All);
        }
        if let Some(thread) = self.thread.take() {
            // A judge that panicked has said so.
            let _ = thread.join();
        }
    }
}

struct Sitting {
    judge: Judge,
    told: HashSet<Name>,
    /// Since when a violation is known for which nothing is blamed.
    undecided: Option<Instant>,
    status: Arc<Status>,
    tell: Tell,
}

impl Sitting {
    fn hear(mut self, heard: &Receiver<Heard>, waiting: &AtomicUsize) {
        loop {
            match heard.recv() {
                Ok(Heard::Stretch(stretch)) => {
                    waiting.fetch_sub(stretch.operations.len(), Ordering::Relaxed);
                    if let Err(error) = self.judge(stretch) {
                        self.status.book().judging = Going::Stopped(error.to_string());
                        (self.tell)(Notice::JudgingStopped(error.to_string()));
                        return;
                    }
                }
                Ok(Heard::All) => return self.finish(),
                Err(_) => {
                    self.judge.blame();
                    return self.announce();
                }
            }
        }
    }

    fn judge(&mut self, Stretch { operations, until }: Stretch) -> Result<(), JudgeError> {
        for operation in operations {
            self.judge.push(operation)?;
        }
        self.judge.advance(until);
        self.blame();
        self.announce();
        Ok(())
    }

    fn finish(self) {
        let Self { judge, mut told, status, tell, .. } = self;
        for outcome in judge.finish().functions.values() {
            match outcome {
                Outcome::Violates(finding) => announce(finding, &mut told, &status, &tell),
                Outcome::Inconclusive => status.book().inconclusive += 1,
                Outcome::Conforms => {}
            }
        }
    }

    fn blame(&mut self) {
        if !self.judge.is_undecided() {
            self.undecided = None;
            return;
        }
        let since = *self.undecided.get_or_insert_with(Instant::now);
        if since.elapsed() >= HINDSIGHT {
            self.judge.blame();
            self.undecided = None;
        }
    }

    fn announce(&mut self) {
        for finding in self.judge.findings() {
            announce(finding, &mut self.told, &self.status, &self.tell);
        }
    }
}

fn announce(finding: &Finding, told: &mut HashSet<Name>, status: &Status, tell: &Tell) {
    if told.contains(&finding.function) {
        return;
    }
    told.insert(finding.function.clone());
    let written = status.book().recording == Going::On;
    let violation = Violation {
        requirement: finding.requirement.name,
        function: finding.function.to_string(),
        line: written.then_some(finding.operation.line),
        explanation: finding.explanation.clone(),
    };
    status.book().violation(violation.clone());
    tell(Notice::Violation(violation));
}
