//! The folders that a build says it is in.

use crate::Location;

/// Deeper nesting is forgotten from the outside.
const MAX_DEPTH: usize = 64;

/// The folders that `make` and `ninja` entered and have not left, the last one innermost.
///
/// A build with several jobs may mix the lines of its folders; then the one that was entered last counts.
#[derive(Debug, Default)]
pub(crate) struct Folders {
    entered: Vec<String>,
}

impl Folders {
    /// Takes note of a line such as `make[1]: Entering directory '/src'`; `false` for any other line.
    pub(crate) fn read(&mut self, line: &str) -> bool {
        let Some((_, said)) = line.split_once(": ") else { return false };
        let ways = [("Entering directory ", true), ("Leaving directory ", false)];
        let Some((folder, enters)) =
            ways.iter().find_map(|(words, enters)| Some((said.strip_prefix(words)?, enters)))
        else {
            return false;
        };
        let folder = folder.trim().trim_matches(['`', '\'', '"', '‘', '’']);
        if *enters {
            if self.entered.len() == MAX_DEPTH {
                self.entered.remove(0);
            }
            self.entered.push(folder.to_owned());
        } else if let Some(at) = self.entered.iter().rposition(|entered| entered == folder) {
            self.entered.remove(at);
        }
        true
    }

    /// Says what a relative path is relative to.
    pub(crate) fn resolve(&self, location: &mut Location) {
        let relative = location.path.as_deref().is_some_and(is_relative);
        if relative && let Some(folder) = self.entered.last() {
            location.base = Some(folder.clone());
        }
    }
}

fn is_relative(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':');
    !path.starts_with(['/', '\\', '<']) && !drive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_nest() {
        let mut folders = Folders::default();
        let base = |folders: &Folders, path| {
            let mut location = Location::new(path, 1);
            folders.resolve(&mut location);
            location.base
        };
        assert!(folders.read("make: Entering directory `/a'"));
        assert!(folders.read("make[1]: Entering directory '/a/b c'"));
        assert_eq!(base(&folders, "x.c").as_deref(), Some("/a/b c"));
        assert_eq!(base(&folders, "/x.c"), None);
        assert_eq!(base(&folders, "C:\\x.c"), None);
        assert_eq!(base(&folders, "<built-in>"), None);
        assert!(folders.read("make[1]: Leaving directory '/a/b c'"));
        assert_eq!(base(&folders, "x.c").as_deref(), Some("/a"));
        assert!(!folders.read("gcc -c x.c"));
    }
}
