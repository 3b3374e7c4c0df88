"""Explanations and other texts that are only shown."""
