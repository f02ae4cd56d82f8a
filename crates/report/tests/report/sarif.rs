//! What SARIF results say, member by member of the specification.

use fixwright_report::{BugReport, ColumnUnit, Error, Format, Language, Level, parse, parse_as};
use serde_json::{Value, json};

/// The report of the only result of a run; `run` has the other members of the run.
fn one(run: &Value, result: &Value) -> BugReport {
    let (report, warnings) = both(run, result);
    assert_eq!(warnings, [""; 0]);
    report
}

/// The same with the warnings, and the same again with the results in front of all else in the run.
fn both(run: &Value, result: &Value) -> (BugReport, Vec<String>) {
    let results = json!([result]).to_string();
    let run = run.to_string();
    let run = run.strip_prefix('{').unwrap().strip_suffix('}').unwrap();
    let comma = if run.is_empty() { "" } else { "," };
    let mut read = [
        format!(r#"{{"version":"2.1.0","runs":[{{{run}{comma}"results":{results}}}]}}"#),
        format!(r#"{{"version":"2.1.0","runs":[{{"results":{results}{comma}{run}}}]}}"#),
    ]
    .map(|log| {
        let mut found = parse(&log).unwrap();
        assert_eq!(found.reports.len(), 1, "{log}");
        let mut report = found.reports.remove(0);
        assert_eq!(log[report.provenance.span.clone()], report.text);
        report.provenance.span = 0..0;
        report.warnings.iter_mut().for_each(|warning| warning.place = Default::default());
        let warnings: Vec<_> = found.warnings.into_iter().map(|warning| warning.message).collect();
        (report, warnings)
    });
    assert_eq!(read[0], read[1]);
    std::mem::take(&mut read[0])
}

/// A run of a tool with these rules.
fn rules(rules: &Value) -> Value {
    json!({"tool": {"driver": {"name": "t", "rules": rules}}})
}

fn at(location: &Value) -> fixwright_report::Location {
    one(&json!({}), &json!({"message": {"text": "m"}, "locations": [location]})).location
}

#[test]
fn messages() {
    let strings = json!([{
        "id": "r", "messageStrings": {"a": {"text": "'{0}' and {{{1}}}"}, "m": {"text": "", "markdown": "**b**"}},
    }]);
    let mut run = rules(&strings);
    run["tool"]["driver"]["globalMessageStrings"] =
        json!({"a": {"text": "never"}, "g": {"text": "global {0}"}});
    for (message, title, description) in [
        (json!({"text": "plain {0} {{x}}"}), "plain {0} {{x}}", None),
        (json!({"text": "{1} {0} {2}", "arguments": ["a", "{0}"]}), "{0} a {2}", None),
        (json!({"markdown": "*m*"}), "*m*", None),
        (json!({"id": "a", "arguments": ["x", "y"]}), "'x' and {y}", None),
        (json!({"id": "g", "arguments": ["x"]}), "global x", None),
        (json!({"id": "m"}), "**b**", None),
        (json!({"text": "first\nsecond"}), "first", Some("first\nsecond")),
        (json!({"text": "first\r\nsecond"}), "first", Some("first\r\nsecond")),
    ] {
        let report = one(&run, &json!({"ruleId": "r", "message": message}));
        assert_eq!(report.title.as_deref(), Some(title), "{message}");
        assert_eq!(report.description.as_deref(), description, "{message}");
    }
}

#[test]
fn a_result_without_a_message_says_so() {
    for message in [json!(null), json!({}), json!({"id": "nowhere"})] {
        let report = one(&json!({}), &json!({"ruleId": "r", "message": message}));
        assert_eq!(report.rule.id.as_deref(), Some("r"));
        assert_eq!(report.warnings[0].message, "the result has no message");
    }
}

#[test]
fn links_are_words_and_name_their_places() {
    let report = one(
        &json!({}),
        &json!({
            "message": {"text": "[here](0), [x\\[1\\]](1), [y](2), [no](3), [url](https://e.org)"},
            "locations": [{"id": 0, "physicalLocation": {"artifactLocation": {"uri": "a.c"}}}],
            "relatedLocations": [{"id": 1}, {"id": 2, "message": {"text": "own"}}, {"id": 3e76}],
        }),
    );
    assert_eq!(report.title.as_deref(), Some("here, x[1], y, [no](3), [url](https://e.org)"));
    let notes: Vec<_> = report.related.iter().map(|note| note.message.as_str()).collect();
    assert_eq!(notes, ["x[1]", "own", ""]);
}

#[test]
fn rules_are_found_by_index_identifier_and_guid() {
    let guid = "11111111-1111-4111-8111-111111111111";
    let mut run = rules(&json!([
        {"id": "A", "name": "a", "helpUri": "https://e.org/a", "fullDescription": {"text": "About a."}},
        {"id": "A/b", "name": "ab", "shortDescription": {"text": "About ab."}},
        {"id": "A", "name": "second"},
    ]));
    run["tool"]["extensions"] = json!([
        {"name": "x"},
        {"name": "y", "guid": guid, "rules": [{"id": "A", "name": "ya"}, {"id": "Y", "name": "yy", "guid": guid}]},
    ]);
    for (result, id, name) in [
        (json!({"ruleId": "A"}), "A", Some("a")),
        (json!({"ruleIndex": 0}), "A", Some("a")),
        (json!({"ruleId": "A", "ruleIndex": 2}), "A", Some("second")),
        (json!({"ruleId": "A", "ruleIndex": -1}), "A", Some("a")),
        (json!({"ruleId": "A/b/c"}), "A/b/c", Some("ab")),
        (json!({"ruleId": "A/bc"}), "A/bc", Some("a")),
        (json!({"ruleId": "A/bc", "ruleIndex": 0}), "A/bc", Some("a")),
        (json!({"ruleId": "Ab"}), "Ab", None),
        (json!({"ruleId": "Y"}), "Y", Some("yy")),
        (json!({"rule": {"id": "A", "index": 1}, "ruleId": "A/b"}), "A/b", Some("ab")),
        (json!({"rule": {"index": 0, "toolComponent": {"index": 1}}}), "A", Some("ya")),
        (json!({"rule": {"id": "A", "toolComponent": {"name": "y"}}}), "A", Some("ya")),
        (json!({"ruleId": "A", "rule": {"toolComponent": {"guid": guid}}}), "A", Some("ya")),
        (json!({"rule": {"guid": guid}}), "Y", Some("yy")),
        (json!({"ruleId": "A", "ruleIndex": 99}), "A", Some("a")),
    ] {
        let mut result = result;
        result["message"] = json!({"text": "m"});
        let report = one(&run, &result);
        assert_eq!(report.rule.id.as_deref(), Some(id), "{result}");
        assert_eq!(report.rule.name.as_deref(), name, "{result}");
        assert_eq!(report.warnings, []);
    }
    let first = one(&run, &json!({"ruleId": "A", "message": {"text": "m"}}));
    assert_eq!(first.rule.help_uri.as_deref(), Some("https://e.org/a"));
    assert_eq!(first.description.as_deref(), Some("About a."));
    let disputed = one(&run, &json!({"ruleId": "Y", "ruleIndex": 0, "message": {"text": "m"}}));
    assert_eq!(disputed.rule.name.as_deref(), Some("yy"));
    assert_eq!(disputed.warnings.len(), 1);
}

#[test]
fn levels() {
    let mut run = rules(&json!([
        {"id": "e", "defaultConfiguration": {"level": "error", "rank": 10.5}}, {"id": "n"},
    ]));
    let raised = json!({"descriptor": {"id": "n"}, "configuration": {"level": "note"}});
    run["invocations"] = json!([
        {"executionSuccessful": true},
        {"executionSuccessful": true, "ruleConfigurationOverrides": [raised]},
    ]);
    for (result, level, raw) in [
        (json!({"level": "note"}), Some(Level::Note), Some("note")),
        (json!({"level": "none"}), None, Some("none")),
        (json!({"ruleId": "e"}), Some(Level::Error), None),
        (json!({"ruleId": "e", "level": "warning"}), Some(Level::Warning), Some("warning")),
        (json!({"ruleId": "e", "kind": "fail"}), Some(Level::Error), None),
        (json!({"ruleId": "e", "kind": "review"}), None, None),
        (json!({"ruleId": "n"}), Some(Level::Warning), None),
        (json!({"ruleId": "n", "provenance": {"invocationIndex": 1}}), Some(Level::Note), None),
        (json!({}), Some(Level::Warning), None),
    ] {
        let mut result = result;
        result["message"] = json!({"text": "m"});
        let report = one(&run, &result);
        assert_eq!(
            (report.severity.level, report.severity.raw.as_deref()),
            (level, raw),
            "{result}"
        );
        assert_eq!(report.status.kind.as_deref(), result["kind"].as_str());
    }
    let rank =
        |rank| one(&run, &json!({"message": {"text": "m"}, "rank": rank})).severity.certainty;
    assert_eq!(rank(json!(95.0)).as_deref(), Some("95.0"));
    assert_eq!(rank(json!(-1.0)), None);
}

#[test]
fn files() {
    let run = json!({
        "originalUriBaseIds": {
            "HOME": {"uri": "file:///home/u%20v/"}, "SRC": {"uri": "src/", "uriBaseId": "HOME"},
            "OPEN": {"uri": "lib/", "uriBaseId": "%ROOT%"}, "HIDDEN": {"description": {"text": "h"}},
        },
        "artifacts": [
            {"location": {"uri": "listed.c", "uriBaseId": "SRC"}, "sourceLanguage": "cplusplus"},
        ],
    });
    for (artifact, path, base) in [
        (json!({"uri": "a%20b.c"}), Some("a b.c"), None),
        (json!({"uri": "file:///x/a.c"}), Some("/x/a.c"), None),
        (json!({"uri": "file:///C:/x/a.c"}), Some("C:/x/a.c"), None),
        (json!({"uri": "file://server/share/a.c"}), Some("//server/share/a.c"), None),
        (json!({"uri": "a.c", "uriBaseId": "HOME"}), Some("a.c"), Some("/home/u v/")),
        (json!({"uri": "a.c", "uriBaseId": "SRC"}), Some("a.c"), Some("/home/u v/src/")),
        (json!({"uri": "a.c", "uriBaseId": "OPEN"}), Some("a.c"), Some("%ROOT%/lib/")),
        (json!({"uri": "a.c", "uriBaseId": "%AB%"}), Some("a.c"), Some("%AB%")),
        (json!({"uri": "a.c", "uriBaseId": "HIDDEN"}), Some("a.c"), Some("HIDDEN")),
        (json!({"index": 0}), Some("listed.c"), Some("/home/u v/src/")),
        (json!({"uri": "own.c", "index": 0}), Some("own.c"), None),
        (json!({"index": 7}), None, None),
    ] {
        let location = json!({"physicalLocation": {"artifactLocation": artifact}});
        let report = one(&run, &json!({"message": {"text": "m"}, "locations": [location]}));
        assert_eq!(report.location.path.as_deref(), path, "{artifact}");
        assert_eq!(report.location.base.as_deref(), base, "{artifact}");
        let listed = artifact["index"] == 0;
        let language = if listed { Some(Language::Cpp) } else { path.map(|_| Language::C) };
        assert_eq!(report.language, language, "{artifact}");
    }
}

#[test]
fn circular_bases_end() {
    let run = json!({"originalUriBaseIds": {
        "A": {"uri": "a/", "uriBaseId": "B"}, "B": {"uri": "b/", "uriBaseId": "A"},
    }});
    let location =
        json!({"physicalLocation": {"artifactLocation": {"uri": "x.c", "uriBaseId": "A"}}});
    let (report, warnings) =
        both(&run, &json!({"message": {"text": "m"}, "locations": [location]}));
    assert_eq!(report.location.base.as_deref(), Some("A"));
    assert_eq!(warnings.len(), 2, "{warnings:?}");
}

#[test]
fn regions() {
    let region = |region: Value| at(&json!({"physicalLocation": {"region": region}}));
    let lines = region(
        json!({"startLine": 3, "startColumn": 5, "endLine": 4, "endColumn": 9, "snippet": {"text": "x"}}),
    );
    assert_eq!((lines.line, lines.end_line), (Some(3), Some(4)));
    assert_eq!((lines.column, lines.end_column, lines.column_unit), (Some(5), Some(9), None));
    assert_eq!(lines.snippet.as_deref(), Some("x"));
    let chars = region(json!({"charOffset": 0, "charLength": 4, "byteOffset": -1}));
    assert_eq!((chars.chars, chars.bytes), (Some((0, 4)), None));
    let bytes = region(json!({"byteOffset": 7, "snippet": {"rendered": {"text": "r"}}}));
    assert_eq!(
        (bytes.bytes, bytes.chars, bytes.snippet.as_deref()),
        (Some((7, 7)), None, Some("r"))
    );
    for (kind, unit) in [
        ("utf16CodeUnits", Some(ColumnUnit::Utf16)),
        ("unicodeCodePoints", Some(ColumnUnit::CodePoint)),
        ("else", None),
    ] {
        let run = json!({"columnKind": kind});
        let place = json!({"physicalLocation": {"region": {"startLine": 1, "startColumn": 2}}});
        let report = one(&run, &json!({"message": {"text": "m"}, "locations": [place]}));
        assert_eq!(report.location.column_unit, unit);
    }
}

#[test]
fn functions() {
    let run =
        json!({"logicalLocations": [{"fullyQualifiedName": "n::f(int)", "kind": "function"}]});
    for (logical, function, mangled) in [
        (json!([{"name": "f", "kind": "function", "decorated_name": "no"}]), Some("f"), None),
        (
            json!([{"name": "f", "fullyQualifiedName": "n::f(int)", "decoratedName": "_ZN1n1fEi"}]),
            Some("n::f"),
            Some("_ZN1n1fEi"),
        ),
        (
            json!([{"name": "main", "decoratedName": "main", "kind": "function"}]),
            Some("main"),
            None,
        ),
        (
            json!([{"name": "n", "kind": "namespace"}, {"name": "g", "kind": "member"}]),
            Some("g"),
            None,
        ),
        (json!([{"name": "T", "kind": "type"}]), None, None),
        (json!([{"index": 0}]), Some("n::f"), None),
    ] {
        let place = json!({"logicalLocations": logical});
        let location = one(&run, &json!({"message": {"text": "m"}, "locations": [place]})).location;
        assert_eq!(location.function.as_deref(), function, "{logical}");
        assert_eq!(location.mangled.as_deref(), mangled, "{logical}");
    }
}

#[test]
fn steps_come_from_flows_and_stacks() {
    let place = |line: u32, text: &str| json!({"physicalLocation": {"region": {"startLine": line}}, "message": {"text": text}});
    let run = json!({"threadFlowLocations": [{"location": place(1, "shared"), "kinds": ["call"], "importance": "essential"}]});
    let report = one(
        &run,
        &json!({
            "message": {"text": "m"},
            "codeFlows": [
                {"threadFlows": [
                    {"locations": [{"index": 0, "nestingLevel": 2}, {"location": place(2, "two"), "kinds": ["acquire", "memory"]}]},
                    {"locations": [{"location": place(3, "three")}]},
                ]},
                {"threadFlows": [{"locations": [{"location": place(4, "four"), "importance": "unimportant"}]}]},
            ],
            "stacks": [{"message": {"text": "allocated"}, "frames": [{"location": place(5, "")}, {}]}],
        }),
    );
    let seen: Vec<_> = report
        .steps
        .iter()
        .map(|own| {
            (own.flow, own.location.line, own.message.as_str(), own.tag.as_deref(), own.nesting)
        })
        .collect();
    assert_eq!(
        seen,
        [
            (0, Some(1), "shared", Some("call"), 2),
            (0, Some(2), "two", Some("acquire, memory"), 0),
            (1, Some(3), "three", None, 0),
            (2, Some(4), "four", None, 0),
            (3, Some(5), "", Some("allocated"), 0),
            (3, None, "", Some("allocated"), 0),
        ]
    );
    assert_eq!(report.steps[0].importance.as_deref(), Some("essential"));
    assert_eq!(report.steps[3].importance.as_deref(), Some("unimportant"));
}

#[test]
fn fixes() {
    let report = one(
        &json!({}),
        &json!({
            "message": {"text": "m"},
            "fixes": [{"description": {"text": "do"}, "artifactChanges": [
                {"artifactLocation": {"uri": "a.c"}, "replacements": [
                    {"deletedRegion": {"startLine": 1, "startColumn": 2, "endColumn": 2}, "insertedContent": {"text": "x"}},
                    {"deletedRegion": {"byteOffset": 4, "byteLength": 3}},
                ]},
                {"artifactLocation": {"uri": "b.c"}, "replacements": [{"deletedRegion": {"charOffset": 1}}]},
            ]}],
        }),
    );
    assert_eq!(report.fixes[0].description.as_deref(), Some("do"));
    let edits: Vec<_> = report.fixes[0]
        .edits
        .iter()
        .map(|edit| {
            (
                edit.location.path.as_deref().unwrap(),
                edit.location.line,
                edit.location.bytes,
                edit.text.as_str(),
            )
        })
        .collect();
    assert_eq!(
        edits,
        [("a.c", Some(1), None, "x"), ("a.c", None, Some((4, 7)), ""), ("b.c", None, None, "")]
    );
}

#[test]
fn weaknesses() {
    let mut run = rules(&json!([
        {"id": "rel", "relationships": [{"target": {"id": "79", "toolComponent": {"name": "CWE"}}}]},
        {"id": "tag", "properties": {"tags": ["security", "external/cwe/cwe-022"]}},
        {"id": "prop", "properties": {"cwe": ["CWE-78: Improper", "CWE-88"]}},
        {"id": "number", "properties": {"cwe": 120}},
        {"id": "other", "relationships": [{"target": {"id": "79", "toolComponent": {"name": "OWASP"}}}]},
    ]));
    run["taxonomies"] =
        json!([{"name": "CWE", "guid": "g", "taxa": [{"id": "121"}, {"id": "CWE-122"}]}]);
    for (result, cwe) in [
        (json!({"ruleId": "rel"}), &[79][..]),
        (json!({"ruleId": "tag"}), &[22]),
        (json!({"ruleId": "prop"}), &[78, 88]),
        (json!({"ruleId": "number"}), &[120]),
        (json!({"ruleId": "other"}), &[]),
        (json!({"taxa": [{"id": "415", "toolComponent": {"name": "cwe"}}]}), &[415]),
        (json!({"taxa": [{"id": "CWE-416"}]}), &[416]),
        (json!({"taxa": [{"index": 1, "toolComponent": {"index": 0}}]}), &[122]),
        (
            json!({"taxa": [{"id": "121", "toolComponent": {"guid": "g"}}], "ruleId": "tag"}),
            &[121, 22],
        ),
        (json!({"properties": {"cwe": "CWE-787"}}), &[787]),
        (json!({"properties": {"tags": ["CWE-1", "external/cwe/cwe-1"]}}), &[1]),
    ] {
        let mut result = result;
        result["message"] = json!({"text": "m"});
        assert_eq!(one(&run, &result).rule.cwe, cwe, "{result}");
    }
}

#[test]
fn the_rest_of_a_result() {
    let report = one(
        &json!({"tool": {"driver": {"name": "t", "semanticVersion": "1.2.3"}}}),
        &json!({
            "message": {"text": "m"}, "guid": "g", "correlationGuid": "c", "baselineState": "unchanged",
            "fingerprints": {"z/v1": "1"}, "partialFingerprints": {"a": "2"}, "occurrenceCount": 3,
            "suppressions": [{"kind": "external", "status": "rejected", "justification": "no"}, {"kind": "inSource"}],
            "properties": {"z": "s", "a": [1, "x"], "n": 1.50},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.c"}}}, {"message": {"text": "also"}}],
            "relatedLocations": [{"message": {"text": "related"}}],
        }),
    );
    assert_eq!(report.native_id.as_deref(), Some("g"));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        report.fingerprints,
        [pair("z/v1", "1"), pair("a", "2"), pair("correlationGuid", "c")]
    );
    assert_eq!(report.status.baseline.as_deref(), Some("unchanged"));
    assert_eq!(report.status.suppressions[0].status.as_deref(), Some("rejected"));
    assert_eq!(report.status.suppressions[1].kind, "inSource");
    let extra =
        [pair("occurrenceCount", "3"), pair("z", "s"), pair("a", "[1,\"x\"]"), pair("n", "1.5")];
    assert_eq!(report.extra, extra);
    let notes: Vec<_> = report.related.iter().map(|note| note.message.as_str()).collect();
    assert_eq!(notes, ["also", "related"]);
    assert_eq!(report.provenance.tool.as_deref(), Some("t"));
    assert_eq!(report.provenance.tool_version.as_deref(), Some("1.2.3"));
    assert_eq!(report.provenance.line, 1);
}

#[test]
fn what_a_run_says_of_itself_is_a_warning() {
    let run = json!({
        "invocations": [{
            "executionSuccessful": false, "exitCode": 3, "exitSignalName": "SIGSEGV",
            "toolExecutionNotifications": [{"level": "error", "message": {"text": "crashed"}}, {"level": "note"}],
            "toolConfigurationNotifications": [{"message": {"text": "no such rule"}}],
        }],
        "externalPropertyFileReferences": {"artifacts": [{"location": {"uri": "x"}}], "taxonomies": []},
    });
    let (_, warnings) = both(&run, &json!({"message": {"text": "m"}}));
    assert_eq!(
        warnings,
        [
            "the tool says that its run failed, results may be missing: exit code 3, signal SIGSEGV",
            "error of the tool about itself: crashed",
            "warning of the tool about itself: no such rule",
            "kept in other files, which are not read: artifacts",
        ]
    );
}

#[test]
fn logs_without_results_are_no_error() {
    for log in [
        r#"{"version":"2.1.0","runs":null}"#,
        r#"{"version":"2.1.0","runs":[]}"#,
        r#"{"version":"2.1.0","runs":[null]}"#,
        r#"{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"t"}}}]}"#,
        r#"{"version":"2.1.0","runs":[{"tool":null,"results":null}]}"#,
        "\u{feff}{\"runs\":[{\"results\":[]}],\"inlineExternalProperties\":[]}",
    ] {
        let found = parse(log).unwrap();
        assert_eq!(
            (found.format, found.reports.len(), found.warnings.len()),
            (Format::Sarif, 0, 0),
            "{log}"
        );
    }
}

#[test]
fn versions() {
    for (version, read) in [
        ("1.0.0", None),
        ("2.0.0", None),
        ("2.0.0-csd.2.beta.2019-01-24", None),
        ("2.1.0", Some(0)),
        ("2.1.0-rtm.5", Some(1)),
        ("2.2.0", Some(1)),
    ] {
        let log = json!({"version": version, "runs": [{"results": [{"message": {"text": "m"}}]}]});
        match (parse(log.to_string()), read) {
            (Ok(found), Some(warnings)) => {
                assert_eq!((found.reports.len(), found.warnings.len()), (1, warnings), "{version}");
            }
            (Err(Error::Version { found, advice }), None) => {
                assert!(found.contains(version) && advice.contains("2.1.0"));
            }
            (other, _) => panic!("{version}: {other:?}"),
        }
    }
}

#[test]
fn utf16_is_read() {
    let log = r#"{"version":"2.1.0","runs":[{"results":[{"message":{"text":"é"}}]}]}"#;
    let units = "\u{feff}".encode_utf16().chain(log.encode_utf16());
    let bytes: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    assert_eq!(parse(bytes).unwrap().reports[0].title.as_deref(), Some("é"));
}

#[test]
fn other_json_is_not_sarif() {
    for text in ["{}", "[]", r#"{"results":[]}"#, "{\"ru"] {
        assert!(parse_as(Format::Sarif, text).is_err(), "{text}");
    }
}

#[test]
fn notifications_and_ways_have_messages() {
    let log = r#"{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "t", "notifications": [{"id": "N1",
        "messageStrings": {"slow": {"text": "{0} took long"}}}]}},
        "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": [
            {"descriptor": {"id": "N1"}, "message": {"id": "slow", "arguments": ["a.c"]}},
            {"descriptor": {"index": 0}, "message": {"id": "slow", "arguments": ["b.c"]}},
            {"descriptor": {"id": "N2"}, "message": {"id": "x"}}]}],
        "results": [{"message": {"text": "m"}, "codeFlows": [{"message": {"text": "the way"}, "threadFlows": [
            {"locations": [{"location": {"message": {"text": "one"}}}, {"location": {"message": {"text": "two"}}}]}]}]}]}]}"#;
    let found = parse(log).unwrap();
    let said: Vec<_> =
        found.warnings.iter().map(|w| w.message.rsplit(": ").next().unwrap()).collect();
    assert_eq!(said, ["a.c took long", "b.c took long", "N2"]);
    let tags: Vec<_> = found.reports[0].steps.iter().map(|step| step.tag.as_deref()).collect();
    assert_eq!(tags, [Some("the way"), None]);
}
