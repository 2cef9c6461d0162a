//! What real traffic looks like: clients that send their next operation when the last one has returned.
//!
//! The endpoint is the emulator's machine in simulated time. Operations come out in the order of their starts, one by
//! one, so that histories of any length can be made in little memory.

use super::dice::Dice;
use super::{Kind, kind};
use fnconform::driver::{Request, ServerCall, ServerReply};
use fnconform::emulator::Settings;
use fnconform::emulator::machine::{Event as Input, Machine, Memo, Turn};
use fnconform::history::{Answer, Call, Condition, Content, Event, Name, Operation, Report, Trace};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

/// So many operations in succession a client has with one of many functions.
const BURST: usize = 10;
/// Microseconds in which the images are published and the first function is created.
const OPENING: i64 = 100;

/// An endless history.
pub(crate) struct Steady {
    machine: Machine,
    dice: Dice,
    functions: Vec<Name>,
    images: [Name; 2],
    /// How often a tag was overwritten.
    published: u64,
    /// What stands under the images.
    contents: [Content; 2],
    /// On the way to the machine, by arrival.
    arriving: BinaryHeap<Reverse<(i64, usize)>>,
    /// What each client has under way.
    clients: Vec<Client>,
    /// The function that is used next, where there are many.
    next: usize,
    /// Answered, by start and by order.
    answered: BTreeMap<(i64, u64), Operation>,
    order: u64,
}

struct Client {
    start: i64,
    action: Action,
    /// The function that it has to do with, and how many operations more.
    function: usize,
    left: usize,
}

enum Action {
    Call(Request),
    Image(usize, Content),
    Idle(Name),
}

impl Steady {
    /// Traffic of so many clients on so many functions.
    pub(crate) fn new(clients: usize, functions: usize) -> Self {
        let settings = Settings {
            preparation_time: Duration::from_micros(2_000),
            jitter: Duration::from_micros(2_000),
            notice_time: Duration::from_micros(1_000),
            ..Settings::default()
        };
        let images = ["registry.example.com/steady:A".into(), "registry.example.com/steady:B".into()];
        let contents = ["sha256:0", "sha256:1"].map(ready);
        let mut steady = Self {
            machine: Machine::new(settings),
            dice: Dice(clients as u64),
            functions: (0..functions).map(|number| format!("f{number}").into()).collect(),
            images,
            published: 1,
            contents,
            arriving: BinaryHeap::new(),
            clients: Vec::new(),
            next: 0,
            answered: BTreeMap::new(),
            order: 0,
        };
        for image in 0..2 {
            let content = steady.contents[image].clone();
            steady.answer(0, 1, OPENING / 2, &Action::Image(image, content));
        }
        if functions == 1 {
            let create = Request::Create { function: steady.functions[0].clone(), image: steady.images[0].clone() };
            steady.answer(OPENING / 2 + 1, OPENING / 2 + 2, OPENING, &Action::Call(create));
        }
        for client in 0..clients {
            let idle = Action::Idle(steady.functions[0].clone());
            steady.clients.push(Client { start: 0, action: idle, function: 0, left: 0 });
            steady.send(client, OPENING + 1);
        }
        steady
    }

    fn below(&mut self, bound: u64) -> i64 {
        i64::try_from(self.dice.below(bound)).unwrap()
    }

    /// The client sends its next operation, not before that time.
    fn send(&mut self, client: usize, after: i64) {
        if self.functions.len() > 1 {
            if self.clients[client].left == 0 {
                self.clients[client].function = self.next;
                self.clients[client].left = BURST;
                self.next = (self.next + 1) % self.functions.len();
            }
            self.clients[client].left -= 1;
        }
        let action = self.action(self.clients[client].function);
        let start = after + self.below(20);
        let arrival = start + 1 + self.below(200);
        self.clients[client].start = start;
        self.clients[client].action = action;
        self.arriving.push(Reverse((arrival, client)));
    }

    fn action(&mut self, function: usize) -> Action {
        let name = self.functions[function].clone();
        let many = self.functions.len() > 1;
        let is_there = self.machine.functions.contains_key(&name);
        let image = usize::try_from(self.dice.below(2)).unwrap();
        let reference = self.images[image].clone();
        Action::Call(match kind(&mut self.dice) {
            // One of many functions is created when it is first used, and the images are left alone.
            _ if many && !is_there => Request::Create { function: name, image: reference },
            Kind::Lever if many => Request::Get { function: name },
            Kind::Lever => return self.lever(image),
            Kind::Update if !is_there => Request::Create { function: name, image: reference },
            Kind::Update => Request::Update { function: name, image: reference },
            Kind::Idle => return Action::Idle(name),
            Kind::Create => Request::Create { function: name, image: reference },
            Kind::Delete => Request::Delete { function: name },
            Kind::Get => Request::Get { function: name },
            Kind::Invoke => Request::Invoke { function: name },
        })
    }

    /// Overwrites a tag, or holds an image that is not held; what is held is let go the next time.
    fn lever(&mut self, image: usize) -> Action {
        let is_held = |content: &Content| content.condition == Condition::Held;
        let held = self.contents.iter().position(is_held);
        let image = held.unwrap_or(image);
        let code = self.contents[image].code.clone();
        let content = match self.dice.below(2) {
            _ if held.is_some() => Content { code, condition: Condition::Ready },
            0 => {
                self.published += 1;
                ready(&format!("sha256:{}", self.published))
            }
            _ => Content { code, condition: Condition::Held },
        };
        self.contents[image] = content.clone();
        Action::Image(image, content)
    }

    /// The next operation arrives and is answered.
    fn arrive(&mut self) {
        let Some(Reverse((arrival, client))) = self.arriving.pop() else { return };
        let end = arrival + 1 + self.below(300);
        let idle = Action::Idle(self.functions[0].clone());
        let action = std::mem::replace(&mut self.clients[client].action, idle);
        self.answer(self.clients[client].start, arrival, end, &action);
        self.send(client, end + 1);
    }

    fn answer(&mut self, start: i64, arrival: i64, end: i64, action: &Action) {
        let at = Duration::from_micros(u64::try_from(arrival).unwrap());
        let event = match action {
            Action::Image(image, content) => {
                let image = self.images[*image].clone();
                self.machine.step(at, Input::Image(image.clone(), content.clone()));
                Event::Image { image, content: content.clone() }
            }
            Action::Idle(function) => match self.machine.step(at, Input::Idle(function.clone())) {
                Turn::Done => Event::Idle { function: function.clone() },
                _ => return,
            },
            Action::Call(request) => {
                let call = ServerCall { request: request.clone(), config: serde_json::Map::new() };
                match self.machine.step(at, Input::Call(&call, Memo::default())) {
                    Turn::Answer(reply) => {
                        Event::Call { function: request.function().clone(), call: heard(request, &reply) }
                    }
                    _ => panic!("the reference machine answers at once"),
                }
            }
        };
        self.order += 1;
        let operation = Operation { line: 0, start, end: Some(end), event, trace: Trace::default() };
        self.answered.insert((start, self.order), operation);
    }
}

impl Iterator for Steady {
    type Item = Operation;

    fn next(&mut self) -> Option<Operation> {
        loop {
            // What is under way may have started before what was answered.
            let earliest = self.clients.iter().map(|client| client.start).min().unwrap_or(0);
            match self.answered.first_entry() {
                Some(entry) if entry.key().0 < earliest => return Some(entry.remove()),
                _ => self.arrive(),
            }
        }
    }
}

fn ready(code: &str) -> Content {
    Content { code: Some(code.into()), condition: Condition::Ready }
}

fn heard(request: &Request, reply: &ServerReply) -> Call {
    fn answer<T>(reply: &ServerReply, accepted: impl FnOnce() -> T) -> Answer<T> {
        match reply {
            ServerReply::Error(_) => Answer::Refused,
            _ => Answer::Accepted(accepted()),
        }
    }
    match request {
        Request::Create { image, .. } => Call::Create { image: image.clone(), answer: answer(reply, || ()) },
        Request::Update { image, .. } => Call::Update { image: image.clone(), answer: answer(reply, || ()) },
        Request::Delete { .. } => Call::Delete { answer: answer(reply, || ()) },
        Request::Get { .. } => Call::Get {
            answer: match reply {
                ServerReply::Function(view) => Answer::Accepted(Report {
                    state: view.state.as_deref().unwrap_or_default().into(),
                    status: view.last_update_status.as_deref().map(Name::from),
                    digest: view.digest.as_deref().map(Name::from),
                }),
                _ => Answer::Refused,
            },
        },
        Request::Invoke { .. } => Call::Invoke {
            answer: match reply {
                ServerReply::Served { body, .. } => Answer::Accepted(Some(String::from_utf8_lossy(body).trim().into())),
                _ => Answer::Refused,
            },
        },
    }
}
