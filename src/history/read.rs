//! Reading histories.
