"""The first stage of the server, and what makes its imports cheap."""
