"""Whatever way an editor spells addresses, the settings of a folder hold for what is in it."""

from pathlib import Path
from urllib.parse import quote

import orjson
import pytest

from coderoute_ls.domain import Position
from coderoute_ls.lsp_client.scripted_editor import items_of
from tests.support.provider import ScriptedProvider
from tests.support.session import session, vendor

EGLOT = "/+()@,;'=&!$:~*"
ZED = EGLOT + "[]^"


@pytest.mark.parametrize("left", ["/", EGLOT, ZED, "/;", "/&="], ids=["VS Code", "eglot", "Zed", "semicolons", "others"])
async def test_files_that_a_folder_names_are_not_sent(tmp_path: Path, left: str) -> None:
    folder = tmp_path / "C++ (old) [1] a@b, c;d's=e&f!g$h^"
    folder.mkdir()
    (folder / "coderoute.toml").write_text('[context]\nignore = ["private/**"]\n')
    async with ScriptedProvider() as provider, session(tmp_path, vendor(provider), folders=[folder]) as editor:
        spelled = "file://" + quote(str(folder), safe=left)
        hidden = editor.open(f"{spelled}/private/a;b.py", "def invoice_total(invoice):\n    \n")
        assert items_of(await editor.inline(hidden, Position(1, 4)).result) == []
        shown = editor.open(f"{spelled}/main;x.py", "print(invoice_total(\n")
        asked = editor.inline(shown, Position(0, 20), invoked=False)
        await (await provider.request()).answer("1))")
        await asked.result
        sent = orjson.dumps(provider.log).decode()
        assert "print(invoice_total(" in sent, "the request is real"
        assert "def invoice_total" not in sent
