//! Endpoints that break a promise: each is the correct machine but for one behaviour.
//!
//! A fault lives in the file of the section whose promise it breaks first (faults of idle functions, which belong to
//! `states`, in `inactive`). To add one:
//!
//! 1. In `<section>.rs`, a unit struct whose doc comment says how a real system comes to do such a thing.
//! 2. `impl Behaviour`: `card!` with its name, one line on what it does, and the requirements that may be blamed for
//!    it, the most fitting one first; then the one hook in which it differs.
//! 3. Its line in that file's `FAULTS`. The simulation in `tests/suite` fails as long as nothing shows it.
//!
//! A fault must be one under `spec.md`, not merely odd: what is odd and right belongs into [`legal`](super::legal).

pub mod api;
pub mod failed;
pub mod image;
pub mod inactive;
pub mod overlap;
pub mod readiness;
pub mod states;
pub mod update;

use std::sync::LazyLock;

use super::behaviour::Behaviour;

/// The faults of each section, in the order of the page.
pub static SECTIONS: &[(&str, &[&dyn Behaviour])] = &[
    ("states", states::FAULTS),
    ("states", inactive::FAULTS),
    ("failed", failed::FAULTS),
    ("image", image::FAULTS),
    ("update", update::FAULTS),
    ("update", overlap::FAULTS),
    ("readiness", readiness::FAULTS),
    ("api", api::FAULTS),
];

/// All faults, section by section.
pub static FAULTS: LazyLock<Vec<&'static dyn Behaviour>> =
    LazyLock::new(|| SECTIONS.iter().flat_map(|(_, faults)| faults.iter().copied()).collect());

/// The fault of that name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Behaviour> {
    FAULTS.iter().copied().find(|fault| fault.name() == name)
}
