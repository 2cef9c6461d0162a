//! Histories as strangers write them: what can be read is written and read again as the same, and judged and drawn
//! without panic.

#![no_main]

use fnconform::history::{History, read, write};
use fnconform::oracle::observed::observe;
use fnconform::report::diagram;
use libfuzzer_sys::fuzz_target;

/// Longer histories are read only: judging them takes the fuzzer's time and shows no more.
const JUDGED: usize = 24;

fuzz_target!(|data: &[u8]| {
    let Ok(history) = read::history(data) else { return };
    let mut written = Vec::new();
    write::history(&mut written, &history).expect("memory takes what is written");
    let again = read::history(written.as_slice()).expect("what was written can be read");
    assert_eq!(unnumbered(&again), unnumbered(&history));
    if history.operations.len() <= JUDGED {
        // A history may be of a kind that is not judged; that is an answer, too.
        if let Ok((_, observed)) = observe(&history) {
            diagram::render(&observed);
        }
    }
});

/// The history without its line numbers, which empty lines shift.
fn unnumbered(history: &History) -> History {
    let mut history = history.clone();
    for operation in &mut history.operations {
        operation.line = 0;
    }
    history
}
