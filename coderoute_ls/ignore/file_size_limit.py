"""The size above which a file is data and no source."""

HUGE = 1 << 20
"""Bytes above which a file is not learned, not shown and not searched: 1 MiB."""
