"""What experience says about offers."""
