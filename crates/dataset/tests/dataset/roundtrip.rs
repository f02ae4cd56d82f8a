//! What is read is written again.

use fixwright_dataset::{Error, RepairSample};
use serde_json::Value;

use crate::{samples, written};

/// A line comes back to the byte where it is spelled as this crate spells it.
#[track_caller]
fn same(line: &str) {
    assert_eq!(written(&samples(line)), format!("{line}\n"));
}

#[test]
fn seven_fields_alone() {
    same(
        r#"{"bug_report_path":"bugs/1.txt","bug_report_text":"CID: 1\nLine: 9","diff_path":"bugs/1.diff","diff_text":"--- a/a.c\n+++ b/a.c\n","source_code_path":"a.c","line_number":9,"code":"int f(void);\t// \"é\" 🦀\n"}"#,
    );
}

#[test]
fn every_field_and_unknown_ones() {
    same(
        r#"{"bug_report_path":"","bug_report_text":"","diff_path":"","diff_text":"","source_code_path":"","line_number":0,"code":"","id":"1","origin":"o","commit":"c","license":"MIT","language":"c","problem":"p","description":"d","tests":[{"input":"1","output":"2"}],"fixed":"f","z":1,"a":null}"#,
    );
}

#[test]
fn an_absent_field_stays_absent_and_an_empty_one_empty() {
    same("{}");
    same(r#"{"tests":[]}"#);
    same(r#"{"code":""}"#);
}

#[test]
fn null_is_absence() {
    let sample = &samples(r#"{"line_number":null,"code":"","other":null}"#)[0];
    assert_eq!(sample.line_number, None);
    assert_eq!(written([sample]), "{\"code\":\"\",\"other\":null}\n");
}

#[test]
fn unknown_values_keep_their_spelling() {
    for value in [
        "1e400",
        "-0",
        "1.0",
        "1.00",
        "18446744073709551616",
        "123456789012345678901234567890",
        "0.1000000000000000055511151231257827",
        r#""\ud800""#,
        r#""\u00e9\/""#,
        r#"{"a":1,"a":2}"#,
        "[ 1, 2 ]",
        "[[],{}]",
    ] {
        same(&format!(r#"{{"code":"","other":{value},"last":true}}"#));
    }
}

#[test]
fn deep_values_are_kept_and_refused_when_asked_for() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let line = format!(r#"{{"deep":{deep}}}"#);
    same(&line);
    let sample = &samples(&line)[0];
    assert!(matches!(sample.extra.get::<Value>("deep"), Err(Error::Extra { .. })));
}

#[test]
fn fields_are_written_in_one_order() {
    let sample = &samples(r#"{ "z":1, "fixed":"f", "code":"c", "a":2 }"#)[0];
    assert_eq!(written([sample]), "{\"code\":\"c\",\"fixed\":\"f\",\"z\":1,\"a\":2}\n");
}

#[test]
fn a_sample_is_one_line_whatever_it_was_read_from() {
    let text = "{\n  \"code\": \"a\\nb\",\r\n  \"other\": [\n    1,\r\n    \"\\n\"\n  ]\n}";
    let sample: RepairSample = serde_json::from_str(text).unwrap();
    let line = written([&sample]);
    assert_eq!(line.matches(['\n', '\r']).count(), 1, "{line}");
    assert_eq!(
        serde_json::from_str::<Value>(&line).unwrap(),
        serde_json::from_str::<Value>(text).unwrap()
    );
    assert_eq!(samples(line), [sample]);
}

#[test]
fn a_value_stands_between_sample_and_text() {
    let line = r#"{"code":"c","tests":[{"input":"","output":"x"}],"n":1}"#;
    let value: Value = serde_json::from_str(line).unwrap();
    let sample: RepairSample = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(sample, samples(line)[0]);
    assert_eq!(serde_json::to_value(&sample).unwrap(), value);
}

#[test]
fn extra_fields_are_set_in_place() {
    let mut sample = samples(r#"{"a":1,"b":2}"#).remove(0);
    sample.extra.insert("a", &[1, 2]).unwrap();
    sample.extra.insert("c", "é\n").unwrap();
    assert_eq!(
        sample.extra.iter().collect::<Vec<_>>(),
        [("a", "[1,2]"), ("b", "2"), ("c", "\"é\\n\"")]
    );
    assert_eq!(sample.extra.get("c").unwrap(), Some("é\n".to_owned()));
    assert_eq!(sample.extra.get::<Value>("d").unwrap(), None);
    assert!(!sample.extra.is_empty());
}

#[test]
fn extra_fields_cannot_shadow_a_field() {
    let mut sample = RepairSample::default();
    let error = sample.extra.insert("code", "x").unwrap_err();
    assert_eq!(error.to_string(), "`code` is a field of every sample and cannot be an extra one");
    let error = sample.extra.get::<u8>("code");
    assert!(matches!(error, Ok(None)));
}

#[test]
fn extra_fields_of_another_type() {
    let sample = &samples(r#"{"n":"x"}"#)[0];
    let error = sample.extra.get::<u8>("n").unwrap_err();
    assert_eq!(
        error.to_string(),
        "extra field `n`: invalid type: string \"x\", expected u8 at line 1 column 3"
    );
}
