"""The index of the workspace."""
