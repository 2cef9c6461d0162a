//! The systematic part: plans that put each requirement to the test on purpose, and those that are derived from the
//! automaton, which go through whatever else levers can force.

use super::Plan;
use super::derived::derived;
use super::first_look::FIRST_LOOK;
use crate::lever::LeverSet;

/// A plan with the question that it asks.
pub struct Directed {
    /// The question.
    pub asks: &'static str,
    /// The plan, as text.
    pub text: &'static str,
}

pub(super) const fn ask(asks: &'static str, text: &'static str) -> Directed {
    Directed { asks, text }
}

/// All plans that somebody thought of, but for those of the first look.
pub static DIRECTED: &[Directed] = &[
    ask(
        "a life without levers",
        "create f A; get f; await f; get f; invoke f; invoke f; update f B; get f; await f; invoke f; invoke f; get f; delete f; get f",
    ),
    ask(
        "a blind life without levers",
        "create f A; settle f; invoke f; invoke f; update f B; settle f; invoke f; get f; invoke f; update f C; settle f; get f; invoke f",
    ),
    ask(
        "is a function invoked in the moment it shows Active?",
        "create f A; await f; invoke f; update f B; await f; invoke f; invoke f; update f A; await f; invoke f; invoke f; invoke f",
    ),
    ask(
        "is what is routed what is shown, all the while an update goes on?",
        "create f A; watch f; invoke f; update f B; watch f; invoke f; get f; update f C; watch f; invoke f; invoke f",
    ),
    ask(
        "is what is routed what is shown when the image becomes ready?",
        "create f A; await f; hold B; update f B; invoke f; ready B; watch f; invoke f; get f; invoke f",
    ),
    ask(
        "is what is routed what is shown when a function wakes?",
        "create f A; await f; idle f; await f; invoke f; watch f; invoke f; get f",
    ),
    ask(
        "is what is routed what is shown when a function recovers?",
        "fail A; create f A; await f; update f B; watch f; invoke f; get f; fail C; update f C; watch f; invoke f",
    ),
    ask(
        "is it Pending while its image is held?",
        "hold A; create f A; get f; invoke f; get f; invoke f; pause 150; get f; invoke f; ready A; settle f; get f; invoke f",
    ),
    ask(
        "does it become Active once its image is ready?",
        "hold A; create f A; get f; ready A; settle f; invoke f; get f",
    ),
    ask(
        "does a creation that cannot be prepared fail?",
        "fail A; create f A; settle f; get f; invoke f; get f; pause 200; get f; invoke f; ready A; pause 200; get f; invoke f; get f",
    ),
    ask(
        "a creation whose image is held, then fails",
        "hold A; create f A; get f; invoke f; fail A; settle f; get f; invoke f; settle f; get f",
    ),
    ask(
        "does a Failed function recover by an update?",
        "fail A; create f A; await f; get f; invoke f; update f B; get f; settle f; get f; invoke f; invoke f",
    ),
    ask(
        "a Failed function that is redeployed while the image is held",
        "fail A; create f A; await f; get f; hold B; update f B; get f; invoke f; get f; ready B; settle f; invoke f; get f",
    ),
    ask(
        "a Failed function whose redeploy fails, too",
        "fail A; fail B; create f A; await f; update f B; settle f; get f; invoke f; get f; update f C; await f; get f; invoke f",
    ),
    ask(
        "a Failed function redeployed with its own image, repaired",
        "fail A; create f A; await f; ready A; update f A; await f; get f; invoke f",
    ),
    ask(
        "where does an update in progress route?",
        "create f A; await f; invoke f; hold B; update f B; get f; invoke f; get f; invoke f; pause 150; invoke f; get f; ready B; settle f; invoke f; get f; invoke f",
    ),
    ask(
        "does an update in progress stay in progress?",
        "create f A; await f; hold B; update f B; get f; pause 300; get f; invoke f; pause 300; get f; invoke f; ready B; await f; invoke f; invoke f",
    ),
    ask(
        "where does a failed update route?",
        "create f A; await f; fail B; update f B; settle f; get f; invoke f; invoke f; get f; pause 100; invoke f; update f C; await f; invoke f; get f",
    ),
    ask(
        "an update that is held, then fails",
        "create f A; await f; hold B; update f B; invoke f; get f; fail B; settle f; invoke f; get f; invoke f; update f B; await f; get f; invoke f; ready B; update f B; await f; invoke f",
    ),
    ask(
        "an update to a missing image",
        "create f A; await f; invoke f; remove B; update f B; settle f; get f; invoke f; ready B; pause 200; get f; invoke f; get f",
    ),
    ask(
        "does a failed update leave something behind?",
        "create f A; await f; fail B; update f B; await f; update f C; await f; get f; invoke f; ready B; pause 200; invoke f; get f; idle f; await f; invoke f; await f; invoke f; get f",
    ),
    ask(
        "an update upon an update, the first ready",
        "create f A; await f; hold C; update f B; update f C; get f; invoke f; pause 150; get f; invoke f; ready C; settle f; get f; invoke f; pause 200; invoke f",
    ),
    ask(
        "a superseded update that fails",
        "create f A; await f; hold B; update f B; update f C; fail B; settle f; get f; invoke f; pause 150; get f; invoke f",
    ),
    ask(
        "an update while Pending",
        "hold A; create f A; update f B; get f; invoke f; ready A; settle f; get f; invoke f; invoke f",
    ),
    ask(
        "an update while Pending, the first held on",
        "hold A; create f A; get f; update f B; await f; pause 150; get f; invoke f; ready A; settle f; get f; invoke f; pause 150; invoke f",
    ),
    ask(
        "two updates at once",
        "create f A; await f; hold B; hold C; update f B | update f C; get f; invoke f; ready B; ready C; settle f; get f; invoke f; invoke f; get f",
    ),
    ask(
        "an update to an image that is no image",
        "create f A; await f; invoke f; fail B; update f B | get f; get f; invoke f; settle f; invoke f; get f; invoke f",
    ),
    ask(
        "an update to what already runs",
        "create f A; await f; update f A; get f; invoke f; await f; invoke f; get f; hold A; update f A; get f; invoke f; ready A; await f; get f; invoke f",
    ),
    ask(
        "is the digest that of the deployment?",
        "create f A; await f; get f; publish A; get f; invoke f; get f; settle f; invoke f; get f; settle f; get f; invoke f",
    ),
    ask(
        "is the digest of an update that of its deployment?",
        "create f A; await f; hold B; update f B; get f; publish B; await f; get f; invoke f; get f",
    ),
    ask(
        "does a redeploy record the tag's present digest?",
        "create f A; await f; invoke f; publish A; update f A; get f; await f; get f; invoke f; invoke f; get f",
    ),
    ask(
        "a redeploy, the tag held",
        "create f A; await f; publish A; hold A; update f A; get f; invoke f; ready A; await f; get f; invoke f; settle f; invoke f",
    ),
    ask(
        "an overwritten tag that is put back",
        "create f A; await f; publish A; invoke f; restore A; get f; await f; get f; update f A; await f; invoke f; get f",
    ),
    ask(
        "a deleted image that is noticed by looking",
        "create f A; await f; remove A; settle f; get f; invoke f; settle f; get f; invoke f; update f B; await f; get f; invoke f",
    ),
    ask(
        "an update away from a deleted image",
        "create f A; await f; remove A; update f B; get f; await f; invoke f; get f",
    ),
    ask(
        "does an idle function become Inactive?",
        "create f A; await f; invoke f; idle f; settle f; get f; invoke f; await f; invoke f; get f",
    ),
    ask(
        "does an Inactive function that cannot be prepared stay Inactive?",
        "create f A; await f; idle f; await f; get f; fail A; invoke f; settle f; get f; invoke f; settle f; get f; ready A; invoke f; settle f; get f; invoke f",
    ),
    ask(
        "woken while held, then failing",
        "create f A; await f; idle f; await f; hold A; invoke f; await f; get f; invoke f; fail A; settle f; get f; ready A; invoke f; await f; invoke f",
    ),
    ask(
        "is an Inactive function woken by a redeploy?",
        "create f A; await f; idle f; await f; get f; hold B; update f B; settle f; get f; invoke f; ready B; settle f; get f; invoke f",
    ),
    ask(
        "a redeploy of an Inactive function that fails",
        "create f A; await f; idle f; await f; fail B; update f B; settle f; get f; invoke f; await f; get f; invoke f",
    ),
    ask(
        "does an updated function come back with its update?",
        "create f A; await f; update f B; await f; invoke f; idle f; await f; get f; invoke f; await f; get f; invoke f; invoke f",
    ),
    ask(
        "idle twice",
        "create f A; await f; idle f; await f; invoke f; await f; invoke f; idle f; settle f; get f; invoke f; invoke f; await f; get f; invoke f",
    ),
    ask(
        "what is used does not become Inactive",
        "create f A; await f; invoke f; pause 200; get f; invoke f; pause 300; get f; invoke f; update f B; await f; pause 300; get f; invoke f",
    ),
    ask(
        "idle while an update is in progress",
        "create f A; await f; hold B; update f B; idle f; pause 100; get f; invoke f; ready B; await f; get f; invoke f; pause 150; get f",
    ),
    ask(
        "two invocations wake it",
        "create f A; await f; idle f; await f; hold A; invoke f | invoke f | get f; await f; get f; ready A; settle f; get f; invoke f",
    ),
    ask(
        "an image lost while Inactive",
        "create f A; await f; idle f; await f; remove A; get f; invoke f; await f; get f; invoke f; update f B; await f; get f; invoke f",
    ),
    ask(
        "a name that is used again",
        "create f A; await f; update f B; await f; delete f; get f; invoke f; create f C; get f; await f; get f; invoke f; invoke f; pause 100; get f",
    ),
    ask(
        "a name that is used again while held",
        "create f A; await f; invoke f; delete f; hold B; create f B; get f; invoke f; get f; ready B; settle f; get f; invoke f",
    ),
    ask(
        "deleted while it is prepared",
        "hold A; create f A; get f; delete f; get f; ready A; pause 200; get f; invoke f; create f B; await f; get f; invoke f; pause 100; invoke f",
    ),
    ask(
        "deleted after a failure, and created again",
        "fail A; create f A; await f; delete f; get f; create f B; get f; await f; get f; invoke f",
    ),
    ask(
        "created twice",
        "create f A; create f B; get f; await f; get f; invoke f; create f B; get f; invoke f; pause 100; invoke f; get f",
    ),
    ask(
        "created many times at once",
        "create f A | create f A | create f A | create f A; await f; get f; invoke f; delete f | delete f; get f",
    ),
    ask(
        "looked at in the moment an update is done",
        "create f A; await f; update f B; pause 80; get f; invoke f; pause 10; get f; invoke f; get f; invoke f; get f; invoke f; await f; invoke f",
    ),
    ask(
        "looked at in the moment it is created",
        "create f A; get f; invoke f; get f; invoke f; pause 60; get f; invoke f; get f; invoke f; pause 20; get f; invoke f; get f; invoke f; await f; invoke f",
    ),
    ask(
        "deleted while it is invoked",
        "create f A; await f; invoke f | delete f | get f; get f; invoke f; create f B; await f; invoke f",
    ),
    ask(
        "released while it is invoked",
        "create f A; await f; idle f | invoke f | invoke f; get f; invoke f; await f; get f; invoke f",
    ),
    ask(
        "many looks at once",
        "create f A; get f | get f | get f | invoke f; await f; get f | get f | invoke f | invoke f; update f B; get f | get f | invoke f; await f; get f | invoke f",
    ),
    ask(
        "does an invocation wake it, the image held?",
        "create f A; await f; idle f; await f; hold A; get f; invoke f; settle f; get f; settle f; get f; ready A; await f; get f; idle f; await f; hold A; invoke f; settle f; get f; invoke f; ready A; settle f; get f; invoke f",
    ),
    ask(
        "does a redeploy wake it, the image held?",
        "create f A; await f; idle f; await f; hold B; get f; update f B; settle f; get f; invoke f; ready B; settle f; get f; idle f; await f; hold A; update f A; settle f; get f; ready A; await f; get f; invoke f",
    ),
    ask(
        "does a Failed function recover once the image is ready?",
        "fail A; create f A; await f; hold B; update f B; get f; ready B; settle f; get f; invoke f; remove B; settle f; invoke f; settle f; get f; hold D; update f D; get f; ready D; settle f; get f; invoke f",
    ),
    ask(
        "does it recover with its own image?",
        "fail A; create f A; await f; hold A; update f A; get f; get f; ready A; settle f; get f; invoke f; get f",
    ),
    ask(
        "is a Failed function that is left idle still Failed?",
        "fail A; create f A; await f; idle f; get f; pause 150; get f; invoke f; get f; update f B; await f; get f; invoke f",
    ),
    ask(
        "is a Pending function that is left idle still Pending?",
        "hold A; create f A; idle f; get f; pause 100; get f; invoke f; ready A; settle f; get f; pause 100; get f; invoke f",
    ),
    ask(
        "an update and a delete at once",
        "create f A; await f; update f B | delete f; pause 30; get f; invoke f; get f; pause 100; get f; create f C; await f; delete f | update f A; pause 30; get f; invoke f; get f; create f D; await f; update f B | delete f; get f; pause 60; get f; invoke f",
    ),
    ask(
        "are two functions apart?",
        "create f A; create g B; await f; await g; invoke f; invoke g; update f C; await f; get g; invoke g; invoke f; get f; delete f; get g; invoke g",
    ),
    ask(
        "is an update of one an update of the other?",
        "create f A; await f; create g B; await g; hold C; update f C; get g; invoke g; get f; invoke f; ready C; await f; get g; invoke g; invoke f",
    ),
    ask(
        "does the failure of one fail the other?",
        "create f A; await f; fail B; create g B; await g; get f; invoke f; get g; invoke g; idle f; await f; get g; get f; update g C; await g; invoke g; get f",
    ),
    ask(
        "does one become idle with the other?",
        "create f A; create g B; await f; await g; idle f; settle f; get g; invoke g; get f; invoke f; get g; invoke g; await f; invoke f; invoke g",
    ),
    ask(
        "does a creation that fails take its neighbour along?",
        "fail B; create f A | create g B; await g; get f; await f; get f; invoke f; create h A; create i B; await i; await h; get h; invoke h",
    ),
    ask(
        "two functions of one image",
        "create f A; create g A; await f; await g; invoke f; invoke g; publish A; update f A; await f; get f; invoke f; get g; invoke g; get g",
    ),
    ask(
        "one of two is deleted and comes back",
        "create f A; create g B; await f; await g; delete g; get f; invoke f; get g; create g C; get f; await g; get g; invoke g; invoke f",
    ),
    ask(
        "five functions at once",
        "create f A | create g B | create h C | create i D | create j E; await f; await g; await h; await i; await j; invoke f | invoke g | invoke h | invoke i | invoke j; update f B | update h D; await f; await h; invoke f; invoke g; invoke h; invoke i; get j; invoke j",
    ),
    ask(
        "update after update after update",
        "create f A; await f; update f B; await f; invoke f; update f C; await f; invoke f; update f D; await f; invoke f; update f A; await f; invoke f; update f B; await f; get f; invoke f",
    ),
    ask(
        "does the tenth invocation differ?",
        "create f A; await f; invoke f; invoke f; invoke f; invoke f; invoke f; invoke f; invoke f; invoke f; invoke f; invoke f; invoke f; invoke f; get f; invoke f",
    ),
    ask(
        "failed, recovered, idle, woken",
        "fail A; create f A; await f; update f B; await f; invoke f; idle f; await f; get f; invoke f; await f; get f; invoke f; update f C; await f; invoke f; get f",
    ),
    ask(
        "a failed update, then one to the same image, repaired",
        "create f A; await f; fail B; update f B; await f; get f; ready B; update f B; await f; get f; invoke f; get f; invoke f",
    ),
    ask("overwritten while Pending", "hold A; create f A; get f; publish A; await f; get f; invoke f; get f"),
    ask(
        "a refused creation changes nothing",
        "create f A; await f; fail B; create f B; get f; invoke f; settle f; get f; invoke f",
    ),
    ask(
        "a refused update changes nothing",
        "create f A; await f; hold B; update f B; hold C; update f C; get f; ready B; pause 150; get f; invoke f; ready C; settle f; get f; invoke f; pause 100; invoke f; get f",
    ),
];

/// The systematic plans that these levers allow: the first look, the directed ones, then the derived ones.
pub fn plans(levers: LeverSet) -> impl Iterator<Item = Plan> {
    first_look(levers).chain(allowed(DIRECTED, levers)).chain(derived(levers).plans.iter().cloned())
}

/// The plans of the first look that these levers allow.
pub fn first_look(levers: LeverSet) -> impl Iterator<Item = Plan> {
    allowed(FIRST_LOOK, levers)
}

fn allowed(table: &'static [Directed], levers: LeverSet) -> impl Iterator<Item = Plan> {
    table.iter().filter_map(|directed| directed.text.parse().ok()).filter(move |plan: &Plan| plan.can_use(levers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_is_a_plan() {
        for directed in FIRST_LOOK.iter().chain(DIRECTED) {
            let plan: Result<Plan, _> = directed.text.parse();
            assert!(plan.is_ok(), "{}: {plan:?}", directed.asks);
        }
        let count = |levers| first_look(levers).chain(allowed(DIRECTED, levers)).count();
        assert_eq!(count(LeverSet::ALL), FIRST_LOOK.len() + DIRECTED.len());
        assert!(count(LeverSet::NONE) >= 10);
    }
}
