//! Inputs for the benchmarks in this folder, the same ones on every run.

use fixwright_dataset::RepairSample;

/// A C file of at least `bytes` bytes, made of functions that all differ.
pub fn source(bytes: usize) -> String {
    let mut text = String::from("#include <stdio.h>\n#include <string.h>\n");
    let mut n = 0;
    while text.len() < bytes {
        let size = 16 + n % 48;
        text += &format!(
            "
static int store_{n}(const char *name)
{{
\tchar entry[{size}];

\tif (!name)
\t\treturn -{n};
\tsprintf(entry, \"%s:{n}\", name);
\treturn (int)strlen(entry);
}}
"
        );
        n += 1;
    }
    text
}

/// The file with one unsafe call in `every` repaired.
pub fn repaired(source: &str, every: usize) -> String {
    let mut parts = source.split("sprintf(entry, ");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (n, part) in parts.enumerate() {
        let call =
            if n % every == 0 { "snprintf(entry, sizeof(entry), " } else { "sprintf(entry, " };
        text += call;
        text += part;
    }
    text
}

/// A key/value report about the `n`-th function of [`source`].
pub fn report(n: usize) -> String {
    let (id, line, size) = (310_000 + n, 10 + n * 10, 16 + n % 48);
    let (file, declared) = (format!("src/store/entry_{}.c", n % 7), line - 4);
    format!(
        "CID: {id}
Type: Buffer overflow
Severity: High
Checker: BUFFER_SIZE
Category: SECURE_CODING
File: {file}
Function: store_{n}
Line: {line}

Problem:
Unbounded sprintf into a fixed buffer

Path:
  {file}:{declared}
    char entry[{size}];
  {file}:{line}
    sprintf(entry, \"%s:{n}\", name)

Details:
The name that a caller passes is formatted into a buffer of {size} bytes
without a limit.

Fix:
Replace sprintf with snprintf:
  snprintf(entry, sizeof(entry), \"%s:{n}\", name)
"
    )
}

/// Samples with a source of about 8 KiB each, as a data set of single files has them.
pub fn samples(count: usize) -> Vec<RepairSample> {
    let code = source(8 << 10);
    let fixed = repaired(&code, 5);
    let sample = |n: usize| {
        let mut sample = RepairSample::default();
        sample.bug_report_path = Some(format!("bugs/{n}.txt"));
        sample.bug_report_text = Some(report(n));
        sample.source_code_path = Some(format!("src/store/entry_{}.c", n % 7));
        sample.line_number = u32::try_from(10 + n * 10).ok();
        sample.code = Some(code.clone());
        sample.fixed = Some(fixed.clone());
        sample
            .extra
            .insert("changed_lines", &n)
            .expect("a sample has no such field, and JSON numbers");
        sample
    };
    (0..count).map(sample).collect()
}
