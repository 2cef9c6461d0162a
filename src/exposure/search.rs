//! Breadth first through all plans, on the machine with the fault.
//!
//! A plan that leads to where a plan as short has led before is not gone on with: what comes next would be the same.

use super::alphabet::{Bursts, Grammar, IMAGES, is_blind};
use super::beliefs::Beliefs;
use super::course::{Course, Sight};
use super::verdict::Proof;
use crate::emulator::Behaviour;
use crate::emulator::fingerprint::Counted;
use crate::plan::{Plan, Step};
use rustc_hash::FxHashSet;

/// What a search came to.
pub(super) struct Found {
    /// The plainest of the shortest plans that expose the fault, if there is one within bounds.
    pub(super) proof: Option<Proof>,
    /// No plan of so many actions or fewer exposes it.
    pub(super) none_upto: usize,
}

struct Node {
    course: Course,
    grammar: Grammar,
    /// The node that it came from, and the step between.
    from: u32,
}

/// The plans that were gone on with.
struct Tree {
    steps: Vec<(u32, Step)>,
}

impl Tree {
    fn plan(&self, mut at: u32, last: &Step) -> Plan {
        let mut steps = vec![last.clone()];
        while let Some((from, step)) = self.steps.get(at as usize) {
            steps.push(step.clone());
            at = *from;
        }
        steps.reverse();
        Plan { steps }
    }
}

/// Searches the plans of fewer actions than `below`, the shortest first.
pub(super) fn search(fault: &'static dyn Behaviour, oracle: &mut Beliefs, bursts: Bursts, below: usize) -> Found {
    let counted = counted(fault);
    let root = u32::MAX;
    let begin = Course::begin(fault, IMAGES, oracle);
    let mut tree = Tree { steps: Vec::new() };
    let mut seen = FxHashSet::default();
    // By how many actions they have; a burst is a step of two.
    let mut levels: Vec<Vec<Node>> = vec![vec![Node { course: begin, grammar: Grammar::default(), from: root }]];
    let mut odd: Vec<Vec<Plan>> = Vec::new();
    let mut sure = below.saturating_sub(1);
    for length in 1..below {
        levels.resize_with(length + 2, Vec::new);
        odd.resize_with(length + 2, Vec::new);
        for node in std::mem::take(&mut levels[length - 1]) {
            for choice in node.grammar.choices(&node.course, bursts) {
                let upto = length - 1 + choice.step.0.len();
                let is_last = upto + 1 >= below;
                if upto >= below || (is_last && is_blind(&choice.step)) {
                    continue;
                }
                let mut course = node.course.clone();
                if course.take(oracle, &choice.step, choice.next.as_ref()) == Sight::Odd {
                    let mut plan = tree.plan(node.from, &choice.step);
                    plan.steps.extend(choice.next);
                    odd[upto].push(plan);
                } else if !is_last && seen.insert((choice.grammar, course.fingerprint(counted))) {
                    let from = u32::try_from(tree.steps.len()).unwrap_or(root);
                    tree.steps.push((node.from, choice.step));
                    levels[upto].push(Node { course, grammar: choice.grammar, from });
                }
            }
        }
        let odd = std::mem::take(&mut odd[length]);
        let is_gone_on_with = odd.is_empty();
        if let Some(proof) = Proof::plainest(odd.into_iter().filter_map(|plan| Proof::of(fault, plan))) {
            return Found { proof: Some(proof), none_upto: sure.min(length - 1) };
        }
        if !is_gone_on_with {
            // For what is odd another requirement is blamed, and what would be blamed later was not asked.
            sure = sure.min(length);
        }
    }
    Found { proof: None, none_upto: sure }
}

/// The faults that go by how often a function was looked at, and by how often it was invoked.
const COUNTING: (&[&str], &[&str]) = (
    &["replica-behind"],
    &[
        "refusal-fails-function",
        "every-seventh-refused",
        "released-though-used",
        "invocation-retries",
        "canary-while-updating",
        "one-worker-behind",
        "neighbour-serves",
    ],
);

/// The counts by which the fault goes: any other would only keep apart what is the same.
fn counted(fault: &dyn Behaviour) -> Counted {
    let (gets, invocations) = COUNTING;
    Counted { gets: gets.contains(&fault.name()), invocations: invocations.contains(&fault.name()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::fault::FAULTS;
    use std::fs;
    use std::path::Path;

    /// The faults whose own code reads one of these counts, read off the sources.
    fn reading(counts: &[&str]) -> Vec<&'static str> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/emulator/fault");
        let mut names = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            for part in text.split("impl Behaviour for ").skip(1) {
                let reads = counts.iter().any(|count| part.contains(&format!("counts.{count}")));
                let named = FAULTS.iter().find(|fault| part.contains(&format!("\"{}\",", fault.name())));
                names.extend(named.filter(|_| reads).map(|fault| fault.name()));
            }
        }
        names.sort_unstable();
        names
    }

    #[test]
    fn faults_that_count_are_known_to() {
        let sorted = |names: &[&'static str]| {
            let mut names = names.to_vec();
            names.sort_unstable();
            names
        };
        assert_eq!(reading(&["gets"]), sorted(COUNTING.0));
        assert_eq!(reading(&["invocations", "served"]), sorted(COUNTING.1));
    }
}
