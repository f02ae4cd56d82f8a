//! Fine-tuning with a loss mask that follows the edit.
