"""The only package that speaks LSP: handlers, sessions, jobs, and the messages of editors."""
