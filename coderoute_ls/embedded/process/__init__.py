"""The engine's child process and what goes between it and the server."""
