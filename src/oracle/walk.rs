//! One explanation of what was seen of a function: the steps that it took, the hidden ones included.
//!
//! Where several explain the same, the one with the fewest hidden steps is told, among those the one with the fewest that
//! need not have happened, and among those again the one in which nothing happened before it had to. It is found as the frontier is: whenever an operation returns, the ends of the explanations so far are
//! led on until it has taken effect in them; but here each end remembers where it came from.

use super::frontier::{Budget, Explanation, SLOTS, Slot, Snapshot, UNANSWERED, UNLIMITED};
use super::steps::{Id, Steps, number};
use super::trail::{Input, Key, Trail};
use crate::model::Model;
use crate::model::label::Label;
use crate::model::step::Step;
use crate::model::world::{Image, World};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Beyond so many ends of explanations the walk gives up: many times what a long sequential history needs.
const NODES: usize = 100_000;

/// One step of an explanation, with the worlds before and after; no step where only an image came to be known.
pub(super) type Taken<'a> = (Option<Step>, &'a World, &'a World);

/// An end of an explanation.
#[derive(Clone, Copy)]
struct Node {
    at: Configuration,
    cost: Cost,
    step: Option<Step>,
    before: Option<Id>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Configuration {
    world: Id,
    /// Slots of operations that have taken effect and have not returned.
    done: u64,
    /// How often each operation without an answer has taken effect, four bits each.
    used: u128,
}

/// How good an explanation is; the smallest is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Cost {
    /// How many hidden steps there are.
    hidden: u32,
    /// How many steps need not have happened.
    optional: u32,
    /// How early the hidden steps come, all told.
    early: u64,
}

/// Nodes to be led on: the best first, then those that were found first.
type Work = BinaryHeap<Reverse<(Cost, Id)>>;

/// The shortest explanation to each end that is possible now.
pub(super) struct Walk {
    table: Steps,
    nodes: Vec<Node>,
    front: Vec<Id>,
    /// How many operations have returned.
    returned: u64,
    pending: [Option<Id>; SLOTS],
    under_way: u64,
    unanswered: Vec<(Id, u8)>,
    slots: FxHashMap<Key, Slot>,
}

impl Walk {
    /// The walk through a trail, up to the input that nothing explains.
    pub(super) fn through(model: Model, trail: &Trail) -> Result<Self, Budget> {
        let mut walk = Self::begin(model, trail);
        for input in &trail.inputs {
            let before = walk.front.clone();
            walk.feed(input)?;
            if walk.front.is_empty() {
                walk.front = before;
                break;
            }
        }
        Ok(walk)
    }

    fn begin(model: Model, trail: &Trail) -> Self {
        let mut walk = Self {
            table: Steps::new(model),
            nodes: Vec::new(),
            front: Vec::new(),
            returned: 0,
            pending: [None; SLOTS],
            under_way: 0,
            unanswered: Vec::new(),
            slots: trail.base.slots.iter().copied().collect(),
        };
        let Snapshot { configurations, pending, unanswered } = &trail.base.snapshot;
        for Explanation { world, done, quiet, used } in configurations {
            let at = Configuration { world: walk.table.world_id(world.clone()), done: done | quiet, used: *used };
            let node = walk.add(Node { at, cost: Cost::default(), step: None, before: None });
            walk.front.push(node);
        }
        for (slot, label, _) in pending {
            walk.pending[usize::from(*slot)] = Some(walk.table.label_id(*label));
            walk.under_way |= 1 << slot;
        }
        walk.unanswered = unanswered.iter().map(|(label, count)| (walk.table.label_id(*label), *count)).collect();
        walk
    }

    /// The steps of the explanation, from the first to the last.
    pub(super) fn steps(&self) -> Vec<Taken<'_>> {
        let mut steps = Vec::new();
        let mut at = self.front.first().map(|at| self.node(*at));
        while let Some(node) = at {
            let before = node.before.map(|before| self.node(before));
            if let Some(before) = before {
                steps.push((node.step, self.table.world(before.at.world), self.table.world(node.at.world)));
            }
            at = before;
        }
        steps.reverse();
        steps
    }

    fn node(&self, place: Id) -> Node {
        self.nodes[place as usize]
    }

    fn add(&mut self, node: Node) -> Id {
        self.nodes.push(node);
        number(self.nodes.len() - 1)
    }

    fn feed(&mut self, input: &Input) -> Result<(), Budget> {
        match input {
            Input::Begin { key, label, .. } => {
                let slot = self.begins(*label)?;
                self.slots.insert(*key, slot);
            }
            Input::Unanswered { label, .. } => self.begins_unanswered(*label)?,
            Input::End { key } => {
                if let Some(slot) = self.slots.remove(key) {
                    self.ends(slot)?;
                }
            }
            Input::Join { image, track, under_way } => {
                let moved = self.join(*image, track)?;
                for (key, from) in under_way {
                    if let Some((_, to)) = moved.iter().find(|(slot, _)| slot == from) {
                        self.slots.insert(*key, *to);
                    }
                }
            }
        }
        Ok(())
    }

    fn begins(&mut self, label: Label) -> Result<Slot, Budget> {
        let label = self.table.label_id(label);
        let slot = (0u8..).zip(&self.pending).find(|(_, pending)| pending.is_none()).ok_or(Budget)?.0;
        self.pending[usize::from(slot)] = Some(label);
        self.under_way |= 1 << slot;
        Ok(slot)
    }

    fn begins_unanswered(&mut self, label: Label) -> Result<(), Budget> {
        let label = self.table.label_id(label);
        if self.table.is_harmless(label) {
            return Ok(());
        }
        match self.unanswered.iter().position(|(known, _)| *known == label) {
            Some(place) => self.unanswered[place].1 = (self.unanswered[place].1 + 1).min(UNLIMITED),
            None if self.unanswered.len() == UNANSWERED => return Err(Budget),
            None => self.unanswered.push((label, 1)),
        }
        Ok(())
    }

    /// An operation returns: it has taken effect in every explanation that is left.
    fn ends(&mut self, slot: Slot) -> Result<(), Budget> {
        let bit = 1u64 << slot;
        let front = std::mem::take(&mut self.front);
        let mut work: Work = front.into_iter().map(|at| Reverse((self.node(at).cost, at))).collect();
        let mut seen = FxHashSet::default();
        while let Some(Reverse((_, place))) = work.pop() {
            let node = self.node(place);
            if !seen.insert(node.at) {
                continue;
            }
            if node.at.done & bit != 0 {
                // It was not led on, so nothing remembers it as it was.
                self.nodes[place as usize].at.done &= !bit;
                self.front.push(place);
            } else if self.nodes.len() > NODES {
                return Err(Budget);
            } else {
                self.lead_on(place, &mut work);
            }
        }
        self.pending[usize::from(slot)] = None;
        self.under_way &= !bit;
        self.returned += 1;
        Ok(())
    }

    /// Adds what an operation under way, one without an answer, or a hidden step leads to.
    fn lead_on(&mut self, from: Id, work: &mut Work) {
        let at = self.node(from).at;
        let mut waiting: Vec<(Slot, Id)> = Vec::new();
        for (slot, label) in (0u8..).zip(self.pending) {
            let Some(label) = label.filter(|_| at.done >> slot & 1 == 0) else { continue };
            // What changes nothing takes effect as soon as it can: nothing is lost by that.
            if !self.table.is_harmless(label) {
                waiting.push((slot, label));
            } else if self.answer(from, label, Configuration { done: at.done | 1 << slot, ..at }, work) {
                return;
            }
        }
        for (slot, label) in waiting {
            self.answer(from, label, Configuration { done: at.done | 1 << slot, ..at }, work);
        }
        for place in 0..self.unanswered.len() {
            let (label, available) = self.unanswered[place];
            let used = u8::try_from(at.used >> (4 * place) & 0xf).unwrap_or(UNLIMITED);
            if available == UNLIMITED {
                self.answer(from, label, at, work);
            } else if used < available {
                self.answer(from, label, Configuration { used: at.used + (1 << (4 * place)), ..at }, work);
            }
        }
        let cost = self.node(from).cost;
        let cost = Cost { hidden: cost.hidden + 1, early: cost.early + (u64::from(u32::MAX) - self.returned), ..cost };
        for edge in self.table.hidden(at.world) {
            self.take(edge, Node { at, cost, step: None, before: Some(from) }, work);
        }
    }

    /// Adds what a label leads to, `at` being where it leaves everything but the world; whether it leads anywhere.
    fn answer(&mut self, from: Id, label: Id, at: Configuration, work: &mut Work) -> bool {
        let Node { at: Configuration { world, .. }, cost, .. } = self.node(from);
        let edges = self.table.visible(world, label);
        for edge in edges.clone() {
            self.take(edge, Node { at, cost, step: None, before: Some(from) }, work);
        }
        !edges.is_empty()
    }

    /// Adds a node to which an edge leads.
    fn take(&mut self, edge: Id, mut node: Node, work: &mut Work) {
        (node.step, node.at.world) = self.table.edge(edge);
        node.cost.optional += u32::from(node.step.is_some_and(Step::is_optional));
        let (cost, node) = (node.cost, self.add(node));
        work.push(Reverse((cost, node)));
    }

    /// The function begins to use an image: what `track` knows of it becomes part of every world.
    fn join(&mut self, image: Image, track: &Snapshot) -> Result<Vec<(Slot, Slot)>, Budget> {
        let mut slots = Vec::new();
        for (slot, label, _) in &track.pending {
            slots.push((*slot, self.begins(*label)?));
        }
        let base = 4 * self.unanswered.len();
        if self.unanswered.len() + track.unanswered.len() > UNANSWERED {
            return Err(Budget);
        }
        for (label, count) in &track.unanswered {
            let label = self.table.label_id(*label);
            self.unanswered.push((label, *count));
        }
        for from in std::mem::take(&mut self.front) {
            let Node { at, cost, .. } = self.node(from);
            for Explanation { world, done, quiet, used } in &track.configurations {
                let mut both = self.table.world(at.world).clone();
                both.set_tag(image, world.tag(image));
                let moved = slots.iter().filter(|(slot, _)| (done | quiet) >> slot & 1 != 0);
                let at = Configuration {
                    world: self.table.world_id(both),
                    done: moved.fold(at.done, |done, (_, to)| done | 1 << to),
                    used: at.used | used.checked_shl(number(base)).unwrap_or(0),
                };
                let node = self.add(Node { at, cost, step: None, before: Some(from) });
                self.front.push(node);
            }
        }
        if self.nodes.len() > NODES { Err(Budget) } else { Ok(slots) }
    }
}
