//! Random legal histories: the automaton itself is run, and what its clients see is written down.
//!
//! Few images and digests, so that collisions happen. Every history has habits of its own (how often which operation,
//! how eager the hidden steps are), so that what is rare on the average is common in some.

use std::collections::BTreeMap;

use fnconform::history::{
    Answer, Call, Condition, Content, Event, Header, History, IdleRule, Name, Operation, Report, Trace,
};

use super::automaton::{State, World, hidden, visible};
use super::random::Random;
use super::rows::{hidden_tags, visible_tags};

/// How often each row of the automaton was taken, by the names of [`super::rows`].
pub(crate) type Reached = BTreeMap<String, usize>;

const IMAGES: [&str; 2] = ["i", "j"];
const DIGESTS: [&str; 3] = ["a", "b", "c"];
const FUNCTIONS: [&str; 3] = ["f", "g", "h"];

/// What a client is about to do.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Ask {
    Create(Name),
    Update(Name),
    Get,
    Invoke,
    Delete,
    Image(Name, Content),
    Idle,
    Settle,
}

/// An operation under way.
#[derive(Debug)]
struct Flight {
    /// Where it stands in `operations`.
    index: usize,
    ask: Ask,
    /// The functions in whose worlds it has not taken effect.
    ahead: Vec<usize>,
    /// Whether its answer will never be seen.
    silent: bool,
}

/// What is particular to one history.
#[derive(Debug)]
struct Habits {
    /// Create, update, get, invoke, delete, image, idle, settle.
    asks: [usize; 8],
    clients: usize,
    /// Percent of the ticks in which something happens by itself, and of those in which what need not may.
    hidden: usize,
    optional: usize,
    silent: usize,
    /// How often an image is made ready, held, failing, missing.
    conditions: [usize; 4],
    /// Whether a lost image is looked into at once.
    probing: bool,
    /// Percent of the image levers that put back what was there before.
    put_back: usize,
}

impl Habits {
    fn draw(random: &mut Random) -> Self {
        let usual = [4, 8, 10, 10, 1, 6, 3, 4];
        let asks = usual.map(|weight| match random.below(6) {
            0 => weight / 4,
            1 => weight * 4,
            _ => weight,
        });
        Self {
            asks,
            clients: 1 + random.below(4),
            hidden: *random.pick(&[10, 30, 50]),
            optional: *random.pick(&[0, 5, 20, 60]),
            silent: *random.pick(&[0, 0, 2, 5]),
            conditions: *random.pick(&[[8, 2, 2, 2], [8, 2, 2, 2], [20, 1, 1, 1], [6, 1, 1, 5], [6, 8, 3, 2]]),
            probing: random.chance(30),
            put_back: *random.pick(&[10, 50]),
        }
    }
}

struct Run<'a> {
    random: &'a mut Random,
    reached: &'a mut Reached,
    habits: Habits,
    rule: IdleRule,
    now: i64,
    worlds: Vec<World>,
    flights: Vec<Flight>,
    operations: Vec<Operation>,
    /// What each image was told to be, in order.
    told: BTreeMap<Name, Vec<Content>>,
}

/// A legal history of 3 to 40 operations; what it reached is added up.
pub(crate) fn legal(random: &mut Random, reached: &mut Reached) -> History {
    let length = if random.chance(70) { 3 + random.below(18) } else { 3 + random.below(38) };
    let functions = *random.pick(&[1, 1, 1, 1, 2, 3]);
    let rule = if random.chance(12) { IdleRule::May } else { IdleRule::Lever };
    let habits = Habits::draw(random);
    let mut run = Run {
        random,
        reached,
        habits,
        rule,
        now: 0,
        worlds: vec![World::default(); functions],
        flights: Vec::new(),
        operations: Vec::new(),
        told: BTreeMap::new(),
    };
    run.prepare(length);
    while run.operations.len() < length || !run.flights.is_empty() {
        run.tick(length);
    }
    History { header: Header { idle: rule, ..Header::default() }, operations: run.operations }
}

impl Run<'_> {
    /// Most histories begin with images that are there.
    fn prepare(&mut self, length: usize) {
        for image in IMAGES {
            if length > 4 && self.random.chance(70) {
                let content = Content { code: Some((*self.random.pick(&DIGESTS)).into()), condition: Condition::Ready };
                self.told.entry(image.into()).or_default().push(content.clone());
                self.begin(Ask::Image(image.into(), content), 0);
                while !self.flights.is_empty() {
                    self.tick(0);
                }
            }
        }
    }

    fn tick(&mut self, length: usize) {
        self.now += self.random.below(4) as i64;
        if self.random.chance(self.habits.hidden) {
            let function = self.random.below(self.worlds.len());
            self.happen(function);
        }
        let under_way = self.flights.iter().filter(|flight| !flight.silent).count();
        let full = under_way >= self.habits.clients || self.operations.len() >= length;
        if !full && (self.flights.is_empty() || self.random.chance(40)) {
            self.send();
        } else if !self.flights.is_empty() {
            let flight = self.random.below(self.flights.len());
            self.advance(flight, self.operations.len() >= length);
        }
    }

    /// Something happens by itself.
    fn happen(&mut self, function: usize) {
        let steps = hidden(&self.worlds[function], self.rule);
        let optional = self.habits.optional;
        let weights: Vec<usize> = steps.iter().map(|step| if step.must { 40 } else { optional }).collect();
        // A weight of 100 stands for nothing happening, so that late is not rare.
        let Some(index) = self.random.weighted(&[weights, vec![40]].concat()) else { return };
        if let Some(step) = steps.get(index) {
            self.count(hidden_tags(&self.worlds[function], step));
            self.worlds[function] = step.to.clone();
        }
    }

    fn count(&mut self, tags: Vec<String>) {
        for tag in tags {
            *self.reached.entry(tag).or_default() += 1;
        }
    }

    fn name(function: usize) -> Name {
        FUNCTIONS[function].into()
    }

    /// A client sends an operation.
    fn send(&mut self) {
        let function = self.random.below(self.worlds.len());
        let concerned: Vec<&Flight> = self
            .flights
            .iter()
            .filter(|flight| !flight.silent)
            .filter(|flight| self.operations[flight.index].event.function() == Some(&Self::name(function)))
            .collect();
        if concerned.iter().any(|flight| flight.ask == Ask::Settle) {
            return;
        }
        let alone = concerned.is_empty();
        let mut weights = self.habits.asks;
        match self.worlds[function].function.as_ref().map(|function| function.state) {
            Some(State::Active) if self.habits.probing && self.is_lost(function) => weights = [0, 0, 2, 8, 0, 1, 0, 8],
            Some(State::Pending) if self.habits.probing => weights[1] *= 3,
            None => weights = [20, 1, 2, 2, 1, weights[5] * 3, 1, 1],
            Some(State::Failed) => weights[1] *= 3,
            Some(State::Active) => weights[7] *= 2,
            Some(State::Inactive) => weights[3] *= 2,
            Some(State::Pending) => {}
        }
        if self.worlds[function].function.is_some() {
            weights[0] = weights[0].min(1);
        }
        if !alone {
            weights[7] = 0;
        }
        let image: Name = (*self.random.pick(&IMAGES)).into();
        let ask = match self.random.weighted(&weights) {
            Some(0) => Ask::Create(image),
            Some(1) => Ask::Update(image),
            Some(2) => Ask::Get,
            Some(3) => Ask::Invoke,
            Some(4) => Ask::Delete,
            Some(6) => Ask::Idle,
            Some(7) => Ask::Settle,
            _ => self.lever(image),
        };
        self.begin(ask, function);
    }

    fn begin(&mut self, ask: Ask, function: usize) {
        let everyone = matches!(ask, Ask::Image(..));
        let ahead = if everyone { (0..self.worlds.len()).collect() } else { vec![function] };
        let silent = ask != Ask::Settle && self.random.chance(self.habits.silent);
        let event = Self::event(&ask, &Self::name(function));
        let index = self.operations.len();
        self.operations.push(Operation { line: index + 1, start: self.now, end: None, event, trace: Trace::default() });
        self.flights.push(Flight { index, ask, ahead, silent });
    }

    fn is_lost(&self, function: usize) -> bool {
        let world = &self.worlds[function];
        let current = world.function.as_ref().and_then(|function| function.current.as_ref());
        current.is_some_and(|code| world.is_lost(code))
    }

    fn lever(&mut self, image: Name) -> Ask {
        let told = self.told.entry(image.clone()).or_default();
        if told.len() > 1 && self.random.chance(self.habits.put_back) {
            let content = told[told.len() - 2].clone();
            told.push(content.clone());
            return Ask::Image(image, content);
        }
        let condition = match self.random.weighted(&self.habits.conditions.clone()) {
            Some(0) => Condition::Ready,
            Some(1) => Condition::Held,
            Some(2) => Condition::Failing,
            _ => Condition::Missing,
        };
        let before = told.last().and_then(|content| content.code.clone());
        let code = match (condition, before) {
            (Condition::Missing, _) => None,
            (_, Some(code)) if self.random.chance(50) => Some(code),
            _ => Some((*self.random.pick(&DIGESTS)).into()),
        };
        told.push(Content { code: code.clone(), condition });
        Ask::Image(image, Content { code, condition })
    }

    /// The event of a question, not answered yet.
    fn event(ask: &Ask, function: &Name) -> Event {
        let call = match ask.clone() {
            Ask::Image(image, content) => return Event::Image { image, content },
            Ask::Idle => return Event::Idle { function: function.clone() },
            Ask::Settle => return Event::Settle { function: function.clone() },
            Ask::Create(image) => Call::Create { image, answer: Answer::Unknown },
            Ask::Update(image) => Call::Update { image, answer: Answer::Unknown },
            Ask::Get => Call::Get { answer: Answer::Unknown },
            Ask::Invoke => Call::Invoke { answer: Answer::Unknown },
            Ask::Delete => Call::Delete { answer: Answer::Unknown },
        };
        Event::Call { function: function.clone(), call }
    }

    /// An operation under way takes effect somewhere, or its answer comes.
    fn advance(&mut self, flight: usize, ending: bool) {
        let Flight { index, ask, ahead, silent } = &self.flights[flight];
        let (index, ask, silent) = (*index, ask.clone(), *silent);
        if silent && ending && self.random.chance(50) {
            self.flights.remove(flight);
            return;
        }
        if silent && self.random.chance(80) {
            return;
        }
        let Some(&function) = ahead.first() else {
            if !silent {
                let operation = &mut self.operations[index];
                operation.end = Some(self.now.max(operation.start + 1));
            }
            self.flights.remove(flight);
            return;
        };
        let world = &self.worlds[function];
        let mut answered: Vec<(Event, Vec<World>)> = self
            .answers(&ask, world, &Self::name(function))
            .into_iter()
            .map(|event| (visible(world, &event), event))
            .filter_map(|(worlds, event)| if worlds.is_empty() { None } else { Some((event, worlds)) })
            .collect();
        if answered.is_empty() {
            // A settle that still has to wait.
            self.happen(function);
            return;
        }
        let first = ask != Ask::Get && self.random.chance(60);
        let chosen = if first { 0 } else { self.random.below(answered.len()) };
        let (event, worlds) = answered.swap_remove(chosen);
        let after = self.random.pick(&worlds).clone();
        let tags = visible_tags(&self.worlds[function], &event, &after, silent);
        self.count(tags);
        self.worlds[function] = after;
        if !silent {
            self.operations[index].event = event;
        }
        let flight = &mut self.flights[flight];
        flight.ahead.remove(0);
        let count = flight.ahead.len();
        if count > 1 {
            flight.ahead.rotate_left(1);
        }
    }

    /// Every answer that a function could give, right or wrong, acceptance first.
    fn answers(&self, ask: &Ask, world: &World, function: &Name) -> Vec<Event> {
        let call = |call| Event::Call { function: function.clone(), call };
        match ask.clone() {
            Ask::Create(image) => [Answer::Accepted(()), Answer::Refused]
                .map(|answer| call(Call::Create { image: image.clone(), answer }))
                .into(),
            Ask::Update(image) => [Answer::Accepted(()), Answer::Refused]
                .map(|answer| call(Call::Update { image: image.clone(), answer }))
                .into(),
            Ask::Delete => [Answer::Accepted(()), Answer::Refused].map(|answer| call(Call::Delete { answer })).into(),
            Ask::Invoke => DIGESTS
                .map(|digest| Answer::Accepted(Some(digest.into())))
                .into_iter()
                .chain([Answer::Accepted(None), Answer::Refused])
                .map(|answer| call(Call::Invoke { answer }))
                .collect(),
            Ask::Get => reports(world)
                .into_iter()
                .map(Answer::Accepted)
                .chain([Answer::Refused])
                .map(|answer| call(Call::Get { answer }))
                .collect(),
            Ask::Image(image, content) => vec![Event::Image { image, content }],
            Ask::Idle => vec![Event::Idle { function: function.clone() }],
            Ask::Settle => vec![Event::Settle { function: function.clone() }],
        }
    }
}

/// Everything that a get could say of this state.
fn reports(world: &World) -> Vec<Report> {
    let state = world.function.as_ref().map_or(State::Active, |function| function.state);
    let mut reports = Vec::new();
    for status in [None, Some(""), Some("InProgress"), Some("Successful"), Some("Failed")] {
        for digest in [None, Some(DIGESTS[0]), Some(DIGESTS[1]), Some(DIGESTS[2])] {
            reports.push(Report {
                state: state.as_str().into(),
                status: status.map(Name::from),
                digest: digest.map(Name::from),
            });
        }
    }
    reports
}
