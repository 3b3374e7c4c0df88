"""Signs in a conversation that its present turn is hard: calls that fail, calls that repeat, tests that stay red. Pure.

The limits are rules of thumb. One failure is how agents work: they try and read what went wrong. Twice is a sign.
"""

import re
from collections import Counter
from collections.abc import Sequence

import orjson

from coderoute_ls.domain import Message, Prompt
from coderoute_ls.domain.conversation import ToolCall, ToolResult
from coderoute_ls.domain.conversation.content import words_of

FAILURES = 2
"""Failed calls, or red test runs, from which a turn is hard."""
LOOKED_AT = 8_000
"""Characters at the end of a result in which a verdict is looked for: it comes last."""


def hard_turn(prompt: Prompt) -> tuple[str, ...]:
    """Why the turn is hard, in words; () for one that is not. A turn begins with the user's last own words."""
    calls: dict[str, str] = {}
    seen: Counter[tuple[str, str]] = Counter()
    failed = red = 0
    green = True
    for message in _turn(prompt.messages):
        for part in message.parts:
            if isinstance(part, ToolCall):
                calls[part.id] = f"{part.name} {_canonical(part.arguments)}"
            elif isinstance(part, ToolResult):
                said = "\n".join(words_of(part.parts))
                verdict = said[-LOOKED_AT:]
                failed += part.error or _FAILED.search(verdict) is not None
                if _TEST_REPORT.search(verdict):
                    green = _RED.search(verdict) is None
                    red += not green
                if (call := calls.get(part.call_id)) is not None:
                    seen[call, said] += 1
    found: list[str] = []
    if failed >= FAILURES:
        found.append(f"{failed} tool calls failed")
    if red >= FAILURES and not green:
        found.append(f"tests failed {red} times")
    if any(count > 1 for count in seen.values()):
        found.append("a call was repeated with the same result")
    return tuple(found)


def _turn(messages: Sequence[Message]) -> Sequence[Message]:
    """From the last message that the user wrote; results of tools are no words of theirs."""
    for index in range(len(messages) - 1, -1, -1):
        message = messages[index]
        if message.role == "user" and not any(isinstance(part, ToolResult) for part in message.content):
            return messages[index:]
    return messages


def _canonical(arguments: str) -> str:
    try:
        return orjson.dumps(orjson.loads(arguments), option=orjson.OPT_SORT_KEYS).decode()
    except (orjson.JSONDecodeError, TypeError):
        return arguments


_FAILED = re.compile(
    r"(?i)\b(?:exit(?:ed)?(?: with)?(?: exit)?(?: code| status)|return code|exit_code)\"?\s*[:=]?\s*(?:-\d|[1-9])\d*\b"
    r"|^Traceback \(most recent call last\):",
    re.MULTILINE,
)
"""How shells, and the tools around them, tell that a command did not end well."""
_TEST_REPORT = re.compile(
    r"(?m)\b\d+ (?:passed|failed|passing|failing|pass|fail)\b|^(?:ok|FAIL|---? (?:PASS|FAIL):)\s|^test result: |^Ran \d+ tests?\b"
    r"|\bTests run: \d+"
)
"""Last lines of pytest, jest, vitest, mocha, go test, cargo test, unittest and Maven."""
_RED = re.compile(
    r"(?m)\b[1-9]\d* (?:failed|failing|fail|errors?)\b|^(?:FAIL\b|--- FAIL:)|^test result: FAILED|^FAILED \("
    r"|\b(?:Failures|Errors): [1-9]"
)
