//! The thread that takes what the traffic told to the file and to the judge.

use super::Notice;
use super::file::HistoryFile;
use super::judging::{Court, Tell};
use super::recorder::Recorder;
use super::status::{Going, Status};
use super::tap::{Batch, Tap};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often what was told is taken.
const PASS: Duration = Duration::from_millis(10);
/// How often the file is written. A recorder that is killed loses no more.
const WRITE: Duration = Duration::from_millis(500);

pub(super) struct Scribe {
    pub(super) tap: Arc<Tap>,
    pub(super) recorder: Recorder,
    /// `None` if no file is wanted, or none can be written any more.
    pub(super) file: Option<HistoryFile>,
    pub(super) court: Court,
    pub(super) status: Arc<Status>,
    pub(super) tell: Tell,
}

impl Scribe {
    /// Goes on until it is told to stop, and then ends everything properly.
    pub(super) fn run(mut self, stop: &AtomicBool) {
        let mut written = Instant::now();
        let mut changed = false;
        loop {
            // Asked before the last batch is taken, so that nothing comes behind it.
            let ending = stop.load(Ordering::Acquire);
            let batch = self.tap.take();
            changed |= !batch.notes.is_empty();
            let whole = self.take_in(batch);
            if changed && (ending || !whole || written.elapsed() >= WRITE) {
                self.write();
                written = Instant::now();
                changed = false;
            }
            if ending || !whole {
                break;
            }
            if self.file.is_none() && !self.court.is_open() {
                break;
            }
            std::thread::park_timeout(PASS);
        }
        self.tap.close();
        self.finish();
    }

    /// Takes in what was told. `false` if something was lost: what came before it has no gap, and is the end.
    fn take_in(&mut self, batch: Batch) -> bool {
        {
            let mut book = self.status.book();
            for note in batch.notes {
                self.recorder.take_in(note, &mut book);
            }
            book.dropped = batch.lost;
        }
        if batch.lost > 0 {
            // What was lost may overlap what is held back, which so cannot be judged any more.
            self.stop_recording("operations come faster than they can be recorded");
            self.stop_judging("operations come faster than they can be recorded");
            return false;
        }
        let stretch = self.recorder.release(batch.taken);
        if let Err(reason) = self.court.judge(stretch) {
            self.stop_judging(reason);
        }
        true
    }

    fn write(&mut self) {
        let others = self.recorder.under_way();
        let lines = self.recorder.lines();
        let Some(file) = &mut self.file else { return };
        match file.write(lines.as_bytes(), others.as_bytes()) {
            Ok(()) => self.status.book().bytes = file.len(),
            Err(error) => self.fail(&error),
        }
    }

    fn fail(&mut self, error: &io::Error) {
        self.file = None;
        self.stop_recording(&format!("cannot write the history: {error}"));
    }

    fn stop_recording(&mut self, reason: &str) {
        let mut book = self.status.book();
        if book.recording == Going::On {
            book.recording = Going::Stopped(reason.to_owned());
            drop(book);
            (self.tell)(Notice::RecordingStopped(reason.to_owned()));
        }
    }

    fn stop_judging(&mut self, reason: &str) {
        self.court.adjourn();
        let mut book = self.status.book();
        if book.judging == Going::On {
            book.judging = Going::Stopped(reason.to_owned());
            drop(book);
            (self.tell)(Notice::JudgingStopped(reason.to_owned()));
        }
    }

    fn finish(mut self) {
        if let Some(file) = &self.file
            && let Err(error) = file.sync()
        {
            self.fail(&error);
        }
        self.court.close();
    }
}
