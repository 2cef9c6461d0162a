//! Few plans that cover a graph: each goes on to the nearest thing that is not covered yet, and looks at what came of it.

use super::graph::{Edge, End, Graph, Key, items};
use super::moves::Move;
use super::stage::{Quiet, Stage, THE};
use crate::model::shape::situation;
use crate::model::step::Step as Taken;
use crate::plan::{Action, Plan, Step};
use std::cmp::Reverse;

/// A plan has hardly more actions than this.
const ACTIONS: usize = 25;
/// So many ways on are tried before a plan is ended.
const TRIES: usize = 24;

/// Plans that cover all items of the graph.
pub(super) fn tour(graph: &Graph) -> Vec<Plan> {
    let mut left = Left { graph, open: vec![true; graph.items.len()] };
    let mut plans = Vec::new();
    while let Some(start) = left.start() {
        let mut draft = Draft::default();
        start.into_iter().for_each(|what| draft.go(&left, what));
        left.cover(&draft);
        while let Some(longer) = left.nearest(&draft) {
            left.cover(&longer);
            draft = longer;
        }
        if let Some(longer) = left.last(&draft) {
            left.cover(&longer);
            draft = longer;
        }
        plans.push(draft.end());
    }
    plans
}

/// What is not covered yet.
struct Left<'a> {
    graph: &'a Graph,
    open: Vec<bool>,
}

impl Left<'_> {
    fn of(&self, items: &[usize]) -> usize {
        items.iter().filter(|item| self.open[**item]).count()
    }

    /// The move at this place that covers the most, among those after which it goes on, or those after which it does not.
    fn best(&self, place: usize, end: End) -> Option<(&Edge, usize)> {
        let edges = self.graph.places[place].edges.iter().filter(|edge| self.graph.end(edge.to) == end);
        let valued = edges.map(|edge| (edge, self.of(&edge.items))).filter(|(_, value)| *value > 0);
        // Of several the first, so that the order of the moves decides.
        valued.rev().max_by_key(|(_, value)| *value)
    }

    fn cover(&mut self, draft: &Draft) {
        for item in &draft.items {
            self.open[*item] = false;
        }
    }

    /// How a new plan begins. The way by which a place was found leads there exactly, so that each plan covers something.
    fn start(&self) -> Option<Vec<Move>> {
        let places = || 0..self.graph.places.len();
        let best = |end| places().find_map(|place| Some((place, self.best(place, end)?.0.what)));
        let (place, what) = best(End::Open).or_else(|| best(End::Dead))?;
        Some(self.graph.path(place).into_iter().chain([what]).collect())
    }

    /// The draft led on to the nearest thing that is open and fits in; of several the one with the most.
    fn nearest(&self, draft: &Draft) -> Option<Draft> {
        let from = self.graph.find(&draft.key())?;
        let mut reached = vec![None; self.graph.places.len()];
        reached[from] = Some((from, Move::Wait));
        let mut ring = vec![from];
        let mut tries = 0..TRIES;
        while !ring.is_empty() {
            let best = ring.iter().filter_map(|place| Some((*place, self.best(*place, End::Open)?)));
            let mut best: Vec<_> = best.map(|(place, (edge, value))| (Reverse(value), place, edge.what)).collect();
            best.sort_by_key(|(value, place, _)| (*value, *place));
            for (_, place, what) in best {
                let mut way = vec![what];
                let mut at = place;
                while let Some((before, what)) = reached[at].filter(|_| at != from) {
                    way.push(what);
                    at = before;
                }
                tries.next()?;
                if let Some(longer) = self.led_on(draft, way.into_iter().rev()) {
                    return Some(longer);
                }
            }
            let mut next = Vec::new();
            for place in ring {
                for edge in &self.graph.places[place].edges {
                    if reached[edge.to].is_none() {
                        reached[edge.to] = Some((place, edge.what));
                        next.push(edge.to);
                    }
                }
            }
            ring = next;
        }
        None
    }

    /// The draft with something open after which nothing is sure any more.
    fn last(&self, draft: &Draft) -> Option<Draft> {
        let (edge, _) = self.best(self.graph.find(&draft.key())?, End::Dead)?;
        self.led_on(draft, [edge.what].into_iter())
    }

    /// The draft with these moves; `None` if it gets too long, or if nothing is covered by them. A world that is like the
    /// one that the graph knows may still differ in what can be done in it.
    fn led_on(&self, draft: &Draft, way: impl Iterator<Item = Move>) -> Option<Draft> {
        let mut longer = draft.clone();
        way.for_each(|what| longer.go(self, what));
        (longer.actions.len() <= ACTIONS && self.of(&longer.items) > 0).then_some(longer)
    }
}

/// A plan in the making.
#[derive(Clone, Default)]
struct Draft {
    stage: Stage,
    last: Option<Taken>,
    actions: Vec<Action>,
    items: Vec<usize>,
}

impl Draft {
    fn key(&self) -> Key {
        (situation(&self.stage.world), self.last)
    }

    /// Makes a move, waits for what must come of it, and looks at it if it was not made before.
    fn go(&mut self, left: &Left<'_>, what: Move) {
        let covered = self.items.len();
        if !self.take(left.graph, what) {
            return;
        }
        self.take(left.graph, Move::Wait);
        if self.stage.quiet() == Quiet::No || left.of(&self.items[covered..]) == 0 {
            return;
        }
        let looked = matches!(self.actions.last(), Some(Action::Await(_)));
        let length = self.actions.len();
        self.take(left.graph, Move::Get);
        if looked {
            self.actions.truncate(length);
        }
        let harmless = self.stage.make(Move::Invoke).is_some_and(|moved| moved.stage.world == self.stage.world);
        if harmless {
            self.take(left.graph, Move::Invoke);
        }
    }

    /// Makes a move; whether it means something here.
    fn take(&mut self, graph: &Graph, what: Move) -> bool {
        let Some(moved) = self.stage.make(what) else { return false };
        let covered = items(&mut self.last, &moved);
        self.items.extend(covered.iter().filter_map(|item| graph.known(item)));
        self.actions.extend(moved.actions);
        self.stage = moved.stage;
        true
    }

    /// The plan; what is left to the endpoint at its end is waited for and looked at all the same.
    fn end(mut self) -> Plan {
        if self.stage.quiet() == Quiet::No {
            self.actions.extend([Action::Await(THE), Action::Invoke(THE), Action::Get(THE)]);
        }
        Plan { steps: self.actions.into_iter().map(|action| Step(vec![action])).collect() }
    }
}
