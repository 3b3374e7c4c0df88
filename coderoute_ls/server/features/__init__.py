"""What an editor can ask for: one file per LSP feature or command."""
