"""How well local models complete the code of this user, measured beside the built-in engine."""
