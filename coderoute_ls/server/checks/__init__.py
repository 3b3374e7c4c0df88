"""The user's own check of an edit, in a copy of the workspace."""
