//! Which rule a finding breaks.

use serde::{Deserialize, Serialize};

/// The rule that a finding breaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Rule {
    /// The checker or warning option: `BUFFER_SIZE`, `-Wformat`, `bugprone-infinite-loop`.
    pub id: Option<String>,
    /// What the tool calls the rule beside its identifier.
    pub name: Option<String>,
    /// The kind of defect in the report's own words (`Type:`).
    pub kind: Option<String>,
    /// The group that the rule belongs to (`Category:`).
    pub category: Option<String>,
    /// A finer group inside the category.
    pub subcategory: Option<String>,
    /// A classification beside the category (`Classification:`).
    pub classification: Option<String>,
    /// Numbers of the Common Weakness Enumeration, each once, in order of appearance.
    pub cwe: Vec<u32>,
    /// Where the rule is explained.
    pub help_uri: Option<String>,
}
