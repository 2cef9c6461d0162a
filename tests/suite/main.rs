//! The tests of the whole, in one binary.

mod emulator;
mod reference;
mod run;
mod simulation;
mod wire;
