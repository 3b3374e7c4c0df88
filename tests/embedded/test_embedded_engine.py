"""The engine as the house uses it: a real child process, a real folder."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import overload

from coderoute_ls.domain import Document, Embedded, Position, Span, Target
from coderoute_ls.embedded import EmbeddedEngine, Progress
from coderoute_ls.text import split_lines

REPEATED = "def read_{0}(path):\n    with open(path, encoding='utf-8') as stream:\n        return parse_{0}(stream.read())\n\n\n"


def document(path: Path, text: str, version: int = 1, language: str = "python") -> Document:
    return Document(path.as_uri(), language, version, split_lines(text), str(path))


@asynccontextmanager
async def engine(cache: Path, root: Path) -> AsyncGenerator[EmbeddedEngine]:
    """An engine that has learned ``root``."""
    learned = asyncio.Event()

    def hear(progress: Progress) -> None:
        if progress.done == progress.total:
            learned.set()

    embedded: Embedded = EmbeddedEngine(cache, on_progress=hear)
    assert isinstance(embedded, EmbeddedEngine)
    embedded.add_folder(str(root))
    await learned.wait()
    try:
        yield embedded
    finally:
        await embedded.close()


async def test_what_another_file_says_often_is_offered_here(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "readers.py").write_text("".join(REPEATED.format(name) for name in ("json", "toml", "yaml", "csv", "xml")))
    typed = document(root / "new.py", "def read_ini(path):\n    with open(path, ")
    async with engine(tmp_path / "cache", root) as embedded:
        draft = await embedded.draft(typed, Position(1, 20))
    assert draft is not None
    assert "encoding='utf-8') as stream:".startswith(draft.text)
    assert 0.65 <= draft.probability <= 1


async def test_a_second_start_knows_what_the_first_learned(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    source = root / "readers.py"
    source.write_text("".join(REPEATED.format(name) for name in ("json", "toml", "yaml")))
    typed = document(root / "new.py", "with open(path, ")
    async with engine(tmp_path / "cache", root) as embedded:
        first = await embedded.draft(typed, Position(0, 16))
    assert first is not None
    (kept,) = (tmp_path / "cache").glob("*.index")
    async with engine(tmp_path / "cache", root) as embedded:
        assert await embedded.draft(typed, Position(0, 16)) == first
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    async with engine(tmp_path / "cache", root) as embedded:
        assert await embedded.draft(typed, Position(0, 16)) == first


async def test_ignored_and_secret_files_are_never_learned(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "private").mkdir(parents=True)
    (root / ".gitignore").write_text("private/\n")
    canary = "canary_in_ignored_file = 'canary value'\n"
    (root / "private" / "hidden.py").write_text(canary * 5)
    (root / "secrets.yaml").write_text("canary_in_secret_file: canary\n" * 5)
    (root / "open.py").write_text("canary_in_open_file = 1\n" * 5)
    typed = document(root / "new.py", "x = 1\ncanary_in_")
    hidden = document(root / "private" / "hidden.py", canary * 5 + "canary_in_")
    async with engine(tmp_path / "cache", root) as embedded:
        embedded.learn(hidden)
        assert await embedded.draft(hidden, Position(5, 10)) is None
        draft = await embedded.draft(typed, Position(1, 10))
    assert draft is not None
    assert draft.text.startswith("open_file")


async def test_a_child_that_dies_is_started_again_and_told_everything(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "readers.py").write_text("".join(REPEATED.format(name) for name in ("json", "toml", "yaml")))
    typed = document(root / "new.py", "with open(path, ")
    learned: asyncio.Queue[Progress] = asyncio.Queue()
    embedded = EmbeddedEngine(tmp_path / "cache", on_progress=learned.put_nowait)
    embedded.add_folder(str(root))
    while (await learned.get()).done == 0:
        pass
    first = await embedded.draft(typed, Position(0, 16))
    while not learned.empty():
        learned.get_nowait()
    assert embedded._process is not None  # pyright: ignore[reportPrivateUsage]
    embedded._process.kill()  # pyright: ignore[reportPrivateUsage]
    while (await learned.get()).done == 0:
        pass
    again = await embedded.draft(typed, Position(0, 16))
    await embedded.close()
    assert first is not None
    assert again == first


async def test_actions_beyond_the_engine_get_no_answer(tmp_path: Path) -> None:
    source = document(tmp_path / "a.py", "def f(a):\n    return a\n")
    whole = Span(Position(0, 0), source.end)
    async with engine(tmp_path / "cache", tmp_path) as embedded:
        assert await embedded.answer("document", Target(source, whole), whole) is None
        explained = await embedded.answer("explain", Target(source, whole), Span(Position(0, 0), Position(1, 12)))
    assert explained is not None
    assert "function `f`".lower() in explained.text.lower()


async def test_a_closed_document_is_known_as_it_was_saved(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    saved = root / "saved.py"
    saved.write_text("name_as_it_was = 1\n" * 6)
    typed = document(root / "new.py", "x = 1\nname_as_")
    learned: asyncio.Queue[Progress] = asyncio.Queue()
    embedded = EmbeddedEngine(tmp_path / "cache", on_progress=learned.put_nowait)
    embedded.add_folder(str(root))
    while (await learned.get()).done == 0:
        pass
    embedded.learn(document(saved, "name_as_typed = 1\n" * 6))
    open_draft = await embedded.draft(typed, Position(1, 8))
    saved.write_text("name_as_saved = 1\n" * 6)
    while not learned.empty():
        learned.get_nowait()
    embedded.forget(saved.as_uri())
    while (await learned.get()).done == 0:
        pass
    closed_draft = await embedded.draft(typed, Position(1, 8))
    await embedded.close()
    assert open_draft is not None
    assert open_draft.text.startswith("typed")
    assert closed_draft is not None
    assert closed_draft.text.startswith("saved")


class Watched(Sequence[str]):
    """Lines that count how often they are read through."""

    def __init__(self, text: str) -> None:
        self._lines = split_lines(text)
        self.size = len(text)
        self.readings = 0

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self._lines[index]

    def __iter__(self) -> Iterator[str]:
        self.readings += 1
        return iter(self._lines)


async def test_a_key_costs_no_reading_of_the_document_and_a_huge_one_is_never_read(tmp_path: Path) -> None:
    versions = [Watched("open_reader(path)\n" * 9 + "open_reader"[: number + 1]) for number in range(8)]
    huge = Watched("open_writer(path)\n" * 70_000)
    documents = [Document("file:///a.py", "python", number, lines, "/a.py") for number, lines in enumerate(versions)]
    async with engine(tmp_path / "cache", tmp_path) as embedded:
        embedded.learn(Document("file:///huge.py", "python", 1, huge, "/huge.py"))
        for document in documents:
            embedded.learn(document)
        assert [lines.readings for lines in versions] == [0] * 8
        draft = await embedded.draft(documents[-1], Position(9, 8))
    assert [lines.readings for lines in versions] == [0] * 7 + [1]
    assert huge.readings == 0
    assert draft is not None
    assert "open_reader(path)".startswith("open_rea" + draft.text)


async def test_of_a_folder_that_is_too_large_the_nearest_files_are_learned_and_that_is_said_once(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "deep" / "down").mkdir(parents=True)
    (root / "near.py").write_text("near_reader(path)\n" * 20_000)
    (root / "deep" / "down" / "far.py").write_text("far_reader(path)\n" * 20_000)
    typed = [document(root / f"new_{name}.py", f"x = 1\n{name}_re") for name in ("near", "far")]
    notes: list[str] = []
    drafts: list[str] = []
    for _ in range(2):
        learned = asyncio.Event()

        def hear(progress: Progress, learned: asyncio.Event = learned) -> None:
            notes.extend([progress.note] if progress.note else [])
            if progress.done == progress.total:
                learned.set()

        embedded = EmbeddedEngine(tmp_path / "cache", memory_mb=0, on_progress=hear)
        embedded.add_folder(str(root))
        await learned.wait()
        for one in typed:
            draft = await embedded.draft(one, Position(1, len(one.lines[1])))
            drafts.append(draft.text if draft else "")
        await embedded.close()
    assert notes == [f"{root} is larger than the built-in engine's memory: it learned the 1 nearest of 2 files"]
    assert drafts[:2] == drafts[2:]
    assert drafts[0].startswith("ader")
    assert drafts[1] == ""
