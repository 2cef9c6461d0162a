//! `fnconform list`: the requirements, and the variants of the emulator.

use super::console;
use super::coverage;
use super::error::{CliError, Exit};
use crate::emulator::{Behaviour, fault, legal};
use crate::exposure::{Known, known};
use crate::requirement::{Lever, SECTIONS};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// List the requirements, or the variants of the emulator
#[derive(Debug, Args)]
pub(super) struct List {
    /// List the faults of the emulator, with the requirements that each breaks
    #[arg(long, conflicts_with_all = ["legal", "coverage"])]
    faults: bool,

    /// With `--faults`: the shortest plan that exposes each, and the requirements that are blamed then
    #[arg(long, requires = "faults")]
    shortest: bool,

    /// List the legal oddities of the emulator
    #[arg(long)]
    legal: bool,

    /// List what puts each requirement to the test: scenarios, plans of a run, and the faults that prove it
    #[arg(long, conflicts_with = "legal")]
    coverage: bool,

    /// How to write it
    #[arg(long, value_enum, default_value = "text")]
    format: ListFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    /// For people
    Text,
    /// For programs: an array of objects
    Json,
}

pub(super) fn run(args: &List) -> Result<Exit, CliError> {
    let text = match (args.faults, args.legal, args.format) {
        _ if args.coverage && args.format == ListFormat::Text => coverage::text(),
        _ if args.coverage => lines(coverage::json()),
        (true, _, ListFormat::Text) if args.shortest => shortest(),
        (true, _, ListFormat::Json) if args.shortest => lines(shortest_json()),
        (true, _, ListFormat::Text) => variants(&fault::FAULTS),
        (true, _, ListFormat::Json) => lines(variants_json(&fault::FAULTS)),
        (_, true, ListFormat::Text) => variants(&legal::LEGAL),
        (_, true, ListFormat::Json) => lines(variants_json(&legal::LEGAL)),
        (_, _, ListFormat::Text) => requirements(),
        (_, _, ListFormat::Json) => lines(requirements_json()),
    };
    console::print(&text)?;
    Ok(Exit::Conformant)
}

/// The levers that a requirement needs, in a column.
pub(super) fn needs(levers: &[Lever]) -> String {
    if levers.is_empty() {
        return "-".to_owned();
    }
    levers.iter().map(|lever| lever.as_str()).collect::<Vec<_>>().join(", ")
}

fn requirements() -> String {
    let all = || SECTIONS.iter().flat_map(|section| section.requirements);
    let name_width = widest(all().map(|requirement| requirement.name));
    let needs_width = all().map(|requirement| needs(requirement.needs()).len()).max().unwrap_or(0);
    let mut out = String::new();
    for section in SECTIONS {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(out, "{}", section.heading());
        for requirement in section.requirements {
            let (name, level, title) = (requirement.name, requirement.level.as_str(), requirement.title());
            let needs = needs(requirement.needs());
            let _ = writeln!(out, "  {name:name_width$}  {level:7}  {needs:needs_width$}  {title}");
        }
    }
    out
}

fn variants(all: &[&dyn Behaviour]) -> String {
    let width = widest(all.iter().map(|one| one.name()));
    let mut out = String::new();
    for one in all {
        let _ = writeln!(out, "{:width$}  {}", one.name(), one.summary());
        if !one.breaks().is_empty() {
            let _ = writeln!(out, "{:width$}  breaks {}", "", one.breaks().join(", "));
        }
    }
    out
}

/// The faults with the plans, and in the last line how many of these are known to be as short as can be.
fn shortest() -> String {
    let faults: Vec<_> = fault::FAULTS.iter().map(|fault| (fault, known(fault.name()))).collect();
    let width = widest(faults.iter().map(|(fault, _)| fault.name()));
    let mut out = String::new();
    for (fault, known) in &faults {
        let Some(known) = known else {
            let _ = writeln!(out, "{:width$}  no plan is known", fault.name());
            continue;
        };
        let (length, least) = (known.length(), known.least);
        let bound = if known.is_minimal() { String::new() } else { format!(" (no fewer than {least} can)") };
        let _ = writeln!(out, "{:width$}  {}", fault.name(), known.line());
        let actions = if length == 1 { "action" } else { "actions" };
        let _ = writeln!(out, "{:width$}  {length} {actions}{bound}: {}", "", known.blamed.join(", "));
    }
    let minimal = faults.iter().filter(|(_, known)| known.is_some_and(Known::is_minimal)).count();
    let _ = writeln!(out, "as short as can be: {minimal} of {}", faults.len());
    out
}

fn shortest_json() -> Value {
    let json = |fault: &&dyn Behaviour| {
        let known = known(fault.name());
        json!({
            "name": fault.name(),
            "summary": fault.summary(),
            "breaks": fault.breaks(),
            "shortest": known.map(|known| json!({
                "plan": known.plan.steps.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "actions": known.length(),
                "at_least": known.least,
                "minimal": known.is_minimal(),
                "blamed": known.blamed,
            })),
        })
    };
    fault::FAULTS.iter().map(json).collect()
}

fn requirements_json() -> Value {
    let all = SECTIONS.iter().flat_map(|section| section.requirements.iter().map(move |one| (section, one)));
    all.map(|(section, requirement)| {
        json!({
            "name": requirement.name,
            "section": section.name,
            "heading": section.heading(),
            "title": requirement.title(),
            "quote": requirement.quote(),
            "place": requirement.rule().place,
            "level": requirement.level.as_str(),
            "needs": requirement.needs().iter().map(|lever| lever.as_str()).collect::<Vec<_>>(),
            "note": requirement.note(),
            "readings": requirement.readings().iter().map(|reading| reading.name).collect::<Vec<_>>(),
            "scenarios": requirement.rule().scenarios,
        })
    })
    .collect()
}

fn variants_json(all: &[&dyn Behaviour]) -> Value {
    all.iter().map(|one| json!({ "name": one.name(), "summary": one.summary(), "breaks": one.breaks() })).collect()
}

fn lines(value: Value) -> String {
    format!("{value:#}\n")
}

fn widest<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    names.map(str::len).max().unwrap_or(0)
}
