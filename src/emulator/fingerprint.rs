//! What tells one state of the machine from another, apart from the hour and from the numbers that were given out.
//!
//! Two machines with the same fingerprint and the same behaviour answer alike from then on, whatever is done to them.
//! Times count by how far they are from now, identities by their order.

use std::hash::{Hash, Hasher};
use std::time::Duration;

use super::function::{Counts, Function, Preparation};
use super::machine::{Machine, Task};

/// What is older than this is as old as anything: no behaviour looks back so far, but for [`LONG_AGO`].
const AGO: Duration = Duration::from_millis(200);
/// Only the creation is looked at for so long: whether two functions were created within a second.
const LONG_AGO: Duration = Duration::from_secs(10);

/// Microseconds that make no difference.
const UNIT: u128 = 5_000;

/// Which of the counts of a function tell two states apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    /// GetFunction.
    pub gets: bool,
    /// Invocations, served and refused.
    pub invocations: bool,
}

impl Machine {
    /// Feeds the hasher with the machine's state. How many calls came in is no part of it: only odd endpoints that are
    /// right go by that.
    pub fn fingerprint(&self, counted: Counted, hasher: &mut impl Hasher) {
        let print = Print { machine: self, ids: self.ids_given(), counted };
        self.functions.len().hash(hasher);
        for function in self.functions.values() {
            print.function(function, hasher);
        }
        self.images.hash(hasher);
        self.agenda.len().hash(hasher);
        for ((due, _), entry) in &self.agenda {
            entry.name.hash(hasher);
            print.rank(entry.function).hash(hasher);
            print.ahead(*due).hash(hasher);
            match entry.task {
                Task::Prepare(id) => print.rank(id).hash(hasher),
                task => task.hash(hasher),
            }
        }
        for grave in self.scratch.graves.values() {
            print.function(grave, hasher);
        }
        (&self.scratch.names, &self.scratch.codes, &self.scratch.numbers).hash(hasher);
    }

    fn ids_given(&self) -> Vec<u64> {
        let functions = self.functions.values().chain(self.scratch.graves.values());
        let mut ids: Vec<u64> = functions
            .flat_map(|function| {
                let preparations = function.next.iter().chain(&function.older).map(|preparation| preparation.id);
                std::iter::once(function.id).chain(preparations).collect::<Vec<_>>()
            })
            .collect();
        for entry in self.agenda.values() {
            ids.push(entry.function);
            ids.extend(if let Task::Prepare(id) = entry.task { Some(id) } else { None });
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// A duration in units of which a call takes but a small part, so that calls take no time to speak of.
fn rounded(duration: Duration) -> u128 {
    (duration.as_micros() + UNIT / 2) / UNIT
}

struct Print<'a> {
    machine: &'a Machine,
    ids: Vec<u64>,
    counted: Counted,
}

impl Print<'_> {
    fn rank(&self, id: u64) -> usize {
        self.ids.binary_search(&id).unwrap_or(usize::MAX)
    }

    fn ago(&self, at: Duration, most: Duration) -> u128 {
        rounded(self.machine.now.saturating_sub(at).min(most))
    }

    fn ahead(&self, at: Duration) -> u128 {
        rounded(at.saturating_sub(self.machine.now))
    }

    fn function(&self, function: &Function, hasher: &mut impl Hasher) {
        let Function {
            id,
            name,
            config,
            facts,
            before,
            fallback,
            next,
            older,
            past,
            created,
            updated,
            changed,
            entered,
            swapped,
            counts,
        } = function;
        (self.rank(*id), name, facts, before, fallback, past).hash(hasher);
        if !config.is_empty() {
            serde_json::Value::Object(config.clone()).to_string().hash(hasher);
        }
        self.preparations(next.as_slice(), hasher);
        self.preparations(older, hasher);
        let alone = self.machine.functions.len() + self.machine.scratch.graves.len() < 2;
        self.ago(*created, if alone { AGO } else { LONG_AGO }).hash(hasher);
        for at in [*updated, Some(*changed), Some(*entered), *swapped] {
            at.map(|at| self.ago(at, AGO)).hash(hasher);
        }
        let Counts { gets, invocations, served, updates, releases, uses: _ } = counts;
        (updates, releases).hash(hasher);
        if self.counted.gets {
            gets.hash(hasher);
        }
        if self.counted.invocations {
            (invocations, served).hash(hasher);
        }
    }

    fn preparations(&self, preparations: &[Preparation], hasher: &mut impl Hasher) {
        preparations.len().hash(hasher);
        for Preparation { id, code, due } in preparations {
            (self.rank(*id), code, self.ahead(*due)).hash(hasher);
        }
    }
}
