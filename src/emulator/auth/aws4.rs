//! AWS Signature Version 4, as Lambda asks for it: the service is `lambda`, the region any.

use std::time::SystemTime;

use hmac::Mac;
use humantime::parse_rfc3339;
use percent_encoding::utf8_percent_encode;

use super::{Claim, Keys, RESERVED, Verifier, digest, header, is_timely, keyed, refused, target};
use crate::driver::{ApiError, HttpRequest};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// All but what is left as it is in a path.
const RESERVED_IN_PATH: &percent_encoding::AsciiSet = &RESERVED.remove(b'/');

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided.";

/// Of a key that is not known, or a token that is not its own.
const UNKNOWN: &str = "The security token included in the request is invalid.";

pub(super) struct Aws4;

impl Verifier for Aws4 {
    fn name(&self) -> &'static str {
        "aws4"
    }

    fn verify(&self, request: &HttpRequest, keys: &Keys, now: SystemTime) -> Result<(), ApiError> {
        let Some(authorization) = header(request, "authorization") else {
            return Err(refused("MissingAuthenticationTokenException", "Missing Authentication Token"));
        };
        let incomplete = |message: String| refused("IncompleteSignatureException", message);
        let Some(claim) = Claim::parse(&authorization, ALGORITHM) else {
            return Err(incomplete(format!("The Authorization header is not of the form of {ALGORITHM}.")));
        };
        let [id, date, region, service, "aws4_request"] = claim.credential.split('/').collect::<Vec<_>>()[..] else {
            return Err(incomplete("Credential is not ID/YYYYMMDD/REGION/SERVICE/aws4_request.".to_owned()));
        };
        if let Some(name) = claim.unsigned(request, "x-amz-") {
            return Err(incomplete(format!("The header {name} is not signed.")));
        }
        let stamp = header(request, "x-amz-date").unwrap_or_default();
        let Some(time) = time(&stamp) else {
            return Err(incomplete("There is no header X-Amz-Date of the form YYYYMMDD'T'HHMMSS'Z'.".to_owned()));
        };
        if !is_timely(time, now) {
            return Err(refused("InvalidSignatureException", format!("Signature expired or not yet current: {stamp}")));
        }
        let Some(key) = keys.get(id) else {
            return Err(refused("UnrecognizedClientException", UNKNOWN));
        };
        let payload = digest(&request.body);
        let said = header(request, "x-amz-content-sha256").unwrap_or_else(|| payload.clone());
        let path = canonical_path(target(request).0);
        let matches = || {
            let canonical = claim.canonical(request, &path, &payload, one_blank)?;
            let to_sign = format!(
                "{ALGORITHM}\n{stamp}\n{date}/{region}/{service}/aws4_request\n{}",
                digest(canonical.as_bytes())
            );
            let mut derived = format!("AWS4{}", key.secret()).into_bytes();
            for part in [date, region, service, "aws4_request"] {
                derived = keyed(&derived, part)?.finalize().into_bytes().to_vec();
            }
            Some(claim.is_of(&derived, &to_sign))
        };
        let scoped = service == "lambda" && stamp.starts_with(date);
        if !scoped || said != payload || matches() != Some(true) {
            return Err(refused("InvalidSignatureException", MISMATCH));
        }
        if !key.has_token(header(request, "x-amz-security-token").as_deref()) {
            return Err(refused("UnrecognizedClientException", UNKNOWN));
        }
        Ok(())
    }
}

/// The value with one blank where there are several.
fn one_blank(value: String) -> String {
    value.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The time that `YYYYMMDDThhmmssZ` is.
fn time(stamp: &str) -> Option<SystemTime> {
    let digits =
        |range: std::ops::Range<usize>| stamp.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let (date, clock) = (digits(0..8)?, digits(9..15)?);
    if stamp.len() != 16 || stamp.as_bytes()[8] != b'T' || !stamp.ends_with('Z') {
        return None;
    }
    let (year, month, day) = (&date[..4], &date[4..6], &date[6..]);
    let (hour, minute, second) = (&clock[..2], &clock[2..4], &clock[4..]);
    parse_rfc3339(&format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z")).ok()
}

/// The path as it came, encoded once more, without what leads nowhere.
fn canonical_path(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        if segment == ".." {
            kept.pop();
        } else if !segment.is_empty() && segment != "." {
            kept.push(segment);
        }
    }
    let slash = if kept.is_empty() || !path.ends_with('/') { "" } else { "/" };
    utf8_percent_encode(&format!("/{}{slash}", kept.join("/")), RESERVED_IN_PATH).to_string()
}
