//! What the schemes have in common: SHA-256, HMAC, and a form of the request that both sides arrive at.

use std::collections::BTreeMap;
use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::Signable;
use crate::driver::path;

/// The request in the form that is signed, and the names of the headers in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Canonical {
    pub(super) text: String,
    /// In their order, joined by semicolons.
    pub(super) signed: String,
}

impl Canonical {
    /// The form of a request whose path was put into its own before, over those of its headers that are signed.
    pub(super) fn new(request: &Signable<'_>, path: &str, headers: &[(String, String)], payload: &str) -> Self {
        let mut merged: BTreeMap<&str, String> = BTreeMap::new();
        for (name, value) in headers {
            let value = value.trim();
            merged.entry(name).and_modify(|all| _ = write!(all, ",{value}")).or_insert_with(|| value.to_owned());
        }
        let lines: String = merged.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let signed = merged.keys().copied().collect::<Vec<_>>().join(";");
        let text =
            format!("{}\n{path}\n{}\n{lines}\n{signed}\n{payload}", request.method, canonical_query(request.query));
        Self { text, signed }
    }
}

/// The pairs of a query in their order, each part percent-encoded in one way.
fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(key, value)| (path::again(key), path::again(value)))
        .collect();
    pairs.sort();
    pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&")
}

/// SHA-256 in hexadecimal digits.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// HMAC-SHA-256.
pub(super) fn hmac(key: &[u8], text: &str) -> [u8; 32] {
    // A key of any length is one, so the error cannot come about; an empty one would only sign wrongly.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return [0; 32] };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

/// Bytes in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
