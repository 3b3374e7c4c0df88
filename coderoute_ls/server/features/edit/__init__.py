"""Actions that change text: one run from the command to the user's last choice about it."""
