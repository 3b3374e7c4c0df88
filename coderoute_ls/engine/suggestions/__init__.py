"""What suggestions ask of the engine while the user types."""
