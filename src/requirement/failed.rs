//! Section "Failed state": how a function fails, and how it recovers.

use super::{Level, Lever, Requirement};

/// A creation whose preparation fails ends in Failed.
pub static AT_CREATION: Requirement = Requirement {
    name: "failed.at-creation",
    title: "A creation whose preparation fails ends in Failed",
    quote: Some("Resource preparation failed during creation or update: The function cannot be invoked"),
    level: Level::Stated,
    needs: &[Lever::Fail],
    note: "",
};

/// A function whose image is deleted becomes Failed.
pub static IMAGE_DELETED: Requirement = Requirement {
    name: "failed.image-deleted",
    title: "A function whose image is deleted becomes Failed",
    quote: Some("If the image is deleted […] the function enters the Failed state."),
    level: Level::Stated,
    needs: &[Lever::Delete],
    note: "",
};

/// A function whose tag now has another digest becomes Failed, or at the least is not invocable.
pub static TAG_OVERWRITTEN: Requirement = Requirement {
    name: "failed.tag-overwritten",
    title: "A function whose tag now has another digest becomes Failed, or at the least is not invocable",
    quote: Some("If that digest is later overwritten in ACR, the function fails to invoke."),
    level: Level::Stated,
    needs: &[Lever::Publish],
    note: "",
};

/// A Failed function stays so until it is updated.
pub static STAYS: Requirement = Requirement {
    name: "failed.stays",
    title: "A Failed function stays so until it is updated",
    quote: Some("Update the function with valid image information and redeploy."),
    level: Level::Implied,
    needs: &[Lever::Fail],
    note: "",
};

/// An update with a valid image makes a Failed function Active with that image.
pub static RECOVERS: Requirement = Requirement {
    name: "failed.recovers",
    title: "An update with a valid image makes a Failed function Active with that image",
    quote: Some("Update the function with valid image information and redeploy."),
    level: Level::Stated,
    needs: &[Lever::Fail],
    note: "",
};

/// The requirements of this section, in the order of the page.
pub static ALL: &[&Requirement] = &[&AT_CREATION, &IMAGE_DELETED, &TAG_OVERWRITTEN, &STAYS, &RECOVERS];
