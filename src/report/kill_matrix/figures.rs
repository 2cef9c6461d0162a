//! The few figures that say what the suite is worth, for the end of the matrix and for a file that has a place for them.

use super::{Blame, KillMatrix, Row};

/// The line after which a file has its place for the figures.
pub const BEGIN: &str = "<!-- self-test: begin -->";
/// The line before which that place ends.
pub const END: &str = "<!-- self-test: end -->";

/// How soon the faults were caught, and how short their counterexamples became; nothing if none was caught.
#[must_use]
pub fn of_faults(matrix: &KillMatrix) -> Vec<String> {
    let caught: Vec<&Blame> = matrix.faults.iter().filter_map(Row::first_rightly).collect();
    let requests = spread(caught.iter().map(|blame| blame.found_after).collect());
    let actions = spread(caught.iter().map(|blame| u64::try_from(blame.actions).unwrap_or(u64::MAX)).collect());
    let soon = requests.zip(actions).map(|((request, requests), (action, actions))| {
        format!(
            "caught after {request} requests in the median, {requests} at the most; \
             counterexamples of {action} actions in the median, {actions} at the most"
        )
    });
    soon.into_iter().chain(matrix.closeness().map(|closeness| closeness.summary())).collect()
}

/// The text with the figures in their place; `None` if it has no place for them.
#[must_use]
pub fn put_into(text: &str, matrix: &KillMatrix) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    let mut lines = of_faults(matrix);
    lines.push(matrix.summary());
    Some(format!("{before}{BEGIN}\n```\n{}\n```\n{END}{after}", lines.join("\n")))
}

/// The one in the middle, and the largest.
fn spread(mut numbers: Vec<u64>) -> Option<(u64, u64)> {
    numbers.sort_unstable();
    Some((*numbers.get(numbers.len() / 2)?, *numbers.last()?))
}

#[cfg(test)]
mod tests {
    use super::super::sample::matrix;
    use super::*;

    #[test]
    fn figures_replace_those_before() {
        let text = format!("worth:\n{BEGIN}\nold\n{END}\nend\n");
        let first = put_into(&text, &matrix()).unwrap();
        insta::assert_snapshot!(first, @r"
        worth:
        <!-- self-test: begin -->
        ```
        caught after 1204 requests in the median, 1204 at the most; counterexamples of 4 actions in the median, 4 at the most
        shrunk counterexamples: median 4 of 3 possible; at most one more in 100 % (1/1)
        faults caught 1/3 · right endpoints accused 1/3
        ```
        <!-- self-test: end -->
        end
        ");
        assert_eq!(put_into(&first, &matrix()), Some(first));
        assert_eq!(put_into("no place", &matrix()), None);
    }
}
