//! The formats, with the name and the reader of each.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::detect::Head;
use crate::stream::Read;
use crate::{
    Error, cid, coccinelle, coverity_json, coverity_text, cppcheck_xml, diagnostic, failing_test,
    flawfinder, flawfinder_csv, gcc_json, infer, kernel, klocwork_xml, plist, pvs_studio,
    sanitizer, sarif, semgrep, semgrep_text, smatch, sparse, splint, syzbot, tidy_yaml,
    valgrind_text, valgrind_xml,
};

/// A format of bug reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Format {
    /// The key/value report in the style of Coverity.
    Cid,
    /// Defects of Coverity as text: blocks of events, and mails of Coverity Scan.
    CoverityText,
    /// Findings of smatch, in the log of a build or in a mail.
    Smatch,
    /// Hits of flawfinder as CSV.
    FlawfinderCsv,
    /// Hits of flawfinder as text.
    Flawfinder,
    /// Findings of splint.
    Splint,
    /// Findings of semgrep as it prints them to a terminal.
    SemgrepText,
    /// Findings that semantic patches of Coccinelle print.
    Coccinelle,
    /// Findings of sparse, in the log of a build or in a mail.
    Sparse,
    /// cppcheck's text, that of its template `gcc` included.
    CppcheckText,
    /// Text diagnostics of gcc, clang, clang-tidy and whatever writes like them.
    Diagnostic,
    /// A failing test: what went in, what was expected, what came out.
    FailingTest,
    /// The text of valgrind's tools: memcheck, helgrind, DRD.
    ValgrindText,
    /// Mails of syzbot, with the kernel's report inside.
    Syzbot,
    /// Reports of the Linux kernel in its log: KASAN and its like, lockdep, oopses, warnings.
    Kernel,
    /// Traces of the sanitizers of gcc and clang, as a program prints them.
    Sanitizer,
    /// What gcc writes with `-fdiagnostics-format=json`.
    GccJson,
    /// The JSON of `cov-format-errors` and of views of Coverity Connect.
    CoverityJson,
    /// SARIF 2.1.0, whatever tool wrote it.
    Sarif,
    /// Infer's `report.json`.
    Infer,
    /// Semgrep's JSON report.
    Semgrep,
    /// PVS-Studio's JSON report.
    PvsStudio,
    /// What clang-tidy writes with `--export-fixes`.
    ClangTidyYaml,
    /// cppcheck's XML.
    CppcheckXml,
    /// The XML of valgrind's tools.
    ValgrindXml,
    /// Klocwork's XML.
    KlocworkXml,
    /// Property lists of clang's static analyser and of CodeChecker.
    Plist,
}

/// What is to be known of a format.
pub(crate) struct Reader {
    pub(crate) format: Format,
    /// The name on a command line.
    name: &'static str,
    /// What an input of this format has to show.
    sign: &'static str,
    /// Whether an input shows that.
    pub(crate) is_like: fn(&Head<'_>) -> bool,
    pub(crate) read: Read,
}

/// Every format; where an input may look like two of them, the surer sign comes first.
pub(crate) const READERS: &[Reader] = &[
    Reader {
        format: Format::ClangTidyYaml,
        name: "clang-tidy-yaml",
        sign: "YAML with the list `Diagnostics`",
        is_like: tidy_yaml::is_like,
        read: tidy_yaml::read,
    },
    Reader {
        format: Format::CppcheckXml,
        name: "cppcheck-xml",
        sign: "XML with the root element `results`",
        is_like: cppcheck_xml::is_like,
        read: cppcheck_xml::read,
    },
    Reader {
        format: Format::ValgrindXml,
        name: "valgrind-xml",
        sign: "XML with the root element `valgrindoutput`",
        is_like: valgrind_xml::is_like,
        read: valgrind_xml::read,
    },
    Reader {
        format: Format::KlocworkXml,
        name: "klocwork-xml",
        sign: "XML with the root element `errorList`",
        is_like: klocwork_xml::is_like,
        read: klocwork_xml::read,
    },
    Reader {
        format: Format::Plist,
        name: "plist",
        sign: "XML with the root element `plist`",
        is_like: plist::is_like,
        read: plist::read,
    },
    Reader {
        format: Format::Sarif,
        name: "sarif",
        sign: "an object with the member `runs`",
        is_like: sarif::is_like,
        read: sarif::read,
    },
    Reader {
        format: Format::CoverityJson,
        name: "coverity-json",
        sign: "an object with the member `issues`, or rows of a view",
        is_like: coverity_json::is_like,
        read: coverity_json::read,
    },
    Reader {
        format: Format::Semgrep,
        name: "semgrep",
        sign: "an object with the members `results` and `paths`",
        is_like: semgrep::is_like,
        read: semgrep::read,
    },
    Reader {
        format: Format::PvsStudio,
        name: "pvs-studio",
        sign: "an object with the members `version` and `warnings`",
        is_like: pvs_studio::is_like,
        read: pvs_studio::read,
    },
    Reader {
        format: Format::Infer,
        name: "infer",
        sign: "an array of objects with `bug_type` and `qualifier`",
        is_like: infer::is_like,
        read: infer::read,
    },
    Reader {
        format: Format::GccJson,
        name: "gcc-json",
        sign: "an array of objects with `kind`, `message` and `locations`",
        is_like: gcc_json::is_like,
        read: gcc_json::read,
    },
    Reader {
        format: Format::Syzbot,
        name: "syzbot",
        sign: "a line such as `syzbot found the following issue on:`",
        is_like: |head| syzbot::is_like(&head.text),
        read: syzbot::read,
    },
    Reader {
        format: Format::Kernel,
        name: "kernel",
        sign: "a line such as `BUG: KASAN: ...`, `kernel BUG at ...` or `WARNING: CPU: 0 PID: 1 at ...`",
        is_like: |head| kernel::is_like(&head.text),
        read: kernel::read,
    },
    Reader {
        format: Format::FailingTest,
        name: "failing-test",
        sign: "a line `Expected:` and a line `Actual:`, or JSON objects with the members `expected` and `actual`",
        is_like: failing_test::is_like,
        read: failing_test::read,
    },
    Reader {
        format: Format::Sanitizer,
        name: "sanitizer",
        sign: "a line such as `==12==ERROR: AddressSanitizer: ...` or `a.c:3:5: runtime error: ...`",
        is_like: |head| sanitizer::is_like(&head.text),
        read: sanitizer::read,
    },
    Reader {
        format: Format::ValgrindText,
        name: "valgrind-text",
        sign: "lines such as `==12== Invalid read of size 4` and `==12==    at 0x1093: main (a.c:3)`",
        is_like: |head| valgrind_text::is_like(&head.text),
        read: valgrind_text::read,
    },
    Reader {
        format: Format::CoverityText,
        name: "coverity-text",
        sign: "a line such as `Error: RESOURCE_LEAK (CWE-772):` or `*** CID 1: Kind (CHECKER)`",
        is_like: |head| coverity_text::is_like(&head.text),
        read: coverity_text::read,
    },
    Reader {
        format: Format::Smatch,
        name: "smatch",
        sign: "a line such as `a.c:12 f() warn: ...`",
        is_like: |head| smatch::is_like(&head.text),
        read: smatch::read,
    },
    Reader {
        format: Format::FlawfinderCsv,
        name: "flawfinder-csv",
        sign: "columns such as `File,Line,Column,...,Warning`",
        is_like: |head| flawfinder_csv::is_like(&head.text),
        read: flawfinder_csv::read,
    },
    Reader {
        format: Format::Flawfinder,
        name: "flawfinder",
        sign: "a line such as `a.c:12:  [4] (buffer) strcpy: ...`",
        is_like: |head| flawfinder::is_like(&head.text),
        read: flawfinder::read,
    },
    Reader {
        format: Format::Splint,
        name: "splint",
        sign: "a first line such as `Splint 3.1.2 --- ...`",
        is_like: |head| splint::is_like(&head.text),
        read: splint::read,
    },
    Reader {
        format: Format::SemgrepText,
        name: "semgrep-text",
        sign: "a line such as `❯❯❱ rule` and source behind `┆`",
        is_like: |head| semgrep_text::is_like(&head.text),
        read: semgrep_text::read,
    },
    Reader {
        format: Format::Coccinelle,
        name: "coccinelle",
        sign: "a line such as `a.c:12:5-9: WARNING ...`",
        is_like: |head| coccinelle::is_like(&head.text),
        read: coccinelle::read,
    },
    Reader {
        format: Format::Sparse,
        name: "sparse",
        sign: "a line such as `a.c:12:5: warning: incorrect type in argument 1 (...)`",
        is_like: |head| sparse::is_like(&head.text),
        read: sparse::read,
    },
    Reader {
        format: Format::Cid,
        name: "cid",
        sign: "a line with a key such as `File: src/a.c`",
        is_like: |head| cid::is_like(&head.text),
        read: cid::read,
    },
    Reader {
        format: Format::CppcheckText,
        name: "cppcheck-text",
        sign: "a line such as `src/a.c:12:5: style: ... [unusedVariable]`",
        is_like: |head| diagnostic::is_like_cppcheck(&head.text),
        read: diagnostic::read_cppcheck,
    },
    Reader {
        format: Format::Diagnostic,
        name: "diagnostic",
        sign: "a line such as `src/a.c:12:5: warning: ...`",
        is_like: |head| diagnostic::is_like(&head.text),
        read: diagnostic::read,
    },
];

impl Format {
    /// Every format.
    pub fn all() -> impl Iterator<Item = Self> {
        READERS.iter().map(|reader| reader.format)
    }

    /// The name, as [`FromStr`] reads it.
    pub fn name(self) -> &'static str {
        self.reader().name
    }

    /// All names, for a message.
    pub(crate) fn names() -> String {
        READERS.iter().map(|reader| reader.name).collect::<Vec<_>>().join(", ")
    }

    /// What an input of this format has to show.
    pub(crate) fn sign(self) -> &'static str {
        self.reader().sign
    }

    pub(crate) fn reader(self) -> &'static Reader {
        let own = READERS.iter().find(|reader| reader.format == self);
        own.expect("the table has every format, which a test shows")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let named = READERS.iter().find(|reader| reader.name == name);
        named
            .map(|reader| reader.format)
            .ok_or_else(|| Error::UnknownFormat { name: name.to_owned() })
    }
}
