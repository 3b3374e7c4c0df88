"""The wire formats that callers speak, one file each: a request is decoded to the house's vocabulary, its events are written
back. A file that holds ``FACE`` is its registration."""
