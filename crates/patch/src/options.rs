//! How much is forgiven when a diff is applied.

/// How much is forgiven when a hunk is placed.
///
/// The least forgiving way that finds a place counts, and if it finds several, nothing more
/// forgiving is tried. Whatever is forgiven is named in
/// [`Placement::needs`](crate::Placement::needs). The text of the file always wins: context lines
/// stay as the file has them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApplyOptions {
    /// Whether hunks may land at other lines than their headers name.
    pub offset: bool,
    /// Whether `\r\n` matches `\n`, and a last line without line end one with it.
    pub line_ends: bool,
    /// Whether white space at the ends of lines, and how much there is in between, is ignored.
    /// Inserted lines are then indented as the lines around them are.
    pub whitespace: bool,
    /// Whether the file may have blank lines and comments where the hunk has none.
    pub interruptions: bool,
    /// Whether lines without leading space are context, if the file has them.
    pub unprefixed: bool,
    /// Whether a line `...` stands for any lines. What surrounds it has to be unique.
    pub elisions: bool,
    /// How many lines of context at the outside of a hunk may differ, as in GNU patch: on the side
    /// that has less context accordingly fewer. Some context or deletion always has to match.
    pub fuzz: usize,
    /// What to do if a hunk fits in several places.
    pub ties: Ties,
}

/// What to do if a hunk fits in several places, none of them the line that its header names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Ties {
    /// Take a place at most [`Ties::NEAR`] lines away if all others are more than [`Ties::FAR`]
    /// lines away, otherwise none.
    Refuse,
    /// Take the nearest, as GNU patch and git do.
    Nearest,
}

impl Ties {
    /// How far away a place may be to be singled out by the line number.
    pub const NEAR: usize = 3;
    /// How far away all other places have to be.
    pub const FAR: usize = 12;
}

impl ApplyOptions {
    /// Nothing is forgiven: every hunk fits byte for byte at its line.
    pub fn strict() -> Self {
        Self {
            offset: false,
            line_ends: false,
            whitespace: false,
            interruptions: false,
            unprefixed: false,
            elisions: false,
            fuzz: 0,
            ties: Ties::Refuse,
        }
    }

    /// What GNU patch forgives by itself: other lines, and two lines of fuzz; the nearest place
    /// counts.
    pub fn gnu() -> Self {
        Self { offset: true, fuzz: 2, ties: Ties::Nearest, ..Self::strict() }
    }

    /// The options with `elisions` allowed or not.
    #[must_use]
    pub fn with_elisions(mut self, elisions: bool) -> Self {
        self.elisions = elisions;
        self
    }

    /// The options with so many lines of `fuzz`.
    #[must_use]
    pub fn with_fuzz(mut self, fuzz: usize) -> Self {
        self.fuzz = fuzz;
        self
    }

    /// The options with another way of treating `ties`.
    #[must_use]
    pub fn with_ties(mut self, ties: Ties) -> Self {
        self.ties = ties;
        self
    }
}

impl Default for ApplyOptions {
    /// What is right for diffs that models write: all but elisions, two lines of fuzz, no ties.
    fn default() -> Self {
        Self {
            offset: true,
            line_ends: true,
            whitespace: true,
            interruptions: true,
            unprefixed: true,
            elisions: false,
            fuzz: 2,
            ties: Ties::Refuse,
        }
    }
}
