"""coderoute-ls: every AI action in your editor goes to the cheapest model that is good enough, and you can see why."""

__version__ = "0.1.0"
