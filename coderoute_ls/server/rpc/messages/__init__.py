"""Our own messages, a file for each subject."""
