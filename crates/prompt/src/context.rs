//! What the shown code uses: the types, macros, functions and variables that a reader of it would look up.

mod cut;
mod define;
mod find;
mod function;
mod include;
mod index;
mod place;
mod syntax;
mod uses;
mod walk;

use std::fmt;

use fixwright_report::Language;

use crate::wording::definitions;
use crate::{Definition, Request};
use find::{Candidate, Finder};

pub(crate) use function::function_lines;
pub use index::{Index, IndexEvent, IndexStats};
pub use syntax::parse_c;

/// The most definitions that are looked at for one request.
const MOST: usize = 64;

/// How much of a prompt definitions may take.
#[derive(Clone, Copy)]
pub struct Budget<'a> {
    /// The most tokens, with everything that the prompt says around the definitions.
    pub tokens: usize,
    /// Counts the tokens of a text: the model's tokenizer, or [`estimate_tokens`].
    pub count: &'a dyn Fn(&str) -> usize,
}

impl fmt::Debug for Budget<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget").field("tokens", &self.tokens).finish_non_exhaustive()
    }
}

/// About how many tokens a text of C has: one for three bytes, which is on the high side for the tokenizers of today.
pub fn estimate_tokens(text: &str) -> usize {
    text.len().div_ceil(3)
}

/// The definitions of what the shown lines of a request use, the most useful first, as many as the budget allows.
///
/// They come from the request's own file as it is given, and from `tree`, if there is one, whose own copy of that file does not count. What is used in
/// the reported line comes first, then what is used near it, then the rest; of these, what is defined in the same file, then in included ones, then
/// in the same folder, then elsewhere. For a variable it is its type that is looked up. What another file keeps to itself is left out, and so is a name that
/// several files far off define. Definitions that are too long are cut, to the members that are used or to the beginning of a function; where even
/// that is too much the next one is tried.
///
/// The result depends on nothing but the arguments, and is empty for other languages than C and C++.
///
/// ```
/// use fixwright_prompt::{Budget, Options, Request, estimate_tokens, related, render};
/// use fixwright_report::BugReport;
///
/// let source = "struct point { int x, y; };\n\nint width(const struct point *p)\n{\n\treturn p->x;\n}\n";
/// let report = BugReport::default();
/// let mut options = Options::default();
/// options.margin.before = 1;
/// let request = Request::new(&report, "width.c", source, 5, &options)?;
///
/// let found = related(&request, None, Budget { tokens: 100, count: &estimate_tokens });
/// let names: Vec<_> = found.iter().map(|definition| definition.name.as_str()).collect();
/// assert_eq!(names, ["width", "point"]);
/// let prompt = render(&request.with_definitions(found));
/// assert!(prompt.messages[1].content.contains("/* width.c:1 */\nstruct point { int x, y; };\n"));
/// # Ok::<(), fixwright_prompt::Error>(())
/// ```
pub fn related(request: &Request<'_>, tree: Option<&Index>, budget: Budget<'_>) -> Vec<Definition> {
    let mut chosen = Vec::new();
    if !matches!(request.language(), Some(Language::C | Language::Cpp)) {
        return chosen;
    }
    let candidates = Finder::new(request, tree).map(|finder| finder.candidates(MOST));
    for candidate in candidates.unwrap_or_default() {
        let Candidate { definition, brief } = candidate;
        let shorter = brief.map(|text| Definition { text, ..definition.clone() });
        for definition in [definition].into_iter().chain(shorter) {
            chosen.push(definition);
            if (budget.count)(&definitions(request, &chosen)) <= budget.tokens {
                break;
            }
            chosen.pop();
        }
    }
    chosen
}
