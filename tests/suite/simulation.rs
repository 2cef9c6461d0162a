//! The emulator under the oracle, without sockets and in simulated time: the correct machine and the legal oddities
//! conform whatever is done to them, and every fault is seen.
//!
//! Two readings of the page meet here that share nothing but the words of a history.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use fnconform::driver::fc3::Fc3;
use fnconform::driver::{Dialect, Meaning, Request, ServerCall};
use fnconform::emulator::machine::{Event as Input, Machine, Memo, Turn};
use fnconform::emulator::{Behaviour, Correct, Settings, fault, legal};
use fnconform::history::{Answer, Call, Condition, Content, Event, Header, History, Name, Operation, write};
use fnconform::oracle;
use fnconform::requirement;

/// Microseconds that are longer than anything takes by itself, with the slowest of the oddities.
const SETTLE: i64 = 2_000_000;

const FUNCTIONS: [&str; 3] = ["f", "g", "h"];
const IMAGES: [&str; 3] = ["reg/a:1", "reg/b:1", "reg/c:1"];

/// What is done next, as a client decided it.
#[derive(Clone)]
enum Action {
    Call(Request),
    Image(Name, Content),
    Idle(Name),
}

/// Something on its way to the machine.
struct Arrival {
    start: i64,
    action: Action,
    memo: Memo,
    /// How many actions more the client does after this one.
    left: u64,
}

struct Simulation {
    machine: Machine,
    random: u64,
    now: i64,
    codes: BTreeMap<Name, Name>,
    digests: u64,
    functions: u64,
    operations: Vec<Operation>,
    /// What the answers themselves break, which the oracle does not look at.
    broken: Option<&'static str>,
}

impl Simulation {
    fn new(behaviour: &'static dyn Behaviour, seed: u64) -> Self {
        let settings = Settings { seed, ..Settings::default() }.behaving(behaviour);
        let mut simulation = Self {
            machine: Machine::new(settings),
            random: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1,
            now: 0,
            codes: BTreeMap::new(),
            digests: 0,
            functions: 1,
            operations: Vec::new(),
            broken: None,
        };
        simulation.functions = 1 + simulation.below(3);
        simulation
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) % bound
    }

    /// A case: all images are published, then rounds of overlapping actions, with a settle after some of them.
    fn run(mut self) -> (History, Option<&'static str>) {
        for image in IMAGES {
            let action = self.publish(Name::from(image), Condition::Ready);
            self.round(vec![action], 0);
        }
        for function in FUNCTIONS.iter().take(usize::try_from(self.functions).unwrap_or(1)) {
            let image = IMAGES[usize::try_from(self.below(3)).unwrap_or(0)].into();
            self.round(vec![Action::Call(Request::Create { function: (*function).into(), image })], 0);
        }
        let rounds = 2 + self.below(8);
        for _ in 0..rounds {
            let clients = if self.below(2) == 0 { 1 } else { 2 + self.below(2) };
            let actions = (0..clients).map(|_| self.action()).collect();
            let more = self.below(5);
            self.round(actions, more);
            match self.below(5) {
                0 | 1 => self.settle(),
                2 => self.now += i64::try_from(self.below(40_000)).unwrap_or(0),
                _ => {}
            }
        }
        self.settle();
        for function in FUNCTIONS {
            self.round(vec![Action::Call(Request::Get { function: function.into() })], 0);
            self.round(vec![Action::Call(Request::Invoke { function: function.into() })], 0);
        }
        let header = Header { settle_us: u64::try_from(SETTLE).ok(), ..Header::default() };
        self.operations.sort_by_key(|operation| operation.start);
        for (line, operation) in self.operations.iter_mut().enumerate() {
            operation.line = line + 2;
        }
        (History { header, operations: self.operations }, self.broken)
    }

    fn settle(&mut self) {
        let start = self.now;
        self.now += SETTLE;
        for function in FUNCTIONS {
            let event = Event::Settle { function: function.into() };
            self.operations.push(operation(start, Some(self.now), event));
        }
        self.now += 1;
    }

    fn action(&mut self) -> Action {
        let function = Name::from(FUNCTIONS[usize::try_from(self.below(self.functions)).unwrap_or(0)]);
        let image = Name::from(IMAGES[usize::try_from(self.below(3)).unwrap_or(0)]);
        match self.below(26) {
            0 | 1 => Action::Call(Request::Create { function, image }),
            2..=5 => Action::Call(Request::Update { function, image }),
            6..=12 => Action::Call(Request::Get { function }),
            13..=18 => Action::Call(Request::Invoke { function }),
            19 => Action::Call(Request::Delete { function }),
            20 | 21 => Action::Idle(function),
            _ => {
                let condition = Condition::ALL[[0, 0, 0, 1, 1, 2, 3][usize::try_from(self.below(7)).unwrap_or(0)]];
                self.publish(image, condition)
            }
        }
    }

    fn publish(&mut self, image: Name, condition: Condition) -> Action {
        let known = self.codes.get(&image).cloned().filter(|_| self.below(4) > 0);
        let code = known.unwrap_or_else(|| {
            self.digests += 1;
            Name::from(format!("sha256:{}", self.digests))
        });
        self.codes.insert(image.clone(), code.clone());
        let code = Some(code).filter(|_| condition != Condition::Missing);
        Action::Image(image, Content { code, condition })
    }

    /// Each client does its action and so many more; the round ends when all are done.
    fn round(&mut self, actions: Vec<Action>, more: u64) {
        let mut queue: BTreeMap<(i64, u64), Arrival> = BTreeMap::new();
        let mut order = 0;
        let mut end = self.now;
        for action in actions {
            order += 1;
            let start = self.now + i64::try_from(self.below(3000)).unwrap_or(0);
            let at = start + self.latency();
            queue.insert((at, order), Arrival { start, action, memo: Memo::default(), left: more });
        }
        while let Some(((at, _), arrival)) = queue.pop_first() {
            let Some(returned) = self.arrive(at, &arrival) else { continue };
            order += 1;
            match returned {
                Ok(returned) => {
                    end = end.max(returned);
                    if arrival.left > 0 {
                        let pause = [200, 200, 3_000, 30_000][usize::try_from(self.below(4)).unwrap_or(0)];
                        let start = returned + 1 + i64::try_from(self.below(pause)).unwrap_or(0);
                        let at = start + self.latency();
                        let action = self.action();
                        queue.insert(
                            (at, order),
                            Arrival { start, action, memo: Memo::default(), left: arrival.left - 1 },
                        );
                    }
                }
                Err((later, memo)) => {
                    queue.insert((later, order), Arrival { memo, ..arrival });
                }
            }
        }
        self.now = end + 1;
    }

    fn latency(&mut self) -> i64 {
        1 + i64::try_from(self.below(1500)).unwrap_or(0)
    }

    /// Gives what arrived to the machine: when it returned, or when it comes again.
    fn arrive(&mut self, at: i64, arrival: &Arrival) -> Option<Result<i64, (i64, Memo)>> {
        let now = Duration::from_micros(u64::try_from(at).ok()?);
        let returned = at + self.latency();
        match arrival.action.clone() {
            Action::Image(image, content) => {
                self.machine.step(now, Input::Image(image.clone(), content.clone()));
                self.record(arrival.start, Some(returned), Event::Image { image, content });
            }
            Action::Idle(function) => {
                if let Turn::Done = self.machine.step(now, Input::Idle(function.clone())) {
                    self.record(arrival.start, Some(returned), Event::Idle { function });
                }
            }
            Action::Call(request) => {
                // An answer that was put off speaks of an earlier moment.
                let was_there = arrival.memo.reply.is_some() || self.machine.functions.contains_key(request.function());
                let call = ServerCall { request, config: serde_json::Map::new() };
                match self.machine.step(now, Input::Call(&call, arrival.memo.clone())) {
                    Turn::Later(later, memo) => {
                        let later = i64::try_from(later.as_micros()).ok()?;
                        return Some(Err((later.max(at + 1), memo)));
                    }
                    Turn::Answer(reply) => {
                        let mut response = Fc3.render(&reply, "id");
                        self.machine.behaviour().shape(&call, &mut response);
                        let decoded = Fc3.decode(&call.request, &response);
                        let is_there = self.machine.functions.contains_key(call.request.function());
                        self.look(&call.request, &decoded, was_there || is_there);
                        self.heard(arrival.start, returned, &call.request, decoded.meaning);
                    }
                    Turn::Cut | Turn::Done => self.heard(arrival.start, returned, &call.request, Meaning::Unknown),
                }
            }
        }
        Some(Ok(returned))
    }

    /// What the answer itself breaks.
    fn look(&mut self, request: &Request, decoded: &fnconform::driver::Reply, is_there: bool) {
        let status = decoded.trace.status.unwrap_or_default();
        let is_form_broken = decoded.bare_error.is_some() && status < 500;
        let is_create = matches!(request, Request::Create { .. });
        let is_not_found = status == 404 && decoded.trace.error.as_deref() == Some("FunctionNotFound");
        let has_no_digest = matches!(&decoded.meaning,
            Meaning::Reported(report) if &*report.state == "Active" && report.digest.is_none());
        if is_form_broken {
            self.broken.get_or_insert("api.errors");
        } else if decoded.meaning == Meaning::Refused && !is_there && !is_create && !is_not_found {
            self.broken.get_or_insert("api.not-found");
        } else if has_no_digest {
            self.broken.get_or_insert("image.digest-reported");
        }
    }

    fn heard(&mut self, start: i64, returned: i64, request: &Request, meaning: Meaning) {
        fn answer<T>(meaning: &Meaning, accepted: T) -> Answer<T> {
            match meaning {
                Meaning::Refused => Answer::Refused,
                Meaning::Unknown => Answer::Unknown,
                _ => Answer::Accepted(accepted),
            }
        }
        if let Meaning::Throttled(_) = meaning {
            return;
        }
        let call = match request {
            Request::Create { image, .. } => Call::Create { image: image.clone(), answer: answer(&meaning, ()) },
            Request::Update { image, .. } => Call::Update { image: image.clone(), answer: answer(&meaning, ()) },
            Request::Delete { .. } => Call::Delete { answer: answer(&meaning, ()) },
            Request::Get { .. } => Call::Get {
                answer: match meaning.clone() {
                    Meaning::Reported(report) => Answer::Accepted(report),
                    Meaning::Refused => Answer::Refused,
                    _ => Answer::Unknown,
                },
            },
            Request::Invoke { .. } => Call::Invoke {
                answer: match meaning.clone() {
                    Meaning::Served(code) => Answer::Accepted(code.map(Name::from)),
                    Meaning::Refused => Answer::Refused,
                    _ => Answer::Unknown,
                },
            },
        };
        let end = Some(returned).filter(|_| meaning != Meaning::Unknown);
        self.record(start, end, Event::Call { function: request.function().clone(), call });
    }

    fn record(&mut self, start: i64, end: Option<i64>, event: Event) {
        self.operations.push(operation(start, end, event));
    }
}

fn operation(start: i64, end: Option<i64>, event: Event) -> Operation {
    Operation { line: 0, start, end, event, trace: Default::default() }
}

/// The requirement that a case of this seed is blamed on, the history, and the explanation.
fn violation(behaviour: &'static dyn Behaviour, seed: u64) -> Option<(&'static str, String)> {
    let (history, broken) = Simulation::new(behaviour, seed).run();
    if let Some(broken) = broken {
        return Some((broken, String::new()));
    }
    let judgement = oracle::judge(&history).expect("the history is closed and in order");
    let finding = judgement.first_violation()?;
    let mut text = Vec::new();
    write::history(&mut text, &history).expect("a vector can be written to");
    let text = String::from_utf8_lossy(&text).into_owned();
    Some((finding.requirement.name, format!("line {}: {}\n{text}", finding.operation.line, finding.explanation)))
}

#[test]
fn the_correct_machine_conforms() {
    for seed in 1..=300 {
        if let Some((name, text)) = violation(&Correct, seed) {
            panic!("seed {seed} violates {name}: {text}");
        }
    }
}

#[test]
fn legal_oddities_conform() {
    let mut accused = Vec::new();
    for oddity in legal::LEGAL.iter() {
        let found = (1..=60).find_map(|seed| Some((seed, violation(*oddity, seed)?)));
        accused.extend(found.map(|(seed, (name, text))| format!("{}, seed {seed}: {name}: {text}", oddity.name())));
    }
    assert!(accused.is_empty(), "{} accused:\n{}", accused.len(), accused.join("\n"));
}

/// Which requirement is blamed is judged on short sequences elsewhere: here the histories are long and full of other
/// things, and several requirements may explain one.
#[test]
fn every_fault_is_seen() {
    let is_seen = |fault| (1..=1000).any(|seed| violation(fault, seed).is_some());
    let unseen = fault::FAULTS.iter().copied().filter(|fault| !is_seen(*fault));
    let unseen: Vec<_> = unseen.map(|fault| fault.name()).collect();
    assert!(unseen.is_empty(), "{unseen:?}");
}

#[test]
fn the_catalogues_are_in_order() {
    let names: BTreeSet<&str> = fault::FAULTS.iter().chain(legal::LEGAL.iter()).map(|one| one.name()).collect();
    assert_eq!(names.len(), fault::FAULTS.len() + legal::LEGAL.len(), "names are unique");
    for name in names {
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}");
    }
    for one in fault::FAULTS.iter().chain(legal::LEGAL.iter()) {
        let summary = one.summary();
        assert!(!summary.contains('\n') && !summary.ends_with('.') && summary.len() <= 110, "{summary}");
    }
    assert!(legal::LEGAL.iter().all(|oddity| oddity.breaks().is_empty()));
    let mut broken = BTreeSet::new();
    for (section, faults) in fault::SECTIONS {
        for fault in *faults {
            for name in fault.breaks() {
                assert!(requirement::by_name(name).is_some(), "{} breaks {name}", fault.name());
                broken.insert(*name);
            }
            let mut sections = fault.breaks().iter().filter_map(|name| name.split_once('.'));
            assert!(sections.any(|(of, _)| of == *section), "{} breaks something of {section}", fault.name());
        }
    }
    let unbroken: Vec<_> = requirement::all().filter(|requirement| !broken.contains(requirement.name)).collect();
    assert!(unbroken.is_empty(), "{unbroken:?}");
}
