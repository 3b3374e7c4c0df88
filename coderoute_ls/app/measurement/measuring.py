"""Lets a local model and the built-in engine complete the same masked lines."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from coderoute_ls.actions.fill_in_middle import hole
from coderoute_ls.app.application import Application
from coderoute_ls.app.measurement.masked_lines import MaskedLine, masked_lines, shares
from coderoute_ls.app.measurement.measured_models import Measured
from coderoute_ls.completion.cursor.cursor import Cursor
from coderoute_ls.completion.filter_chain import clean, complete
from coderoute_ls.domain import Brief, Delta, Offer, Span, Target
from coderoute_ls.errors import NotReady, ProviderError
from coderoute_ls.ignore import redact

PROMPT_CHARS, ANSWER_TOKENS = 3_000, 48
"""Less than ghost text is shown: each masked line is in another file, so nothing of it is in a cache."""

LOADING_S = 0.5
"""Between two questions to a model that is still loading."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What both said of the same lines, in their order; "" where nothing would have been shown."""

    places: tuple[MaskedLine, ...]
    model: tuple[str, ...]
    built_in: tuple[str, ...]

    def measured(self, now: float) -> Measured:
        (right, _), (built_in, _) = shares(self.places, self.model), shares(self.places, self.built_in)
        return Measured(len(self.places), right, built_in, datetime.fromtimestamp(now, UTC).date().isoformat())


async def compared(
    application: Application, offer: Offer, folder: Path, count: int, step: Callable[[int], None] = lambda done: None
) -> Comparison:
    """Ask both. The built-in engine learns the folder first. Raises `ProviderError` when the model cannot be asked at all."""
    places = tuple(await asyncio.to_thread(lambda: list(masked_lines(folder, count))))
    drafts = await drafted(application, folder, places)
    answers: list[str] = []
    for place in places:
        answers.append(await _patient_answer(application, offer, place))
        step(len(answers))
    return Comparison(places, tuple(answers), drafts)


async def drafted(application: Application, folder: Path, places: Sequence[MaskedLine]) -> tuple[str, ...]:
    """What the built-in engine would show alone."""
    embedded, learned = application.embedded, asyncio.Event()
    application.backend.listen_to_indexing(lambda progress: learned.set() if progress.done == progress.total else None)
    embedded.add_folder(str(folder))
    await learned.wait()
    found: list[str] = []
    for place in places:
        embedded.learn(place.document)
        draft = await embedded.draft(place.document, place.position)
        embedded.forget(place.document.uri)
        shown = clean(draft.text, Cursor(place.document, place.position)) if draft is not None else None
        found.append(shown.text if shown is not None else "")
    return tuple(found)


async def _patient_answer(application: Application, offer: Offer, place: MaskedLine) -> str:
    """As ghost text is asked for, which does not wait for a model that is still loading; here somebody does."""
    while True:
        try:
            return await _answer(application, offer, place)
        except NotReady:
            await application.engine.clock.sleep(LOADING_S)


async def _answer(application: Application, offer: Offer, place: MaskedLine) -> str:
    here = Span(place.position, place.position)
    brief = Brief(Target(place.document, here, invoked=False), here, (), PROMPT_CHARS)
    prompt = replace(hole(brief), max_tokens=ANSWER_TOKENS, stop=("\n",))
    fim = prompt.fim
    assert fim is not None
    prompt = replace(prompt, fim=replace(fim, prefix=redact(fim.prefix), suffix=redact(fim.suffix)))
    cursor, text = Cursor(place.document, place.position), ""
    try:
        async with aclosing(application.providers.stream(offer, prompt)) as events:
            async for event in events:
                if isinstance(event, Delta):
                    text += event.text
                    if complete(text, cursor):
                        break
    except ProviderError as error:
        if not error.after_text:
            raise
    shown = clean(text, cursor)
    return shown.text if shown is not None else ""
