"""A team that is joined, left and joined again while the server runs: each action goes where the settings of that moment say."""

from pathlib import Path
from typing import Any

from coderoute_ls.domain import Position, Span
from tests.joined_team.support import SOURCE, TEAM_KEY, gateway, member
from tests.support.provider import ScriptedProvider
from tests.support.session import KEY, NOBODY_LOCAL, Model, vendor

ALL = Span(Position(0, 0), Position(2, 0))


def changed(number: int) -> str:
    return SOURCE.replace("sum(prices)", f"sum(prices) + {number}")


async def test_each_action_goes_where_the_settings_of_that_moment_say(tmp_path: Path) -> None:
    answers = [f"```python\n{changed(number)}```" for number in (1, 3, 5)]
    async with ScriptedProvider() as own, gateway(answers) as served:
        alone = vendor(own, (Model("mine", price=0.01),))
        joined = alone + f'[team]\nurl = "{served.url}"\n'
        async with member(tmp_path, joined, key={**TEAM_KEY, KEY: "sk-scripted-0123456789abcdef"}) as (editor, team):
            file = tmp_path / "home" / "config" / "config.toml"
            buffer = editor.open((tmp_path / "work" / "a.py").as_uri(), SOURCE)
            for number in range(1, 6):
                by_team = number % 2 == 1
                if number > 1:
                    file.write_text((joined if by_team else alone) + NOBODY_LOCAL, "utf-8")
                    while bool(team.offers.offers) != by_team:  # files are looked at again with requests, now and then
                        await editor.code_actions(buffer, ALL, only=["refactor"])
                buffer = editor.open((tmp_path / "work" / f"a{number}.py").as_uri(), SOURCE)
                started = await editor.run("refactor", buffer, ALL)
                if not by_team:
                    await (await own.request()).answer(f"```python\n{changed(number)}```")
                assert (await editor.finished(started.job)).outcome == "applied"
                assert buffer.text == changed(number)
                why: Any = await editor.command("coderoute.why", {"action": "refactor"})
                assert ("team/cheap/m" in why["text"]) == by_team
                assert bool(team.offers.offers) == by_team
        assert len(served.seen) == 3
        assert len(own.log) == 2
