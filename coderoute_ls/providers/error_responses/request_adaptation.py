"""How requests to one offer are changed so that its endpoint takes them: learned from what it refused, one thing at a time."""

import re
from dataclasses import dataclass, replace

from coderoute_ls.domain import Message, Prompt
from coderoute_ls.errors import ProviderError, RequestRejected
from coderoute_ls.providers.error_responses import error_phrases
from coderoute_ls.providers.error_responses.error_body import ErrorBody
from coderoute_ls.providers.json_access import Json
from coderoute_ls.text.lazy_regex import LatePattern

DROPPABLE = frozenset(
    {"stream_options", "temperature", "stop", "suffix", "session_id", "prompt_cache_key", "max_tokens", "max_completion_tokens"}
    | {"reasoning_effort", "reasoning", "thinking", "enable_thinking", "chat_template_kwargs", "output_config", "think"}
    | {"top_p", "top_k", "min_p", "presence_penalty", "frequency_penalty", "repetition_penalty", "seed", "random_seed", "user"}
    | {"safety_identifier", "metadata", "parallel_tool_calls", "tool_choice", "include"}
)
"""Body fields without which a request still means the same, or nearly: then that is told as a loss. An endpoint that refuses one
is not sent it again."""
_RENAMED = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
_ALIASES = {"think": "thinking", "suffix": "insert"}
"""What Ollama calls these fields when it refuses them."""
LEAST_ANSWER = 16
"""Tokens. A limit below this is no answer."""


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What differs from the request that the dialect would write."""

    without: frozenset[str] = frozenset()
    """Body fields that are not sent."""
    limit: int | None = None
    """Most tokens that may be asked for."""
    system_in_user: bool = False
    """The endpoint takes no system text: it opens the first message of the user."""
    unstreamed: bool = False
    """The endpoint does not stream."""
    lasting: bool = True
    """It holds for later requests too; False where it follows from the length of this one."""

    def sound(self) -> "Adaptation":
        """Without what nothing that is learned could be: for one that comes out of a file."""
        limit = self.limit if self.limit is not None and self.limit >= LEAST_ANSWER else None
        return replace(self, without=self.without & DROPPABLE, limit=limit, lasting=True)

    def prompt(self, prompt: Prompt) -> Prompt:
        """The prompt as this endpoint takes it."""
        if self.limit is not None and prompt.max_tokens > self.limit:
            prompt = replace(prompt, max_tokens=self.limit)
        if self.system_in_user and prompt.system and prompt.fim is None:
            first, *rest = prompt.messages or (Message("user", ""),)
            opening = replace(first, text=f"{prompt.system}\n\n{first.text}".rstrip())
            prompt = replace(prompt, system="", messages=(opening, *rest))
        return prompt

    def body(self, body: Json) -> Json:
        """The body without the refused fields; a limit on the answer is renamed, not dropped."""
        if not self.without:
            return body
        kept = {name: value for name, value in body.items() if name not in self.without}
        for name in self.without & _RENAMED.keys() & body.keys():
            if _RENAMED[name] not in self.without:
                kept[_RENAMED[name]] = body[name]
        return kept

    def learned(self, error: ProviderError, prompt: Prompt, body: Json, *, streamed: bool) -> "Adaptation | None":
        """What else to change after this refusal of ``body``; None where nothing that the words name can be changed."""
        said = error.complaint
        if type(error) is not RequestRejected or error.status == 402 or not isinstance(said, ErrorBody):
            return None
        words = said.everything
        if streamed and _NO_STREAM.search(words):
            return replace(self, unstreamed=True)
        if prompt.system and not self.system_in_user and _NO_SYSTEM.search(words):
            return replace(self, system_in_user=True)
        if error_phrases.LIMIT_TOO_LARGE.search(words):
            lower = _lower(said, prompt.max_tokens)
            lasting = self.lasting and _OF_THIS_PROMPT.search(words) is None
            return None if lower is None else replace(self, limit=lower, lasting=lasting)
        known = DROPPABLE if _UNKNOWN.search(words) else DROPPABLE - _RENAMED.keys()
        field = _refused_field(said, known & body.keys() - self.without)
        return None if field is None else replace(self, without=self.without | {field})


_NO_STREAM = LatePattern(
    r"\bstream(?:ing)?\b(?!_)[^.]{0,60}(?:not (?:support|allow|available|enabled|permitted)|n.t support|unsupported"
    r"|disabled|must be false)"
    r"|(?:not|n.t) support[^.]{0,30}\bstream(?:ing)?\b(?!_)|verified to stream"
)
_NO_SYSTEM = LatePattern(
    r"\bsystem\b[^.]{0,60}(?:not (?:support|allow|enabled|permitted)|n.t support|unsupported|invalid)"
    r"|(?:not|n.t) support[^.]{0,40}\bsystem\b|developer instruction is not enabled|only user[^.]{0,30} roles"
    r"|roles must alternate"
    r"|invalid role[^.]{0,20}system"
)
_UNKNOWN = LatePattern(
    r"n.t support|not (?:supported|permitted|allowed)|un(?:supported|known|recogni[sz]ed|expected)|extra|instead"
)
"""Only a limit under a name that is not known is taken out; one that is only wrong stays."""
_OF_THIS_PROMPT = LatePattern(r"input tokens|prompt tokens|in the messages|your (?:prompt|messages|request) (?:has|contains)")
_ROOM = LatePattern(r"(\d+) > (\d+) - (\d+)")
_NUMBER = LatePattern(r"(?<![\w.-])(\d[\d,_]*)(?![\w-])(\s*\(exclusive\))?")


def _lower(said: ErrorBody, asked: int) -> int | None:
    """A limit below the one asked for: what the words name, else half. None where that is too little to be an answer."""
    if room := _ROOM.search(said.everything):
        lower = int(room[2]) - int(room[3])
    else:
        named = (
            int(re.sub(r"\D", "", number)) - bool(exclusive) for number, exclusive in _NUMBER.compiled.findall(said.words.lower())
        )
        lower = max((number for number in named if LEAST_ANSWER <= number < asked), default=asked // 2)
    return lower if LEAST_ANSWER <= lower < asked else None


def _refused_field(said: ErrorBody, fields: frozenset[str]) -> str | None:
    """Which of these body fields the vendor says it does not take, by name; None when it names none."""
    words = said.fields | frozenset(re.findall(r"[a-z_]+", said.words.lower()))
    return next((name for name in sorted(fields) if name in words or _ALIASES.get(name) in words), None)
