use super::geometry::Area;
use super::*;
use crate::history::{Condition, IdleRule};
use crate::model::Model;
use crate::model::label::{Invoked, Label, Outcome, Seen, SeenStatus};
use crate::model::step;
use crate::model::world::{Digest, Image, State, Status, Tag, World};
use crate::oracle::observed::Flow;
use crate::report::samples;
use crate::requirement;
use std::collections::{BTreeSet, HashSet, VecDeque};

/// Levers and operations over two images, of which one has two digests.
fn labels() -> Vec<Label> {
    let mut labels = vec![Label::Idle, Label::Settle, Label::Get(None), Label::Invoke(Invoked::Refused)];
    labels.extend([Outcome::Accepted, Outcome::Refused].map(Label::Delete));
    for image in [Image(0), Image(1)] {
        for condition in [Condition::Ready, Condition::Held, Condition::Failing] {
            labels.push(Label::Image(image, Tag::new(Some(Digest(image.0)), condition)));
        }
        for answer in [Outcome::Accepted, Outcome::Refused] {
            labels.extend([Label::Create(image, answer), Label::Update(image, answer)]);
        }
    }
    labels.push(Label::Image(Image(0), Tag::new(Some(Digest(2)), Condition::Ready)));
    labels.push(Label::Image(Image(0), Tag::MISSING));
    labels.extend([0, 1, 2].map(|digest| Label::Invoke(Invoked::Served(Some(Digest(digest))))));
    for state in State::ALL {
        for status in [Status::None, Status::InProgress].map(SeenStatus::Known) {
            labels.push(Label::Get(Some(Seen { state: Some(state), status, digest: None })));
        }
    }
    labels
}

/// Every step that can be taken within `depth` labels of nothing, with where it leads.
fn flows(depth: usize) -> BTreeSet<Flow> {
    let model = Model { idle: IdleRule::May, ..Model::default() };
    let mut found = BTreeSet::new();
    let mut seen = HashSet::from([World::EMPTY]);
    let mut queue = VecDeque::from([(World::EMPTY, 0)]);
    while let Some((world, at)) = queue.pop_front() {
        let mut hidden = Vec::new();
        step::hidden(model, &world, &mut hidden);
        let mut next: Vec<_> = hidden.into_iter().map(|(step, after)| (Some(step), after, at)).collect();
        for label in labels().into_iter().filter(|_| at < depth) {
            let mut after = Vec::new();
            step::visible(model, &world, &label, &mut after);
            next.extend(after.into_iter().map(|(step, after)| (step, after, at + 1)));
        }
        for (step, after, at) in next {
            if let Some(step) = step {
                found.insert(Flow { from: Place::of(&world), step, to: Place::of(&after) });
            }
            if seen.insert(after.clone()) {
                queue.push_back((after, at));
            }
        }
    }
    found
}

#[test]
fn every_step_of_the_automaton_has_a_spot_and_no_arrow_is_for_nothing() {
    let flows = flows(5);
    let without: Vec<_> =
        flows.iter().filter(|flow| spot::spot(flow).is_none()).map(|f| format!("{f:?}: {}", f.step)).collect();
    assert!(without.is_empty(), "{}", without.join("\n"));
    let used: BTreeSet<Spot> = flows.iter().filter_map(spot::spot).collect();
    for (place, arrow) in ARROWS.iter().enumerate() {
        for (strand, one) in arrow.strands.iter().enumerate() {
            let spot = Spot::Arrow(place, strand);
            assert!(used.contains(&spot), "{:?} to {:?}: {}", arrow.from, arrow.to, one.words);
        }
    }
    for node in &NODES {
        for counter in node.counters.iter().flat_map(|line| line.iter()).filter(|one| **one != Counter::Entered) {
            assert!(used.contains(&Spot::Counter(node.place, *counter)), "{} {counter:?}", node.name);
        }
    }
    let shown = |spot: &Spot| match spot {
        Spot::Counter(place, counter) => {
            geometry::node(*place).unwrap().counters.iter().any(|line| line.contains(counter))
        }
        _ => true,
    };
    assert!(used.iter().all(shown), "a count that is nowhere shown");
}

fn observed(count: u64) -> Observed {
    Observed {
        functions: count,
        flows: flows(4).into_iter().map(|flow| (flow, count)).collect(),
        ..Observed::default()
    }
}

#[test]
fn no_words_overlap_others_or_a_place() {
    let counts = spot::counts(&observed(999));
    let mut areas: Vec<(String, Area)> = NODES.iter().map(|node| (node.name.to_owned(), Area::of_node(node))).collect();
    for (place, arrow) in ARROWS.iter().enumerate() {
        let words: Vec<String> =
            arrow.strands.iter().map(|strand| format!("{} {}", strand.words, 9999 + place)).collect();
        let at = (f64::from(arrow.at.0), f64::from(arrow.at.1));
        areas.push((words.join(", "), Area::of_words(at, arrow.anchor, &words)));
    }
    assert!(!counts.is_empty());
    for (place, (words, area)) in areas.iter().enumerate() {
        let inside = area.left >= 0.0 && area.right <= f64::from(WIDTH);
        assert!(inside, "{words} is outside: {area:?}");
        for (others, other) in &areas[..place] {
            assert!(!area.overlaps(other), "{words}\noverlaps {others}\n{area:?} {other:?}");
        }
    }
}

fn claim(from: Place, to: Place) -> Claim {
    Claim { from, to, what: format!("shown {}", name(to)), requirement: requirement::states::ONLY_DOCUMENTED.name }
}

#[test]
fn wherever_a_claim_is_made_its_words_stand_alone() {
    for from in Place::ALL {
        for to in Place::ALL {
            let claims = BTreeMap::from([(claim(from, to), 12)]);
            let svg = render(&Observed { claims, ..observed(12) });
            let red: Vec<&str> = svg.lines().skip_while(|line| *line != "<g class=\"wrong\">").collect();
            let number = |line: &str, name: &str| -> f64 {
                let rest = line.split(&format!(" {name}=\"")).nth(1).unwrap();
                rest.split('"').next().unwrap().parse().unwrap()
            };
            let line = red.iter().find(|line| line.starts_with("<text ")).unwrap();
            let at = (number(line, "x"), number(line, "y"));
            let words = [format!("shown {} 12", name(to)), claim(from, to).requirement.to_owned()];
            let area = Area::of_words(at, Anchor::Middle, &words);
            let counts = spot::counts(&observed(12));
            let mut others: Vec<Area> = NODES.iter().map(Area::of_node).collect();
            others.extend(ARROWS.iter().enumerate().map(|(place, arrow)| {
                let at = (f64::from(arrow.at.0), f64::from(arrow.at.1));
                Area::of_words(at, arrow.anchor, &strand_words(arrow, &strand_counts(&counts, place)))
            }));
            assert!(others.iter().all(|other| !other.overlaps(&area)), "{from:?} to {to:?}: {area:?}");
            assert!(area.left >= 0.0 && area.right <= f64::from(WIDTH), "{from:?} to {to:?}: {area:?}");
        }
    }
}

#[test]
fn words_from_elsewhere_do_no_harm() {
    let what = "shown “<script>&\u{7}”".to_owned();
    let claims = BTreeMap::from([(Claim { what, ..claim(Place::Active, Place::Active) }, 1)]);
    let svg = render(&Observed { claims, ..Observed::default() });
    assert!(svg.contains("shown “&lt;script&gt;&amp;\u{fffd}” 1") && !svg.contains("<script"));
}

#[test]
fn a_small_one() {
    let history = r#"{"op":"image","image":"a","code":"A","condition":"ready","start":0,"end":1}
{"op":"create","function":"f","image":"a","start":2,"end":3,"ok":true}
{"op":"get","function":"f","start":10,"end":11,"ok":true,"state":"Active","lastUpdateStatus":null,"digest":"A"}
{"op":"invoke","function":"f","start":12,"end":13,"ok":true,"served":"A"}
{"op":"get","function":"f","start":20,"end":21,"ok":true,"state":"Failed","lastUpdateStatus":null}"#;
    let history = crate::history::read::history(history.as_bytes()).unwrap();
    let (_, observed) = crate::oracle::observed::observe(&history).unwrap();
    let svg = render(&observed);
    assert_eq!(svg, render(&observed), "equal counts give equal text");
    let mut settings = samples::settings();
    settings.set_snapshot_path("../../../snapshots");
    settings.bind(|| insta::assert_snapshot!("report__diagram", svg));
}
