//! What the readers of XML formats make of what the formats can say.

use fixwright_report::{BugReport, Error, Format, Level, detect, parse, parse_as};

fn reports(format: Format, text: &str) -> Vec<BugReport> {
    assert_eq!(detect(text), Some(format), "{text}");
    let found = parse(text).unwrap();
    assert_eq!(found.warnings, [], "{text}");
    found.reports
}

#[test]
fn cppcheck_flows_run_from_last_to_first() {
    let text = r#"<?xml version="1.0" encoding="UTF-8"?>
<results version="2"><cppcheck version="2.17.1"/><errors>
<error id="nullPointer" severity="warning" msg="m &lt;p&gt;" verbose="longer&#xa;text" cwe="476" inconclusive="true" file0="a.c" hash="77" remark="r" new="n">
<location file="a.c" line="9" column="5" info="deref"/><location file="b.h" line="0" column="0" info="assign"/>
<symbol>p</symbol><symbol>q</symbol></error>
<error id="checkersReport" severity="information" msg="Active checkers: 5"/>
</errors></results>"#;
    let report = &reports(Format::CppcheckXml, text)[0];
    assert_eq!(report.provenance.tool_version.as_deref(), Some("2.17.1"));
    assert_eq!(report.location.to_string(), "a.c:9:5");
    assert_eq!(report.title.as_deref(), Some("m <p>"));
    assert_eq!(report.description.as_deref(), Some("longer\ntext"));
    assert_eq!((&*report.rule.cwe, report.severity.level), (&[476][..], Some(Level::Warning)));
    assert_eq!(report.severity.certainty.as_deref(), Some("inconclusive"));
    let steps: Vec<_> =
        report.steps.iter().map(|s| (&*s.message, s.location.line, s.is_key)).collect();
    assert_eq!(steps, [("assign", None, false), ("deref", Some(9), true)]);
    let extra: Vec<_> = report.extra.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(
        extra,
        [("file0", "a.c"), ("remark", "r"), ("new", "n"), ("symbol", "p"), ("symbol", "q")]
    );
}

#[test]
fn cppcheck_version_1_has_the_place_in_the_error() {
    let text = "<?xml version=\"1.0\"?><results><error file=\"a.c\" line=\"3\" id=\"x\" severity=\"style\" msg=\"m\"/></results>";
    assert_eq!(reports(Format::CppcheckXml, text)[0].location.to_string(), "a.c:3");
}

#[test]
fn encodings_and_entities_are_safe() {
    let latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<results version=\"2\"><errors>\
        <error id=\"a\" severity=\"style\" msg=\"caf\xe9\"/></errors></results>";
    let found = parse(latin).unwrap();
    assert_eq!(found.reports[0].title.as_deref(), Some("caf\u{e9}"));
    assert_eq!(found.reports[0].warnings, []);

    let undeclared =
        b"<results version=\"2\"><error id=\"a\" severity=\"style\" msg=\"caf\xe9\"/></results>";
    let found = parse(undeclared).unwrap();
    assert_eq!(found.reports[0].title.as_deref(), Some("caf\u{fffd}"));
    assert_eq!(found.reports[0].warnings.len(), 1);

    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE r [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;\">\
        <!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n<results version=\"2\"><errors>\
        <error id=\"e\" severity=\"style\" msg=\"&b;&x;\"/></errors></results>";
    assert_eq!(parse(bomb).unwrap().reports[0].title.as_deref(), Some("&b;&x;"));

    let wide: Vec<u8> = "\u{feff}<results version=\"2\"><error id=\"e\" severity=\"style\" msg=\"\u{e9}\"/></results>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(parse(wide).unwrap().reports[0].title.as_deref(), Some("\u{e9}"));
}

#[test]
fn comments_and_data_hide_markup() {
    let text = "<!-- <results> --><results version=\"2\"><!-- <error id=\"no\"/> --><errors><error id=\"e\" severity=\"style\" msg=\"a>b\">\
        <!-- </error> --><symbol><![CDATA[</error>]]></symbol></error></errors></results>";
    let report = &reports(Format::CppcheckXml, text)[0];
    assert_eq!(report.title.as_deref(), Some("a>b"));
    assert_eq!(report.extra, [("symbol".to_owned(), "</error>".to_owned())]);
}

#[test]
fn valgrind_stacks_have_tags_and_the_place_is_in_the_program() {
    let text = "<?xml version=\"1.0\"?>\n<valgrindoutput>\n<protocolversion>4</protocolversion>\n\
        <preamble><line>Using Valgrind-3.19.0 and LibVEX; rerun</line></preamble>\n<tool>memcheck</tool>\n\
        <error><unique>0x1</unique><tid>2</tid><kind>InvalidRead</kind><what>Invalid read of size 1</what>\n\
        <stack><frame><ip>0x1</ip><obj>/usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so</obj><fn>strlen</fn><dir>./shared</dir><file>vg_replace_strmem.c</file><line>494</line></frame>\n\
        <frame><ip>0x2</ip><obj>/usr/lib/x86_64-linux-gnu/libc.so.6</obj><fn>puts</fn><dir>./libio</dir><file>ioputs.c</file><line>35</line></frame>\n\
        <frame><ip>0x3</ip><obj>/w/a</obj><fn>A::f(int (*)(int)) const</fn><dir>/w</dir><file>a.cc</file><line>7</line></frame></stack>\n\
        <auxwhat>Address 0x1 is 0 bytes inside a block of size 1 free'd</auxwhat>\n\
        <stack><frame><ip>0x4</ip><fn>free</fn><obj>/x.so</obj></frame></stack>\n\
        <auxwhat>no stack here</auxwhat><suppression><sname>s</sname></suppression></error>\n\
        <fatal_signal><tid>1</tid><signo>11</signo><signame>SIGSEGV</signame><event>Access not within mapped region</event>\
        <stack><frame><ip>0x5</ip><obj>/w/a</obj><fn>main</fn><file>m.c</file><line>3</line></frame></stack></fatal_signal>\n\
        <suppcounts><pair><count>1</count><name>x</name></pair></suppcounts></valgrindoutput>";
    let found = reports(Format::ValgrindXml, text);
    let report = &found[0];
    assert_eq!(report.location.to_string(), "/w/a.cc:7");
    assert_eq!(report.location.function.as_deref(), Some("A::f"));
    assert_eq!(report.rule.id.as_deref(), Some("InvalidRead"));
    assert_eq!(report.provenance.tool.as_deref(), Some("valgrind memcheck"));
    assert_eq!(report.provenance.tool_version.as_deref(), Some("3.19.0"));
    let tags: Vec<_> = report.steps.iter().map(|step| (step.tag.is_some(), step.flow)).collect();
    assert_eq!(tags, [(false, 0), (false, 0), (false, 0), (true, 1)]);
    assert_eq!(report.related[0].message, "no stack here");
    assert_eq!(report.extra, [("tid".to_owned(), "2".to_owned())]);
    assert_eq!(found[1].title.as_deref(), Some("Access not within mapped region"));
    assert_eq!(found[1].location.to_string(), "m.c:3");
}

#[test]
fn helgrind_and_drd_name_their_parts() {
    let text = "<valgrindoutput><tool>helgrind</tool>\n<announcethread><hthreadid>1</hthreadid><isrootthread></isrootthread></announcethread>\n\
        <error><unique>0x0</unique><kind>Race</kind><xwhat><text>Possible data race</text><hthreadid>2</hthreadid></xwhat>\
        <stack><frame><ip>0x1</ip><fn>f</fn><file>a.c</file><line>5</line></frame></stack>\
        <xauxwhat><text>Location is declared at a.c:1</text><file>a.c</file><line>1</line></xauxwhat>\
        <other_segment_start><stack><frame><ip>0x2</ip><fn>g</fn><file>a.c</file><line>9</line></frame></stack></other_segment_start></error></valgrindoutput>";
    let report = &reports(Format::ValgrindXml, text)[0];
    assert_eq!(report.title.as_deref(), Some("Possible data race"));
    assert_eq!(report.related[0].location.to_string(), "a.c:1");
    assert_eq!(report.steps[1].tag.as_deref(), Some("other segment start"));
    assert_eq!(report.extra, [("hthreadid".to_owned(), "2".to_owned())]);
}

#[test]
fn klocwork_traces_and_levels() {
    let text = "<?xml version=\"1.0\"?><errorList xmlns=\"x\"><problem><problemID>7</problemID><file>a.c</file><line>4</line><method>f(int)</method>\
        <code>NPD</code><message>m</message><citingStatus>Fix</citingStatus><state>New</state><severity>Mine</severity><severitylevel>1</severitylevel>\
        <trace><traceBlock file=\"b.c\" method=\"g\"><traceLine line=\"2\" text=\"t\" type=\"E\"/></traceBlock></trace><owner>o</owner></problem></errorList>";
    let report = &reports(Format::KlocworkXml, text)[0];
    assert_eq!(
        (report.location.to_string(), report.severity.level),
        ("a.c:4".into(), Some(Level::Error))
    );
    assert_eq!(report.status.triage.as_deref(), Some("Fix"));
    assert_eq!(
        (report.steps[0].location.to_string(), &*report.steps[0].message),
        ("b.c:2".into(), "t")
    );
    assert_eq!(report.extra, [("owner".to_owned(), "o".to_owned())]);
}

#[test]
fn property_lists_name_files_that_come_last() {
    let text = "<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>clang_version</key><string>clang version 17</string>\
        <key>diagnostics</key><array><dict><key>check_name</key><string>c</string><key>description</key><string>d</string>\
        <key>issue_context_kind</key><string>function</string><key>issue_context</key><string>f</string>\
        <key>issue_hash_content_of_line_in_context</key><string>abc</string>\
        <key>location</key><dict><key>line</key><integer>3</integer><key>col</key><integer>4</integer><key>file</key><integer>1</integer></dict>\
        <key>path</key><array><dict><key>kind</key><string>control</string></dict><dict><key>kind</key><string>event</string><key>depth</key><integer>1</integer>\
        <key>location</key><dict><key>line</key><integer>3</integer><key>col</key><integer>4</integer><key>file</key><integer>7</integer></dict>\
        <key>message</key><string>e</string></dict></array></dict></array><key>files</key><array><string>a.c</string><string>b.c</string></array></dict></plist>";
    let report = &reports(Format::Plist, text)[0];
    assert_eq!(report.location.to_string(), "b.c:3:4");
    assert_eq!(report.location.function.as_deref(), Some("f"));
    assert_eq!((report.steps.len(), report.steps[0].nesting), (1, 1));
    assert_eq!(report.steps[0].location.path, None);
    assert!(report.warnings[0].message.contains("no file 7"), "{:?}", report.warnings);
}

#[test]
fn binary_property_lists_are_refused_by_name() {
    let error = parse(b"bplist00\xd4\x01\x02").unwrap_err();
    assert!(matches!(error, Error::Version { .. }), "{error}");
    assert!(error.to_string().contains("plutil"), "{error}");
}

#[test]
fn a_root_alone_is_an_empty_report() {
    for (format, text) in [
        (Format::CppcheckXml, "<results version=\"2\"/>"),
        (Format::ValgrindXml, "<valgrindoutput></valgrindoutput>"),
        (Format::KlocworkXml, "<errorList/>"),
        (Format::Plist, "<plist><dict/></plist>"),
    ] {
        assert_eq!(reports(format, text), []);
        assert!(parse_as(format, "<html></html>").is_err());
    }
}
