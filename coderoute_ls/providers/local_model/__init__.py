"""GGUF files, each served by a child process."""
