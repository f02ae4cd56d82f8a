//! `cargo xtask layers`: the edges between the workspace's crates, and what must never be reached from where.
//!
//! The rules are the tables below; `docs/architecture.md` has the reasons.

use std::collections::HashSet;

use anyhow::{Context as _, bail};
use cargo_metadata::{Metadata, Package};

use crate::exit::{Exit, note};
use crate::workspace::{TEXT_HALF, cargo};

/// What one package may depend on inside the workspace, in every kind of dependency.
struct Rule {
    package: &'static str,
    may: May,
}

/// The packages a rule allows.
enum May {
    Any,
    Only(&'static [&'static str]),
    /// As `Only`, and the edge must be an optional dependency.
    OnlyOptional(&'static [&'static str]),
}

const RULES: [Rule; 12] = [
    Rule { package: "fixwright-report", may: May::Only(&[]) },
    Rule { package: "fixwright-patch", may: May::Only(&[]) },
    Rule { package: "fixwright-prompt", may: May::Only(&["fixwright-report", "fixwright-patch"]) },
    Rule {
        package: "fixwright-validate",
        may: May::Only(&["fixwright-patch", "fixwright-report"]),
    },
    Rule {
        package: "fixwright-dataset",
        may: May::Only(&[
            "fixwright-report",
            "fixwright-patch",
            "fixwright-prompt",
            "fixwright-validate",
        ]),
    },
    Rule { package: "fixwright-llama", may: May::Only(&[]) },
    Rule { package: "fixwright-decode", may: May::OnlyOptional(&["fixwright-llama"]) },
    Rule {
        package: "fixwright-finetune",
        may: May::Only(&["fixwright-prompt", "fixwright-llama"]),
    },
    Rule { package: "fixwright", may: May::Any },
    Rule { package: "fixwright-tests", may: May::Any },
    Rule { package: "fixwright-benches", may: May::Any },
    Rule { package: "xtask", may: May::Any },
];

/// Packages, by the start of their names, that the text half and the light commands do not reach.
const MODEL_FRAMEWORK: [&str; 2] = ["burn", "cubecl"];

/// Checks all rules and reports every violation.
///
/// # Errors
///
/// Cargo cannot describe the workspace.
pub fn run() -> anyhow::Result<Exit> {
    let findings = check()?;
    for finding in &findings {
        note(finding);
    }
    if !findings.is_empty() {
        return Ok(Exit::Failed);
    }
    note("layers: all edges are allowed, and the text half does not reach burn");
    Ok(Exit::Done)
}

/// Every violation, one line each.
///
/// # Errors
///
/// Cargo cannot describe the workspace.
pub fn check() -> anyhow::Result<Vec<String>> {
    let output = cargo(["metadata", "--format-version", "1", "--no-deps"]).output()?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let metadata: Metadata = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    let members: HashSet<_> =
        metadata.packages.iter().map(|package| package.name.as_str()).collect();
    let mut findings: Vec<_> =
        metadata.packages.iter().flat_map(|package| wrong_edges(package, &members)).collect();
    for package in TEXT_HALF {
        findings.extend(reached(package)?);
    }
    Ok(findings)
}

/// The internal edges of one package that its rule does not allow.
fn wrong_edges(package: &Package, members: &HashSet<&str>) -> Vec<String> {
    let name = package.name.as_str();
    let Some(rule) = RULES.iter().find(|rule| rule.package == name) else {
        return vec![format!("{name}: no rule for this package; add one to xtask/src/layers.rs")];
    };
    let inner = package.dependencies.iter().filter(|edge| members.contains(edge.name.as_str()));
    inner
        .filter_map(|edge| {
            let broken = rule.may.breaks(&edge.name, edge.optional)?;
            Some(format!("{name} -> {} ({} dependency): {broken}", edge.name, edge.kind))
        })
        .collect()
}

impl May {
    /// What an edge to `target` breaks; none if it is allowed.
    fn breaks(&self, target: &str, optional: bool) -> Option<String> {
        let allowed = match self {
            Self::Any => return None,
            Self::Only(allowed) | Self::OnlyOptional(allowed) => allowed,
        };
        if !allowed.contains(&target) {
            let allowed =
                if allowed.is_empty() { "nothing".to_owned() } else { allowed.join(", ") };
            return Some(format!("it may depend on {allowed} in this workspace"));
        }
        let must_be_optional = matches!(self, Self::OnlyOptional(_)) && !optional;
        must_be_optional
            .then(|| "it may only be an optional dependency, behind a feature".to_owned())
    }
}

/// The ways from `package` to the model framework: with all features for a library, default ones for xtask.
fn reached(package: &str) -> anyhow::Result<Vec<String>> {
    let mut command = cargo(["tree", "--package", package, "--target", "all"]);
    command.args(["--edges", "normal,build,dev", "--prefix", "depth", "--format", " {p}"]);
    if package != "xtask" {
        command.arg("--all-features");
    }
    let output = command.output()?;
    if !output.status.success() {
        bail!("cargo tree: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(ways(&String::from_utf8_lossy(&output.stdout))
        .into_iter()
        .map(|way| format!("{way}: {package} must not reach {}", MODEL_FRAMEWORK.join(" or ")))
        .collect())
}

/// Where a tree, printed as `DEPTH NAME VERSION` lines, enters the model framework.
fn ways(tree: &str) -> Vec<String> {
    let mut way: Vec<&str> = Vec::new();
    let mut ways = Vec::new();
    for line in tree.lines() {
        let mut words = line.split_whitespace();
        let depth = words.next().and_then(|depth| depth.parse().ok());
        let (Some(depth), Some(name)) = (depth, words.next()) else { continue };
        way.truncate(depth);
        let inside = way.iter().any(|above| is_framework(above));
        way.push(name);
        if is_framework(name) && !inside {
            ways.push(way.join(" -> "));
        }
    }
    ways
}

fn is_framework(name: &str) -> bool {
    MODEL_FRAMEWORK.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_is_judged_by_the_rule_of_its_package() {
        let rule = |name| &RULES.iter().find(|rule| rule.package == name).unwrap().may;
        assert_eq!(rule("fixwright-prompt").breaks("fixwright-report", false), None);
        let upward = rule("fixwright-prompt").breaks("fixwright-dataset", false).unwrap();
        assert!(upward.contains("fixwright-report, fixwright-patch"), "{upward}");
        assert!(
            rule("fixwright-report").breaks("fixwright-patch", true).unwrap().contains("nothing")
        );
        assert_eq!(rule("fixwright-decode").breaks("fixwright-llama", true), None);
        let fixed = rule("fixwright-decode").breaks("fixwright-llama", false).unwrap();
        assert!(fixed.contains("optional"), "{fixed}");
        assert_eq!(rule("fixwright").breaks("fixwright-finetune", false), None);
    }

    #[test]
    fn the_way_into_the_framework_is_named_once() {
        let tree = "0 fixwright-report v0.1.0 (/w)\n1 regex v1.0.0\n1 helper v1.0.0\n2 burn-core v0.22.1\n\
                    3 burn-tensor v0.22.1\n\n[dev-dependencies]\n1 cubecl v0.1.0\n1 serde v1.0.0 (*)\n";
        assert_eq!(
            ways(tree),
            ["fixwright-report -> helper -> burn-core", "fixwright-report -> cubecl"]
        );
        assert!(ways("0 burner-free v1.0.0\n").len() == 1, "the rule goes by the start of a name");
        assert!(ways("0 xtask v0.1.0\n1 anyhow v1.0.0\n").is_empty());
    }
}
