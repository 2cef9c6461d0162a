//! Refusals that are about whoever asks, not about what was asked for.

use crate::driver::{HttpResponse, answer};

/// A refusal of whoever asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What is refused.
    pub(crate) about: About,
    /// Status, code and message, as the endpoint says them.
    pub(crate) said: String,
}

/// What a refusal of whoever asks is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum About {
    /// The signature, or the credentials that it was made with: no request would have been taken.
    Signature,
    /// Whoever asks may not do this, or must say first who they are.
    Permission,
}

/// What the codes of endpoints begin with that speak of signatures, capitals aside.
///
/// The first are those of Function Compute and of the gateway before it, the others AWS's. Lambda has others that speak
/// of signatures, those of code.
const SIGNATURE: &[&str] = &[
    "SignatureDoesNotMatch",
    "SignatureNotMatch",
    "SignatureNonceUsed",
    "IncompleteSignature",
    "InvalidSignature",
    "InvalidAccessKeyId",
    "MissingAccessKeyId",
    "InvalidSecurityToken",
    "MissingSecurityToken",
    "InvalidTimeStamp",
    "IllegalTimestamp",
    "MissingAuthenticationToken",
    "UnrecognizedClient",
    "InvalidClientTokenId",
    "ExpiredToken",
    "RequestExpired",
];

/// What codes speak of that say with 403 that there is too much of something.
const AMOUNT: &[&str] = &["quota", "limit", "exceed"];

/// The refusal that an answer is, with the code that the dialect found in it; `None` if it is none of whoever asks.
pub(crate) fn refusal(response: &HttpResponse, code: Option<&str>) -> Option<Refusal> {
    let begins = |begin: &&str| {
        code.and_then(|code| code.get(..begin.len())).is_some_and(|start| start.eq_ignore_ascii_case(begin))
    };
    let of_amounts =
        code.map(str::to_ascii_lowercase).is_some_and(|code| AMOUNT.iter().any(|word| code.contains(word)));
    let about = match response.status {
        400..500 if SIGNATURE.iter().any(begins) => About::Signature,
        401 | 407 => About::Permission,
        403 if !of_amounts => About::Permission,
        _ => return None,
    };
    let code = code.map(|code| format!(", {code}")).unwrap_or_default();
    Some(Refusal { about, said: format!("HTTP {}{code}: {}", response.status, answer::message(response)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_about_whoever_asks_is_told_from_what_is_about_the_function() {
        for (status, code, about) in [
            (403, Some("SignatureDoesNotMatch"), Some(About::Signature)),
            (404, Some("InvalidAccessKeyId.NotFound"), Some(About::Signature)),
            (403, Some("InvalidAccessKeyID"), Some(About::Signature)),
            (400, Some("InvalidTimeStamp.Expired"), Some(About::Signature)),
            (403, Some("UnrecognizedClientException"), Some(About::Signature)),
            (403, Some("AccessDenied"), Some(About::Permission)),
            (401, None, Some(About::Permission)),
            (403, None, Some(About::Permission)),
            (403, Some("QuotaExceeded"), None),
            (404, Some("FunctionNotFound"), None),
            (400, Some("InvalidCodeSignatureException"), None),
            (200, Some("SignatureDoesNotMatch"), None),
            (400, Some("Ünicode"), None),
        ] {
            let response = HttpResponse { status, body: br#"{"Message":"no."}"#.to_vec(), ..HttpResponse::default() };
            let refusal = refusal(&response, code);
            assert_eq!(refusal.as_ref().map(|refusal| refusal.about), about, "{status} {code:?}");
        }
        let response = HttpResponse { status: 403, body: br#"{"Message":"no."}"#.to_vec(), ..HttpResponse::default() };
        assert_eq!(refusal(&response, Some("AccessDenied")).unwrap().said, "HTTP 403, AccessDenied: no.");
    }
}
