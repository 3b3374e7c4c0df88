"""Stands in for the child that serves a model file: says where the benchmark's relay is, which is in front of the real one."""

import json
import sys

if __name__ == "__main__":
    sys.stdin.readline()
    print(json.dumps(f"http://127.0.0.1:{sys.argv[1]}"), flush=True)
    sys.stdin.read()
