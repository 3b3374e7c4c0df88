"""JSON-RPC with one editor: framing, messages, what the editor can do, positions on the wire."""
