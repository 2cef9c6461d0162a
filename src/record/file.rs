//! The file of a recording: at every moment a history that can be judged.
//!
//! Whoever kills the recorder leaves operations behind that are under way. If they were simply missing, what others saw
//! of their effects would look like a fault of the endpoint. So behind the lines that are there to stay stand those of
//! what is under way, without an answer, and each write replaces them. A write is one block from the first of them on,
//! filled up with blanks to where the file had ended, so that nothing of what stood there before is left half.
//!
//! It is written to the system once in a while and to the disk at the end: no line is lost with the process, and what a
//! power failure takes was of the last seconds. A file that cannot be written any more is brought back to what it was.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

/// What becomes of a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and nothing is recorded.
    Refused,
    /// It is replaced.
    Replaced,
}

/// A file that lines are added to.
#[derive(Debug)]
pub(super) struct HistoryFile {
    file: File,
    /// How long it is, but for what is replaced at the next write.
    kept: u64,
    /// What is replaced then; `None` for what is no file on a disk, where nothing can be.
    tail: Option<Vec<u8>>,
}

impl HistoryFile {
    pub(super) fn create(path: &Path, existing: Existing) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        match existing {
            Existing::Refused if is_device(path) => options.write(true),
            Existing::Refused => options.write(true).create_new(true),
            Existing::Replaced => options.write(true).create(true).truncate(true),
        };
        let file = options.open(path)?;
        let tail = file.metadata()?.is_file().then(Vec::new);
        Ok(Self { file, kept: 0, tail })
    }

    /// Adds lines that stay, and puts the others behind them until the next time.
    pub(super) fn write(&mut self, stay: &[u8], others: &[u8]) -> io::Result<()> {
        let Some(tail) = self.tail.take() else { return self.file.write_all(stay) };
        let mut block = Vec::with_capacity(stay.len() + others.len().max(tail.len()));
        block.extend_from_slice(stay);
        block.extend_from_slice(others);
        let whole = block.len();
        if block.len() < tail.len() {
            block.resize(tail.len() - 1, b' ');
            block.push(b'\n');
        }
        let written = self.put(&block, whole);
        if written.is_ok() {
            self.kept += stay.len() as u64;
            self.tail = Some(others.to_vec());
        } else {
            // There was room for this before; if there is none any more, a shorter history is one as well.
            let _ = self.put(&tail, tail.len());
            self.tail = Some(tail);
        }
        written
    }

    /// Puts the block behind what stays, of which so much is to be left.
    fn put(&mut self, block: &[u8], whole: usize) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.kept))?;
        let written = self.file.write_all(block);
        // A block that did not fit must not be left half.
        let left = if written.is_ok() { whole as u64 } else { 0 };
        self.file.set_len(self.kept + left)?;
        written
    }

    /// How many bytes it has.
    pub(super) fn len(&self) -> u64 {
        self.kept + self.tail.as_ref().map_or(0, |tail| tail.len() as u64)
    }

    /// Has everything put on the disk.
    pub(super) fn sync(&self) -> io::Result<()> {
        if self.tail.is_some() { self.file.sync_data() } else { Ok(()) }
    }
}

/// Whether there is something of that name which writing replaces nothing of.
fn is_device(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_way_is_replaced_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.ndjson");
        let mut file = HistoryFile::create(&path, Existing::Refused).unwrap();
        let text = || std::fs::read_to_string(&path).unwrap();
        file.write(b"1\n", b"2?\n3?\n").unwrap();
        assert_eq!(text(), "1\n2?\n3?\n");
        file.write(b"2\n", b"3?\n").unwrap();
        assert_eq!(text(), "1\n2\n3?\n");
        file.write(b"", b"").unwrap();
        assert_eq!((text().as_str(), file.len()), ("1\n2\n", 4));
        let again = HistoryFile::create(&path, Existing::Refused).unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        HistoryFile::create(&path, Existing::Replaced).unwrap();
        assert_eq!(text(), "");
    }
}
