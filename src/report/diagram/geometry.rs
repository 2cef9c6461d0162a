//! Boxes, and lines between them: so much geometry as it takes to put words where nothing else stands.

use super::layout::{ARROWS, Anchor, HALF_HEIGHT, NODES, Node};
use crate::oracle::observed::Place;

/// A point.
pub(super) type Point = (f64, f64);

/// The pixels from one line of words to the next.
pub(super) const LINE: i32 = 16;
/// What a letter takes at the most, all told.
const LETTER: f64 = 6.6;

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Area {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Area {
    /// What lines of words cover, the first of them standing on this point.
    pub(super) fn of_words((x, y): Point, anchor: Anchor, lines: &[String]) -> Self {
        let letters = lines.iter().map(|line| line.chars().count()).max().unwrap_or_default();
        let width = f64::from(u32::try_from(letters).unwrap_or(u32::MAX)) * LETTER;
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        let more = i32::try_from(lines.len()).unwrap_or(1) - 1;
        Self { left, top: y - 11.0, right: left + width, bottom: y + 3.0 + f64::from(LINE * more) }
    }

    pub(super) fn of_node(node: &Node) -> Self {
        let ((x, y), half) = (node.at, node.half_width);
        Self {
            left: f64::from(x - half),
            top: f64::from(y - HALF_HEIGHT),
            right: f64::from(x + half),
            bottom: f64::from(y + HALF_HEIGHT),
        }
    }

    pub(super) fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    fn contains(&self, (x, y): Point) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    fn centre(&self) -> Point {
        ((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }

    /// Where the line from the centre towards a point leaves the rectangle.
    fn border_towards(&self, (x, y): Point) -> Point {
        let (from_x, from_y) = self.centre();
        let (along, down) = (x - from_x, y - from_y);
        let reach = |half: f64, way: f64| if way.abs() < 1e-9 { f64::INFINITY } else { half / way.abs() };
        let part = reach(self.right - from_x, along).min(reach(self.bottom - from_y, down));
        (from_x + along * part, from_y + down * part)
    }
}

/// The node of a place.
pub(super) fn node(place: Place) -> Option<&'static Node> {
    NODES.iter().find(|node| node.place == place)
}

/// A bent line between two places.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bend {
    start: Point,
    control: Point,
    end: Point,
}

impl Bend {
    /// A line bent by so many pixels to its left.
    fn between(from: &Area, to: &Area, by: f64) -> Self {
        let ((ax, ay), (bx, by_)) = (from.centre(), to.centre());
        let length = (bx - ax).hypot(by_ - ay).max(1.0);
        let control = ((ax + bx) / 2.0 + (by_ - ay) / length * by, (ay + by_) / 2.0 - (bx - ax) / length * by);
        Self { start: from.border_towards(control), control, end: to.border_towards(control) }
    }

    fn at(&self, part: f64) -> Point {
        let mix = |a: f64, b: f64, c: f64| {
            let rest = 1.0 - part;
            rest * rest * a + 2.0 * rest * part * b + part * part * c
        };
        (mix(self.start.0, self.control.0, self.end.0), mix(self.start.1, self.control.1, self.end.1))
    }

    /// The line as an SVG path.
    pub(super) fn path(&self) -> String {
        let Self { start, control, end } = self;
        format!("M{:.0} {:.0}Q{:.0} {:.0} {:.0} {:.0}", start.0, start.1, control.0, control.1, end.0, end.1)
    }

    fn crosses(&self, area: &Area) -> bool {
        (0..=20).any(|part| area.contains(self.at(f64::from(part) / 20.0)))
    }
}

/// All that stands in the diagram already.
pub(super) struct Taken(Vec<Area>);

impl Taken {
    /// The places, and what is written beside the arrows.
    pub(super) fn by(words: impl Fn(usize) -> Vec<String>) -> Self {
        let nodes = NODES.iter().map(Area::of_node);
        let labels = ARROWS.iter().enumerate().map(|(place, arrow)| {
            let at = (f64::from(arrow.at.0), f64::from(arrow.at.1));
            Area::of_words(at, arrow.anchor, &words(place))
        });
        Self(nodes.chain(labels).collect())
    }

    fn is_free(&self, area: &Area) -> bool {
        !self.0.iter().any(|taken| taken.overlaps(area))
    }

    /// A line from one place to another that crosses as little as can be, and a spot on it where nothing stands.
    pub(super) fn line(&mut self, from: &Node, to: &Node, lines: &[String]) -> (Bend, Point) {
        let (a, b) = (Area::of_node(from), Area::of_node(to));
        let crossed = |bend: &Bend| {
            let others = self.0.iter().filter(|area| **area != a && **area != b);
            others.filter(|area| bend.crosses(area)).count()
        };
        let mut bends = [50.0, -50.0, 100.0, -100.0, 170.0, -170.0, 250.0, -250.0].map(|by| Bend::between(&a, &b, by));
        bends.sort_by_key(crossed);
        let parts = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];
        let spots = bends.iter().flat_map(|bend| parts.map(|part| (*bend, bend.at(part))));
        let free = spots.clone().find(|(_, at)| self.is_free(&Area::of_words(*at, Anchor::Middle, lines)));
        let chosen = free.unwrap_or((bends[0], bends[0].at(0.5)));
        self.0.push(Area::of_words(chosen.1, Anchor::Middle, lines));
        chosen
    }

    /// A spot near a place where nothing stands.
    pub(super) fn beside(&mut self, node: &Node, lines: &[String]) -> Point {
        let area = Area::of_node(node);
        let (x, _) = area.centre();
        let sides = [0.0, -90.0, 90.0, -160.0, 160.0];
        let rows = [area.bottom + 18.0, area.top - 26.0, area.bottom + 40.0, area.top - 60.0, area.bottom + 90.0];
        let spots = rows.into_iter().flat_map(|y| sides.map(|aside| (x + aside, y)));
        let free = spots.clone().find(|at| self.is_free(&Area::of_words(*at, Anchor::Middle, lines)));
        let at = free.unwrap_or((x, area.bottom + 18.0));
        self.0.push(Area::of_words(at, Anchor::Middle, lines));
        at
    }
}
