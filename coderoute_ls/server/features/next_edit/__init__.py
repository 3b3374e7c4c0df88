"""Next edits in editors: one engine, three faces."""
