"""What a prompt shows besides the text around the cursor: recent edits, open files, definitions of imported names.

The session builds one `Surroundings` and reports to it::

    around = Surroundings(documents, allowed)  # the open documents (any iterable), Ignore.allowed
    around.changed(before, document, edits)  # each didChange
    around.closed(uri)
    snippets = await around.gather(target, max_chars)

``gather`` takes at most 100 ms, gives the same pieces in the same order while the cursor stays near, and never a secret: every
piece is from an allowed file and redacted.
"""

from coderoute_ls.context.surroundings import Surroundings

__all__ = ["Surroundings"]
