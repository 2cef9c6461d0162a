//! Fields of an entry, with errors that name them.

use super::HarError;
use crate::exchange::json_kind;
use serde_json::{Map, Value};

/// An object in an entry, and the way that led to it.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a> {
    entry: usize,
    way: &'static str,
    object: Option<&'a Map<String, Value>>,
}

impl<'a> Fields<'a> {
    /// The entry itself.
    pub(super) fn new(entry: usize, value: &'a Value) -> Result<Self, HarError> {
        let root = Self { entry, way: "", object: value.as_object() };
        if root.object.is_none() {
            return Err(HarError::Form(format!("entry {entry} is {}, not an object", json_kind(value))));
        }
        Ok(root)
    }

    /// An object in it, which may be absent; `way` is the whole way to it.
    pub(super) fn inner(&self, key: &'static str, way: &'static str) -> Result<Self, HarError> {
        let inner = |object| Self { entry: self.entry, way, object };
        match self.get(key) {
            None => Ok(inner(None)),
            Some(Value::Object(object)) => Ok(inner(Some(object))),
            Some(other) => Err(self.wrong(key, "an object", other)),
        }
    }

    /// The value, if it is there and not null.
    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.object?.get(key).filter(|value| !value.is_null())
    }

    pub(super) fn string(&self, key: &str) -> Result<&'a str, HarError> {
        match self.get(key) {
            Some(Value::String(text)) => Ok(text),
            Some(other) => Err(self.wrong(key, "a string", other)),
            None => Err(self.fail(key, "is missing: a string is needed")),
        }
    }

    pub(super) fn number(&self, key: &str) -> Result<Option<f64>, HarError> {
        match self.get(key) {
            None => Ok(None),
            Some(value) => value.as_f64().map(Some).ok_or_else(|| self.wrong(key, "a number", value)),
        }
    }

    pub(super) fn wrong(&self, key: &str, wanted: &str, value: &Value) -> HarError {
        let mut shown = value.to_string();
        if shown.chars().count() > 40 {
            shown = format!("{}…", shown.chars().take(40).collect::<String>());
        }
        self.fail(key, &format!("must be {wanted}, not {shown}"))
    }

    pub(super) fn fail(&self, key: &str, reason: &str) -> HarError {
        let field = if self.way.is_empty() { key.to_owned() } else { format!("{}.{key}", self.way) };
        HarError::Field { entry: self.entry, field, reason: reason.to_owned() }
    }
}
