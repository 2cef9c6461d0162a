//! The entries of a HAR file one after the other, out of `log.entries`, whatever else there is.

use super::HarError;
use crate::exchange::json_kind;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::fmt;
use std::io::{self, BufReader, Read};

/// Hands each entry to `take`, with its number from 1.
pub(super) fn entries(
    input: impl Read,
    take: impl FnMut(usize, &Value) -> Result<(), HarError>,
) -> Result<(), HarError> {
    let mut walk = Walk { take, entries: 0, found: false, failure: None };
    let mut json = serde_json::Deserializer::from_reader(BufReader::new(input));
    let read = At { place: Place::File, walk: &mut walk }.deserialize(&mut json).and_then(|()| json.end());
    match (walk.failure, read) {
        (Some(failure), _) => Err(failure),
        (None, Err(error)) if error.is_eof() => {
            let reason = "the file ends in the middle: was the recording cut short?".to_owned();
            Err(HarError::Json { entries: walk.entries, reason })
        }
        (None, Err(error)) if error.is_io() => {
            Err(HarError::Json { entries: walk.entries, reason: io::Error::from(error).to_string() })
        }
        (None, Err(error)) => Err(HarError::Json { entries: walk.entries, reason: format!("not JSON: {error}") }),
        (None, Ok(())) if !walk.found => Err(HarError::Form("there is no `log.entries` in it".to_owned())),
        (None, Ok(())) => Ok(()),
    }
}

struct Walk<F> {
    take: F,
    entries: usize,
    found: bool,
    failure: Option<HarError>,
}

impl<F> Walk<F> {
    fn fail<E: Error>(&mut self, failure: HarError) -> E {
        self.failure = Some(failure);
        E::custom("")
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    File,
    Log,
    Entries,
}

impl Place {
    const fn wants(self) -> &'static str {
        match self {
            Self::File => "it must be an object",
            Self::Log => "`log` must be an object",
            Self::Entries => "`log.entries` must be an array",
        }
    }
}

struct At<'a, F> {
    place: Place,
    walk: &'a mut Walk<F>,
}

impl<'de, F: FnMut(usize, &Value) -> Result<(), HarError>> DeserializeSeed<'de> for At<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<F> At<'_, F> {
    fn other<E: Error>(self, value: &Value) -> Result<(), E> {
        let failure = HarError::Form(format!("{}, not {}", self.place.wants(), json_kind(value)));
        Err(self.walk.fail(failure))
    }
}

impl<'de, F: FnMut(usize, &Value) -> Result<(), HarError>> Visitor<'de> for At<'_, F> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.place.wants())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (key, place) = match self.place {
            Place::File => ("log", Place::Log),
            Place::Log => ("entries", Place::Entries),
            Place::Entries => return self.other(&Value::Object(serde_json::Map::new())),
        };
        while let Some(found) = map.next_key::<String>()? {
            if found == key {
                map.next_value_seed(At { place, walk: &mut *self.walk })?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        if self.place != Place::Entries {
            return self.other(&Value::Array(Vec::new()));
        }
        self.walk.found = true;
        while let Some(value) = list.next_element::<Value>()? {
            self.walk.entries += 1;
            if let Err(failure) = (self.walk.take)(self.walk.entries, &value) {
                return Err(self.walk.fail(failure));
            }
        }
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.other(&Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<(), E> {
        self.other(&value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.other(&value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.other(&value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.other(&value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.other(&value.into())
    }
}
