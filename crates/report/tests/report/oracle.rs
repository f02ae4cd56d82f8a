//! What compilers say of the same findings in formats made for programs.

use fixwright_report::{BugReport, Location};
use regex::Regex;
use serde_json::Value;

/// File, line, column, rule, message: what every format has. Notes have no rule.
pub(crate) type Finding = (String, u32, u32, String, String);

/// A finding as our reader has it, and its notes; context lines are left out.
pub(crate) fn ours(report: &BugReport) -> (Finding, Vec<Finding>) {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let head = finding(&report.location, &text(&report.rule.id), &text(&report.title));
    let context = Regex::new("^(In file included )?from$|^inlined from|^required from").unwrap();
    let notes = report.related.iter().filter(|note| !context.is_match(&note.message));
    (head, notes.map(|note| finding(&note.location, "", &note.message)).collect())
}

fn finding(place: &Location, rule: &str, message: &str) -> Finding {
    let path = place.path.clone().unwrap_or_default();
    (path, place.line.unwrap_or(0), place.column.unwrap_or(0), rule.into(), message.into())
}

/// The findings of gcc's `-fdiagnostics-format=json`; some notes are children, others stand beside.
pub(crate) fn gcc_json(text: &str) -> Vec<(Finding, Vec<Finding>)> {
    let all = first_value(text);
    let mut findings: Vec<(Finding, Vec<Finding>)> = Vec::new();
    for value in all.as_array().unwrap() {
        let notes = value["children"].as_array().into_iter().flatten().map(gcc_finding);
        match findings.last_mut() {
            Some((_, earlier)) if value["kind"] == "note" => earlier.push(gcc_finding(value)),
            _ => findings.push((gcc_finding(value), notes.collect())),
        }
    }
    findings
}

/// The JSON of one run; `compilation terminated.` may follow it.
fn first_value(text: &str) -> Value {
    serde_json::Deserializer::from_str(text).into_iter().next().unwrap().unwrap()
}

fn gcc_finding(value: &Value) -> Finding {
    let caret = &value["locations"][0]["caret"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let number = |value: &Value| u32::try_from(value.as_u64().unwrap_or(0)).unwrap();
    let option = text(&value["option"]).replace("-Werror=", "-W");
    let (line, column) = (number(&caret["line"]), number(&caret["column"]));
    (text(&caret["file"]), line, column, option, text(&value["message"]))
}

/// The weaknesses in gcc's JSON, of all but its notes.
pub(crate) fn gcc_cwe(text: &str) -> Vec<Vec<u32>> {
    let all = first_value(text);
    let findings = all.as_array().unwrap().iter().filter(|finding| finding["kind"] != "note");
    let cwe = |finding: &Value| finding["metadata"]["cwe"].as_u64();
    findings.map(|f| cwe(f).map(|n| u32::try_from(n).unwrap()).into_iter().collect()).collect()
}

/// The findings of clang-tidy's `--export-fixes`, whose byte offsets `source` turns into lines.
pub(crate) fn tidy_yaml(text: &str, source: &str) -> Vec<Finding> {
    let field = |entry: &str, name: &str| {
        let line = entry.lines().find_map(|line| line.trim().strip_prefix(name)).unwrap();
        let value = line.trim();
        match value.strip_prefix('\'').and_then(|v| v.strip_suffix('\'')) {
            Some(quoted) => quoted.replace("''", "'"),
            None => value.to_owned(),
        }
    };
    let entries = text.split("- DiagnosticName:").skip(1);
    entries
        .map(|entry| {
            let offset: usize = field(entry, "FileOffset:").parse().unwrap();
            let before = &source[..offset];
            let line = 1 + before.matches('\n').count();
            let column = 1 + offset - before.rfind('\n').map_or(0, |at| at + 1);
            let number = |n| u32::try_from(n).unwrap();
            let check = entry.lines().next().unwrap().trim().to_owned();
            let message = field(entry, "Message:");
            (field(entry, "FilePath:"), number(line), number(column), check, message)
        })
        .collect()
}

/// The findings of a property list, as CodeChecker and clang's analyser write them.
pub(crate) fn plist(text: &str) -> Vec<Finding> {
    let string =
        |key: &str| Regex::new(&format!("<key>{key}</key>\\s*<string>(.*?)</string>")).unwrap();
    let strings = |key: &str| {
        let unescape = |s: &str| {
            s.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&apos;", "'")
                .replace("&quot;", "\"")
                .replace("&amp;", "&")
        };
        string(key).captures_iter(text).map(|found| unescape(&found[1])).collect::<Vec<_>>()
    };
    let files = Regex::new("(?s)<key>files</key>\\s*<array>(.*?)</array>").unwrap();
    let names = Regex::new("<string>(.*?)</string>").unwrap();
    let files: Vec<_> =
        names.captures_iter(&files.captures(text).unwrap()[1]).map(|f| f[1].to_owned()).collect();
    // The location of a diagnostic is the one that follows its check name.
    let place = Regex::new("(?s)<key>check_name</key>.*?<key>location</key>\\s*<dict>(.*?)</dict>")
        .unwrap();
    let number = |text: &str, key: &str| -> u32 {
        let shape = Regex::new(&format!("<key>{key}</key>\\s*<integer>(\\d+)</integer>")).unwrap();
        shape.captures(text).unwrap()[1].parse().unwrap()
    };
    let places = place.captures_iter(text).map(|found| {
        (number(&found[1], "line"), number(&found[1], "col"), number(&found[1], "file") as usize)
    });
    let rules = strings("check_name").into_iter().zip(strings("description"));
    places
        .zip(rules)
        .map(|((line, column, file), (rule, message))| {
            (files[file].clone(), line, column, rule, message)
        })
        .collect()
}
