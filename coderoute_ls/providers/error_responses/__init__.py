"""What a vendor's error response means: what it concerns, when to ask again, and how a request can be made to fit."""
