"""Next edits measured: recorded scenarios with the answers of twelve providers, and real releases done again hunk by hunk."""
