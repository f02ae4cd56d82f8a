//! Applying patches beside `git apply` and GNU `patch`: each is a process of its own that reads the
//! patch from a file and writes the tree, one after the other in every round.
//!
//! `cargo run --release -p fixwright-patch --example apply_peers [NAME]` runs three cases, or the
//! one of that name, in the folder for temporary files, and checks every tree that comes out. Our
//! process is this program again: it reads a patch exactly, or as people and models write them, and
//! does no more than call the library.

#![expect(clippy::print_stdout, reason = "a program that prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use fixwright_patch::{DiffOptions, FilePatch, Patch, PlanOptions};
use tempfile::TempDir;

/// A folder of files before and after, and the patches that lead from one to the other, each of
/// which is applied by a process of its own.
struct Case {
    name: &'static str,
    files: Vec<File>,
    patches: Vec<Vec<u8>>,
}

struct File {
    path: String,
    old: Vec<u8>,
    new: Vec<u8>,
}

/// `lines` lines of C in which one of `every` runs of `run` lines is changed.
fn file(n: usize, lines: usize, every: usize, run: usize) -> File {
    let line = |at: usize, name: &str| {
        format!("\tstate->entry_{n}[{at}].{name} = compute(state, {}, {});\n", at * 7 % 13, at + n)
    };
    let changed = |at: usize| (at / run + n) % every == every / 2;
    let old = (0..lines).map(|at| line(at, "value")).collect::<String>();
    let new = (0..lines).map(|at| line(at, if changed(at) { "result" } else { "value" }));
    let path = format!("src/part_{}/file_{n}.c", n / 100);
    File { path, old: old.into(), new: new.collect::<String>().into() }
}

fn diff(file: &File) -> FilePatch {
    FilePatch::between(&file.path, Some(&file.old), Some(&file.new), &DiffOptions::default())
}

fn one_patch(name: &'static str, files: Vec<File>) -> Case {
    let patch = Patch { files: files.iter().map(diff).collect() };
    Case { name, files, patches: vec![patch.to_bytes()] }
}

fn case(name: &'static str) -> Case {
    match name {
        "100-mb-many-files" => one_patch(name, (0..2_400).map(|n| file(n, 700, 8, 1)).collect()),
        "100-mb-one-file" => one_patch(name, vec![file(0, 2_000_000, 2, 5_000)]),
        "10000-files-one-patch" => {
            one_patch(name, (0..10_000).map(|n| file(n, 40, 40, 1)).collect())
        }
        _ => {
            let count = if name == "10000-patches" { 10_000 } else { 1_000 };
            let files: Vec<_> = (0..count).map(|n| file(n, 40, 40, 1)).collect();
            let patch = |file| Patch { files: vec![diff(file)] }.to_bytes();
            Case { name, patches: files.iter().map(patch).collect(), files }
        }
    }
}

/// What is measured, and whether without being asked for.
const CASES: [(&str, bool); 5] = [
    ("100-mb-many-files", true),
    ("10000-files-one-patch", true),
    ("1000-patches", true),
    ("100-mb-one-file", false),
    ("10000-patches", false),
];

/// How often each case is measured.
const ROUNDS: usize = 5;

/// A process that applies the patch in a file.
type Tool = fn(&Path) -> Command;

/// The ways to apply the patch in a file to the tree in the working folder.
const TOOLS: [(&str, Tool); 4] = [
    ("fixwright, exact", |patch| ours("exact", patch)),
    ("fixwright, tolerant", |patch| ours("tolerant", patch)),
    ("git apply", |patch| {
        let mut git = Command::new("git");
        git.args(["apply", "-p1"]).arg(patch).env("GIT_CEILING_DIRECTORIES", "/");
        git
    }),
    ("GNU patch", |patch| {
        let mut gnu = Command::new("patch");
        gnu.args(["-p1", "--silent", "--input"]).arg(patch);
        gnu
    }),
];

fn ours(how: &str, patch: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--apply", how]).arg(patch);
    command
}

fn apply(how: &str, patch: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let (text, root) = (fs::read(patch)?, Path::new("."));
    let plan = match how {
        "exact" => Patch::parse(&text)?.plan(root, 1)?,
        _ => Patch::recover(&text)?.plan_with(root, &PlanOptions::default())?.into_plan()?,
    };
    Ok(plan.write()?)
}

/// Writes the old files to a new folder.
fn lay(files: &[File]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for file in files {
        let path = dir.path().join(&file.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.old).unwrap();
    }
    dir
}

fn measure(case: &Case, patches: &[PathBuf], tool: Tool) -> Duration {
    let dir = lay(&case.files);
    let start = Instant::now();
    for patch in patches {
        let mut command = tool(patch);
        let status = command.current_dir(dir.path()).stdout(Stdio::null()).status().unwrap();
        assert!(status.success(), "{command:?}: {status}");
    }
    let time = start.elapsed();
    for file in &case.files {
        let made = fs::read(dir.path().join(&file.path)).unwrap();
        assert!(made == file.new, "{} is not as it should be", file.path);
    }
    time
}

fn run(case: &Case) {
    let store = TempDir::new().unwrap();
    let store_one = |(n, patch): (usize, &Vec<u8>)| {
        let path = store.path().join(n.to_string());
        fs::write(&path, patch).unwrap();
        path
    };
    let patches: Vec<_> = case.patches.iter().enumerate().map(store_one).collect();
    let bytes = case.patches.iter().map(Vec::len).sum::<usize>() as f64 / 1e6;
    println!("\n{}: {bytes:.1} MB of patches, {} files", case.name, case.files.len());
    let mut times = TOOLS.map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for ((_, tool), times) in TOOLS.iter().zip(&mut times) {
            times.push(measure(case, &patches, *tool).as_secs_f64());
        }
    }
    for ((name, _), times) in TOOLS.iter().zip(&mut times) {
        times.sort_by(f64::total_cmp);
        let (median, last) = (times[times.len() / 2], times[times.len() - 1]);
        println!("{name:<20} {median:8.3} s   ({:.3} to {last:.3} in {ROUNDS} rounds)", times[0]);
    }
}

/// The first line that `program` prints.
fn said(program: &str, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.unwrap_or_default().lines().next().unwrap_or("not installed").to_owned()
}

fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    if let [flag, how, patch] = &arguments[..]
        && flag == "--apply"
    {
        apply(how, Path::new(patch)).unwrap();
        return;
    }
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name\t: "));
    let cores = processors.matches("processor\t:").count();
    println!("{cores} x {}, {}", model.unwrap_or("unknown"), said("uname", "-sr"));
    println!("{}, {}", said("git", "--version"), said("patch", "--version"));
    if let Ok(load) = fs::read_to_string("/proc/loadavg") {
        println!("load before: {}", load.trim_end());
    }
    let is_wanted = |name: &str, usual: bool| match arguments.first() {
        Some(wanted) => wanted == name,
        None => usual,
    };
    let wanted = CASES.iter().filter(|(name, usual)| is_wanted(name, *usual));
    wanted.for_each(|(name, _)| run(&case(name)));
}
