//! The tests of the whole, in one binary.

#![allow(clippy::unwrap_used, reason = "a test that unwraps says what it expected")]

mod agreement;
mod auth;
mod check;
mod cli;
mod derived;
mod diagram;
mod differential;
mod emulator;
mod exercised;
mod features;
mod har;
mod har_broken;
mod layering;
mod notation;
mod open;
mod record;
mod recorded;
mod reference;
mod registry;
mod run;
mod self_test;
mod shortest;
mod simulation;
mod transport;
mod wire;
