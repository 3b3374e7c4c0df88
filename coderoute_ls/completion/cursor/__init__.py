"""Where a suggestion would go, and what stands around it."""
