"""``coderoute-ls demo``: an editor without a screen uses the main features of the real server process on real code."""

import asyncio
import os
import tempfile
import time
from pathlib import Path

import click

from coderoute_ls import __version__
from coderoute_ls.cli._demo_code import Material, Place, functions, language_of, named_file, places, read, standard_package
from coderoute_ls.cli._demo_floors import rows, with_keys
from coderoute_ls.cli._demo_output import Screen
from coderoute_ls.cli._demo_server import SPEND_USD, STEP_TIMEOUT, Failed, served
from coderoute_ls.cli._style import examples
from coderoute_ls.domain import Span
from coderoute_ls.lsp_client.json_rpc_peer import Json, Refused
from coderoute_ls.lsp_client.scripted_editor import Buffer, Editor, items_of
from coderoute_ls.selection import Catalog
from coderoute_ls.selection.record import DecisionRecord
from coderoute_ls.server.rpc.messages.coderoute_messages import JobFinished, RunStarted, Why, WhyParams
from coderoute_ls.server.session.document_uris import path_of
from coderoute_ls.text.dollars import dollars

SEED = 7
GHOSTS = 3
TRIES = 80
"""Places, or functions, to look at before saying that nothing was offered."""
LOCAL_TIMEOUT = 5.0
"""Seconds for the server to look for local model servers."""

NO_MODEL = (
    "No model was asked: no provider's key is in the environment (OPENROUTER_API_KEY is one), and no local server is used. "
    "The built-in engine answers instead: it learns from this folder and is not a model."
)


@click.command(epilog=examples("coderoute-ls demo", "coderoute-ls demo src/app.py:120", "coderoute-ls demo --local --seed 3"))
@click.argument("where", metavar="[FILE[:LINE]]", required=False)
@click.option("--local", is_flag=True, help="Use a local model server if one is listening.")
@click.option(
    "--seed", default=SEED, show_default=True, help="Chooses the places where the demo asks; the same seed gives the same places."
)
def COMMAND(where: str | None, local: bool, seed: int) -> None:
    """Play an editor against the real server: ghost text, a refactor, an explanation, and why each model was chosen.

    Works on a copy of a standard library package, or on FILE, which is never written to.
    """
    with tempfile.TemporaryDirectory(prefix="coderoute-demo-") as scratch:
        material = standard_package(Path(scratch)) if where is None else _named(where)
        home = Path(scratch) / "home"
        home.mkdir()
        try:
            asyncio.run(_play(material, home, local=local, seed=seed, strict=where is None))
        except (Failed, Refused, ConnectionError, TimeoutError, ValueError) as error:
            raise click.ClickException(f"The demo did not finish: {str(error) or 'the server did not answer in time'}") from error


def _named(where: str) -> Material:
    name, colon, line = where.rpartition(":")
    path, number = (Path(name), int(line)) if colon and line.isdecimal() else (Path(where), None)
    if not path.is_file():
        raise click.BadParameter(f"{path} is not a file", param_hint="FILE")
    return named_file(path, number)


async def _play(material: Material, home: Path, *, local: bool, seed: int, strict: bool) -> None:
    """All steps, on one server. ``strict``: at least one suggestion must be accepted and one function really change."""
    screen = Screen()
    screen.line(
        f"coderoute-ls {__version__}: each AI action in your editor goes to the cheapest model that is good enough.", "bold"
    )
    _floors(screen)
    screen.line(f"\nFrom here on everything is real, on {material.title}, seed {seed}.")
    async with served(material, home, local=local) as editor:
        demo = _Demo(editor, screen, material, seed)
        await demo.wait_until_ready()
        if local:
            await demo.find_local()
        accepted = await demo.ghost_text()
        changed = await demo.refactor()
        await demo.explain()
        demo.close()
    if strict and not accepted:
        raise Failed("no suggestion was accepted.")
    if strict and not changed:
        raise Failed("no function was changed.")


def _floors(screen: Screen) -> None:
    """The same request at three floors. No model is asked."""
    catalog, vendors = Catalog.bundled(), with_keys(os.environ)
    screen.heading("1  One refactoring at different quality floors: who would be asked")
    cells = [
        (f"{row.floor:.2f}", row.model or "no model", row.vendor, row.cost, row.key)
        for row in rows(catalog, vendors, time.time())
    ]
    screen.line("")
    screen.table(("floor", "model", "vendor", "about", "key"), cells)
    whose = "of the keys that are set here" if vendors else "if you had every key; one is enough"
    screen.line(f"\n  Prices of {catalog.compiled[:10]}, {whose}. You set the floor for each action and each folder.")


class _Demo:
    """The steps, in the order they are shown."""

    def __init__(self, editor: Editor, screen: Screen, material: Material, seed: int) -> None:
        self._editor = editor
        self._screen = screen
        self._material = material
        self._seed = seed
        self._told = False

    async def wait_until_ready(self) -> None:
        """The limits on spending hold, and the built-in engine knows the folder, as it does in an editor open for a while."""
        async with asyncio.timeout(STEP_TIMEOUT):
            await self._editor.until(lambda: self._editor.settings_asked > 0)
            await self._editor.until(lambda: self._editor.has_learned(self._material.folder))

    async def find_local(self) -> None:
        """Give the server a moment to find local model servers, and say what it found."""
        try:
            async with asyncio.timeout(LOCAL_TIMEOUT):
                await self._editor.until(lambda: bool(self._editor.questions))
        except TimeoutError:
            self._screen.line("No local model server is listening.")
        for question in self._editor.questions:
            self._screen.line(f"{question} Yes, because of --local.")

    async def ghost_text(self) -> int:
        """Offer ghost text at places until three were shown and one was accepted; returns how many were accepted."""
        self._screen.heading(f"2  Ghost text at {GHOSTS} cursor positions")
        shown = accepted = silent = 0
        last: Why | None = None
        for place, _ in zip(places(self._material, self._seed), range(TRIES), strict=False):
            buffer = self._open(place.file, place.text)
            started = time.perf_counter()
            async with asyncio.timeout(STEP_TIMEOUT):
                items = items_of(await self._editor.inline(buffer, place.cursor, invoked=False).result)
            elapsed = 1000 * (time.perf_counter() - started)
            if items:
                shown += 1
                last = await self._why("inline_completion", buffer)
                accepted += await self._judge(buffer, place, items[0], elapsed)
            else:
                silent += 1
            self._editor.close(buffer)
            if shown >= GHOSTS and accepted:
                break
        if silent:
            self._screen.line(
                f"\n  At {silent} {'other ' if shown else ''}positions: no suggestion (nothing was likely enough to show)."
            )
        if last is not None:
            self._tell(last)
            if (unmet := DecisionRecord.model_validate(last.decision).unmet) is not None and "no_credentials" in unmet.rule:
                self._screen.line(f"\n  {NO_MODEL}", "bold")
        return accepted

    async def _judge(self, buffer: Buffer, place: Place, item: Json, elapsed: float) -> bool:
        """Show the offer; accept it when the author wrote the same."""
        cursor = buffer.position(place.cursor)
        span = item.get("range") or {"start": cursor, "end": cursor}
        inserted: str = item["insertText"]
        offered = inserted.removeprefix(buffer.slice({"start": span["start"], "end": cursor}))
        same = place.written.startswith(offered.split("\n")[0].rstrip())
        verdict = "accepted: the author went on the same way" if same else f"declined: the author wrote {place.written!r}"
        where = f"{place.file.relative_to(self._material.folder)}:{place.cursor.line + 1}:{place.cursor.character + 1}"
        self._screen.ghost(where, place, offered, verdict, elapsed)
        if same:
            self._editor.edit(buffer, {"range": span, "newText": inserted})
            if command := item.get("command"):
                await self._editor.command(command["command"], *command.get("arguments", ()))
        return same

    async def refactor(self) -> bool:
        """Run the refactor on functions until one really changes; returns whether one did."""
        self._screen.heading("3  A refactor, streamed into the buffer as versioned edits")
        untouched = 0
        for (file, definition), _ in zip(functions(self._material, self._seed), range(TRIES), strict=False):
            buffer = self._open(file, read(file))
            before, version = buffer.text, buffer.version
            finished, title = await self._act("refactor.rewrite.coderoute.refactor", buffer, definition.span)
            why = await self._why("refactor", buffer)
            self._editor.close(buffer)
            if finished.outcome == "applied" and buffer.text != before:
                where = f"{definition.name} in {file.relative_to(self._material.folder)}"
                edits = buffer.version - version
                self._screen.line(f"\n  {title}: {where}, {edits} {'edit' if edits == 1 else 'edits'}. {finished.message}")
                self._screen.diff(file.name, before, buffer.text)
                self._tell_untouched(untouched)
                self._tell(why)
                return True
            untouched += 1
        self._tell_untouched(untouched)
        return False

    async def explain(self) -> None:
        """Run the explanation of one function, and show the document that was written."""
        self._screen.heading("4  An explanation, streamed into a document")
        file, definition = next(functions(self._material, self._seed), (None, None))
        if file is None or definition is None:
            self._screen.line("  There is no function here to explain.")
            return
        buffer = self._open(file, read(file))
        _, title = await self._act("source.coderoute.explain", buffer, definition.span)
        async with asyncio.timeout(STEP_TIMEOUT):
            await self._editor.until(lambda: bool(self._editor.shown))
        text = self._document(self._editor.shown[-1])
        self._screen.line(f"\n  {title}: {definition.name} in {file.relative_to(self._material.folder)}\n")
        self._screen.document(text)
        self._screen.line("")
        self._tell(await self._why("explain", buffer))
        self._editor.close(buffer)

    def close(self) -> None:
        """The last line: what it cost."""
        spent = self._editor.statuses[-1].today_usd if self._editor.statuses else 0.0
        self._screen.line(f"\nSpent: {dollars(spent)} of at most {dollars(SPEND_USD)}. No file was written to.", "bold")

    async def _act(self, kind: str, buffer: Buffer, selection: Span) -> tuple[JobFinished, str]:
        """Ask for the code actions here, take the one of this kind, and wait for its end; also returns its title."""
        async with asyncio.timeout(STEP_TIMEOUT):
            offered = await self._editor.code_actions(buffer, selection, only=[kind])
            action = next((one for one in offered if one.get("kind") == kind), None)
            if action is None:
                raise Failed(f"the server offered no {kind} at {buffer.uri}.")
            command = action["command"]
            started = RunStarted.read(await self._editor.command(command["command"], *command["arguments"]))
            finished = await self._editor.finished(started.job)
        if finished.outcome not in ("applied", "unchanged"):
            raise Failed(f"{action['title']}: {finished.outcome}. {finished.message}")
        return finished, action["title"]

    async def _why(self, action: str, buffer: Buffer) -> Why:
        """The last decision, told by the server."""
        params = WhyParams(action=action, uri=buffer.uri)
        why = Why.read(await self._editor.command("coderoute.why", params.told()))
        if why.decision is None:
            raise Failed(f"the server has no record of its decision for {action}.")
        return why

    def _tell(self, why: Why) -> None:
        """What holds for all decisions alike is told with the first one."""
        self._screen.line("\n  Why:")
        once = ("No key", "  with ", "Known:", "Newer than")
        lines = [line for line in why.text.splitlines() if not (self._told and line.startswith(once))]
        self._screen.decision("\n".join(lines))
        self._told = True

    def _open(self, file: Path, text: str) -> Buffer:
        return self._editor.open(file.as_uri(), text, language_of(file))

    def _document(self, uri: str) -> str:
        """What the server wrote into a document that it asked to show."""
        return self._editor.buffers[uri].text if uri in self._editor.buffers else read(Path(path_of(uri)))

    def _tell_untouched(self, count: int) -> None:
        if count:
            self._screen.line(f"\n  In {count} other functions: nothing safe to change.\n", "dim")
