//! fnconform: does an endpoint keep the promises of Function Compute's function states?
//!
//! It drives any endpoint that offers GetFunction and InvokeFunction, records what it sees as a *history*, and judges the
//! history against an automaton that is a reading of the documentation.
//!
//! ```text
//! requirement + model                      what the documentation says
//!        │
//!   plan ─────► driver ─────► history ─────► oracle ─────► verdicts ─────► report
//! scenarios,   dialect +     timed ndjson   set of worlds,  per requirement  terminal,
//! directed,    levers +      (operations    hidden steps,   with evidence    JSON
//! generated    patience      and nothing    interleavings
//!                            goes further)
//! ```
//!
//! # Layers
//!
//! Each module may use what stands before it; a test scans the sources for that.
//!
//! | module | what lives there |
//! |---|---|
//! | [`history`] | operations with the interval in which each took effect; ndjson in and out |
//! | [`requirement`] | the catalogue: names that never change; what each says is read off the rules of `features/` |
//! | [`model`] | the automaton as tables: hidden steps, operations, and what endpoints do that break a requirement |
//! | [`oracle`] | the frontier of possible worlds over a history; blame; explanations; what was tested, and gone through |
//! | [`plan`] | what a case does, as data: directed plans, plans derived from the automaton, patterns that proptest draws |
//! | [`driver`] | dialects, signatures, the one HTTP client, the execution of plans, shrinking, the result of a run |
//! | [`lever`] | ways to cause what happens to a function |
//! | [`exchange`] | what an exchange over HTTP that others had was, as an operation of a history |
//! | [`har`] | HAR files: entries in, what their exchanges were out |
//! | [`record`] | a proxy that records what passes as a history, and judges it as it is recorded |
//! | [`gherkin`] | the scenarios of `features/`: what their steps mean, and what became of them |
//! | [`report`] | pure renderings of a result, one file a format |
//! | [`cli`] | one file a subcommand; exit codes |
//! | [`emulator`] | the reference endpoint, right, wrong and odd; outside the line |
//! | [`rehearsal`] | plans on the emulator's machine, without sockets and in simulated time |
//! | [`exposure`] | the shortest plans that expose the emulator's faults |
//!
//! # Invariants
//!
//! - The oracle sees only the history. What steers a run ([`oracle::watch`]) never enters a verdict.
//! - The emulator shares no code with the model: one mistake cannot hide in both.
//! - Only [`driver::client`] knows the HTTP library and whom TLS trusts, only the servers of the emulator and of the
//!   registry the server's; what passes through [`record`] is left as it is by neither, so that speaks HTTP by itself.
//! - A history is a violation only if *no* explanation is left. What cannot be told is inconclusive, what nothing could
//!   have broken is not exercised, and neither is a pass.
//! - A request is sent again only if it surely took no effect. A lost answer may have taken effect, for ever.
//! - That there was time enough is claimed only where what is seen proves it, or after patience has run out.
//! - What is secret leaves [`driver::auth`] in the headers of a request and nowhere else.
//! - The library prints nothing; that is left to [`cli`].

pub mod cli;
pub mod driver;
pub mod emulator;
pub mod exchange;
pub mod exposure;
pub mod gherkin;
pub mod har;
pub mod history;
pub mod lever;
pub mod model;
pub mod oracle;
pub mod plan;
pub mod record;
pub mod rehearsal;
pub mod report;
pub mod requirement;
