//! Which of several places a hunk means.

use super::Edge;
use crate::{ApplyOptions, Misfit, Ties};

/// The place among `places` that the hunk means, `None` if there is none.
///
/// `targets` are the places where the hunk should be by its header: as stated, and moved as its
/// neighbour moved. `edge` is the place at the edge of the file where a hunk of its shape belongs.
pub(super) fn choose(
    mut places: Vec<usize>,
    targets: &[usize],
    edge: Option<usize>,
    options: &ApplyOptions,
) -> Result<Option<usize>, Misfit> {
    if !options.offset {
        let stated = targets.first();
        return Ok(places.into_iter().find(|place| Some(place) == stated));
    }
    // GNU patch goes by where the hunk before landed, and by nothing else.
    let targets = match options.ties {
        Ties::Nearest => targets.last().map_or(&[][..], std::slice::from_ref),
        Ties::Refuse => targets,
    };
    let distance = |place: usize| {
        let distances = targets.iter().map(|target| place.abs_diff(*target));
        distances.min().unwrap_or(usize::MAX)
    };
    places.sort_by_key(|place| (distance(*place), *place));
    let (Some(&first), second) = (places.first(), places.get(1)) else { return Ok(None) };
    let Some(&second) = second else { return Ok(Some(first)) };
    let (near, far) = (distance(first), distance(second));
    let singled = match options.ties {
        Ties::Nearest => !targets.is_empty(),
        Ties::Refuse => near == 0 && far > 0 || near <= Ties::NEAR && far > Ties::FAR,
    };
    if singled {
        return Ok(Some(first));
    }
    if let Some(edge) = edge.filter(|edge| !targets.is_empty() && places.contains(edge)) {
        return Ok(Some(edge));
    }
    places.sort_unstable();
    Err(Misfit::Ambiguous { lines: places.into_iter().map(|place| place + 1).collect() })
}

/// Where a hunk of `old` lines stands if it stands at the `edge` of a file of `len` lines.
pub(super) fn at_edge(edge: Option<Edge>, old: usize, len: usize) -> Option<usize> {
    match edge? {
        Edge::Begin => Some(0),
        Edge::End => len.checked_sub(old),
    }
}
