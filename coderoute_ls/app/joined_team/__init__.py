"""A team that this machine joined: its gateway's offers, its policy, and what its gateway is told. Loaded where one is set."""
