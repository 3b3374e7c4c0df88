"""The only room that speaks LSP: handlers, sessions, jobs and the border to the editors."""
