"""Fast typing with a request at every key: each is answered, few go upstream, the last answer is for the last text."""

from dataclasses import replace
from pathlib import Path

from coderoute_ls.domain import TIMING, Position
from coderoute_ls.lsp_client.json_rpc_peer import Answer, Refused
from coderoute_ls.lsp_client.scripted_editor import items_of
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

TYPED = "return sum(item.price * item.count for item in it"
"""49 keys, and one for the colon before."""


async def outcome(answer: Answer) -> str | None:
    """The offered text; None for nothing, or for a request that was cancelled as outdated."""
    try:
        items = items_of(await answer.result)
    except Refused as error:
        assert error.code in (-32800, -32801, -32802)
        return None
    return items[0]["insertText"] if items else None


async def test_fifty_keys_with_a_request_each(tmp_path: Path) -> None:
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider) + "\n[inline]\ndebounce_ms = 0\n") as editor:
        buffer = editor.open("file:///a.py", "def total(items)\n    ")
        editor.type(buffer, Position(0, 16), ":")
        answers = [editor.inline(buffer, Position(1, 4), invoked=False)]
        for count, key in enumerate(TYPED):
            editor.type(buffer, Position(1, 4 + count), key)
            answers.append(editor.inline(buffer, Position(1, 5 + count), invoked=False))
            await editor.settle()
        request = await provider.request()
        while not str(request.json["prompt"]).endswith(TYPED):
            request = await provider.request()
        await request.answer("ems)")
        assert (await outcome(answers[-1]) or "").endswith("ems)")
        assert len([await outcome(answer) for answer in answers]) == 50
        assert provider.max_in_flight <= 2


async def test_a_local_server_reads_what_was_changed_once_the_editor_is_idle(tmp_path: Path) -> None:
    at_once, user = replace(TIMING, idle=0.01), "local = true\n"
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider) + user, timing=at_once) as editor:
        buffer = editor.open("file:///a.py", "def total(items):\n    return 1\n")
        editor.type(buffer, Position(1, 12), "234")
        while (idle := await provider.request()).method != "POST":
            await idle.respond(200, {"data": []})  # the list of models may be asked for at any time
        assert idle.json["max_tokens"] == 1
        assert str(idle.json["prompt"]).endswith("def total(items):\n    return 1")
        assert str(idle.json["suffix"]).startswith("234"), "a file that was only opened is not read"
        await idle.answer("x")
