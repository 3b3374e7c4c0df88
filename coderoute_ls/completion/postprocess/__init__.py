"""What turns a model's words into text that may be shown: one filter a file, each `apply(candidate, cursor)`.

A filter gives the candidate (changed or not), or None when nothing of it may be shown.
"""
