"""What a team shares over one PostgreSQL: keys, budgets, policy, calls. Loaded only where a database is named."""
