//! The binary as a user meets it: output, exit codes, and a full disk.

use std::fs;
use std::process::Command as Process;

use assert_cmd::Command;
use tempfile::TempDir;

const SMALLEST: &str = "smollm2-135m-instruct";

/// The binary with an empty cache, and nothing to fetch from.
fn xtask(folder: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .env("FIXWRIGHT_CACHE", folder.path().join("cache"))
        .env("HF_ENDPOINT", "http://127.0.0.1:9")
        .env("PATH", folder.path())
        .env_remove("FIXWRIGHT_MODEL_DIR");
    command
}

#[test]
fn the_list_is_json_when_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let output = xtask(&folder).args(["model", "list", "--format", "json"]).assert().success();
    let rows: serde_json::Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    let defaults = rows.as_array().unwrap().iter().filter(|row| row["default"] == true).count();
    assert_eq!(defaults, 1);
    assert_eq!(rows[0]["name"], SMALLEST);
}

#[test]
fn exit_codes_are_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    for (arguments, code) in [
        (&["--help"] as &[_], 0),
        (&["model", "list"], 0),
        (&["model", "path", SMALLEST], 1),
        (&["model", "path", "no-such-model"], 2),
        (&["model", "sing"], 2),
        (&["model", "fetch", SMALLEST], 3),
    ] {
        xtask(&folder).args(arguments).assert().code(code);
    }
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = Process::new(env!("CARGO_BIN_EXE_xtask"))
        .args(["model", "list"])
        .env("FIXWRIGHT_CACHE", folder.path())
        .stdout(writer)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_wrong_file_in_the_users_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("SmolLM2-135M-Instruct.Q4_1.gguf");
    fs::write(&file, "not a model").unwrap();
    let output = xtask(&folder)
        .args(["model", "fetch", SMALLEST])
        .env("FIXWRIGHT_MODEL_DIR", folder.path())
        .assert()
        .code(3);
    let stderr = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    assert!(stderr.contains(&format!("{} is not {SMALLEST}: it has 11 bytes", file.display())));
    assert!(stderr.contains("cannot start python3"), "{stderr}");
}

/// A file system of one megabyte, for this process and its children only.
#[test]
fn a_full_disk_says_what_is_needed_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "mount -t tmpfs -o size=1m none {0} || exit 77; \
         FIXWRIGHT_CACHE={0} {1} model fetch {SMALLEST}; code=$?; ls {0}/{SMALLEST} >&2; exit $code",
        folder.path().display(),
        env!("CARGO_BIN_EXE_xtask")
    );
    let run = Process::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", &script])
        .env_remove("FIXWRIGHT_MODEL_DIR")
        .output();
    let output = match run {
        Ok(output) if output.status.code() != Some(77) => output,
        _ => {
            println!("skipped: this user may not mount a file system");
            return;
        }
    };
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("98362432 more bytes are needed there"), "{stderr}");
    assert!(!stderr.lines().any(|line| line.ends_with("gguf")), "{stderr}");
}

#[test]
fn reports_of_several_files_are_printed_and_what_cannot_be_read_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("build.log");
    fs::write(&log, "cc -c a.c\na.c:3:1: warning: unused variable 'x' [-Wunused-variable]\n")
        .unwrap();
    let none = folder.path().join("none.txt");
    fs::write(&none, "hello\n").unwrap();

    let run = xtask(&folder).arg("report").args([&none, &log]).assert().code(2);
    let (out, err) = (text(&run.get_output().stdout), text(&run.get_output().stderr));
    assert_eq!(out, "a.c:3:1  warning  -Wunused-variable  unused variable 'x'\n");
    assert!(err.contains("none.txt: no bug report found"), "{err}");
    assert!(err.contains("1 report in 2 files"), "{err}");

    let run = xtask(&folder).args(["report", "--json"]).arg(&log).assert().success();
    let line: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!(line["location"]["line"], 3);
    assert_eq!(line["provenance"]["file"], log.to_str().unwrap());

    let run = xtask(&folder).args(["report", "--sarif"]).arg(&log).assert().success();
    let sarif: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert_eq!(sarif["runs"][0]["results"][0]["ruleId"], "-Wunused-variable");

    let fixes = folder.path().join("fixes.yaml");
    fs::write(folder.path().join("a.c"), "int a;\nint *b = 0;\n").unwrap();
    let yaml = "---\nMainSourceFile: '/build/a.c'\nDiagnostics:\n  - DiagnosticName: modernize-use-nullptr\n    DiagnosticMessage:\n      Message: use nullptr\n      FilePath: '/build/a.c'\n      FileOffset: 16\n      Replacements: []\n";
    fs::write(&fixes, yaml).unwrap();
    let run = xtask(&folder)
        .args(["report", "--source"])
        .arg(folder.path())
        .arg(&fixes)
        .assert()
        .success();
    let resolved = text(&run.get_output().stdout);
    assert!(resolved.starts_with("/build/a.c:2:10  "), "{resolved}");

    let run = xtask(&folder).args(["report", "-"]).pipe_stdin(&log).unwrap().assert().success();
    assert_eq!(text(&run.get_output().stdout), out);
    xtask(&folder).args(["report", "--format", "no-such"]).arg(&log).assert().code(2);
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn answers_are_judged_and_summed_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let wrong = "#include <stdio.h>\nint main(void) { puts(\"no\"); return 0; }\n";
    let right = wrong.replace("no", "yes");
    let sample = serde_json::json!({
        "id": "yes", "problem": "p", "code": wrong, "fixed": right,
        "tests": [{"input": "", "output": "yes\n"}],
    });
    fs::write(path("samples.jsonl"), format!("{sample}\n")).unwrap();
    let answers = [
        right.clone(),
        right.replace("; return", ";  return"),
        right.replace("yes", "maybe"),
        "?".to_owned(),
    ];
    let lines: String = answers
        .iter()
        .map(|answer| {
            format!(
                "{}\n",
                serde_json::json!({"id": "yes", "answer": format!("```c\n{answer}```")})
            )
        })
        .collect();
    fs::write(path("answers.jsonl"), &lines).unwrap();

    let evaluate = |extra: &[&str]| {
        let mut command = xtask(&folder);
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.args(["evaluate", "--target", "program", "--samples"]).arg(path("samples.jsonl"));
        command.arg("--answers").arg(path("answers.jsonl")).args(extra).assert()
    };
    let out = path("out.jsonl");
    let out = out.to_str().unwrap();
    let run = evaluate(&["--json", out]).success();
    let said = text(&run.get_output().stdout);
    assert!(said.starts_with("4 answers for 1 samples\n"), "{said}");
    assert!(said.contains("plausible                  @1   50.0 %"), "{said}");
    let whole = fs::read_to_string(out).unwrap();
    let verdicts: Vec<String> = whole
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["verdict"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(verdicts, ["exact", "plausible", "failed", "not_applied"]);

    // An interrupted run left two rows and half of a third.
    let cut = whole.match_indices('\n').nth(1).unwrap().0 + 20;
    fs::write(format!("{out}.partial"), &whole[..cut]).unwrap();
    fs::remove_file(out).unwrap();
    evaluate(&["--json", out, "--resume"]).success();
    assert_eq!(fs::read_to_string(out).unwrap(), whole, "the same answers give the same bytes");

    fs::write(path("answers.jsonl"), "{\"id\": \"other\", \"answer\": \"\"}\n").unwrap();
    let error = text(&evaluate(&[]).code(2).get_output().stderr);
    assert!(error.contains("answers.jsonl:1: no sample has the id `other`"), "{error}");
}
