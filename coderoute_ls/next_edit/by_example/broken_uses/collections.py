"""A collection of another kind: a list that became a map by key, one text that became several."""

import re
from collections.abc import Iterator

from coderoute_ls.next_edit.by_example.assembly import Place
from coderoute_ls.next_edit.by_example.broken_uses.broken_use import LIKELY, Evidence

_TYPED = re.compile(r"(?P<name>[A-Za-z_$][\w$]*)\s*:\s*(?P<type>[^=;,\n)]+)")
_LIST = re.compile(r"^(?:\w+\[\]|(?:Array|ReadonlyArray)<.*|[Ll]ist\[.*|\(.*\)\[\])$")
_MAP = re.compile(r"^(?:Record<|Map<|[Dd]ict\[|\{\s*\[)")
_TEXT = frozenset({"str", "string"})


def list_to_map(evidence: Evidence) -> Iterator[Place]:
    """``users.push(user)`` to ``users[user.id] = user``, ``users.find(…)`` to ``users[id]``; the code says what the key is."""
    now = {match["name"]: match["type"].strip() for match in _TYPED.finditer(evidence.new)}
    for match in _TYPED.finditer(evidence.old):
        name, kind = match["name"], now.get(match["name"], "")
        if _LIST.match(match["type"].strip()) and _MAP.match(kind):
            yield from _lookups(evidence, name, kind)


def _lookups(evidence: Evidence, name: str, kind: str) -> Iterator[Place]:
    whole = rf"(?P<all>(?:(?:this|self)\.)?(?<![\w$]){re.escape(name)})"
    script = rf"{whole}\.find\(\(?(?P<item>\w+)\)?\s*=>\s*(?P=item)\.(?P<key>\w+)\s*===?\s*(?P<value>[\w.]+)\)"
    python = rf"next\(\(?(?P<item>\w+) for (?P=item) in {whole} if (?P=item)\.(?P<key>\w+) == (?P<value>[\w.]+)\)?(?:, None)?\)"
    why = f"`{name}` is a map now"
    keys: list[str] = []
    for match in evidence.code(python if evidence.text.language == "python" else script):
        keys.append(match["key"])
        read = (
            f".get({match['value']})" if evidence.text.language == "python" or kind.startswith("Map<") else f"[{match['value']}]"
        )
        yield evidence.place((match.start(), match.end()), f"{match['all']}{read}", "collection", why, LIKELY)
    if len(set(keys)) != 1:
        return
    for match in evidence.code(rf"{whole}\.(?:push|append)\((?P<value>[\w.]+)\)"):
        value, key = match["value"], f"{match['value']}.{keys[0]}"
        new = f"{match['all']}.set({key}, {value})" if kind.startswith("Map<") else f"{match['all']}[{key}] = {value}"
        yield evidence.place((match.start(), match.end()), new, "collection", why, LIKELY)


def text_to_list(evidence: Evidence) -> Iterator[Place]:
    """A text that became several: what was written of it is joined, what was compared with it is looked for."""
    if evidence.text.language != "python":
        return
    now = {match["name"]: match["type"].strip() for match in _TYPED.finditer(evidence.new)}
    for match in _TYPED.finditer(evidence.old):
        name = match["name"]
        if match["type"].strip() not in _TEXT or not re.fullmatch(
            r"(?:list|set|tuple|List|Set)\[str(?:, \.\.\.)?\]", now.get(name, "")
        ):
            continue
        why = f"`{name}` holds several now"
        for use in evidence.code(rf"\{{(?P<all>[\w.]+\.{name})(?P<call>\.\w+\(\))?\}}", also_strings=True):
            item = name[0]
            each = f"({item}{use['call']} for {item} in {use['all']})" if use["call"] else f"({use['all']})"
            yield evidence.place((use.start(), use.end()), f"{{', '.join{each}}}", "several", why, LIKELY)
        for use in evidence.code(rf"(?P<all>[\w.]+\.{name}) == (?P<value>[\w.]+|\"[^\"\n]*\")"):
            yield evidence.place((use.start(), use.end()), f"{use['value']} in {use['all']}", "several", why, LIKELY)
