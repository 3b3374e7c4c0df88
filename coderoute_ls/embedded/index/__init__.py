"""What was learned of the workspace."""
