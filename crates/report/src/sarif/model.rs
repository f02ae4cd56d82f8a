//! The objects of SARIF 2.1.0, as far as reports have room for what they say.
//!
//! Every member may be missing or `null`, whatever the specification says of it. The names are those of the
//! specification; members that are not here are passed over.

use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Number, Value};

macro_rules! object {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Serialize, Deserialize)]
        #[serde(default, rename_all = "camelCase")]
        pub(super) struct $name {
            $(pub(super) $field: Option<$type>,)*
        }
    };
}

object! {
    /// Section 3.27.
    Finding {
        rule_id: String,
        rule_index: Int,
        rule: DescriptorRef,
        kind: String,
        level: String,
        message: Message,
        locations: List<Location>,
        guid: String,
        correlation_guid: String,
        fingerprints: Map<String, Value>,
        partial_fingerprints: Map<String, Value>,
        stacks: List<Stack>,
        code_flows: List<CodeFlow>,
        related_locations: List<Location>,
        suppressions: List<Suppression>,
        baseline_state: String,
        rank: Number,
        provenance: FindingProvenance,
        fixes: List<Fix>,
        taxa: List<DescriptorRef>,
        occurrence_count: Value,
        hosted_viewer_uri: Value,
        work_item_uris: Value,
        properties: Map<String, Value>,
    }
}
object! {
    /// Section 3.48.
    FindingProvenance { invocation_index: Int, }
}
object! {
    /// Section 3.11.
    Message { text: String, markdown: String, id: String, arguments: List<String>, }
}
object! {
    /// Section 3.28.
    Location {
        id: Int,
        physical_location: PhysicalLocation,
        logical_locations: List<LogicalLocation>,
        message: Message,
    }
}
object! {
    /// Section 3.29.
    PhysicalLocation { artifact_location: ArtifactLocation, region: Region, }
}
object! {
    /// Section 3.4.
    ArtifactLocation { uri: String, uri_base_id: String, index: Int, }
}
object! {
    /// Section 3.30.
    Region {
        start_line: Int,
        start_column: Int,
        end_line: Int,
        end_column: Int,
        char_offset: Int,
        char_length: Int,
        byte_offset: Int,
        byte_length: Int,
        snippet: Content,
        source_language: String,
    }
}
object! {
    /// Section 3.3.
    Content { text: String, rendered: Message, }
}
object! {
    /// Section 3.33.
    LogicalLocation {
        index: Int,
        name: String,
        fully_qualified_name: String,
        decorated_name: String,
        kind: String,
    }
}
object! {
    /// Section 3.36.
    CodeFlow { message: Message, thread_flows: List<ThreadFlow>, }
}
object! {
    /// Section 3.37.
    ThreadFlow { locations: List<ThreadFlowLocation>, }
}
object! {
    /// Section 3.38.
    ThreadFlowLocation {
        index: Int,
        location: Location,
        kinds: List<String>,
        nesting_level: Int,
        importance: String,
    }
}
object! {
    /// Section 3.44.
    Stack { message: Message, frames: List<StackFrame>, }
}
object! {
    /// Section 3.45.
    StackFrame { location: Location, }
}
object! {
    /// Section 3.35.
    Suppression { kind: String, status: String, justification: String, }
}
object! {
    /// Section 3.55.
    Fix { description: Message, artifact_changes: List<ArtifactChange>, }
}
object! {
    /// Section 3.56.
    ArtifactChange { artifact_location: ArtifactLocation, replacements: List<Replacement>, }
}
object! {
    /// Section 3.57.
    Replacement { deleted_region: Region, inserted_content: Content, }
}
object! {
    /// Section 3.52.
    DescriptorRef { id: String, index: Int, guid: String, tool_component: ComponentRef, }
}
object! {
    /// Section 3.54.
    ComponentRef { name: String, index: Int, guid: String, }
}
object! {
    /// Section 3.18.
    Tool { driver: Component, extensions: List<Component>, }
}
object! {
    /// Section 3.19.
    Component {
        name: String,
        version: String,
        semantic_version: String,
        guid: String,
        global_message_strings: Map<String, Value>,
        notifications: List<Descriptor>,
        rules: List<Descriptor>,
        taxa: List<Descriptor>,
    }
}
object! {
    /// Section 3.49.
    Descriptor {
        id: String,
        guid: String,
        name: String,
        short_description: Message,
        full_description: Message,
        help_uri: String,
        message_strings: Map<String, Value>,
        default_configuration: Configuration,
        relationships: List<Relationship>,
        properties: Map<String, Value>,
    }
}
object! {
    /// Section 3.50.
    Configuration { level: String, rank: Number, }
}
object! {
    /// Section 3.53.
    Relationship { target: DescriptorRef, }
}
object! {
    /// Section 3.20.
    Invocation {
        execution_successful: bool,
        exit_code: Int,
        exit_code_description: String,
        exit_signal_name: String,
        process_start_failure_message: String,
        rule_configuration_overrides: List<ConfigurationOverride>,
        tool_execution_notifications: List<Notification>,
        tool_configuration_notifications: List<Notification>,
    }
}
object! {
    /// Section 3.51.
    ConfigurationOverride { configuration: Configuration, descriptor: DescriptorRef, }
}
object! {
    /// Section 3.58.
    Notification {
        level: String,
        message: Message,
        descriptor: DescriptorRef,
        locations: List<Location>,
    }
}
object! {
    /// Section 3.24.
    Artifact { location: ArtifactLocation, source_language: String, }
}

/// An array whose elements may be `null`, which counts as an empty object.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(transparent)]
pub(super) struct List<T>(pub(super) Vec<T>);

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let elements: Vec<Option<T>> = Vec::deserialize(deserializer)?;
        Ok(Self(elements.into_iter().map(Option::unwrap_or_default).collect()))
    }
}

/// The elements of an array that may be missing.
pub(super) fn each<T>(list: &Option<List<T>>) -> impl Iterator<Item = &T> {
    list.iter().flat_map(|list| list.iter())
}

/// A whole number; one below zero, which stands for none, and one that is not whole are none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub(super) struct Int(pub(super) Option<u64>);

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = Number::deserialize(deserializer)?;
        let whole = |float: f64| (0.0..9e15).contains(&float) && float.fract() == 0.0;
        let float = || number.as_f64().filter(|float| whole(*float)).map(|float| float as u64);
        Ok(Self(number.as_u64().or_else(float)))
    }
}

/// The number, if there is one.
pub(super) fn int(number: Option<Int>) -> Option<u64> {
    number.and_then(|number| number.0)
}

/// The number as a place in an array.
pub(super) fn index(number: Option<Int>) -> Option<usize> {
    int(number).and_then(|number| usize::try_from(number).ok())
}
