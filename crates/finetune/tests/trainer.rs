//! Training a tiny model: against Hugging Face, across ways to cut a step into batches, and across interruptions.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use fixwright_finetune::{
    Error, Event, Example, Finish, LoraOptions, Method, Options, Peers, Schedule, Trainer, evaluate,
};
use fixwright_llama::Device;
use fixwright_llama::adapter::Adapter;
use fixwright_llama::model::Model;
use fixwright_llama::safetensors::SafetensorsFile;
use fixwright_llama::weights::Weights;
use serde_json::Value;

/// The outputs of `examples/beside_peft.py` in double precision.
fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tiny").join(name)
}

fn model(name: &str) -> Model {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../llama/tests/data/tiny").join(name);
    Model::load(&Weights::open(&folder).unwrap(), &Device::Cpu.open().unwrap()).unwrap()
}

fn examples() -> Vec<Example> {
    let text = std::fs::read_to_string(data("examples.jsonl")).unwrap();
    let example = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        let ids: Vec<u32> = serde_json::from_value(row["ids"].clone()).unwrap();
        let weights = serde_json::from_value(row["weights"].clone()).unwrap();
        Example { changed: vec![false; ids.len()], prompt: 1, ids, weights }
    };
    text.lines().map(example).collect()
}

fn options(max_steps: usize, batch_size: usize) -> Options {
    let mut options = Options::default();
    (options.max_steps, options.learning_rate) = (max_steps, 3e-3);
    (options.batch_size, options.accumulation) = (batch_size, 4 / batch_size);
    options.schedule = Schedule::Constant;
    let mut lora = LoraOptions::default();
    lora.dropout = 0.0;
    options.method = Method::Lora(lora);
    options
}

fn with_dropout(mut options: Options) -> Options {
    let mut lora = LoraOptions::default();
    lora.dropout = 0.25;
    options.method = Method::Lora(lora);
    options
}

/// Dropout draws from random numbers that all threads of a process share.
static RANDOM: Mutex<()> = Mutex::new(());

/// Trains to the end and returns the losses.
fn run(trainer: &mut Trainer, folder: &Path) -> Vec<f64> {
    let mut losses = Vec::new();
    let finish = trainer.run(&examples()[..], &[], folder, &mut |event| {
        if let Event::Step(step) = event {
            losses.push(step.loss);
        }
        ControlFlow::Continue(())
    });
    assert_eq!(finish.unwrap(), Finish::Done);
    losses
}

fn factors(trainer: &Trainer) -> Vec<f32> {
    let adapter = trainer.adapter();
    adapter.factors.values().flat_map(|f| f.a.iter().chain(&f.b).copied()).collect()
}

fn initial() -> Adapter {
    Adapter::open(&data("initial")).unwrap()
}

fn close(found: f64, expected: f64, relative: f64) -> bool {
    (found - expected).abs() <= relative * expected.abs()
}

fn distance(found: &[f32], expected: &[f32]) -> f64 {
    let square = |x: f32| f64::from(x).powi(2);
    let difference: f64 = found.iter().zip(expected).map(|(a, b)| square(a - b)).sum();
    (difference / expected.iter().copied().map(square).sum::<f64>()).sqrt()
}

#[test]
fn losses_gradients_and_adapter_are_those_of_peft() {
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(data("peft.json")).unwrap()).unwrap();
    for (batch, checkpointing) in [(4, false), (1, false), (2, true)] {
        let folder = tempfile::tempdir().unwrap();
        let mut options = options(20, batch);
        options.checkpointing = checkpointing;
        let mut trainer = Trainer::new(model("llama2"), Some(&initial()), options).unwrap();
        let file = SafetensorsFile::open(data("peft.safetensors")).unwrap();
        let (_, gradients) = trainer.gradients(&examples()).unwrap();
        assert_eq!(gradients.len(), file.names().count());
        for (path, gradient) in gradients {
            let module = path.strip_suffix(".adapter.lora_a").map(|m| (m, "lora_A"));
            let module = module.or_else(|| Some((path.strip_suffix(".adapter.lora_b")?, "lora_B")));
            let (module, factor) = module.unwrap();
            let name = format!("base_model.model.model.{module}.{factor}.default.weight");
            let expected = file.tensor(&name).unwrap();
            let expected = expected.to_f32().unwrap();
            let off = distance(&gradient, &expected);
            assert!(off < 1e-3, "{name}: {off}");
        }
        let losses = run(&mut trainer, folder.path());
        for (step, loss) in losses.iter().enumerate() {
            let expected = expected["losses"][step].as_f64().unwrap();
            assert!(close(*loss, expected, 1e-4), "step {step}: {loss} {expected}");
        }
        assert_eq!(losses.len(), 20);
        let trained = Adapter::open(&data("peft")).unwrap();
        let expected: Vec<f32> =
            trained.factors.values().flat_map(|f| f.a.iter().chain(&f.b).copied()).collect();
        assert!(distance(&factors(&trainer), &expected) < 1e-3);
    }
}

/// A run that was killed between checkpoints goes on from the last one, to the same bits.
#[test]
fn an_interrupted_run_ends_with_the_same_bits() {
    let _alone = RANDOM.lock().unwrap_or_else(PoisonError::into_inner);
    let whole = tempfile::tempdir().unwrap();
    let mut straight = Trainer::new(model("qwen2"), None, with_dropout(options(9, 2))).unwrap();
    let losses = run(&mut straight, whole.path());

    let folder = tempfile::tempdir().unwrap();
    let mut first = with_dropout(options(9, 2));
    first.save_steps = 2;
    let mut trainer = Trainer::new(model("qwen2"), None, first.clone()).unwrap();
    let mut steps = 0;
    let finish = trainer.run(&examples()[..], &[], folder.path(), &mut |event| {
        steps += usize::from(matches!(event, Event::Step(_)));
        if steps == 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(finish.unwrap(), Finish::Stopped);
    // As if it had been killed: the checkpoint that stopping wrote is gone, what was being written is still there.
    std::fs::remove_dir_all(folder.path().join("checkpoint-000005")).unwrap();
    std::fs::create_dir(folder.path().join(".checkpoint-000005.partial")).unwrap();
    let mut trainer = Trainer::new(model("qwen2"), None, first).unwrap();
    assert!(trainer.resume(folder.path()).unwrap());
    assert_eq!(trainer.step(), 4);
    assert_eq!(run(&mut trainer, folder.path()), losses[4..]);
    assert_eq!(factors(&trainer), factors(&straight));
}

#[test]
fn checkpointing_gives_the_same_gradient() {
    let _alone = RANDOM.lock().unwrap_or_else(PoisonError::into_inner);
    let mut plain = Trainer::new(model("llama3"), None, with_dropout(options(3, 2))).unwrap();
    let mut options = with_dropout(options(3, 2));
    options.checkpointing = true;
    let mut twice = Trainer::new(model("llama3"), None, options).unwrap();
    let ((loss, found), (expected_loss, expected)) =
        (twice.gradients(&examples()).unwrap(), plain.gradients(&examples()).unwrap());
    assert!(close(loss, expected_loss, 1e-6), "{loss} {expected_loss}");
    for ((path, found), (_, expected)) in found.iter().zip(&expected) {
        let zero = expected.iter().all(|x| *x == 0.0) && found.iter().all(|x| *x == 0.0);
        assert!(zero || distance(found, expected) < 1e-4, "{path}");
    }
}

#[test]
fn every_weight_can_be_trained_and_is_resumed() {
    let mut all = options(4, 2);
    (all.method, all.learning_rate, all.save_steps) = (Method::Full, 1e-2, 2);
    let whole = tempfile::tempdir().unwrap();
    let mut straight = Trainer::new(model("qwen2"), None, all.clone()).unwrap();
    let losses = run(&mut straight, whole.path());
    assert!(losses[3] < losses[0], "{losses:?}");
    let folder = tempfile::tempdir().unwrap();
    let mut half = all.clone();
    half.max_steps = 2;
    run(&mut Trainer::new(model("qwen2"), None, half).unwrap(), folder.path());
    let mut trainer = Trainer::new(model("qwen2"), None, all).unwrap();
    assert!(trainer.resume(folder.path()).unwrap());
    assert_eq!(run(&mut trainer, folder.path()), losses[2..]);
}

#[test]
fn a_quantised_base_learns_too() {
    for bits in [4, 8, 16] {
        let mut options = options(6, 4);
        let mut lora = LoraOptions::default();
        (lora.base_bits, lora.dropout) = (Some(bits), 0.0);
        options.method = Method::Lora(lora);
        options.checkpointing = true;
        let folder = tempfile::tempdir().unwrap();
        let mut trainer = Trainer::new(model("llama2"), None, options).unwrap();
        let losses = run(&mut trainer, folder.path());
        assert!(losses[5] < losses[0], "{bits} bits: {losses:?}");
    }
}

#[test]
fn two_processes_take_the_steps_of_one() {
    let alone = tempfile::tempdir().unwrap();
    let mut single = Trainer::new(model("llama2"), Some(&initial()), options(5, 2)).unwrap();
    let losses = run(&mut single, alone.path());
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let one = move |rank: usize| {
        let peers = Peers::meet(rank, 2, ("127.0.0.1", port)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let trainer = Trainer::new(model("llama2"), Some(&initial()), options(5, 2)).unwrap();
        let mut trainer = trainer.with_peers(peers);
        let losses = run(&mut trainer, folder.path());
        let saved = folder.path().join("checkpoint-000005").exists();
        assert_eq!(saved, rank == 0);
        (losses, factors(&trainer))
    };
    let other = std::thread::spawn(move || one(1));
    let (first, second) = (one(0), other.join().unwrap());
    assert_eq!(first, second);
    for (found, expected) in first.0.iter().zip(&losses) {
        assert!(close(*found, *expected, 1e-6), "{found} {expected}");
    }
    assert!(distance(&first.1, &factors(&single)) < 1e-5);
}

/// The second process is where the first one was before it went on alone.
#[test]
fn processes_at_different_steps_do_not_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Trainer::new(model("llama2"), Some(&initial()), options(3, 2)).unwrap();
    run(&mut first, folder.path());
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let one = move |rank: usize, folder: &Path| {
        let peers = Peers::meet(rank, 2, ("127.0.0.1", port)).unwrap();
        let trainer = Trainer::new(model("llama2"), Some(&initial()), options(5, 2)).unwrap();
        let mut trainer = trainer.with_peers(peers);
        trainer.resume(folder).unwrap();
        let go_on = &mut |_: Event<'_>| ControlFlow::Continue(());
        trainer.run(&examples()[..], &[], folder, go_on).unwrap_err()
    };
    let other = std::thread::spawn(move || one(1, tempfile::tempdir().unwrap().path()));
    let error = one(0, folder.path());
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "another process is at step 0");
    assert!(matches!(other.join().unwrap(), Error::Peers { rank: 1, .. }));
    assert!(folder.path().join("checkpoint-000003").exists());
}

/// What is saved counts as what is trained.
#[test]
fn an_adapter_of_another_scale_or_rank_is_refused() {
    let with = |rank, alpha| {
        let mut options = options(1, 4);
        let mut lora = LoraOptions::default();
        (lora.rank, lora.alpha) = (rank, alpha);
        options.method = Method::Lora(lora);
        Trainer::new(model("llama2"), Some(&initial()), options).map(|_| ())
    };
    let Adapter { config, .. } = initial();
    with(config.rank, config.alpha).unwrap();
    let error = with(config.rank, 2.0 * config.alpha).unwrap_err().to_string();
    assert_eq!(
        error,
        format!("option `method.alpha` must be {}, as the adapter has it", config.alpha)
    );
    assert!(with(2 * config.rank, 2.0 * config.alpha).is_err());
    let mut full = options(1, 4);
    full.method = Method::Full;
    let refused = Trainer::new(model("llama2"), Some(&initial()), full).map(|_| ());
    assert!(matches!(refused, Err(Error::Option { name: "method", .. })), "{refused:?}");
}

#[test]
fn no_better_loss_ends_a_run_and_the_best_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(40, 4);
    (options.learning_rate, options.eval_steps, options.patience, options.keep) = (0.1, 1, 3, 1);
    let mut held_out = examples();
    held_out.iter_mut().for_each(|example| example.ids.reverse());
    let mut trainer = Trainer::new(model("llama2"), None, options.clone()).unwrap();
    let mut losses = Vec::new();
    let finish = trainer.run(&examples()[..], &held_out, folder.path(), &mut |event| {
        if let Event::Evaluated { evaluation, .. } = event {
            losses.push(evaluation.loss);
        }
        ControlFlow::Continue(())
    });
    assert_eq!(finish.unwrap(), Finish::Early);
    let best = losses.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(losses.iter().rev().position(|loss| *loss == best), Some(3));
    let kept = trainer.best(folder.path()).unwrap();
    let kept = model("llama2").with_adapter(&Adapter::open(&kept).unwrap()).unwrap();
    let loss = evaluate(&kept, &held_out).unwrap().loss;
    assert!(close(loss, best, 1e-6), "{loss} {best}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);

    let mut again = Trainer::new(model("llama2"), None, options).unwrap();
    assert!(again.resume(folder.path()).unwrap());
    let step = again.step();
    let others = again.check(&examples()[..], &examples(), folder.path()).unwrap_err().to_string();
    assert!(others.contains("held-out data"), "{others}");
    let go_on = &mut |_: Event<'_>| ControlFlow::Continue(());
    let finish = again.run(&examples()[..], &held_out, folder.path(), go_on).unwrap();
    assert_eq!((finish, again.step()), (Finish::Early, step), "it does not train on");
}

#[test]
fn what_cannot_go_on_is_said_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut wild = options(50, 4);
    (wild.learning_rate, wild.save_steps, wild.max_grad_norm) = (1e30, 1, 0.0);
    let mut trainer = Trainer::new(model("llama2"), Some(&initial()), wild.clone()).unwrap();
    let error = trainer
        .run(&examples()[..], &[], folder.path(), &mut |_| ControlFlow::Continue(()))
        .unwrap_err();
    assert!(matches!(error, Error::NonFinite { .. }), "{error}");
    assert!(error.to_string().contains("learning_rate"), "{error}");
    assert!(folder.path().join("checkpoint-000001").exists());

    let mut other = Trainer::new(model("llama3"), None, wild.clone()).unwrap();
    let error = other.resume(folder.path()).unwrap_err().to_string();
    assert!(error.contains("another model"), "{error}");
    wild.seed = 9;
    let mut other = Trainer::new(model("llama2"), None, wild).unwrap();
    let error = other.resume(folder.path()).unwrap_err().to_string();
    assert!(error.contains("another `seed`"), "{error}");

    let long = [Example::new(&[1; 300], &[2], &[1.0], 3).unwrap()];
    let mut trainer = Trainer::new(model("llama2"), None, options(1, 1)).unwrap();
    let error =
        trainer.run(&long[..], &[], folder.path(), &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(matches!(error, Error::TooLong { tokens: 302, context: 256, .. }), "{error}");
    let go_on = &mut |_: Event<'_>| ControlFlow::Continue(());
    let error = trainer.run(&examples()[..], &long, folder.path(), go_on).unwrap_err().to_string();
    assert!(error.starts_with("held-out example 0 has 302 tokens"), "{error}");
    let mut none = options(0, 1);
    assert!(matches!(
        Trainer::new(model("llama2"), None, none.clone()),
        Err(Error::Option { name: "max_steps", .. })
    ));
    none.max_steps = 1;
    let mut lora = LoraOptions::default();
    lora.targets = vec!["w_proj".to_owned()];
    none.method = Method::Lora(lora);
    let error = Trainer::new(model("llama2"), None, none).err().unwrap().to_string();
    assert!(error.contains("w_proj"), "{error}");
}

/// A merged model, one with its adapter beside it, and one saved and loaded again say the same.
#[test]
fn an_adapter_can_be_merged_and_saved() {
    let folder = tempfile::tempdir().unwrap();
    let mut trainer = Trainer::new(model("qwen2"), None, options(5, 4)).unwrap();
    run(&mut trainer, folder.path());
    let beside = evaluate(trainer.model(), &examples()).unwrap();
    let merged = trainer.model().clone().merged();
    assert!(close(evaluate(&merged, &examples()).unwrap().loss, beside.loss, 1e-5));
    merged.save(&folder.path().join("merged")).unwrap();
    let weights = Weights::open(&folder.path().join("merged")).unwrap();
    let loaded = Model::load(&weights, &Device::Cpu.open().unwrap()).unwrap();
    assert!(close(evaluate(&loaded, &examples()).unwrap().loss, beside.loss, 1e-5));
    assert!(!close(evaluate(&model("qwen2"), &examples()).unwrap().loss, beside.loss, 1e-3));
}
