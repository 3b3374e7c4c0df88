"""The last look at a finished request, whatever built it: what looks like a credential is not sent."""

from dataclasses import replace
from pathlib import PurePath

from coderoute_ls.domain import Document, Message, Position, Prompt, Span
from coderoute_ls.engine.types import EngineCall
from coderoute_ls.errors import SecretFound
from coderoute_ls.ignore import find, redact
from coderoute_ls.text import with_endings

AROUND_LINES = 40
"""Lines on each side of the region that are looked at for what they say of it."""


def cleared(call: EngineCall) -> EngineCall:
    """The call with each secret of its prompt replaced by a word.

    Raises `SecretFound` when the region that the answer is about, or would replace, holds one: a model that does not see it
    would destroy it. The message names the file, the line and the kind.
    """
    if call.region.start != call.region.end:
        _refuse(call.target.document, call.region)
    prompt = _without(call.prompt)
    if call.action.surface in ("replace", "insert") and prompt is not call.prompt:
        region = with_endings(call.target.document.slice(call.region), "\n").rstrip("\n")
        if region and not any(region in message.text for message in prompt.messages):
            raise SecretFound(_said(call.target.document, call.region.start.line, "secret"))
    return call if prompt is call.prompt else replace(call, prompt=prompt)


def _refuse(document: Document, region: Span) -> None:
    first, last = max(0, region.start.line - AROUND_LINES), min(len(document.lines), region.end.line + AROUND_LINES + 1)
    before = document.slice(Span(Position(first, 0), region.start))
    inside = document.slice(region)
    text = before + inside + document.slice(Span(region.end, Position(last, 0)))
    for secret in find(text):
        if secret.start < len(before) + len(inside) and secret.end > len(before):
            raise SecretFound(_said(document, first + text.count("\n", 0, secret.start), secret.kind))


def _said(document: Document, line: int, kind: str) -> str:
    name = PurePath(document.path or document.uri).name or "this document"
    return (
        f"Nothing was sent: line {line + 1} of {name} holds what looks like a secret ({kind}). "
        "Move it out of the selection, or into a file that is not sent."
    )


def _without(prompt: Prompt) -> Prompt:
    """The prompt without its secrets; the same one where there are none."""
    messages = tuple(Message(message.role, redact(message.text)) for message in prompt.messages)
    fim = prompt.fim
    if fim is not None:
        snippets = tuple(replace(snippet, text=redact(snippet.text)) for snippet in fim.snippets)
        fim = replace(fim, prefix=redact(fim.prefix), suffix=redact(fim.suffix), snippets=snippets)
    system = redact(prompt.system)
    if (system, messages, fim) == (prompt.system, prompt.messages, prompt.fim):
        return prompt
    return replace(prompt, system=system, messages=messages, fim=fim)
