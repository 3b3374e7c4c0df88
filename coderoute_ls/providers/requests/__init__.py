"""Writes conversations with tools, pictures, schemas and signed reasoning in each wire dialect, and tells what it cannot carry.
Loaded when a prompt holds more than text."""
