//! A pile with answers that are known: what is kept, what is done once, and what git makes of the patches.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Parser as _;
use fixwright::patch::{DiffOptions, FilePatch, Patch};
use fixwright::prompt::{Prompt, Request, render};
use fixwright::repair::{self, Event, Judge, Progress, Repair, Writer, Written};
use serde_json::Value;

use super::finding::Findings;
use super::{Course, Input, Paths, Pile, Search, mail};
use crate::exit::{BadInput, Exit};
use crate::flags::{self, Flags, RepairFlags};
use crate::interrupt::Interrupt;

/// Two functions with a bug each; that in `bad` stays.
const SOURCE: &str = "int good(int a)\n{\n\treturn a + 1 /* BUG */;\n}\n\nint other(int a)\n{\n\treturn a;\n}\n\n\
    int bad(int a)\n{\n\treturn a - 1 /* BUG */;\n}\n";
/// As reported: two findings in one place, one that cannot be repaired, a file that is not there, and one with other line ends.
const REPORT: &str = "src/a.c:3:1: warning: bug [-Wbug]\nsrc/a.c:3:9: warning: again [-Wagain]\n\
    /build/src/a.c:13:1: warning: bug [-Wbug]\nsrc/gone.c:1:1: warning: bug [-Wbug]\nsrc/crlf.c:2:1: warning: bug [-Wbug]\n";
const CRLF: &str = "int crlf(int a) {\r\n\treturn a + 1; /* = BUG */\r\n}\r\n";
/// An analyser that finds every line with a bug.
const ANALYSER: &str = r"grep -n BUG {files} /dev/null | sed 's/^\([^:]*\):\([0-9]*\):.*/\1:\2:1: warning: bug [-Wbug]/'";

struct Bench {
    folder: tempfile::TempDir,
    asked: AtomicUsize,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bench = Self { folder, asked: AtomicUsize::new(0) };
        fs::create_dir_all(bench.path("tree/src")).unwrap();
        bench.write("tree/src/a.c", SOURCE);
        bench.write("tree/src/crlf.c", CRLF);
        bench.write("reports.txt", REPORT);
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn flags(&self, more: &[&str]) -> RepairFlags {
        let (reports, tree, out) = (self.path("reports.txt"), self.path("tree"), self.path("out"));
        let paths = [("--reports", reports), ("--source", tree), ("--out", out)];
        let mut line: Vec<_> =
            paths.map(|(flag, path)| format!("{flag}={}", path.display())).into();
        line.extend(["--analyser", ANALYSER].map(String::from));
        line.extend(more.iter().copied().map(String::from));
        parsed(line)
    }

    /// Runs the pile with these flags, each finding being answered by `search`.
    fn run_with(
        &self,
        flags: &RepairFlags,
        interrupt: &Interrupt,
        search: &Search<'_>,
    ) -> anyhow::Result<(Exit, String)> {
        let source = flags.source.as_ref().or(flags.programs.as_ref()).unwrap();
        let (reports, out) = (flags.reports.as_deref(), flags.out.as_ref().unwrap());
        let findings = Findings::of(&Paths { reports, source, out }, flags.target)?;
        let course = Course::read(flags)?;
        let input = Input { flags, source, course: course.as_ref() };
        let mut pile = Pile::open(input, out, findings, Some(&[]), interrupt.clone())?;
        if pile.is_open() {
            let judges = input.judges(&pile.findings, interrupt)?;
            pile.work(&judges, search)?;
        }
        let mut table = Vec::new();
        let exit = pile.conclude(&mut table)?;
        Ok((exit, String::from_utf8(table).unwrap()))
    }

    fn run(&self, more: &[&str]) -> anyhow::Result<(Exit, String)> {
        let search = |request: Request<'_>, judge: &dyn Judge, progress: Progress<'_>| {
            self.search(&request, judge, progress)
        };
        self.run_with(&self.flags(more), &Interrupt::default(), &search)
    }

    /// Answers with the lines that are shown without their bug, or broken if they are those of `bad`.
    fn search(
        &self,
        request: &Request<'_>,
        judge: &dyn Judge,
        progress: Progress<'_>,
    ) -> fixwright::Result<Repair> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let text = &request.window().text;
        let fixed = match text.contains("a - 1") {
            true => text.replace("a - 1 /* BUG */;", "b;"),
            false => {
                text.replacen(" + 1 /* BUG */", "", 1).replace(" + 1; /* = BUG */", "; /* = */")
            }
        };
        let mut writer = Known(format!("```c\n{fixed}```"));
        repair::search(request, &mut writer, judge, &repair::Options::default(), progress)
    }

    fn asked(&self) -> usize {
        self.asked.swap(0, Ordering::Relaxed)
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&fs::read(self.path("out").join(name)).unwrap()).unwrap()
    }

    /// The names of the patches.
    fn patches(&self) -> Vec<String> {
        let names = fs::read_dir(self.path("out")).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
        names.retain(|name| name.ends_with(".patch"));
        names.sort();
        names
    }
}

fn parsed(line: Vec<String>) -> RepairFlags {
    let line = ["xtask", "repair", "--allow-unsandboxed"].map(String::from).into_iter().chain(line);
    let flags::Command::Repair(flags) = Flags::parse_from(line).command else { unreachable!() };
    flags
}

struct Known(String);

impl Writer for Known {
    fn write(
        &mut self,
        _: &Prompt,
        _: usize,
        progress: Progress<'_>,
    ) -> fixwright::Result<Option<Written>> {
        let flow = progress(Event::Text(&self.0));
        Ok(flow.is_continue().then(|| Written::new(self.0.clone())))
    }
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let set = ["-c", "user.name=t", "-c", "user.email=t@t", "-c", "core.autocrlf=false"];
    let output =
        Command::new("git").current_dir(folder).args(set).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "git {arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// Makes a repository of a folder.
fn commit(tree: &Path) {
    git(tree, &["init", "-q"]);
    git(tree, &["add", "."]);
    git(tree, &["commit", "-qm", "as it was"]);
}

#[test]
fn each_finding_gets_a_patch_that_git_applies_or_a_reason() {
    let bench = Bench::new();
    let (exit, table) = bench.run(&[]).unwrap();
    assert_eq!((exit, bench.asked()), (Exit::Failed, 3), "{table}");
    let expected = [
        "0001  src/a.c:3     -Wbug  repaired   0001-a-fix-Wbug.patch: applies and compiles; the finding is gone",
        "0002  src/a.c:13    -Wbug  failed     does not compile: src/a.c:13:16: error: 'b' undeclared",
        "0003  src/crlf.c:2  -Wbug  repaired   0003-crlf-fix-Wbug.patch: applies and compiles; the finding is gone",
        "2 repaired, 0 plausible, 1 failed, 1 more in the same places, 1 left out: see summary.json",
    ];
    assert_eq!(table.lines().count(), expected.len(), "{table}");
    for (line, start) in table.lines().zip(expected) {
        assert!(line.replace(['\u{2018}', '\u{2019}'], "'").starts_with(start), "{table}");
    }
    let summary = bench.json("summary.json");
    assert_eq!((&summary["repaired"], &summary["open"]), (&2.into(), &0.into()));
    assert_eq!(summary["left_out"][0]["place"], "src/gone.c:1:1");
    assert_eq!(
        bench.json("results/0002.json")["record"]["candidates"].as_array().unwrap().len(),
        1
    );

    let tree = bench.path("tree");
    commit(&tree);
    for patch in bench.patches() {
        git(&tree, &["am", "-q", bench.path("out").join(patch).to_str().unwrap()]);
    }
    assert_eq!(
        fs::read_to_string(tree.join("src/crlf.c")).unwrap(),
        CRLF.replace(" + 1", "").replace(" BUG", "")
    );
    assert!(
        fs::read_to_string(tree.join("src/a.c")).unwrap().contains("return a;\n}\n\nint other")
    );
    let log = git(&tree, &["log", "-1", "--skip=1", "--format=%an%n%B"]);
    let expected = "fixwright\na: fix -Wbug\n\nThe report of src/a.c:3 says:\n\n  bug\n\n\
        This change deletes 1 line and inserts 1 line. A language model wrote it\n\
        and nobody has reviewed it; it applies and compiles; the finding is\n\
        gone.\n\nReported-by: compiler (-Wbug)\n";
    assert_eq!(log.trim_end(), expected.trim_end());

    // What was applied is done, though its source has changed.
    let patches = bench.patches();
    bench.run(&[]).unwrap();
    assert_eq!((bench.asked(), bench.patches()), (1, patches));
}

#[test]
fn what_happens_to_the_tree_meanwhile_counts_for_nothing() {
    let bench = Bench::new();
    let search = |request: Request<'_>, judge: &dyn Judge, progress: Progress<'_>| {
        let _ = fs::remove_dir_all(bench.path("tree/src"));
        bench.search(&request, judge, progress)
    };
    let flags = bench.flags(&["--jobs", "1"]);
    let (_, table) = bench.run_with(&flags, &Interrupt::default(), &search).unwrap();
    assert!(table.contains("2 repaired, 0 plausible, 1 failed"), "{table}");
}

#[test]
fn what_is_done_is_not_done_again() {
    let bench = Bench::new();
    let first = bench.run(&[]).unwrap();
    assert_eq!(bench.asked(), 3);
    assert_eq!(bench.run(&[]).unwrap(), first);
    assert_eq!(bench.asked(), 0, "all results are there");

    fs::remove_file(bench.path("out").join("0001-a-fix-Wbug.patch")).unwrap();
    fs::remove_file(bench.path("out/results/0002.json")).unwrap();
    assert_eq!(bench.run(&[]).unwrap(), first);
    assert_eq!(bench.asked(), 2, "a patch and a result were missing");

    bench.write("tree/src/crlf.c", &CRLF.replace("crlf", "changed"));
    assert_eq!(bench.run(&[]).unwrap(), first);
    assert_eq!(bench.asked(), 1, "the source of one finding has changed");

    bench.write("reports.txt", &REPORT.replace("13:1: warning: bug", "13:1: warning: worse"));
    bench.run(&[]).unwrap();
    assert_eq!(bench.asked(), 1, "one report says something else");

    let error = bench.run(&["--candidates", "5"]).unwrap_err();
    assert!(error.is::<BadInput>() && error.to_string().contains("another candidates"), "{error}");
    bench.write("reports.txt", "src/a.c:3:1: warning: bug [-Wbug]\n");
    let error = bench.run(&[]).unwrap_err();
    assert!(error.to_string().contains("another findings"), "{error}");
}

#[test]
fn a_folder_without_results_takes_other_settings() {
    let bench = Bench::new();
    let error = bench.run(&["--compile", "false"]).unwrap_err();
    assert!(error.to_string().contains("--compile names another command"), "{error}");
    bench.run(&[]).unwrap();
    assert_eq!(bench.asked(), 3);
}

#[test]
fn an_interrupt_keeps_what_is_finished() {
    let bench = Bench::new();
    let interrupt = Interrupt::default();
    let flags = bench.flags(&["--jobs", "1"]);
    let at_second = |request: Request<'_>, judge: &dyn Judge, progress: Progress<'_>| {
        if bench.asked.load(Ordering::Relaxed) == 1 {
            interrupt.press();
        }
        bench.search(&request, judge, progress)
    };
    let (exit, table) = bench.run_with(&flags, &interrupt, &at_second).unwrap();
    assert_eq!((exit, bench.asked()), (Exit::CouldNotRun, 2));
    assert!(table.contains("1 repaired, 0 plausible, 0 failed, 2 not tried"), "{table}");
    assert_eq!(bench.patches(), ["0001-a-fix-Wbug.patch"]);
    bench.run(&["--jobs", "1"]).unwrap();
    assert_eq!(bench.asked(), 2, "the first is not done again");
}

#[test]
fn without_an_analyser_a_patch_is_plausible_at_best() {
    let bench = Bench::new();
    bench.write("reports.txt", "src/a.c:3:1: warning: bug [-Wbug]\n");
    let mut flags = bench.flags(&["--test", "grep -q 'return a;' src/a.c"]);
    flags.analyser = None;
    let search = |request: Request<'_>, judge: &dyn Judge, progress: Progress<'_>| {
        bench.search(&request, judge, progress)
    };
    let (exit, table) = bench.run_with(&flags, &Interrupt::default(), &search).unwrap();
    assert_eq!(exit, Exit::Done);
    assert!(table.contains("plausible  0001-a-fix-Wbug.patch: passes all tests\n"), "{table}");
}

#[test]
fn a_report_cannot_forge_a_mail() {
    let bench = Bench::new();
    let (reports, tree) = (bench.path("reports.txt"), bench.path("tree"));
    let paths = Paths { reports: Some(&reports), source: &tree, out: &tree };
    let mut findings = Findings::of(&paths, flags::Target::Window).unwrap();
    let mut finding = findings.found.remove(0);
    let forged =
        "From: mallory <m@m>\n---\ndiff --git a/x b/x\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+x\n";
    finding.case.report.title = Some(forged.to_owned());
    finding.case.report.description = Some("word ".repeat(400));
    finding.case.report.rule.id = Some("very-long-rule\nSubject: no ".repeat(9));
    finding.case.report.provenance.tool = Some("From: mallory <m@m>\n\nSubject: no".to_owned());
    finding.case.report.location.function = Some("f\nFrom: mallory <m@m>".to_owned());
    let (old, new) = (SOURCE, SOURCE.replacen(" + 1 /* BUG */", "", 1));
    let file = FilePatch::between(
        "src/a.c",
        Some(old.as_bytes()),
        Some(new.as_bytes()),
        &DiffOptions::default(),
    );
    let patch = Patch { files: vec![file] };
    let mail = mail::mail(&finding, "applies and compiles", &patch);
    commit(&tree);
    fs::write(bench.path("mail"), mail).unwrap();
    git(&tree, &["am", "-q", bench.path("mail").to_str().unwrap()]);
    assert_eq!(fs::read_to_string(tree.join("src/a.c")).unwrap(), new);
    assert_eq!(git(&tree, &["show", "--format=", "--name-only"]), "src/a.c\n");
    let subject = git(&tree, &["log", "-1", "--format=%s%n%an"]);
    assert!(
        subject.starts_with("a: fix very-long-rule Subject: no")
            && subject.ends_with("\nfixwright\n"),
        "{subject}"
    );
    assert!(subject.lines().all(|line| line.chars().count() <= 72), "{subject}");
    let body = git(&tree, &["log", "-1", "--format=%b"]);
    assert!(
        body.lines().count() < 30 && body.contains("\n  From: mallory <m@m>\n  ---\n"),
        "{body}"
    );
}

#[test]
fn what_was_silenced_is_left_out_and_of_a_place_the_worst_is_repaired() {
    let bench = Bench::new();
    let result = |line: u32, level: &str, more: &str| {
        format!(
            r#"{{"ruleId":"{level}","level":"{level}","message":{{"text":"bug"}},{more}"locations":[{{"physicalLocation":
            {{"artifactLocation":{{"uri":"src/a.c"}},"region":{{"startLine":{line}}}}}}}]}}"#
        )
    };
    let silenced = result(13, "error", r#""suppressions":[{"kind":"inSource"}],"#);
    let results = [result(3, "note", ""), result(3, "error", ""), silenced].join(",");
    let sarif = format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"t"}}}},"results":[{results}]}}]}}"#
    );
    bench.write("reports.txt", &sarif);
    let (_, table) = bench.run(&[]).unwrap();
    assert!(table.starts_with("0001  src/a.c:3  error"), "{table}");
    assert!(table.contains("1 more in the same places, 1 left out"), "{table}");
    assert_eq!(bench.json("summary.json")["left_out"][0]["reason"], "suppressed");
}

#[test]
fn reports_of_which_none_is_about_the_source_are_bad_input() {
    let bench = Bench::new();
    bench.write("reports.txt", "src/gone.c:1:1: warning: bug [-Wbug]\n");
    let (exit, table) = bench.run(&[]).unwrap();
    assert_eq!((exit, bench.asked()), (Exit::BadInput, 0), "{table}");
}

/// A header may be installed before the next run.
#[test]
fn what_could_not_be_judged_is_tried_again() {
    let bench = Bench::new();
    bench.write("reports.txt", "src/a.c:4:1: warning: bug [-Wbug]\n");
    bench.write("tree/src/a.c", &format!("#include \"gone.h\"\n{SOURCE}"));
    let (exit, table) = bench.run(&[]).unwrap();
    assert_eq!((exit, bench.asked()), (Exit::Failed, 0), "{table}");
    assert!(table.contains("does not compile as it is"), "{table}");
    bench.write("tree/src/gone.h", "");
    let (exit, table) = bench.run(&[]).unwrap();
    assert_eq!((exit, bench.asked()), (Exit::Done, 1), "{table}");
}

/// Programs of a course and a test of them: `ann`'s is wrong.
fn course(bench: &Bench) -> Vec<String> {
    for folder in ["programs/ann", "programs/bob", "tests", "programs/common"] {
        fs::create_dir_all(bench.path(folder)).unwrap();
    }
    for (name, prints) in [("ann", "2"), ("bob", "1")] {
        let text = format!(
            "#include <stdio.h>\n#include \"../common/c.h\"\nint main(void)\n{{\n\treturn printf({prints} == WRONG ? \"no\" : \"yes\") < 0;\n}}\n"
        );
        bench.write(&format!("programs/{name}/main.c"), &text);
    }
    bench.write("programs/common/c.h", "#define WRONG 2\n");
    bench.write("tests/1.in", "");
    bench.write("tests/1.out", "yes");
    let paths = [("programs", "programs"), ("tests", "tests"), ("out", "out")];
    paths.map(|(flag, name)| format!("--{flag}={}", bench.path(name).display())).to_vec()
}

/// A folder without programs is there for all of them, and what goes wrong with one program is not the end of the next.
#[test]
fn a_program_that_cannot_be_judged_does_not_end_the_work() {
    let bench = Bench::new();
    let line = course(&bench);
    let zoe = fs::read_to_string(bench.path("programs/ann/main.c")).unwrap();
    fs::create_dir(bench.path("programs/zoe")).unwrap();
    bench.write("programs/zoe/main.c", &zoe.replace("2 ==", "3 - 1 =="));
    let search = |request: Request<'_>, judge: &dyn Judge, progress: Progress<'_>| {
        if request.path() == "ann/main.c" {
            let source = std::io::ErrorKind::StorageFull.into();
            let path = "full".into();
            return Err(fixwright::validate::Error::Io { path, source }.into());
        }
        let fixed = request.source().replace("3 - 1", "1");
        let mut writer = Known(format!("```c\n{fixed}```"));
        repair::search(&request, &mut writer, judge, &repair::Options::default(), progress)
    };
    let run = |line: Vec<String>| bench.run_with(&parsed(line), &Interrupt::default(), &search);
    let (exit, table) = run([line.clone(), vec!["--jobs=1".to_owned()]].concat()).unwrap();
    let expected = [
        "0001  ann/main.c    failed     full: no storage space",
        "0002  bob/main.c    right      passes all tests",
        "0003  zoe/main.c    repaired   zoe/main.patch: passes all tests",
        "1 repaired, 0 plausible, 1 failed, 1 right as they are",
    ];
    assert_eq!((exit, table.lines().collect::<Vec<_>>()), (Exit::Failed, expected.into()));
}

#[test]
fn a_name_that_is_no_text_costs_nothing_else() {
    let bench = Bench::new();
    let line = course(&bench);
    fs::write(bench.path("programs").join(OsStr::from_bytes(b"L\xf6sung.c")), "int a;").unwrap();
    let search = |request: Request<'_>, judge: &dyn Judge, progress: Progress<'_>| {
        let fixed = request.source().replace("2 ==", "1 ==");
        let mut writer = Known(format!("```c\n{fixed}```"));
        repair::search(&request, &mut writer, judge, &repair::Options::default(), progress)
    };
    let (exit, table) = bench.run_with(&parsed(line), &Interrupt::default(), &search).unwrap();
    assert!(exit == Exit::Failed && table.contains("1 repaired"), "{table}");
    let left_out = &bench.json("summary.json")["left_out"][0];
    assert!(left_out["report"].as_str().unwrap().ends_with("L\u{fffd}sung.c"), "{left_out}");
}

#[test]
fn a_compile_command_has_to_make_the_program() {
    let bench = Bench::new();
    let mut line = course(&bench);
    line.push("--compile=gcc {file}".to_owned());
    let search = |_: Request<'_>, _: &dyn Judge, _: Progress<'_>| unreachable!("nothing to search");
    let (exit, table) = bench.run_with(&parsed(line), &Interrupt::default(), &search).unwrap();
    assert_eq!(exit, Exit::Failed);
    assert_eq!(table.matches("makes no file `program`").count(), 2, "{table}");
}

#[test]
fn programs_that_fail_a_test_are_repaired() {
    let bench = Bench::new();
    for folder in ["programs/sub", "tests"] {
        fs::create_dir_all(bench.path(folder)).unwrap();
    }
    let programs = [
        ("ann", "a + 1)"),
        ("bob", "a)"),
        ("eve", "a"),
        ("sub/joe", "a - 1)"),
        ("latin", "\"\u{e9}\")"),
        ("link", "a + gone())"),
    ];
    for (name, prints) in programs {
        let text = format!(
            "#include <stdio.h>\nint main(void)\n{{\n\tint a, b;\n\tscanf(\"%d\", &a);\n\tprintf(\"%d\\n\", {prints};\n}}\n"
        );
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
        fs::write(bench.path(&format!("programs/{name}.c")), latin).unwrap();
    }
    for (name, text) in [("1.in", "-3"), ("1.out", "-3"), ("10.in", "0"), ("10.out", "0\n")] {
        bench.write(&format!("tests/{name}"), text);
    }
    bench.write("task.txt", "Print the number.");
    let prompts = Mutex::new(Vec::new());
    let search = |request: Request<'_>, judge: &dyn Judge, progress: Progress<'_>| {
        let prompt = render(&request);
        prompts.lock().unwrap().push((request.path().to_owned(), format!("{:?}", prompt.messages)));
        let fixed =
            request.source().replace(" + 1", "").replace(" + gone()", "").replace("a;", "a);");
        let mut writer = Known(format!("```c\n{fixed}```"));
        repair::search(&request, &mut writer, judge, &repair::Options::default(), progress)
    };
    let paths =
        [("programs", "programs"), ("tests", "tests"), ("description", "task.txt"), ("out", "out")];
    let line = paths.map(|(flag, name)| format!("--{flag}={}", bench.path(name).display()));
    let run = || bench.run_with(&parsed(line.to_vec()), &Interrupt::default(), &search).unwrap();
    let (exit, table) = run();
    let expected = [
        "0001  ann.c        repaired   ann.patch: passes all tests",
        "0002  bob.c        right      passes all tests",
        "0003  eve.c        repaired   eve.patch: passes all tests",
        "0004  link.c       repaired   link.patch: passes all tests",
        "0005  sub/joe.c    failed     the answer changes nothing",
        "3 repaired, 0 plausible, 1 failed, 1 right as they are, 1 left out: see summary.json",
    ];
    assert_eq!((exit, table.lines().collect::<Vec<_>>()), (Exit::Failed, expected.into()));
    let prompts = || {
        let mut prompts = std::mem::take(&mut *prompts.lock().unwrap());
        prompts.sort();
        prompts
    };
    let asked = prompts();
    assert_eq!(
        asked.iter().map(|(path, _)| &**path).collect::<Vec<_>>(),
        ["ann.c", "eve.c", "link.c", "sub/joe.c"]
    );
    assert!(asked.iter().all(|(_, prompt)| prompt.contains("Print the number.")), "{asked:?}");
    assert!(asked[0].1.contains("-3") && asked[1].1.contains("expected"), "{asked:?}");
    assert_eq!((run().1, prompts()), (table, vec![]), "all results are there");

    // One that is handed in late is in the middle of the list.
    let ann = fs::read_to_string(bench.path("programs/ann.c")).unwrap();
    fs::create_dir(bench.path("programs/may")).unwrap();
    bench.write("programs/may/main.c", &ann);
    let (_, table) = run();
    assert!(
        table.contains("0005  may/main.c    repaired   may/main.patch: passes all tests"),
        "{table}"
    );
    assert!(table.contains("0006  sub/joe.c     failed"), "{table}");
    let asked: Vec<_> = prompts().into_iter().map(|(path, _)| path).collect();
    assert_eq!(asked, ["may/main.c"], "no other one is tried again");
    fs::remove_dir_all(bench.path("programs/may")).unwrap();

    let folder = bench.path("programs");
    commit(&folder);
    for patch in bench.patches() {
        git(&folder, &["am", "-q", bench.path("out").join(patch).to_str().unwrap()]);
    }
    let body = git(&folder, &["log", "-1", "--skip=2", "--format=%b"]);
    assert!(body.contains("  Input: -3\n  Expected: -3\n"), "{body}");
    assert!(run().1.ends_with(
        "0 repaired, 0 plausible, 1 failed, 4 right as they are, 1 left out: see summary.json\n"
    ));
}
