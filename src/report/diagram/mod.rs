//! The observed state diagram as SVG: which documented steps were seen and how often, which never were, and what was
//! claimed that is not documented.
//!
//! ```text
//! counts (oracle::observed) ──► spots ──► a layout fixed by hand ──► text
//! ```
//!
//! Equal counts give equal text. It needs no script, no font and nothing from elsewhere, follows the reader's choice of
//! light or dark, and says in its title and description what it shows. It must not know histories.

mod geometry;
mod layout;
mod spot;
mod style;

use crate::oracle::observed::{Claim, Observed, Place};
use geometry::{Area, LINE, Point, Taken};
use layout::{ARROWS, Anchor, Arrow, Counter, HALF_HEIGHT, HEIGHT, NODES, Node, WIDTH};
use spot::{BELOW, Spot};
use std::collections::BTreeMap;
use std::fmt::Write;

/// How often each spot was seen.
type Counts = BTreeMap<Spot, u64>;

/// The diagram of what was observed.
#[must_use]
pub fn render(observed: &Observed) -> String {
    let counts = spot::counts(observed);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-labelledby=\"title description\">\n\
         <title id=\"title\">{TITLE}</title>\n<desc id=\"description\">{}</desc>\n{}",
        escaped(&summary(observed, &counts)),
        style::HEAD,
    );
    heading(&mut svg, observed);
    for (place, one) in ARROWS.iter().enumerate() {
        arrow(&mut svg, one, &strand_counts(&counts, place));
    }
    for one in &NODES {
        node(&mut svg, one, &counts, observed);
    }
    claims(&mut svg, observed, &counts);
    below(&mut svg, &counts);
    svg.push_str("</svg>\n");
    svg
}

const TITLE: &str = "Observed states and steps";

fn push(svg: &mut String, text: std::fmt::Arguments<'_>) {
    // A string takes whatever is written into it.
    let _ = svg.write_fmt(text);
    svg.push('\n');
}

fn count(counts: &Counts, spot: Spot) -> u64 {
    counts.get(&spot).copied().unwrap_or_default()
}

fn strand_counts(counts: &Counts, place: usize) -> Vec<u64> {
    (0..ARROWS[place].strands.len()).map(|strand| count(counts, Spot::Arrow(place, strand))).collect()
}

fn strand_words(arrow: &Arrow, counts: &[u64]) -> Vec<String> {
    arrow.strands.iter().zip(counts).map(|(strand, count)| format!("{} {}", strand.words, brief(*count))).collect()
}

/// A count with four digits at the most; the description has all of them.
fn brief(count: u64) -> String {
    match count {
        0..10_000 => count.to_string(),
        10_000..10_000_000 => format!("{}k", count / 1_000),
        _ => format!("{}M", count / 1_000_000),
    }
}

/// What the diagram shows, in sentences, for those who cannot see it.
fn summary(observed: &Observed, counts: &Counts) -> String {
    let mut text = format!("{}.", extent(observed));
    for (place, arrow) in ARROWS.iter().enumerate() {
        for (strand, count) in arrow.strands.iter().zip(strand_counts(counts, place)).filter(|(_, count)| *count > 0) {
            let (from, to) = (name(arrow.from), name(arrow.to));
            let _ = write!(text, " {from} to {to}: {} {count}.", strand.words);
        }
    }
    for (claim, count) in &observed.claims {
        let Claim { from, to, what, requirement } = claim;
        let (from, to) = (name(*from), name(*to));
        let _ = write!(text, " Not documented: {from} to {to}, {what} {count}; breaks {requirement}.");
    }
    text
}

/// How much there was.
fn extent(observed: &Observed) -> String {
    let Observed { functions, given_up, cut, .. } = observed;
    let mut text = format!("{functions} {}", if *functions == 1 { "function" } else { "functions" });
    if *given_up > 0 {
        let _ = write!(text, ", {given_up} not counted: too much happened at once");
    }
    if *cut > 0 {
        let _ = write!(text, ", the latest operations only of {cut}");
    }
    text
}

fn name(place: Place) -> &'static str {
    geometry::node(place).map_or("", |node| node.name)
}

fn heading(svg: &mut String, observed: &Observed) {
    push(svg, format_args!("<text class=\"heading\" x=\"20\" y=\"36\">{TITLE}</text>"));
    push(svg, format_args!("<text class=\"quiet\" x=\"20\" y=\"58\">{}</text>", escaped(&extent(observed))));
}

/// The class of what was seen so often.
const fn class(count: u64) -> &'static str {
    if count > 0 { "seen" } else { "unseen" }
}

fn arrow(svg: &mut String, arrow: &Arrow, counts: &[u64]) {
    let total: u64 = counts.iter().sum();
    let class = class(total);
    push(svg, format_args!("<g class=\"{class}\">"));
    let (from, to) = (name(arrow.from), name(arrow.to));
    push(svg, format_args!("<title>{from} to {to}: {}</title>", strand_words(arrow, counts).join(", ")));
    // What happened ten times as often is drawn a little stronger.
    let width = 12 + 5 * total.checked_ilog10().unwrap_or_default();
    let width = format!("{}.{}", width / 10, width % 10);
    let path = arrow.path;
    push(svg, format_args!("<path d=\"{path}\" stroke-width=\"{width}\" marker-end=\"url(#{class})\"/>"));
    for (line, (words, count)) in (0..).zip(strand_words(arrow, counts).iter().zip(counts)) {
        let at = (f64::from(arrow.at.0), f64::from(arrow.at.1 + LINE * line));
        label(svg, self::class(*count), at, arrow.anchor, words);
    }
    svg.push_str("</g>\n");
}

/// Words beside a line, on a ground of their own, for lines may pass behind them.
fn label(svg: &mut String, class: &str, at: Point, anchor: Anchor, words: &str) {
    let Area { left, top, right, bottom } = Area::of_words(at, anchor, &[words.to_owned()]);
    let (width, height) = (right - left, bottom - top);
    push(
        svg,
        format_args!(
            "<rect class=\"back\" x=\"{left:.0}\" y=\"{top:.0}\" width=\"{width:.0}\" height=\"{height:.0}\"/>"
        ),
    );
    text(svg, class, at, anchor, words);
}

fn text(svg: &mut String, class: &str, (x, y): Point, anchor: Anchor, words: &str) {
    let anchor = match anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let words = escaped(words);
    push(
        svg,
        format_args!("<text class=\"{class}\" x=\"{x:.0}\" y=\"{y:.0}\" text-anchor=\"{anchor}\">{words}</text>"),
    );
}

fn node(svg: &mut String, node: &Node, counts: &Counts, observed: &Observed) {
    let counter = |counter: &Counter| count(counts, Spot::Counter(node.place, *counter));
    let total: u64 = node.counters.iter().flat_map(|line| line.iter()).map(counter).sum();
    // Where every life begins was there even if nothing came back to it.
    let begins = if node.place == Place::Absent { observed.functions } else { 0 };
    let (x, y) = node.at;
    let (left, top) = (x - node.half_width, y - HALF_HEIGHT);
    let (width, height) = (2 * node.half_width, 2 * HALF_HEIGHT);
    push(svg, format_args!("<g class=\"place {}\">", class(total + begins)));
    push(svg, format_args!("<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"14\"/>"));
    let first = y - if node.counters.len() == 3 { 22 } else { 14 };
    text(svg, "name", (f64::from(x), f64::from(first)), Anchor::Middle, node.name);
    for (line, counters) in (1..).zip(node.counters) {
        let columns: &[i32] = if counters.len() == 2 { &[-COLUMN, COLUMN] } else { &[0] };
        for (one, aside) in counters.iter().zip(columns) {
            let at = (f64::from(x + aside), f64::from(first + 4 + (LINE + 1) * line));
            let count = counter(one);
            text(svg, class(count), at, Anchor::Middle, &format!("{} {}", one.as_str(), brief(count)));
        }
    }
    svg.push_str("</g>\n");
}

/// How far the counters of a line stand from the middle of a place.
const COLUMN: i32 = 46;

/// What nothing explains, in red, each pair of places with one line.
fn claims(svg: &mut String, observed: &Observed, counts: &Counts) {
    let mut taken = Taken::by(|place| strand_words(&ARROWS[place], &strand_counts(counts, place)));
    let mut lines: BTreeMap<(Place, Place), Vec<String>> = BTreeMap::new();
    for (Claim { from, to, what, requirement }, count) in &observed.claims {
        let words = lines.entry((*from, *to)).or_default();
        words.extend([format!("{} {}", short(what), brief(*count)), (*requirement).to_owned()]);
    }
    for ((from, to), words) in lines {
        let (Some(a), Some(b)) = (geometry::node(from), geometry::node(to)) else { continue };
        push(svg, format_args!("<g class=\"wrong\">"));
        let title = words.join(", ");
        push(svg, format_args!("<title>{} to {}, not documented: {}</title>", a.name, b.name, escaped(&title)));
        let at: Point = if from == to {
            let ((x, y), width) = (a.at, a.half_width);
            let (left, top) = (x - width - 4, y - HALF_HEIGHT - 4);
            let (width, height) = (2 * width + 8, 2 * HALF_HEIGHT + 8);
            push(
                svg,
                format_args!(
                    "<rect class=\"ring\" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"18\"/>"
                ),
            );
            taken.beside(a, &words)
        } else {
            let (bend, at) = taken.line(a, b, &words);
            push(svg, format_args!("<path d=\"{}\" stroke-width=\"2\" marker-end=\"url(#wrong)\"/>", bend.path()));
            at
        };
        for (line, words) in (0..).zip(&words) {
            label(svg, "claim", (at.0, at.1 + f64::from(LINE * line)), Anchor::Middle, words);
        }
        svg.push_str("</g>\n");
    }
}

/// At most so many letters of a claim are shown.
const SHORT: usize = 28;

fn short(words: &str) -> String {
    if words.chars().count() <= SHORT {
        return words.to_owned();
    }
    words.chars().take(SHORT - 1).chain(['…']).collect()
}

/// What was done to the functions, and how to read the lines.
fn below(svg: &mut String, counts: &Counts) {
    let y = f64::from(HEIGHT - 46);
    text(svg, "", (20.0, y), Anchor::Start, "Done to them:");
    let mut x = 112.0;
    for (place, words) in BELOW.iter().enumerate() {
        let count = count(counts, Spot::Below(place));
        let words = format!("{words} {}", brief(count));
        text(svg, class(count), (x, y), Anchor::Start, &words);
        x = Area::of_words((x, y), Anchor::Start, &[words]).right + 22.0;
    }
    svg.push_str(style::LEGEND);
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter if letter.is_control() => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
