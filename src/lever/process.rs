//! Runs a program to its end, or to the end of its time.

use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// The longest part of what a program says that is kept for people.
const TEXT_LIMIT: usize = 500;

/// What came of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It ended with 0, and wrote this to its standard output.
    Done(String),
    /// It could not be started, or ended otherwise: how, and what it said.
    Failed(String),
    /// It was killed, and may have done anything.
    Unknown(String),
}

/// Runs a program, the first of the words, with the others as its arguments. It is killed after that time, with all that it
/// started.
pub(super) async fn run(words: &[String], time_out: Duration) -> Outcome {
    let Some((program, arguments)) = words.split_first() else {
        return Outcome::Failed("there is no program".to_owned());
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return Outcome::Failed(format!("`{program}` cannot be started: {error}")),
    };
    let group = Group::of(&child);
    let ended = tokio::time::timeout(time_out, child.wait_with_output()).await;
    match ended {
        Ok(Ok(output)) if output.status.success() => {
            group.leave();
            Outcome::Done(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Ok(Ok(output)) => {
            group.leave();
            let said = if output.stderr.trim_ascii().is_empty() { &output.stdout } else { &output.stderr };
            Outcome::Failed(format!("`{program}` ended with {}{}", output.status, quoted(said)))
        }
        Ok(Err(error)) => Outcome::Unknown(format!("`{program}` cannot be waited for: {error}")),
        Err(_) => Outcome::Unknown(format!("`{program}` did not end within {time_out:?}")),
    }
}

/// What a program said, on one line, if it said anything.
fn quoted(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        String::new()
    } else {
        format!(": {}", words.join(" ").chars().take(TEXT_LIMIT).collect::<String>())
    }
}

/// A program and all that it started, which die with this unless it is left.
struct Group(Option<u32>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id())
    }

    /// What a program that ended left running is its own affair.
    fn leave(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(id) = self.0.take().and_then(|id| i32::try_from(id).ok()) {
            // It may have ended by itself meanwhile.
            let _ = nix::sys::signal::killpg(nix::unistd::Pid::from_raw(id), nix::sys::signal::Signal::SIGKILL);
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    async fn sh(script: &str, time_out: Duration) -> Outcome {
        run(&["sh", "-c", script].map(str::to_owned), time_out).await
    }

    const PLENTY: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn a_program_is_judged_by_its_exit_code() {
        assert_eq!(sh("echo a; echo b >&2", PLENTY).await, Outcome::Done("a\n".to_owned()));
        let failed = Outcome::Failed("`sh` ended with exit status: 3: no such image".to_owned());
        assert_eq!(sh("echo out; echo 'no such\n image' >&2; exit 3", PLENTY).await, failed);
        let Outcome::Failed(said) = run(&["./there-is-no-such-program".to_owned()], PLENTY).await else {
            panic!("it was started")
        };
        assert!(said.starts_with("`./there-is-no-such-program` cannot be started: "), "{said}");
    }

    #[tokio::test]
    async fn one_that_takes_too_long_is_killed_with_what_it_started() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let script = format!("(sleep 0.6; echo late > {}) & sleep 60", file.path().display());
        let outcome = sh(&script, Duration::from_millis(200)).await;
        assert_eq!(outcome, Outcome::Unknown("`sh` did not end within 200ms".to_owned()));
        tokio::time::sleep(Duration::from_millis(900)).await;
        assert_eq!(std::fs::read_to_string(file.path()).expect("the file"), "");
    }
}
