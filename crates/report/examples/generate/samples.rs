//! Reports of any size, the same ones on every run; the benchmarks of this workspace read them too.

use fixwright_report::Format;

/// How an input of one format is put together.
pub(crate) struct Sample {
    pub(crate) format: Format,
    head: &'static str,
    one: fn(usize) -> String,
    between: &'static str,
    tail: &'static str,
}

/// One sample for each way to read: keys, lines, JSON, XML, YAML.
pub(crate) const SAMPLES: &[Sample] = &[
    Sample { format: Format::Cid, head: "", one: cid, between: "\n", tail: "" },
    Sample { format: Format::Diagnostic, head: "", one: gcc, between: "", tail: "" },
    Sample {
        format: Format::Sarif,
        head: r#"{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"tool":{"driver":{"name":"t","rules":[{"id":"overflow","defaultConfiguration":{"level":"error"},"properties":{"tags":["external/cwe/cwe-120"]}}]}},"columnKind":"utf16CodeUnits","originalUriBaseIds":{"SRCROOT":{"uri":"file:///src/"}},"artifacts":[],"results":["#,
        one: sarif,
        between: ",\n",
        tail: "]}]}\n",
    },
    Sample {
        format: Format::CppcheckXml,
        head: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<results version=\"2\">\n    \
               <cppcheck version=\"2.10\"/>\n    <errors>\n",
        one: cppcheck,
        between: "",
        tail: "    </errors>\n</results>\n",
    },
    Sample { format: Format::GccJson, head: "[", one: gcc_json, between: ", ", tail: "]\n" },
    Sample {
        format: Format::ClangTidyYaml,
        head: "---\nMainSourceFile:  '/src/a.c'\nDiagnostics:\n",
        one: tidy,
        between: "",
        tail: "...\n",
    },
];

impl Sample {
    /// Gives the parts of an input of at least `bytes` bytes to `take`; returns how many reports are in it.
    pub(crate) fn parts<E>(
        &self,
        bytes: usize,
        mut take: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<usize, E> {
        take(self.head)?;
        let (mut written, mut count) = (self.head.len(), 0);
        while written < bytes {
            let gap = if count == 0 { "" } else { self.between };
            let part = format!("{gap}{}", (self.one)(count));
            take(&part)?;
            written += part.len();
            count += 1;
        }
        take(self.tail)?;
        Ok(count)
    }
}

fn cid(n: usize) -> String {
    let (file, line) = (format!("src/store/entry_{}.c", n % 7), 10 + n % 9_000);
    format!(
        "CID: {}
Type: Buffer overflow
Severity: High
Checker: BUFFER_SIZE
File: {file}
Function: store_{n}
Line: {line}

Problem:
Unbounded sprintf into a fixed buffer

Path:
  {file}:{}
    char entry[16];
  {file}:{line}
    sprintf(entry, \"%s:{n}\", name)

Details:
The name may be up to 255 bytes long and is copied into 16 bytes
without regard to the size of the buffer.

Use snprintf with the size of the buffer instead.
",
        310_000 + n,
        line - 4,
    )
}

/// What gcc prints while it builds a project, with five warnings to a file.
fn gcc(n: usize) -> String {
    let (file, line) = (format!("entry_{}", n / 5), 12 + n % 400);
    let opening = format!(
        "gcc -std=c11 -O2 -Wall -Wextra -c -o build/{file}.o src/{file}.c
src/{file}.c: In function ‘store_{file}’:
"
    );
    format!(
        "{}src/{file}.c:{line}:25: warning: ‘%s’ directive writing up to 255 bytes into a region \
         of size 16 [-Wformat-overflow=]
{line:>5} |         sprintf(entry, \"%s:{n}\", name);
      |                         ^~
src/{file}.c:{line}:9: note: ‘sprintf’ output between 3 and 258 bytes into a destination of size 16
",
        if n.is_multiple_of(5) { &opening } else { "" },
    )
}

fn place(n: usize) -> String {
    let (uri, line) = (n % 977, 1 + n % 5_000);
    format!(
        r#"{{"physicalLocation":{{"artifactLocation":{{"uri":"src/entry_{uri}.c","uriBaseId":"SRCROOT"}},"region":{{"startLine":{line},"startColumn":9,"endColumn":31,"snippet":{{"text":"sprintf(entry, \"%s\", name);"}}}}}},"message":{{"text":"the name may have 255 bytes"}}}}"#
    )
}

fn sarif(n: usize) -> String {
    let (here, before) = (place(n), place(n + 3));
    format!(
        r#"{{"ruleId":"overflow","ruleIndex":0,"level":"warning","message":{{"text":"'sprintf' writes up to 258 bytes into a region of size 16"}},"locations":[{here}],"partialFingerprints":{{"primaryLocationLineHash":"39fa2ee980eb94b0:{n}"}},"codeFlows":[{{"threadFlows":[{{"locations":[{{"location":{before}}},{{"location":{here}}}]}}]}}]}}"#
    )
}

fn cppcheck(n: usize) -> String {
    let (file, line) = (n % 977, 1 + n % 5_000);
    format!(
        r#"        <error id="nullPointer" severity="warning" msg="Possible null pointer dereference: entry" verbose="Possible null pointer dereference: entry" cwe="476" file0="src/entry_{file}.c">
            <location file="src/entry_{file}.c" line="{line}" column="5" info="Null pointer dereference"/>
            <location file="src/entry_{file}.c" line="{line}" column="19" info="Assignment &apos;entry=0&apos;, assigned value is 0"/>
            <symbol>entry</symbol>
        </error>
"#
    )
}

fn gcc_json(n: usize) -> String {
    let (file, line) = (n % 977, 1 + n % 5_000);
    format!(
        r#"{{"kind": "warning", "message": "‘%s’ directive writing up to 255 bytes into a region of size 16", "option": "-Wformat-overflow=", "option_url": "https://gcc.gnu.org/onlinedocs/gcc/Warning-Options.html", "children": [{{"kind": "note", "message": "‘sprintf’ output between 3 and 258 bytes", "locations": [{{"caret": {{"file": "src/entry_{file}.c", "line": {line}, "display-column": 9, "byte-column": 9, "column": 9}}}}], "escape-source": false}}], "column-origin": 1, "locations": [{{"caret": {{"file": "src/entry_{file}.c", "line": {line}, "display-column": 25, "byte-column": 25, "column": 25}}}}], "escape-source": false}}"#
    )
}

fn tidy(n: usize) -> String {
    let (file, offset) = (n % 977, 100 + n % 90_000);
    format!(
        "  - DiagnosticName:  readability-isolate-declaration
    DiagnosticMessage:
      Message:         'multiple declarations in a single statement reduces readability'
      FilePath:        '/src/entry_{file}.c'
      FileOffset:      {offset}
      Replacements:
        - FilePath:        '/src/entry_{file}.c'
          Offset:          {offset}
          Length:          9
          ReplacementText: \"int a;\\n    int b;\"
    Level:           Warning
    BuildDirectory:  '/build'
"
    )
}
