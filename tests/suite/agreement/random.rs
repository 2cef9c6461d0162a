//! Small histories of one function: what the emulator's machine answers, right, odd or faulty; the same with something
//! changed; and what no endpoint would answer.

use super::dice::Dice;
use fnconform::emulator::{Correct, Settings, fault, legal};
use fnconform::history::{
    Answer, Call, Condition, Content, Event, Header, History, IdleRule, Name, Operation, Report, Trace,
};
use fnconform::plan::{Action, Change, F, I, Plan, Step};
use fnconform::rehearsal::Rehearsal;

/// So many operations a history has at most.
const LENGTH: usize = 7;

/// A history that depends on the dice alone.
pub(crate) fn history(dice: &mut Dice) -> History {
    let mut history = if dice.below(4) == 0 { wild(dice) } else { rehearsed(dice) };
    if dice.below(8) == 0 {
        history.header.idle = IdleRule::May;
    }
    for _ in 0..dice.choose(&[0, 0, 0, 1, 1, 2]) {
        change(dice, &mut history);
    }
    if dice.below(2) == 0 {
        blur(dice, &mut history.operations);
    }
    history.operations.sort_by_key(|operation| operation.start);
    for (place, operation) in history.operations.iter_mut().enumerate() {
        operation.line = place + 2;
    }
    history
}

/// What the machine answers.
fn rehearsed(dice: &mut Dice) -> History {
    let settings = Settings { seed: dice.below(1000), ..Settings::default() };
    let settings = settings.behaving(match dice.below(4) {
        0 => dice.choose(&legal::LEGAL),
        1 => dice.choose(&fault::FAULTS),
        _ => &Correct,
    });
    let images = dice.choose(&[1, 1, 2]);
    let mut rehearsal = Rehearsal::begin(settings, images);
    if dice.below(4) == 0 {
        rehearsal.step(&Step(vec![lever(dice, images)]), None);
    }
    rehearsal.step(&Step(vec![Action::Create(F(0), I(0))]), None);
    while rehearsal.operations().len() < LENGTH {
        let step = match dice.below(8) {
            0 => vec![Action::Await(F(0))],
            1 => vec![Action::Settle(F(0))],
            2 => vec![Action::Pause(u16::try_from(dice.below(150)).unwrap())],
            _ => (0..dice.choose(&[1, 1, 2, 3])).map(|_| action(dice, images)).collect(),
        };
        rehearsal.step(&Step(step), None);
    }
    let mut history = rehearsal.end(Plan { steps: Vec::new() }).history;
    history.operations.truncate(LENGTH);
    history
}

fn action(dice: &mut Dice, images: u8) -> Action {
    let i = I(u8::try_from(dice.below(images.into())).unwrap());
    match dice.below(16) {
        0..3 => Action::Update(F(0), i),
        3..7 => Action::Get(F(0)),
        7..11 => Action::Invoke(F(0)),
        11 => Action::Delete(F(0)),
        12 => Action::Create(F(0), i),
        13 => Action::Idle(F(0)),
        _ => lever(dice, images),
    }
}

fn lever(dice: &mut Dice, images: u8) -> Action {
    Action::Image(I(u8::try_from(dice.below(images.into())).unwrap()), dice.choose(&Change::ALL))
}

/// Anything at any time.
fn wild(dice: &mut Dice) -> History {
    let names = [Name::from("a"), Name::from("b")];
    let mut operations: Vec<Operation> = Vec::new();
    for _ in 0..1 + dice.below(LENGTH as u64) {
        let start = i64::try_from(dice.below(12)).unwrap();
        let end = start + 1 + i64::try_from(dice.below(6)).unwrap();
        let (function, image) = (Name::from("f"), dice.choose(&names));
        let call = |call| Event::Call { function: "f".into(), call };
        let event = match dice.below(12) {
            0..3 => Event::Image { image, content: content(dice, &["A".into(), "B".into()]) },
            3 | 4 => call(Call::Create { image, answer: Answer::Accepted(()) }),
            5 => call(Call::Update { image, answer: Answer::Accepted(()) }),
            6 | 7 => call(Call::Get { answer: Answer::Refused }),
            8 | 9 => call(Call::Invoke { answer: Answer::Refused }),
            10 => call(Call::Delete { answer: Answer::Accepted(()) }),
            _ if dice.below(2) == 0 => Event::Idle { function },
            _ => Event::Settle { function },
        };
        operations.push(Operation { line: 0, start, end: Some(end), event, trace: Trace::default() });
    }
    for operation in &mut operations {
        if dice.below(2) == 0 {
            answer_otherwise(dice, operation, &["A".into(), "B".into()]);
        }
    }
    History { header: Header::default(), operations }
}

/// Changes one thing.
fn change(dice: &mut Dice, history: &mut History) {
    if history.operations.is_empty() {
        return;
    }
    let digests = digests(history);
    let place = usize::try_from(dice.below(history.operations.len() as u64)).unwrap();
    match dice.below(8) {
        0 => {
            history.operations.remove(place);
        }
        1 | 2 => forget_answer(&mut history.operations[place]),
        _ => answer_otherwise(dice, &mut history.operations[place], &digests),
    }
}

/// All digests of the history, and one that is not in it.
fn digests(history: &History) -> Vec<Name> {
    let mut digests = vec![Name::from("Z")];
    digests.extend(history.operations.iter().filter_map(|operation| match &operation.event {
        Event::Image { content, .. } => content.code.clone(),
        _ => None,
    }));
    digests
}

fn answer_otherwise(dice: &mut Dice, operation: &mut Operation, digests: &[Name]) {
    match &mut operation.event {
        Event::Image { content: known, .. } => *known = content(dice, digests),
        Event::Call { call, .. } if operation.end.is_some() => match call {
            Call::Create { answer, .. } | Call::Update { answer, .. } | Call::Delete { answer } => {
                *answer = dice.choose(&[Answer::Accepted(()), Answer::Refused]);
            }
            Call::Get { answer } => *answer = look(dice, digests),
            Call::Invoke { answer } => {
                *answer = match dice.below(4) {
                    0 => Answer::Refused,
                    1 => Answer::Accepted(None),
                    _ => Answer::Accepted(Some(dice.choose(digests))),
                };
            }
        },
        _ => {}
    }
}

fn look(dice: &mut Dice, digests: &[Name]) -> Answer<Report> {
    if dice.below(5) == 0 {
        return Answer::Refused;
    }
    let states = ["Pending", "Pending", "Active", "Active", "Active", "Failed", "Failed", "Inactive", "InActive"];
    let statuses = [None, None, Some(""), Some("InProgress"), Some("Successful"), Some("Failed"), Some("Done")];
    Answer::Accepted(Report {
        state: dice.choose(&states).into(),
        status: dice.choose(&statuses).map(Name::from),
        digest: (dice.below(3) > 0).then(|| dice.choose(digests)),
    })
}

fn content(dice: &mut Dice, digests: &[Name]) -> Content {
    match dice.choose(&[Condition::Ready, Condition::Ready, Condition::Held, Condition::Failing, Condition::Missing]) {
        Condition::Missing => Content::MISSING,
        condition => Content { code: Some(dice.choose(digests)), condition },
    }
}

/// The answer got lost.
fn forget_answer(operation: &mut Operation) {
    match &mut operation.event {
        Event::Settle { .. } => return,
        Event::Image { .. } | Event::Idle { .. } => {}
        Event::Call { call, .. } => match call {
            Call::Create { answer, .. } | Call::Update { answer, .. } | Call::Delete { answer } => {
                *answer = Answer::Unknown;
            }
            Call::Get { answer } => *answer = Answer::Unknown,
            Call::Invoke { answer } => *answer = Answer::Unknown,
        },
    }
    operation.end = None;
}

/// Tells the times by a clock so coarse that many are the same, and some operations take longer.
fn blur(dice: &mut Dice, operations: &mut [Operation]) {
    let mut times: Vec<i64> = operations.iter().flat_map(|o| [Some(o.start), o.end]).flatten().collect();
    times.sort_unstable();
    times.dedup();
    let grain = 1 + usize::try_from(dice.below(3)).unwrap();
    let coarse = |time: i64| i64::try_from(times.partition_point(|known| *known < time) / grain).unwrap();
    for operation in operations {
        operation.start = coarse(operation.start);
        let longer = i64::try_from(dice.below(8) / 6).unwrap();
        operation.end = operation.end.map(|end| (coarse(end) + longer).max(operation.start + 1));
    }
}
