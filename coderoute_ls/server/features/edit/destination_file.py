"""The file that an action's answer goes into when that is another file: found, created, opened."""

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types as lsp

from coderoute_ls.actions.tests_location import end_of_tests, home_of_tests
from coderoute_ls.domain import Document, Snippet, Span, Target
from coderoute_ls.embedded.index.source_files import walk
from coderoute_ls.errors import Unsupported
from coderoute_ls.ignore import Ignore, redact
from coderoute_ls.server.features.job_dependencies import JobDependencies
from coderoute_ls.server.rpc.editor_client import Client
from coderoute_ls.server.session.document_uris import address_of
from coderoute_ls.server.session.documents import Documents
from coderoute_ls.server.session.file_access import FileAccess
from coderoute_ls.text import indent_step

OPENS_S = 10.0
"""Seconds an editor may take to open a file that it was asked to show."""
SHOWN_CHARS = 8_000
"""How much of an existing test file the model is shown."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an answer goes, and what of that file helps to write it."""

    document: Document
    region: Span
    snippets: tuple[Snippet, ...] = ()
    unit: str = ""
    """One level of indentation where the document does not say: as the file that is tested writes it."""
    created: bool = False
    """The file was created for the answer."""


async def destination(client: Client, documents: Documents, files: FileAccess, target: Target) -> Destination:
    """Where the tests of the target's file go. Raises `Unsupported` where there is no place or the editor cannot open it."""
    source, folder = Path(target.document.path or "?"), Path(target.folder or "?")
    if source.suffix == ".ipynb":
        if target.document.language != "python":
            raise Unsupported("Where the tests of this notebook would go is not known.")
        source = source.with_suffix(".py")
    if not source.is_relative_to(folder):
        raise Unsupported("This file is in no workspace folder, so its tests have no place.")
    relative = await asyncio.to_thread(_home, source.relative_to(folder).as_posix(), str(folder))
    path = folder / relative
    if not await asyncio.to_thread(_inside, path, folder):
        raise Unsupported(f"{relative} leads out of the workspace folder by a link: nothing is written there.")
    created = not path.exists()
    document = await _opened(client, documents, path)
    region = end_of_tests(document)
    existing = document.text
    unit = indent_step(target.document.lines[:400])
    if document.uri == target.document.uri or not existing.strip() or not _may_show(files, document, target):
        return Destination(document, region, unit=unit, created=created)
    return Destination(document, region, (Snippet(relative, redact(existing)[-SHOWN_CHARS:], "test"),), unit)


def _may_show(files: FileAccess, document: Document, target: Target) -> bool:
    return files.allowed(document.rules_path) and files.together(document.uri, target.document.uri)


def _inside(path: Path, folder: Path) -> bool:
    """Whether the path leads to a place in the folder, links followed."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


def _home(source: str, folder: str) -> str:
    files = (Path(found.path).relative_to(folder).as_posix() for found in walk(folder, Ignore((folder,))))
    return home_of_tests(source, files)


async def _opened(client: Client, documents: Documents, path: Path) -> Document:
    """The file as an open document of the editor, created first where there is none."""
    uri = address_of(str(path))
    document = documents.get(uri)
    if document is not None:
        return document
    if not path.exists():  # noqa: ASYNC240  (one look)
        create = lsp.CreateFile(uri=uri, options=lsp.CreateFileOptions(ignore_if_exists=True))
        if not await client.apply(lsp.WorkspaceEdit(document_changes=[create])):
            raise Unsupported(f"The editor did not create {path.name}.")
    opening = documents.arrival(uri)
    if not await client.show_document(uri):
        raise Unsupported(f"The editor did not open {path.name}.")
    try:
        return await asyncio.wait_for(opening, OPENS_S)
    except TimeoutError:
        raise Unsupported(f"The editor did not open {path.name} within {OPENS_S:g} s.") from None


async def delete_created(services: JobDependencies, uri: str) -> None:
    """Delete a file that was created for an answer, unless somebody has written in it."""
    client, document = services.client, services.documents.get(uri)
    if not client.can.delete_files or (document is not None and document.text.strip()):
        return
    delete = lsp.DeleteFile(uri=uri, options=lsp.DeleteFileOptions(ignore_if_not_exists=True))
    with suppress(Unsupported):
        await client.apply(lsp.WorkspaceEdit(document_changes=[delete]))
