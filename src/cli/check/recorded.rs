//! Recorded histories as bytes: from files, compressed or not, or from the standard input.

use flate2::bufread::MultiGzDecoder;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// The name that stands for the standard input.
pub(super) const STDIN: &str = "-";

/// Undoes a compression.
type Decoder = fn(File) -> io::Result<Box<dyn BufRead>>;

/// What a file's name ends with, and what undoes its compression.
static COMPRESSIONS: &[(&str, Decoder)] = &[
    ("gz", |file| Ok(Box::new(BufReader::new(MultiGzDecoder::new(BufReader::new(file)))))),
    ("zst", |file| Ok(Box::new(BufReader::new(zstd::Decoder::new(file)?)))),
];

/// Opens a recorded history; one that is compressed is known by the end of its name, `.gz` or `.zst`.
///
/// # Errors
/// If there is no such file, or it cannot be read.
pub(super) fn open(name: &str) -> io::Result<Box<dyn BufRead>> {
    if name == STDIN {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let file = File::open(name)?;
    let end = Path::new(name).extension().and_then(OsStr::to_str);
    match COMPRESSIONS.iter().find(|(known, _)| end == Some(known)) {
        Some((_, decoder)) => decoder(file),
        None => Ok(Box::new(BufReader::new(file))),
    }
}
