//! Wrong and right programs in the layouts of the field.

use std::fs;
use std::io::Write as _;

use fixwright_dataset::{Assignments, RepairSample, Rows, Source};
use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use crate::write;

const WRONG: &str = "int main(void)\n{\n  return 1;\n}\n";
const RIGHT: &str = "int main(void)\n{\n  return 0;\n}\n";
const FAR: &str = "#include <stdlib.h>\nint main(int argc, char **argv)\n{\n  exit(0);\n}\n";

/// The samples and what was skipped of a folder with these files.
fn read(files: &[(&str, &str)], most: usize) -> (Vec<RepairSample>, Vec<(&'static str, u64)>) {
    let folder = TempDir::new().unwrap();
    write(folder.path(), files);
    let mut source = Assignments::open(folder.path(), most).unwrap();
    let samples = source.by_ref().map(Result::unwrap).collect();
    (samples, source.skipped().iter().collect())
}

fn text<'a>(sample: &'a RepairSample, name: &str) -> &'a str {
    sample.extra.get(name).unwrap().unwrap()
}

#[test]
fn the_layout_of_fastfixer() {
    let (samples, skipped) = read(
        &[
            ("problemID_1/studentID_2/wrong/s_0_pass_0.5.c", WRONG),
            ("problemID_1/studentID_2/correct/s_0.c", FAR),
            ("problemID_1/studentID_2/correct/s_1.c", RIGHT),
            ("problemID_1/studentID_3/wrong/s_0_pass_0.0.c", &WRONG.replace('1', "2")),
            ("problemID_1/testcase/1.in", "1\n"),
            ("problemID_1/testcase/1.out", "one\n"),
            ("problemID_1/testcase/10.in", "10\n"),
            ("problemID_1/testcase/10.out", "ten\n"),
            ("problemID_1/testcase/2.in", "2\n"),
            ("problemID_1/testcase/2.out", "two\n"),
            ("problemID_9/studentID_1/wrong/s.c", WRONG),
            ("problemID_9/studentID_1/correct/s.c", RIGHT),
            ("problemID_9/testcase/1.in", ""),
            ("problemID_9/testcase/1.out", ""),
            ("problemID_9/testcase/1.extra", "a file that it opens"),
        ],
        10,
    );
    assert_eq!(skipped, [("tests need more files than stdin", 2)]);
    let [own, of_another] = &samples[..] else { panic!("{samples:?}") };
    assert_eq!(own.id.as_deref(), Some("problemID_1/studentID_2/wrong/s_0_pass_0.5.c"));
    assert_eq!((own.code.as_deref(), own.fixed.as_deref()), (Some(WRONG), Some(RIGHT)));
    assert_eq!(text(own, "pair_kind"), "same student");
    assert_eq!(text(of_another, "pair_kind"), "same problem");
    assert_eq!(of_another.fixed.as_deref(), Some(RIGHT));
    let inputs: Vec<_> = own.tests.iter().flatten().map(|test| &*test.input).collect();
    assert_eq!(inputs, ["1\n", "2\n", "10\n"]);
    let mut by_diff = own.clone();
    by_diff.fixed = None;
    assert_eq!(by_diff.reference().unwrap().as_deref(), Some(RIGHT));
}

#[test]
fn the_layout_of_itsp() {
    let results = "/*numPass=1, numTotal=2\nExpOutput:\"secret\"\n*/\n";
    let (samples, skipped) = read(
        &[
            ("Lab-3/2810/270010_buggy.c", &format!("{results}{WRONG}")),
            ("Lab-3/2810/270010_correct.c", &format!("{results}{RIGHT}")),
            ("Lab-3/2810/Main.c", "/* Return zero. */\nint main(void) { return 0; }\n"),
            ("Lab-4/2810x/1_buggy.c", WRONG),
            ("test/in.2810.1.txt", ""),
            ("test/out.2810.1.txt", "0"),
        ],
        10,
    );
    assert_eq!(skipped, [("no right program near enough", 1)]);
    assert_eq!(samples.len(), 1);
    assert_eq!(samples[0].problem.as_deref(), Some("Lab-3/2810"));
    assert_eq!(samples[0].code.as_deref(), Some(WRONG), "the results would tell the tests");
    assert_eq!(samples[0].description.as_deref(), Some("Return zero."));
    assert_eq!(samples[0].tests.as_ref().map(Vec::len), Some(1));
}

#[test]
fn the_layout_of_introclass() {
    let metadata = |fail: &str| {
        format!(
            r#"{{"blackbox": {{"pass": [], "fail": []}}, "whitebox": {{"pass": [], "fail": [{fail}]}}}}"#
        )
    };
    let (samples, skipped) = read(
        &[
            ("median/07f5/000/median.c", WRONG),
            ("median/07f5/000/metadata.json", &metadata("\"2\"")),
            ("median/07f5/001/median.c", RIGHT),
            ("median/07f5/001/metadata.json", &metadata("")),
            ("median/07f5/002/median.c", WRONG),
            ("median/tests/blackbox/1.in", "1 2 3"),
            ("median/tests/blackbox/1.out", "2"),
            ("median/tests/whitebox/1.in", "3 3 3"),
            ("median/tests/whitebox/1.out", "3"),
        ],
        10,
    );
    assert_eq!(skipped, [("not said whether right or wrong", 1)]);
    assert_eq!(samples.len(), 1);
    assert_eq!(samples[0].id.as_deref(), Some("median/07f5/000/median.c"));
    assert_eq!(samples[0].tests.as_ref().map(Vec::len), Some(2));
}

#[test]
fn the_limit_counts_deleted_and_inserted_lines() {
    let files = [("p/s/buggy.c", WRONG), ("p/s/correct.c", RIGHT)];
    assert_eq!(read(&files, 2).0.len(), 1);
    assert_eq!(read(&files, 1).1, [("no right program near enough", 1)]);
}

#[test]
fn pairs_and_programs_in_json_lines() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("programs.jsonl");
    let row = |fields: &[(&str, serde_json::Value)]| {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        serde_json::Value::Object(fields.collect()).to_string()
    };
    let program = |problem: &str, student: &str, correct: bool, code: &str| {
        let texts = [("problem", problem), ("student", student), ("code", code)];
        let mut fields: Vec<_> = texts.map(|(name, text)| (name, text.into())).into();
        fields.push(("correct", correct.into()));
        row(&fields)
    };
    let lines = [
        program("p", "a", false, WRONG),
        row(&[
            ("buggy", WRONG.into()),
            ("fixed", RIGHT.into()),
            ("source", "S".into()),
            ("problem", "q".into()),
        ]),
        "{".into(),
        row(&[("wrong_code", WRONG.into()), ("correct_code", FAR.into())]),
        program("p", "b", true, RIGHT),
        program("r", "a", true, RIGHT),
    ];
    fs::write(&path, lines.join("\n")).unwrap();
    let mut source = Assignments::open(&path, 4).unwrap();
    let (good, bad): (Vec<_>, Vec<_>) = source.by_ref().partition(Result::is_ok);
    assert_eq!(bad.len(), 1);
    let samples: Vec<_> = good.into_iter().map(Result::unwrap).collect();
    let problems: Vec<_> =
        samples.iter().map(|sample| sample.problem.as_deref().unwrap()).collect();
    assert_eq!(problems, ["q", "p"]);
    assert_eq!(samples[0].origin.as_deref(), Some("S"));
    assert_eq!(text(&samples[1], "student"), "a");
    assert_eq!(source.skipped().count("no right program near enough"), 1);
}

#[test]
fn compressed_rows_are_read_and_hashed_as_they_are() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("rows.jsonl.gz");
    let mut output = GzEncoder::new(fs::File::create(&path).unwrap(), Compression::fast());
    output.write_all(b"{\"code\":\"int a;\"}\n{\"code\":\"int b;\"}\n").unwrap();
    output.finish().unwrap();
    let mut rows = Rows::open(&path).unwrap();
    let codes: Vec<_> = rows.by_ref().map(|row| row.unwrap().code.unwrap()).collect();
    assert_eq!(codes, ["int a;", "int b;"]);
    assert_eq!(rows.facts()["sha256"].len(), 64);
}

#[test]
fn rows_that_cannot_be_used_are_told_with_their_lines() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("programs.jsonl");
    let rows = [
        r#"{"problem": "p", "code": "int a;", "correct": "yes"}"#,
        "",
        r#"{"code": "int a;", "correct": true}"#,
        r#"{"buggy": 7, "fixed": "int a;"}"#,
        r#"{"buggy": "int b;", "fixed": "int a;"}"#,
    ];
    fs::write(&path, rows.join("\n")).unwrap();
    let read = Assignments::open(&path, 10).unwrap();
    let (good, bad): (Vec<_>, Vec<_>) = read.partition(Result::is_ok);
    assert_eq!(good.len(), 1);
    let errors: Vec<_> = bad.into_iter().map(|error| error.unwrap_err().to_string()).collect();
    let begins = ["line 1", "line 3", "line 4"];
    assert!(errors.iter().zip(begins).all(|(error, begin)| error.starts_with(begin)), "{errors:?}");
    assert!(errors[1].contains("without `problem`") && errors[2].contains("`buggy`"), "{errors:?}");
}
