//! Context of real files, of the folder that `FIXWRIGHT_CORPUS` names.

#![cfg(feature = "syntax")]

use std::env;
use std::fs;
use std::path::Path;

use fixwright_prompt::{Budget, Options, Request, Scope, estimate_tokens, related, render};
use fixwright_report::BugReport;

/// How many rows are looked at: builds for tests are slow.
const ROWS: usize = 200;
const TOKENS: usize = 300;

#[test]
fn real_files_have_functions_and_definitions() {
    let Some(corpus) = env::var_os("FIXWRIGHT_CORPUS") else {
        println!("skipped: FIXWRIGHT_CORPUS is not set");
        return;
    };
    let rows = fs::read_to_string(Path::new(&corpus).join("data/reports.dev.jsonl")).unwrap();
    let (mut functions, mut with_definitions, mut all) = (0, 0, 0);
    for row in rows.lines().take(ROWS) {
        let row: serde_json::Value = serde_json::from_str(row).unwrap();
        let text = |field: &str| row[field].as_str().unwrap();
        let (path, code) = (text("source_code_path"), text("code"));
        let line = usize::try_from(row["line_number"].as_u64().unwrap()).unwrap();
        let report = BugReport::default();
        let options = Options::default().with_scope(Scope::Function);
        let request = Request::new(&report, path, code, line, &options).unwrap();
        let window = Request::new(&report, path, code, line, &Options::default()).unwrap();
        functions += usize::from(request.window().lines != window.window().lines);
        assert!(request.window().lines.contains(&line));

        let found = related(&window, None, Budget { tokens: TOKENS, count: &estimate_tokens });
        with_definitions += usize::from(!found.is_empty());
        for definition in &found {
            assert!(definition.line <= code.lines().count() && definition.path == path);
            assert!(code.contains(&definition.name) && definition.text.ends_with('\n'));
        }
        let plain = render(&window).messages[1].content.len();
        let with = render(&window.with_definitions(found)).messages[1].content.len();
        assert!((with - plain).div_ceil(3) <= TOKENS, "{path}: {with} bytes, {plain} without");
        all += 1;
    }
    println!("{all} files: {functions} with a function, {with_definitions} with definitions");
    assert!(functions * 10 >= all * 8 && with_definitions * 10 >= all * 8);
}
