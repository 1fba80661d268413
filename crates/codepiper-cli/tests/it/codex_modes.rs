//! What sessions of the pinned Codex may do, and who says so.
