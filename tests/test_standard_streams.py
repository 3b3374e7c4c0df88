"""Who owns standard input and output of a process that speaks a protocol."""

import subprocess
import sys

OWNER = """
import os, subprocess, sys
from coderoute_ls.standard_streams import claim_input, claim_output
said, out = claim_input(), claim_output()
print("printed by mistake", flush=True)
os.write(1, b"written by mistake")
child = subprocess.run([sys.executable, "-c", "import sys; print(repr(sys.stdin.read()))"], stdout=subprocess.PIPE)
assert os.read(0, 10) == b""
assert sys.stdin.read() == ""
out.write(said.readline() + child.stdout.strip() + b" " + said.read())
out.flush()
"""


def test_only_its_owner_reads_the_input_and_writes_the_output() -> None:
    done = subprocess.run([sys.executable, "-c", OWNER], input=b"first\nsecond", capture_output=True, check=True)
    assert done.stdout == b"first\n'' second"
    assert b"printed by mistake" in done.stderr
    assert b"written by mistake" in done.stderr


LOADER = """
import os, sys, threading
from coderoute_ls.standard_streams import claim_input, claim_output
said, out = claim_input(buffering=0), claim_output()
threading.Thread(target=lambda: os.read(said.fileno(), 1), daemon=True).start()
import numpy, orjson, ast_grep_py
out.write(b"loaded")
out.flush()
os._exit(0)
"""


def test_libraries_are_loaded_while_the_input_is_read() -> None:
    """On Windows one that looks at a pipe that is being read waits until something comes."""
    process = subprocess.Popen([sys.executable, "-c", LOADER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdin is not None
    with process, process.stdin:
        assert process.stdout.read() == b"loaded"
