//! Places in source code.

use super::context::Context;
use super::model::{
    ArtifactLocation, Content, Int, List, Location as Object, LogicalLocation, Region, each, index,
    int,
};
use super::{text, uri};
use crate::reference::function_name;
use crate::{Language, Location};

/// A chain of base URIs that is longer goes round in circles.
const MAX_CHAIN: usize = 32;

impl Context {
    /// The place that a location object gives.
    pub(super) fn location(&self, object: &Object) -> Location {
        let physical = object.physical_location.as_ref();
        let mut location = Location::default();
        if let Some(artifact) = physical.and_then(|physical| physical.artifact_location.as_ref()) {
            self.artifact(artifact, &mut location);
        }
        if let Some(region) = physical.and_then(|physical| physical.region.as_ref()) {
            self.region(region, &mut location);
        }
        if let Some(function) = self.function(&object.logical_locations) {
            let name = function.fully_qualified_name.as_deref().or(function.name.as_deref());
            location.function = name.and_then(function_name).map(str::to_owned);
            let mangled = function.decorated_name.clone();
            location.mangled = mangled.filter(|name| Some(name) != location.function.as_ref());
        }
        location
    }

    /// Fills the path and its base in.
    pub(super) fn artifact(&self, artifact: &ArtifactLocation, location: &mut Location) {
        let listed = index(artifact.index).and_then(|at| self.artifacts.get(at)?.location.as_ref());
        let own = Some(artifact).filter(|own| own.uri.is_some()).or(listed).unwrap_or(artifact);
        location.path = own.uri.as_deref().map(uri::to_path);
        location.base = own.uri_base_id.as_deref().map(|id| self.base(id));
    }

    /// What a base identifier stands for; itself, as far as the run does not say it.
    fn base(&self, id: &str) -> String {
        if self.is_circular(id) {
            return id.to_owned();
        }
        let (mut uri, mut unknown) = (String::new(), None);
        for link in self.chain(id) {
            let base = self.bases.get(link);
            match base.and_then(|base| base.uri.as_deref()) {
                Some(outer) => uri = join(outer, &uri),
                None if base.is_none_or(|base| base.uri_base_id.is_none()) => unknown = Some(link),
                None => {}
            }
        }
        let path = uri::to_path(&uri);
        unknown.map_or_else(|| path.clone(), |id| join(id, &path))
    }

    /// The base identifier, the one that it is relative to, and so on.
    fn chain<'c>(&'c self, id: &'c str) -> impl Iterator<Item = &'c str> {
        let next = |id: &&'c str| self.bases.get(*id)?.uri_base_id.as_deref();
        std::iter::successors(Some(id), next).take(MAX_CHAIN)
    }

    /// Whether a base identifier is relative to itself in the end.
    pub(super) fn is_circular(&self, id: &str) -> bool {
        self.chain(id).count() == MAX_CHAIN
    }

    /// Fills lines, columns, offsets and the source that stands there in.
    pub(super) fn region(&self, region: &Region, location: &mut Location) {
        let number = |number| int(number).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
        location.line = number(region.start_line);
        location.end_line = number(region.end_line);
        location.column = number(region.start_column);
        location.end_column = number(region.end_column);
        location.bytes = span(region.byte_offset, region.byte_length);
        location.chars = span(region.char_offset, region.char_length);
        let counts = location.column.is_some() || location.end_column.is_some();
        location.column_unit = self.column_unit.filter(|_| counts || location.chars.is_some());
        location.snippet = region.snippet.as_ref().and_then(content);
    }

    fn function<'c>(
        &'c self,
        list: &'c Option<List<LogicalLocation>>,
    ) -> Option<&'c LogicalLocation> {
        let full = |own: &'c LogicalLocation| {
            let bare = own.name.is_none() && own.fully_qualified_name.is_none();
            let listed = || self.logical_locations.get(index(own.index)?);
            if bare { listed().unwrap_or(own) } else { own }
        };
        each(list).map(full).find(|own| {
            let kinds = ["function", "member", "constructor", "destructor"];
            own.kind.as_deref().is_none_or(|kind| kinds.contains(&kind))
        })
    }

    /// The language of the code at a place.
    pub(super) fn language(&self, object: &Object) -> Option<Language> {
        let physical = object.physical_location.as_ref()?;
        let region = physical.region.as_ref().and_then(|region| region.source_language.as_ref());
        let artifact = physical.artifact_location.as_ref().and_then(|own| index(own.index));
        let artifact = artifact.and_then(|at| self.artifacts.get(at)?.source_language.as_ref());
        let named = region.or(artifact).or(self.source_language.as_ref());
        named.and_then(|name| match name.as_str() {
            "cplusplus" => Some(Language::Cpp),
            "objectivec" => Some(Language::ObjectiveC),
            name => Language::from_name(name),
        })
    }
}

/// The text of some content.
pub(super) fn content(content: &Content) -> Option<String> {
    let rendered = || text::text(content.rendered.as_ref()?, &[]);
    content.text.clone().or_else(rendered)
}

/// A stretch from an offset and a length.
fn span(offset: Option<Int>, length: Option<Int>) -> Option<(u64, u64)> {
    let offset = int(offset)?;
    Some((offset, offset.saturating_add(int(length).unwrap_or(0))))
}

/// A path below another.
fn join(outer: &str, inner: &str) -> String {
    let slash = if outer.is_empty() || inner.is_empty() || outer.ends_with('/') { "" } else { "/" };
    format!("{outer}{slash}{inner}")
}
