"""Where an editor draws its lenses: at the names of functions and classes, in the encoding that it counts in."""

from pathlib import Path

from coderoute_ls.server.rpc.messages.control_messages import Definitions
from tests.support.session import session

SOURCE = 'x = "ä😀"; y = 1\n\n\nclass Till:\n    def open(self):\n        return 0\n\n\ndef größe():\n    return 1\n'


async def test_functions_methods_and_classes_are_told_with_the_place_of_their_names(tmp_path: Path) -> None:
    async with session(tmp_path) as editor:
        buffer = editor.open("file:///work/a.py", SOURCE)
        found = Definitions.read(await editor.peer.request("coderoute/definitions", {"uri": buffer.uri}))
        assert [(each.name, buffer.slice(each.range)) for each in found.definitions] == [
            ("Till", "Till"), ("open", "open"), ("größe", "größe"),
        ]  # fmt: skip


async def test_of_a_document_that_is_not_open_or_has_no_grammar_there_are_none(tmp_path: Path) -> None:
    async with session(tmp_path) as editor:
        prose = editor.open("file:///work/a.txt", "def f\n", "plaintext")
        for uri in (prose.uri, "file:///work/absent.py"):
            assert Definitions.read(await editor.peer.request("coderoute/definitions", {"uri": uri})).definitions == []
