"""Setting money aside and booking what calls cost, as a replica does it."""
