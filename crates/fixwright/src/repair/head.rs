//! What prompts begin with in common.

use fixwright_decode::Target;

/// A model that has read the beginning of a prompt.
#[derive(Debug, Clone)]
pub(super) struct Head<T> {
    pub(super) session: T,
    /// What the session has seen, and maybe more.
    pub(super) seen: Vec<u32>,
}

impl<T: Target + Clone> Head<T> {
    /// A model that has seen nothing.
    pub(super) fn new(session: T) -> Self {
        Self { session, seen: Vec::new() }
    }

    /// Makes the session forget all that does not begin `whole`.
    pub(super) fn rewind(&mut self, whole: Vec<u32>) {
        self.session.truncate(self.shared(&whole));
        self.seen = whole;
    }

    /// Takes the place of this one, if it has more of `prompt`.
    pub(super) fn adopt(&mut self, other: &Self, prompt: &[u32]) {
        if other.shared(prompt) > self.shared(prompt) {
            self.clone_from(other);
        }
    }

    /// What it has read of `prompt`, of which the last token is asked about and not only read.
    pub(super) fn of(&self, prompt: &[u32]) -> Self {
        let mut head = self.clone();
        head.rewind(prompt[..prompt.len().saturating_sub(1)].to_vec());
        head
    }

    /// How many tokens of `whole` the session has seen.
    fn shared(&self, whole: &[u32]) -> usize {
        let alike = self.seen.iter().zip(whole).take_while(|(seen, new)| seen == new).count();
        alike.min(self.session.position())
    }
}
