//! The definition, as it stands in the specification, searched through without any thought for time: some order of the
//! operations, with hidden steps in between, in which each takes effect between its start and its end.

use super::labels::Timed;
use fnconform::model::Model;
use fnconform::model::world::World;
use std::collections::HashSet;

/// Whether anything explains the operations.
#[must_use]
pub(crate) fn explains(model: Model, operations: &[Timed]) -> bool {
    let mut open: Vec<(World, u64)> = vec![(World::EMPTY, 0)];
    let mut seen = HashSet::new();
    while let Some((world, taken)) = open.pop() {
        let is_taken = |place: usize| taken >> place & 1 == 1;
        let waiting = |place: &usize| !is_taken(*place) && operations[*place].end.is_some();
        if !(0..operations.len()).any(|place| waiting(&place)) {
            return true;
        }
        if !seen.insert((world.clone(), taken)) {
            continue;
        }
        let mut after = Vec::new();
        model.hidden(&world, &mut after);
        open.extend(after.drain(..).map(|world| (world, taken)));
        // What returned before another was sent takes effect before it.
        let earliest_end = (0..operations.len()).filter(waiting).filter_map(|place| operations[place].end).min();
        for (place, operation) in operations.iter().enumerate() {
            let in_time = earliest_end.is_none_or(|end| operation.start <= end);
            if !is_taken(place) && in_time && model.visible(&world, &operation.label, &mut after).is_ok() {
                open.extend(after.iter().map(|world| (world.clone(), taken | 1 << place)));
            }
            after.clear();
        }
    }
    false
}
