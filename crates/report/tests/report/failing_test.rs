//! Failing tests as reports.

use fixwright_report::{BugReport, Format, Location, TestFailure, failing_test, parse, parse_as};
use proptest::prelude::*;

use crate::digest;

#[test]
fn files() {
    digest::check_folder("failing-test", Format::FailingTest);
}

#[test]
fn objects_in_an_array() {
    let text = r#"[{"test":"t","input":"","expected":"1\n","actual":"2\n"},{"expected":"x"},{"name":"n"}]"#;
    let found = parse(text).unwrap();
    assert_eq!(found.format, Format::FailingTest);
    assert_eq!(found.reports.len(), 2);
    let test = found.reports[0].test.clone().unwrap();
    assert_eq!(test.input.as_deref(), Some(""));
    assert_eq!((test.expected.as_deref(), test.actual.as_deref()), (Some("1\n"), Some("2\n")));
    assert_eq!(found.warnings.len(), 1, "{:?}", found.warnings);
}

#[test]
fn several_tests_in_one_text() {
    let text = "Input: 1\nExpected: 2\nActual: 3\nInput: 4\nExpected: 5\nActual: 6\n\nTest: c\nExpected: 7\nActual: 8\n";
    let found = parse(text).unwrap().reports;
    let actual: Vec<_> = found.iter().filter_map(|r| r.test.as_ref()?.actual.as_deref()).collect();
    assert_eq!(actual, ["3", "6", "8"]);
    assert_eq!(found[2].title.as_deref(), Some("c"));
}

fn word() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[a-z][a-z0-9_./]{0,8}")
}

/// Any text without terminal colours, which no reader keeps.
fn text() -> impl Strategy<Value = Option<String>> {
    const TRICKY: &[&str] = &[
        "\n",
        "\r\n",
        "    ",
        "Expected: 3",
        "\\ No newline at the end",
        "",
        "\r",
        "Test: x",
        "\t",
        "\u{feff}",
        " ",
    ];
    let piece = prop_oneof![
        prop::sample::select(TRICKY).prop_map(str::to_owned),
        "[^\u{1b}]{0,6}",
        "[a-z ]{0,6}"
    ];
    prop::option::of(prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()))
}

prop_compose! {
    fn failure()(
        name in word(), input in text(), expected in text(), actual in text(),
        status in prop::option::of(any::<i32>()), signal in prop::option::of(1..64i32),
    ) -> TestFailure {
        let mut test = TestFailure::new("", "", "");
        (test.name, test.input, test.expected, test.actual) = (name, input, expected, actual);
        (test.exit_status, test.signal) = (status, signal);
        test
    }
}

proptest! {
    #[test]
    fn what_is_rendered_reads_back(test in failure(), path in word(), line in prop::option::of(1..u32::MAX), function in word()) {
        prop_assume!(test.expected.is_some() || test.actual.is_some());
        let mut report = BugReport::from_test(test);
        let mut place = Location::default();
        (place.path, place.line, place.function) = (path, line, function);
        report.location = place;
        let text = failing_test::render(&report);
        let read = parse_as(Format::FailingTest, &text).unwrap().reports;
        prop_assert_eq!(read.len(), 1, "{}", text);
        prop_assert_eq!(&read[0].test, &report.test, "{:?}", text);
        prop_assert_eq!(&read[0].location, &report.location, "{}", text);
        prop_assert_eq!(&read[0].title, &report.title);
        prop_assert_eq!(&read[0].text, &text);
    }
}
