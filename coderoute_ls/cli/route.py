"""``coderoute-ls route``: which model would be asked, and why: as text, as a picture, as JSON, or replayed from a record."""

import json
import sys
from itertools import pairwise
from pathlib import Path
from shutil import get_terminal_size
from typing import IO, TYPE_CHECKING, cast

import click

from coderoute_ls.actions import actions
from coderoute_ls.cli._exit_codes import DONE, NO_MODEL
from coderoute_ls.cli._folder_settings import folder_option
from coderoute_ls.cli._style import examples, print_json, print_table, say, tell
from coderoute_ls.errors import ConfigurationError
from coderoute_ls.text.dollars import price

if TYPE_CHECKING:
    from coderoute_ls.app.one_shot import Situation
    from coderoute_ls.selection.record import DecisionRecord
    from coderoute_ls.selection.report.cost_by_floor import Step

PLOT_WIDTH, PLOT_MARGIN = 72, 9
"""Characters of the picture, and of what stands left of it."""
OBJECTIVES = ("cost", "speed", "quality", "free", "local")


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in actions() if name.startswith(incomplete)]


@click.command(
    epilog=examples(
        "coderoute-ls route refactor",
        "coderoute-ls route refactor --min-coding-score 0.8 --explain",
        "coderoute-ls route explain --plot why.html",
        "coderoute-ls route refactor --what-if",
        "coderoute-ls route refactor --offer deepseek/deepseek-v4-pro:nitro",
        "coderoute-ls route refactor --json > decision.json",
        "coderoute-ls route --replay decision.json --explain",
    )
)
@click.argument("action", required=False, shell_complete=_complete)
@click.option(
    "--min-coding-score",
    "floor",
    type=click.FloatRange(0, 1),
    help="Lowest score that the model may have; otherwise the settings'.",
)
@click.option("--objective", type=click.Choice(OBJECTIVES), help="What decides among the models that are good enough.")
@click.option("--offer", metavar="NAME", help="Only this model or offer; :nitro, :floor, :cap, :free or :local may follow.")
@click.option("--chars", type=click.IntRange(0), default=8_000, show_default=True, help="Characters of the prompt.")
@click.option("--language", default="python", show_default=True, help="Language of the code, for the token estimate.")
@folder_option
@click.option(
    "--json", "as_json", is_flag=True, help="Print the decision record, which --replay takes, or the steps of --what-if."
)
@click.option("--explain", "explained", is_flag=True, help="Explain the choice in words and draw the frontier.")
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw the candidates into a file: .svg or .html.")
@click.option("--what-if", "steps", is_flag=True, help="Show the choice and its price at every quality floor.")
@click.option("--replay", type=click.File("rb"), help="Decide again from a record alone; - reads stdin.")
def COMMAND(
    action: str | None,
    *,
    floor: float | None,
    objective: str | None,
    offer: str | None,
    chars: int,
    language: str,
    folder: Path,
    as_json: bool,
    explained: bool,
    plot: Path | None,
    steps: bool,
    replay: IO[bytes] | None,
) -> int:
    """Say which model would be asked for ACTION, and why. Nothing is sent."""
    if plot is not None and plot.suffix not in {".svg", ".html"}:
        raise click.BadParameter("end it in .svg or .html", param_hint="--plot")
    if (action is None) == (replay is None):
        raise click.UsageError("name an ACTION, or a record with --replay")

    from coderoute_ls.selection.record import DecisionRecord, dumps, record

    instead, drafts = "", False
    if replay is not None:
        told = _again(replay.read())
    else:
        from coderoute_ls.app.one_shot import Question, put

        situation = put(Question(cast("str", action), chars, language, folder, floor, objective, offer))
        for notice in situation.notices:
            say(notice, err=True)
        if steps:
            return _what_if(situation, as_json=as_json)
        told, instead = record(situation.decision, situation.state), situation.as_if
        drafts = situation.drafts
    row = DecisionRecord.model_validate(told)
    if plot is not None:
        from coderoute_ls.selection.report.frontier_chart import plot_html, plot_svg

        plot.write_text(plot_svg(row) if plot.suffix == ".svg" else plot_html(row), encoding="utf-8")
        say(f"Drawn: {plot}", err=True)
    if as_json:
        say(dumps(told))
    else:
        _tell(row, instead, drafts=drafts, at_length=explained)
    return NO_MODEL if row.chosen is None else DONE


def _again(content: bytes) -> dict[str, object]:
    """The record of the same decision, made anew from what the given one embeds."""
    from coderoute_ls.selection.record import DecisionRecord, record, replay

    try:
        given: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"The record is not JSON: {error}.") from error
    if not isinstance(given, dict):
        raise ConfigurationError("The record is not a JSON object.")
    source = cast("dict[str, object]", given)
    decision = replay(source)
    return record(decision, DecisionRecord.model_validate(source).state)


def _tell(row: "DecisionRecord", as_if: str, *, drafts: bool, at_length: bool) -> None:
    from coderoute_ls.selection.report.decision_explanation import explain_text, summary

    if not at_length:
        tell(summary(row, as_if, drafts=drafts))
        return
    from coderoute_ls.selection.report.frontier_chart import plot_terminal

    tell(explain_text(row, as_if, drafts=drafts))
    room = get_terminal_size().columns if sys.stdout.isatty() else PLOT_WIDTH + PLOT_MARGIN
    tell(f"\n{plot_terminal(row, width=min(room - PLOT_MARGIN, PLOT_WIDTH))}")


def _what_if(situation: "Situation", *, as_json: bool) -> int:
    """The steps of this machine; without any key those of the vendors that one mostly has a key of."""
    from coderoute_ls.selection.report.cost_by_floor import what_if
    from coderoute_ls.selection.report.suggested_keys import SUGGESTED, key_of, keyless, with_key

    request, catalog, state = situation.decision.request, situation.catalog, situation.state
    states = {name: with_key(state, name) for name in SUGGESTED[:3]} if keyless(state) else {"": state}
    found = {name: what_if(request, catalog, world) for name, world in states.items()}
    if as_json:
        print_json([_plain_step(step, name) for name, steps in found.items() for step in steps])
        return DONE
    if "" not in found:
        tell("No key is set that can be used, and no local server was found.")
    for name, steps in found.items():
        if name:
            say(f"\nWith {key_of(name)}:")
        _tell_steps(steps)
    return DONE


def _plain_step(step: "Step", key: str) -> dict[str, object]:
    return {
        **({"key": key} if key else {}),
        "floor": step.floor,
        "offer": None if step.chosen is None else step.chosen.offer.id,
        "expected_usd": None if step.chosen is None else step.chosen.cost.expected_usd,
    }


def _tell_steps(steps: "tuple[Step, ...]") -> None:
    rows = [
        (
            f"{step.floor:.2f}",
            "nothing reaches it" if step.chosen is None else step.chosen.offer.id,
            "" if step.chosen is None or step.chosen.score is None else f"{step.chosen.score.low:.2f}",
            "" if step.chosen is None else _usd(step.chosen.cost.expected_usd),
            "" if step.factor is None or f"{step.factor:.1f}" == "1.0" else f"{step.factor:.1f}×",
        )
        for step in steps
    ]
    print_table(("floor", "offer", "score", "expected", "step"), rows, left=2)
    for before, step in pairwise(steps):
        if step.factor is not None and step.factor >= 1.5:
            tell(f"{before.floor:.2f} → {step.floor:.2f} costs {step.factor:.1f}×")
        elif step.factor is not None and step.factor < 0.95 and step.chosen is not None and step.chosen.against:
            tell(
                f"{before.floor:.2f} → {step.floor:.2f} costs {step.factor:.1f}×, because it {' and '.join(step.chosen.against)}"
            )


def _usd(amount: float) -> str:
    return price(amount)
