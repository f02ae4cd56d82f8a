//! SPDX licence expressions against a list of what is allowed.

/// Expressions are not nested deeper than this.
const DEPTH: usize = 32;

/// Whether `expression` can be met by licences of `allowed` alone.
///
/// An `OR` leaves the choice, an `AND` does not, and neither does a `/`, which some data sets write between the licences of a
/// project's parts. What cannot be read is not allowed.
pub(super) fn allows(allowed: &[String], expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " AND ");
    let words: Vec<_> = spaced.split_whitespace().collect();
    let mut parser = Parser { allowed, words: &words };
    parser.any(DEPTH).is_some_and(|met| met && parser.words.is_empty())
}

struct Parser<'a> {
    allowed: &'a [String],
    words: &'a [&'a str],
}

impl Parser<'_> {
    fn any(&mut self, depth: usize) -> Option<bool> {
        let mut met = self.all(depth)?;
        while self.takes("OR") {
            met |= self.all(depth)?;
        }
        Some(met)
    }

    fn all(&mut self, depth: usize) -> Option<bool> {
        let mut met = self.one(depth)?;
        while self.takes("AND") {
            met &= self.one(depth)?;
        }
        Some(met)
    }

    fn one(&mut self, depth: usize) -> Option<bool> {
        if self.takes("(") {
            let met = self.any(depth.checked_sub(1)?)?;
            return self.takes(")").then_some(met);
        }
        let (name, rest) = self.words.split_first()?;
        self.words = rest;
        let name = normal(name);
        if !self.takes("WITH") {
            return Some(self.has(&name));
        }
        let (exception, rest) = self.words.split_first()?;
        self.words = rest;
        // An exception only adds permissions.
        Some(
            self.has(&name) || self.has(&format!("{name} with {}", exception.to_ascii_lowercase())),
        )
    }

    fn has(&self, name: &str) -> bool {
        self.allowed.iter().any(|allowed| normal(allowed) == name)
    }

    fn takes(&mut self, word: &str) -> bool {
        let Some((first, rest)) = self.words.split_first() else { return false };
        let found = first.eq_ignore_ascii_case(word);
        if found {
            self.words = rest;
        }
        found
    }
}

/// One spelling for the old and the new names of a licence.
fn normal(name: &str) -> String {
    let name = name.trim().to_ascii_lowercase();
    match (name.strip_suffix("-only"), name.strip_suffix('+')) {
        (Some(short), _) => short.to_owned(),
        (None, Some(short)) => format!("{short}-or-later"),
        (None, None) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::allows;

    #[test]
    fn expressions_are_met_as_spdx_means_them() {
        let allowed = ["MIT", "Apache-2.0", "GPL-2.0-or-later", "bsd-3-clause"].map(String::from);
        for (expression, met) in [
            ("MIT", true),
            ("mit", true),
            ("GPL-2.0+", true),
            ("GPL-2.0", false),
            ("GPL-2.0-only OR MIT", true),
            ("GPL-2.0-only AND MIT", false),
            ("(GPL-3.0 OR MIT) AND BSD-3-Clause", true),
            ("GPL-3.0 OR MIT AND ISC", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("GPL-2.0 WITH Linux-syscall-note", false),
            ("GPL-2.0+/LGPL-2.1+", false),
            ("MIT/Apache-2.0", true),
            ("curl (MIT-like)", false),
            ("(MIT", false),
            ("MIT)", false),
            ("", false),
        ] {
            assert_eq!(allows(&allowed, expression), met, "{expression}");
        }
        assert!(!allows(&allowed, &"(".repeat(100_000)));
    }
}
