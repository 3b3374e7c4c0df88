"""A commit message without a model: it names what was added, removed, renamed or updated, and claims no reason."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import PurePosixPath

from coderoute_ls.domain import Answer, Document
from coderoute_ls.text.git_patch import Change, FilePatch, file_patches

LONGEST = 72
"""Characters of a subject that every tool shows."""
_NAMED = 3
"""Files of one kind of change that are named; of more, the folder or their number is."""
_ORDER: tuple[Change, ...] = ("add", "update", "rename", "remove")
_NOTE = "Named from the diff's structure, without a model: what changed, not why."


def commit_message(document: Document) -> Answer | None:
    """The message for a staged diff; None where it holds no file."""
    patches = file_patches(document.text)
    if not patches:
        return None
    whole = _subject(patches)
    if len(whole) <= LONGEST:
        return Answer(whole, changed=True, notes=(_NOTE,))
    body = "\n".join(f"- {_capital(_line(patch))}" for patch in patches)
    return Answer(f"{_short(patches)}\n\n{body}", changed=True, notes=(_NOTE,))


def _subject(patches: Sequence[FilePatch]) -> str:
    """All changes in one line: ``Add parser.py, update main.py and lexer.py``."""
    parts: list[str] = []
    for change in _ORDER:
        same = [patch for patch in patches if patch.change == change]
        if change == "rename":
            parts += [_line(patch) for patch in same]
        elif same:
            parts.append(f"{change} {_listed([_name(patch.path, patches) for patch in same])}")
    if len(patches) == 1 and patches[0].change == "update" and (where := _within(patches[0])):
        parts = [f"{parts[0]}: {where}"]
    return _capital(", ".join(parts))


def _short(patches: Sequence[FilePatch]) -> str:
    """What there is room for in a subject: one verb, and the folder that holds all of it or the number of files."""
    changes = {patch.change for patch in patches}
    verb = _capital(changes.pop()) if len(changes) == 1 else "Update"
    count = f"{len(patches)} files" if len(patches) > 1 else "1 file"
    folder = _common_folder(patches)
    said = f"{verb} {count} in {folder}" if folder else f"{verb} {count}"
    return said if len(said) <= LONGEST else f"{verb} {count}"


def _line(patch: FilePatch) -> str:
    if patch.change != "rename":
        return f"{patch.change} {patch.path}"
    old, new = PurePosixPath(patch.old_path), PurePosixPath(patch.path)
    if old.name == new.name:
        return f"move {new.name} to {new.parent}"
    return f"rename {old.name if old.parent == new.parent else old} to {new.name if old.parent == new.parent else new}"


def _within(patch: FilePatch) -> str:
    """The one definition that all hunks of a file are in, as far as git names it: ``total``."""
    names = {name for said in patch.changed_names() if (name := _defined(said))}
    return names.pop() if len(names) == 1 and len(patch.changed_names()) == 1 else ""


_KEYWORDS = frozenset({"def", "class", "func", "fn", "function", "struct", "interface", "impl", "trait", "module"})


def _defined(head: str) -> str:
    """The name in the head of a definition that git shows beside a hunk; "" where that cannot be told."""
    words = head.replace("(", " ( ").replace(":", " ").replace("{", " ").replace("<", " <").split()
    after = next((word for before, word in pairwise(words) if before in _KEYWORDS), "")
    return after if after.isidentifier() else ""


def _name(path: str, patches: Sequence[FilePatch]) -> str:
    """The file's name, with its folder where another file is called the same."""
    name = PurePosixPath(path).name
    twins = sum(PurePosixPath(patch.path).name == name for patch in patches)
    return name if twins == 1 else path


def _listed(names: Sequence[str]) -> str:
    if len(names) > _NAMED:
        return f"{len(names)} files"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _common_folder(patches: Sequence[FilePatch]) -> str:
    parts = [PurePosixPath(patch.path).parent.parts for patch in patches]
    shared: list[str] = []
    for names in zip(*parts, strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return "/".join(shared)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
