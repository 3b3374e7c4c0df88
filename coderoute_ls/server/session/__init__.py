"""One connected editor: its documents, its settings, its jobs."""
