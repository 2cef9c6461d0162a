//! HAR 1.2 files, as browsers, proxies and test tools write them: entries in, readings of exchanges out.
//!
//! The entries are read one by one, and of each only its reading is kept: a file may be larger than the memory. What is
//! wrong with an entry is an error that names it, but only where it matters; what other requests look like does not.
//!
//! # Times
//!
//! A history wants intervals in which an operation surely took effect. `startedDateTime` was written with so many digits,
//! cut or rounded: what is meant lies up to one unit of its last digit before or after it. Some writers fill up with
//! zeros what they do not know, so the unit is the finest that any entry of the file makes use of, and of each entry what
//! it has digits for. `time` is the sum of up to seven phases, each of which may have been cut: what is meant lies up to
//! seven units of its last digit after it. So an operation starts one unit of the start earlier than written, and ends
//! one unit of the start and seven of the duration later. Longer intervals explain more, so rounding never accuses.
//!
//! No answer was seen where the status is 0 (or below, as some write it), nobody knows when it came where `time` or the
//! wait in it is absent or negative; the operation has no end then.
//!
//! The clock is taken to be steady, and the same for all files that are judged together. Starts without an offset from
//! UTC can be compared only with one another.
//!
//! It must not know what an API's requests mean; `exchange` does.

mod entry;
mod fields;
mod stream;
mod time;

use crate::exchange::{self, Exchange, Message, Read, Reading, Reason, Replies, Untold};
use crate::history::Name;
use entry::Recorded;
use std::io::Read as Bytes;
use time::Offset;

/// Why a HAR file cannot be read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum HarError {
    /// It is not JSON, or the bytes did not come.
    #[error("{reason}, after {entries} entries")]
    Json {
        /// How many entries were read before.
        entries: usize,
        /// What is wrong.
        reason: String,
    },
    /// It is JSON, but not that of a HAR file.
    #[error("not a HAR file: {0}")]
    Form(String),
    /// A field of an entry is missing, of the wrong type, or out of range.
    #[error("entry {entry}: field `{field}`: {reason}")]
    Field {
        /// The entry, from 1.
        entry: usize,
        /// The field, from the entry on.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// How the entries are to be read.
pub struct Options<'a> {
    /// Which code a reply speaks of.
    pub replies: &'a Replies,
    /// The base URLs that count, as [`endpoint`] writes them, and are one endpoint; all count if there are none.
    pub endpoints: &'a [String],
    /// The line of the operation of an entry with this number.
    pub line: &'a dyn Fn(usize) -> usize,
    /// Is told of every entry, when it was read, how many that makes.
    pub progress: &'a mut dyn FnMut(usize),
}

/// What a file held.
#[derive(Debug, Clone, Default)]
pub struct Har {
    /// The readings of its entries, their times as wide as they can be meant.
    pub reads: Vec<Read>,
    /// How many entries there were.
    pub entries: usize,
    /// The dialects that were spoken.
    pub dialects: Vec<&'static str>,
    /// Whether the starts are local times: `None` if there is no start.
    pub local: Option<Local>,
}

/// Whether starts can be compared with those of other files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Local {
    /// They have an offset from UTC.
    No,
    /// They have none.
    Yes,
}

/// Reads a whole file.
///
/// # Errors
/// The first thing that cannot be read.
pub fn read(input: impl Bytes, options: Options<'_>) -> Result<Har, HarError> {
    let mut reader = Reader { options, har: Har::default(), units: Vec::new(), finest: 0 };
    stream::entries(input, |number, value| reader.entry(number, value))?;
    let Reader { mut har, units, finest, .. } = reader;
    let finest = time::unit(finest);
    for (read, unit) in har.reads.iter_mut().zip(units) {
        widen(&mut read.reading, finest.max(unit));
    }
    Ok(har)
}

/// A base URL as endpoints are compared: without credentials, a usual port, or a slash at its end.
#[must_use]
pub fn endpoint(url: &str) -> String {
    let (origin, path, _) = entry::split(url);
    format!("{origin}{path}").trim_end_matches('/').to_owned()
}

struct Reader<'a> {
    options: Options<'a>,
    har: Har,
    /// Of each reading, the unit of its start as far as it has digits.
    units: Vec<i64>,
    /// The most digits behind the second that any start makes use of.
    finest: u32,
}

/// What became of an entry.
struct Noted {
    reading: Reading,
    endpoint: Name,
    /// The unit of its start as far as it has digits.
    unit: i64,
}

impl Reader<'_> {
    fn entry(&mut self, number: usize, value: &serde_json::Value) -> Result<(), HarError> {
        self.har.entries = number;
        (self.options.progress)(number);
        let Noted { reading, endpoint, unit } = self.noted(number, &Recorded::parse(number, value)?)?;
        self.har.reads.push(Read { reading, endpoint });
        self.units.push(unit);
        Ok(())
    }

    fn noted(&mut self, number: usize, recorded: &Recorded<'_>) -> Result<Noted, HarError> {
        let left_out = |reason| Ok(Noted { reading: Reading::LeftOut(reason), endpoint: "".into(), unit: 0 });
        let Some((dialect, base)) = exchange::dialect(&recorded.path) else { return left_out(Reason::Other) };
        let endpoint = format!("{}{}", recorded.origin, base.trim_end_matches('/'));
        let named = self.options.endpoints;
        // What was named together is one endpoint, whatever URL it goes by.
        let endpoint: &str = match named {
            [] => &endpoint,
            [one, ..] if named.contains(&endpoint) => one,
            _ => return left_out(Reason::Elsewhere),
        };
        let started = recorded.started()?;
        self.agree(number, started.offset)?;
        self.finest = self.finest.max(started.used);
        if recorded.is_cached() {
            return left_out(Reason::Cached);
        }
        let exchange = Exchange {
            line: (self.options.line)(number),
            start: started.microseconds,
            end: recorded.end(started.microseconds)?,
            answer: recorded.answer()?,
            request: Message { headers: recorded.headers("request")?, body: recorded.request_body() },
            method: recorded.method.to_ascii_uppercase(),
            path: recorded.path.clone(),
            query: recorded.query.clone(),
        };
        let reading = exchange::operation(&exchange, self.options.replies);
        if !matches!(reading, Reading::LeftOut(Reason::Other))
            && let Some(name) = dialect.name()
            && !self.har.dialects.contains(&name)
        {
            self.har.dialects.push(name);
        }
        Ok(Noted { reading, endpoint: endpoint.into(), unit: time::unit(started.written) })
    }

    /// Local times and others cannot be compared.
    fn agree(&mut self, entry: usize, offset: Offset) -> Result<(), HarError> {
        let local = if offset == Offset::Unsaid { Local::Yes } else { Local::No };
        if *self.har.local.get_or_insert(local) == local {
            return Ok(());
        }
        let reason = "some starts have an offset from UTC and some have none, so they cannot be compared: add it";
        Err(HarError::Field { entry, field: "startedDateTime".to_owned(), reason: reason.to_owned() })
    }
}

fn widen(reading: &mut Reading, unit: i64) {
    match reading {
        Reading::Operation(operation) | Reading::Replaced(operation, _) => {
            operation.start = operation.start.saturating_sub(unit);
            operation.end = operation.end.map(|end| end.saturating_add(unit));
        }
        Reading::Untold(Untold { start, .. }, _) => *start = start.saturating_sub(unit),
        Reading::LeftOut(_) => {}
    }
}
