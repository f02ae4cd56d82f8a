//! Bug report in, verified patch out: the crates of fixwright behind one name.
