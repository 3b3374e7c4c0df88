"""The team's page: spending against budgets, models, people, errors, and why a call went where it went."""
