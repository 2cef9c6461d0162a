//! All that the usual walk can come by under given levers, and how to get there.
//!
//! The places of the graph are situations with the step that was taken last, which is as much as the next pair of steps
//! hangs on. Of the worlds that are alike in that the one that is reached first stands for all, so the graph is small;
//! what only another of them could do next is not in it.

use super::moves::{Move, moves};
use super::stage::{Moved, Stage};
use crate::lever::LeverSet;
use crate::model::shape::{Situation, situation};
use crate::model::step::Step;
use rustc_hash::FxHashMap;

/// Something that is to be covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Item {
    World(Situation),
    Step(Step),
    Pair(Step, Step),
}

/// A situation, and the last step that changed something.
pub(super) type Key = (Situation, Option<Step>);

/// A place of the graph.
pub(super) struct Place {
    /// The first world that was found to be so.
    pub(super) stage: Stage,
    /// How it was found; nothing led to the first place.
    pub(super) from: Option<(usize, Move)>,
    pub(super) edges: Vec<Edge>,
}

/// What a move does at a place.
pub(super) struct Edge {
    pub(super) what: Move,
    pub(super) to: usize,
    /// What it covers.
    pub(super) items: Vec<usize>,
}

/// Whether it goes on from a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It does.
    Open,
    /// What comes next is left to the endpoint.
    Dead,
}

/// All places that the levers lead to, in the order of their distance from the first.
pub(super) struct Graph {
    pub(super) places: Vec<Place>,
    pub(super) items: Vec<Item>,
    keys: FxHashMap<Key, usize>,
    numbers: FxHashMap<Item, usize>,
}

impl Graph {
    pub(super) fn new(levers: LeverSet) -> Self {
        let moves = moves(levers);
        let mut graph =
            Self { places: Vec::new(), items: Vec::new(), keys: FxHashMap::default(), numbers: FxHashMap::default() };
        graph.place((None, None), Stage::default(), None);
        let mut at = 0;
        let mut keys = vec![(None, None)];
        while at < graph.places.len() {
            let stage = graph.places[at].stage.clone();
            for what in &moves {
                let Some(moved) = stage.make(*what) else { continue };
                let mut last = keys[at].1;
                let items = items(&mut last, &moved);
                let items = items.into_iter().map(|item| graph.number(item)).collect();
                let key = (situation(&moved.stage.world), last);
                let to = graph.place(key, moved.stage, Some((at, *what)));
                if to == keys.len() {
                    keys.push(key);
                }
                graph.places[at].edges.push(Edge { what: *what, to, items });
            }
            at += 1;
        }
        graph
    }

    fn place(&mut self, key: Key, stage: Stage, from: Option<(usize, Move)>) -> usize {
        *self.keys.entry(key).or_insert_with(|| {
            self.places.push(Place { stage, from, edges: Vec::new() });
            self.places.len() - 1
        })
    }

    fn number(&mut self, item: Item) -> usize {
        *self.numbers.entry(item).or_insert_with(|| {
            self.items.push(item);
            self.items.len() - 1
        })
    }

    /// The place that is so; `None` if it was never come by.
    pub(super) fn find(&self, key: &Key) -> Option<usize> {
        self.keys.get(key).copied()
    }

    /// Whether it goes on from a place.
    pub(super) fn end(&self, place: usize) -> End {
        if self.places[place].edges.is_empty() { End::Dead } else { End::Open }
    }

    /// The number of an item; `None` if it was never come by.
    pub(super) fn known(&self, item: &Item) -> Option<usize> {
        self.numbers.get(item).copied()
    }

    /// The moves from the first place to this one.
    pub(super) fn path(&self, place: usize) -> Vec<Move> {
        let mut path = Vec::new();
        let mut at = place;
        while let Some((before, what)) = self.places[at].from {
            path.push(what);
            at = before;
        }
        path.reverse();
        path
    }
}

/// What a move covers, `last` being the step before it, and after it.
pub(super) fn items(last: &mut Option<Step>, moved: &Moved) -> Vec<Item> {
    let mut items = Vec::new();
    for (step, before, after) in &moved.steps {
        items.extend([Item::World(situation(after)), Item::Step(*step)]);
        items.extend(last.map(|last| Item::Pair(last, *step)));
        if before != after {
            *last = Some(*step);
        }
    }
    items
}
