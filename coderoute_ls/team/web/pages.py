"""The team's page as HTML: no script, nothing from elsewhere, every text escaped."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from coderoute_ls.ledger import nano_usd
from coderoute_ls.team.administration import Budget
from coderoute_ls.team.money import budget_name
from coderoute_ls.team.web.overview import PERIODS, CallPage, Overview
from coderoute_ls.text.dollars import dollars
from coderoute_ls.text.invisible_characters import without_controls

NEARLY = 0.8
"""Share of a budget from which it is said to be nearly used up."""


def overview_page(seen: Overview) -> str:
    return _environment().get_template("overview.html").render(seen=seen, periods=PERIODS)


def call_html(page: CallPage) -> str:
    return _environment().get_template("call.html").render(page=page, call=page.call)


def message_page(title: str, message: str) -> str:
    """What is wrong, and what to do."""
    return _environment().get_template("message.html").render(title=title, message=message)


@cache
def security_headers() -> dict[str, str]:
    """With them the page can load nothing, run nothing and be framed by nobody, whatever a name in it says."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }


@cache
def _style() -> str:
    return files("coderoute_ls.team.web").joinpath("templates", "style.css").read_text("utf-8")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("coderoute_ls.team.web"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "money": money,
        "seconds": _seconds,
        "count": _count,
        "moment": lambda value: f"{value:%Y-%m-%d %H:%M:%S}",
        "day": lambda value: f"{value:%d %B %Y}",
        "segment": lambda value: quote(str(value), safe=""),
    }
    made.globals.update(style=_style, share=share, state=state, name=_name, nearly=NEARLY)  # pyright: ignore[reportArgumentType, reportCallIssue]
    return made


def _shown(value: object) -> object:
    """Callers choose names, models and branches: no mark of direction in one may turn around what stands beside it."""
    return without_controls(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def money(nusd: int | None) -> str:
    return "–" if nusd is None else dollars(nano_usd.dollars(nusd))


def share(budget: Budget) -> float:
    """How much of it is spent or set aside, 0 to 1; a budget of nothing is used up."""
    return min((budget.spent_nusd + budget.reserved_nusd) / budget.cap_nusd, 1.0) if budget.cap_nusd else 1.0


def state(budget: Budget) -> str:
    """In words, as colour alone tells not everybody."""
    if share(budget) >= 1:
        return "used up"
    return "nearly used up" if share(budget) >= NEARLY else "within"


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f} s"


def _count(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def _name(budget: Budget) -> str:
    told = budget_name(budget.level, budget.subject, budget.period).removeprefix("the ")
    return told[0].upper() + told[1:]
