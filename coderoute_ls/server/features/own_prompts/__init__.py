"""Prompts of the user's own, and of a folder once the user has allowed them, beside the built-in actions."""
