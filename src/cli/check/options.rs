//! What a user may say of histories that others recorded.

use crate::cli::error::CliError;
use crate::exchange::Replies;
use crate::har;
use crate::history::Name;
use clap::Args;
use std::collections::BTreeMap;
use std::time::Duration;

/// What HAR files leave open.
#[derive(Debug, Args)]
#[command(next_help_heading = "HAR files")]
pub(super) struct Reading {
    /// Read only requests to this base URL; several are taken to be one endpoint. Needed only where functions of one name
    /// are asked for at several
    #[arg(long, value_name = "URL")]
    endpoint: Vec<String>,

    /// An invocation's reply that this regular expression matches, as a whole and without the blanks around it, comes from
    /// the code of that digest. By default only a reply that is itself a digest tells; contradictions tell nothing
    #[arg(long, value_name = "PATTERN=DIGEST")]
    reply: Vec<String>,

    /// The same for replies as they are: a file with a JSON object of replies and their digests
    #[arg(long, value_name = "FILE")]
    replies: Option<String>,
}

/// How HAR files are to be read.
pub(super) struct HarOptions {
    /// Which code a reply speaks of.
    pub(super) replies: Replies,
    /// The endpoints that count; all do if there are none.
    pub(super) endpoints: Vec<String>,
}

impl HarOptions {
    /// Whether they say nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.replies.is_empty() && self.endpoints.is_empty()
    }
}

/// What is to be done with each history.
pub(super) struct Options {
    pub(super) reading: HarOptions,
    pub(super) settle: Option<Duration>,
    pub(super) bad_images: Vec<Name>,
    pub(super) as_history: Option<String>,
    pub(super) observing: Observing,
}

/// Whether what a history showed is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Observing {
    /// It is.
    Yes,
    /// It is not.
    No,
}

impl Reading {
    /// Reads what they say.
    pub(super) fn parse(&self) -> Result<HarOptions, CliError> {
        let mut replies = Replies::default();
        for text in &self.reply {
            replies.matching(text).map_err(|error| {
                CliError::usage(format!("--reply: {error}")).hint(r"write for example --reply 'v1\.0.*=sha256:…'")
            })?;
        }
        if let Some(file) = &self.replies {
            let unusable = |reason: String| {
                let hint = r#"write for example {"hello v1": "sha256:…"}"#;
                CliError::usage(format!("--replies {file}: {reason}")).hint(hint)
            };
            let text = std::fs::read_to_string(file).map_err(|error| unusable(error.to_string()))?;
            let exact: BTreeMap<String, String> = serde_json::from_str(&text)
                .map_err(|error| unusable(format!("not a JSON object of strings: {error}")))?;
            for (reply, digest) in &exact {
                replies.exactly(reply, digest);
            }
        }
        let endpoints = self.endpoint.iter().map(|url| har::endpoint(url)).collect();
        Ok(HarOptions { replies, endpoints })
    }
}
