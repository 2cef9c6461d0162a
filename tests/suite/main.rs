//! The tests of the whole, in one binary.

mod check;
mod emulator;
mod notation;
mod wire;
