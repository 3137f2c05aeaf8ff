"""What every test may ask for: a database of either kind, and a browser that cannot leave the machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from playwright.sync_api import BrowserContext, Page, expect

from data.access import passwords
from data.city import read_city
from data.settings import make_home, read_home
from data.store import Store
from grid.build import build
from grid.cube import Cube
from tests import loopback, postgres, provinces, tiny
from tests.needs import lacking

#: No GPU and no software WebGL (with it even 2D compositing crawls); none of the browser's own calls home.
CHROMIUM = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run", loopback.RESOLVER,
)  # fmt: skip

#: Milliseconds that a browser has for what it is waited for, on a machine that does much else.
PATIENCE = 90_000

# Time is no verdict on a shared machine; in CI the same examples come every time.
settings.register_profile(
    "onescreen", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("onescreen")
expect.set_options(timeout=PATIENCE)


def pytest_sessionstart() -> None:
    """Guards the whole process before the first test is collected."""
    loopback.guard_process()


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """Passwords of tests are hashed at argon2's least costs; what the product's own are, one test says."""
    costs, passwords.hasher = passwords.hasher, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield
    passwords.hasher = costs


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One real PostgreSQL a test process, started by the first test that asks."""
    with postgres.serve() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, empty database: the test runs once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'onescreen.sqlite'}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    with server.database() as url:
        yield url


@pytest.fixture(scope="session")
def tiny_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of the small city of tests/tiny, built once a test process on SQLite: to be read only."""
    folder = tmp_path_factory.mktemp("tiny")
    settings = make_home(folder / "home", tiny.tiny_city(folder / "city"))
    store = Store.create(settings.database)
    assert not any(outcome.error for outcome in build(store, read_city(settings.city), settings.secret).outcomes)
    store.close()
    return folder / "home"


@pytest.fixture(scope="session")
def tiny_cube(tiny_home: Path) -> Iterator[Cube]:
    """The cube of ``tiny_home``."""
    settings = read_home(tiny_home)
    store = Store.open(settings.database)
    yield Cube(store, read_city(settings.city))
    store.close()


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[provinces.Home]:
    """The small province of tests/provinces.py, whose second city has communities, built once a test process: to be
    read only."""
    folder = tmp_path_factory.mktemp("province")
    home = provinces.Home(provinces.write_province(folder, communities=[1]), folder / "x.db")
    yield home
    home.store.close()


@pytest.fixture(scope="session")
def base_url() -> str | None:
    """No site of its own (pytest-playwright's fixture of this name is of a kind that pytest 10 drops)."""
    return None


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium in place of a download."""
    chromium = shutil.which("chromium") or lacking("Chromium", "chromium fonts-noto-cjk")
    args = [*browser_type_launch_args.get("args", []), *CHROMIUM]
    return {**browser_type_launch_args, "executable_path": chromium, "args": args}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A reader who reads Chinese first. Playwright's own waiting evaluates texts, which the content policy forbids:
    it holds in tests/browser/test_sign_in.py, which watches it on every page."""
    return {**browser_context_args, "locale": "zh-CN", "bypass_csp": True}


@pytest.fixture
def strays() -> list[str]:
    """Addresses outside this machine that the test's browser asked for: the test fails unless it is empty."""
    return []


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], strays: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """Every window of every browser test is watched, `page` and `context` too."""

    def note(url: str) -> None:
        if not loopback.stays(url):
            strays.append(url)

    def watch(page: Page) -> None:
        page.on("websocket", lambda socket: note(socket.url))

    def make(**kwargs: Any) -> BrowserContext:
        context = new_context(**kwargs)
        context.set_default_timeout(PATIENCE)
        context.on("request", lambda request: note(request.url))
        context.on("page", watch)
        return context

    yield make
    assert not strays, f"asked for addresses outside this machine: {strays}"
