//! Signatures, as the endpoint looks at them: what came is taken apart, worked out again, and compared.
//!
//! It is a second reading of how requests are signed, and shares no code with what signs them. What the two schemes have
//! in common is here; how each writes its header, what it covers and how it refuses is in a file of its own.

mod acs3;
mod aws4;
mod keys;

pub use keys::{Keys, KeysError};

use std::fmt;
use std::fmt::Write;
use std::time::{Duration, SystemTime};

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use sha2::{Digest, Sha256};

use crate::driver::{ApiError, HttpRequest};

/// How far a client's clock may be off.
const SKEW: Duration = Duration::from_secs(15 * 60);

/// One way in which requests are signed, seen from the endpoint.
trait Verifier: Send + Sync {
    /// The name by which it is selected.
    fn name(&self) -> &'static str;

    /// Whether the request comes from the holder of one of the keys.
    ///
    /// # Errors
    /// The API's own refusal.
    fn verify(&self, request: &HttpRequest, keys: &Keys, now: SystemTime) -> Result<(), ApiError>;
}

static VERIFIERS: &[&dyn Verifier] = &[&acs3::Acs3, &aws4::Aws4];

/// Who is let in, and by which scheme.
#[derive(Clone)]
pub struct Guard {
    verifier: &'static dyn Verifier,
    keys: Keys,
}

impl Guard {
    /// The names of all schemes.
    #[must_use]
    pub fn schemes() -> Vec<&'static str> {
        VERIFIERS.iter().map(|verifier| verifier.name()).collect()
    }

    /// Makes guards that ask for a signature of that scheme with one of the keys given; `None` if there is no such
    /// scheme.
    #[must_use]
    pub fn asking_for(scheme: &str) -> Option<impl Fn(Keys) -> Self + use<>> {
        let verifier = VERIFIERS.iter().copied().find(|verifier| verifier.name() == scheme)?;
        Some(move |keys| Self { verifier, keys })
    }

    /// Lets a request in, or says how it is refused.
    pub(super) fn admit(&self, request: &HttpRequest, now: SystemTime) -> Result<(), ApiError> {
        self.verifier.verify(request, &self.keys, now)
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Guard({} {:?})", self.verifier.name(), self.keys)
    }
}

/// What an `Authorization` header says.
#[derive(Debug, PartialEq, Eq)]
struct Claim<'a> {
    credential: &'a str,
    /// The names of the headers that were signed.
    signed: Vec<&'a str>,
    signature: &'a str,
}

impl<'a> Claim<'a> {
    /// What stands behind the algorithm: three parts with commas between them, in any order.
    fn parse(header: &'a str, algorithm: &str) -> Option<Self> {
        let rest = header.strip_prefix(algorithm)?.strip_prefix(' ')?;
        let mut parts = ["Credential", "SignedHeaders", "Signature"].map(|name| (name, None));
        for part in rest.split(',') {
            let (name, value) = part.trim().split_once('=')?;
            let (_, place) = parts.iter_mut().find(|(known, _)| *known == name)?;
            if value.is_empty() || place.replace(value).is_some() {
                return None;
            }
        }
        let [(_, Some(credential)), (_, Some(signed)), (_, Some(signature))] = parts else { return None };
        Some(Self { credential, signed: signed.split(';').collect(), signature })
    }

    /// The first header that must be signed and is not: the host, the type of the body, and what the vendor's own begin
    /// with.
    fn unsigned<'r>(&self, request: &'r HttpRequest, vendor: &str) -> Option<&'r str> {
        let must = |name: &&str| *name == "content-type" || name.starts_with(vendor);
        let names = request.headers.iter().map(|(name, _)| name.as_str());
        std::iter::once("host").chain(names.filter(must)).find(|name| !self.signed.contains(name))
    }

    /// The request in the form that is signed, over the headers that the claim names, each value with its blanks as the
    /// scheme has them; `None` if one is not there.
    fn canonical(
        &self,
        request: &HttpRequest,
        path: &str,
        payload: &str,
        blanks: impl Fn(String) -> String,
    ) -> Option<String> {
        let (_, query) = target(request);
        let mut text = format!("{}\n{path}\n{}\n", request.method, ordered(query));
        for name in &self.signed {
            let _ = writeln!(text, "{name}:{}", blanks(header(request, name)?));
        }
        let _ = write!(text, "\n{}\n{payload}", self.signed.join(";"));
        Some(text)
    }

    /// Whether the signature is the one of the text under the key, compared in constant time.
    fn is_of(&self, key: &[u8], text: &str) -> bool {
        let digit = |byte: &u8| u8::try_from(char::from(*byte).to_digit(16)?).ok();
        let byte = |pair: &[u8]| Some(16 * digit(pair.first()?)? + digit(pair.get(1)?)?);
        let Some(bytes) = self.signature.as_bytes().chunks(2).map(byte).collect::<Option<Vec<u8>>>() else {
            return false;
        };
        keyed(key, text).is_some_and(|mac| mac.verify_slice(&bytes).is_ok())
    }
}

fn keyed(key: &[u8], text: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text.as_bytes());
    Some(mac)
}

/// The path and the query of a request.
fn target(request: &HttpRequest) -> (&str, &str) {
    request.path.split_once('?').unwrap_or((&request.path, ""))
}

/// The values of a header, without the blanks at their ends.
fn header(request: &HttpRequest, name: &str) -> Option<String> {
    let values = request.headers.iter().filter(|(key, _)| key == name);
    let values: Vec<&str> = values.map(|(_, value)| value.trim()).collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// All but what RFC 3986 leaves unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The query with its pairs in order, however they came.
fn ordered(query: &str) -> String {
    let again = |part: &str| percent_encode(&percent_decode_str(part).collect::<Vec<_>>(), RESERVED).to_string();
    let mut pairs: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((key, value)) => (again(key), again(value)),
            None => (again(pair), String::new()),
        })
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
    pairs.join("&")
}

/// SHA-256, in hexadecimal digits.
fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the two clocks agree well enough.
fn is_timely(time: SystemTime, now: SystemTime) -> bool {
    let apart = now.duration_since(time).unwrap_or_else(|early| early.duration());
    apart <= SKEW
}

/// A refusal of whoever asks: 403, as the tables of error codes have it.
fn refused(code: &str, message: impl Into<String>) -> ApiError {
    ApiError { status: 403, code: code.to_owned(), message: message.into() }
}

#[cfg(test)]
mod tests;
