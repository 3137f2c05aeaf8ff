"""Two web processes, each on a home of its own, on one PostgreSQL: every question of a reader goes to the other one."""

from __future__ import annotations

import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from playwright.sync_api import BrowserContext, Page

from data.walls import list_walls, new_wall, revoke_wall
from tests import postgres
from tests.balancer import Balancer, balancing
from tests.several import PHRASE, Site, several


class Reader:
    """A browser's cookies, nobody signed in, and an address that nobody else asks: of two questions, one after the
    other, each goes to another process, whatever pages and walls ask at the same time."""

    def __init__(self, balancer: Balancer) -> None:
        self.balancer, self.jar = balancer, CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def ask(
        self, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """(status, headers, body)."""
        url = path if path.startswith("http") else self.balancer.address + path
        request = urllib.request.Request(url, body, {"X-CSRFToken": self.word, **(headers or {})})  # noqa: S310  (ours)
        try:
            with self._opener.open(request, timeout=120) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()

    def json(self, path: str, body: Any = None) -> Any:
        """An answer that is JSON; ``body``: what is sent as JSON."""
        sent = {} if body is None else {"Content-Type": "application/json"}
        status, _, answer = self.ask(path, None if body is None else orjson.dumps(body), sent)
        assert status in (200, 202), answer
        return orjson.loads(answer)

    @property
    def word(self) -> str:
        """The word against forged requests."""
        return next((str(one.value) for one in self.jar if one.name == "_csrf_token"), "")

    def asked(self, path: str) -> set[int]:
        """Which processes answered for a path."""
        return {port for port, _, asked in self.balancer.asked if path in asked}

    def sign_in(self, login: str = "wang") -> Reader:
        """What a browser does with the form."""
        page = self.ask("/sign-in")[2].decode()
        csrf = re.search(r'name="csrf" value="([^"]*)"', page)
        assert csrf
        words = urlencode({"login": login, "password": PHRASE, "csrf": csrf[1], "next": "/account"})
        status, _, body = self.ask("/sign-in", words.encode())
        assert (status, login in body.decode()) == (200, True)
        return self


def until(holds: Callable[[], bool], seconds: float = 240) -> None:
    """Waits until it holds."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "it never held"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    with postgres.serve() as made:
        yield made


@pytest.fixture(scope="module")
def site(server: postgres.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with server.database() as url, several(url, tmp_path_factory.mktemp("several")) as made:
        yield made


@pytest.fixture
def reader(site: Site) -> Iterator[Reader]:
    with balancing([web.port for web in site.webs]) as own:
        yield Reader(own)


@pytest.fixture
def stranger(site: Site) -> Iterator[Reader]:
    """Somebody else."""
    with balancing([web.port for web in site.webs]) as own:
        yield Reader(own)


def test_whoever_signs_in_at_one_is_known_at_the_other_and_out_of_both(site: Site, reader: Reader) -> None:
    reader.sign_in()
    for _ in range(4):
        assert reader.ask("/alive")[0] == 200
    assert len(reader.asked("/alive")) == 2
    assert reader.ask("/sign-out", urlencode({"csrf": reader.word}).encode())[0] == 200
    assert [reader.ask("/alive")[0] for _ in range(4)] == [401] * 4


def test_both_give_the_same_answers_and_an_etag_that_the_other_knows(site: Site, reader: Reader) -> None:
    reader.sign_in()
    path = "/api/v1/values?measure=positives&level=district"
    first, second = (reader.ask(path) for _ in range(2))
    assert first[2] == second[2]
    assert len(reader.asked(path)) == 2
    assert first[1]["ETag"] == second[1]["ETag"]
    assert reader.ask(path, None, {"If-None-Match": first[1]["ETag"]})[0] == 304
    bytes_ = reader.ask("/geo/1/district/990000/shapes.bin"), reader.ask("/geo/1/district/990000/shapes.bin")
    assert bytes_[0][2] == bytes_[1][2]
    assert bytes_[0][1]["ETag"] == bytes_[1][1]["ETag"]


def test_a_report_ordered_at_one_is_followed_and_fetched_at_the_other(site: Site, reader: Reader) -> None:
    reader.sign_in()
    order = {"kind": "daily", "area": "990101", "day": "2022-03-08", "formats": ["xlsx"]}
    job = reader.json("/api/v1/reports", order)
    assert reader.json("/api/v1/reports", order)["job"] == job["job"]  # the other process knows that it is the same
    until(lambda: reader.json(f"/api/v1/reports/{job['job']}")["state"] == "done")
    made = reader.json(f"/api/v1/reports/{job['job']}")["files"]
    first, again = ([reader.ask(one["href"]) for one in listed] for listed in (made, made[::-1]))
    assert {one[0] for one in (*first, *again)} == {200}
    assert [one[2] for one in first] == [one[2] for one in again[::-1]]
    assert len(reader.asked(f"{job['job']}/")) == 2


def test_exports_of_both_are_the_same_bytes(site: Site, reader: Reader) -> None:
    reader.sign_in()
    files = [reader.ask("/export/shown/csv?area=990101") for _ in range(2)]
    assert [one[0] for one in files] == [200, 200]
    assert files[0][2] == files[1][2]
    assert len(reader.asked("/export/shown")) == 2


def test_what_one_is_told_of_an_event_the_other_knows(site: Site, reader: Reader) -> None:
    reader.sign_in()
    seen = [reader.json("/queue/events")["who"] for _ in range(2)]
    assert seen[0] == seen[1]
    assert len(reader.asked("/queue/events")) == 2


def test_a_wall_is_admitted_at_both_and_revoked_at_both_at_once(site: Site, reader: Reader) -> None:
    link, token = new_wall(site.store, "lobby", address="127.0.0.1")
    # the book of events is looked at every few seconds: four beats on both sides of such a moment may tell of two books
    until(lambda: len({orjson.loads(reader.ask(f"/wall/{token}/beat")[2])["stamp"] for _ in range(4)}) == 1)
    assert len(reader.asked("/beat")) == 2
    revoke_wall(site.store, link.id)
    until(lambda: {reader.ask(f"/wall/{token}/beat")[0] for _ in range(2)} == {410})
    assert [one.name for one in list_walls(site.store)] == ["hall", "lobby"]


def test_a_new_version_is_on_every_wall_and_page(site: Site, reader: Reader) -> None:
    def seen() -> set[int]:
        pictures = [orjson.loads(reader.ask(f"{site.wall}/picture?w=1920&h=1080")[2])["version"] for _ in range(2)]
        return {*pictures, *(int(reader.ask("/pulse")[2]) for _ in range(2))}

    before = seen()
    assert len(before) == 1
    number = site.take("heard.csv")
    until(lambda: seen() == {number})


PAGES = ("/", "/?area=990101", "/codes", "/account", "/users", "/sign-in", "/queue", "/nowhere")
#: Each of them asked of both.
OF_BOTH = [path for path in PAGES for _ in range(2)]


def test_while_the_database_is_away_nobody_sees_an_error_page(
    site: Site, reader: Reader, stranger: Reader, server: postgres.Server
) -> None:
    reader.sign_in()
    for path in OF_BOTH:
        reader.ask(path)
    picture = orjson.loads(reader.ask(f"{site.wall}/picture?w=1920&h=1080")[2])
    orjson.loads(reader.ask(f"{site.wall}/picture?w=1920&h=1080")[2])
    with server.stopped():
        until(lambda: all(orjson.loads(reader.ask("/alive")[2]).get("lost") for _ in range(2)))
        for path in OF_BOTH:
            for who in (reader, stranger):
                _calm(path, *who.ask(path))
        sign = orjson.loads(reader.ask(f"{site.wall}/beat")[2])
        assert (sign["stamp"], sign["lost"] > 0) == (picture["stamp"], True)
        assert orjson.loads(reader.ask(f"{site.wall}/picture?w=1366&h=768")[2])["version"] == picture["version"]
        assert int(reader.ask("/pulse")[2]) == -1
        status, _, page = reader.ask("/wall/unknown")
        assert (status, b'http-equiv="refresh"' in page) == (503, True)
    until(lambda: not any(orjson.loads(reader.ask("/alive")[2])["lost"] for _ in range(2)))
    assert reader.ask("/")[0] == 200
    number = site.take("after.csv")
    until(lambda: {int(reader.ask("/pulse")[2]) for _ in range(2)} == {number})


def _calm(path: str, status: int, headers: dict[str, str], body: bytes) -> None:
    """A page as ever, or one that says what is the matter in both languages and asks again by itself."""
    text = body.decode()
    assert "html" in headers["Content-Type"], (path, status, text[:300])
    assert "Traceback" not in text
    assert "psycopg" not in text
    if status == 503:
        assert "数据库暂时不可用" in text, path
        assert "cannot be reached" in text, path
        assert 'http-equiv="refresh"' in text, path
    else:
        assert status in (200, 403, 404), (path, status)


# --- in a browser ------------------------------------------------------------------------------------

#: Every question is answered, every byte is on the screen.
STILL = """() => { const map = window.onescreen?.maps?.map, root = document.documentElement.dataset;
  return map && map.status === "ready" && !map.glide && !map.frame && root.shown && root.asked === root.answered
    && ["shapes", "outlines", "values"].every((kind) => map.bytes.holds(kind)); }"""
#: What a wall shows, but for the day at which its replay is: that goes on whatever happens.
DRAWN = """() => { const scene = document.querySelector('.wall-scene');
    return [JSON.stringify(onescreen.wall.live.picture.scenes), scene.querySelectorAll('*').length,
        scene.querySelector('h1, h2, h3, .t').textContent]; }"""
WALL_STILL = """() => { const live = window.onescreen?.wall?.live; return live && live.live && !live.fetching; }"""


def picture(page: Page, name: str) -> None:
    """Kept where ONESCREEN_PICTURES says."""
    if folder := os.environ.get("ONESCREEN_PICTURES"):
        page.screenshot(path=Path(folder) / f"several-{name}.png")


def opened(new_context: Callable[..., BrowserContext], width: int, height: int) -> Page:
    """A browser of its own: whoever is signed in in another is nobody here."""
    page = new_context(viewport={"width": width, "height": height}).new_page()
    page.set_default_timeout(180_000)  # two servers, a database and three browsers on one machine
    return page


@pytest.fixture
def official(site: Site, new_context: Callable[..., BrowserContext]) -> Page:
    """A browser in which somebody is signed in."""
    page = opened(new_context, 1366, 768)
    page.goto(f"{site.address}/sign-in")
    page.locator("[name=login]").fill("wang")
    page.locator("[name=password]").fill(PHRASE)
    page.locator("button.main").click()
    page.wait_for_function(STILL)
    return page


def test_pages_and_walls_that_are_open_keep_what_they_show_and_say_its_age(
    site: Site, official: Page, server: postgres.Server, new_context: Callable[..., BrowserContext]
) -> None:
    wall = opened(new_context, 1920, 1080)
    wall.goto(site.address + site.wall)
    wall.wait_for_function(WALL_STILL)
    wall.evaluate("onescreen.wall.live.forced = 'overview'")  # scenes turn by the clock, whatever happens
    wall.wait_for_function("onescreen.wall.live.scene === 'overview'")
    for search in ("?lang=en&theme=light", ""):  # what is kept can be opened while the database is away
        official.goto(f"{site.address}/{search}")
        official.wait_for_function(STILL)
    number = site.take("browser.csv")
    wall.wait_for_function(f"() => onescreen.wall.live.picture.version === {number}")
    official.wait_for_function(f"() => onescreen.page.state().version === {number}")
    official.wait_for_function(STILL)
    told, drawn = official.inner_text("#panel"), wall.evaluate(DRAWN)
    stranger = opened(new_context, 1366, 768)
    with server.stopped():
        wall.wait_for_selector(".wall-banner")
        official.wait_for_selector(".notice .away")
        assert official.inner_text("#panel") == told
        assert wall.evaluate(DRAWN) == drawn
        picture(wall, "wall-away")
        picture(official, "page-away-zh-dark")
        stranger.goto(f"{site.address}/?lang=zh")
        assert "登录" in stranger.inner_text("main")
        stranger.goto(f"{site.address}/api/v1/docs")
        _opened_while_away(site, official, told)
        other = opened(new_context, 1920, 1080)
        other.goto(f"{site.address}/wall/another")
        assert "正在等待数据库" in other.inner_text("body")
        picture(other, "wall-new-away")
        again = opened(new_context, 1920, 1080)
        again.goto(site.address + site.wall)
        again.wait_for_selector(".wall-banner")
        picture(again, "wall-known-away")
    wall.wait_for_selector(".wall-banner", state="detached")
    official.wait_for_selector(".notice .away", state="detached")
    number = site.take("back.csv")
    wall.wait_for_function(f"() => onescreen.wall.live.picture.version === {number}")
    official.wait_for_function(f"() => onescreen.page.state().version === {number}")


def _opened_while_away(site: Site, official: Page, told: str) -> None:
    """Of who is signed in: the page that others have seen comes from memory, with its age; one that nobody has seen
    says so, and comes by itself later."""
    official.goto(f"{site.address}/")
    official.wait_for_function(STILL)
    official.wait_for_selector(".notice .away")
    assert official.inner_text("#panel") == told
    official.goto(f"{site.address}/?lang=en&theme=light")
    official.wait_for_selector(".notice p")
    picture(official, "page-away-en-light")
    official.goto(f"{site.address}/?area=990102&day=2022-03-05&lang=en")
    official.wait_for_selector(".notice p")
    picture(official, "page-unknown-away")


#: A wall's clock a fifth as fast: processes that are started beside it leave signs of life little of the machine.
PATIENT = """{ const now = performance.now.bind(performance), timeout = AbortSignal.timeout;
  performance.now = () => now() / 5; AbortSignal.timeout = (ms) => timeout.call(AbortSignal, 5 * ms); }"""


def test_a_process_that_is_killed_is_not_missed(
    site: Site, reader: Reader, new_context: Callable[..., BrowserContext]
) -> None:
    wall = opened(new_context, 1920, 1080)
    wall.add_init_script(PATIENT)
    wall.goto(site.address + site.wall)
    wall.wait_for_function(WALL_STILL)
    reader.sign_in()
    for gone in site.webs:
        with gone.killed():
            answers = [reader.ask(path)[0] for path in ("/", "/alive", f"{site.wall}/beat", "/codes", "/pulse") * 2]
            assert set(answers) == {200}
            number = site.take(f"without {gone.port}.csv")
            wall.wait_for_function(f"() => onescreen.wall.live.picture.version === {number}")
    assert wall.evaluate("onescreen.wall.live.stats.lost") == 0
