"""What a vendor's refusal means: whom it concerns, when to come back, and how a request can be made to fit."""
