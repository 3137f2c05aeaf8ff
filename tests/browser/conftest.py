"""A small served city with a book of events, and phones on which somebody is signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from dashboard.app import create_app
from dashboard.queries import Desk
from data.access import Access
from data.access.audit import Log
from data.access.tokens import new_token
from data.access.users import add_user
from data.events import Events
from grid.cube import Cube
from tests.browser.phones import PASSWORD, PEOPLE, PHONE, WATCH, Site, enter
from tests.conftest import PATIENCE
from tests.serving import serving


@pytest.fixture
def site(tiny_cube: Cube, tmp_path: Path) -> Iterator[Site]:
    beside = f"sqlite:///{tmp_path / 'store.db'}"
    access, events = Access.beside(beside, tmp_path), Events.beside(beside, tmp_path, tiny_cube.city)
    for login, (role, scope) in PEOPLE.items():
        add_user(access, login, login.title(), role, scope, PASSWORD, once=False)
    _, token = new_token(access, "gate", "gate 7", 30, by="gate")
    desk = Desk(tiny_cube, Log(access))
    with serving(create_app(desk, access=access, events=events).server) as url:
        yield Site(url, desk, events, token)
    events.close()
    access.close()


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Callable[[str], Page]]:
    """A phone of its own for a user, signed in, with the queue open."""
    contexts: list[BrowserContext] = []

    def opened(login: str, look: str = "", **more: Any) -> Page:
        context = browser.new_context(viewport=PHONE, has_touch=True, **more)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        context.add_init_script(WATCH)
        page = context.new_page()
        enter(page, site, login, look)
        return page

    yield opened
    for context in contexts:
        context.close()
