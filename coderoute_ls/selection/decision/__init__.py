"""Which offer is chosen: hard rules, candidates, order."""
