//! What is counted as exercised is exercised: another answer in its place would have been a violation of that name.
//!
//! By random legal histories, whose answers are changed one at a time, each to everything else that it could have been.
//! `FNCONFORM_EXERCISED` in the environment is how many histories to try instead of [`USUAL`].

use std::collections::{BTreeMap, BTreeSet};

use fnconform::history::{Answer, Call, Event, History, Name, Operation, Report};
use fnconform::oracle;
use fnconform::oracle::exercise::exercise;
use fnconform::requirement::readiness;

use super::reference::build::show;
use super::reference::generate::{Reached, legal};
use super::reference::random::Random;

/// How many histories are tried when nothing else is asked for.
const USUAL: u64 = 12;
/// Seeds are apart from those of other tests.
const SEEDS: u64 = 0x00E8_E5C1_0001;

const STATES: [&str; 5] = ["Pending", "Active", "Failed", "Inactive", "Odd"];
const STATUSES: [Option<&str>; 5] = [None, Some("InProgress"), Some("Successful"), Some("Failed"), Some("Odd")];
const DIGESTS: [Option<&str>; 5] = [None, Some("a"), Some("b"), Some("c"), Some("bogus")];

/// Every other answer to the call; with `thorough`, reports that differ in more than one respect, too.
fn others(call: &Call, thorough: bool) -> Vec<Call> {
    let mut others = match call {
        Call::Create { image, .. } => either().map(|answer| Call::Create { image: image.clone(), answer }).to_vec(),
        Call::Update { image, .. } => either().map(|answer| Call::Update { image: image.clone(), answer }).to_vec(),
        Call::Delete { .. } => either().map(|answer| Call::Delete { answer }).to_vec(),
        Call::Invoke { .. } => DIGESTS
            .map(|served| Answer::Accepted(served.map(Name::from)))
            .into_iter()
            .chain([Answer::Refused])
            .map(|answer| Call::Invoke { answer })
            .collect(),
        Call::Get { answer } => {
            let reports = reports().into_iter().filter(|report| thorough || differences(report, answer) == 1);
            let refused = (!thorough).then_some(Answer::Refused);
            reports.map(Answer::Accepted).chain(refused).map(|answer| Call::Get { answer }).collect()
        }
    };
    others.retain(|other| other != call);
    others
}

fn either() -> [Answer<()>; 2] {
    [Answer::Accepted(()), Answer::Refused]
}

fn reports() -> Vec<Report> {
    let mut reports = Vec::new();
    for state in STATES {
        for status in STATUSES {
            for digest in DIGESTS {
                let (status, digest) = (status.map(Name::from), digest.map(Name::from));
                reports.push(Report { state: state.into(), status, digest });
            }
        }
    }
    reports
}

/// In how many respects the report differs from what was answered, or from a usual report if that was a refusal.
fn differences(report: &Report, answer: &Answer<Report>) -> usize {
    let usual = Report { state: "Active".into(), status: None, digest: Some("bogus".into()) };
    let said = if let Answer::Accepted(said) = answer { said } else { &usual };
    usize::from(report.state != said.state)
        + usize::from(report.status != said.status)
        + usize::from(report.digest != said.digest)
}

/// What the history with this answer instead is a violation of, at that very operation.
fn broken(history: &History, index: usize, call: Call) -> Option<&'static str> {
    let mut altered = history.clone();
    let operation = &mut altered.operations[index];
    if let Event::Call { call: answered, .. } = &mut operation.event {
        *answered = call;
    }
    let line = operation.line;
    let judgement = oracle::judge(&altered).expect("closed histories are judged");
    let finding = judgement.first_violation().filter(|finding| finding.operation.line == line);
    finding.map(|finding| finding.requirement.name)
}

/// What was counted, beyond what other answers would have broken.
fn overcounted(history: &History) -> Vec<String> {
    let mut counts = exercise(history).expect("closed histories are judged").counts;
    // It is about two functions, and is counted by function.
    counts.remove(readiness::APART.name);
    let mut found: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for thorough in [false, true] {
        for (index, operation) in history.operations.iter().enumerate() {
            let exercised = |name: &str| found.get(name).map_or(0, BTreeSet::len);
            counts.retain(|name, count| *count > exercised(name));
            let Operation { event: Event::Call { call, .. }, end: Some(_), .. } = operation else { continue };
            if counts.is_empty() {
                break;
            }
            for other in others(call, thorough) {
                if let Some(name) = broken(history, index, other) {
                    found.entry(name).or_default().insert(index);
                }
            }
        }
    }
    let exercised = |name: &str| found.get(name).map_or(0, BTreeSet::len);
    counts.retain(|name, count| *count > exercised(name));
    counts.iter().map(|(name, count)| format!("{name} {count} times instead of {}", exercised(name))).collect()
}

#[test]
fn what_is_counted_as_exercised_is_exercised() {
    let asked = std::env::var("FNCONFORM_EXERCISED").ok().and_then(|count| count.parse().ok());
    let mut wrong = Vec::new();
    for number in 0..asked.unwrap_or(USUAL) {
        let history = legal(&mut Random::new(SEEDS + number), &mut Reached::new());
        let overcounted = overcounted(&history);
        if !overcounted.is_empty() {
            wrong.push(format!("history {number}: {}\n{}", overcounted.join(", "), show(&history)));
        }
    }
    assert!(wrong.is_empty(), "{} histories:\n{}", wrong.len(), wrong.join("\n"));
}
