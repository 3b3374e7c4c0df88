"""Writes what the extension shares with the server: message types, vendors with their key variables, the manifest's settings and
actions; and gathers every sentence for people in ``package.nls.json`` and ``l10n/bundle.l10n.json``, to be translated there.

``python client-vscode/generate.py`` writes; ``--check`` only tells what is stale and exits 1.
"""

import ast
import inspect
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from coderoute_ls.app.ghost_text_keys import ghost_text_kinds
from coderoute_ls.domain import Action
from coderoute_ls.module_discovery import discover
from coderoute_ls.providers.configured_vendors import VENDORS
from coderoute_ls.server.rpc.messages import (
    chat_messages,
    coderoute_messages,
    commit_messages,
    control_messages,
    instruction_messages,
    next_edit_messages,
    review_messages,
)
from coderoute_ls.settings import Declared, declarations
from coderoute_ls.text import camel

HERE = Path(__file__).parent
MESSAGES = (
    coderoute_messages,
    next_edit_messages,
    commit_messages,
    control_messages,
    instruction_messages,
    chat_messages,
    review_messages,
)
ACTIONS = discover("coderoute_ls.actions", "ACTION", Action)
WARNING = "// Written by generate.py from the server's declarations: do not edit.\n"

_SIMPLE = {"str": "string", "int": "number", "float": "number", "bool": "boolean", "None": "null", "Json": "Json"}


def type_of(node: ast.expr) -> str:
    """The TypeScript type of a Python annotation, as far as messages.py uses them."""
    match node:
        case ast.Name(id=name):
            return _SIMPLE.get(name, name)
        case ast.Constant(value=None):
            return "null"
        case ast.BinOp(left=left, right=right):
            return f"{type_of(left)} | {type_of(right)}"
        case ast.Subscript(value=ast.Name(id="list"), slice=inner):
            return f"{type_of(inner)}[]"
        case ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Tuple(elts=choices)):
            return " | ".join(_quoted(cast("ast.Constant", choice).value) for choice in choices)
        case _:
            raise TypeError(f"No TypeScript type for {ast.unparse(node)}")


def _quoted(value: object) -> str:
    return f"'{value}'"


def _comment(text: str | None, indent: str = "") -> str:
    if not text:
        return ""
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    return f"{indent}/** {f'{chr(10)}{indent} * '.join(lines)} */\n"


def _fields(body: list[ast.stmt]) -> Iterator[str]:
    for index, statement in enumerate(body):
        if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
            continue
        after = body[index + 1] if index + 1 < len(body) else None
        doc = ast.literal_eval(after.value) if isinstance(after, ast.Expr) else None
        optional = "" if statement.value is None else "?"
        yield f"{_comment(doc, '  ')}  {camel(statement.target.id)}{optional}: {type_of(statement.annotation)};\n"


def message_types() -> str:
    """``src/messages.ts``: an interface per message and a constant per method."""
    parts = [WARNING, "\nexport type Json = Record<string, unknown>;\n"]
    methods: dict[str, str] = {}
    for module in MESSAGES:
        tree = ast.parse(inspect.getsource(module))
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        parts += [
            f"\n{_comment(ast.get_docstring(node))}export interface {node.name} {{\n{''.join(_fields(node.body))}}}\n"
            for node in classes
        ]
        methods |= {name: value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}
    parts += ["\n", *(f"export const {name} = '{value}';\n" for name, value in methods.items())]
    return "".join(parts)


def vendor_table() -> str:
    """``src/vendors.ts``: whose keys can be set, the variable each is handed over in, and whether it gives ghost text."""
    vendors = [vendor for vendor in VENDORS.values() if vendor.key_name]
    kinds = ghost_text_kinds(vendor.id for vendor in vendors)
    lines = [
        f"  {{ name: {_quoted(vendor.name)}, variable: {_quoted(vendor.key_name)}, ghostText: {_quoted(kinds[vendor.id])} }},\n"
        for vendor in vendors
    ]
    head = "export const VENDORS: readonly { name: string; variable: string; ghostText: string }[] = [\n"
    return f"{WARNING}\n{head}{''.join(lines)}];\n"


_JSON_TYPES = {"text": "string", "list": "array", "table": "object"}


def _property(declared: Declared, order: int) -> dict[str, object]:
    """One setting as VS Code wants it. Machine scope keeps it out of a workspace's hands."""
    kind = _JSON_TYPES.get(declared.type, declared.type)
    found: dict[str, object] = {
        "order": order,
        "scope": "resource" if declared.safe else "machine",
        "type": kind if declared.default is not None else [kind, "null"],
        "default": declared.default,
        "markdownDescription": declared.doc,
        "enum": [*declared.enum, *([None] if declared.default is None else [])] if declared.enum else None,
        "items": {"type": "string"} if declared.type == "list" and not declared.name.startswith("providers") else None,
        "minimum": declared.minimum,
        "maximum": declared.maximum,
    }
    return {key: value for key, value in found.items() if value is not None or key == "default"}


_TITLES = {
    "": "Models",
    "models": "Models: Lists and Scores",
    "models.scores": "Models: Lists and Scores",
    "openrouter": "OpenRouter",
    "edits": "Streamed Edits",
    "explain": "Explanations",
    "embedded": "Built-in Engine",
}


def _schema_of_entries(fields: list[Declared]) -> dict[str, object]:
    """The value of a setting whose keys are free names, such as ``coderoute.providers``."""
    properties = {field.camel.rpartition(".")[2]: _property(field, 0) for field in fields}
    for value in properties.values():
        for key in ("order", "scope", "default"):
            value.pop(key)
        value["description"] = value.pop("markdownDescription")
    return {"type": "object", "properties": properties, "additionalProperties": False}


def configuration() -> list[dict[str, object]]:
    """``contributes.configuration`` but for the extension's own section."""
    sections: dict[str, dict[str, object]] = {}
    free: dict[str, list[Declared]] = {}
    for declared in declarations():
        if declared.name.startswith("actions.<id>."):
            for action in ACTIONS.values():
                title = f"Action: {action.title}"
                section = sections.setdefault(title, {})
                name = declared.camel.replace("<id>", action.id)
                section[f"coderoute.{name}"] = _property(declared, len(section))
        elif "<id>" in declared.name:
            free.setdefault(declared.name.partition(".<id>")[0], []).append(declared)
        else:
            head = declared.name.rpartition(".")[0]
            section = sections.setdefault(_TITLES.get(head, head.title()), {})
            section[f"coderoute.{declared.camel}"] = _property(declared, len(section))
    for name, fields in free.items():
        sections.setdefault(_TITLES.get(name, name.title()), {})[f"coderoute.{name}"] = {
            "scope": "machine",
            "type": "object",
            "default": {},
            "markdownDescription": f"By name: {', '.join(field.camel.rpartition('.')[2] for field in fields)}.",
            "additionalProperties": _schema_of_entries(fields),
        }
    return [{"title": title, "properties": properties} for title, properties in sections.items()]


_ACTION = "coderoute.action."
_KEYS = {
    "refactor": "r",
    "document": "d",
    "fix": "f",
    "explain": "x",
    "explain_error": "h",
    "tests": "t",
    "commit_message": "g",
}
"""The second key of the leader's chords. One for each action: `make generate` fails for an action without."""
_GROUPS = {"replace": "1_edit", "insert": "1_edit", "new_file": "1_edit", "report": "2_read"}
Rows = list[dict[str, object]]


def _with_actions(contributes: dict[str, object]) -> None:
    """A command, a chord and a place in the menu for each action. ``edit`` has a command of its own, which asks what to do."""
    asked = [action for action in ACTIONS.values() if (action.kind or action.surface == "message") and action.id != "edit"]
    commands = [row for row in cast("Rows", contributes["commands"]) if not str(row["command"]).startswith(_ACTION)]
    keys = [row for row in cast("Rows", contributes["keybindings"]) if not str(row["command"]).startswith(_ACTION)]
    menus = cast("dict[str, Rows]", contributes["menus"])
    submenu = [row for row in menus["coderoute.actions"] if not str(row["command"]).startswith(_ACTION)]
    for order, action in enumerate(asked, start=2):
        command, message = _ACTION + action.id, action.surface == "message"
        icon = {"icon": "$(sparkle)"} if message else {}
        commands.append({"category": "CodeRoute", "command": command, "title": _capitals(action.title), **icon})
        chord = {"key": f"ctrl+alt+a {_KEYS[action.id]}", "mac": f"cmd+alt+a {_KEYS[action.id]}"}
        keys.append({"command": command, **chord, **({} if message else {"when": "editorTextFocus"})})
        if not message:
            reads = "" if action.surface == "report" else "!editorReadonly"
            where = {"when": reads} if reads else {}
            submenu.append({"command": command, "group": f"{_GROUPS[action.surface]}@{order}", **where})
    contributes["commands"], contributes["keybindings"], menus["coderoute.actions"] = commands, keys, submenu


def _capitals(title: str) -> str:
    """As VS Code writes the names of commands: ``Write the Commit Message``."""
    return " ".join(word if word in {"a", "at", "by", "of", "the"} else word[:1].upper() + word[1:] for word in title.split())


_FOR_PEOPLE = ("title", "description", "markdownDescription", "label")


def _moved(node: object, path: tuple[str, ...], known: Mapping[str, str], texts: dict[str, str]) -> object:
    """The manifest with a key in place of each sentence; ``texts`` gets the sentences, ``known`` are those of before."""
    if isinstance(node, list):
        rows = cast("list[object]", node)
        return [_moved(row, (*path, _called(row, at)), known, texts) for at, row in enumerate(rows)]
    if not isinstance(node, dict):
        return node
    moved: dict[str, object] = {}
    for name, value in cast("dict[str, object]", node).items():
        if name in _FOR_PEOPLE and isinstance(value, str) and value:
            key = value[1:-1] if re.fullmatch(r"%[^%]+%", value) else ".".join((*path, name))
            texts[key] = known[key] if value == f"%{key}%" else value
            moved[name] = f"%{key}%"
        else:
            inner = ("settings",) if name == "properties" and path[:1] == ("configuration",) else (*path, name)
            moved[name] = _moved(value, inner, known, texts)
    return moved


def _called(row: object, at: int) -> str:
    """What a row of a list is called in keys."""
    table = cast("dict[str, object]", row) if isinstance(row, dict) else {}
    name = table.get("command") or table.get("id") or table.get("submenu") or ("properties" in table and table.get("title"))
    return re.sub(r"[^\w.]+", "-", name.removeprefix("coderoute.")).strip("-") if isinstance(name, str) else str(at)


def manifest() -> tuple[str, str]:
    """``package.json`` with the generated sections after the extension's own, which is the first; and ``package.nls.json`` with
    all that it says to people."""
    known = cast("dict[str, str]", json.loads((HERE / "package.nls.json").read_text("utf-8")))
    package = cast("dict[str, dict[str, object]]", json.loads((HERE / "package.json").read_text("utf-8")))
    contributes = package["contributes"]
    _with_actions(contributes)
    contributes["configuration"] = [cast("list[object]", contributes["configuration"])[0], *configuration()]
    texts: dict[str, str] = {}
    for part in ("contributes", "capabilities"):
        package[part] = cast("dict[str, object]", _moved(package[part], (), known, texts))
    texts = {"description": known["description"], **texts}
    return tuple(json.dumps(each, indent=2, ensure_ascii=False) + "\n" for each in (package, texts))  # pyright: ignore[reportReturnType]


_SAID = re.compile(r"""\bl10n\.t\(\s*('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")""")
_CALLS = re.compile(r"\bl10n\.t\(")


def bundle() -> str:
    """``l10n/bundle.l10n.json``: every sentence of the sources, as VS Code looks it up: by itself."""
    found: set[str] = set()
    for file in sorted((HERE / "src").glob("*.ts")):
        text = file.read_text("utf-8")
        said = _SAID.findall(text)
        if len(said) != len(_CALLS.findall(text)):
            raise ValueError(f"{file.name}: l10n.t takes one plain text, so that it can be found and translated")
        found |= {str(ast.literal_eval(each)) for each in said}
    return json.dumps({each: each for each in sorted(found)}, indent=2, ensure_ascii=False) + "\n"


def generated() -> Mapping[Path, str]:
    """Every generated file with the text it should have."""
    package, texts = manifest()
    return {
        HERE / "src" / "messages.ts": message_types(),
        HERE / "src" / "vendors.ts": vendor_table(),
        HERE / "package.json": package,
        HERE / "package.nls.json": texts,
        HERE / "l10n" / "bundle.l10n.json": bundle(),
    }


def stale() -> list[Path]:
    """Files that differ from what the declarations say now."""
    return [path for path, text in generated().items() if not path.exists() or path.read_text("utf-8") != text]


def main() -> int:
    found = stale()
    if "--check" in sys.argv[1:]:
        for path in found:
            sys.stderr.write(f"{path} is stale: run client-vscode/generate.py\n")
        return 1 if found else 0
    texts = generated()
    for path in found:
        path.write_text(texts[path], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
