"""A gateway that somebody joined: a real one on scripted vendors, or one that answers only what the test says."""

import subprocess
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from coderoute_ls.app.application import Application
from coderoute_ls.app.joined_team.joined_team import JoinedTeam
from coderoute_ls.domain import Delta, FimSupport, Finish, Offer, Score, Usage
from coderoute_ls.gateway.gateway import Gateway
from coderoute_ls.gateway.http.access_control import admit
from coderoute_ls.selection.offer_list import offer_list
from coderoute_ls.team.policy.policy import Policy
from coderoute_ls.team.policy.signed_policy import SignedPolicy, new_signing_key, sign
from tests.engine.support import CHEAP, DEAR, Step, World
from tests.gateway.support import TOKEN, able, gateway_of, listening
from tests.support.editor import ScriptedEditor
from tests.support.session import session

PRIVATE = new_signing_key()
TEAM_KEY = {"CODEROUTE_TEAM_KEY": TOKEN}
SOURCE = "def total(prices):\n    return sum(prices)\n"


def full(offer: Offer) -> Offer:
    """For conversations, and for ghost text as well."""
    score = offer.scores["coding"]
    scores: dict[Any, Score] = {"coding": score, "completion": score}
    fills = {**able(offer).capabilities, "fim": True}
    return replace(offer, capabilities=fills, scores=scores, fim=FimSupport("openai-completions"))


OFFERS = (full(CHEAP), full(DEAR))

LIST: Any = offer_list(OFFERS, {}, {})
NONE = {"policy": None}


def said(text: str) -> Sequence[Step]:
    return (Delta(text), Finish("stop", Usage(20, 10), "m"))


@dataclass
class Joined:
    """A gateway, and how it is now."""

    url: str
    world: World
    seen: list[Mapping[str, str]]
    """The headers of each call that a model was asked for."""
    signed: Policy | None = None
    version: int = 1
    issued: float | None = None
    max_age_s: float = 3_600.0
    key: str = PRIVATE


@asynccontextmanager
async def gateway(answers: Sequence[str] = (), *, policy: Policy | None = None, **more: Any) -> AsyncGenerator[Joined]:
    """One whose cheap model says these. ``policy``: what it serves, signed; None: it signs none."""
    served, world = gateway_of({"cheap": [said(text) for text in answers], "dear": []}, more.pop("offers", OFFERS), **more)
    held = Joined("", world, [], policy)

    def signed() -> Mapping[str, object]:
        assert held.signed is not None
        issued = time.time() if held.issued is None else held.issued
        return sign(SignedPolicy(held.signed, held.version, issued, held.max_age_s), held.key)

    @dataclass
    class Callers:
        async def gateway_for(self, gateway: Gateway, headers: Mapping[str, str], face: str) -> Gateway:
            admit(headers, TOKEN)
            if face:
                held.seen.append(headers)
            return replace(gateway, policy=None if held.signed is None else signed)

    async with listening(replace(served, callers=Callers())) as url:
        held.url = url
        yield held


def user(url: str, more: str = "", team: str = "") -> str:
    """The settings of somebody who joined."""
    return f'[embedded]\nenable = false\n\n[team]\nurl = "{url}"\n{team}\n{more}'


@asynccontextmanager
async def member(
    place: Path, file: str, *, key: Mapping[str, str] = TEAM_KEY, **more: Any
) -> AsyncGenerator[tuple[ScriptedEditor, JoinedTeam]]:
    """An editor whose server joined, once the gateway was asked what there is."""
    made: list[Application] = []
    async with session(place, file, environ=key, made=made.append, **more) as editor:
        team = made[0].team.joined
        assert team is not None
        await team.met.wait()
        yield editor, team


def repository(work: Path) -> None:
    work.mkdir()
    origin = "https://user:secret@git.example/acme/shop.git"
    for line in (["init", "-q", "-b", "café"], ["remote", "add", "origin", origin]):
        subprocess.run(["git", *line], cwd=work, check=True)
