//! `cargo xtask train` from outside, on a model small enough to train; skipped where `FIXWRIGHT_SMOLLM2_GGUF` does not name one.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

const STEPS: usize = 4;

struct Run {
    model: String,
    folder: tempfile::TempDir,
}

impl Run {
    #[expect(clippy::print_stdout, reason = "whoever runs the tests should know")]
    fn prepare() -> Option<Self> {
        let Ok(model) = std::env::var("FIXWRIGHT_SMOLLM2_GGUF") else {
            println!("skipped: FIXWRIGHT_SMOLLM2_GGUF is not set");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let config = format!(
            "target = \"window\"\n[train]\nmax_steps = {STEPS}\nbatch_size = 1\naccumulation = 2\nsave_steps = 1\n\
             learning_rate = 1e-3\nschedule = \"constant\"\n[train.method]\nkind = \"lora\"\ndropout = 0.1\n"
        );
        fs::write(folder.path().join("run.toml"), config).unwrap();
        Some(Self { model, folder })
    }

    fn out(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self, out: &str, flags: &[&str]) -> Command {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/decode.jsonl");
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("xtask-model"));
        command.args(["train", "--model", &self.model, "--data"]).arg(data);
        command.arg("--out").arg(self.out(out)).arg("--config").arg(self.out("run.toml"));
        command.args(flags).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn metrics(&self, out: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.out(out).join("metrics.jsonl")).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line.get("loss").is_some()).collect()
    }

    fn losses(&self, out: &str) -> Vec<f64> {
        self.metrics(out).iter().map(|line| line["loss"].as_f64().unwrap()).collect()
    }

    fn adapter(&self, out: &str) -> Vec<u8> {
        fs::read(self.out(out).join("final/adapter_model.safetensors")).unwrap()
    }
}

#[track_caller]
fn succeeded(output: Output) -> Output {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output
}

/// Kills the process as soon as a step's checkpoint is there.
fn kill_after(mut child: Child, checkpoint: &Path) {
    let start = Instant::now();
    while !checkpoint.exists() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
        assert!(start.elapsed() < Duration::from_secs(300), "no checkpoint");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_killed_run_goes_on_to_the_same_bits() {
    let Some(run) = Run::prepare() else { return };
    succeeded(run.command("straight", &[]).output().unwrap());
    let losses = run.losses("straight");
    assert_eq!(losses.len(), STEPS);
    assert!(losses[STEPS - 1] < losses[0], "{losses:?}");
    for line in run.metrics("straight") {
        assert!(line["tokens_per_second"].as_f64().unwrap() > 0.0);
    }

    let child = run.command("killed", &[]).spawn().unwrap();
    kill_after(child, &run.out("killed/checkpoint-000002"));
    assert!(!run.out("killed/final").exists(), "it was not killed in time");
    let refused = run.command("killed", &[]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "a folder with a run in it is not trained into");
    succeeded(run.command("killed", &["--resume"]).output().unwrap());
    assert!(run.adapter("killed") == run.adapter("straight"), "other bits");
    assert_eq!(run.losses("killed"), losses);
}

/// Evaluations were asked for, and there would be none.
#[test]
fn validation_samples_of_which_none_can_be_used_are_bad_input() {
    let Some(run) = Run::prepare() else { return };
    fs::write(run.out("held-out.jsonl"), "{\"id\": \"without code\"}\n").unwrap();
    let held_out = run.out("held-out.jsonl");
    let flags = ["--validation", held_out.to_str().unwrap()];
    let refused = run.command("refused", &flags).output().unwrap();
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{error}");
    assert!(error.contains("no sample to evaluate on is left"), "{error}");
}

#[test]
fn two_processes_take_the_steps_of_one() {
    let Some(run) = Run::prepare() else { return };
    succeeded(run.command("one", &["--max-steps", "2"]).output().unwrap());
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let rank = |rank: &str| {
        let flags =
            ["--max-steps", "2", "--world-size", "2", "--rank", rank, "--master-port", &port];
        run.command("two", &flags).spawn().unwrap()
    };
    let processes = [rank("0"), rank("1")];
    for process in processes {
        succeeded(process.wait_with_output().unwrap());
    }
    for (one, two) in run.losses("one").iter().zip(run.losses("two")) {
        assert!((one - two).abs() < 1e-5 * one, "{one} is not {two}");
    }
}
