//! Every file of the corpus: recognised without being told its format, and read to at least one report.

use std::path::{Path, PathBuf};

use fixwright_report::{Error, Reports, parse};

use crate::corpus::corpus;

/// Files that are no reports, each with the reason.
const NO_REPORT: &[(&str, &str)] = &[
    (".c", "source"),
    (".js", "source"),
    ("sarif/test.json", "source of an example of SARIF"),
    ("sarif/TextFile.txt", "source of an example of SARIF"),
    ("sarif/default.txt", "source of an example of SARIF"),
    ("sarif/explicit.txt", "source of an example of SARIF"),
    ("sarif/LICENSE-CODE", "licence"),
    ("ExceptionalConditions/README.md", "says what the files are"),
    (".cc", "source"),
    (".cpp", "source"),
    (".h", "source"),
    (".hh", "source"),
    (".m", "source"),
    (".mm", "source"),
    (".java", "source"),
    (".go", "source"),
    (".py", "source"),
    (".ts", "source"),
    (".kt", "source"),
    (".cs", "source"),
    (".cocci", "source"),
    ("/Makefile", "source"),
    ("reports/README.md", "says what the files are"),
    ("tools/MANIFEST.tsv", "says where the files are from"),
];

/// What is to be seen of a file without reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Empty {
    /// The file is whole and says that nothing was found.
    Clean,
    /// There is nothing in it that a format shows.
    Unrecognised,
}

/// Files without a report, with what they are read as.
const EMPTY: &[(&str, Empty)] = &[
    ("analysis-model/clang-analyzer-bad.txt", Empty::Unrecognised),
    ("sarif/2-Basics/empty-log.sarif.json", Empty::Clean),
    ("automation-details.sarif", Empty::Clean),
    ("Catastrophic configuration error.sarif", Empty::Clean),
    ("Catastrophic execution error.sarif", Empty::Clean),
    ("Empty runs.sarif", Empty::Clean),
    ("No runs.sarif", Empty::Clean),
    ("One run empty results.sarif", Empty::Clean),
    ("One run no results.sarif", Empty::Clean),
    ("sarif/Notifications.sarif", Empty::Clean),
    ("tidy/empty.plist", Empty::Clean),
    ("tidy/empty1.out", Empty::Unrecognised),
    ("tidy/empty2.out", Empty::Unrecognised),
    ("tidy_yaml/empty.plist", Empty::Clean),
    ("tidy_yaml/empty1.out", Empty::Unrecognised),
    ("tidy_yaml/empty2.out", Empty::Unrecognised),
    ("ubsan/empty.plist", Empty::Clean),
    ("ubsan/empty1.out", Empty::Unrecognised),
    ("ubsan/empty2.out", Empty::Unrecognised),
    ("defectdojo-v10-none.json", Empty::Clean),
    ("arith.gcc12-fanalyzer.json", Empty::Clean),
    ("arith.gcc12-fanalyzer.txt", Empty::Unrecognised),
    ("defectdojo-none.report.json", Empty::Clean),
    ("defectdojo-no_runs.sarif", Empty::Clean),
];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn outcome(result: &Result<Reports, Error>) -> Result<usize, Option<Empty>> {
    match result {
        Ok(found) if found.reports.is_empty() => Err(Some(Empty::Clean)),
        Ok(found) => Ok(found.reports.len()),
        Err(Error::Unrecognised) => Err(Some(Empty::Unrecognised)),
        Err(_) => Err(None),
    }
}

/// Formats of the text tools by the folder of their files.
const FORMATS: &[(&str, &[&str])] = &[
    ("/smatch/", &["smatch", "plist"]),
    ("/sparse/", &["sparse", "plist"]),
    ("/coccinelle/", &["coccinelle", "plist"]),
    ("/splint/", &["splint"]),
    ("/flawfinder/", &["flawfinder", "flawfinder-csv", "sarif"]),
    ("/coverity/", &["coverity-text", "coverity-json"]),
    ("/gcc/", &["diagnostic", "gcc-json", "sarif", "plist"]),
    ("/clang/", &["diagnostic", "sarif", "plist"]),
    ("/clang-tidy/", &["diagnostic", "clang-tidy-yaml", "sarif"]),
    ("/tidy/", &["diagnostic", "plist"]),
    ("/cppcheck/", &["cppcheck-text", "cppcheck-xml", "sarif", "plist"]),
    ("/semgrep/", &["semgrep-text", "semgrep", "sarif"]),
    ("/analysis-model/gcc", &["diagnostic"]),
];

fn fits(name: &str, format: &str) -> bool {
    let folder = FORMATS.iter().find(|(folder, _)| name.contains(folder));
    folder.is_none_or(|(_, formats)| formats.contains(&format))
}

#[test]
fn every_file_is_recognised_and_read() {
    let Some(corpus) = corpus() else { return };
    let mut all = Vec::new();
    files(&corpus.join("reports"), &mut all);
    all.sort();
    let mut wrong = Vec::new();
    let (mut read, mut empty, mut excluded) = (0, 0, 0);
    for path in &all {
        let name = path.strip_prefix(&corpus).unwrap().to_string_lossy().into_owned();
        if NO_REPORT.iter().any(|(end, _)| name.ends_with(end)) {
            excluded += 1;
            continue;
        }
        let result = parse(std::fs::read(path).unwrap());
        let expected = EMPTY.iter().find(|(end, _)| name.ends_with(end)).map(|(_, empty)| *empty);
        match (outcome(&result), expected) {
            (Ok(_), None) => {
                read += 1;
                let format = result.map(|found| found.format.name()).unwrap_or_default();
                if !fits(&name, format) {
                    wrong.push(format!("{name}: read as {format}"));
                }
                continue;
            }
            (Err(Some(found)), Some(expected)) if found == expected => empty += 1,
            (found, _) => wrong.push(format!("{name}: {found:?}, {:?}", result.err())),
        }
    }
    println!("{read} files read, {empty} without a report, {excluded} that are none");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
    assert_eq!(empty, EMPTY.len(), "a listed file is not there");
}
