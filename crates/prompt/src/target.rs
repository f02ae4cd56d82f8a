//! What the model is asked to write.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

/// The form of the answer.
///
/// `Window` and `Program` repeat most of the source, which is what makes drafting from the source pay;
/// what they write always applies, because the diff is computed afterwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// A unified diff.
    Diff,
    /// The lines around the reported one, rewritten.
    #[default]
    Window,
    /// The whole file, rewritten.
    Program,
}

impl Target {
    /// Every target, in the order of the definition.
    pub const ALL: [Self; 3] = [Self::Diff, Self::Window, Self::Program];

    /// The name, as the command line and data files spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Diff => "diff",
            Self::Window => "window",
            Self::Program => "program",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Target {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let target = Self::ALL.into_iter().find(|target| target.name() == name);
        target.ok_or_else(|| Error::UnknownTarget { name: name.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back() {
        for target in Target::ALL {
            assert_eq!(target.to_string().parse::<Target>().unwrap(), target);
            assert_eq!(serde_json::to_value(target).unwrap(), target.name());
        }
        let error = "patch".parse::<Target>().unwrap_err();
        assert_eq!(error.to_string(), "unknown target `patch`, expected diff, window or program");
    }
}
