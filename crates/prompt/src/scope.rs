//! Which lines of a file a prompt shows.

use serde::{Deserialize, Serialize};

use crate::{Margin, Result, Window};

/// Which lines around the reported one are shown, and rewritten by [`Target::Window`](crate::Target::Window).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Scope {
    /// As many as the [`Margin`] says.
    #[default]
    Window,
    /// The function that the line is in; as many as the [`Margin`] says where there is none, or where the file's syntax is broken.
    ///
    /// Of a function of more than 100 lines, the 100 around the reported one.
    #[cfg(feature = "syntax")]
    Function,
}

impl Scope {
    /// The lines of `source` to show for line `line`.
    pub(crate) fn window(
        self,
        path: &str,
        source: &str,
        line: usize,
        margin: Margin,
    ) -> Result<Window> {
        let window = Window::around(path, source, line, margin)?;
        #[cfg(feature = "syntax")]
        if self == Self::Function
            && let Some(lines) = crate::context::function_lines(source, line)
        {
            return Window::of_lines(path, source, line, lines);
        }
        Ok(window)
    }
}
