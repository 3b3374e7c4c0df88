"""What the OpenAI-shaped dialects share: chat chunks, token counts and the words for an end."""

from collections.abc import Mapping
from typing import ClassVar

from coderoute_ls.domain import Delta, FinishReason, PromptRead, Usage
from coderoute_ls.domain.vendor import Vendor
from coderoute_ls.providers.dialect import Decoder, Said
from coderoute_ls.providers.json_access import Json, as_count, as_list, as_object, as_text, is_list, is_object

ENDINGS: Mapping[str, FinishReason] = {
    "stop": "stop",
    "eos": "stop",  # Together
    "eos_token": "stop",  # TGI
    "stop_sequence": "stop",  # TGI
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "length": "length",
    "max_tokens": "length",
    "max_output_tokens": "length",
    "model_length": "length",  # Mistral
    "content_filter": "filtered",
    "refusal": "refused",
    "error": "error",  # Mistral, OpenRouter
    "abort": "error",  # vLLM
    "insufficient_system_resource": "error",  # DeepSeek
    "network_error": "error",  # Z.ai
    "repetition_truncation": "error",  # Together
}
"""Words that vendors of this shape document. What is not here is ``other``, Z.ai's ``sensitive`` among it."""


def openai_usage(value: object) -> Usage | None:
    """Usage of chat and text completions; None when there is none. Most vendors count reasoning inside the output, xAI beside
    it: the total tells. Some say ``input_tokens`` and ``output_tokens``.
    """
    raw: Json = as_object(value)
    if not raw:
        return None
    prompt = as_count(raw.get("prompt_tokens")) or as_count(raw.get("input_tokens"))
    completion = as_count(raw.get("completion_tokens")) or as_count(raw.get("output_tokens"))
    prompt_details = as_object(raw.get("prompt_tokens_details"))
    reasoning = as_count(as_object(raw.get("completion_tokens_details")).get("reasoning_tokens"))
    reasoning = reasoning or as_count(raw.get("reasoning_tokens"))
    beside = reasoning > 0 and as_count(raw.get("total_tokens")) == prompt + completion + reasoning
    cached = as_count(prompt_details.get("cached_tokens")) or as_count(raw.get("prompt_cache_hit_tokens"))
    return Usage(
        input=prompt,
        output=completion + reasoning if beside else completion,
        cached_read=cached or as_count(raw.get("cached_tokens")),
        cached_write=as_count(prompt_details.get("cache_write_tokens")),
        reasoning=reasoning,
        raw=raw,
    )


def prompt_read(timings: Json) -> PromptRead:
    """llama.cpp's own account of a prompt."""
    spent = timings.get("prompt_ms")
    seconds = spent / 1000 if isinstance(spent, int | float) else 0.0
    return PromptRead(as_count(timings.get("prompt_n")), as_count(timings.get("cache_n")), seconds)


class ChoicesDecoder(Decoder):
    """Chunks and whole answers with ``choices``. Choice 0 counts; where there never is one, the one that there is."""

    endings: ClassVar[Mapping[str, FinishReason]] = ENDINGS
    answer_keys: ClassVar[tuple[str, ...]] = ("choices", "usage", "x_groq")

    def __init__(self, vendor: Vendor) -> None:
        super().__init__(vendor)
        self._first_seen = False
        self._others: list[Json] = []
        """What came of another choice than 0, until its end shows that it is the only one."""

    def event(self, name: str, data: Json) -> Said:
        if not self.model:
            self.model = as_text(data.get("model"))
        if "timings" in data and self.read is None:
            self.read = prompt_read(as_object(data["timings"]))
        if self.beside is not None:
            return self._conversation(name, data)
        delta = None
        choices = data.get("choices")
        for choice in choices if is_list(choices) else ():
            if not is_object(choice):
                continue
            if choice.get("error"):
                self.fail(choice)
            if not choice.get("index"):
                self._first_seen = True
                delta = self.piece(choice)
                if choice.get("finish_reason"):
                    self._ended(choice)
                break
            delta = self._other(choice) or delta
        self._billed(data)
        return delta

    def _billed(self, data: Json) -> None:
        usage = data.get("usage")
        if usage or ("x_groq" in data and (usage := as_object(data["x_groq"]).get("usage"))):
            self.count(openai_usage(usage))
            self.over = self.ended  # with or behind the finish reason, the bill is the last thing that matters

    def _conversation(self, name: str, data: Json) -> Said:
        """An event of an answer that may hold more than text."""
        beside = self.beside
        assert beside is not None
        if (text := beside.plain(data)) is not None:
            if data.get("usage") or "x_groq" in data:
                self._billed(data)
            return text
        events = beside.event(name, data)
        for choice in filter(is_object, as_list(data.get("choices"))):
            if choice.get("error"):
                self.fail(choice)
            if beside.index(choice) == 0:
                if refusal := spoken(as_object(choice.get("delta")) or as_object(choice.get("message")))[2]:
                    self.refused(refusal)
                if wire := as_text(choice.get("finish_reason")):
                    self.end(wire, final=False)
                if stop := as_text(choice.get("stop_reason")):  # vLLM
                    self.stop_text = stop
        self.ended = self.ended or beside.all_ended
        self._billed(data)
        return events

    def _other(self, choice: Json) -> Delta | None:
        """A choice that is not 0: it is kept until its end shows that it is the only one."""
        if self._first_seen:
            return None
        self._others.append(choice)
        index = choice.get("index")
        if not choice.get("finish_reason") or index != self._others[0].get("index"):
            return None
        return self._take([other for other in self._others if other.get("index") == index])

    def done(self) -> None:
        super().done()
        if self.vendor.ends_unsaid and self.reason is None and self.usage is not None:
            self.reason = "stop"

    def whole(self, body: Json) -> Said:
        if not any(map(is_object, as_list(body.get("choices")))):
            self.fail(body)
        return self.event("", body)

    def piece(self, choice: Json) -> Delta | None:
        """What one choice adds to the answer; some servers answer here in the shape of a chat, and there in this one."""
        text = as_text(choice.get("text")) or as_text(as_object(choice.get("delta") or choice.get("message")).get("content"))
        return Delta(text) if text else None

    def _take(self, choices: list[Json]) -> Delta:
        self._others.clear()
        deltas = [delta for choice in choices if (delta := self.piece(choice)) is not None]
        self._ended(choices[-1])
        return Delta("".join(delta.text for delta in deltas), "".join(delta.reasoning for delta in deltas))

    def _ended(self, choice: Json) -> None:
        wire = choice.get("finish_reason")
        if isinstance(wire, str) and wire:
            self.end(wire)


class ChatDecoder(ChoicesDecoder):
    """Chat: the text is in ``delta``, or in ``message`` where the answer is whole, or the server thinks that it is."""

    def __init__(self, vendor: Vendor) -> None:
        super().__init__(vendor)
        self._said: list[str] = []

    def is_event(self, data: Json) -> bool:
        return any(is_object(choice) and "delta" in choice for choice in as_list(data.get("choices")))

    def piece(self, choice: Json) -> Delta | None:
        delta = choice.get("delta")
        if is_object(delta) and len(delta) == 1 and (text := delta.get("content")) and isinstance(text, str):
            self._said.append(text)  # nearly every event of nearly every vendor
            return Delta(text)
        text, reasoning = self._spoken(as_object(delta))
        if not text and "message" in choice:
            text, aloud = self._spoken(as_object(choice.get("message")))
            said = "".join(self._said)
            if text.startswith(said):  # Perplexity repeats beside each delta all that was said so far
                text = text[len(said) :]
            elif "delta" in choice:
                text = ""
            reasoning = reasoning or ("" if said else aloud)
        text = text or as_text(choice.get("text"))
        if text:
            self._said.append(text)
        return Delta(text, reasoning) if text or reasoning else None

    def _spoken(self, said: Json) -> tuple[str, str]:
        """Text and reasoning of a delta or a message; a refusal in it is noted."""
        text, reasoning, refusal = spoken(said)
        if refusal:
            self.refused(refusal)
        return text, reasoning


def spoken(said: Json) -> tuple[str, str, str]:
    """Text, reasoning and refusal of a delta or a message."""
    text = said.get("content")
    reasoning = said.get("reasoning_content") or said.get("reasoning") or ""
    if not isinstance(text, str):
        text, inner = _parts(text)
        reasoning = reasoning or inner
    if not isinstance(reasoning, str) or not reasoning:
        reasoning = _details(said["reasoning_details"]) if "reasoning_details" in said else ""
    return text, reasoning, as_text(said.get("refusal"))


def _details(details: object) -> str:
    """Reasoning of OpenRouter's typed list, where it says nothing in plain."""
    return "".join(
        as_text(detail.get("text")) or as_text(detail.get("summary")) for detail in as_list(details) if is_object(detail)
    )


def _parts(content: object) -> tuple[str, str]:
    """Text and reasoning of Mistral's list form of ``content``."""
    text = reasoning = ""
    for part in as_list(content):
        if is_object(part):
            if part.get("type") == "thinking":
                inner = part.get("thinking")
                reasoning += (
                    inner
                    if isinstance(inner, str)
                    else "".join(as_text(as_object(piece).get("text")) for piece in as_list(inner))
                )
            else:
                text += as_text(part.get("text"))
    return text, reasoning
