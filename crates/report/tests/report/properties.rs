//! Hostile input: no panic, no lost place, no slow line; and what is written reads back.

use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;

use fixwright_report::{
    BugReport, Format, Language, Level, Location, Reports, Step, cid, parse, parse_as, stream,
};
use proptest::prelude::*;

/// Pieces that the readers look for, to be put together in any order.
const PIECES: &[&str] = &[
    "File: ",
    "Line: ",
    "CID: 7\n",
    "Description:",
    "\n----\n",
    "Location: f() in ",
    "Path:\n",
    "\n",
    "\r\n",
    "  ",
    "\t",
    "a.c",
    ":12",
    ":5",
    ": ",
    "warning: ",
    "note: ",
    "[-Wx]",
    "[CWE-9]",
    "In function 'f':\n",
    "In file included from ",
    "                 from ",
    ",\n",
    "    ^~~\n",
    "\u{1b}[1m",
    "\u{1b}]8;;",
    "\u{1b}",
    "‘é漢’",
    "\u{feff}",
    "# ",
    "**",
    "- ",
    "`",
    "99999999999999999999",
    "Use snprintf",
    "Fix:",
    "(",
    ")",
    "undefined reference to ",
    "\0",
    "1 warning generated.\n",
    "  ‘f’: events 1-2\n",
    "    |   13 |   (1) x\n",
    "\"",
    ",",
    "┆",
    "❯❱ ",
    "  [4] (x) y:",
    "-7: ",
    "f() warn: ",
    "*** CID 1: K (C)\n",
    ">>>   ",
    "Error: ABC:\n",
    "sparse: ",
    "[[view:",
];

/// The formats whose readers take lines.
const TEXTS: &[Format] = &[
    Format::Cid,
    Format::CoverityText,
    Format::Smatch,
    Format::Sparse,
    Format::Coccinelle,
    Format::CppcheckText,
    Format::Splint,
    Format::Flawfinder,
    Format::FlawfinderCsv,
    Format::SemgrepText,
    Format::Diagnostic,
];

/// Findings of analysers, one after another.
const ANALYSERS: &str = "\
make[1]: Entering directory '/src'
a.c:3 f() [smatch.x] warn: m
\ta.c:3 f()
\terror: m
Subject: x
>> a.c:3:4: sparse: sparse: incorrect type in initializer (different modifiers)
   a.c:3:4: sparse:    expected int
a.c: note: in included file:
a.c:3:4-5: WARNING m
* TODO [[view:a.c::linb=5::colb=13::cole=14][m]]
[a.c:4] -> [a.c:7]: (warning, inconclusive) m
a.c:3:5: style: m [unusedVariable]
Splint 3.1.2 --- 21 Feb 2021
a.c: (in function f)
a.c:3:4: m
                 more
  Explained. (Use -flag to inhibit warning)
   a.c:2:1: step
a.c:9:  [4] (buffer) strcpy:
  Bad (CWE-120). Do better.
File,Line,Column,Level,Warning,Context
a.c,3,4,5,bad,\"x \"\"y\"\"
z\"
    a.c
   ❯❯❱ rule
          message

            7┆ code
            ⋮┆----
            8┆ code
Error: RESOURCE_LEAK (CWE-772):
a.c:12: alloc_fn: m
#   19|-> code
/src/a.c:45:
  Type: Resource leak (RESOURCE_LEAK)
/src/a.c:40:
  1. alloc_fn: m
*** CID 1475954:  Error handling issues  (CHECKED_RETURN)
/net/x.c: 233 in f()
>>>     m
233         g();
Reported-by: bot
";

/// Files to be damaged.
const FILES: &[&str] = &[
    ANALYSERS,
    include_str!("../data/diagnostic/store.gcc.txt"),
    include_str!("../data/cid/full.txt"),
    include_str!("../data/cid/several.txt"),
    include_str!("../data/cid/markdown.txt"),
    include_str!("../data/diagnostic/werror.gcc.txt"),
    include_str!("../data/diagnostic/shapes.gcc.txt"),
    include_str!("../data/diagnostic/colour.clang.txt"),
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[ -~]{0,12}",
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn check_places(input: &str, found: &Reports) {
    let lines = input.matches('\n').count() + 1;
    let mut end = 0;
    for report in &found.reports {
        let span = report.provenance.span.clone();
        assert!(span.start < span.end && span.start >= end && input.get(span.clone()).is_some());
        end = span.end;
        for warning in &report.warnings {
            assert!(warning.place.line <= lines && input.is_char_boundary(warning.place.byte));
        }
    }
}

proptest! {
    #[test]
    fn nothing_panics_and_places_lie_inside(input in hostile()) {
        let _ = parse(&input);
        for found in TEXTS.iter().filter_map(|&format| parse_as(format, &input).ok()) {
            check_places(&input, &found);
        }
    }

    #[test]
    fn damaged_files_never_panic(
        file in 0..FILES.len(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..40usize, hostile()), 1..6),
    ) {
        let mut text: Vec<char> = FILES[file].chars().collect();
        for (at, removed, inserted) in cuts {
            let at = at.index(text.len() + 1);
            let end = text.len().min(at + removed);
            text.splice(at..end, inserted.chars());
        }
        let text: String = text.into_iter().collect();
        for found in TEXTS.iter().filter_map(|&format| parse_as(format, &text).ok()) {
            check_places(&text, &found);
        }
    }

    #[test]
    fn pieces_of_any_size_read_alike(file in 0..FILES.len(), size in 1..40usize, format in prop::sample::select(TEXTS)) {
        let text = FILES[file];
        let read = |input: Box<dyn BufRead>| {
            let mut events = Vec::new();
            let end = stream(input, Some(format), &mut |event| {
                events.push(event);
                ControlFlow::Continue(())
            });
            (events, end.ok())
        };
        let pieces = BufReader::with_capacity(size, text.as_bytes());
        prop_assert_eq!(read(Box::new(pieces)), read(Box::new(text.as_bytes())));
    }

    #[test]
    fn every_byte_of_a_key_value_text_belongs_to_one_report(input in hostile()) {
        if let Ok(Reports { reports, .. }) = parse_as(Format::Cid, &input)
            && !reports.is_empty()
        {
            let spans: Vec<_> = reports.iter().map(|report| report.provenance.span.clone()).collect();
            prop_assert_eq!(spans.first().map(|span| span.start), Some(0));
            prop_assert_eq!(spans.last().map(|span| span.end), Some(input.len()));
            prop_assert!(spans.windows(2).all(|pair| pair[0].end == pair[1].start));
        }
    }

    #[test]
    fn what_is_rendered_reads_back(report in renderable()) {
        let text = cid::render(&report);
        let mut read = parse_as(Format::Cid, &text).unwrap().reports;
        prop_assert_eq!(read.len(), 1, "{}", text);
        let mut read = read.remove(0);
        prop_assert_eq!(&read.text, &text);
        read.provenance = report.provenance.clone();
        read.text = String::new();
        prop_assert_eq!(read, report, "{}", text);
    }
}

fn line() -> impl Strategy<Value = String> {
    "[A-Za-z][A-Za-z0-9_.:'()é-]{0,6}( [a-z0-9:'()*=]{1,8}){0,4}[a-z]".prop_map(String::from)
}

fn word() -> impl Strategy<Value = Option<String>> {
    prop::option::of("[A-Z][A-Z_]{2,10}x")
}

/// Text with lines that look like keys, headings, rules and suggestions.
fn prose() -> impl Strategy<Value = Option<String>> {
    const TRICKY: &[&str] = &[
        "Line: 12",
        "File: x.c",
        "Fix",
        "Description",
        "Note: here",
        "----",
        "",
        "  indented",
        "Use snprintf instead",
    ];
    let middle = prop_oneof![line(), prop::sample::select(TRICKY).prop_map(str::to_owned)];
    const ENDS: &[&str] = &["Use snprintf instead", "Line: 7", "Fix:", "Details"];
    let end = prop_oneof![line(), prop::sample::select(ENDS).prop_map(str::to_owned)];
    let text = (line(), prop::collection::vec(middle, 0..6), end);
    prop::option::of(
        text.prop_map(|(first, middle, last)| {
            [vec![first], middle, vec![last]].concat().join("\n")
        }),
    )
}

prop_compose! {
    fn place()(
        path in "[a-z]{1,6}/[a-z]{1,6}\\.(c|h|cpp)",
        line in 1..u32::MAX,
        length in prop::option::of(1..9u32),
        column in prop::option::of(1..200u32),
        function in prop::option::of("[a-z_]{1,8}(::[a-z]{1,4})?"),
    ) -> Location {
        let mut place = Location::new(path, line);
        place.end_line = length.and_then(|length| line.checked_add(length));
        (place.column, place.function) = (column, function);
        place
    }
}

prop_compose! {
    fn step()(path in "[a-z]{1,6}/[a-z]{1,6}\\.c", line in 1..9999u32, message in line()) -> Step {
        Step::new(Location::new(path, line), message)
    }
}

prop_compose! {
    fn renderable()(
        place in place(), title in prop::option::of(line().prop_filter("names a weakness", |title| !title.to_lowercase().contains("cwe"))), id in prop::option::of("[0-9]{1,7}"),
        words in prop::array::uniform8(word()), description in prose(), fix in prose(),
        cwe in prop::collection::btree_set(1..99999u32, 0..4), cpp in any::<bool>(),
        steps in prop::collection::vec(step(), 0..3),
        extra in prop::collection::vec(("[A-Z][a-z]{3,6}y", line()), 0..3),
    ) -> BugReport {
        let mut report = BugReport::default();
        report.language = if cpp { Some(Language::Cpp) } else { Language::from_path(place.path.as_deref().unwrap()) };
        (report.location, report.title, report.native_id, report.steps) = (place, title, id, steps);
        let [rule, kind, category, classification, severity, impact, certainty, status] = words;
        (report.rule.id, report.rule.kind, report.rule.category) = (rule, kind, category);
        (report.rule.classification, report.status.raw) = (classification, status);
        (report.severity.raw, report.severity.impact, report.severity.certainty) = (severity, impact, certainty);
        report.severity.level = None::<Level>;
        report.rule.cwe = cwe.into_iter().collect();
        (report.description, report.suggested_fix, report.extra) = (description, fix, extra);
        report
    }
}

/// Units that could make a reader slow when they are repeated.
const UNITS: &[&str] = &[
    "File: a.c\n",
    "File: a.c\nLine: 3\n\n",
    "Title\nFile: a.c\n",
    "Description: x\n",
    "Description:\n",
    "Issue: a\n\n",
    "\n",
    ":",
    " ",
    "a:",
    "a.c:1:",
    "a.c:1: ",
    "a.c:1:1: warning: ",
    "a.c:1:1: warning: m\n",
    "a.c:1:1: note: m\n",
    "In file included from a.c:1:\n",
    "[",
    "] [",
    " [-Wx]",
    "^",
    "^\n",
    "\u{1b}[",
    "\u{1b}]8;;x",
    "`",
    "- ",
    "#",
    "**",
    "(",
    "f(",
    "CWE-",
    "CWE-1 ",
    "1-",
    "Path:\n  a.c:1\n",
    "Unknown: x\n",
    "/usr/bin/ld: x: undefined reference to\n",
];

/// 32 KiB of each: a reader that is quadratic in one of them makes this test hang.
#[test]
fn repetition_takes_linear_time() {
    for unit in UNITS {
        let many = unit.repeat((1 << 15) / unit.len());
        let inputs =
            [format!("File: a.c\nLocation: {many}"), format!("a.c:1:1: warning: {many}"), many];
        for input in inputs {
            let _ = (parse_as(Format::Cid, &input), parse_as(Format::Diagnostic, &input));
        }
    }
}
