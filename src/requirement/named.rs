//! Requirements by their names, where they are written and read.

use super::{Requirement, by_name};
use serde::{Deserialize, Deserializer, Serializer, de};

/// Writes the name.
///
/// # Errors
/// What the serializer says.
pub fn serialize<S: Serializer>(requirement: &&'static Requirement, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(requirement.name)
}

/// Reads the name.
///
/// # Errors
/// If there is no requirement of that name.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<&'static Requirement, D::Error> {
    known(&String::deserialize(deserializer)?)
}

fn known<E: de::Error>(name: &str) -> Result<&'static Requirement, E> {
    by_name(name).ok_or_else(|| E::custom(format!("there is no requirement `{name}` in this version")))
}

/// Lists of them.
pub mod list {
    use super::{Deserialize, Deserializer, Requirement, Serializer, known};

    /// Writes the names.
    ///
    /// # Errors
    /// What the serializer says.
    pub fn serialize<S: Serializer>(list: &[&'static Requirement], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(list.iter().map(|requirement| requirement.name))
    }

    /// Reads the names.
    ///
    /// # Errors
    /// If there is no requirement of one of the names.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<&'static Requirement>, D::Error> {
        Vec::<String>::deserialize(deserializer)?.iter().map(|name| known(name)).collect()
    }
}
