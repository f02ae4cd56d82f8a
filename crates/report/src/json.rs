//! Walking through JSON that may be larger than memory, element by element.
//!
//! [`Json`] only finds where values begin and end; what is inside one is left to `serde_json`, which gets it
//! as a [`Raw`] of bounded size. So one damaged element costs that element and no more. A list of findings is
//! walked by [`Json::elements`], which finds its way past missing quotes, brackets and commas too.

mod outline;
mod raw;
mod recover;
mod scan;
mod walk;

pub(crate) use outline::Outline;
pub(crate) use raw::Raw;
pub(crate) use recover::Marks;
pub(crate) use walk::Json;
