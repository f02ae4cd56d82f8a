//! From sources to a data set, through the public interface.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests fail and speak as tests do"
)]

mod corpus;
mod paired;
mod pipeline;
mod programs;

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use fixwright_dataset::{
    CurateContext, CurateOptions, Error, Manifest, Named, Reader, RepairSample, Skipped, Source,
    curate, words_and_signs,
};

/// Writes files below a folder.
fn write(root: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

/// Samples as a source.
struct List(std::vec::IntoIter<RepairSample>, Skipped);

impl Iterator for List {
    type Item = Result<RepairSample, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(Ok)
    }
}

impl Source for List {
    fn skipped(&self) -> &Skipped {
        &self.1
    }
}

fn list(samples: Vec<RepairSample>) -> List {
    List(samples.into_iter(), Skipped::default())
}

/// Makes a data set out of one source.
fn curated(
    source: impl Source + Send + 'static,
    folder: &Path,
    options: &CurateOptions,
) -> Manifest {
    let progress = |_: fixwright_dataset::CurateEvent<'_>| ControlFlow::Continue(());
    let context = CurateContext { tokens: &words_and_signs, evaluator: None, progress: &progress };
    let sources = vec![Named { name: "test".into(), source: Box::new(source) }];
    curate(sources, folder, options, BTreeMap::new(), &context).unwrap()
}

/// The samples of a file.
fn rows(path: &Path) -> Vec<RepairSample> {
    let text = fs::read(path).unwrap();
    Reader::new(&*text).map(Result::unwrap).collect()
}
