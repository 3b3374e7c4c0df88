"""Whether lines may be written into a region: the last looks at an answer, each a file."""
