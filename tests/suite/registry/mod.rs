//! The hosted registry, over real HTTP: what it serves, what it holds back, and endpoints that pull from it.

mod driven;
mod program;
mod pulled;
