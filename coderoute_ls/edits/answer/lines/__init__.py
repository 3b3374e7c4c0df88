"""The lines of an answer against those of the region: which are the same, which are missing, how deep they are."""
