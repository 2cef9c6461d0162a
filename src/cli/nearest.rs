//! The names that somebody may have meant.

use super::error::CliError;

/// At most so many names are offered.
const OFFERED: usize = 3;

/// The error for a name that is none of `known`, with a hint of those that are near it.
pub(super) fn unknown(what: &str, name: &str, known: &[&'static str], listed_by: &str) -> CliError {
    let near = nearest(name, known);
    let hint = if near.is_empty() {
        format!("`fnconform {listed_by}` shows all of them")
    } else {
        let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
        format!("did you mean {}? `fnconform {listed_by}` shows all of them", near.join(" or "))
    };
    CliError::usage(format!("there is no {what} named `{name}`")).hint(hint)
}

/// The names near to `name`, the nearest first.
pub(super) fn nearest(name: &str, known: &[&'static str]) -> Vec<&'static str> {
    let name = name.to_lowercase();
    let bound = (name.chars().count() / 3).max(2);
    let mut near: Vec<(usize, &'static str)> = known
        .iter()
        .filter_map(|candidate| {
            let tail = candidate.split_once('.').map_or(*candidate, |(_, tail)| tail);
            let least = distance(&name, candidate).min(distance(&name, tail));
            let contains = name.len() >= 3 && candidate.contains(name.as_str());
            (least <= bound || contains).then_some((least, *candidate))
        })
        .collect();
    near.sort();
    near.into_iter().take(OFFERED).map(|(_, name)| name).collect()
}

/// How many characters must be put in, taken out or replaced to turn one into the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_of_edits() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn near_names_are_offered_and_far_ones_are_not() {
        let known = ["states.known", "update.known", "failed.stays"];
        assert_eq!(nearest("states.knwon", &known), ["states.known"]);
        assert_eq!(nearest("known", &known), ["states.known", "update.known"]);
        assert_eq!(nearest("stay", &known), ["failed.stays"]);
        assert!(nearest("something-else", &known).is_empty());
    }
}
