//! Which files a file sees by including them.

use std::collections::HashMap;
use std::iter;

use xxhash_rust::xxh3::xxh3_64;

/// The most steps from a file to one that it includes indirectly.
const MOST_STEPS: u8 = 6;
/// The most files that are looked at for one.
const MOST_FILES: usize = 4096;
/// The most files that one include may mean.
const MOST_MEANT: usize = 16;

/// The includes of the files of a tree.
#[derive(Debug)]
pub(super) struct Includes {
    /// What each file includes, a path a line.
    lists: Vec<String>,
    /// The files of a name, by its hash.
    by_name: HashMap<u64, Vec<u32>>,
}

impl Includes {
    /// `lists` has what each file of `paths` includes, a path a line.
    pub(super) fn new(paths: &[String], lists: Vec<String>) -> Self {
        let mut by_name: HashMap<_, Vec<_>> = HashMap::new();
        for (file, path) in (0..).zip(paths) {
            by_name.entry(hash_of_name(path)).or_default().push(file);
        }
        Self { lists, by_name }
    }

    /// The files that are included by one at `path` that includes `direct`, each with the fewest steps to it.
    pub(super) fn steps(&self, paths: &[String], path: &str, direct: &[&str]) -> HashMap<u32, u8> {
        let mut steps = HashMap::new();
        let mut edge: Vec<u32> =
            direct.iter().flat_map(|include| self.meant(paths, path, include)).collect();
        for step in 1..=MOST_STEPS {
            let mut next = Vec::new();
            for file in edge {
                if steps.len() >= MOST_FILES || steps.contains_key(&file) {
                    continue;
                }
                steps.insert(file, step);
                let (from, list) = (&paths[file as usize], &self.lists[file as usize]);
                next.extend(list.lines().flat_map(|include| self.meant(paths, from, include)));
            }
            edge = next;
        }
        steps
    }

    /// The files that `include` may mean in the file at `from`: the one beside it, else those nearest to it whose path ends so.
    fn meant(&self, paths: &[String], from: &str, include: &str) -> Vec<u32> {
        let plain = |part: &&str| !matches!(*part, "" | "." | "..");
        let end: Vec<&str> = include.split('/').filter(plain).collect();
        let end = end.join("/");
        let ends = |file: &&u32| {
            let rest = paths[**file as usize].strip_suffix(end.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        let known = self.by_name.get(&hash_of_name(&end)).map_or(&[][..], Vec::as_slice);
        let mut fit: Vec<u32> = known.iter().filter(ends).copied().collect();
        let shared = |file: u32| common_folders(from, &paths[file as usize]);
        let nearest = fit.iter().map(|file| shared(*file)).max().unwrap_or_default();
        fit.retain(|file| shared(*file) == nearest);
        let beside = format!("{}{end}", folder(from));
        match fit.iter().find(|file| paths[**file as usize] == beside) {
            Some(file) => vec![*file],
            None => fit.into_iter().take(MOST_MEANT).collect(),
        }
    }
}

fn hash_of_name(path: &str) -> u64 {
    xxh3_64(path.rsplit('/').next().unwrap_or(path).as_bytes())
}

/// The folder that a file is in, with the `/` behind it.
pub(super) fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |at| &path[..=at])
}

/// How many folders two paths share from their beginning.
pub(super) fn common_folders(one: &str, other: &str) -> usize {
    let pairs = iter::zip(folder(one).split_inclusive('/'), folder(other).split_inclusive('/'));
    pairs.take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_include_means_the_nearest_file() {
        let paths = [
            "a/x.c",
            "a/x.h",
            "arch/arm/asm/page.h",
            "arch/x86/asm/page.h",
            "b/x.h",
            "include/deep.h",
        ]
        .map(str::to_owned);
        let lists = ["", "../include/deep.h", "", "", "", "asm/page.h"].map(str::to_owned);
        let includes = Includes::new(&paths, lists.to_vec());
        let steps = |path: &str, direct: &[&str]| {
            let mut steps: Vec<_> = includes.steps(&paths, path, direct).into_iter().collect();
            steps.sort_unstable();
            steps
        };
        assert_eq!(steps("a/x.c", &["x.h"]), [(1, 1), (2, 3), (3, 3), (5, 2)]);
        assert_eq!(steps("arch/x86/mm/y.c", &["asm/page.h", "gone.h", ""]), [(3, 1)]);
        assert_eq!(steps("y.c", &["x.h"]).len(), 5);
    }
}
