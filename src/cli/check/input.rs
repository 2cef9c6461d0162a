//! Files as the operations of one history, in the order in which they were written.

use super::lines::Lines;
use super::meter::Meter;
use super::options::HarOptions;
use super::recorded::{self, Format, Recorded};
use crate::cli::error::CliError;
use crate::exchange::{Tally, gather};
use crate::har::{self, HarError, Local};
use crate::history::read::Reader;
use crate::history::{Extent, Header, Operation};
use std::io::BufRead;
use std::iter::Peekable;

/// What is to be judged as one history.
pub(super) struct Input {
    pub(super) header: Header,
    pub(super) operations: Box<dyn Iterator<Item = Result<Operation, CliError>>>,
    pub(super) lines: Lines,
    /// Of HAR files: how many entries they had, and what did not become an operation.
    pub(super) entries: Option<(usize, Tally)>,
}

/// Opens the files; of HAR files, all of them are read.
pub(super) fn open(files: &[String], options: &HarOptions, meter: &Meter) -> Result<Input, CliError> {
    let mut opened = Vec::new();
    for file in files {
        opened.push(recorded::open(file, meter).map_err(|error| unreadable(file, error.to_string()))?);
    }
    let hars = opened.iter().filter(|recorded| recorded.format == Format::Har).count();
    if hars == 0 {
        lines(files, opened)
    } else if hars == opened.len() {
        entries(files, opened, options, meter)
    } else {
        let hint = "write the HAR files as one with --as-history first";
        Err(CliError::usage("HAR files and histories as ndjson cannot be judged together").hint(hint))
    }
}

fn unreadable(file: &str, reason: impl std::fmt::Display) -> CliError {
    CliError::usage(format!("{file}: {reason}"))
}

fn lines(files: &[String], opened: Vec<Recorded>) -> Result<Input, CliError> {
    let count = files.len();
    let mut header: Option<Header> = None;
    let mut readers = Vec::new();
    for (number, (file, recorded)) in files.iter().zip(opened).enumerate() {
        let reader = Reader::new(recorded.bytes).map_err(|error| unreadable(file, error))?;
        match &mut header {
            None => header = Some(reader.header().clone()),
            Some(header) => agree(header, reader.header()).map_err(|what| {
                let reason =
                    format!("{} and {file} do not agree on their {what}, so they are not one history", files[0]);
                CliError::usage(reason).hint("judge them one by one")
            })?,
        }
        readers.push(Lined { reader, file: file.clone(), number, count }.peekable());
    }
    let header = header.unwrap_or_default();
    Ok(Input { header, operations: Box::new(Merged(readers)), lines: Lines::new(files, "line"), entries: None })
}

/// Takes in the header of another file, or says where they differ.
fn agree(header: &mut Header, other: &Header) -> Result<(), &'static str> {
    if header.world != other.world {
        return Err("world");
    }
    if header.idle != other.idle {
        return Err("idle rules");
    }
    for (what, one, other) in
        [("endpoint", &mut header.endpoint, &other.endpoint), ("dialect", &mut header.dialect, &other.dialect)]
    {
        match (&one, other) {
            (Some(one), Some(other)) if one != other => return Err(what),
            (None, other) => one.clone_from(other),
            _ => {}
        }
    }
    header.settle_us = header.settle_us.into_iter().chain(other.settle_us).min();
    Ok(())
}

/// A file whose lines are lines of a history of several.
struct Lined {
    reader: Reader<Box<dyn BufRead>>,
    file: String,
    number: usize,
    count: usize,
}

impl Iterator for Lined {
    type Item = Result<Operation, CliError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.reader.next()? {
            Ok(mut operation) => {
                operation.line = Lines::joined(self.count, self.number, operation.line);
                Ok(operation)
            }
            Err(error) => Err(unreadable(&self.file, error)),
        })
    }
}

/// Files that are in order, in order; errors first.
struct Merged(Vec<Peekable<Lined>>);

impl Iterator for Merged {
    type Item = Result<Operation, CliError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let [only] = self.0.as_mut_slice() {
            return only.next();
        }
        let start = |next: &Result<Operation, CliError>| next.as_ref().map_or(i64::MIN, |operation| operation.start);
        let starts = self.0.iter_mut().enumerate().filter_map(|(place, one)| Some((start(one.peek()?), place)));
        let (_, first) = starts.min()?;
        self.0[first].next()
    }
}

fn entries(files: &[String], opened: Vec<Recorded>, options: &HarOptions, meter: &Meter) -> Result<Input, CliError> {
    let mut all = har::Har::default();
    for (number, (file, recorded)) in files.iter().zip(opened).enumerate() {
        let read = har::read(
            recorded.bytes,
            har::Options {
                replies: &options.replies,
                endpoints: &options.endpoints,
                line: &|entry| Lines::joined(files.len(), number, entry),
                progress: &mut |_| meter.operation(),
            },
        );
        let read = read.map_err(|error| {
            let hint = hint(&error);
            unreadable(file, error).hint(hint)
        })?;
        // Local times of several files may be of several places.
        if let (Some(one), Some(other)) = (all.local, read.local)
            && (one, other) != (Local::No, Local::No)
        {
            let reason = format!("the starts in {} and {file} cannot be compared: not all have an offset", files[0]);
            return Err(CliError::usage(reason).hint("judge them one by one, or add the offset from UTC"));
        }
        all.local = all.local.or(read.local);
        all.entries += read.entries;
        all.reads.extend(read.reads);
        all.dialects.extend(read.dialects);
    }
    all.dialects.sort_unstable();
    all.dialects.dedup();
    let gathered = gather(all.reads, &options.replies);
    let only = |mut names: Vec<String>| if names.len() == 1 { names.pop() } else { None };
    let header = Header {
        endpoint: only(gathered.endpoints.iter().map(|url| url.to_string()).collect()),
        dialect: only(all.dialects.iter().map(|name| (*name).to_owned()).collect()),
        world: Extent::Open,
        ..Header::default()
    };
    Ok(Input {
        header,
        operations: Box::new(gathered.operations.into_iter().map(Ok)),
        lines: Lines::new(files, "entry"),
        entries: Some((all.entries, gathered.left_out)),
    })
}

const fn hint(error: &HarError) -> &'static str {
    match error {
        HarError::Json { .. } => "record it again, or end the list of entries where it breaks off",
        HarError::Form(_) => "a HAR file is a JSON object with `log`, an object, and in it `entries`, an array",
        HarError::Field { .. } => "mend the entry, or take it out if it is none of the functions' requests",
    }
}
