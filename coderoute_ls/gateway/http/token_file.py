"""The gateway's token: made once, kept where only the user can read it."""

import secrets
from pathlib import Path

from coderoute_ls.errors import ConfigurationError
from coderoute_ls.storage import lock, read_regular, write_atomic

FILE_NAME = "gateway-token"
_LONGEST = 500
_SHORTEST = 16


def token_in(directory: Path) -> str:
    """The token of this user, made where there is none. Raises `ConfigurationError` when the file holds no usable one. Blocks."""
    path = directory / FILE_NAME
    with lock(directory / f"{FILE_NAME}.lock"):
        try:
            token = read_regular(path, _LONGEST).decode("ascii").strip()
        except FileNotFoundError:
            token = f"cr-{secrets.token_urlsafe(32)}"
            write_atomic(path, token.encode())
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"The gateway's token in {path} cannot be read. Remove the file; a new one is made."
            ) from error
    if len(token) < _SHORTEST or not token.isprintable() or " " in token:
        raise ConfigurationError(f"The gateway's token in {path} is too short or odd. Remove the file; a new one is made.")
    return token
