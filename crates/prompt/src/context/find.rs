//! Finding and ranking the definitions of what is used.

use std::collections::{BTreeMap, HashSet};

use tree_sitter::Tree;

use super::cut::{brief, full};
use super::function::enclosing;
use super::index::Index;
use super::place::{Place, Source, View};
use super::syntax::{declared, parse_c, text_of};
use super::uses::{Name, Uses, types};
use crate::{Definition, DefinitionKind as Kind, Request, Target};

/// A definition that a prompt may show.
pub(super) struct Candidate {
    /// All of it, with the text that it has where there is room.
    pub(super) definition: Definition,
    /// A shorter text.
    pub(super) brief: Option<String>,
}

/// What decides on the order: how far off the use is, how far off the definition is, what it is, and which was found first.
type Rank = (u8, u8, Kind, usize);

/// The file of a request, ready to be looked into.
pub(super) struct Finder<'r> {
    request: &'r Request<'r>,
    syntax: Tree,
    view: View<'r>,
    uses: Uses<'r>,
    /// The names of members, and all others, that are used.
    wanted: HashSet<&'r str>,
}

impl<'r> Finder<'r> {
    /// None if the file cannot be parsed.
    pub(super) fn new(request: &'r Request<'r>, index: Option<&'r Index>) -> Option<Self> {
        let syntax = parse_c(request.source.as_bytes())?;
        let view = View::new(request.path, request.source, &syntax, index);
        let shown = &request.window.bytes;
        let uses = Uses::of(&syntax, request.source.as_bytes(), shown, request.line);
        let names = uses.names.iter().map(|(name, _)| name.text);
        let wanted = names.chain(uses.members.iter().copied()).collect();
        Some(Self { request, syntax, view, uses, wanted })
    }

    /// The definitions, the best first, `most` at most: first the head of the function that the code is in.
    pub(super) fn candidates(&self, most: usize) -> Vec<Candidate> {
        let mut ranked = Ranked::default();
        for (name, off) in &self.uses.names {
            self.rank(name, *off, &mut ranked);
        }
        // Another name for a type, and a variable of a type, say little without that type.
        let naming = |(_, _, kind, _): &Rank| matches!(kind, Kind::Typedef | Kind::Global);
        let naming = ranked.places.iter().take(most).filter(|(rank, _)| naming(rank));
        let naming: Vec<_> = naming.map(|(rank, found)| (*rank, found.1.clone())).collect();
        for ((off, ..), place) in naming {
            self.rank_types(&place, off + 1, &mut ranked);
        }
        let places = ranked.places.into_iter().take(most);
        let found = places.filter_map(|((_, _, kind, _), (name, place))| {
            Some(self.candidate(name, kind, self.view.source(&place)?))
        });
        self.head().into_iter().chain(found).collect()
    }

    /// Takes the definition of a name that is not shown anyway.
    fn rank(&self, name: &Name<'_>, off: u8, ranked: &mut Ranked) {
        let Some(found) = self.view.place(name) else { return };
        if !self.is_shown(&found.place) && ranked.seen.insert(found.place.clone()) {
            let rank = (off, found.distance, found.kind, ranked.seen.len());
            ranked.places.insert(rank, (name.text.to_owned(), found.place));
        }
    }

    /// The same of the types that a definition without members names.
    fn rank_types(&self, place: &Place, off: u8, ranked: &mut Ranked) {
        let source = self.view.source(place).filter(|source| !source.text.contains('{'));
        let Some(text) = source.map(|source| source.text) else { return };
        let Some(syntax) = parse_c(text.as_bytes()) else { return };
        for name in types(&syntax, text.as_bytes()) {
            self.rank(&name, off, ranked);
        }
    }

    /// Whether the prompt has it already, or has the function that it is.
    fn is_shown(&self, place: &Place) -> bool {
        let shown = &self.request.window.bytes;
        match place {
            Place::Tree(_) => false,
            Place::Own(..) if self.request.target == Target::Program => true,
            Place::Own(start, end) => {
                let inside = shown.start <= *start && *end <= shown.end;
                let around = *start <= shown.start && shown.end <= *end;
                inside || around
            }
        }
    }

    fn candidate(&self, name: String, kind: Kind, source: Source) -> Candidate {
        let Source { path, line, text } = source;
        let brief = brief(kind, &text, &self.wanted);
        let text = full(kind, &text, &self.wanted);
        Candidate { definition: Definition { path, line, name, kind, text }, brief }
    }

    /// The head of the function that the code is in, where that is not shown.
    fn head(&self) -> Option<Candidate> {
        let text = self.request.source.as_bytes();
        let function = enclosing(&self.syntax, self.request.line?)?;
        let (name, _) = declared(function.child_by_field_name("declarator")?)?;
        let hidden = function.start_byte() < self.request.window.bytes.start;
        if self.request.target == Target::Program || !hidden {
            return None;
        }
        let place = Place::Own(function.start_byte(), function.end_byte());
        let found = self.candidate(
            text_of(name, text).to_owned(),
            Kind::Function,
            self.view.source(&place)?,
        );
        let definition =
            Definition { kind: Kind::Prototype, text: found.brief?, ..found.definition };
        Some(Candidate { definition, brief: None })
    }
}

/// Definitions by rank, each once.
#[derive(Default)]
struct Ranked {
    places: BTreeMap<Rank, (String, Place)>,
    seen: HashSet<Place>,
}
