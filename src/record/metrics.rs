//! The counters in the text format of Prometheus, version 0.0.4.

use super::status::{Going, Snapshot};
use std::fmt::Write;

const COUNTER: &str = "counter";
const GAUGE: &str = "gauge";

/// A metric as text; each sample has the labels, in braces if there are any, and the value.
fn metric(text: &mut String, name: &str, kind: &str, help: &str, samples: &[(String, u64)]) {
    let _ = writeln!(text, "# HELP fnconform_record_{name} {help}\n# TYPE fnconform_record_{name} {kind}");
    for (labels, value) in samples {
        let _ = writeln!(text, "fnconform_record_{name}{labels} {value}");
    }
}

fn plain(value: u64) -> Vec<(String, u64)> {
    vec![(String::new(), value)]
}

fn label(name: &str, value: &str) -> String {
    let value = value.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n");
    format!("{{{name}=\"{value}\"}}")
}

/// All of them.
pub(super) fn text(snapshot: &Snapshot) -> String {
    let book = &snapshot.book;
    let mut out = String::new();
    let text = &mut out;
    metric(text, "requests_total", COUNTER, "Requests that came.", &plain(snapshot.requests));
    metric(text, "passed_total", COUNTER, "Requests that are about no function.", &plain(snapshot.passed));
    metric(text, "refused_total", COUNTER, "Requests for what is not proxied.", &plain(snapshot.refused));
    let in_flight = u64::try_from(snapshot.in_flight).unwrap_or(0);
    metric(text, "requests_in_flight", GAUGE, "Requests under way.", &plain(in_flight));
    let errors = [(label("kind", "unreachable"), snapshot.unreachable), (label("kind", "lost"), snapshot.lost)];
    metric(text, "upstream_errors_total", COUNTER, "Requests that the endpoint gave no answer to.", &errors);
    let operations: Vec<_> = book.operations.iter().map(|(word, count)| (label("op", word), *count)).collect();
    metric(text, "operations_total", COUNTER, "Operations that were recorded.", &operations);
    metric(text, "unknown_total", COUNTER, "Operations without a known answer.", &plain(book.unanswered));
    metric(text, "not_judged_total", COUNTER, "Answers that came too late to be judged.", &plain(book.late));
    let left_out: Vec<_> = book.left_out.iter().map(|(why, count)| (label("reason", why.as_str()), *count)).collect();
    metric(text, "left_out_total", COUNTER, "Requests that are no operation, or not all of one.", &left_out);
    metric(text, "functions", GAUGE, "Functions that were recorded.", &plain(book.functions as u64));
    let violated: Vec<_> = book.violated.iter().map(|(name, count)| (label("requirement", name), *count)).collect();
    metric(text, "violations_total", COUNTER, "Violations that were found.", &violated);
    metric(text, "dropped_total", COUNTER, "Messages that could not be recorded.", &plain(book.dropped));
    let on = |going: &Going| plain(u64::from(*going == Going::On));
    metric(text, "recording", GAUGE, "1 while a history is written.", &on(&book.recording));
    metric(text, "judging", GAUGE, "1 while what is recorded is judged.", &on(&book.judging));
    metric(text, "file_bytes", GAUGE, "Length of the history.", &plain(book.bytes));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::status::Book;

    #[test]
    fn every_metric_has_a_help_a_type_and_escaped_labels() {
        let book = Book { operations: [("get", 3)].into(), ..Book::default() };
        let text = text(&Snapshot { requests: 7, book, ..Snapshot::default() });
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let name = line.split(['{', ' ']).next().unwrap();
            assert!(text.contains(&format!("# HELP {name} ")) && text.contains(&format!("# TYPE {name} ")), "{line}");
        }
        assert!(text.contains("\nfnconform_record_requests_total 7\n"), "{text}");
        assert!(text.contains("\nfnconform_record_operations_total{op=\"get\"} 3\n"), "{text}");
        assert_eq!(label("a", "x\\y\"z\n"), r#"{a="x\\y\"z\n"}"#);
    }
}
