//! A text that grows, and where its end occurred before.

use std::collections::HashMap;

/// The state that stands for the empty text.
const ROOT: usize = 0;

/// A text with the suffix automaton of it (Blumer et al. 1985), built token by token in amortised constant time.
///
/// A state stands for a set of substrings that end at the same places. Its link leads to the longest of their suffixes that also ends elsewhere:
/// from the state of the whole text, that is the longest suffix that occurred before.
#[derive(Debug, Clone)]
pub(super) struct Text {
    tokens: Vec<u32>,
    states: Vec<State>,
    /// The state of the whole text.
    last: usize,
}

#[derive(Debug, Clone, Default)]
struct State {
    /// The length of its longest substring.
    length: usize,
    link: Option<usize>,
    /// Where it ends first: the position of the token that follows.
    end: usize,
    next: HashMap<u32, usize>,
}

/// An earlier occurrence of the end of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) length: usize,
    /// The position of the token that follows it.
    pub(super) end: usize,
}

impl Text {
    pub(super) fn new() -> Self {
        Self { tokens: Vec::new(), states: vec![State::default()], last: ROOT }
    }

    pub(super) fn tokens(&self) -> &[u32] {
        &self.tokens
    }

    /// The longest suffix that occurred before, at its first occurrence.
    pub(super) fn longest_match(&self) -> Match {
        let link = self.states[self.last].link.unwrap_or(ROOT);
        Match { length: self.states[link].length, end: self.states[link].end }
    }

    pub(super) fn push(&mut self, token: u32) {
        self.tokens.push(token);
        let end = self.tokens.len();
        let new = self.add(State { length: end, end, ..State::default() });
        let mut from = Some(self.last);
        while let Some(state) = from.filter(|state| !self.states[*state].next.contains_key(&token))
        {
            self.states[state].next.insert(token, new);
            from = self.states[state].link;
        }
        self.states[new].link = Some(from.map_or(ROOT, |state| self.suffix(state, token)));
        self.last = new;
    }

    /// The state of just the longest substring of `from` with `token` after it: split off where the state has longer ones.
    fn suffix(&mut self, from: usize, token: u32) -> usize {
        let target = self.states[from].next[&token];
        let length = self.states[from].length + 1;
        if self.states[target].length == length {
            return target;
        }
        let copy = self.add(State { length, ..self.states[target].clone() });
        self.states[target].link = Some(copy);
        let mut state = Some(from);
        while let Some(at) = state.filter(|at| self.states[*at].next.get(&token) == Some(&target)) {
            self.states[at].next.insert(token, copy);
            state = self.states[at].link;
        }
        copy
    }

    fn add(&mut self, state: State) -> usize {
        self.states.push(state);
        self.states.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By trying every suffix at every place.
    fn reference(tokens: &[u32]) -> Match {
        let n = tokens.len();
        let found = (1..n).rev().find_map(|length| {
            let suffix = &tokens[n - length..];
            tokens[..n - 1]
                .windows(length)
                .position(|w| w == suffix)
                .map(|at| (length, at + length))
        });
        found.map_or(Match { length: 0, end: 0 }, |(length, end)| Match { length, end })
    }

    proptest! {
        #[test]
        fn the_longest_match_is_that_of_a_search(tokens in prop::collection::vec(0u32..3, 1..60)) {
            let mut text = Text::new();
            for (index, token) in tokens.iter().enumerate() {
                text.push(*token);
                prop_assert_eq!(text.longest_match(), reference(&tokens[..=index]));
            }
            prop_assert!(text.states.len() <= 2 * tokens.len() + 1);
        }
    }
}
