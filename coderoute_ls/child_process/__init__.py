"""Child processes: one way to start them, so that nothing of an opened folder runs in them and no key reaches them."""
