"""What the user may do about a finished edit: keep it, undo it, ask a stronger model, or see the answer that was refused."""

from typing import Literal

from coderoute_ls.domain import Action, Chosen
from coderoute_ls.errors import Unsupported
from coderoute_ls.server.features.edit.apply_edit import EditWriter
from coderoute_ls.server.features.edit.edit_outcome import Outcome
from coderoute_ls.server.features.job_dependencies import JobDependencies
from coderoute_ls.server.rpc.messages.coderoute_messages import JobFinished
from coderoute_ls.server.rpc.messages.review_messages import ChoiceOffered
from coderoute_ls.text.dollars import dollars

_OVERTYPED = "You have changed lines of the answer since, so it can no longer be taken back here; use the editor's own undo."

Choice = Literal["keep", "undo", "retry", "show"]


def choices_of(outcome: Outcome, stronger: Chosen | None) -> list[ChoiceOffered]:
    """What the user may do about an edit that ended so. ``stronger`` is which offer to ask instead."""
    match outcome:
        case "applied":
            choices = [ChoiceOffered(choice="keep", title="Keep"), ChoiceOffered(choice="undo", title="Undo")]
        case "refused":
            choices = [ChoiceOffered(choice="show", title="Show the answer")]
        case "stopped":
            choices = [ChoiceOffered(choice="undo", title="Undo")]
        case _:
            return []
    if stronger is not None:
        price = f"≈ {dollars(stronger.cost.expected_usd, 2)}" if stronger.cost.expected_usd else "free"
        choices.append(ChoiceOffered(choice="retry", title=f"Retry on {stronger.offer.name} ({price})"))
    return choices


def title_of(action: Action, finished: JobFinished) -> str:
    """``Refactor by swift, $0.0002``."""
    paid = f", {dollars(finished.cost_usd)}" if finished.cost_usd else ""
    return f"{action.title} by {finished.model or 'CodeRoute'}{paid}"


async def take_back_answer(services: JobDependencies, writer: EditWriter) -> None:
    """Take back the whole answer, or what is undecided of it. Raises `Unsupported` where the user has changed lines of it, or
    the editor takes no edits."""
    torn = writer.edit.complete and writer.edit.torn
    if services.reviews.stands(writer.job, partly=not torn):
        await services.reviews.reject_all(writer.job)
    elif torn:
        raise Unsupported(_OVERTYPED)
    else:
        await services.reviews.while_taken_back(writer.job, writer.take_back(whole=True))


async def pressed_button(services: JobDependencies, said: str, choices: list[ChoiceOffered]) -> Choice | None:
    """The choices as buttons of a message, where the editor has no better place for them; None when none is pressed."""
    if not services.client.can.show_message_request:
        services.client.show(said)
        return None
    buttons: dict[str, Choice] = {offered.title: offered.choice for offered in choices}
    try:
        pressed = await services.client.ask_choice(said, tuple(buttons))
    except Unsupported:
        return None  # the user has not answered for a long time
    return None if pressed is None else buttons.get(pressed)
