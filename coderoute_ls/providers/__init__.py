"""How to talk to a vendor: one file per wire dialect, vendors are rows of data; the only package with HTTP.

`Providers` (upstream.py) is what the engine sees as `domain.Upstream`. httpx is imported on the first connection, never before.
"""
