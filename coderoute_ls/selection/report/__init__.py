"""A decision for people: words, pictures, what-if."""
