//! Text of analysers: against property lists, against the same findings in other formats, and line by line.

use std::path::Path;
use std::process::Command;

use fixwright_report::{BugReport, Format, Level, parse, parse_as};
use serde_json::Value;

use crate::corpus::{corpus, read};
use crate::oracle::{Finding, ours};
use crate::plist;

/// A report as CodeChecker's converters of tools without checker names have it.
fn converted(report: &BugReport) -> Finding {
    let (mut finding, _) = ours(report);
    let tool = report.provenance.tool.clone().unwrap();
    match tool.as_str() {
        "sparse" => finding.3.clone_from(&tool),
        "coccinelle" => finding.3 = format!("{tool}.{}", finding.3),
        _ => {}
    }
    if tool != "coccinelle" {
        finding.4 = format!("{}: {}", report.severity.raw.as_deref().unwrap(), finding.4);
    }
    finding
}

#[test]
fn property_lists_of_converters_agree() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("reports/codechecker");
    for (text, lists) in [
        ("smatch/sample.out", &["smatch/sample.expected.plist"][..]),
        (
            "sparse/sample.out",
            &["sparse/sample.c.expected.plist", "sparse/sample.h.expected.plist"],
        ),
        ("coccinelle/sample.out", &["coccinelle/sample.expected.plist"]),
    ] {
        let reports = parse(read(folder.join(text))).unwrap().reports;
        let bare = |mut finding: Finding| {
            finding.0 = finding.0.trim_start_matches("./").to_owned();
            finding
        };
        let found: Vec<_> = reports.iter().map(|report| bare(converted(report))).collect();
        let expected: Vec<_> = lists
            .iter()
            .flat_map(|list| plist::diagnostics(&read(folder.join(list))))
            .map(|diagnostic| bare(diagnostic.finding))
            .collect();
        assert_eq!(found, expected, "{text}");
    }
}

fn steps(report: &BugReport) -> Vec<Finding> {
    let place = |report: &BugReport| ours(report).0;
    let step = |step: &fixwright_report::Step| {
        let mut report = BugReport::default();
        (report.location, report.title) = (step.location.clone(), Some(step.message.clone()));
        place(&report)
    };
    report.steps.iter().map(step).collect()
}

#[test]
fn notes_of_clangs_analyser_are_the_path_of_its_property_list() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("reports/tools/clang");
    for name in ["arith", "null_deref"] {
        let reports =
            parse(read(folder.join(format!("{name}.clang14-analyzer.txt")))).unwrap().reports;
        let list = plist::diagnostics(&read(folder.join(format!("{name}.clang14-analyzer.plist"))));
        assert_eq!(reports.len(), list.len());
        for (report, expected) in reports.iter().zip(list) {
            // A path of one event is written as no note at all.
            let mut events = if expected.events.len() > 1 { expected.events } else { Vec::new() };
            // The text leaves out where a call is entered.
            events.retain(|event| !event.4.starts_with("Entered call from"));
            // The text also says which way each branch goes, which the list draws as arrows.
            let mut found = steps(report);
            found.retain(|step| events.contains(step));
            assert_eq!(found, events, "{name}");
            let keys = report.steps.iter().filter(|step| step.is_key).count();
            assert_eq!(keys, usize::from(!report.steps.is_empty()), "{name}");
        }
    }
}

/// Function, line, column and text of the events in gcc's JSON.
fn json_path(finding: &Value) -> Vec<(String, u64, u64, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let events = finding["path"].as_array().into_iter().flatten();
    let event = |event: &Value| {
        let place = &event["location"];
        let number = |name: &str| place[name].as_u64().unwrap_or(0);
        (text(&event["function"]), number("line"), number("column"), text(&event["description"]))
    };
    events.map(event).collect()
}

fn drawn_path(report: &BugReport) -> Vec<(String, u64, u64, String)> {
    let event = |step: &fixwright_report::Step| {
        let place = &step.location;
        let number = |number: Option<u32>| u64::from(number.unwrap_or(0));
        let function = place.function.clone().unwrap_or_default();
        (function, number(place.line), number(place.column), step.message.clone())
    };
    report.steps.iter().map(event).collect()
}

/// Compares the drawings with gcc's JSON; a column is that of the middle of what gcc underlines, so it is not compared.
fn check_drawings(text: &str, json: &str, name: &str) -> usize {
    let reports = parse_as(Format::Diagnostic, text).unwrap().reports;
    let json = json.lines().next().unwrap();
    let findings: Value = serde_json::from_str(json).unwrap();
    let findings = findings.as_array().unwrap().iter().filter(|finding| finding["kind"] != "note");
    let mut events = 0;
    for (report, finding) in reports.iter().zip(findings) {
        let expected = json_path(finding);
        let plain = |(function, line, _, text): &(String, u64, u64, String)| {
            (function.clone(), *line, text.clone())
        };
        let found: Vec<_> = drawn_path(report).iter().map(plain).collect();
        assert_eq!(
            found,
            expected.iter().map(plain).collect::<Vec<_>>(),
            "{name}: {}",
            report.location
        );
        let depth = |event: &Value| event["depth"].as_u64().unwrap();
        let depths: Vec<_> = finding["path"].as_array().into_iter().flatten().map(depth).collect();
        let outermost = depths.first().copied().unwrap_or(0);
        let nesting: Vec<_> =
            report.steps.iter().map(|step| u64::from(step.nesting) + outermost).collect();
        if depths.iter().all(|depth| *depth >= outermost) {
            assert_eq!(nesting, depths, "{name}");
        }
        events += expected.len();
    }
    events
}

#[test]
fn drawings_of_gccs_analyser_are_the_paths_of_its_json() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/diagnostic");
    let pair = |base: std::path::PathBuf| {
        let name = base.display().to_string();
        let text = read(format!("{name}.txt").into());
        check_drawings(&text, &read(format!("{name}.json").into()), &name)
    };
    assert!(pair(data.join("store.gcc")) > 20);
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("reports/tools/gcc");
    for name in ["heap_bugs", "null_deref", "strings", "uninit"] {
        pair(folder.join(format!("{name}.gcc12-fanalyzer")));
    }
}

/// What a program writes to both its outputs; none, with a message, if there is no such program.
fn run(program: &str, arguments: &[&str], folder: &Path) -> Option<String> {
    let output =
        Command::new(program).args(arguments).current_dir(folder).env("LC_ALL", "C.UTF-8").output();
    let Ok(output) = output else {
        println!("skipped: {program} is not installed");
        return None;
    };
    Some(String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
}

fn sources() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/diagnostic")
}

#[test]
fn gcc_here_draws_what_its_json_says() {
    let arguments = ["-Wall", "-O2", "-fanalyzer", "-c", "-o", "/dev/null", "store.c"];
    let json = [&arguments[..], &["-fdiagnostics-format=json"]].concat();
    let (Some(text), Some(json)) =
        (run("gcc", &arguments, &sources()), run("gcc", &json, &sources()))
    else {
        return;
    };
    assert!(check_drawings(&text, &json, "store.c") > 20);
}

#[test]
fn cppcheck_text_says_what_its_xml_says() {
    let arguments = ["--enable=all", "--quiet", "store.c"];
    let xml = [&arguments[..], &["--xml"]].concat();
    let (Some(text), Some(xml)) =
        (run("cppcheck", &arguments, &sources()), run("cppcheck", &xml, &sources()))
    else {
        return;
    };
    let text = parse(&text).unwrap();
    assert_eq!(text.format, Format::CppcheckText);
    let xml = parse(&xml).unwrap();
    let findings = |reports: &[BugReport]| {
        let mut all: Vec<_> = reports
            .iter()
            .filter(|report| report.location.line.is_some())
            .map(|report| (ours(report).0, report.severity.raw.clone()))
            .collect();
        all.sort();
        all
    };
    assert!(!findings(&text.reports).is_empty());
    assert_eq!(findings(&text.reports), findings(&xml.reports));
}

#[test]
fn flawfinder_text_says_what_its_csv_says() {
    let text = run("flawfinder", &["--columns", "store.c"], &sources());
    let csv = run("flawfinder", &["--csv", "store.c"], &sources());
    let (Some(text), Some(csv)) = (text, csv) else { return };
    let (text, csv) = (parse(&text).unwrap(), parse(&csv).unwrap());
    assert_eq!((text.format, csv.format), (Format::Flawfinder, Format::FlawfinderCsv));
    let facts = |report: &BugReport, name: &Option<String>| {
        let place = (report.location.to_string(), report.severity.level, name.clone());
        (place, report.rule.category.clone(), report.rule.cwe.clone(), report.title.clone())
    };
    let csv: Vec<_> = csv.reports.iter().map(|report| facts(report, &report.rule.name)).collect();
    assert!(!csv.is_empty());
    assert_eq!(
        text.reports.iter().map(|report| facts(report, &report.rule.id)).collect::<Vec<_>>(),
        csv
    );
}

#[test]
fn sparse_here_is_read_whole() {
    let Some(text) = run("sparse", &["-Wall", "store.c"], &sources()) else { return };
    let found = parse_as(Format::Sparse, &text).unwrap();
    let heads = text
        .lines()
        .filter(|line| line.contains(": warning: ") || line.contains(": error: "))
        .count();
    assert_eq!(found.reports.len(), heads, "{text}");
    assert!(found.reports.iter().all(|report| report.severity.level.is_some()));
}

/// One text each, with the format that is found and what is read: place, rule, severity, title, and the tags or
/// messages of the steps.
#[test]
fn shapes() {
    for (text, format, place, rule, level, title, steps) in [
        (
            "Error: RESOURCE_LEAK (CWE-772): [#def1]\na.c:12:4: alloc_fn: Storage is returned.\na.c:19: leaked_storage: \
             \"p\" leaks.\n#   18|   }\n#   19|-> \treturn 0;\na.c:19: remediation: Free it.\n",
            Format::CoverityText,
            "a.c:19",
            Some("RESOURCE_LEAK"),
            None,
            "\"p\" leaks.",
            &["alloc_fn", "leaked_storage", "remediation"][..],
        ),
        (
            "/src/a.c:45:\n  Type: Resource leak (RESOURCE_LEAK)\n/src/a.c:40:\n  1. alloc_fn: Storage is returned.\n/src/a.c:45:\n  \
             2. leaked_storage: It leaks.\n",
            Format::CoverityText,
            "/src/a.c:45",
            Some("RESOURCE_LEAK"),
            None,
            "It leaks.",
            &["alloc_fn", "leaked_storage"],
        ),
        (
            "> *** CID 1475954:  Error handling issues  (CHECKED_RETURN)\n> /net/x.c: 233 in f()\n> 232     int n;\n> >>>     \
             CID 1475954:  Error handling issues  (CHECKED_RETURN)\n> >>>     Calling \"g\" without a check.\n> 233     g();\n",
            Format::CoverityText,
            "/net/x.c:233",
            Some("CHECKED_RETURN"),
            None,
            "Calling \"g\" without a check.",
            &["Calling \"g\" without a check."],
        ),
        (
            "  CC      a.o\ndrivers/my dir/a.c:12 f() warn: passing zero to 'ERR_PTR'\n",
            Format::Smatch,
            "drivers/my dir/a.c:12",
            None,
            Some(Level::Warning),
            "passing zero to 'ERR_PTR'",
            &[],
        ),
        (
            "* TODO [[view:a.c::face=ovl-face1::linb=5::colb=13::cole=14][ERROR: it is bad]]\n[[view:a.c::face=ovl-face2::linb=7::colb=1::cole=4][7]]\n",
            Format::Coccinelle,
            "a.c:5:13",
            None,
            Some(Level::Error),
            "ERROR: it is bad",
            &[],
        ),
        (
            "Checking a.c...\n[a.c:3] -> [a.c:7]: (warning, inconclusive) Possible null pointer.\n",
            Format::CppcheckText,
            "a.c:7",
            None,
            Some(Level::Warning),
            "Possible null pointer.",
            &["", ""],
        ),
        (
            "C:\\my src\\a.c:3:7: style: inconclusive: Bad name [funcArgNames]\n",
            Format::CppcheckText,
            "C:\\my src\\a.c:3:7",
            Some("funcArgNames"),
            Some(Level::Note),
            "Bad name",
            &[],
        ),
        (
            "Splint 3.1.2 --- 21 Feb 2021\n\na.c: (in function f)\na.c:9:2: Fresh storage p not released before return\n  A memory leak \
             has been detected. (Use -mustfreefresh to inhibit warning)\n   a.c:4:2: Fresh storage p created\n",
            Format::Splint,
            "a.c:9:2",
            Some("mustfreefresh"),
            None,
            "Fresh storage p not released before return",
            &["Fresh storage p created"],
        ),
    ] {
        let found = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!((found.format, &*found.warnings), (format, &[][..]), "{text}");
        let [report] = &*found.reports else { panic!("{text}: {:#?}", found.reports) };
        assert_eq!(report.location.to_string(), place);
        assert_eq!(report.rule.id.as_deref(), rule, "{text}");
        assert_eq!(report.severity.level, level, "{text}");
        assert_eq!(report.title.as_deref(), Some(title));
        let tags: Vec<_> = report
            .steps
            .iter()
            .map(|step| step.tag.as_ref().unwrap_or(&step.message).as_str())
            .collect();
        assert_eq!(tags, steps, "{text}");
        assert_eq!(report.warnings, [], "{text}");
    }
}

#[test]
fn weaknesses_keys_and_mails() {
    let text = "Error: NULL_RETURNS (CWE-476):\na.c:1: returned_null: f\na.c:2: var_assigned: g\na.c:3: null_returns: h\na.c:4: note: i\n";
    let report = &parse(text).unwrap().reports[0];
    assert_eq!((&*report.rule.cwe, report.location.line), (&[476][..], Some(3)));
    let mail = "Subject: bug\n\nReported-by: bot\n\n\ta.c:3 f()\n\terror: uninitialized symbol 'x'.\n\na.c\n--> 3 \treturn x;\n           ^\nIt \
                is never set.\n\nregards,\ndan\n";
    let found = parse(mail).unwrap();
    let report = &found.reports[0];
    assert_eq!(found.format, Format::Smatch);
    assert_eq!(
        report.extra,
        [("Subject".into(), "bug".into()), ("Reported-by".into(), "bot".into())]
    );
    assert_eq!(report.description.as_deref(), Some("It is never set."));
    assert_eq!(report.location.snippet.as_deref(), Some("return x;"));
}

#[test]
fn folders_of_make_are_the_base_of_relative_paths() {
    let text = "make[1]: Entering directory '/src/lib'\na.c:1:2: warning: one\nmake[1]: Leaving directory '/src/lib'\n/b.c:1:2: warning: two\na.c:3:4: warning: three\n";
    let reports = parse(text).unwrap().reports;
    let bases: Vec<_> = reports.iter().map(|report| report.location.base.as_deref()).collect();
    assert_eq!(bases, [Some("/src/lib"), None, None]);
}

#[test]
fn arrows_in_the_drawings_of_newer_gcc() {
    let text = "a.c:30:10: warning: infinite loop [CWE-835] [-Wanalyzer-infinite-loop]\n   30 |   while (node)\n      |          ^~~~\n  ‘f’: \
                events 1-3\n   30 |   while (node)\n      |          ^~~~\n      |          |\n      |          (1) infinite loop here\n      |          (2) \
                when ‘node’ is non-NULL: always following ‘true’ branch... ─>─┐\n      |                                          │\n      |                                          │\n      \
                |┌─────────────────────────────────────────┘\n   31 |│    sum += node->val;\n      |│    ~~~~~~~~~~~~~~~~\n      |│        |\n      |└───────>(3) ...to here\n";
    let report = &parse(text).unwrap().reports[0];
    let found = drawn_path(report);
    let expected = [
        (30, 10, "infinite loop here"),
        (30, 10, "when ‘node’ is non-NULL: always following ‘true’ branch..."),
        (31, 0, "...to here"),
    ];
    assert_eq!(
        found,
        expected.map(|(line, column, text)| ("f".to_owned(), line, column, text.to_owned()))
    );
}
