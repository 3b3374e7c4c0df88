"""Paste-ready set-up for AI tools that ask the gateway, one file of data each.

A tool is added by a file that holds ``CLIENT = Client(...)``. The token is never printed: what is pasted asks for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from coderoute_ls.module_discovery import discover

TOKEN_VARIABLE = "CODEROUTE_GATEWAY_TOKEN"  # noqa: S105
"""Environment variable from which the tools take the token: their files hold only its name."""


@dataclass(frozen=True, slots=True)
class Client:
    """How one tool is pointed at the gateway. In its texts ``@url@`` stands for the address without ``/v1`` (``@host@`` for its
    host and port), ``@token@`` for the command that prints the token."""

    name: str
    """As in ``coderoute-ls gateway --print NAME``."""
    title: str
    path: str
    """The file it goes into; "" for lines to type in a shell."""
    text: str
    tested: str
    """With which version, or why not: one sentence."""
    comment: str = "#"
    """What starts a comment there."""
    needs_variable: bool = True
    """It takes the token from `TOKEN_VARIABLE`."""

    def render(self, url: str) -> str:
        """What to paste."""
        mark = self.comment
        place = f"put this into {self.path}" if self.path else "type this, or put it into your shell's profile"
        head = f"{mark} {self.title}: {place}\n{mark} {self.tested}.\n"
        if self.needs_variable and self.path:
            head += f'{mark} It takes the token from the environment: export {TOKEN_VARIABLE}="{_TOKEN}"\n'
        return (
            head
            + self.text.strip("\n").replace("@url@", url).replace("@host@", url.partition("://")[2]).replace("@token@", _TOKEN)
            + "\n"
        )


_TOKEN = "$(coderoute-ls gateway --token)"  # noqa: S105


def clients() -> Mapping[str, Client]:
    """All of them by name."""
    return {client.name: client for client in discover(__name__, "CLIENT", Client).values()}
