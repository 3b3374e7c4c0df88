"""Explanations from structure alone."""
