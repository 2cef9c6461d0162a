//! `fnconform explain`: what is known of one requirement.

use super::console;
use super::error::{CliError, Exit};
use super::list;
use super::nearest;
use crate::emulator::fault;
use crate::report::wrap::{WIDTH, wrap};
use crate::requirement::{Requirement, SECTIONS, all, by_name};
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
    facts(&mut out, requirement);
    if !requirement.note().is_empty() {
        out.push('\n');
        out.push_str(&wrap(requirement.note(), "  ", WIDTH));
    }
    readings(&mut out, requirement);
    scenarios(&mut out, requirement);
    faults(&mut out, requirement);
    out
}

fn facts(out: &mut String, requirement: &Requirement) {
    let rule = requirement.rule();
    if let Some(section) = SECTIONS.iter().find(|section| section.name == requirement.section()) {
        let _ = writeln!(out, "  section  {}", section.heading());
    }
    if let Some(quote) = &rule.quote {
        let _ = writeln!(out, "  quote    “{quote}”");
    }
    if let Some(place) = &rule.place {
        let _ = writeln!(out, "  place    {place}");
    }
    let _ = writeln!(out, "  level    {}", requirement.level.as_str());
    let _ = writeln!(out, "  levers   {}", list::needs(requirement.needs()));
}

fn readings(out: &mut String, requirement: &Requirement) {
    for reading in requirement.readings() {
        let _ = writeln!(out, "\n  Left open ({}): {}", reading.name, reading.point);
        for one in reading.readings {
            let _ = writeln!(out, "    - {one}");
        }
    }
}

fn scenarios(out: &mut String, requirement: &Requirement) {
    let scenarios = &requirement.rule().scenarios;
    if !scenarios.is_empty() {
        let (section, name) = (requirement.section(), requirement.name);
        let _ = writeln!(out, "\n  Scenarios (features/{section}.feature; `fnconform run --run '@{name}'`):");
        for name in scenarios {
            let _ = writeln!(out, "    {name}");
        }
    }
}

fn faults(out: &mut String, requirement: &Requirement) {
    let mut faults = fault::FAULTS.iter().filter(|fault| fault.breaks().contains(&requirement.name)).peekable();
    if faults.peek().is_some() {
        out.push_str("\n  Faults of the emulator that may be blamed on it (`fnconform serve --fault NAME`):\n");
        for fault in faults {
            let _ = writeln!(out, "    {}: {}", fault.name(), fault.summary());
        }
    }
}
