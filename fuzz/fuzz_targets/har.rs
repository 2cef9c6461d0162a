//! HAR files as strangers write them: they are read, or refused with an error, without panic.

#![no_main]

use fnconform::exchange::Replies;
use fnconform::har::{self, Options};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let replies = Replies::default();
    let options = Options { replies: &replies, endpoints: &[], line: &|entry| entry, progress: &mut |_| {} };
    let _ = har::read(data, options);
});
