//! Pairs of bug report and fix as JSON Lines.
