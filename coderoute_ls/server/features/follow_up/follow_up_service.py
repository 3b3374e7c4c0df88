"""Asking on, for the session. Nothing of it is loaded before somebody asks on."""

from collections.abc import Awaitable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from coderoute_ls.server.features.job_dependencies import JobDependencies
from coderoute_ls.server.rpc.messages.coderoute_messages import RunStarted
from coderoute_ls.server.rpc.messages.instruction_messages import FollowUpParams
from coderoute_ls.server.session.file_access import FileAccess
from coderoute_ls.server.session.request_context import RequestContexts

if TYPE_CHECKING:
    from coderoute_ls.server.features.follow_up.follow_ups import FollowUps


@dataclass
class FollowUpService:
    """One for the session."""

    services: JobDependencies
    requests: RequestContexts
    files: FileAccess

    @cached_property
    def _follow_ups(self) -> "FollowUps":
        from coderoute_ls.server.features.follow_up.follow_ups import FollowUps

        return FollowUps(self.services, self.requests, self.files)

    def look(self, raw: object) -> Awaitable[object]:
        return self._follow_ups.look(raw)

    def ask(self, params: FollowUpParams) -> RunStarted:
        return self._follow_ups.ask(params)
