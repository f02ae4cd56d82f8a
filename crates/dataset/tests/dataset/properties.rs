//! Identity of writing and reading, and mutated input.

use fixwright_dataset::{RepairSample, TestCase};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};

use crate::{read, samples, written};

/// Texts with what JSON has to escape, and what it need not.
fn text() -> impl Strategy<Value = String> {
    let odd =
        prop::sample::select(vec!['\0', '\n', '\r', '"', '\\', '\u{7f}', '\u{2028}', '\u{feff}']);
    let char = prop_oneof![4 => any::<char>(), 1 => odd, 2 => prop::char::range(' ', '~')];
    vec(char, 0..20).prop_map(String::from_iter)
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        // Few enough digits for serde_json, whose own reading of a number may be off by the last
        // bit.
        any::<i32>().prop_map(|n| Value::from(f64::from(n) / 8.0)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((text(), inner), 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// The fields of samples that hold text, and a way to each.
type Slot = fn(&mut RepairSample) -> &mut Option<String>;
const TEXTS: [(&str, Slot); 14] = [
    ("bug_report_path", |s| &mut s.bug_report_path),
    ("bug_report_text", |s| &mut s.bug_report_text),
    ("diff_path", |s| &mut s.diff_path),
    ("diff_text", |s| &mut s.diff_text),
    ("source_code_path", |s| &mut s.source_code_path),
    ("code", |s| &mut s.code),
    ("id", |s| &mut s.id),
    ("origin", |s| &mut s.origin),
    ("commit", |s| &mut s.commit),
    ("license", |s| &mut s.license),
    ("language", |s| &mut s.language),
    ("problem", |s| &mut s.problem),
    ("description", |s| &mut s.description),
    ("fixed", |s| &mut s.fixed),
];

/// A sample, and what its line has to mean.
fn sample() -> impl Strategy<Value = (RepairSample, Value)> {
    let texts = vec(prop::option::of(text()), TEXTS.len());
    let tests = prop::option::of(vec((text(), text()), 0..3));
    let extra = vec((text(), value()), 0..4);
    (texts, prop::option::of(any::<u32>()), tests, extra).prop_map(
        |(texts, line_number, tests, extra)| {
            let mut sample = RepairSample::default();
            sample.line_number = line_number;
            let mut object = Map::new();
            for ((name, slot), text) in TEXTS.iter().zip(texts) {
                object.extend(text.clone().map(|text| (name.to_string(), text.into())));
                *slot(&mut sample) = text;
            }
            object.extend(line_number.map(|line| ("line_number".to_owned(), line.into())));
            if let Some(tests) = tests {
                let cases = tests.iter().map(|(i, o)| json!({ "input": i, "output": o }));
                object.insert("tests".into(), cases.collect());
                let cases = tests.into_iter().map(|(input, output)| TestCase { input, output });
                sample.tests = Some(cases.collect());
            }
            for (name, value) in extra {
                sample.extra.insert(&name, &value).unwrap();
                object.insert(name, value);
            }
            (sample, Value::Object(object))
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_is_read(rows in vec(sample(), 0..4)) {
        let (rows, values): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let lines = written(&rows);
        prop_assert_eq!(lines.matches('\n').count(), rows.len());
        let meant: Vec<Value> = lines.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        prop_assert_eq!(meant, values);
        prop_assert_eq!(samples(lines), rows);
    }

    #[test]
    fn any_object_without_our_names_is_kept(fields in vec((text(), value()), 0..6)) {
        let object: Map<String, Value> = fields.into_iter().collect();
        let line = serde_json::to_string(&object).unwrap();
        prop_assert_eq!(written(&samples(&line)), line + "\n");
    }

    #[test]
    fn any_number_is_kept(
        number in "-?(0|[1-9][0-9]{0,30})([.][0-9]{1,25})?([eE][+-]?[0-9]{1,4})?",
    ) {
        let line = format!("{{\"n\":{number},\"list\":[{number}]}}\n");
        prop_assert_eq!(written(&samples(&line)), line);
    }

    #[test]
    fn lines_around_a_mutated_one_are_read(
        before in sample(),
        hurt in sample(),
        after in sample(),
        changes in vec((any::<Index>(), any::<u8>(), 0..3), 1..4),
    ) {
        let mut line = written([&hurt.0]).into_bytes();
        line.pop();
        for (index, byte, how) in changes {
            // A line feed would make two lines of it.
            let byte = if byte == b'\n' { b'{' } else { byte };
            let at = index.index(line.len().max(1));
            match how {
                0 => line.insert(at, byte),
                1 => line.truncate(at),
                _ => line.splice(at..(at + 1).min(line.len()), [byte]).for_each(drop),
            }
        }
        let mut input = written([&before.0]).into_bytes();
        let start = input.len() as u64;
        input.extend_from_slice(&line);
        input.push(b'\n');
        let end = input.len() as u64;
        input.extend_from_slice(written([&after.0]).as_bytes());

        let mut found = read(&input);
        prop_assert_eq!(found.remove(0).unwrap(), before.0);
        prop_assert_eq!(found.pop().unwrap().unwrap(), after.0);
        prop_assert!(found.len() <= 1);
        for error in found.iter().filter_map(|item| item.as_ref().err()) {
            let place = crate::place(error);
            prop_assert!(place.line == 2 && (start..end).contains(&place.offset), "{}", error);
        }
    }

    #[test]
    fn no_input_panics(input in vec(any::<u8>(), 0..64)) {
        let lines = input.split(|byte| *byte == b'\n').count();
        prop_assert!(read(&input).len() <= lines);
    }
}
