"""From what was learned to a draft with a probability."""
