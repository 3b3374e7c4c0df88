"""One file per wire dialect: how its requests are written and its answers read."""
