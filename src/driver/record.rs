//! What a case came to: what it did, what it saw, and why it ended. Plain data.

use crate::history::{History, Name, write};
use crate::plan::Plan;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The file that a history is kept in: ndjson, whose first line has the plan that it is of, where those that judge the
/// history leave it alone.
#[must_use]
pub fn text(plan: &Plan, history: &History) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Nothing is written to but memory.
    let _ = write::history(&mut bytes, history);
    let header = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len()).saturating_sub(1);
    let plan = format!(",\"plan\":{}", json!(plan));
    bytes.splice(header..header, plan.into_bytes());
    bytes
}

/// The plan in the first line of such a file.
///
/// # Errors
/// Why there is none, for people.
pub fn plan(text: &str) -> Result<Plan, String> {
    let first = text.lines().next().unwrap_or_default();
    let header: Value = serde_json::from_str(first).map_err(|_| "the first line is not a header".to_owned())?;
    let Some(plan) = header.get("plan") else {
        return Err("the first line has no plan, so it cannot be run again".to_owned());
    };
    Plan::deserialize(plan).map_err(|error| format!("field `plan`: {error}"))
}

/// What a case came to.
#[derive(Debug, Clone)]
pub struct CaseRecord {
    /// Its number, for names.
    pub name: Name,
    /// What it did.
    pub plan: Plan,
    /// What it saw: sorted by start, with the lines that it has in a file.
    pub history: History,
    /// Where in the plan each operation of the history comes from.
    pub origins: Vec<Origin>,
    /// Why it ended before its plan did.
    pub cut_short: Option<CutShort>,
    /// What was under way when something was first not explained.
    pub found: Option<Origin>,
}

/// Where in a case an operation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Origin {
    /// The step of the plan, from 0; `None` for the images that there are at the beginning.
    pub step: Option<usize>,
    /// The action of that step, from 0.
    pub action: usize,
    /// How many requests the run had sent when the operation was over.
    pub after: u64,
}

/// Why a case ended before its plan did; what a user can do something about stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CutShort {
    /// What it waited for did not happen, and was not seen to happen before: the endpoint may only be slow.
    NeverReady,
    /// A request was throttled until the deadline.
    Throttled,
    /// It needs more functions at once than the budget has room for.
    Functions,
    /// A lever left it open what an image is.
    Lever,
    /// The run was told to end.
    Stopped,
    /// The same was proved often enough; waiting for it once more would prove nothing.
    Patience,
}

/// Which of the codes that an image stood for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// The first one.
    First,
    /// The one since its tag was overwritten last.
    Overwritten,
}

impl CutShort {
    /// The reason, as a fragment for people.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Throttled => "a request was throttled until the deadline",
            Self::Functions => "more functions at once were needed than --functions leaves room for",
            Self::Lever => "a lever failed, and left it open what an image stands for",
            Self::Stopped => "the run was told to end",
            Self::Patience => "the same was proved often enough",
            Self::NeverReady => {
                "patience ran out before the endpoint was seen to end preparations: give it more with --patience"
            }
        }
    }
}
