"""``coderoute-ls`` and ``python -m coderoute_ls``. ``serve`` answers an editor's `initialize` before heavy imports."""

import os
import sys

from coderoute_ls.import_path import use_safe_import_path


def main() -> int:
    use_safe_import_path()
    os.umask(0o077)  # what we write is the user's alone, folders above it too
    if sys.argv[1:] in (["serve"], ["serve", "--stdio"]):
        from coderoute_ls.server.startup.early_initialize import greet_stdio

        greeting, status = greet_stdio(), [1]
        import atexit

        # Registered first, it is done last: a thread that is inside a library then would let the interpreter's own end abort.
        atexit.register(lambda: os._exit(status[0]))
        from coderoute_ls.cli._stdio import serve_stdin
        from coderoute_ls.errors import CoderouteError

        try:
            status[0] = serve_stdin(greeting, None)  # without the library that reads options: that takes a sixth of a start
        except CoderouteError as error:
            from coderoute_ls.cli._program import failed

            status[0] = failed(error)
        return status[0]
    from coderoute_ls.cli._program import main as run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
