//! What a run says once for all of its results.

use std::collections::HashMap;

use super::model::{
    Artifact, ArtifactLocation, Component, ComponentRef, Configuration, Descriptor, DescriptorRef,
    Finding, Invocation, LogicalLocation, ThreadFlowLocation, Tool, each, index,
};
use crate::ColumnUnit;

/// What a run says once for all of its results.
#[derive(Debug, Default)]
pub(super) struct Context {
    pub(super) tool: Tools,
    pub(super) column_unit: Option<ColumnUnit>,
    pub(super) source_language: Option<String>,
    pub(super) bases: HashMap<String, ArtifactLocation>,
    pub(super) artifacts: Vec<Artifact>,
    pub(super) logical_locations: Vec<LogicalLocation>,
    pub(super) flow_locations: Vec<ThreadFlowLocation>,
    pub(super) taxonomies: Vec<Component>,
    pub(super) invocations: Vec<Invocation>,
}

/// The driver of a run and its extensions.
#[derive(Debug, Default)]
pub(super) struct Tools {
    /// The driver first.
    components: Vec<Component>,
    /// Which rules of which components have an identifier.
    rules: HashMap<String, Vec<(usize, usize)>>,
    /// Which is the first with a GUID.
    guids: HashMap<String, (usize, usize)>,
}

/// The rule of a result, as its run describes it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rule<'c> {
    pub(super) descriptor: Option<&'c Descriptor>,
    pub(super) component: Option<&'c Component>,
    /// Whether the index in the result is that of another rule than its identifier.
    pub(super) is_disputed: bool,
}

impl From<Tool> for Tools {
    fn from(tool: Tool) -> Self {
        let mut tools = Self::default();
        tools.components.push(tool.driver.unwrap_or_default());
        tools.components.extend(tool.extensions.unwrap_or_default().0);
        for (at, component) in tools.components.iter().enumerate() {
            for (rule, descriptor) in each(&component.rules).enumerate() {
                let id = descriptor.id.clone().unwrap_or_default();
                tools.rules.entry(id).or_default().push((at, rule));
                if let Some(guid) = &descriptor.guid {
                    tools.guids.entry(guid.clone()).or_insert((at, rule));
                }
            }
        }
        tools
    }
}

impl Tools {
    pub(super) fn driver(&self) -> Option<&Component> {
        self.components.first()
    }

    /// The rule of a result (sections 3.27.5 to 3.27.7): by index, by GUID, or by as much of a hierarchical
    /// identifier as names one.
    pub(super) fn rule(&self, finding: &Finding) -> Rule<'_> {
        let given = finding.rule.as_ref();
        let meant = given.and_then(|rule| rule.tool_component.as_ref());
        let meant = meant.and_then(|meant| place(&self.components, 1, meant));
        let id = finding.rule_id.as_deref().or(given.and_then(|rule| rule.id.as_deref()));

        let at = index(finding.rule_index).or(index(given.and_then(|rule| rule.index)));
        let by_index = at.map(|at| (meant.unwrap_or(0), at));
        if let Some(rule) = by_index.map(|at| self.at(at)).filter(|rule| rule.is_named(id)) {
            return rule;
        }
        let by_guid = given.and_then(|rule| rule.guid.as_deref());
        let by_guid = by_guid.and_then(|guid| self.guids.get(guid).copied());
        let found = by_guid.or_else(|| self.with_id(id?, meant));
        let is_disputed = by_index.is_some_and(|at| self.at(at).descriptor.is_some());
        found.map_or(Rule { is_disputed, ..Rule::default() }, |at| Rule {
            is_disputed,
            ..self.at(at)
        })
    }

    fn at(&self, (component, rule): (usize, usize)) -> Rule<'_> {
        let component = self.components.get(component);
        let descriptor = component.and_then(|component| component.rules.as_ref()?.get(rule));
        Rule { descriptor, component, is_disputed: false }
    }

    fn with_id(&self, id: &str, component: Option<usize>) -> Option<(usize, usize)> {
        let ends = id.rmatch_indices('/').map(|(end, _)| end);
        std::iter::once(id.len()).chain(ends).find_map(|end| {
            let places = self.rules.get(&id[..end])?;
            places
                .iter()
                .copied()
                .find(|(at, _)| component.is_none_or(|component| component == *at))
        })
    }
}

impl Rule<'_> {
    fn is_named(&self, id: Option<&str>) -> bool {
        let Some(descriptor) = self.descriptor else { return false };
        let (Some(id), Some(own)) = (id, &descriptor.id) else { return true };
        id.strip_prefix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl Context {
    /// The configuration that was in force for a rule: that of the invocation, or else the rule's own.
    pub(super) fn configurations<'c>(
        &'c self,
        finding: &Finding,
        rule: Rule<'c>,
    ) -> impl Iterator<Item = &'c Configuration> {
        let at = index(finding.provenance.as_ref().and_then(|own| own.invocation_index));
        let invocation = match (at, self.invocations.as_slice()) {
            (None, [only]) => Some(only),
            (at, all) => at.and_then(|at| all.get(at)),
        };
        let overrides = invocation.and_then(|all| all.rule_configuration_overrides.as_ref());
        let own = overrides.into_iter().flat_map(|overrides| overrides.iter());
        let own = own.filter(move |own| self.is_of(own.descriptor.as_ref(), rule));
        own.filter_map(|own| own.configuration.as_ref())
            .chain(rule.descriptor.and_then(|rule| rule.default_configuration.as_ref()))
    }

    /// Whether a reference is to this rule.
    fn is_of(&self, to: Option<&DescriptorRef>, rule: Rule<'_>) -> bool {
        let Some((to, descriptor)) = to.zip(rule.descriptor) else { return false };
        let probe = Finding { rule: Some(to.clone()), ..Finding::default() };
        self.tool.rule(&probe).descriptor.is_some_and(|found| std::ptr::eq(found, descriptor))
    }

    /// The name of the taxonomy or other component that a reference is to.
    pub(super) fn component_name<'c>(&'c self, to: &'c ComponentRef) -> Option<&'c str> {
        let found = || self.taxonomies.get(place(&self.taxonomies, 0, to)?)?.name.as_deref();
        to.name.as_deref().or_else(found)
    }

    /// The identifier of the taxon that a reference is to.
    pub(super) fn taxon<'c>(&'c self, to: &'c DescriptorRef) -> Option<&'c str> {
        let found = || {
            let component = place(&self.taxonomies, 0, to.tool_component.as_ref()?)?;
            let taxa = self.taxonomies.get(component)?.taxa.as_ref()?;
            taxa.get(index(to.index)?)?.id.as_deref()
        };
        to.id.as_deref().or_else(found)
    }
}

/// Where the component that is meant is in `components`, of which indices count from `first`.
fn place(components: &[Component], first: usize, meant: &ComponentRef) -> Option<usize> {
    let is_meant = |component: &Component| match (&meant.guid, &meant.name) {
        (Some(guid), _) => component.guid.as_ref() == Some(guid),
        (None, Some(name)) => component.name.as_ref() == Some(name),
        (None, None) => false,
    };
    let by_index = index(meant.index).and_then(|at| at.checked_add(first));
    by_index.or_else(|| components.iter().position(is_meant))
}
