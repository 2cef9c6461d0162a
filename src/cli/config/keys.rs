//! The keys of the configuration file: each is a flag under another name.
//!
//! What a key means, and what values it takes, is said by its flag alone; a key adds its place in the file, and the
//! shape that it has there.

use std::fmt;

/// A key of the file.
#[derive(Debug)]
pub(super) struct Key {
    /// Where it stands, with a dot behind each table: `levers.idle`.
    pub(super) path: &'static str,
    /// The flag, without its dashes.
    pub(super) flag: &'static str,
    /// What its value looks like.
    pub(super) shape: Shape,
}

/// What the value of a key looks like in the file, and what becomes of it on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "not every shape has a key yet")]
pub(super) enum Shape {
    /// A string.
    Text,
    /// A string that names a file or folder; it is looked for beside the file.
    Path,
    /// A number.
    Number,
    /// A number with a unit, as a string: `"30s"`.
    Duration,
    /// True or false; the flag has no value.
    Switch,
    /// A list of strings; the flag is repeated.
    List,
    /// A string that stands behind this word and `=` in a flag that is repeated.
    Of(&'static str),
    /// A table, given to the flag as JSON.
    Table,
    /// A list of tables with these keys, whose strings are joined by `=` in a flag that is repeated.
    Pairs([&'static str; 2]),
    /// A string `"$NAME"` that names the environment variable where the value is; it stands behind this word and `=`.
    Variable(&'static str),
}

/// All keys, in the order in which they are shown.
pub(super) static KEYS: &[Key] = &[
    key("endpoint", "endpoint", Shape::Text),
    key("dialect", "dialect", Shape::Text),
    key("invoke_endpoint", "invoke-endpoint", Shape::Text),
    key("wait_for_endpoint", "wait-for-endpoint", Shape::Duration),
    key("auth.scheme", "auth", Shape::Text),
    key("auth.id", "credential", Shape::Variable("id")),
    key("auth.secret", "credential", Shape::Variable("secret")),
    key("auth.token", "credential", Shape::Variable("token")),
    key("auth.region", "credential", Shape::Variable("region")),
    key("levers.protocol", "levers", Shape::Text),
    key("levers.publish", "lever", Shape::Of("publish")),
    key("levers.hold", "lever", Shape::Of("hold")),
    key("levers.fail", "lever", Shape::Of("fail")),
    key("levers.delete", "lever", Shape::Of("delete")),
    key("levers.idle", "lever", Shape::Of("idle")),
    key("levers.registry", "registry", Shape::Text),
    key("levers.registry_name", "registry-name", Shape::Text),
    key("levers.registry_arch", "registry-arch", Shape::Text),
    key("levers.timeout", "lever-timeout", Shape::Duration),
    key("levers.idle_after", "idle-after", Shape::Duration),
    key("tls.ca_file", "ca-file", Shape::Path),
    key("tls.insecure", "insecure", Shape::Switch),
    key("limits.rate", "rate", Shape::Number),
    key("limits.functions", "functions", Shape::Number),
    key("deadlines.patience", "patience", Shape::Duration),
    key("deadlines.max_time", "max-time", Shape::Duration),
    key("expectations.known_failing", "known-failing", Shape::List),
    key("run.profile", "profile", Shape::Text),
    key("run.only", "run", Shape::List),
    key("run.skip", "skip", Shape::List),
    key("run.seed", "seed", Shape::Number),
    key("run.cases", "cases", Shape::Number),
    key("run.jobs", "jobs", Shape::Number),
    key("run.fail_fast", "fail-fast", Shape::Switch),
    key("run.out", "out", Shape::Path),
    key("run.keep", "keep", Shape::Switch),
];

/// Flags that say something of one run only, and so have no key.
#[cfg(test)]
pub(super) const NO_KEYS: &[&str] = &["config", "last-failed", "shard"];

const fn key(path: &'static str, flag: &'static str, shape: Shape) -> Key {
    Key { path, flag, shape }
}

impl Key {
    /// The environment variable that says the same: `FNCONFORM_LEVERS_IDLE`.
    pub(super) fn variable(&self) -> String {
        format!("FNCONFORM_{}", self.path.replace('.', "_").to_uppercase())
    }

    /// The table that it stands in, empty for none, and its name there.
    pub(super) fn place(&self) -> (&'static str, &'static str) {
        self.path.split_once('.').unwrap_or(("", self.path))
    }

    /// The word before the `=` of a flag that several keys share.
    pub(super) const fn word(&self) -> Option<&'static str> {
        match self.shape {
            Shape::Of(word) | Shape::Variable(word) => Some(word),
            _ => None,
        }
    }
}

/// What is expected, for people.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text | Self::Path | Self::Of(_) => "a string",
            Self::Number => "a number",
            Self::Duration => "a string with a number and a unit, like \"30s\"",
            Self::Switch => "true or false",
            Self::List => "a list of strings",
            Self::Table => "a table",
            Self::Pairs([first, second]) => return write!(f, "a list of tables with `{first}` and `{second}`"),
            Self::Variable(_) => "the name of an environment variable, like \"$NAME\"",
        })
    }
}
