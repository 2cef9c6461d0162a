//! `fnconform explain`: what is known of one requirement.

use super::console;
use super::error::{CliError, Exit};
use super::list;
use super::nearest;
use crate::emulator::fault;
use crate::report::wrap::{WIDTH, wrap};
use crate::requirement::{Requirement, SECTIONS, all, by_name, reading};
use clap::Args;
use std::fmt::Write as _;

/// Explain a requirement
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The requirement's name, as `fnconform list` shows it
    #[arg(value_name = "NAME")]
    name: String,
}

pub(super) fn run(args: &Explain) -> Result<Exit, CliError> {
    let Some(requirement) = by_name(&args.name) else {
        let known: Vec<&'static str> = all().map(|requirement| requirement.name).collect();
        return Err(nearest::unknown("requirement", &args.name, &known, "list"));
    };
    console::print(&explained(requirement))?;
    Ok(Exit::Conformant)
}

fn explained(requirement: &Requirement) -> String {
    let mut out = format!("{}\n", requirement.name);
    out.push_str(&wrap(&format!("{}.", requirement.title()), "  ", WIDTH));
    out.push('\n');
    if let Some(section) = SECTIONS.iter().find(|section| section.name == requirement.section()) {
        let _ = writeln!(out, "  section  {}", section.heading());
    }
    if let Some(quote) = requirement.quote() {
        let place = requirement.rule().place.as_deref().map(|place| format!(" ({place})")).unwrap_or_default();
        let _ = writeln!(out, "  quote    “{quote}”{place}");
    }
    let _ = writeln!(out, "  level    {}", requirement.level.as_str());
    let _ = writeln!(out, "  levers   {}", list::needs(requirement.needs()));
    if !requirement.note().is_empty() {
        out.push('\n');
        out.push_str(&wrap(requirement.note(), "  ", WIDTH));
    }
    let readings = requirement.rule().readings.iter().filter_map(|name| reading::by_name(name));
    for (place, reading) in readings.enumerate() {
        if place == 0 {
            out.push_str("\n  Where the page allows several things (each is accepted):\n");
        }
        let text = format!("{:<3} {} {}", reading.name, reading.point, reading.readings.join("; or "));
        out.push_str(&wrap(&text, "    ", WIDTH));
    }
    let _ = writeln!(
        out,
        "\n  Scenarios (features/{}.feature; `fnconform run --run '@{}'`):",
        requirement.section(),
        requirement.name
    );
    for scenario in &requirement.rule().scenarios {
        let _ = writeln!(out, "    {scenario}");
    }
    let mut faults = fault::FAULTS.iter().filter(|fault| fault.breaks().contains(&requirement.name)).peekable();
    if faults.peek().is_some() {
        out.push_str("\n  Faults of the emulator that may be blamed on it (`fnconform serve --fault NAME`):\n");
        for fault in faults {
            let _ = writeln!(out, "    {}: {}", fault.name(), fault.summary());
        }
    }
    out
}
