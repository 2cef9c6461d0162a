//! The matrix for programs. Its keys are a promise; new ones may be added, none is taken away.

use super::{Blame, Caught, KillMatrix, Peace, Row};
use serde_json::{Value, json};

/// The version of the format; it rises when a key changes its meaning.
pub const VERSION: u32 = 1;

/// The matrix as one object.
#[must_use]
pub fn render(matrix: &KillMatrix) -> String {
    let value = json!({
        "self_test": VERSION,
        "fnconform": env!("CARGO_PKG_VERSION"),
        "seed": matrix.seed,
        "holds": matrix.holds(),
        "caught": matrix.caught(),
        "accused": matrix.accused(),
        "faults": matrix.faults.iter().map(fault).collect::<Vec<_>>(),
        "right": matrix.oddities.iter().map(oddity).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn fault(row: &Row) -> Value {
    let caught = match row.caught() {
        Caught::Rightly => "rightly",
        Caught::ByOthersOnly => "by-others-only",
        Caught::No => "no",
    };
    let shortest = row.shortest;
    extended(json!({ "name": row.name, "breaks": row.breaks, "caught": caught, "shortest": shortest }), row)
}

fn oddity(row: &Row) -> Value {
    let peace = match row.peace() {
        Peace::Left => "left-in-peace",
        Peace::Accused => "accused",
        Peace::Untested => "not-tested",
    };
    extended(json!({ "name": row.name, "outcome": peace }), row)
}

/// The object, with what the run came to.
fn extended(mut object: Value, row: &Row) -> Value {
    match &row.outcome {
        Ok(outcome) => {
            object["verdict"] = outcome.verdict.as_str().into();
            object["requests"] = outcome.requests.into();
            object["duration_ms"] = u64::try_from(outcome.duration.as_millis()).unwrap_or(u64::MAX).into();
        }
        Err(reason) => object["not_driven"] = reason.as_str().into(),
    }
    object["blamed"] = row.blamed().iter().map(|one| blame(row, one)).collect();
    object
}

fn blame(row: &Row, blame: &Blame) -> Value {
    let (back, tried) = blame.reproduced;
    json!({
        "requirement": blame.requirement,
        "allowed": row.allows(blame),
        "found_after": blame.found_after,
        "actions": blame.actions,
        "reproduced": format!("{back}/{tried}"),
    })
}

#[cfg(test)]
mod tests {
    use super::super::sample::matrix;
    use super::*;

    #[test]
    fn it_says_of_each_what_it_came_to() {
        let value: Value = serde_json::from_str(&render(&matrix())).unwrap();
        let faults = value["faults"].as_array().unwrap();
        let caught: Vec<&str> = faults.iter().map(|fault| fault["caught"].as_str().unwrap()).collect();
        assert_eq!(caught, ["rightly", "by-others-only", "no"]);
        assert_eq!(faults[0]["blamed"][0]["allowed"], false);
        assert_eq!(value["right"][2]["not_driven"], "it cannot be reached");
        assert_eq!((&value["caught"], &value["holds"]), (&Value::from(1), &Value::from(false)));
    }
}
