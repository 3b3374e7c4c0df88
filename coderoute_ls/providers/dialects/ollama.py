"""``ollama``: Ollama's own API as JSON lines: ``/api/chat`` to talk, ``/api/generate`` with a suffix to fill a hole."""

from collections.abc import Mapping
from typing import ClassVar

from coderoute_ls.domain import Delta, FinishReason, Prompt, Usage
from coderoute_ls.providers.dialect import Decoder, Dialect, DialectCall, DialectRequest, Said
from coderoute_ls.providers.fill_in_middle_templates import fill_for_cache, with_snippets
from coderoute_ls.providers.json_access import Json, as_count, as_object, as_text, is_object

CONTEXT = 16_384
"""Ollama cuts longer prompts without a word, at 4,096 tokens unless ``num_ctx`` says otherwise; and another ``num_ctx`` than the
last one makes it load the model again. So every request says the same, but for the few that need more."""
BYTES_PER_TOKEN = 3
"""At least, of code and of every script: a Chinese character is three bytes, and mostly one token."""


def encode(ask: DialectRequest) -> DialectCall:
    """What is beside text is written by a module of its own, loaded then."""
    call = _plain(ask)
    if ask.prompt.text_only or ask.prompt.fim is not None:
        return call
    from coderoute_ls.providers.requests.ollama import written

    return written(ask, call)


def _plain(ask: DialectRequest) -> DialectCall:
    """A model whose template takes no suffix gets its raw FIM tokens."""
    prompt, fim, support = ask.prompt, ask.prompt.fim, ask.offer.fim
    options: Json = {"num_predict": prompt.max_tokens}
    stops = (*(support.stop if fim is not None and support else ()), *prompt.stop)
    if stops:
        options["stop"] = list(stops)
    if prompt.temperature is not None:
        options["temperature"] = prompt.temperature
    options["num_ctx"] = _context(ask)
    body: Json = {"model": ask.offer.wire_id, "stream": ask.stream, "options": options}
    if ask.effort is not None:
        body["think"] = ask.effort != "none"
    if fim is None:
        messages: list[object] = [{"role": "system", "content": prompt.system}] if prompt.system else []
        messages += [{"role": message.role, "content": message.text} for message in prompt.messages]
        return DialectCall("/api/chat", {**body, "messages": messages})
    if support is not None and support.template is not None:
        return DialectCall("/api/generate", {**body, "prompt": fill_for_cache(support.template, fim), "raw": True})
    return DialectCall("/api/generate", {**body, "prompt": with_snippets(fim), "suffix": fim.suffix})


def _context(ask: DialectRequest) -> int:
    """Room for prompt and answer: the same for all but the longest, which are given powers of two."""
    needed = _bytes(ask.prompt) // BYTES_PER_TOKEN + ask.prompt.max_tokens
    size = max(CONTEXT, 1 << max(needed - 1, 0).bit_length())
    return min(size, ask.offer.context) if ask.offer.context else size


def _bytes(prompt: Prompt) -> int:
    fim = prompt.fim
    texts = [prompt.system or prompt.system_words, *(message.text or message.words for message in prompt.messages)]
    if fim is not None:
        texts += [fim.prefix, fim.suffix, *(snippet.text for snippet in fim.snippets)]
    return prompt.chars + sum(len(text.encode("utf-8", "replace")) - len(text) for text in texts if not text.isascii())


class OllamaDecoder(Decoder):
    """Every line has the same shape; the last one says ``done`` and counts. Ollama says no reason where it was interrupted."""

    endings: ClassVar[Mapping[str, FinishReason]] = {"stop": "stop", "length": "length"}

    def holds_answer(self, data: Json) -> bool:
        return "done" in data or "response" in data or is_object(data.get("message"))

    def event(self, name: str, data: Json) -> Said:
        self.model = self.model or as_text(data.get("model"))
        if data.get("done"):
            self.over = True
            self.end(as_text(data.get("done_reason")))
            counts = {name: data[name] for name in ("prompt_eval_count", "eval_count") if name in data}
            self.count(Usage(as_count(data.get("prompt_eval_count")), as_count(data.get("eval_count")), raw=counts))
        if self.beside is not None:
            return self.beside.event(name, data)
        said = as_object(data.get("message")) or data
        text, reasoning = as_text(said.get("content")) or as_text(data.get("response")), as_text(said.get("thinking"))
        return Delta(text, reasoning) if text or reasoning else None

    def whole(self, body: Json) -> Said:
        return self.event("", body)


DIALECT = Dialect("ollama", encode, OllamaDecoder, beside="ollama", framing="lines", fim=True, models_path="/api/tags")
