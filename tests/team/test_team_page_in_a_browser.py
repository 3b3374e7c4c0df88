"""The team's page in a real browser: found by keyboard, readable in both themes."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Page, async_playwright, expect

from coderoute_ls.team.money import cap
from tests.editors.installed import program
from tests.team.conftest import Team
from tests.team.test_team_page import LOOKS, call, served

pytestmark = [pytest.mark.postgres, pytest.mark.editors]

PICTURES = os.environ.get("PICTURES", "")
"""Folder for pictures of what is seen; "" takes none."""


@asynccontextmanager
async def browser(url: str, secret: str, theme: Literal["light", "dark"]) -> AsyncGenerator[Page]:
    """A page whose browser answers the question for a key with this one."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=program("chromium"), args=["--no-sandbox"])
        try:
            context = await chromium.new_context(
                base_url=url,
                http_credentials={"username": "boss", "password": secret},
                color_scheme=theme,
                viewport={"width": 1100, "height": 900},
            )
            yield await context.new_page()
        finally:
            await chromium.close()


async def _picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png")


def _month_of(team: Team) -> str:
    """A month of work of three people; the secret of who may look."""
    secret, _ = team.admin.create_key("boss", scopes=LOOKS)
    team.admin.create_key("ann", "web", caps=[cap("20/month")])
    _, ci = team.admin.create_key("ci", caps=[cap("5/month")])
    team.admin.set_budget("organisation", "", cap("100/month"))
    team.admin.set_budget("team", "web", cap("40/month"))
    for number in range(40):
        user, model = ("ann", "bob", "ci")[number % 3], ("gpt-6-luna", "deepseek-v4-pro")[number % 2]
        error = "RateLimited" if number % 13 == 7 else ""
        call(team, f"call-{number}", user, usd=0.0 if error else 0.9, error=error, model=model, ago=f"{number} minutes")
    team.connection.execute("UPDATE coderoute.budgets SET spent_nusd = 34200000000 WHERE level = 'organisation'")
    team.connection.execute("UPDATE coderoute.budgets SET spent_nusd = 34200000000 WHERE level = 'team'")
    spent = "UPDATE coderoute.budgets SET spent_nusd = 5000000000, reserved_nusd = 0 WHERE level = 'key' AND subject = %s"
    team.connection.execute(spent, (str(ci.id),))
    words = "Refactor: coding score at least 0.70 (the default); the cheapest such model is asked.\nWhy: cheapest expected cost."
    team.connection.execute("INSERT INTO coderoute.explanations (decision, words) VALUES ('call-0', %s)", (words,))
    return secret


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_spending_budgets_and_a_decision_are_read_with_the_keyboard_alone(
    team: Team, theme: Literal["light", "dark"]
) -> None:
    secret = _month_of(team)
    async with served(team) as (client, _), browser(str(client.base_url), secret, theme) as page:
        await page.goto("/team")
        await expect(page.get_by_role("heading", name="Team spending")).to_be_visible()
        await expect(page.get_by_role("row", name="Budget per month of key").filter(has_text="used up").first).to_be_visible()
        await expect(page.get_by_role("meter", name="Budget per month of team web")).to_be_visible()
        await _picture(page, f"team-spending-{theme}")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="today")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("link", name="today")).to_have_attribute("aria-current", "page")
        first = page.get_by_role("region", name="Last calls").get_by_role("link").first
        for _ in range(20):
            await page.keyboard.press("Tab")
            if await first.evaluate("link => link === document.activeElement"):
                break
        await expect(first).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name="Why this model")).to_be_visible()
        await expect(page.get_by_text("the cheapest such model is asked")).to_be_visible()
        await _picture(page, f"team-call-{theme}")


async def test_nothing_is_wider_than_a_narrow_window(team: Team) -> None:
    secret = _month_of(team)
    async with served(team) as (client, _), browser(str(client.base_url), secret, "light") as page:
        await page.set_viewport_size({"width": 380, "height": 700})
        await page.goto("/team")
        assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_an_empty_team_is_told_how_to_begin(team: Team) -> None:
    secret, _ = team.admin.create_key("boss", scopes=LOOKS)
    async with served(team) as (client, _), browser(str(client.base_url), secret, "dark") as page:
        await page.goto("/team")
        await expect(page.get_by_role("heading", name="No calls yet")).to_be_visible()
        await _picture(page, "team-empty-dark")
