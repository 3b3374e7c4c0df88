"""Model servers on this machine: found, agreed to, watched."""
