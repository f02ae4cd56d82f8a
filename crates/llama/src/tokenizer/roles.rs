//! Which tokens begin and end what, and how a conversation is written down.

use super::control::Control;

/// Tokens that end an answer in some model, by the name that they have in its vocabulary.
const END_OF_TURN: [&str; 7] = [
    "</s>",
    "<|end_of_text|>",
    "<|endoftext|>",
    "<|eom_id|>",
    "<|eot_id|>",
    "<|im_end|>",
    "<end_of_turn>",
];

/// What a vocabulary says about the use of its tokens.
#[derive(Clone, Debug, Default)]
pub(super) struct Roles {
    pub(super) bos: Option<u32>,
    pub(super) eos: Option<u32>,
    pub(super) adds_bos: bool,
    /// Sorted, each once.
    pub(super) end_of_turn: Vec<u32>,
    pub(super) chat_template: Option<String>,
}

impl Roles {
    /// Adds the tokens that are known to end an answer: `eos`, those in `stated`, and those of a well-known name.
    pub(super) fn end_turns_with(
        &mut self,
        control: &Control,
        stated: impl IntoIterator<Item = u32>,
    ) {
        self.end_of_turn.extend(self.eos);
        self.end_of_turn.extend(stated);
        self.end_of_turn.extend(END_OF_TURN.iter().filter_map(|name| control.id(name)));
        self.end_of_turn.sort_unstable();
        self.end_of_turn.dedup();
    }
}
