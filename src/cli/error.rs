//! How a command ends: the exit codes, and errors that say what to do about them.
//!
//! The kind of an error picks the exit code; the hint names the next thing to do. Messages are lower-case fragments
//! without a full stop, so that they can stand behind `error: ` and behind a file's name.

use std::fmt;
use std::process::ExitCode;

/// How a command ends. The numbers are a promise to scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Conformant; as expected; done.
    Conformant = 0,
    /// A requirement was broken.
    NonConformant = 1,
    /// The command line, a configuration or a file cannot be used.
    Usage = 2,
    /// The endpoint cannot be reached, or setting the run up failed.
    Setup = 3,
    /// Nothing was selected, or nothing could be judged.
    Nothing = 4,
    /// It could not be told.
    Inconclusive = 5,
    /// What was expected to fail passed, or is not there.
    Stale = 6,
    /// A mistake of this program.
    Internal = 70,
    /// It was interrupted.
    Interrupted = 130,
}

impl Exit {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The user asked for something that cannot be done.
    Usage,
    /// The endpoint cannot be reached, or setting the run up failed.
    Setup,
    /// Nothing is selected.
    Nothing,
    /// The program is wrong.
    Internal,
}

impl ErrorKind {
    /// The exit code of errors of this kind.
    #[must_use]
    pub const fn exit(self) -> Exit {
        match self {
            Self::Usage => Exit::Usage,
            Self::Setup => Exit::Setup,
            Self::Nothing => Exit::Nothing,
            Self::Internal => Exit::Internal,
        }
    }
}

/// Why a command could not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CliError {
    /// What kind of thing went wrong.
    pub kind: ErrorKind,
    /// What went wrong: a lower-case fragment.
    pub message: String,
    /// What to do about it, as a lower-case fragment.
    pub hint: Option<String>,
}

impl CliError {
    /// An error of this kind.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None }
    }

    /// The user asked for something that cannot be done.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// The endpoint cannot be reached, or setting the run up failed.
    pub fn setup(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Setup, message)
    }

    /// Nothing is selected.
    pub fn nothing(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Nothing, message)
    }

    /// The program is wrong.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Internal, message)
    }

    /// The error, with what to do about it.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for CliError {}
