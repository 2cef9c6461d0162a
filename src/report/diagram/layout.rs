//! Where everything stands in the diagram: fixed by hand, so that two diagrams can be laid side by side.

use crate::model::hidden::HIDDEN;
use crate::model::step::Step;
use crate::model::visible::Kind;
use crate::oracle::observed::Place;

/// The width of the drawing.
pub(super) const WIDTH: i32 = 1250;
/// The height of the drawing.
pub(super) const HEIGHT: i32 = 890;
/// Half the height of a place.
pub(super) const HALF_HEIGHT: i32 = 48;

/// A place as a box.
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) name: &'static str,
    /// Its centre.
    pub(super) at: (i32, i32),
    pub(super) half_width: i32,
    /// What is counted in it, line by line.
    pub(super) counters: &'static [&'static [Counter]],
}

/// What is counted in a place rather than on an arrow: it leads nowhere else, or out of sight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Counter {
    Entered,
    LookedAt,
    Served,
    Refused,
    Deleted,
}

impl Counter {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::LookedAt => "looked at",
            Self::Served => "served",
            Self::Refused => "refused",
            Self::Deleted => "deleted",
        }
    }
}

use Counter::{Deleted, Entered, LookedAt, Refused, Served};

const NOT_SERVING: &[&[Counter]] = &[&[Entered, LookedAt], &[Refused, Deleted]];
const SERVING: &[&[Counter]] = &[&[Entered, LookedAt], &[Served, Refused], &[Deleted]];

pub(super) static NODES: [Node; 6] = [
    node(Place::Absent, "absent", (95, 380), 75, &[&[Entered], &[LookedAt], &[Refused]]),
    node(Place::Pending, "Pending", (370, 380), 100, NOT_SERVING),
    node(Place::Active, "Active", (770, 380), 100, SERVING),
    node(Place::Updating, "Active, updating", (1120, 380), 100, SERVING),
    node(Place::Failed, "Failed", (570, 610), 100, NOT_SERVING),
    node(Place::Inactive, "Inactive", (570, 150), 100, NOT_SERVING),
];

const fn node(
    place: Place,
    name: &'static str,
    at: (i32, i32),
    half_width: i32,
    counters: &'static [&'static [Counter]],
) -> Node {
    Node { place, name, at, half_width, counters }
}

/// An arrow from one place to another, or around one.
pub(super) struct Arrow {
    pub(super) from: Place,
    pub(super) to: Place,
    /// The line, as an SVG path.
    pub(super) path: &'static str,
    /// Where its words stand, one line below the other.
    pub(super) at: (i32, i32),
    pub(super) anchor: Anchor,
    /// What it stands for; the first that takes a step counts it.
    pub(super) strands: &'static [Strand],
}

/// Which end of the words stands where they are placed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// One of the things that an arrow stands for.
pub(super) struct Strand {
    pub(super) words: &'static str,
    pub(super) takes: fn(Step) -> bool,
}

const fn strand(words: &'static str, takes: fn(Step) -> bool) -> Strand {
    Strand { words, takes }
}

fn any(_: Step) -> bool {
    true
}

fn is_call(step: Step) -> bool {
    matches!(step, Step::Call(..))
}

/// A hidden step whose name says so.
fn is_named(step: Step, words: &str) -> bool {
    matches!(step, Step::Hidden(place) if HIDDEN.get(place).is_some_and(|row| row.name.contains(words)))
}

fn superseded(step: Step) -> bool {
    is_named(step, "superseded")
}

fn update_failed(step: Step) -> bool {
    is_named(step, "an update fails")
}

const fn arrow(
    from: Place,
    to: Place,
    path: &'static str,
    (at, anchor): ((i32, i32), Anchor),
    strands: &'static [Strand],
) -> Arrow {
    Arrow { from, to, path, at, anchor, strands }
}

use Anchor::{End, Middle, Start};
use Place::{Absent, Active, Failed, Inactive, Pending, Updating};

const SUPERSEDED: Strand = strand("superseded one ready (R8)", superseded);

pub(super) static ARROWS: &[Arrow] = &[
    arrow(Absent, Pending, "M170 380H270", ((220, 370), Middle), &[strand("created", any)]),
    arrow(Pending, Active, "M470 380H670", ((546, 370), Middle), &[strand("prepared", any)]),
    arrow(Pending, Pending, "M290 332C265 268 345 268 320 332", ((305, 272), Middle), &[strand("updated", is_call)]),
    arrow(
        Pending,
        Inactive,
        "M385 332C388 260 415 190 468 165",
        ((396, 222), End),
        &[strand("woken, failed again", any)],
    ),
    arrow(Inactive, Pending, "M500 198C470 240 440 280 427 330", ((480, 256), Start), &[strand("woken", any)]),
    arrow(Pending, Failed, "M385 428C390 500 412 575 468 600", ((398, 530), End), &[strand("failed", any)]),
    arrow(
        Failed,
        Pending,
        "M505 562C475 530 445 490 432 430",
        ((474, 500), Start),
        &[strand("shown as Pending (R3)", any)],
    ),
    arrow(
        Active,
        Inactive,
        "M750 332C738 270 712 195 672 165",
        ((738, 244), Start),
        &[strand("by its own rule", |step| step == Step::IdleRule), strand("left idle", any)],
    ),
    arrow(Active, Failed, "M700 428C695 480 682 530 652 561", ((698, 478), Start), &[strand("image lost", any)]),
    arrow(Failed, Active, "M670 600C760 588 812 520 817 430", ((814, 508), Start), &[strand("redeployed, ready", any)]),
    arrow(
        Failed,
        Failed,
        "M545 658C520 720 620 720 595 658",
        ((612, 694), Start),
        &[strand("redeployed", is_call), strand("failed again", any)],
    ),
    arrow(Active, Updating, "M870 352H1018", ((944, 343), Middle), &[strand("updated", any)]),
    arrow(
        Updating,
        Active,
        "M1020 388H872",
        ((946, 405), Middle),
        &[strand("update failed", update_failed), strand("update succeeded", any)],
    ),
    arrow(
        Updating,
        Updating,
        "M1140 332C1115 268 1190 268 1165 332",
        ((1140, 256), Middle),
        &[strand("updated again", is_call), SUPERSEDED],
    ),
    arrow(
        Updating,
        Failed,
        "M1045 428C1015 530 860 592 672 612",
        ((905, 572), Start),
        &[strand("failed as a whole (R1)", update_failed), strand("image lost", any)],
    ),
    arrow(Failed, Updating, "M670 640C920 725 1160 660 1160 430", ((950, 650), End), &[SUPERSEDED]),
    arrow(Pending, Updating, "M282 428C248 880 1200 880 1200 430", ((740, 785), Middle), &[SUPERSEDED]),
    arrow(
        Updating,
        Inactive,
        "M1050 332C1000 200 850 130 672 140",
        ((945, 168), Start),
        &[strand("by its own rule", any)],
    ),
    arrow(
        Inactive,
        Inactive,
        "M545 102C520 40 620 40 595 102",
        ((612, 68), Start),
        &[strand("updated", |step| matches!(step, Step::Call(Kind::UpdateAccepted, _))), strand("invoked", any)],
    ),
    arrow(Inactive, Failed, "M625 198V560", ((617, 306), End), &[strand("image lost (R10)", any)]),
];
