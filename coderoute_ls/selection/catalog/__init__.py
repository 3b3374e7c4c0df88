"""The catalogue: its format, how it is read, refreshed and extended."""
