"""From the bytes of an answer to its events: framing, odd events, halves of characters."""
