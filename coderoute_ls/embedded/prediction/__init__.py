"""From the index to a draft with a probability."""
