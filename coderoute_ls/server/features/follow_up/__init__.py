"""Asking on about an explanation or an edit."""
