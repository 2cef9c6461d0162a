//! Plans: what a case does, as data.
//!
//! A plan speaks of functions and images by letters, and every action means something in every state, so plans have no
//! preconditions and stay plans when steps are left out. A plan is a function of seed, case number and levers; how long
//! its waits are is known only when it is executed.
//!
//! Plans are written as text, one step a line, the actions of a burst joined by `|`:
//!
//! ```text
//! hold B
//! create f A
//! await f
//! update f B
//! invoke f | get f
//! ```

pub mod derived;
pub mod first_look;
mod names;
pub mod strategy;
pub mod systematic;

use crate::lever::LeverSet;
use crate::requirement::Lever;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// A function of a case: `f`, `g`, `h`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct F(pub u8);

/// An image of a case: `A`, `B`, `C`, …
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct I(pub u8);

/// One thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// CreateFunction.
    Create(F, I),
    /// UpdateFunction.
    Update(F, I),
    /// GetFunction.
    Get(F),
    /// InvokeFunction.
    Invoke(F),
    /// DeleteFunction.
    Delete(F),
    /// Says that the function has been idle for long enough.
    Idle(F),
    /// Looks at the function until nothing is left that must happen to it.
    Await(F),
    /// Invokes it and looks at it by turns until nothing is left that must happen to it.
    Watch(F),
    /// Leaves the function alone until everything must have happened.
    Settle(F),
    /// Waits for so many hundredths of what a preparation was measured to take.
    Pause(u16),
    /// Pulls the lever on an image.
    Image(I, Change),
}

/// What becomes of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// The tag is overwritten: it stands for code that is new, ready.
    Publish,
    /// It is ready; if it was missing, it is put back.
    Ready,
    /// Preparations neither complete nor fail.
    Hold,
    /// Preparations fail.
    Fail,
    /// It is gone.
    Remove,
    /// It stands for the code that it first stood for, ready.
    Restore,
}

impl Change {
    /// All changes.
    pub const ALL: [Self; 6] = [Self::Publish, Self::Ready, Self::Hold, Self::Fail, Self::Remove, Self::Restore];

    /// The word in plans.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Ready => "ready",
            Self::Hold => "hold",
            Self::Fail => "fail",
            Self::Remove => "remove",
            Self::Restore => "restore",
        }
    }

    /// The lever that it needs.
    #[must_use]
    pub const fn lever(self) -> Lever {
        match self {
            Self::Publish | Self::Ready | Self::Restore => Lever::Publish,
            Self::Hold => Lever::Hold,
            Self::Fail => Lever::Fail,
            Self::Remove => Lever::Delete,
        }
    }
}

impl Action {
    /// The function it is about.
    #[must_use]
    pub const fn function(&self) -> Option<F> {
        match self {
            Self::Create(f, _)
            | Self::Update(f, _)
            | Self::Get(f)
            | Self::Invoke(f)
            | Self::Delete(f)
            | Self::Idle(f)
            | Self::Await(f)
            | Self::Watch(f)
            | Self::Settle(f) => Some(*f),
            Self::Pause(_) | Self::Image(..) => None,
        }
    }

    /// The image it is about.
    #[must_use]
    pub const fn image(&self) -> Option<I> {
        match self {
            Self::Create(_, i) | Self::Update(_, i) | Self::Image(i, _) => Some(*i),
            _ => None,
        }
    }

    /// The lever that it needs.
    #[must_use]
    pub const fn lever(&self) -> Option<Lever> {
        match self {
            Self::Idle(_) => Some(Lever::Idle),
            Self::Image(_, change) => Some(change.lever()),
            _ => None,
        }
    }
}

/// One step: a single action, or several at once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Step(pub Vec<Action>);

/// What a case does.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Plan {
    /// The steps, one after the other.
    pub steps: Vec<Step>,
}

impl Plan {
    /// All actions.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.steps.iter().flat_map(|step| &step.0)
    }

    /// How many functions it speaks of.
    #[must_use]
    pub fn functions(&self) -> u8 {
        self.actions().filter_map(Action::function).map(|f| f.0 + 1).max().unwrap_or(0)
    }

    /// How many images it speaks of.
    #[must_use]
    pub fn images(&self) -> u8 {
        self.actions().filter_map(Action::image).map(|i| i.0 + 1).max().unwrap_or(0)
    }

    /// Whether these levers are all that it needs.
    #[must_use]
    pub fn can_use(&self, levers: LeverSet) -> bool {
        self.actions().filter_map(Action::lever).all(|lever| levers.contains(lever))
    }

    /// The plan without the steps in that range.
    #[must_use]
    pub fn without(&self, range: std::ops::Range<usize>) -> Self {
        let kept = self.steps.iter().enumerate().filter(|(place, _)| !range.contains(place));
        Self { steps: kept.map(|(_, step)| step.clone()).collect() }
    }
}

/// Why a text is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("step {step}: {reason}")]
pub struct PlanError {
    /// The step, from 1.
    pub step: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for F {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", char::from(b'f' + self.0))
    }
}

impl fmt::Display for I {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", char::from(b'A' + self.0))
    }
}

impl fmt::Display for Action {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create(f, i) => write!(out, "create {f} {i}"),
            Self::Update(f, i) => write!(out, "update {f} {i}"),
            Self::Get(f) => write!(out, "get {f}"),
            Self::Invoke(f) => write!(out, "invoke {f}"),
            Self::Delete(f) => write!(out, "delete {f}"),
            Self::Idle(f) => write!(out, "idle {f}"),
            Self::Await(f) => write!(out, "await {f}"),
            Self::Watch(f) => write!(out, "watch {f}"),
            Self::Settle(f) => write!(out, "settle {f}"),
            Self::Pause(hundredths) => write!(out, "pause {hundredths}"),
            Self::Image(i, change) => write!(out, "{} {i}", change.as_str()),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let actions: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        out.write_str(&actions.join(" | "))
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: Vec<String> = self.steps.iter().map(ToString::to_string).collect();
        out.write_str(&steps.join("\n"))
    }
}

impl FromStr for Plan {
    type Err = PlanError;

    fn from_str(text: &str) -> Result<Self, PlanError> {
        let lines = text.split(['\n', ';']).map(str::trim).filter(|line| !line.is_empty());
        let step = |(place, line): (usize, &str)| {
            let actions =
                line.split('|').map(|words| action(words).map_err(|reason| PlanError { step: place + 1, reason }));
            Ok(Step(actions.collect::<Result<_, _>>()?))
        };
        Ok(Self { steps: lines.enumerate().map(step).collect::<Result<_, _>>()? })
    }
}

fn action(text: &str) -> Result<Action, String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let Some((verb, names)) = words.split_first() else { return Err("an action is missing".to_owned()) };
    let wants = |count: usize| {
        if names.len() == count { Ok(()) } else { Err(format!("`{}` takes {count} name(s)", text.trim())) }
    };
    if let Some(change) = Change::ALL.into_iter().find(|change| change.as_str() == *verb) {
        wants(1)?;
        return Ok(Action::Image(image(names[0])?, change));
    }
    match *verb {
        "create" | "update" => {
            wants(2)?;
            let (f, i) = (function(names[0])?, image(names[1])?);
            Ok(if *verb == "create" { Action::Create(f, i) } else { Action::Update(f, i) })
        }
        "pause" => {
            wants(1)?;
            names[0].parse().map(Action::Pause).map_err(|_| format!("`{}` is no number of hundredths", names[0]))
        }
        _ => {
            let make = match *verb {
                "get" => Action::Get,
                "invoke" => Action::Invoke,
                "delete" => Action::Delete,
                "idle" => Action::Idle,
                "await" => Action::Await,
                "watch" => Action::Watch,
                "settle" => Action::Settle,
                _ => return Err(format!("`{verb}` is no action")),
            };
            wants(1)?;
            Ok(make(function(names[0])?))
        }
    }
}

fn letter(word: &str, from: u8, upto: u8) -> Option<u8> {
    match word.as_bytes() {
        [byte] if (from..=upto).contains(byte) => Some(byte - from),
        _ => None,
    }
}

fn function(word: &str) -> Result<F, String> {
    letter(word, b'f', b'o').map(F).ok_or_else(|| format!("`{word}` is no function: use f to o"))
}

fn image(word: &str) -> Result<I, String> {
    letter(word, b'A', b'J').map(I).ok_or_else(|| format!("`{word}` is no image: use A to J"))
}

/// A list of its steps.
impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.steps.iter().map(Step::to_string))
    }
}

impl<'de> Deserialize<'de> for Plan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::<String>::deserialize(deserializer)?.join("\n").parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_written_and_read() {
        let text = "hold B\ncreate f A\nawait f\nupdate f B\ninvoke f | get f | publish A\npause 50\nidle g\nsettle g";
        let plan: Plan = text.parse().unwrap();
        assert_eq!(plan.to_string(), text);
        assert_eq!((plan.functions(), plan.images(), plan.steps.len()), (2, 2, 8));
        assert!(!plan.can_use(LeverSet::NONE) && plan.can_use(LeverSet::ALL));
        assert_eq!(plan.without(0..7).to_string(), "settle g");
    }

    #[test]
    fn what_is_no_plan_says_where_and_why() {
        let error = |text: &str| text.parse::<Plan>().unwrap_err().to_string();
        assert_eq!(error("get f\npoke f"), "step 2: `poke` is no action");
        assert_eq!(error("create f"), "step 1: `create f` takes 2 name(s)");
        assert_eq!(error("create A f"), "step 1: `A` is no function: use f to o");
        assert_eq!(error("pause long"), "step 1: `long` is no number of hundredths");
    }
}
