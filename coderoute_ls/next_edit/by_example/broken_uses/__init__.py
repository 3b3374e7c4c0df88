"""What one edit leaves broken: uses of what was changed that still say the old thing. One kind of trace a file."""
