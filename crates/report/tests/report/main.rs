//! The readers against files, against what the compilers say in other formats, and against hostile input.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail and speak as tests do"
)]

mod analysers;
mod cases;
mod compilers;
mod corpus;
mod damage;
mod digest;
mod every_file;
mod failing_test;
mod json_formats;
mod kernel;
mod oracle;
mod plist;
mod properties;
mod sanitizer;
mod sarif;
mod sarif_corpus;
mod sarif_damage;
mod sarif_write;
mod structured;
mod syzbot;
mod tidy_yaml;
mod tools;
mod valgrind_text;
mod xml_formats;
