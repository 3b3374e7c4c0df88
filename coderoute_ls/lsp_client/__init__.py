"""An editor without a screen over plain JSON-RPC: the demo, tests and benchmarks drive servers with it."""
