"""A team's gateway as those who joined it talk to it: what they fetch beside answers, and what goes along with each request."""

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from coderoute_ls.domain import Purpose
from coderoute_ls.domain.vendor import BUDGET_HEADER, LEFT_HEADER, TEAM, Vendor
from coderoute_ls.errors import BoundExceeded, ModelNotFound, ProviderError
from coderoute_ls.providers.base_url import shown
from coderoute_ls.providers.connections.public_file import Fetched, mark_in
from coderoute_ls.providers.connections.transport import Transport, read_at_most
from coderoute_ls.providers.credentials import key_header
from coderoute_ls.providers.dialect import dialect
from coderoute_ls.providers.error_responses.failed_answer import failure_of
from coderoute_ls.text.dollars import dollars
from coderoute_ls.text.invisible_characters import without_controls


async def _nothing(purpose: Purpose) -> Mapping[str, str]:
    del purpose
    return {}


@dataclass(slots=True)
class TeamCalls:
    """What goes along with requests to the gateway, and who hears of the answers. ``heard`` and ``failed`` are called on the
    event loop, often."""

    labels: Callable[[Purpose], Awaitable[Mapping[str, str]]] = _nothing
    """``repository`` and ``branch`` of a call; waits for nothing where somebody types."""
    heard: Callable[[Mapping[str, str]], None] = lambda headers: None
    """The headers of an answer, names in lower case."""
    failed: Callable[[ProviderError], None] = lambda error: None
    """A request failed."""

    async def headers(self, vendor: Vendor, purpose: Purpose | None) -> Mapping[str, str]:
        """What the gateway books a call under, and the floor that it was chosen for. Other vendors are told nothing."""
        if vendor.id != TEAM or purpose is None:
            return {}
        said = {**await self.labels(purpose), "action": purpose.action}
        told = {f"x-coderoute-{name}": quote(value, safe="/ ") for name, value in said.items() if value}
        return {**told, "x-min-coding-score": f"{purpose.floor:g}"}

    def answered(self, vendor: Vendor, headers: Mapping[str, str]) -> None:
        if vendor.id == TEAM:
            self.heard(headers)

    def broke(self, error: ProviderError) -> None:
        if error.provider == TEAM:
            self.failed(error)


def budget_said(headers: Mapping[str, str]) -> tuple[float | None, str]:
    """What the headers of an answer say of the budgets that pay for it: USD that are left, and all of it in words."""
    left, warning = headers.get(LEFT_HEADER, ""), without_controls(headers.get(BUDGET_HEADER, ""))[:300]
    usd = float(left) if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", left, re.ASCII) else None
    told = "" if usd is None else f"{dollars(usd)} is left of the budgets that pay for it"
    return usd, ". ".join(filter(None, (told, warning.removesuffix("."))))


async def fetch(
    vendor: Vendor,
    path: str,
    key: str,
    transport: Transport,
    *,
    etag: str = "",
    limit: int,
    wait_s: float,
    heard: Callable[[Mapping[str, str]], None] = lambda headers: None,
) -> Fetched | None:
    """What the gateway answers to a GET of this path below its base URL; None where it is as it was at ``etag``. ``heard``
    is told the headers of a good answer. Raises `ProviderError`."""
    how = dialect(vendor.dialect)
    headers = {
        "accept": "application/json",
        "accept-encoding": "gzip",
        "user-agent": "coderoute-ls",
        **key_header(vendor, how.auth, key),
        **({"if-none-match": etag} if etag else {}),
    }
    async with transport.send(vendor, vendor.request_url(how.name, path), headers, wait_s=wait_s) as answer:
        if answer.status == 304 and etag:
            heard(answer.headers)
            return None
        if answer.status == 404:
            raise ModelNotFound(
                f"{vendor.name} has no {path} at {shown(vendor.base_url)} (404): is the address in [team] url right?",
                provider=vendor.id,
                status=404,
            )
        if answer.status != 200:
            raise await failure_of(vendor, answer, key, model="", now=time.time)
        content = await read_at_most(answer, limit + 1)
    heard(answer.headers)
    if len(content) > limit:
        raise BoundExceeded(f"{vendor.name} sent more than {limit >> 20} MiB, which is not read.", provider=vendor.id)
    return Fetched(content, mark_in(answer.headers))
