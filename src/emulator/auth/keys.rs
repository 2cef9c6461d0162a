//! The keys that an endpoint knows, and the file that they are read from.

use std::collections::BTreeMap;
use std::fmt;

use super::digest;

/// The keys, by their ids.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys(BTreeMap<String, Key>);

/// What belongs to an id.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Key {
    secret: String,
    token: Option<String>,
}

/// What is wrong with a file of keys. No word of the file stands in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// A line is none of `ID SECRET [TOKEN]`.
    #[error("line {line} is not an id, a secret and perhaps a token")]
    Words {
        /// Which line, from 1.
        line: usize,
    },
    /// An id stands in two lines.
    #[error("line {line} has the id of a line before it")]
    Twice {
        /// Which line, from 1.
        line: usize,
    },
    /// There is no key in it.
    #[error("it has no key")]
    Empty,
}

impl Keys {
    /// Reads lines of `ID SECRET [TOKEN]` with blanks between them; empty lines and those that begin with `#` say
    /// nothing.
    ///
    /// # Errors
    /// When a line is anything else, an id stands there twice, or there is no key.
    pub fn parse(text: &str) -> Result<Self, KeysError> {
        let mut keys = BTreeMap::new();
        for (line, text) in (1..).zip(text.lines()) {
            let words: Vec<&str> = text.split_whitespace().collect();
            let (id, secret, token) = match *words.as_slice() {
                [] => continue,
                [first, ..] if first.starts_with('#') => continue,
                [id, secret] => (id, secret, None),
                [id, secret, token] => (id, secret, Some(token)),
                _ => return Err(KeysError::Words { line }),
            };
            let key = Key { secret: secret.to_owned(), token: token.map(str::to_owned) };
            if keys.insert(id.to_owned(), key).is_some() {
                return Err(KeysError::Twice { line });
            }
        }
        if keys.is_empty() { Err(KeysError::Empty) } else { Ok(Self(keys)) }
    }

    /// The key of that id.
    pub(super) fn get(&self, id: &str) -> Option<&Key> {
        self.0.get(id)
    }
}

impl Key {
    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    /// Whether it is the token of this key, or none where the key has none. Digests are compared, so that the time that
    /// it takes tells nothing of the token.
    pub(super) fn has_token(&self, token: Option<&str>) -> bool {
        match (&self.token, token) {
            (None, None) => true,
            (Some(own), Some(token)) => digest(own.as_bytes()) == digest(token.as_bytes()),
            _ => false,
        }
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_line() {
        let keys = Keys::parse("# ours\n\na 1\n  b\t2  t\r\n").unwrap();
        assert_eq!(format!("{keys:?}"), r#"{"a", "b"}"#);
        let (plain, temporary) = (keys.get("a").unwrap(), keys.get("b").unwrap());
        assert_eq!((plain.secret(), temporary.secret()), ("1", "2"));
        assert!(plain.has_token(None) && !plain.has_token(Some("t")));
        assert!(temporary.has_token(Some("t")) && !temporary.has_token(Some("u")) && !temporary.has_token(None));
        assert!(keys.get("c").is_none());
    }

    #[test]
    fn what_is_wrong_is_said_without_a_word_of_the_file() {
        for (text, said) in [
            ("a 1\nb", "line 2 is not an id, a secret and perhaps a token"),
            ("a 1 2 3", "line 1 is not an id, a secret and perhaps a token"),
            ("a 1\n\na 2 t", "line 3 has the id of a line before it"),
            ("# none\n", "it has no key"),
        ] {
            assert_eq!(Keys::parse(text).unwrap_err().to_string(), said);
        }
    }
}
