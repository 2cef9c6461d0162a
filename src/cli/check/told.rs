//! What a judgement says, for people.

use super::judged::Judged;
use super::options::HarOptions;
use crate::cli::error::Exit;
use crate::exchange::Reason;
use crate::oracle::Judgement;
use crate::report::wrap::{WIDTH, wrap};
use std::fmt::Write;

/// How much is said of what was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// How many.
    Short,
    /// How many for which reason.
    Full,
}

/// What a judgement says, and how the command would end with it alone.
pub(super) fn told(judged: &Judged) -> (String, Exit) {
    let Judged { name, lines, judgement, .. } = judged;
    if let Some(finding) = judgement.first_violation() {
        let (file, line) = lines.place(finding.operation.line);
        let explanation = wrap(&finding.explanation, "  ", WIDTH);
        let text = format!("{file}: violates {} at {} {line}\n{explanation}", finding.requirement.name, lines.unit);
        (text, Exit::NonConformant)
    } else if judgement.calls == 0 {
        (
            format!("{name}: inconclusive\n  there is no answered call in it, so nothing could be judged\n"),
            Exit::Nothing,
        )
    } else if judgement.is_inconclusive() {
        let why =
            "more happened at once than the search can take in, so an explanation was neither found nor ruled out";
        (format!("{name}: inconclusive\n{}", wrap(why, "  ", WIDTH)), Exit::Inconclusive)
    } else {
        (format!("{name}: conforms\n"), Exit::Conformant)
    }
}

/// What did not become an operation; why is always said where nothing did.
pub(super) fn left_out(judged: &Judged, detail: Detail) -> String {
    let Some((entries, tally)) = &judged.entries else { return String::new() };
    if tally.total() == 0 {
        return String::new();
    }
    let mut text = format!("  left out: {} of {entries} entries", tally.total());
    if detail == Detail::Full || judged.judgement.calls == 0 {
        text.push('\n');
        for (reason, count) in tally.iter() {
            let hint = if reason == Reason::SeveralEndpoints { " (--endpoint says which is meant)" } else { "" };
            let _ = writeln!(text, "    {}: {count}{hint}", reason.as_str());
        }
    } else {
        text.push_str(" (--stats says why)\n");
    }
    text
}

/// Which of the options said nothing of this history, a line each.
pub(super) fn warnings(judged: &Judged, options: &HarOptions) -> String {
    let mut text = String::new();
    for image in &judged.unknown_images {
        let _ = writeln!(text, "warning: --bad-image: no image of {} is called `{image}`", judged.name);
    }
    if judged.entries.is_none() && !options.is_empty() {
        let _ = writeln!(text, "warning: {} is no HAR file: --endpoint and replies say nothing of it", judged.name);
    }
    text
}

/// How much there was, in a line.
pub(super) fn stats(judgement: &Judgement) -> String {
    let Judgement { functions, operations, calls, worlds, widest } = judgement;
    format!(
        "  operations: {operations}, answered calls: {calls}, functions: {}, worlds: {worlds}, widest frontier: {widest}\n",
        functions.len()
    )
}
