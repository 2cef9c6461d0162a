//! The tests of the whole, in one binary.

mod differential;
mod emulator;
mod exercised;
mod reference;
mod simulation;
mod wire;
