//! Which code an invocation's reply speaks of.
//!
//! A reply that is itself a digest names that code, provided the history knows it (see [`super::gather`]). For all others
//! somebody has to say it; else it is unknown.

use crate::history::Name;
use regex::Regex;
use std::collections::{BTreeMap, HashSet};

/// What is known of replies.
#[derive(Debug, Clone, Default)]
pub struct Replies {
    exact: BTreeMap<String, Name>,
    patterns: Vec<(Regex, Name)>,
}

/// Why something said of replies cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReplyError {
    /// There is no digest behind the pattern.
    #[error("`{0}` is not of the form PATTERN=DIGEST")]
    Form(String),
    /// The pattern is no regular expression.
    #[error("the pattern of `{text}` is no regular expression: {reason}")]
    Pattern {
        /// What was given.
        text: String,
        /// What is wrong with it, in a line.
        reason: String,
    },
}

impl Replies {
    /// A reply that is this text, blanks around it aside, comes from the code of that digest.
    pub fn exactly(&mut self, text: &str, digest: &str) {
        self.exact.insert(text.trim().to_owned(), digest.into());
    }

    /// Adds `PATTERN=DIGEST`: a reply that the regular expression matches as a whole comes from the code of that digest.
    ///
    /// The digest is what stands behind the last `=`, those at the end aside, which belong to it: base64 ends so.
    ///
    /// # Errors
    /// If it is not of that form.
    pub fn matching(&mut self, text: &str) -> Result<(), ReplyError> {
        let form = || ReplyError::Form(text.to_owned());
        let (pattern, digest) = text.trim_end_matches('=').rsplit_once('=').ok_or_else(form)?;
        if digest.is_empty() {
            return Err(form());
        }
        let whole = format!(r"\A(?s:{pattern})\z");
        let regex = Regex::new(&whole).map_err(|error| {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            ReplyError::Pattern { text: text.to_owned(), reason }
        })?;
        self.patterns.push((regex, text[pattern.len() + 1..].into()));
        Ok(())
    }

    /// Whether nothing was said of any reply.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.patterns.is_empty()
    }

    /// Whether the code of that digest was named for some reply.
    #[must_use]
    pub fn names(&self, digest: &str) -> bool {
        self.digests().any(|named| &**named == digest)
    }

    /// The digests that were named.
    pub(super) fn digests(&self) -> impl Iterator<Item = &Name> {
        self.exact.values().chain(self.patterns.iter().map(|(_, digest)| digest))
    }

    /// The digest of the code that gave this trimmed reply, as far as the reply tells; patterns that contradict one
    /// another tell nothing.
    pub(super) fn code(&self, reply: &str) -> Option<Name> {
        if let Some(digest) = self.exact.get(reply) {
            return Some(digest.clone());
        }
        let matching: HashSet<&Name> =
            self.patterns.iter().filter(|(regex, _)| regex.is_match(reply)).map(|(_, digest)| digest).collect();
        match matching.len() {
            0 => is_digest(reply).then(|| reply.into()),
            1 => matching.into_iter().next().cloned(),
            _ => None,
        }
    }
}

/// Whether the text has the form of a digest: `sha256:` and 64 hexadecimal digits.
fn is_digest(text: &str) -> bool {
    let hex = text.strip_prefix("sha256:");
    hex.is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replies(patterns: &[&str]) -> Replies {
        let mut replies = Replies::default();
        for pattern in patterns {
            replies.matching(pattern).unwrap();
        }
        replies
    }

    #[test]
    fn a_reply_speaks_of_the_code_that_was_named_for_it() {
        let mut replies = replies(&[
            r"v1\.\d+=sha256:1",
            r#"\{"v":2.*\}=sha256:2"#,
            "zip=n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
        ]);
        replies.exactly(" v1.7 ", "sha256:17");
        let code = |reply: &str| replies.code(reply).map(|digest| digest.to_string());
        assert_eq!(code("v1.0").as_deref(), Some("sha256:1"));
        assert_eq!(code("v1.7").as_deref(), Some("sha256:17"));
        assert_eq!(code("{\"v\":2,\n\"x\":1}").as_deref(), Some("sha256:2"));
        assert_eq!(code("zip").as_deref(), Some("n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="));
        // The whole of it must match, and nothing is guessed.
        assert_eq!(code("v1.0 and more"), None);
        assert_eq!(code("hello"), None);
    }

    #[test]
    fn a_digest_speaks_for_itself_and_contradictions_for_nothing() {
        let digest = format!("sha256:{}", "ab".repeat(32));
        assert_eq!(replies(&[]).code(&digest).as_deref(), Some(&*digest));
        assert_eq!(replies(&[]).code("sha256:ab"), None);
        assert_eq!(replies(&["a.*=sha256:1", ".*b=sha256:2"]).code("ab"), None);
        assert_eq!(replies(&["a.*=sha256:1", ".*b=sha256:1"]).code("ab").as_deref(), Some("sha256:1"));
    }

    #[test]
    fn what_is_wrong_with_a_pattern_is_said() {
        let error = |text: &str| Replies::default().matching(text).unwrap_err().to_string();
        insta::assert_snapshot!(error("v1"), @"`v1` is not of the form PATTERN=DIGEST");
        insta::assert_snapshot!(error("v1="), @"`v1=` is not of the form PATTERN=DIGEST");
        insta::assert_snapshot!(error("v(1=sha256:1"), @"the pattern of `v(1=sha256:1` is no regular expression: unclosed group");
    }
}
