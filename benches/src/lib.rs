//! Benchmarks of fixwright: see the files in `benches/`.
