//! The readings: where the page allows two things, and an endpoint may do either.

/// A point that the page leaves open.
#[derive(Debug, PartialEq, Eq)]
pub struct Reading {
    /// `R1` to `R10`, as the specification numbers them.
    pub name: &'static str,
    /// What is open.
    pub point: &'static str,
    /// What an endpoint may do.
    pub readings: &'static [&'static str],
}

const fn open(name: &'static str, point: &'static str, readings: &'static [&'static str]) -> Reading {
    Reading { name, point, readings }
}

/// All readings, in the order of their numbers.
pub static READINGS: &[Reading] = &[
    open(
        "R1",
        "after a failed update of an Active function",
        &["it stays Active and serves the old code", "it is Failed, and refuses invocations"],
    ),
    open(
        "R2",
        "an update while another is in progress, or while Pending",
        &["is accepted, and the last one wins", "is refused"],
    ),
    open("R3", "a Failed function that is being redeployed", &["is shown Failed", "is shown Pending"]),
    open("R4", "a lost image is noticed", &["in the background", "when it is invoked", "when it is prepared"]),
    open("R5", "the status before the first update", &["is absent", "is Successful", "is InProgress while Pending"]),
    open("R6", "the digest shown while an update is in progress", &["is the old one", "is the new one"]),
    open("R7", "an update or creation whose image cannot be had", &["is refused at once", "is accepted, then fails"]),
    open(
        "R8",
        "an update that was superseded while it was prepared",
        &["is dropped", "may still serve while the last one is in progress"],
    ),
    open("R9", "an update to the code that already runs", &["is prepared anew", "is Successful at once"]),
    open("R10", "a function whose image is lost while it is Inactive or waking", &["stays Inactive", "becomes Failed"]),
];

/// The reading of that name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Reading> {
    READINGS.iter().find(|reading| reading.name == name)
}
