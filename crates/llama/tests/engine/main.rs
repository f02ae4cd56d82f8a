//! The CPU engine, held to independent implementations, to itself, and to damaged input.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod golden;
mod invariance;
mod tiny;
