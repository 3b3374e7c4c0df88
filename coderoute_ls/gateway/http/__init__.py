"""HTTP itself: who may ask, how much is read, when a caller is gone."""
