//! The flags of `cargo xtask repair`.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Component, Path, PathBuf};

use clap::Args;
use clap::builder::ArgPredicate;
use fixwright_validate::Analyser;

use super::{ContextFlags, Target, analyser, device};
use crate::exit::BadInput;

/// `cargo xtask repair`.
#[derive(Clone, Debug, Args)]
pub struct RepairFlags {
    /// The bug report, in any format that `cargo xtask report` reads; the first finding in it is repaired
    #[arg(long, value_name = "FILE", group = "what", requires = "source")]
    pub report: Option<PathBuf>,
    /// A file or folder of reports, all findings of which are repaired, one patch each
    #[arg(long, value_name = "FILE|DIR", groups = ["what", "pile"], requires_all = ["source", "out"], conflicts_with_all = ["line", "apply", "json"])]
    pub reports: Option<PathBuf>,
    /// A folder of C programs, one a file, that were handed in for an assignment: those that fail its --tests are repaired, one patch each
    #[arg(long, value_name = "DIR", groups = ["what", "pile"], requires_all = ["tests", "out"],
        conflicts_with_all = ["line", "apply", "json", "source", "test", "analyser"])]
    pub programs: Option<PathBuf>,
    /// The tests of --programs: files NAME.in, what a program reads, beside NAME.out, what it has to print, white space at the ends of lines aside. A
    /// test may take two seconds of processor time, 512 MiB, and 1 MiB of output
    #[arg(long, value_name = "DIR", requires = "programs")]
    pub tests: Option<PathBuf>,
    /// A file that says in words what the --programs have to do, which the model is told
    #[arg(long, value_name = "FILE", requires = "programs")]
    pub description: Option<PathBuf>,
    /// The folder for what comes of a pile: `NNNN-<subject>.patch` for `git am`, of --programs `NAME.patch`, summary.json, results. The same
    /// command again goes on where it was broken off
    #[arg(long, value_name = "DIR", requires = "pile")]
    pub out: Option<PathBuf>,
    /// Findings that are worked on at the same time: while the model answers for one, others are compiled and tested
    #[arg(long, value_name = "N", default_value = "2", requires = "pile")]
    pub jobs: NonZeroUsize,
    /// The folder of the source that the report is about
    #[arg(long, value_name = "DIR", requires = "what")]
    pub source: Option<PathBuf>,
    /// A folder or file of the source, relative to it, that compiling and testing do not need and that is not copied for them
    #[arg(long, value_name = "PATH", requires = "what", value_parser = inside)]
    pub skip: Vec<PathBuf>,
    /// The most GiB of source that are copied for each candidate
    #[arg(long, value_name = "GIB", default_value_t = 8)]
    pub copy_limit: u16,
    /// The line to repair, where the report has none or a wrong one; of several reports in the file, one of this line is taken
    #[arg(long, value_name = "N")]
    pub line: Option<NonZeroUsize>,
    /// A model's name (see `cargo xtask model list`), a GGUF file, or a Hugging Face folder; the default model if left out
    #[arg(long, value_name = "NAME|PATH")]
    pub model: Option<String>,
    /// An adapter to put on the model: a name of `cargo xtask model list`, a folder as `train` writes it and Hugging Face PEFT reads
    /// it, or none; the model's default for the target if left out, where it has one
    #[arg(long, value_name = "NAME|DIR|none")]
    pub adapter: Option<String>,
    /// What the model is asked to write; of --programs always the program
    #[arg(
        long,
        value_enum,
        default_value_t,
        default_value_if("programs", ArgPredicate::IsPresent, "program"),
        conflicts_with = "programs"
    )]
    pub target: Target,
    /// What the model is shown
    #[command(flatten)]
    pub context: ContextFlags,
    /// The most candidates to try in a round; the search ends with the first that passes everything
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub candidates: u8,
    /// The most rounds; each after the first tells the model what is wrong with the best candidate so far
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=8))]
    pub rounds: u8,
    /// The most seconds to search for the repair of a finding; no limit if left out
    #[arg(long, value_name = "SECONDS")]
    pub time_budget: Option<NonZeroU64>,
    /// Write the patch to the source when one was found
    #[arg(long, requires = "report")]
    pub apply: bool,
    /// Write the result, with all candidates and what made them, to a JSON file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// The shell command, run in a copy of the source, that shows whether it compiles; `make` where there is a makefile,
    /// else a syntax check of the file, if left out; it must build the folder it runs in, not a path written down elsewhere. {file} in it stands
    /// for the file to repair: each file is compiled by itself then, and of --programs into a file `program`
    #[arg(long, value_name = "COMMAND")]
    pub compile: Option<String>,
    /// The shell command, run where the candidate was compiled, that ends with exit code 0 if the tests pass; what a sanitizer finds, on standard error,
    /// fails them too. {file} as in --compile
    #[arg(long, value_name = "COMMAND")]
    pub test: Option<String>,
    /// Run this analyser before and after each candidate, on the file alone: a candidate with which it still makes the finding is none. gcc,
    /// clang-tidy, cppcheck, sparse, or a shell command in which {files} stands for the file
    #[arg(long, value_name = "NAME|COMMAND", value_parser = analyser)]
    pub analyser: Option<Analyser>,
    /// A folder outside /usr that compiling may read and run programs of: a compiler's, say
    #[arg(long, value_name = "DIR")]
    pub allow_read: Vec<PathBuf>,
    /// Compile, test and analyse without a sandbox where there is none: what the model wrote and the project's build can then do whatever
    /// you can
    #[arg(long)]
    pub allow_unsandboxed: bool,
    /// The most seconds that compiling, testing and analysing may take, each
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    pub timeout: NonZeroU64,
    /// The most address space, in GiB, that each process of compiling, testing and analysing may take; 0 for no limit, which programs under
    /// AddressSanitizer need
    #[arg(long, value_name = "GIB", default_value_t = 4)]
    pub memory: u32,
    /// Where the model runs: cpu, or cuda:INDEX in a build with CUDA
    #[arg(long, default_value = "cpu", value_parser = device)]
    pub device: String,
}

/// A path in a folder, as it is written without detours.
fn inside(path: &str) -> Result<PathBuf, String> {
    let path = Path::new(path);
    let is_name = |part: &Component<'_>| matches!(part, Component::Normal(_));
    let parts = path.components().skip_while(|part| *part == Component::CurDir);
    if parts.clone().next().is_none() || !parts.clone().all(|part| is_name(&part)) {
        return Err("name it as it is called in the folder of the source".to_owned());
    }
    Ok(parts.collect())
}

impl RepairFlags {
    /// Says what is wrong with the paths before anything is fetched or built for them.
    ///
    /// # Errors
    ///
    /// [`BadInput`] for a path that is not there.
    pub fn check(&self) -> Result<(), BadInput> {
        let paths = [
            &self.report,
            &self.reports,
            &self.source,
            &self.programs,
            &self.tests,
            &self.description,
        ];
        if let Some(file) = self.programs.as_ref().filter(|path| path.is_file()) {
            let file = file.display();
            return Err(BadInput(format!(
                "{file}: name the folder of the programs, not one of them"
            )));
        }
        let root = self.source.as_ref().or(self.programs.as_ref());
        let skipped: Vec<PathBuf> =
            self.skip.iter().zip(root.iter().cycle()).map(|(skip, root)| root.join(skip)).collect();
        let folder = self.json.as_ref().and_then(|file| file.parent());
        let folder = folder.filter(|folder| *folder != Path::new("")).map(Path::to_path_buf);
        let paths = paths.into_iter().flatten().chain(&skipped).chain(&self.allow_read);
        let missing = paths.chain(&folder).find(|path| !path.exists());
        missing.map_or(Ok(()), |path| {
            Err(BadInput(format!("{}: there is no such file or folder", path.display())))
        })
    }
}
