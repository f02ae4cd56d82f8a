//! Requests to examples, with the vocabulary of a real model.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use fixwright::dataset::RepairSample;
use fixwright::finetune::Encoder;
use fixwright::llama::gguf::Gguf;
use fixwright::llama::tokenizer::Tokenizer;
use fixwright::prompt::{ChatTemplate, MaskStrategy, Options, Request, Target, expected, render};
use fixwright::repair::Asker;
use fixwright::report::BugReport;

const OLD: &str = "int sum(const int *a, int n)\n{\n\tint s = 0;\n\tfor (int i = 0; i <= n; i++)\n\t\ts += a[i];\n\treturn s;\n}\n";

fn tokenizer() -> Tokenizer {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../crates/llama/tests/data/tokenizer/qwen2.gguf");
    Tokenizer::from_gguf(&Gguf::open(file).unwrap()).unwrap()
}

#[test]
fn an_example_is_the_prompt_the_answer_and_an_end() {
    let asker = Asker::new(tokenizer(), ChatTemplate::plain());
    let tokenizer = asker.tokenizer();
    let report = BugReport::default();
    let request = Request::new(&report, "sum.c", OLD, 4, &Options::default()).unwrap();
    let fixed = OLD.replace("<=", "<");
    for (mask, prompt_weight) in
        [(MaskStrategy::All, 0.0), (MaskStrategy::Modified { context: 0, elsewhere: 0.0 }, 0.25)]
    {
        let encoder = Encoder::new(tokenizer, mask).with_prompt_weight(prompt_weight);
        let prompt = asker.prompt(&request).unwrap();
        let example = encoder.example(&request, &prompt, &fixed, 0).unwrap();
        assert_eq!(example.prompt, prompt.len());
        assert_eq!(example.ids[..prompt.len()], prompt);
        let last = example.ids.len() - 1;
        let answer = tokenizer.decode(&example.ids[prompt.len()..last]).unwrap();
        assert_eq!(answer, expected(&request, &fixed).unwrap());
        assert!(tokenizer.end_of_turn().contains(&example.ids[last]));
        assert!(example.weights[..prompt.len()].iter().all(|w| *w == prompt_weight));
        assert_eq!(example.weights[last], 1.0);
        let of = |keep: fn(f32, bool) -> bool| -> String {
            let kept =
                (prompt.len()..last).filter(|i| keep(example.weights[*i], example.changed[*i]));
            tokenizer.decode(&kept.map(|i| example.ids[i]).collect::<Vec<_>>()).unwrap()
        };
        assert!(of(|_, changed| changed).contains("for (int i = 0; i < n; i++)"));
        assert!(!of(|_, changed| changed).contains("return"));
        let counted = of(|weight, _| weight > 0.0);
        assert_eq!(counted == answer, mask == MaskStrategy::All, "{counted}");
        assert!(!example.changed[last]);
    }
}

/// What `train` encodes begins with what `evaluate` and `repair` ask, for a report of a line and for an assignment without one.
#[test]
fn an_example_begins_with_what_the_model_is_asked() {
    let asker = Asker::new(tokenizer(), ChatTemplate::plain());
    let mut reported = RepairSample::default();
    reported.code = Some(OLD.to_owned());
    reported.bug_report_text = Some("sum.c:4:28: warning: array subscript out of bounds\n".into());
    reported.source_code_path = Some("sum.c".into());
    reported.line_number = Some(4);
    let mut assignment = RepairSample::default();
    assignment.code = Some(OLD.to_owned());
    assignment.description = Some("Add up the numbers.".into());
    for (sample, target) in
        [&reported, &assignment].into_iter().flat_map(|it| Target::ALL.map(|target| (it, target)))
    {
        let options = Options::default().with_target(target);
        let report = sample.report();
        let request = sample.request(&report, &options).unwrap();
        let asked = asker.ask_prompt(&render(&request)).unwrap();
        let encoder = Encoder::new(asker.tokenizer(), MaskStrategy::All);
        let prompt = asker.prompt(&request).unwrap();
        let example = encoder.example(&request, &prompt, &OLD.replace("<=", "<"), 0).unwrap();
        assert_eq!(example.ids[..example.prompt], asked.prompt);
        let text = asker.tokenizer().decode(&asked.prompt).unwrap();
        let shown = if sample == &reported { "array subscript" } else { "Add up the numbers." };
        assert!(text.contains(shown), "{text}");
    }
}
