//! What the crate promises, checked on data, on arbitrary texts, and against git and GNU patch.

mod oracle;
mod properties;
mod texts;
