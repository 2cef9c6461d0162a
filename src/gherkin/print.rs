//! Writes a plan as a scenario, in the steps of the glossary: what [`script`](super::script) reads back is the plan.

use super::glossary::{AT_ONCE, sentence};
use crate::plan::{Plan, Step};

/// The plan as a feature file with one scenario of that name.
#[must_use]
pub fn feature(name: &str, plan: &Plan) -> String {
    format!("Feature: Counterexample\n\n{}", scenario(name, plan))
}

/// The plan as a scenario of that name, to be pasted into a feature file.
#[must_use]
pub fn scenario(name: &str, plan: &Plan) -> String {
    let mut out = format!("  Scenario: {name}\n");
    for (place, step) in plan.steps.iter().enumerate() {
        let keyword = if place == 0 { "When" } else { "And" };
        out.push_str(&lines(keyword, step));
    }
    out
}

fn lines(keyword: &str, step: &Step) -> String {
    match step.0.as_slice() {
        [action] => format!("    {keyword} {}\n", sentence(action)),
        actions => {
            let rows: Vec<String> = actions.iter().map(sentence).collect();
            let width = rows.iter().map(String::len).max().unwrap_or(0);
            let rows = rows.iter().map(|row| format!("      | {row:width$} |\n"));
            format!("    {keyword} {AT_ONCE}\n{}", rows.collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::script;
    use super::*;
    use crate::lever::LeverSet;
    use crate::plan::strategy;
    use proptest::prelude::*;

    /// What is printed and read again, as a plan.
    fn read_again(plan: &Plan) -> Plan {
        let text = feature("again", plan);
        let feature = script::feature("again", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let scripts = script::scripts("again", &feature).unwrap_or_else(|error| panic!("{error}\n{text}"));
        scripts[0].plan()
    }

    #[test]
    fn a_plan_reads_like_a_story() {
        let plan: Plan = "hold A; create f A; update g B | invoke f; pause 150".parse().unwrap();
        insta::assert_snapshot!(scenario("two at once", &plan), @r"
          Scenario: two at once
            When image A is not ready yet
            And it is created with image A
            And these happen at once
              | the second function is updated to image B |
              | it is invoked                             |
            And 150 % of a preparation's time passes
        ");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_printed_is_read_as_it_was(seed in any::<u64>(), case in 0u64..1000) {
            let plan = strategy::plan(seed, case, LeverSet::ALL);
            prop_assert_eq!(read_again(&plan), plan);
        }
    }
}
