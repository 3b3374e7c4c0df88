"""The page of a team's spending: who may look, and what is read for it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coderoute_ls.engine import CallRecord
from coderoute_ls.errors import CoderouteError
from coderoute_ls.gateway.caller_error import CallerError, caller_error
from coderoute_ls.selection.record import DecisionRecord, record
from coderoute_ls.selection.report.decision_explanation import explain_text
from coderoute_ls.team.database import connected

if TYPE_CHECKING:
    from coderoute_ls.team.keys import Key

CALLS = "/team/calls/"


@dataclass(frozen=True)
class TeamPages:
    """Implements `coderoute_ls.gateway.gateway.Pages`. Each page reads over a connection of its own, in a thread: calls keep the
    pool's."""

    url: str
    """Of the database."""
    key: "Key | None" = None
    """Whose it is; None: nobody was admitted yet."""

    async def page(self, path: str, query: Mapping[str, str]) -> str | None:
        if self.key is None or "usage" not in self.key.scopes.rights:
            message = (
                "This key may not look at everybody's spending. `coderoute-ls team key create --right usage` makes one that may."
            )
            raise CallerError(403, "permission", message)
        try:
            return await asyncio.to_thread(self._read, path, query)
        except CoderouteError as error:
            raise caller_error(error) from error

    def message(self, title: str, message: str) -> str:
        from coderoute_ls.team.web.pages import message_page

        return message_page(title, message)

    def headers(self) -> dict[str, str]:
        from coderoute_ls.team.web.pages import security_headers

        return security_headers()

    def _read(self, path: str, query: Mapping[str, str]) -> str | None:
        from coderoute_ls.team.web.overview import PERIODS, call_page, overview
        from coderoute_ls.team.web.pages import call_html, overview_page

        with connected(self.url) as connection:
            if path.startswith(CALLS):
                found = call_page(connection, path.removeprefix(CALLS))
                return None if found is None else call_html(found)
            period = query.get("period", "month")
            return overview_page(overview(connection, period)) if period in PERIODS else None


def words_of(call: CallRecord) -> str:
    """Why the call went where it went. Without the offers that were not chosen: to tell those takes tens of milliseconds."""
    words = explain_text(DecisionRecord.model_validate(record(call.decision, call.state)))
    return "\n".join([words, *(f"{hop.offer} was tried before: {hop.error}" for hop in call.hops)])
