"""Windows' own Python under Wine: the server as an editor there starts it."""
