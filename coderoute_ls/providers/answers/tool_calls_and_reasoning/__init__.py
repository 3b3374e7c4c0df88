"""What answers hold beside text: tool calls, signed reasoning, citations, unknown items. One file per wire shape, loaded when a
prompt asks for more than text."""
