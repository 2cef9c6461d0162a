//! Section "Failed state", the note on tags and digests: what is recorded, shown and served.

use super::{Level, Lever, Requirement};

/// GetFunction of an Active function reports the digest of its image.
pub static DIGEST_REPORTED: Requirement = Requirement {
    name: "image.digest-reported",
    title: "GetFunction of an Active function reports the digest of its image",
    quote: Some("call the GetFunction operation to obtain the state and image digest of a function"),
    level: Level::Stated,
    needs: &[],
    note: "",
};

/// The digest is the one that the tag had at the create or update, whatever becomes of the tag.
pub static DIGEST_RECORDED: Requirement = Requirement {
    name: "image.digest-recorded",
    title: "The digest is the one that the tag had at the create or update, whatever becomes of the tag",
    quote: Some("records both the tag and the digest of the image version you select"),
    level: Level::Stated,
    needs: &[Lever::Publish],
    note: "",
};

/// Code that was not deployed is never served, not even when its tag was.
pub static NEVER_UNRECORDED: Requirement = Requirement {
    name: "image.never-unrecorded",
    title: "Code that was not deployed is never served, not even when its tag was",
    quote: Some("If that digest is later overwritten in ACR, the function fails to invoke."),
    level: Level::Implied,
    needs: &[Lever::Publish],
    note: "",
};

/// An update with the same tag records and serves the tag's present digest.
pub static REDEPLOY_RECORDS: Requirement = Requirement {
    name: "image.redeploy-records",
    title: "An update with the same tag records and serves the tag's present digest",
    quote: Some("If overwritten, redeploy the function using the most recent image information."),
    level: Level::Implied,
    needs: &[Lever::Publish],
    note: "",
};

/// The requirements of this section, in the order of the page.
pub static ALL: &[&Requirement] = &[&DIGEST_REPORTED, &DIGEST_RECORDED, &NEVER_UNRECORDED, &REDEPLOY_RECORDS];
