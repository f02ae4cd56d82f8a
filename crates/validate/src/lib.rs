//! Judge a candidate fix: compile it under limits and say what happened.
