"""What the program ends with."""

DONE, FAILED, MISUSED, NO_MODEL, INTERRUPTED = 0, 1, 2, 3, 130
