//! The line that says how far the reading is, for whoever watches.

use crate::cli::console;
use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Counts bytes and operations, and shows them if anybody watches; takes the line away when it is dropped.
pub(super) struct Meter {
    name: String,
    bytes: Rc<Cell<u64>>,
    /// How many there will be, if that is known of all that was opened.
    size: Cell<Option<u64>>,
    operations: Cell<u64>,
    began: Instant,
    /// When the line was written last; `None` if nobody watches.
    shown: Option<Cell<Instant>>,
}

/// So often the line changes.
const EVERY: Duration = Duration::from_millis(100);

impl Meter {
    /// A meter of a history of this name.
    pub(super) fn new(name: &str) -> Self {
        let began = Instant::now();
        Self {
            name: name.to_owned(),
            bytes: Rc::default(),
            size: Cell::new(Some(0)),
            operations: Cell::new(0),
            began,
            shown: console::is_watched().then(|| Cell::new(began)),
        }
    }

    /// Something of this size is going to be read.
    pub(super) fn begin(&self, size: Option<u64>) {
        self.size.set(self.size.get().zip(size).map(|(all, one)| all + one));
    }

    /// All is read anew.
    pub(super) fn again(&self) {
        self.bytes.set(0);
        self.operations.set(0);
        self.size.set(Some(0));
    }

    /// The same bytes, which are counted as they are read.
    pub(super) fn reading(&self, inner: Box<dyn Read>) -> Box<dyn Read> {
        Box::new(Counted { inner, bytes: Rc::clone(&self.bytes) })
    }

    /// One operation more was read.
    pub(super) fn operation(&self) {
        let operations = self.operations.get() + 1;
        self.operations.set(operations);
        let Some(shown) = &self.shown else { return };
        // A look at the clock takes longer than many an operation.
        if operations.is_multiple_of(64) && shown.get().elapsed() >= EVERY {
            shown.set(Instant::now());
            let line = line(&self.name, self.bytes.get(), self.size.get(), operations, self.began.elapsed());
            console::overwrite(&line);
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if self.shown.is_some() {
            console::overwrite("");
        }
    }
}

fn line(name: &str, bytes: u64, size: Option<u64>, operations: u64, took: Duration) -> String {
    let far = match size {
        Some(size) if size > 0 => format!("{} %", (bytes.min(size)) * 100 / size),
        _ => format!("{} MB", bytes / 1_000_000),
    };
    let rate = u128::from(operations) * 1000 / took.as_millis().max(1);
    format!("{name}: {far}, {operations} read, {rate}/s")
}

struct Counted {
    inner: Box<dyn Read>,
    bytes: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.bytes.set(self.bytes.get() + read as u64);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_it_is_is_a_share_where_the_size_is_known() {
        let told = |size| line("a.har", 30_000_000, size, 1_000, Duration::from_secs(2));
        assert_eq!(told(Some(40_000_000)), "a.har: 75 %, 1000 read, 500/s");
        assert_eq!(told(None), "a.har: 30 MB, 1000 read, 500/s");
        assert_eq!(told(Some(0)), "a.har: 30 MB, 1000 read, 500/s");
    }
}
