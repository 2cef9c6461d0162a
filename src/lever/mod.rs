//! Levers.
