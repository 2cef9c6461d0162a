//! Signatures: a request shows that its sender knows a secret, which is never sent.
//!
//! A [`Scheme`] is pure: the request, the credentials, the time and the nonce come in, headers come out. It knows
//! neither socket nor environment nor clock, and no dialect. Which scheme goes with a dialect, the dialect says.

mod acs3;
mod aws4;
mod canonical;
pub mod credentials;
mod refusal;
mod signer;

pub use acs3::Acs3;
pub use aws4::Aws4;
pub use credentials::{Credentials, CredentialsError, Found, Variables};
pub(crate) use refusal::{About, Refusal, refusal};
pub use signer::Signer;

use std::time::SystemTime;

/// The parts of a finished request that a signature can cover.
#[derive(Debug, Clone, Copy)]
pub struct Signable<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The value of the `Host` header, with the port if it is not the usual one.
    pub host: &'a str,
    /// The path as it is sent, percent-encoded and without a query.
    pub path: &'a str,
    /// What stands behind the `?`, without it; empty for none.
    pub query: &'a str,
    /// Header names in lower case, with their values; without `Host`.
    pub headers: &'a [(String, String)],
    /// The body; empty for none.
    pub body: &'a [u8],
}

/// When a request is signed. No two requests have the same nonce.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// The time, which is signed to the second.
    pub time: SystemTime,
    /// 32 hexadecimal digits that are not to be guessed.
    pub nonce: String,
}

impl Moment {
    /// That time, with a nonce of that randomness.
    #[must_use]
    pub fn new(time: SystemTime, randomness: [u8; 16]) -> Self {
        Self { time, nonce: canonical::hex(&randomness) }
    }
}

/// One way to sign requests.
pub trait Scheme: Send + Sync {
    /// The name by which users select it.
    fn name(&self) -> &'static str;

    /// The environment variables in which the vendor's own tools look for credentials.
    fn variables(&self) -> &'static Variables<'static>;

    /// The headers that are to be added to the request, names in lower case; `authorization` is the last.
    fn sign(&self, request: &Signable<'_>, credentials: &Credentials, moment: &Moment) -> Vec<(String, String)>;
}

/// All schemes, in the order in which they are listed.
pub static SCHEMES: &[&dyn Scheme] = &[&Acs3, &Aws4];

/// The scheme of that name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Scheme> {
    SCHEMES.iter().copied().find(|scheme| scheme.name() == name)
}
