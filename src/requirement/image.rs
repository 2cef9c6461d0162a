//! Section "Failed state", the note on tags and digests: what is recorded, shown and served.

use super::catalogue;

catalogue! {
    DIGEST_REPORTED = "image.digest-reported", Stated;
    DIGEST_RECORDED = "image.digest-recorded", Stated;
    NEVER_UNRECORDED = "image.never-unrecorded", Implied;
    REDEPLOY_RECORDS = "image.redeploy-records", Implied;
}
