"""Actions that change text: from the command to the user's last choice about the edit."""
