"""One file has one key, however its address is spelled."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderoute_ls.server.session.document_uris import address_of, file_of, holds, key_of, path_of

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..")
)
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(lambda names: "/" + "/".join(names))


@given(PATHS, st.sets(st.sampled_from("+()@,;'=&!$[]^~:*")))
def test_what_an_editor_leaves_as_it_is_changes_no_key(path: str, left: set[str]) -> None:
    spelled = "file://" + quote(path, safe="/" + "".join(left))
    assert path_of(spelled, "linux") == path_of(address_of(path, "linux"), "linux")
    assert key_of(spelled, "linux") == key_of(address_of(path, "linux"), "linux")


@given(PATHS.filter(lambda path: not (path[2:3] == ":" and path[1].isascii() and path[1].isalpha())))
def test_an_address_of_a_path_leads_back_to_it(path: str) -> None:
    assert path_of(address_of(path, "linux"), "linux") == path


@given(PATHS, PATHS)
def test_two_files_have_two_keys(one: str, other: str) -> None:
    assert (key_of(address_of(one, "linux"), "linux") == key_of(address_of(other, "linux"), "linux")) == (one == other)


@pytest.mark.parametrize(
    ("system", "spellings"),
    [
        (
            "linux",
            [
                "file:///w/a%20b.py",
                "file:///w/a b.py",
                "FILE:///w/./x/../a%20b.py",
                "file://localhost/w//a%20b.py",
                "file:/w/a b.py",
            ],
        ),
        ("linux", ["file:///w/a;b%2Bc.py", "file:///w/a%3Bb+c.py", "file:///w/a%3bb%2bc.py"]),
        ("linux", ["file:///w/a%23b%3F.py", "file:///w/a#b?.py"]),
        ("win32", ["file:///C:/W/a.py", "file:///c%3A/w/A.py", "file:///c:/w/a.py", "file:///C%3a/w%2Fa.py"]),
        ("win32", ["file://Server/Share/a.py", "file://server/share/A.py"]),
        (
            "win32",
            ["file:///c:/w/a.py", "file:///c|/w/a.py", "file:///c:/w./a.py.", "file:///c:/w/a.py%20", "file:///C:/w/a.py.%20."],
        ),
        (
            "linux",
            [
                "file:///w/(old) [1] a@b, c;d's=e&f!g$h^/x",
                "file:///w/%28old%29%20%5B1%5D%20a%40b%2C%20c%3Bd%27s%3De%26f%21g%24h%5E/x",
                "file:///w/(old)%20[1]%20a@b,%20c;d's=e&f!g$h%5e/x",
                "file:///w/z/%2e%2e/(old)%20%5b1%5D%20a@b%2c%20c;d's=e&f!g$h^/./x",
            ],
        ),
        ("darwin", ["file:///W/e%CC%81.py", "file:///w/%C3%A9.py"]),
        ("linux", ["untitled:Untitled-1", "UNTITLED:Untitled-1"]),
        ("linux", ["vscode-notebook-cell:/w/a%20b.ipynb#x", "vscode-notebook-cell:/w/a b.ipynb#x"]),
    ],
)
def test_spellings_of_one_address_share_a_key(system: str, spellings: list[str]) -> None:
    assert len({key_of(spelled, system) for spelled in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), [("file:///w/A.py", "file:///w/a.py"), ("file:///w/a%252Fb", "file:///w/a%2Fb")])
def test_files_that_differ_keep_their_keys(one: str, other: str) -> None:
    assert key_of(one, "linux") != key_of(other, "linux")


def test_a_folder_holds_what_is_below_it_and_no_neighbour() -> None:
    folder = key_of("file:///w/app%2B1/", "linux")
    assert holds(folder, key_of("file:///w/app+1/src/a.py", "linux"))
    assert holds(folder, folder)
    assert not holds(folder, key_of("file:///w/app+12/a.py", "linux"))
    assert holds(key_of("file:///", "linux"), key_of("file:///a.py", "linux"))


def test_other_addresses_have_no_path() -> None:
    assert path_of("untitled:a.py") == path_of("git:/w/a.py?x") == path_of("") == ""


@pytest.mark.parametrize(
    ("cell", "file"),
    [
        ("vscode-notebook-cell:/w/a%20b.ipynb#W0sZmlsZQ%3D%3D", "file:///w/a%20b.ipynb"),
        ("vscode-notebook-cell:///w/a.ipynb#x", "file:///w/a.ipynb"),
        ("vscode-notebook-cell:/c%3A/w/a.ipynb#x", "file:///c%3A/w/a.ipynb"),
        ("vscode-notebook-cell:Untitled-1.ipynb#x", "vscode-notebook-cell:Untitled-1.ipynb#x"),
        ("file:///w/a.ipynb", "file:///w/a.ipynb"),
    ],
)
def test_a_cell_has_the_rules_of_its_notebook(cell: str, file: str) -> None:
    assert file_of(cell) == file
