//! ACS3-HMAC-SHA256, as Function Compute 3.0 asks for it.
//!
//! The codes are those of the gateway that the API stands behind. The status is the 403 that the API's table of error
//! codes gives for signatures and keys; that the gateway is also documented with 400 and 404 makes no difference to
//! clients, which read the code.

use std::time::SystemTime;

use humantime::parse_rfc3339;

use super::{Claim, Keys, Verifier, digest, header, is_timely, refused, target};
use crate::driver::{ApiError, HttpRequest};

const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// What a request must have.
const NEEDED: &[&str] =
    &["x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"];

pub(super) struct Acs3;

impl Verifier for Acs3 {
    fn name(&self) -> &'static str {
        "acs3"
    }

    fn verify(&self, request: &HttpRequest, keys: &Keys, now: SystemTime) -> Result<(), ApiError> {
        let Some(authorization) = header(request, "authorization") else {
            return Err(refused("MissingAccessKeyId", "The request is not signed."));
        };
        let Some(claim) = Claim::parse(&authorization, ALGORITHM) else {
            let message = format!("The Authorization header is not of the form of {ALGORITHM}.");
            return Err(refused("IncompleteSignature", message));
        };
        if let Some(missing) = NEEDED.iter().find(|name| header(request, name).is_none()) {
            return Err(refused("IncompleteSignature", format!("The request has no header {missing}.")));
        }
        if let Some(name) = claim.unsigned(request, "x-acs-") {
            return Err(refused("IncompleteSignature", format!("The header {name} is not signed.")));
        }
        let date = header(request, "x-acs-date").unwrap_or_default();
        let Ok(time) = parse_rfc3339(&date) else {
            let message = "Specified time stamp or date value is not well formatted.";
            return Err(refused("InvalidTimeStamp.Format", message));
        };
        if !is_timely(time, now) {
            return Err(refused("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."));
        }
        let Some(key) = keys.get(claim.credential) else {
            return Err(refused("InvalidAccessKeyId.NotFound", "Specified access key is not found."));
        };
        let payload = digest(&request.body);
        let said = header(request, "x-acs-content-sha256").unwrap_or_default();
        let (path, _) = target(request);
        let of_key = |text: String| {
            let text = format!("{ALGORITHM}\n{}", digest(text.as_bytes()));
            claim.is_of(key.secret().as_bytes(), &text)
        };
        if said != payload || !claim.canonical(request, path, &payload, |value| value).is_some_and(of_key) {
            let message = "Specified signature is not matched with our calculation.";
            return Err(refused("SignatureDoesNotMatch", message));
        }
        let token = header(request, "x-acs-security-token");
        if !key.has_token(token.as_deref()) {
            let code = if token.is_none() { "MissingSecurityToken" } else { "InvalidSecurityToken.Mismatch" };
            return Err(refused(code, "The security token is not the one of the access key."));
        }
        Ok(())
    }
}
