//! End-to-end tests of fixwright: see the files in `tests/`.
