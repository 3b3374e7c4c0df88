"""Compiles the bundled catalogue from facts. For developers; it does not ship."""
