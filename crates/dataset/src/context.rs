//! Samples with what their prompts show.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use fixwright_prompt::{Budget, Index, Options, Request, related};
use fixwright_report::BugReport;

use crate::prompt_context::{FIELD, PromptContext};
use crate::{CountTokens, Error, Outcomes, RepairSample, Skipped, Source};

/// What prompts show of the code of samples.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ContextOptions {
    /// Which lines.
    pub prompt: Options,
    /// The most tokens of definitions that these lines use.
    pub tokens: usize,
    /// The source tree to find them in, beside the sample's own file. It is taken as it is, whichever commit a sample is of.
    pub tree: Option<Arc<Index>>,
}

/// A [`Source`] of the samples of another one, with the extra field `prompt_context`: a [`PromptContext`].
///
/// A sample without code or without a line stays as it is.
///
/// ```
/// use fixwright_dataset::{ContextOptions, InContext, PromptContext, RepairSample, words_and_signs};
///
/// let mut sample = RepairSample::default();
/// sample.code = Some("#define MOST 9\n\n\n\n\n\n\nint f(int n)\n{\n\treturn n <= MOST;\n}\n".into());
/// sample.line_number = Some(10);
///
/// let mut options = ContextOptions::default();
/// options.tokens = 100;
/// let sample = InContext::new([Ok(sample)].into_iter(), options, &words_and_signs).next().unwrap()?;
/// let context = sample.extra.get::<PromptContext>("prompt_context")?.unwrap();
/// assert_eq!((context.first_line, context.last_line), (5, 11));
/// assert_eq!(context.definitions[0].text, "#define MOST 9\n");
/// # Ok::<(), fixwright_dataset::Error>(())
/// ```
pub struct InContext<'c, I> {
    samples: I,
    options: ContextOptions,
    count: CountTokens<'c>,
}

impl<I> fmt::Debug for InContext<'_, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InContext").field("options", &self.options).finish_non_exhaustive()
    }
}

impl<'c, I> InContext<'c, I> {
    /// The samples of `samples`. `count` counts the tokens of definitions.
    pub fn new(samples: I, options: ContextOptions, count: CountTokens<'c>) -> Self {
        Self { samples, options, count }
    }

    fn with_context(&self, mut sample: RepairSample) -> Result<RepairSample, Error> {
        let report = BugReport::default();
        let (Some(code), Some(line)) = (sample.code.as_deref(), sample.line_number) else {
            return Ok(sample);
        };
        let request =
            Request::new(&report, sample.path(), code, line as usize, &self.options.prompt);
        let Ok(request) = request else { return Ok(sample) };
        let budget = Budget { tokens: self.options.tokens, count: &|text| (self.count)(text) };
        let definitions = related(&request, self.options.tree.as_deref(), budget);
        let context = PromptContext::of(&request.with_definitions(definitions));
        sample.extra.insert(FIELD, &context)?;
        Ok(sample)
    }
}

impl<I: Iterator<Item = Result<RepairSample, Error>>> Iterator for InContext<'_, I> {
    type Item = Result<RepairSample, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let sample = self.samples.next()?;
        Some(sample.and_then(|sample| self.with_context(sample)))
    }
}

impl<S: Source> Source for InContext<'_, S> {
    fn skipped(&self) -> &Skipped {
        self.samples.skipped()
    }

    /// Those of the samples' source, and what is shown.
    fn facts(&self) -> BTreeMap<String, String> {
        let ContextOptions { prompt, tokens, tree } = &self.options;
        let files = tree.as_ref().map_or(0, |tree| tree.stats().files);
        let shown = serde_json::json!({ "prompt": prompt, "tokens": tokens, "tree_files": files });
        let mut facts = self.samples.facts();
        facts.insert(FIELD.into(), shown.to_string());
        facts
    }

    fn remember(&mut self, outcomes: &Arc<Outcomes>) {
        self.samples.remember(outcomes);
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use fixwright_prompt::{Margin, Target, render};

    use super::*;
    use crate::words_and_signs;

    const CODE: &str = "#include \"most.h\"\n#define LEAST 1\n\nint f(int n)\n{\n\treturn n <= MOST && n > LEAST;\n}\n";

    fn sample() -> RepairSample {
        RepairSample {
            code: Some(CODE.into()),
            line_number: Some(6),
            source_code_path: Some("f.c".into()),
            ..RepairSample::default()
        }
    }

    #[test]
    fn a_sample_makes_the_prompt_again_that_it_was_given() {
        let tree = tempfile::tempdir().unwrap();
        std::fs::write(tree.path().join("most.h"), "#define MOST 9\n").unwrap();
        std::fs::write(tree.path().join("f.c"), "#define LEAST 0\n").unwrap();
        let index = Index::of_tree(tree.path(), &|_| ControlFlow::Continue(())).unwrap();
        let mut options = ContextOptions::default();
        options.prompt.margin = Margin { before: 1, after: 1 };
        options.tokens = 500;
        options.tree = Some(Arc::new(index));
        let mut samples = InContext::new([Ok(sample())].into_iter(), options, &words_and_signs);
        let sample = samples.next().unwrap().unwrap();

        let (report, default) = (BugReport::default(), Options::default());
        let request = sample.request(&report, &default).unwrap();
        assert_eq!(request.window().lines, 5..=7);
        let lines: Vec<_> = request.definitions().iter().map(|one| one.text.as_str()).collect();
        assert_eq!(lines, ["int f(int n);\n", "#define LEAST 1\n", "#define MOST 9\n"]);
        assert!(render(&request).messages[1].content.contains("/* most.h:1 */\n#define MOST 9\n"));
        let whole = sample.request(&report, &default.with_target(Target::Program)).unwrap();
        assert_eq!(whole.definitions().len(), 1);
    }

    #[test]
    fn a_sample_that_says_nothing_of_it_is_shown_as_asked() {
        let (report, options) = (BugReport::default(), Options::default());
        let mut sample = sample();
        let request = sample.request(&report, &options).unwrap();
        assert_eq!((request.window().lines.clone(), request.definitions()), (1..=7, &[][..]));
        sample.extra.insert(FIELD, "no context").unwrap();
        assert!(sample.request(&report, &options).is_err());
        sample.line_number = None;
        let mut samples = InContext::new(
            [Ok(sample.clone())].into_iter(),
            ContextOptions::default(),
            &words_and_signs,
        );
        assert_eq!(samples.next().unwrap().unwrap(), sample);
    }
}
