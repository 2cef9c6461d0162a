//! The plans that a run begins with: few, and together they lead an endpoint through most of what it can get wrong.
//!
//! Which of the systematic plans these are was found by taking, over and over, the one that shows the most of the
//! emulator's faults, for each request that it sends, that none before it shows. `cargo bench --bench search` says how
//! soon the faults are found by all plans in their order.

use super::systematic::{Directed, ask};

/// The plans of the first look, those that find most first.
pub static FIRST_LOOK: &[Directed] = &[
    ask(
        "updated while it is released",
        "create f A; await f; idle f | update f B; get f; invoke f; await f; get f; invoke f",
    ),
    ask(
        "does it stay Pending for long?",
        "hold A; create f A; get f; pause 300; invoke f; get f; pause 300; invoke f; get f; fail A; settle f; get f; invoke f",
    ),
    ask(
        "is an overwritten tag noticed?",
        "create f A; await f; invoke f; publish A; settle f; invoke f; get f; settle f; invoke f; get f; update f A; await f; invoke f; get f",
    ),
    ask(
        "an update upon an update",
        "create f A; await f; hold B; hold C; update f B; update f C; get f; invoke f; ready C; pause 100; get f; invoke f; ready B; settle f; get f; invoke f; invoke f; pause 200; invoke f; get f",
    ),
    ask(
        "what is not there?",
        "get f; invoke f; update f A; delete f; create f A; await f; delete f; get f; invoke f; update f A; delete f",
    ),
    ask(
        "does a function come back after a failed update?",
        "create f A; await f; fail B; update f B; await f; idle f; await f; get f; invoke f; settle f; get f; invoke f",
    ),
    ask(
        "is a deleted image noticed?",
        "create f A; await f; invoke f; remove A; settle f; invoke f; get f; settle f; get f; invoke f; ready A; pause 100; get f; update f A; await f; invoke f; get f",
    ),
    ask("created twice at once", "create f A | create f B; get f; await f; get f; invoke f; invoke f"),
    ask(
        "deleted while it is updated",
        "create f A; await f; hold B; update f B; delete f; ready B; pause 150; get f; invoke f; create f C; await f; get f; invoke f",
    ),
    ask(
        "a creation whose image is missing",
        "remove A; create f A; settle f; get f; invoke f; ready A; pause 200; get f; invoke f; update f A; await f; get f; invoke f",
    ),
    ask(
        "a tag overwritten while Inactive",
        "create f A; await f; idle f; await f; publish A; get f; invoke f; await f; get f; invoke f; update f A; await f; get f; invoke f",
    ),
    ask(
        "is an Inactive function woken by an invocation?",
        "create f A; await f; idle f; await f; get f; hold A; invoke f; settle f; get f; invoke f; get f; ready A; settle f; invoke f; get f",
    ),
    ask(
        "does what is done to one reach the other that runs the same image?",
        "create f A; create g A; await f; await g; invoke f; invoke g; update f B; await f; get g; invoke g; get f; invoke f; create h A; await h; delete h; pause 50; get g; invoke g; pause 100; get g; invoke g",
    ),
    ask(
        "invoked while it is updated, over and over",
        "create f A; await f; update f B; invoke f | invoke f | get f; invoke f | get f; invoke f | invoke f | get f; await f; invoke f | invoke f; get f | invoke f",
    ),
    ask(
        "is an Inactive function woken, and served by the image as it was?",
        "create f A; await f; idle f; settle f; invoke f; await f; get f; invoke f; invoke f; get f",
    ),
    ask(
        "a second function of a tag that was overwritten",
        "create f A; await f; publish A; create g A; get g; await g; get g; invoke g; get f; invoke f",
    ),
];
