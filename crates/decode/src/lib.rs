//! Decoding that drafts from the source being repaired.
