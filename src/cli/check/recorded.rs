//! Recorded histories as bytes: from files, compressed or not, or from the standard input.

use super::meter::Meter;
use flate2::bufread::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};

/// The name that stands for the standard input.
pub(super) const STDIN: &str = "-";

/// The bytes of a file.
type Bytes = Box<dyn Read>;

/// Undoes a compression.
type Decoder = fn(Bytes) -> io::Result<Box<dyn BufRead>>;

/// What a file's name ends with, and what undoes its compression.
static COMPRESSIONS: &[(&str, Decoder)] = &[
    (".gz", |bytes| Ok(Box::new(BufReader::new(MultiGzDecoder::new(BufReader::new(bytes)))))),
    (".zst", |bytes| Ok(Box::new(BufReader::new(zstd::Decoder::new(bytes)?)))),
];

/// How a history is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// An operation a line.
    Lines,
    /// A HAR file.
    Har,
}

/// What is in a file.
pub(super) struct Recorded {
    pub(super) format: Format,
    pub(super) bytes: Box<dyn BufRead>,
}

/// Opens a recorded history, and tells the meter of every byte that is read; one that is compressed is known by the end
/// of its name, `.gz` or `.zst`.
///
/// # Errors
/// If there is no such file, or it cannot be read.
pub(super) fn open(name: &str, meter: &Meter) -> io::Result<Recorded> {
    let raw: Bytes = if name == STDIN {
        meter.begin(None);
        Box::new(io::stdin())
    } else {
        let file = File::open(name)?;
        meter.begin(file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len()));
        Box::new(file)
    };
    let raw = meter.reading(raw);
    let known = COMPRESSIONS.iter().find_map(|(end, decoder)| Some((name.strip_suffix(end)?, decoder)));
    let (plain, mut bytes) = match known {
        Some((plain, decoder)) => (plain, decoder(raw)?),
        None => (name, Box::new(BufReader::new(raw)) as Box<dyn BufRead>),
    };
    let mut start = match start(&mut bytes) {
        Ok(start) => start,
        // Whoever reads it says where.
        Err(error) => {
            return Ok(Recorded { format: named(plain), bytes: Box::new(BufReader::new(Broken(Some(error)))) });
        }
    };
    if start.starts_with(BYTE_ORDER_MARK) {
        start.drain(..BYTE_ORDER_MARK.len());
    }
    let format = if is_har(&start) { Format::Har } else { named(plain) };
    Ok(Recorded { format, bytes: Box::new(Cursor::new(start).chain(bytes)) })
}

/// What a file of this name holds, if it does not tell itself.
fn named(name: &str) -> Format {
    if name.ends_with(".har") { Format::Har } else { Format::Lines }
}

/// Bytes that cannot be read.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// How a HAR file begins: an object that begins with `log`, which no operation does.
const HAR: &[u8] = br#"{"log""#;

/// What some put before a text, and no parser wants.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// More blanks than this do not come before anything that matters.
const BLANKS: usize = 4096;

/// The first bytes, as far as it takes to tell what they are.
fn start(bytes: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    let mut telling = 0;
    while telling < BYTE_ORDER_MARK.len() + HAR.len() && start.len() < BLANKS {
        let mut byte = [0];
        match bytes.read(&mut byte) {
            Ok(0) => break,
            Ok(_) => {
                telling += usize::from(!byte[0].is_ascii_whitespace());
                start.push(byte[0]);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(start)
}

/// Whether a file that starts so is a HAR file, blanks aside.
fn is_har(start: &[u8]) -> bool {
    let telling: Vec<u8> = start.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    telling.starts_with(HAR)
}
