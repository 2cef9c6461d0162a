//! x

mod reference;
