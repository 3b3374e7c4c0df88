"""Explanations and other texts that are shown and not written into code."""
