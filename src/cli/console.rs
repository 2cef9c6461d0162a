//! The only place that prints. Whoever reads may go away: that ends the printing and changes no exit code, so that
//! `fnconform … | head` means what it would have meant.

use super::error::CliError;
use crate::report::terminal::Colour;
use std::io::{self, ErrorKind, IsTerminal, Write};

/// Prints the text to the standard output, as it is, and flushes it.
pub(super) fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(CliError::internal(format!("cannot write to the standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Says something to the person at the terminal; nobody has to be there.
pub(super) fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Says lines that end as lines do; nothing if there are none.
pub(super) fn say_all(lines: &str) {
    let _ = io::stderr().lock().write_all(lines.as_bytes());
}

/// Writes over the last line of the terminal, without ending it.
pub(super) fn overwrite(text: &str) {
    let mut err = io::stderr().lock();
    let _ = write!(err, "\r\u{1b}[2K{text}").and_then(|()| err.flush());
}

/// Whether anybody sees what is overwritten.
pub(super) fn is_watched() -> bool {
    io::stderr().is_terminal() && !is_dumb()
}

/// Whether the standard output takes colours: a terminal, unless `NO_COLOR` is set.
pub(super) fn colour() -> Colour {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    if io::stdout().is_terminal() && !refused && !is_dumb() { Colour::Ansi } else { Colour::Never }
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}
