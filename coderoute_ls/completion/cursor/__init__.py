"""The cursor and the text around it."""
