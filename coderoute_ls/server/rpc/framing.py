"""LSP framing: header lines with the body's length, a blank line, the body. No imports: the first stage of the server uses it."""


def framed(body: bytes) -> bytes:
    """One message as it goes over the wire."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def length_in(line: bytes) -> int | None:
    """The length of the body, in bytes, where this header line names it. Raises ValueError on one that is no number."""
    name, _, value = line.partition(b":")
    return int(value) if name.strip().lower() == b"content-length" else None
