//! Walking through JSON that may be larger than memory, element by element.
//!
//! [`Json`] only finds where values begin and end; what is inside one is left to `serde_json`, which gets it
//! as a [`Raw`] of bounded size. So one damaged element costs that element and no more.

mod outline;
mod scan;
mod walk;

pub(crate) use outline::Outline;
pub(crate) use walk::{Json, Raw};
