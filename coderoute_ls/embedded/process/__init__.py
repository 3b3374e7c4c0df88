"""The engine's child process and its messages."""
