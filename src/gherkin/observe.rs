//! Compares what a step expects with what was seen.

use super::meaning::{Code, Expect, Meaning};
use super::template::code_text;
use crate::driver::case::Case;
use crate::history::{Answer, Call, Event, Name, Operation, Report};

/// What was seen instead of what the step expects, as a fragment for people; `None` if it is met.
///
/// `seen` is what the step recorded, `before` the operation before it.
#[must_use]
pub(super) fn unmet(meaning: &Meaning, case: &Case, seen: &[Operation], before: Option<&Operation>) -> Option<String> {
    let expect = meaning.expect.as_ref()?;
    if *expect == Expect::WellFormed {
        return not_well_formed(case, before?);
    }
    let function = case.function(meaning.function);
    let calls: Vec<&Operation> = seen.iter().filter(|operation| is_call_to(operation, &function)).collect();
    let Some(last) = calls.last() else { return Some("nothing was seen".to_owned()) };
    match expect {
        // Only the last look counts: what comes to rest passes through other states.
        Expect::State(states) => report(last, |report| {
            (!states.iter().any(|state| **state == *report.state)).then(|| format!("it was {}", report.state))
        }),
        Expect::Status(statuses) => report(last, |report| {
            let shown = report.status.as_deref().filter(|status| !status.is_empty()).unwrap_or("absent");
            (!statuses.iter().any(|status| status == shown)).then(|| format!("the status was {shown}"))
        }),
        Expect::Digest(codes) => report(last, |report| {
            let digest = report.digest.as_ref();
            let shown = digest.is_some_and(|digest| is_one_of(case, codes, digest));
            (!shown).then(|| format!("the digest was {}", digest.map_or("absent", |digest| digest)))
        }),
        Expect::Served(codes) => {
            calls.iter().filter(|one| is_invocation(one)).find_map(|one| not_served(case, codes, one))
        }
        Expect::Accepted | Expect::Refused | Expect::NotFound => {
            let kind = |one: &&&Operation| std::mem::discriminant(&call(one)) == std::mem::discriminant(&call(last));
            calls.iter().filter(kind).find_map(|one| otherwise_answered(expect, case, one))
        }
        Expect::WellFormed => None,
    }
}

fn is_call_to(operation: &Operation, to: &Name) -> bool {
    matches!(&operation.event, Event::Call { function, .. } if function == to)
}

fn is_invocation(operation: &Operation) -> bool {
    matches!(&operation.event, Event::Call { call: Call::Invoke { .. }, .. })
}

fn call(operation: &Operation) -> Option<&Call> {
    match &operation.event {
        Event::Call { call, .. } => Some(call),
        _ => None,
    }
}

fn report(operation: &Operation, missed: impl Fn(&Report) -> Option<String>) -> Option<String> {
    match call(operation) {
        Some(Call::Get { answer: Answer::Accepted(report) }) => missed(report),
        _ => Some(format!("looking at it {}", outcome(operation))),
    }
}

fn not_served(case: &Case, codes: &[Code], operation: &Operation) -> Option<String> {
    match call(operation) {
        Some(Call::Invoke { answer: Answer::Accepted(served) }) => {
            let by = served.as_ref();
            let as_expected = codes.is_empty() || by.is_none_or(|by| is_one_of(case, codes, by));
            (!as_expected).then(|| {
                let wanted: Vec<String> = codes.iter().map(code_text).collect();
                format!("it was served by {}, not by {}", by.map_or("other code", |by| by), wanted.join(" or "))
            })
        }
        _ => Some(format!("it {}", outcome(operation))),
    }
}

fn otherwise_answered(expect: &Expect, case: &Case, operation: &Operation) -> Option<String> {
    let trace = &operation.trace;
    let met = match (expect, accepted(operation)) {
        (Expect::Accepted, Some(accepted)) => accepted,
        (Expect::Refused, Some(accepted)) => !accepted,
        (Expect::NotFound, Some(accepted)) => !accepted && trace.error.as_deref() == Some(case.not_found_code()),
        _ => false,
    };
    (!met).then(|| format!("it {}", outcome(operation)))
}

fn not_well_formed(case: &Case, before: &Operation) -> Option<String> {
    if accepted(before) != Some(false) {
        return Some(format!("it {}", outcome(before)));
    }
    before.trace.bare.is_some().then(|| "it was neither".to_owned())
}

/// Whether the endpoint did what it was asked to; `None` if nobody knows.
fn accepted(operation: &Operation) -> Option<bool> {
    fn of<T>(answer: &Answer<T>) -> Option<bool> {
        match answer {
            Answer::Accepted(_) => Some(true),
            Answer::Refused => Some(false),
            Answer::Unknown => None,
        }
    }
    match call(operation)? {
        Call::Create { answer, .. } | Call::Update { answer, .. } | Call::Delete { answer } => of(answer),
        Call::Get { answer } => of(answer),
        Call::Invoke { answer } => of(answer),
    }
}

fn outcome(operation: &Operation) -> String {
    let status = operation.trace.status.map(|status| format!(" with HTTP {status}")).unwrap_or_default();
    let code = operation.trace.error.as_ref().map(|error| format!(" {error}")).unwrap_or_default();
    match accepted(operation) {
        Some(true) => format!("was accepted{status}"),
        Some(false) => format!("was refused{status}{code}"),
        None => "was not answered".to_owned(),
    }
}

/// Whether the digest is that of one of the codes; of a code that nobody knows nothing is expected.
fn is_one_of(case: &Case, codes: &[Code], digest: &Name) -> bool {
    codes.iter().any(|code| case.code(code.image, code.version).is_none_or(|known| known == *digest))
}
