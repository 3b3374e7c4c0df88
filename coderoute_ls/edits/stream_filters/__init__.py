"""Steps that take something out of an answer while it streams: text in, text out, in pieces of any size."""
