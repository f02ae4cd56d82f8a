//! Repair prompts for language models: render a bug report with its source, read the answer back.
