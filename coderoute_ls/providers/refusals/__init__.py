"""What a vendor's refusal means: what it concerns, when to ask again, and how a request can be made to fit."""
