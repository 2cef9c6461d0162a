//! Endpoints that keep every promise, in an unusual way. Whoever accuses one of them is wrong.
//!
//! To add one: a unit struct in the file it fits, whose doc comment says which freedom it takes; `impl Behaviour` with
//! `card!` (no requirement may be blamed) and the hooks in which it differs; and its line in that file's `LEGAL`.
//!
//! It must be right under every history that `spec.md` judges, not only under likely ones.

pub mod readings;
pub mod shown;
pub mod taking;
pub mod timing;
pub mod transport;

use std::sync::LazyLock;

use super::behaviour::Behaviour;

/// The oddities, file by file.
pub static KINDS: &[&[&dyn Behaviour]] =
    &[timing::LEGAL, readings::LEGAL, taking::LEGAL, shown::LEGAL, transport::LEGAL];

/// All legal oddities.
pub static LEGAL: LazyLock<Vec<&'static dyn Behaviour>> =
    LazyLock::new(|| KINDS.iter().flat_map(|kind| kind.iter().copied()).collect());

/// The legal oddity of that name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static dyn Behaviour> {
    LEGAL.iter().copied().find(|oddity| oddity.name() == name)
}
