//! Programs that are tested: what passes, what fails, and why.

use fixwright_patch::{DiffOptions, FilePatch, Patch};
use fixwright_validate::{
    Compare, CopyOptions, Ending, Executable, FailedTest, Failure, Isolation, Launcher, Limits,
    Sandbox, Suite, Task, TestCase, Tested, Toolchain, Validator, Verdict, WrongOutput,
};
use std::time::Duration;

use crate::{go_on, tree};

const DIVIDE: &str = r#"#include <stdio.h>
int main(void)
{
	int a, b;

	if (scanf("%d %d", &a, &b) != 2)
		return 1;
	printf("%d\n", a / b);
	return 0;
}
"#;

fn test(input: &str, output: &str) -> TestCase {
    TestCase { input: input.to_owned(), output: output.to_owned() }
}

fn toolchain(compiler: &[&str], tests: Vec<TestCase>) -> Toolchain {
    let argv = compiler.iter().chain(&["-o", "program", "program.c"]).copied();
    let mut limits = Limits::default();
    limits.wall_time = Duration::from_secs(2);
    limits.flood = Some(1 << 20);
    let run = Task::new(["./program"]).with_limits(limits);
    Toolchain::new(Task::new(argv)).with_tests(Suite::new(run, tests, Compare::Strict))
}

fn sandbox() -> Isolation {
    let launcher = Launcher::at(env!("CARGO_BIN_EXE_fixwright-sandbox"));
    Isolation::Sandboxed(Sandbox::new(launcher).unwrap())
}

/// The verdict on a program, and the tests that it fails.
fn judge(source: &str, tests: Vec<TestCase>) -> (Verdict, Vec<FailedTest>) {
    let dir = tree(&[("program.c", source)]);
    let toolchain = toolchain(&["gcc", "-w"], tests);
    let validator =
        Validator::new(dir.path(), toolchain, CopyOptions::default(), sandbox(), &mut go_on)
            .unwrap();
    let judged = validator.judge_unpatched(&mut go_on).unwrap();
    (judged.verdict, judged.tests.map(|tests| tests.failed).unwrap_or_default())
}

/// Why a program fails its only test.
fn failure(source: &str) -> Failure {
    let (verdict, failed) = judge(source, vec![test("4 2\n", "2\n")]);
    assert_eq!(verdict, Verdict::Failed { passed: 0, total: 1 });
    failed[0].failure.clone()
}

/// How a program fares, as it is and as a candidate for the repair of another one.
fn both_ways(source: &str, tests: &[TestCase]) -> [Tested; 2] {
    let old = "int main(void)\n{\n\treturn 0;\n}\n";
    let judge = |before: &str, after: Option<&str>| {
        let dir = tree(&[("program.c", before)]);
        let (toolchain, options) =
            (toolchain(&["gcc", "-w"], tests.to_vec()), CopyOptions::default());
        let validator =
            Validator::new(dir.path(), toolchain, options, sandbox(), &mut go_on).unwrap();
        let (old, options) = (Some(before.as_bytes()), DiffOptions::default());
        let judged = match after.map(str::as_bytes) {
            None => validator.judge_unpatched(&mut go_on),
            after => {
                let files = vec![FilePatch::between("program.c", old, after, &options)];
                validator.judge(&Patch { files }, &mut go_on)
            }
        };
        judged.unwrap().tests.unwrap()
    };
    [judge(source, None), judge(old, Some(source))]
}

/// Of the program itself all tests count: the one that is told best may come last.
#[test]
fn a_candidate_that_loops_forever_is_not_run_again() {
    let stuck = DIVIDE.replace("return 0", "while (a == 9) b++; return 0");
    let tests = vec![test("4 2", "2\n"), test("9 3", "3\n"), test("6 2", "?"), test("8 2", "4\n")];
    let [whole, candidate] = both_ways(&stuck, &tests);
    let indices = |tested: &Tested| tested.failed.iter().map(|it| it.index).collect::<Vec<_>>();
    assert_eq!((indices(&whole), whole.unrun, whole.passed()), (vec![1, 2], 0, 2));
    assert_eq!((indices(&candidate), candidate.unrun, candidate.passed()), (vec![1], 2, 1));
}

/// What is in the folder for temporary files is the program's.
#[test]
fn a_program_cannot_say_where_the_next_input_is_written() {
    let outside = tree(&[("kept", "mine")]);
    let kept = outside.path().join("kept");
    let source = format!(
        "#include <stdio.h>\n#include <stdlib.h>\n#include <unistd.h>\nint main(void)\n{{\n\tchar name[4096];\n\
         \tsnprintf(name, sizeof name, \"%s/input\", getenv(\"TMPDIR\"));\n\tunlink(name);\n\
         \tif (symlink(\"{}\", name))\n\t\treturn 1;\n\tputs(\"done\");\n\treturn 0;\n}}\n",
        kept.display()
    );
    let (verdict, failed) = judge(&source, vec![test("", "done"), test("theirs", "done")]);
    assert_eq!(verdict, Verdict::Plausible, "{failed:?}");
    assert_eq!(std::fs::read_to_string(kept).unwrap(), "mine");
}

#[test]
fn tests_are_counted() {
    let tests = vec![test("4 2", "2\n"), test("9 2\n", "4"), test("1 0", "?"), test("7 7", "2")];
    let (verdict, failed) = judge(DIVIDE, tests);
    assert_eq!(verdict, Verdict::Failed { passed: 2, total: 4 });
    let reasons: Vec<_> = failed.iter().map(|test| (test.index, test.failure.clone())).collect();
    let different = Failure::Output { wrong: WrongOutput::Different };
    assert_eq!(reasons, [(2, Failure::Signal { number: 8 }), (3, different)]);
    assert_eq!(judge(DIVIDE, vec![test("4 2", "2")]).0, Verdict::Plausible);
}

#[test]
fn a_compiler_tells_programs_apart_and_only_those_that_tests_run() {
    let dir = tree(&[("program.c", DIVIDE)]);
    let options = CopyOptions::default;
    let validator = |toolchain: Toolchain| {
        Validator::new(dir.path(), toolchain, options(), sandbox(), &mut go_on).unwrap()
    };
    let own = validator(toolchain(&["gcc", "-w", "-O1"], vec![test("4 2", "2")]));
    let made = |validator: &Validator, new: &str| {
        let (old, options) = (Some(DIVIDE.as_bytes()), DiffOptions::default());
        let file = FilePatch::between("program.c", old, Some(new.as_bytes()), &options);
        validator.executable(Some(&Patch { files: vec![file] }), &mut go_on).unwrap()
    };
    let source = own.executable(None, &mut go_on).unwrap();
    assert!(matches!(source, Executable::Hash(_)));
    let same = DIVIDE.replace("a, b;", "a, b, unused;").replace("!= 2", "- 2");
    assert_eq!(made(&own, &same), source);
    let other = made(&own, &DIVIDE.replace("a / b", "a % b"));
    assert!(matches!(other, Executable::Hash(_)) && other != source);
    assert_eq!(made(&own, &DIVIDE.replace("a / b", "a / c")), Executable::Missing);

    let command = Suite::command(Task::new(["sh", "-c", "./program </dev/null"]));
    let compile = Task::new(["gcc", "-o", "program", "program.c"]);
    let unknown = [Toolchain::new(compile.clone()), Toolchain::new(compile).with_tests(command)];
    for validator in unknown.map(validator) {
        assert_eq!(made(&validator, &same), Executable::Unknown);
    }
}

#[test]
fn a_program_that_takes_itself_away_fails_what_comes_after() {
    let source = "#include <stdio.h>\nint main(int argc, char **argv)\n{\n\tputs(\"2\");\n\treturn remove(argv[0]);\n}\n";
    let (verdict, failed) = judge(source, vec![test("", "2"), test("", "2"), test("", "2")]);
    assert_eq!(verdict, Verdict::Failed { passed: 1, total: 3 });
    assert_eq!(failed.iter().map(|it| it.index).collect::<Vec<_>>(), [1, 2]);
    assert!(failed.iter().all(|it| it.failure == Failure::Missing), "{failed:?}");
}

#[test]
fn of_what_a_failed_test_writes_beginning_and_end_are_kept() {
    let source = "#include <stdio.h>\nint main(void)\n{\n\tputs(\"begin\");\n\tfor (int i = 0; i < 20000; i++)\n\t\tprintf(\"\u{e9}\");\n\tputs(\"end\");\n\treturn 0;\n}\n";
    let (_, failed) = judge(source, vec![test("", "2")]);
    let output = &failed[0].run.output;
    assert!(output.len() < 33 << 10, "{}", output.len());
    assert!(output.starts_with("begin\n") && output.ends_with("end\n"));
    assert!(output.contains(" bytes left out]\n"));
}

#[test]
fn every_way_to_fail_has_a_name() {
    let spaced = DIVIDE.replace("%d\\n\", a", " %d\", a");
    assert_eq!(failure(&spaced), Failure::Output { wrong: WrongOutput::Presentation });
    let chatty = DIVIDE.replace("%d\\n\", a", "result: %d\\n\", a");
    assert_eq!(failure(&chatty), Failure::Output { wrong: WrongOutput::Extra });
    let crashed = DIVIDE.replace("a / b);", "*(int *)(long)(a - 4));");
    assert_eq!(failure(&crashed), Failure::Signal { number: 11 });
    let stuck = DIVIDE.replace("return 0", "for (;;) a++; return 0");
    assert_eq!(failure(&stuck), Failure::Limit { ending: Ending::WallTime });
    let flood = DIVIDE.replace("return 0", "for (;;) puts(\"again and again\"); return 0");
    assert_eq!(failure(&flood), Failure::Limit { ending: Ending::Flood });
}

#[test]
fn a_sanitizer_says_what_is_wrong() {
    let overflow = DIVIDE
        .replace("int a, b;", "int a, b; volatile char c[2]; volatile int i = 2;")
        .replace("return 0", "c[i] = 1; return c[i]");
    let dir = tree(&[("program.c", &overflow)]);
    let toolchain = toolchain(&["gcc", "-w", "-g", "-fsanitize=address"], vec![test("4 2", "2")]);
    let validator =
        Validator::new(dir.path(), toolchain, CopyOptions::default(), sandbox(), &mut go_on)
            .unwrap();
    let tests = validator.judge_unpatched(&mut go_on).unwrap().tests.unwrap();
    let rule = "stack-buffer-overflow".to_owned();
    assert_eq!(tests.failed[0].failure, Failure::Sanitizer { rule });
}

#[test]
fn a_failed_test_is_a_bug_report() {
    let tests = vec![test("7 7", "2\n")];
    let (_, failed) = judge(DIVIDE, tests.clone());
    let report = failed[0].report(&tests[0]);
    assert_eq!(report.title.as_deref(), Some("wrong output"));
    let shown = report.test.unwrap();
    assert_eq!(shown.input.as_deref(), Some("7 7"));
    assert_eq!(shown.expected.as_deref(), Some("2\n"));
    assert_eq!(shown.actual.as_deref(), Some("1\n"));
}

#[test]
fn a_candidate_is_plausible_when_all_tests_pass() {
    let wrong = DIVIDE.replace("a / b", "a * b");
    let dir = tree(&[("program.c", &wrong)]);
    let toolchain = toolchain(&["gcc", "-w"], vec![test("4 2", "2"), test("9 3", "3")]);
    let validator =
        Validator::new(dir.path(), toolchain, CopyOptions::default(), sandbox(), &mut go_on)
            .unwrap();
    assert_eq!(
        validator.judge_unpatched(&mut go_on).unwrap().verdict,
        Verdict::Failed { passed: 0, total: 2 }
    );
    let options = DiffOptions::default();
    let file =
        FilePatch::between("program.c", Some(wrong.as_bytes()), Some(DIVIDE.as_bytes()), &options);
    let judged = validator.judge(&Patch { files: vec![file] }, &mut go_on).unwrap();
    assert_eq!(judged.verdict, Verdict::Plausible);
    assert_eq!(judged.tests.unwrap().passed(), 2);
}

#[test]
fn outputs_are_compared_as_asked() {
    let expected = "a  b\n\nc\n";
    for (actual, exact, strict, loose) in [
        ("a  b\n\nc\n", true, true, true),
        ("a  b \n\nc\n\n", false, true, true),
        (" a  b\nc", false, false, true),
        ("a b\n\nc\n", false, false, false),
    ] {
        let same = |compare: Compare| compare.check(expected, actual).is_none();
        assert_eq!(
            (same(Compare::Exact), same(Compare::Strict), same(Compare::Loose)),
            (exact, strict, loose),
            "{actual:?}"
        );
    }
    assert_eq!(Compare::Strict.check("", "debug\n"), Some(WrongOutput::Different));
}

#[test]
fn a_command_tests_by_its_exit_code() {
    let dir = tree(&[("limit", "3\n")]);
    let check = "echo checking; test \"$(cat limit)\" -lt 9 || { echo too large; exit 4; }";
    let suite = Suite::command(Task::new(["sh", "-c", check]));
    let toolchain = Toolchain::new(Task::new(["true"])).with_tests(suite);
    let validator =
        Validator::new(dir.path(), toolchain, CopyOptions::default(), sandbox(), &mut go_on)
            .unwrap();
    let judge = |new: &[u8]| {
        let file = FilePatch::between("limit", Some(b"3\n"), Some(new), &DiffOptions::default());
        validator.judge(&Patch { files: vec![file] }, &mut go_on).unwrap()
    };
    assert_eq!(judge(b"8\n").verdict, Verdict::Plausible);
    let judged = judge(b"10\n");
    assert_eq!(judged.verdict, Verdict::Failed { passed: 0, total: 1 });
    let failed = &judged.tests.unwrap().failed[0];
    assert_eq!(failed.failure, Failure::Exit { code: 4 });
    assert!(failed.run.output.ends_with("too large\n"));
}
