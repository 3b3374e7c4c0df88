"""Builds and joins the parts that change over time, for a session and for the command line alike. Loads no LSP library."""
