//! The reference endpoint.
