//! The plans that are derived from the automaton: what they claim to go through is gone through, and nobody who is right is
//! accused by them.

use fnconform::driver::case::CaseRecord;
use fnconform::emulator::{Settings, legal};
use fnconform::lever::LeverSet;
use fnconform::oracle::{self, coverage::Coverage, coverage::coverage};
use fnconform::plan::derived::{Derived, derived};
use fnconform::rehearsal::{rehearse, rehearse_on};
use fnconform::requirement::Lever;

/// What can be forced and is not measured on the reference machine, by its words; of each the reason.
const UNMEASURED: &[&str] = &[];

/// The default run has so many cases, and so many of them are to be drawn.
const CASES: usize = 256;
const DRAWN: usize = 80;

fn violation(record: &CaseRecord) -> Option<String> {
    let judgement = oracle::judge(&record.history).unwrap();
    assert!(!judgement.is_inconclusive());
    judgement.first_violation().map(|finding| format!("{}\n{}", finding.explanation, record.plan))
}

fn all_levers() -> &'static Derived {
    derived(LeverSet::ALL)
}

/// All sets of levers.
fn lever_sets() -> impl Iterator<Item = LeverSet> {
    (0..1u32 << Lever::ALL.len())
        .map(|bits| Lever::ALL.into_iter().filter(move |lever| bits >> *lever as u32 & 1 != 0).collect())
}

#[test]
fn all_that_can_be_forced_is_gone_through_on_the_reference_machine() {
    let mut seen = Coverage::default();
    for plan in &all_levers().plans {
        let record = rehearse(plan);
        assert_eq!(violation(&record), None);
        seen.add(&coverage(&record.history).unwrap());
    }
    let forced = &all_levers().forced;
    let mut missed: Vec<String> = Vec::new();
    missed.extend(forced.worlds.iter().filter(|world| !seen.worlds.contains_key(*world)).map(|one| format!("{one:?}")));
    missed.extend(forced.steps.iter().filter(|step| !seen.steps.contains_key(*step)).map(ToString::to_string));
    let pairs = forced.pairs.iter().filter(|pair| !seen.pairs.contains_key(*pair));
    missed.extend(pairs.map(|(before, step)| format!("{before}, then {step}")));
    assert_eq!(missed, UNMEASURED);
    assert_eq!(seen.given_up, 0);
}

#[test]
fn no_oddity_that_is_legal_is_accused() {
    let mut accused = Vec::new();
    for oddity in legal::LEGAL.iter() {
        let settings = Settings::default().behaving(*oddity);
        let found = all_levers().plans.iter().find_map(|plan| violation(&rehearse_on(settings.clone(), plan)));
        accused.extend(found.map(|found| format!("{}: {found}", oddity.name())));
    }
    assert!(accused.is_empty(), "{}", accused.join("\n\n"));
}

#[test]
fn they_are_few_and_short_and_use_only_the_levers_on_offer() {
    for levers in lever_sets() {
        let Derived { plans, forced } = derived(levers);
        assert!(plans.iter().all(|plan| plan.can_use(levers) && plan.actions().count() <= 30), "{levers}");
        assert!(!plans.is_empty() && plans.len() <= all_levers().plans.len(), "{levers}");
        assert!(forced.pairs.is_subset(&all_levers().forced.pairs), "{levers}");
        for plan in plans {
            assert_eq!(violation(&rehearse(plan)), None, "{levers}");
        }
    }
    let systematic = fnconform::plan::systematic::plans(LeverSet::ALL).count();
    assert!(systematic + DRAWN <= CASES, "{systematic}");
}
