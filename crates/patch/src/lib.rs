//! Unified diffs: make one between two texts, parse one, apply it.
