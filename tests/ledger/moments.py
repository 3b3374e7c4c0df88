"""Moments that are the same calendar day in every time zone the tests may run in."""

import time

NOON = time.mktime((2026, 11, 20, 12, 0, 0, 0, 0, -1))
"""Local noon."""
DAY = 86_400.0
