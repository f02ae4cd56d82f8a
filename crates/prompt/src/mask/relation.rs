//! Which lines belong to a change by definition and use.

use std::collections::HashMap;

use super::label::{Label, LabelledLine};
use super::lexeme::Lexer;

/// For each line its distance from the changed ones, in steps from a use of a name to its last definition above, or back; 0 for a
/// changed line, none beyond `reach`.
pub(super) fn distances(lines: &[LabelledLine<'_>], reach: u8) -> Vec<Option<u8>> {
    let neighbours = neighbours(lines);
    let mut distances: Vec<Option<u8>> =
        lines.iter().map(|line| (line.label == Label::Changed).then_some(0)).collect();
    let mut edge: Vec<usize> = (0..lines.len()).filter(|at| distances[*at].is_some()).collect();
    for steps in 1..=reach {
        let mut next = Vec::new();
        for &other in edge.iter().flat_map(|at| &neighbours[*at]) {
            if distances[other].is_none() {
                distances[other] = Some(steps);
                next.push(other);
            }
        }
        edge = next;
    }
    distances
}

/// The lines that each line shares a definition and a use with.
fn neighbours(lines: &[LabelledLine<'_>]) -> Vec<Vec<usize>> {
    let mut neighbours = vec![Vec::new(); lines.len()];
    let mut defined: HashMap<&str, usize> = HashMap::new();
    let mut lexer = Lexer::default();
    for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.label != Label::Frame) {
        let names = lexer.line(line.code);
        for definition in names.used.iter().filter_map(|name| defined.get(name)).copied() {
            if definition != at && neighbours[at].last() != Some(&definition) {
                neighbours[at].push(definition);
                neighbours[definition].push(at);
            }
        }
        defined.extend(names.defined.into_iter().map(|name| (name, at)));
    }
    neighbours
}
