"""Secrets in a text: shapes of tokens, values beside telling names, blocks of key material. Pure: no file, no process."""
