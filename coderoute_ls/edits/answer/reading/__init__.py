"""What an answer consists of: thoughts, words, blocks of code; what of it may be meant for the region."""
