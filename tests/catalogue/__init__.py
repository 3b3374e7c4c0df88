"""Compiling the bundled catalogue."""
