"""Takes the README's pictures, of the official's page and of walls.

``python -m tests.picture [FOLDER [HOME [PROVINCE]]]``: ``HOME`` and ``PROVINCE`` are home folders; without them the
demo's city and province are made in temporary ones. The pictures are of the page as it is served, on the day of the
most new positives. The report's first pages take ``pdftoppm`` (poppler-utils) and are left out without it.
"""

from __future__ import annotations

import datetime as dt
import logging
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from dashboard.app import create_app, warm
from dashboard.queries import Desk, Viewer
from dashboard.reports.build import build as build_report
from dashboard.reports.drawing import Pictures
from dashboard.reports.model import Order
from dashboard.reports.writers.pdf import write
from data.city import read_city
from data.events import Events
from data.settings import read_home
from data.store import Store
from data.walls import new_wall
from grid.cube import Cube
from tests.bench.city import COMMAND
from tests.serving import serving

ARGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--force-device-scale-factor=1"]
READY = """() => {
  const map = window.onescreen?.maps?.map, root = document.documentElement.dataset;
  return map && map.status === "ready" && !map.glide && !map.frame && root.asked === root.answered
    && map.bytes.holds("values") && document.querySelector(".legend td")?.textContent;
}"""

SETTLED = """() => { const root = document.documentElement.dataset, maps = Object.values(window.onescreen?.maps ?? {});
  return root.asked === root.answered && document.querySelector(".strip-of")
    && maps.every((map) => map.status === "ready"); }"""

PICTURES_FOLDER = Path(__file__).parents[1] / "assets" / "pictures"

#: name -> (query, with {day} and {district}; width, height).
PICTURES = {
    "screen": ("?day={day}&level=community", 1920, 1080),
    "district-light-en": ("?area={district}&day={day}&theme=light&lang=en", 1366, 768),
    "phone": ("?day={day}", 390, 844),
    "codes": ("codes", 1366, 900),
    "risk": ("risk?day={day}&lang=en", 1600, 900),
    "outflow": ("outflow?day={day}", 1600, 900),
    "freshness": ("freshness", 1366, 900),
    "loop": ("loop", 1366, 900),
}


#: A wall's picture: on the evening of the worst day, one scene alone.
WALL = """\
size = "3840x1080"
now = {day}T20:00:00
night = []
[[scene]]
id = "{scene}"
"""


def main(words: list[str]) -> int:
    """The exit status; prints the files it wrote."""
    folder = Path(words[0]) if words else PICTURES_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        here = Path(temporary)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        with _opened(Path(words[1]) if len(words) > 1 else _demo(here / "city", "megacity")) as desk:
            _of_city(browser, desk, folder)
            if shutil.which("pdftoppm"):
                _take_report(desk, _worst_day(desk), folder / "report.png", here)
        with (
            _opened(Path(words[2]) if len(words) > 2 else _demo(here / "province", "province")) as desk,
            _served(desk, "cities") as address,
        ):
            _take_wall(browser, desk, address, folder / "province.png")
        browser.close()
    return 0


def _of_city(browser: Browser, desk: Desk, folder: Path) -> None:
    fields = {"day": str(_worst_day(desk)), "district": _worst_district(desk)}
    with _served(desk, "overview") as address:
        for name, (search, width, height) in PICTURES.items():
            _take(browser, address + search.format(**fields), (width, height), folder / f"{name}.png")
        _take_wall(browser, desk, address, folder / "wall.png")


def _demo(home: Path, scale: str) -> Path:
    subprocess.run([*COMMAND, "demo", "--scale", scale, "--home", str(home)], check=True)
    return home


@contextmanager
def _opened(home: Path) -> Iterator[Desk]:
    settings = read_home(home)
    city, store = read_city(settings.city), Store.open(settings.database)
    desk = Desk(Cube(store, city))
    desk.events = Events.beside(settings.database, home, city)
    yield desk
    desk.events.close()
    store.close()


def _worst_day(desk: Desk) -> dt.date:
    first, last = desk.status(Viewer()).days["positives"]
    answers = desk.series(Viewer(), "positives", "city", first, last)
    return max(answers, key=lambda answer: answer.value or 0).day


def _worst_district(desk: Desk) -> str:
    answers = desk.ask(Viewer(), "positives", days=[_worst_day(desk)], level="district")
    return max(answers, key=lambda answer: answer.value or 0).area


@contextmanager
def _served(desk: Desk, scene: str) -> Iterator[str]:
    """Pages, and walls of one scene."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as look:
        (Path(look) / "wall.toml").write_text(WALL.format(day=_worst_day(desk), scene=scene), "utf-8")
        app = create_app(desk, home=Path(look), events=desk.events)
        warm(app).join()
        with serving(app.server) as address:
            yield f"{address}/"


def _take(browser: Browser, address: str, size: tuple[int, int], file: Path) -> None:
    context = browser.new_context(bypass_csp=True, viewport={"width": size[0], "height": size[1]}, locale="zh-CN")
    page = context.new_page()
    page.goto(address)
    page.wait_for_function(READY if "/?" in address else SETTLED)
    page.wait_for_timeout(500)
    page.screenshot(path=file)
    context.close()
    print(file)


def _take_wall(browser: Browser, desk: Desk, address: str, file: Path) -> None:
    _, token = new_wall(desk.cube.store, "picture", address="127.0.0.1", small_numbers=True)
    context = browser.new_context(bypass_csp=True, viewport={"width": 3840, "height": 1080})
    page = context.new_page()
    page.goto(f"{address}wall/{token}")
    page.wait_for_timeout(8_000)  # until its map has settled
    page.screenshot(path=file)
    context.close()
    print(file)


def _take_report(desk: Desk, day: dt.date, file: Path, folder: Path) -> None:
    """The first three pages of the daily report, side by side."""
    report = build_report(desk, Viewer(), Order("daily", day=day))
    (folder / "report.pdf").write_bytes(write(report, Pictures(desk, report)))
    subprocess.run(["pdftoppm", "-r", "64", "-l", "3", "-png", folder / "report.pdf", folder / "page"], check=True)
    pages = [Image.open(page).convert("RGB") for page in sorted(folder.glob("page*.png"))]
    strip = Image.new("RGB", (sum(page.width for page in pages), max(page.height for page in pages)), "white")
    for n, page in enumerate(pages):
        strip.paste(page, (sum(before.width for before in pages[:n]), 0))
    strip.save(file, optimize=True)
    print(file)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
