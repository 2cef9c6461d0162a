//! Places in several files as lines of one history, and back.

/// The files of a history: their lines are dealt out in turn, so that each keeps a number of its own.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    files: Vec<String>,
    /// What stands at a place: a line, or an entry.
    pub(super) unit: &'static str,
}

impl Lines {
    pub(super) fn new(files: &[String], unit: &'static str) -> Self {
        Self { files: files.to_vec(), unit }
    }

    /// The line of the history for this line of this file.
    pub(super) const fn joined(files: usize, file: usize, line: usize) -> usize {
        line.saturating_mul(files).saturating_add(file)
    }

    /// The file, and its line.
    pub(super) fn place(&self, line: usize) -> (&str, usize) {
        let count = self.files.len().max(1);
        (self.files.get(line % count).map_or("", String::as_str), line / count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_again_in_its_file() {
        let lines = Lines::new(&["a".to_owned(), "b".to_owned()], "line");
        assert_eq!(lines.place(Lines::joined(2, 0, 7)), ("a", 7));
        assert_eq!(lines.place(Lines::joined(2, 1, 7)), ("b", 7));
    }
}
