"""Which request of an editor's chat is answered how. Nothing of it is loaded before the first one comes."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from coderoute_ls.domain import Action
from coderoute_ls.engine import Engine
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.session.configuration import Configuration
from coderoute_ls.server.session.request_context import RequestContexts
from coderoute_ls.server.session.status_line import StatusLine

if TYPE_CHECKING:
    from coderoute_ls.server.features.chat.chat_requests import Chats


@dataclass
class ChatService:
    """One for the session."""

    client: Client
    engine: Engine
    configuration: Configuration
    requests: RequestContexts
    status: StatusLine
    actions: Mapping[str, Action]

    @cached_property
    def _chats(self) -> "Chats":
        from coderoute_ls.server.features.chat.chat_requests import Chats

        return Chats(self.client, self.engine, self.configuration, self.requests, self.status, self.actions)

    def models(self, raw: object) -> Awaitable[object]:
        return self._chats.models(raw)

    def chat(self, raw: object) -> Awaitable[object]:
        return self._chats.chat(raw)

    def count(self, raw: object) -> Awaitable[object]:
        return self._chats.count(raw)
