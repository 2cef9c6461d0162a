//! `fnconform record`: a proxy that records and judges.

use super::console;
use super::duration;
use super::error::{CliError, Exit};
use super::serve::address;
use super::session;
use super::signal::Signals;
use super::transport::{self, TrustFlags};
use crate::exchange::Replies;
use crate::history::{Extent, Name};
use crate::record::{self, Existing, Going, HostPolicy, Notice, Settings, Snapshot, StartError, Violation};
use crate::report::wrap::{WIDTH, wrap};
use clap::{Args, ValueEnum};
use std::fmt::Write;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Record the traffic of others, and judge it as it passes
///
/// A reverse proxy before an endpoint: everything passes unchanged, and what is about functions is recorded as a history
/// and judged. A violation is printed at once, with what explains it; the counters are at /_fnconform, and for Prometheus
/// at /_fnconform/metrics. No credentials are written or printed: a history has no place for them.
///
/// Once it listens it prints `listening on URL`. Ctrl-C or SIGTERM ends it, with a summary. Exit code 0 no violation, 1
/// violations, 3 it cannot listen, 4 nothing was recorded that could be judged, 5 not everything was recorded or judged.
#[derive(Debug, Args)]
pub(super) struct Record {
    /// Base URL of the endpoint
    #[arg(long, value_name = "URL")]
    endpoint: String,

    #[command(flatten)]
    trust: TrustFlags,

    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8471")]
    listen: String,

    /// File to write the history to; without it, what passes is only judged
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,

    /// Replace the file if it is there already
    #[arg(long, requires = "out")]
    force: bool,

    /// What there is beside the recording: `open`, functions and images may have had a life before it, and images change
    /// unseen; `closed`, all functions are created and all images are changed by requests that pass
    #[arg(long, value_name = "WORLD", default_value = "open")]
    world: World,

    /// What the endpoint is told to be called: `client`, what the client called it, which signatures cover; or `endpoint`,
    /// the name in --endpoint
    #[arg(long, value_name = "HOST", default_value = "client")]
    host: Host,

    /// An invocation's reply that this regular expression matches, as a whole and without the blanks around it, comes from
    /// the code of that digest. By default only a reply tells that is a digest which was published or reported
    #[arg(long, value_name = "PATTERN=DIGEST")]
    reply: Vec<String>,

    /// This image cannot be prepared
    #[arg(long, value_name = "REF")]
    bad_image: Vec<String>,

    /// How long requests under way may take at the end
    #[arg(long, value_name = "DUR", default_value = "5s", value_parser = duration::parse)]
    grace: Duration,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum World {
    Open,
    Closed,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Host {
    Client,
    Endpoint,
}

pub(super) fn run(args: &Record) -> Result<Exit, CliError> {
    let settings = settings(args)?;
    args.trust.warn();
    session::runtime()?.block_on(async {
        let mut signals = Signals::listen()?;
        let running = record::start(settings, |notice| say(&notice)).await.map_err(refused)?;
        console::print(&format!("listening on http://{}\n", running.address()))?;
        signals.next().await;
        let impatient = tokio::spawn(async move {
            signals.next().await;
            std::process::exit(i32::from(Exit::Interrupted.code()));
        });
        let snapshot = running.finish(args.grace).await;
        impatient.abort();
        console::print(&summary(&snapshot))?;
        Ok(exit(&snapshot))
    })
}

fn settings(args: &Record) -> Result<Settings, CliError> {
    let mut replies = Replies::default();
    for text in &args.reply {
        replies.matching(text).map_err(|error| {
            CliError::usage(format!("--reply: {error}")).hint(r"write for example --reply 'v1\.0.*=sha256:…'")
        })?;
    }
    let existing = if args.force { Existing::Replaced } else { Existing::Refused };
    Ok(Settings {
        endpoint: args.endpoint.clone(),
        trust: args.trust.trust(),
        listen: address(&args.listen)?,
        host: match args.host {
            Host::Client => HostPolicy::Client,
            Host::Endpoint => HostPolicy::Endpoint,
        },
        out: args.out.clone().map(|path| (path, existing)),
        world: match args.world {
            World::Open => Extent::Open,
            World::Closed => Extent::Closed,
        },
        replies,
        bad_images: args.bad_image.iter().map(|image| Name::from(image.as_str())).collect(),
    })
}

fn refused(error: StartError) -> CliError {
    let message = error.to_string();
    match error {
        StartError::Endpoint(endpoint) => transport::unusable(endpoint),
        StartError::File { source, .. } if source.kind() == io::ErrorKind::AlreadyExists => {
            CliError::usage(message).hint("--force replaces it")
        }
        StartError::File { .. } | StartError::Judge(_) => CliError::usage(message),
        StartError::Listen { .. } => CliError::setup(message).hint("--listen 127.0.0.1:0 takes a free port"),
    }
}

/// Says at once what cannot wait. Nobody has to read it: the summary and the exit code say it again.
fn say(notice: &Notice) {
    match notice {
        Notice::Violation(violation) => _ = console::print(&violated(violation)),
        Notice::RecordingStopped(reason) => {
            console::say(&format!("warning: recording stopped: {reason}; traffic passes on"));
        }
        Notice::JudgingStopped(reason) => {
            console::say(&format!("warning: judging stopped: {reason}; traffic passes on"));
        }
    }
}

fn violated(violation: &Violation) -> String {
    let Violation { requirement, function, line, explanation } = violation;
    let place = line.map(|line| format!(" at line {line}")).unwrap_or_default();
    format!("{function}: violates {requirement}{place}\n{}", wrap(explanation, "  ", WIDTH))
}

fn summary(snapshot: &Snapshot) -> String {
    let book = &snapshot.book;
    let mut text = format!(
        "recorded {} operations on {} functions, of {} requests; violations: {}\n",
        book.total(),
        book.functions,
        snapshot.requests,
        book.violations()
    );
    let mut also = |what: &str, count: u64| {
        if count > 0 {
            let _ = writeln!(text, "  {what}: {count}");
        }
    };
    for (name, count) in &book.violated {
        also(name, *count);
    }
    also("requests that are about no function", snapshot.passed);
    for (why, count) in &book.left_out {
        also(why.as_str(), *count);
    }
    also("operations without a known answer", book.unanswered);
    also("operations that lasted too long for their answers to be judged", book.late);
    also("functions of which it could not be told", book.inconclusive as u64);
    for (what, going) in [("recording", &book.recording), ("judging", &book.judging)] {
        if let Going::Stopped(reason) = going {
            let _ = writeln!(text, "  {what} stopped: {reason}");
        }
    }
    text
}

fn exit(snapshot: &Snapshot) -> Exit {
    let book = &snapshot.book;
    let stopped = |going: &Going| matches!(going, Going::Stopped(_));
    if book.violations() > 0 {
        Exit::NonConformant
    } else if stopped(&book.recording) || stopped(&book.judging) || book.inconclusive > 0 {
        Exit::Inconclusive
    } else if book.answered == 0 {
        Exit::Nothing
    } else {
        Exit::Conformant
    }
}
