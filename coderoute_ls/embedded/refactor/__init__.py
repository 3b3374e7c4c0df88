"""Rewrites that are proven to keep behaviour."""
