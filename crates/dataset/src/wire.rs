//! How a sample looks in JSON.
//!
//! Written out rather than derived: `serde(flatten)` reads unknown fields through a buffer of
//! parsed values. That rounds integers beyond 64 bits and some fractions, refuses `1e400`, and
//! keeps only the last of two unknown fields with one name.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::RepairSample;

struct SampleVisitor;

/// Reads and writes the listed fields and [`RepairSample::extra`]; a field that is not listed does
/// not compile.
macro_rules! fields {
    ($($field:ident),+ $(,)?) => {
        /// The names that no extra field may have.
        pub(crate) const NAMES: &[&str] = &[$(stringify!($field)),+];

        impl Serialize for RepairSample {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let Self { $($field,)+ extra } = self;
                let mut map = serializer.serialize_map(None)?;
                $(if let Some(value) = $field {
                    map.serialize_entry(stringify!($field), value)?;
                })+
                for (name, value) in extra.entries() {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }

        impl<'de> Visitor<'de> for SampleVisitor {
            type Value = RepairSample;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with the fields of a repair sample")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RepairSample, A::Error> {
                let mut seen = HashSet::new();
                let mut sample = RepairSample::default();
                while let Some(name) = map.next_key::<String>()? {
                    if !seen.insert(name.clone()) {
                        return Err(A::Error::custom(format_args!("duplicate field `{name}`")));
                    }
                    match &*name {
                        $(stringify!($field) => sample.$field = map.next_value()?,)+
                        _ => sample.extra.push(name, map.next_value()?),
                    }
                }
                Ok(sample)
            }
        }
    };
}

fields! {
    bug_report_path, bug_report_text, diff_path, diff_text, source_code_path, line_number, code,
    id, origin, commit, license, language, problem, description, tests, fixed,
}

impl<'de> Deserialize<'de> for RepairSample {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SampleVisitor)
    }
}
