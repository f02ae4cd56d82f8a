//! Masks: every byte once, the change in full, nothing by chance but what is meant to be.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking, its helpers too")]

use std::collections::HashSet;
use std::ops::Range;

use fixwright_prompt::{
    EditMask, FastFixerMask, Margin, MaskStrategy, Options, Request, Target, expected,
};
use fixwright_report::BugReport;
use proptest::prelude::*;

const SOURCE: &str = "\
int total(const int *a, int n)
{
\tint sum;
\tint i;
\tfor (i = 0; i <= n; i++)
\t\tsum += a[i];
\tprintf(\"größe\\n\");
\treturn sum;
}
";

fn options(target: Target) -> Options {
    let mut options = Options::default().with_target(target);
    options.margin = Margin { before: 99, after: 99 };
    options
}

/// The mask of the fix that `change` makes of [`SOURCE`], and the answer.
fn mask(
    target: Target,
    change: impl Fn(&str) -> String,
    strategy: MaskStrategy,
) -> (EditMask, String) {
    let report = BugReport::default();
    let request = Request::new(&report, "total.c", SOURCE, 5, &options(target)).unwrap();
    let answer = expected(&request, &change(SOURCE)).unwrap();
    (EditMask::new(&request, &answer, strategy, 0), answer)
}

/// The lines of an answer that have a weight, or the weight, of at least `least`.
fn weighing<'a>(mask: &EditMask, answer: &'a str, least: f32) -> Vec<&'a str> {
    let mut at = 0;
    let lines = answer.split_inclusive('\n').map(|line| {
        at += line.len();
        (at - line.len()..at, line.trim())
    });
    let weight = |bytes: &Range<usize>| mask.token_weights(std::slice::from_ref(bytes))[0];
    lines.filter(|(bytes, _)| weight(bytes) >= least).map(|(_, line)| line).collect()
}

fn set_sum(source: &str) -> String {
    source.replace("int sum;", "int sum = 0;")
}

#[test]
fn changed_lines_count_and_the_context_asked_for() {
    for (context, lines) in [(0, vec!["int sum = 0;"]), (1, vec!["{", "int sum = 0;", "int i;"])] {
        let strategy = MaskStrategy::Modified { context, elsewhere: 0.0 };
        for target in [Target::Window, Target::Program] {
            let (mask, answer) = mask(target, set_sum, strategy);
            assert_eq!(weighing(&mask, &answer, 1.0), lines, "{target} {context}");
            assert_eq!(weighing(&mask, &answer, f32::MIN_POSITIVE), lines);
        }
    }
}

#[test]
fn a_deletion_marks_the_lines_around_it() {
    let without_print = |source: &str| source.replace("\tprintf(\"größe\\n\");\n", "");
    let strategy = MaskStrategy::Modified { context: 0, elsewhere: 0.0 };
    let (mask, answer) = mask(Target::Program, without_print, strategy);
    assert_eq!(weighing(&mask, &answer, 1.0), ["sum += a[i];", "return sum;"]);
}

#[test]
fn of_a_diff_the_changes_and_their_headers_count() {
    let strategy = MaskStrategy::Modified { context: 0, elsewhere: 0.0 };
    let with_dashes = |source: &str| source.replace("\tint sum;\n", "-- sum;\n");
    let (mask, answer) = mask(Target::Diff, with_dashes, strategy);
    let lines = weighing(&mask, &answer, 1.0);
    assert!(lines[0].starts_with("@@ -1,6 +1,6 @@"), "{lines:?}");
    assert_eq!(lines[1..], ["-\tint sum;", "+-- sum;"]);
}

#[test]
fn weights_spread_along_definitions_and_uses() {
    let mut quiet = FastFixerMask::default();
    quiet.noise = 0.0;
    let (mask, answer) = mask(Target::Program, set_sum, MaskStrategy::FastFixer(quiet));
    assert_eq!(weighing(&mask, &answer, 1.0), ["int sum = 0;"]);
    let near = weighing(&mask, &answer, 0.5);
    assert_eq!(near, ["int sum = 0;", "sum += a[i];"]);
    // `return sum` uses what `sum += a[i]` defines; `a` and `i` come from further up.
    let further = weighing(&mask, &answer, 0.25);
    for line in ["return sum;", "int total(const int *a, int n)", "for (i = 0; i <= n; i++)"] {
        assert!(further.contains(&line), "{line} is not in {further:?}");
    }
    assert!(!weighing(&mask, &answer, 0.01).contains(&"printf(\"größe\\n\");"));
}

#[test]
fn random_weights_change_with_seed_and_epoch_alone() {
    let report = BugReport::default();
    let request = Request::new(&report, "a.c", SOURCE, 5, &options(Target::Program)).unwrap();
    let answer = expected(&request, &set_sum(SOURCE)).unwrap();
    let mut kinds = HashSet::new();
    for (seed, epoch) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let mut options = FastFixerMask::default();
        options.seed = seed;
        let make = || EditMask::new(&request, &answer, MaskStrategy::FastFixer(options), epoch);
        let mask = make();
        assert_eq!(mask, make());
        let random: Vec<_> = mask.spans().iter().filter(|span| span.weight < 0.5).collect();
        assert!(random.len() > 10);
        kinds.insert(format!("{random:?}"));
        assert!(mask.spans().iter().all(|span| span.weight == 1.0 || span.weight <= 0.8));
    }
    assert_eq!(kinds.len(), 4);
}

#[test]
fn random_weights_are_spread_evenly() {
    let source = "x;".repeat(20_000) + "\n";
    let report = BugReport::default();
    let request = Request::new(&report, "a.txt", &source, 1, &options(Target::Program)).unwrap();
    let answer = expected(&request, &format!("{source}y\n")).unwrap();
    let strategy = MaskStrategy::FastFixer(FastFixerMask::default());
    let mask = EditMask::new(&request, &answer, strategy, 3);
    let weights: Vec<f32> =
        mask.spans().iter().map(|span| span.weight).filter(|weight| *weight < 1.0).collect();
    let mean = weights.iter().sum::<f32>() / weights.len() as f32;
    assert!((mean - 0.4).abs() < 0.01, "{mean}");
    let upper = weights.iter().filter(|weight| **weight > 0.6).count() as f32;
    assert!((upper / weights.len() as f32 - 0.25).abs() < 0.02, "{upper}");
}

#[test]
fn the_prompt_weighs_nothing_unless_asked_and_the_end_always_one() {
    let strategy = MaskStrategy::Modified { context: 0, elsewhere: 0.0 };
    let (mask, answer) = mask(Target::Program, set_sum, strategy);
    let changed = answer.find("\tint sum").unwrap();
    let tokens = [0..changed, changed..changed + 3];
    assert_eq!(mask.text_weights(2, &tokens), [0.0, 0.0, 0.0, 1.0, 1.0]);
    for (asked, weight) in [(0.25, 0.25), (7.0, 1.0), (-1.0, 0.0), (f32::NAN, 0.0)] {
        let mask = mask.clone().with_prompt_weight(asked);
        assert_eq!(mask.text_weights(1, &tokens), [weight, 0.0, 1.0, 1.0]);
    }
    assert_eq!(EditMask::default().text_weights(0, &[]), [1.0]);
}

fn strategy() -> impl Strategy<Value = MaskStrategy> {
    let fast_fixer = (any::<u64>(), 0.0..=1.0f32, 0..4u8).prop_map(|(seed, decay, reach)| {
        let mut options = FastFixerMask::default();
        (options.seed, options.decay, options.reach) = (seed, decay, reach);
        MaskStrategy::FastFixer(options)
    });
    prop_oneof![
        Just(MaskStrategy::All),
        (0..3usize).prop_map(|context| MaskStrategy::Modified { context, elsewhere: 0.25 }),
        fast_fixer,
    ]
}

fn text() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("(int |ä|漢)?[ab](\\+\\+| = [ab12]|\\([ab]\\))?;", 1..9)
}

/// The parts of a text that a tokenizer of white space makes: blanks before a word belong to it.
fn tokens(text: &str) -> Vec<Range<usize>> {
    let starts = text.match_indices(char::is_whitespace).map(|(at, _)| at);
    let mut cuts: Vec<usize> = std::iter::once(0).chain(starts).chain([text.len()]).collect();
    cuts.dedup();
    cuts.windows(2).map(|cut| cut[0]..cut[1]).collect()
}

proptest! {
    #[test]
    fn every_byte_has_one_weight_and_changes_count_in_full(
        old in text(),
        new in text(),
        target in proptest::sample::select(Target::ALL.to_vec()),
        strategy in strategy(),
        epoch in any::<u64>(),
    ) {
        let (old_text, new_text) = (old.join("\n") + "\n", new.join("\n") + "\n");
        let report = BugReport::default();
        let request = Request::new(&report, "a.c", &old_text, 1, &options(target)).unwrap();
        let Ok(answer) = expected(&request, &new_text) else { return Ok(()) };
        let mask = EditMask::new(&request, &answer, strategy, epoch);

        let mut end = 0;
        for span in mask.spans() {
            prop_assert_eq!(span.bytes.start, end);
            prop_assert!((0.0..=1.0).contains(&span.weight));
            prop_assert!(answer.is_char_boundary(span.bytes.end));
            end = span.bytes.end;
        }
        prop_assert_eq!(end, answer.len());

        let kept: HashSet<&String> = old.iter().collect();
        let mut at = 0;
        for line in answer.split_inclusive('\n') {
            let code = if target == Target::Diff { line.strip_prefix('+') } else { Some(line) };
            let is_new = code.is_some_and(|code| {
                let code = code.trim_end().to_owned();
                new.contains(&code) && !kept.contains(&code)
            });
            if is_new {
                let inside = |span: &&fixwright_prompt::WeightedSpan| span.bytes.start < at + line.len() && at < span.bytes.end;
                prop_assert!(mask.spans().iter().filter(inside).all(|span| span.weight == 1.0), "{line}");
            }
            at += line.len();
        }

        let tokens = tokens(&answer);
        let weights = mask.token_weights(&tokens);
        prop_assert_eq!(weights.len(), tokens.len());
        for (token, weight) in tokens.iter().zip(weights) {
            let shares = |span: &&fixwright_prompt::WeightedSpan| span.bytes.start < token.end && token.start < span.bytes.end;
            let most = mask.spans().iter().filter(shares).map(|span| span.weight).fold(0.0, f32::max);
            prop_assert_eq!(weight, most);
        }
    }
}
