"""What the user may do about a finished edit: keep it, undo it, ask a stronger model, or see the answer that was refused."""

from typing import Literal

from coderoute_ls.domain import Chosen
from coderoute_ls.errors import Unsupported
from coderoute_ls.server.features.edit.edit_outcome import Outcome
from coderoute_ls.server.features.job_dependencies import JobDependencies
from coderoute_ls.server.rpc.coderoute_messages import ChoiceOffered
from coderoute_ls.text.dollars import dollars

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
