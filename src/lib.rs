//! fnconform: does an endpoint keep the promises of Function Compute's function states?

pub mod cli;
pub mod driver;
pub mod emulator;
pub mod history;
pub mod lever;
pub mod model;
pub mod oracle;
pub mod plan;
pub mod report;
pub mod requirement;
