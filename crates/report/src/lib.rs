//! Bug reports of static analysers and compilers, read into one type.
