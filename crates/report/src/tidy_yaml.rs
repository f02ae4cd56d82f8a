//! What clang-tidy writes with `--export-fixes`.
//!
//! YAML whose member `Diagnostics` is a list, mapped in clang's `DiagnosticsYaml.h`; places are byte offsets, so
//! lines and columns stay empty until [`Location::resolve`](crate::Location::resolve) gets the source. The list is split
//! by its indentation, so that it can be of any length and damage costs the diagnostic that it is in.

mod diagnostic;
mod split;

use serde_json::Value;

use self::split::{Item, Split};
use crate::Warning;
use crate::detect::Head;
use crate::fields::Fields;
use crate::input::Input;
use crate::lines::Lines;
use crate::stream::{Halt, Sink};

/// The most nodes and the deepest nesting of one diagnostic.
const MAX_NODES: usize = 20_000;
const MAX_DEPTH: usize = 32;

/// Whether an input is a list of clang-tidy's diagnostics.
pub(crate) fn is_like(head: &Head<'_>) -> bool {
    let has = |key: &str| head.text.lines().any(|line| line.starts_with(key));
    let named = head.text.contains("DiagnosticName:") || has("MainSourceFile:");
    named && has("Diagnostics:") || matches!(head.text.trim(), "---" | "---\n...")
}

/// Reads every diagnostic.
pub(crate) fn read(input: &mut Input<'_>, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let mut lines = Lines::new(input);
    let mut split = Split::default();
    while let Some(line) = lines.next(sink)? {
        if let Some(item) = split.line(&line) {
            report(&item, sink)?;
        }
        if let Some(place) = split.take_odd() {
            sink.warn(place, "damaged YAML: what is in no diagnostic is left out")?;
        }
    }
    if let Some(item) = split.end() {
        report(&item, sink)?;
    }
    if split.is_list() {
        sink.recognised();
    }
    Ok(())
}

fn report(item: &Item, sink: &mut Sink<'_>) -> Result<(), Halt> {
    let budget =
        serde_saphyr::budget! { max_nodes: MAX_NODES, max_depth: MAX_DEPTH, max_aliases: 0 };
    let options = serde_saphyr::options! { budget: budget };
    let parsed = serde_saphyr::from_str_with_options::<Vec<Value>>(&item.yaml(), options);
    let warning = match parsed.map(|list| list.into_iter().next().and_then(Fields::from_value)) {
        Ok(Some(fields)) => return sink.report(diagnostic::report(fields, item)),
        Ok(None) => Warning::new(item.place, "damaged YAML: the diagnostic has no members"),
        Err(error) => damage(item, &error),
    };
    sink.warn(warning.place, warning.message)
}

/// Where a diagnostic is no YAML.
fn damage(item: &Item, error: &serde_saphyr::Error) -> Warning {
    let line = error.location().map_or(0, |at| usize::try_from(at.line()).unwrap_or(1)).max(1);
    let before: usize = item.text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let place = item.place.after(&item.text.as_bytes()[..before]);
    let message = error.without_snippet().to_string();
    let message = message.lines().next().unwrap_or_default();
    Warning::new(place, format!("damaged YAML: {message}; the diagnostic is left out"))
}
