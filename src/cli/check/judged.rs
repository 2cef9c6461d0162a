//! Judges a history as it is read, or, where it is in no order, when all of it was read and sorted.

use super::input::{self, Input};
use super::lines::Lines;
use super::meter::Meter;
use super::options::{Observing, Options};
use super::recorded;
use crate::cli::error::CliError;
use crate::exchange::Tally;
use crate::history::pause::Pauses;
use crate::history::{Call, Event, Header, Name, Operation, write};
use crate::oracle::observed::{self, Observed};
use crate::oracle::{Judge, JudgeError, Judgement};
use indexmap::IndexMap;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufWriter, Write};

/// What is known of a history when it was judged.
pub(super) struct Judged {
    /// The files that it is of.
    pub(super) name: String,
    pub(super) lines: Lines,
    pub(super) judgement: Judgement,
    /// What was observed, if that was asked for.
    pub(super) observed: Option<Observed>,
    /// Of HAR files: how many entries they had, and what did not become an operation.
    pub(super) entries: Option<(usize, Tally)>,
    /// The images that were said to be bad, and are nowhere.
    pub(super) unknown_images: BTreeSet<Name>,
}

/// So many operations of the standard input are kept, in case they turn out to be in no order.
const KEPT: usize = 50_000;

/// Judges the files as one history.
pub(super) fn judged(files: &[String], options: &Options) -> Result<Judged, CliError> {
    let name = files.join(" + ");
    let meter = Meter::new(&name);
    let Input { mut header, operations, lines, entries } = input::open(files, &options.reading, &meter)?;
    header.settle_us = options.settle.map(microseconds).into_iter().chain(header.settle_us).min();
    let history = History { files, name: &name, header: &header, lines: &lines, options };
    let Ended { judgement, observed, unknown_images } = if entries.is_some() || options.as_history.is_some() {
        history.held(operations, entries.is_some())?
    } else {
        history.streamed(operations, &meter)?
    };
    Ok(Judged { name, lines, judgement, observed, entries, unknown_images })
}

struct History<'a> {
    files: &'a [String],
    name: &'a str,
    header: &'a Header,
    lines: &'a Lines,
    options: &'a Options,
}

type Operations = Box<dyn Iterator<Item = Result<Operation, CliError>>>;

impl History<'_> {
    /// Judges what was read when all of it was, and writes it if that is wanted.
    fn held(&self, operations: Operations, is_har: bool) -> Result<Ended, CliError> {
        let mut all = sorted(operations)?;
        if let Some(mut pauses) = self.options.settle.map(Pauses::new) {
            let mut paused = Vec::with_capacity(all.len());
            for operation in all {
                paused.extend(pauses.push(operation));
            }
            paused.extend(pauses.finish());
            all = paused;
        }
        if let Some(file) = &self.options.as_history {
            written(file, self.header, &all)?;
        }
        // Without an answer there is nothing to judge, in whatever kind of world.
        if is_har && !all.iter().any(is_answered) {
            return Ok(Ended { judgement: nothing(all.len()), observed: None, unknown_images: BTreeSet::new() });
        }
        self.judge(all, None)
    }

    fn streamed(&self, mut operations: Operations, meter: &Meter) -> Result<Ended, CliError> {
        let pauses = || self.options.settle.map(Pauses::new);
        let piped = self.files.iter().any(|file| file == recorded::STDIN);
        let mut bench = Bench::new(self, pauses())?;
        let mut kept = Vec::new();
        let (mut count, mut now) = (0, i64::MIN);
        while let Some(operation) = operations.next() {
            let operation = operation?;
            meter.operation();
            count += 1;
            if operation.start < now {
                let all = if !piped {
                    meter.again();
                    sorted(input::open(self.files, &self.options.reading, meter)?.operations)?
                } else if count <= KEPT {
                    sorted(kept.into_iter().chain([operation]).map(Ok).chain(operations))?
                } else {
                    let (file, line) = self.lines.place(operation.line);
                    let error = JudgeError::Unordered { line };
                    let hint = "sort it by `start`, or give it as a file";
                    return Err(CliError::usage(format!("{file}: {error}")).hint(hint));
                };
                return self.judge(all, pauses());
            }
            now = operation.start;
            if piped && count <= KEPT {
                kept.push(operation.clone());
            }
            bench.push(operation)?;
        }
        bench.finish()
    }

    /// Judges operations that are in order.
    fn judge(&self, all: Vec<Operation>, pauses: Option<Pauses>) -> Result<Ended, CliError> {
        let mut bench = Bench::new(self, pauses)?;
        for operation in all {
            bench.push(operation)?;
        }
        bench.finish()
    }
}

/// What is known at the end of a history.
struct Ended {
    judgement: Judgement,
    observed: Option<Observed>,
    unknown_images: BTreeSet<Name>,
}

/// A judge, and what comes before it.
struct Bench<'a> {
    name: &'a str,
    judge: Judge,
    observing: Observing,
    pauses: Option<Pauses>,
    /// Images that were said to be bad, and were not met yet.
    unknown_images: BTreeSet<Name>,
}

impl<'a> Bench<'a> {
    fn new(history: &History<'a>, pauses: Option<Pauses>) -> Result<Self, CliError> {
        let unusable = |error: JudgeError| CliError::usage(format!("{}: {error}", history.name));
        let mut judge = Judge::new(history.header).map_err(unusable)?;
        let bad = &history.options.bad_images;
        for image in bad {
            judge.assume_bad(image);
        }
        let observing = history.options.observing;
        Ok(Self { name: history.name, judge, observing, pauses, unknown_images: bad.iter().cloned().collect() })
    }

    fn push(&mut self, operation: Operation) -> Result<(), CliError> {
        if let Some(image) = image(&operation.event) {
            self.unknown_images.remove(image);
        }
        let name = self.name;
        let unusable = |error: JudgeError| CliError::usage(format!("{name}: {error}"));
        match &mut self.pauses {
            None => self.judge.push(operation).map_err(unusable),
            Some(pauses) => pauses.push(operation).try_for_each(|one| self.judge.push(one)).map_err(unusable),
        }
    }

    fn finish(mut self) -> Result<Ended, CliError> {
        for operation in self.pauses.take().into_iter().flat_map(Pauses::finish) {
            self.judge.push(operation).map_err(|error| CliError::usage(format!("{}: {error}", self.name)))?;
        }
        let (judgement, observed) = match self.observing {
            Observing::Yes => {
                let (judgement, observed) = observed::finish(self.judge);
                (judgement, Some(observed))
            }
            Observing::No => (self.judge.finish(), None),
        };
        Ok(Ended { judgement, observed, unknown_images: self.unknown_images })
    }
}

fn image(event: &Event) -> Option<&Name> {
    match event {
        Event::Call { call: Call::Create { image, .. } | Call::Update { image, .. }, .. }
        | Event::Image { image, .. } => Some(image),
        _ => None,
    }
}

fn microseconds(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn sorted(operations: impl Iterator<Item = Result<Operation, CliError>>) -> Result<Vec<Operation>, CliError> {
    let mut all = operations.collect::<Result<Vec<_>, _>>()?;
    all.sort_by_key(|operation| operation.start);
    Ok(all)
}

fn is_answered(operation: &Operation) -> bool {
    matches!(operation.event, Event::Call { .. }) && operation.end.is_some()
}

fn nothing(operations: usize) -> Judgement {
    Judgement { functions: IndexMap::new(), operations, calls: 0, worlds: 0, widest: 0 }
}

fn written(file: &str, header: &Header, all: &[Operation]) -> Result<(), CliError> {
    let unwritable = |error: io::Error| CliError::usage(format!("--as-history {file}: {error}"));
    let write = |out: &mut dyn Write| -> io::Result<()> {
        let mut out = BufWriter::new(out);
        writeln!(out, "{}", write::header(header))?;
        for operation in all {
            writeln!(out, "{}", write::operation(operation))?;
        }
        out.flush()
    };
    let written = if file == recorded::STDIN {
        match write(&mut io::stdout().lock()) {
            // Whoever reads may go away; that changes no verdict.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other,
        }
    } else {
        File::create(file).and_then(|mut file| write(&mut file))
    };
    written.map_err(unwritable)
}
