//! The table of what was found, which is a file: written by a test, read by the commands.

use super::Exposure;
use crate::plan::Plan;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// The table, behind the header of a snapshot.
static TEXT: &str = include_str!("../../snapshots/shortest.snap");

/// What is known of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The name of the fault.
    pub fault: String,
    /// The shortest plan that exposes it.
    pub plan: Plan,
    /// The requirements that are blamed then.
    pub blamed: Vec<String>,
    /// The fewest actions that can expose it for all that is proved.
    pub least: usize,
}

impl Known {
    /// How many actions the plan has.
    #[must_use]
    pub fn length(&self) -> usize {
        self.plan.actions().count()
    }

    /// Whether nothing shorter exposes the fault, for sure.
    #[must_use]
    pub fn is_minimal(&self) -> bool {
        self.least >= self.length()
    }

    /// The plan in one line.
    #[must_use]
    pub fn line(&self) -> String {
        in_one_line(&self.plan)
    }
}

/// All that is known.
static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| parse(TEXT));

/// What is known of the fault of that name; `None` if the table was made before there was such a fault.
#[must_use]
pub fn known(fault: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.fault == fault)
}

/// The table: name, actions, the fewest that are possible, what is blamed, and the plan.
#[must_use]
pub fn render(exposures: &[Exposure]) -> String {
    let width = exposures.iter().map(|one| one.fault.len()).max().unwrap_or(0);
    let mut out = String::new();
    for one in exposures {
        let least = if one.is_minimal() { "minimal".to_owned() } else { format!("of {}", one.none_upto + 1) };
        let (plan, blamed) = (in_one_line(&one.plan), one.blamed.join(" | "));
        let _ = writeln!(out, "{:width$}  {}  {least:7}  {plan}  ({blamed})", one.fault, one.length());
    }
    out
}

fn in_one_line(plan: &Plan) -> String {
    plan.to_string().replace('\n', "; ")
}

fn parse(text: &str) -> Vec<Known> {
    text.lines().filter_map(line).collect()
}

/// A line of the table; whatever else stands in the file is none.
fn line(text: &str) -> Option<Known> {
    let mut columns = text.split("  ").map(str::trim).filter(|column| !column.is_empty());
    let fault = columns.next()?.to_owned();
    let length: usize = columns.next()?.parse().ok()?;
    let least = match columns.next()? {
        "minimal" => length,
        other => other.strip_prefix("of ")?.parse().ok()?,
    };
    let plan = columns.next()?.parse().ok()?;
    let blamed = columns.next()?.strip_prefix('(')?.strip_suffix(')')?.split(" | ").map(str::to_owned).collect();
    Some(Known { fault, plan, blamed, least })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let of = |none_upto| Exposure {
            fault: "never-ends",
            plan: "create f A; update f A | get f; settle f".parse().unwrap(),
            blamed: vec!["update.ends", "update.known"],
            none_upto,
        };
        let text = render(&[of(3), of(2)]);
        let known = parse(&text);
        assert_eq!(known.iter().map(|one| (one.length(), one.least)).collect::<Vec<_>>(), [(4, 4), (4, 3)], "{text}");
        assert_eq!(known[0].line(), "create f A; update f A | get f; settle f");
        assert_eq!((known[0].fault.as_str(), known[0].blamed.len()), ("never-ends", 2));
        assert!(known[0].is_minimal() && !known[1].is_minimal());
    }
}
