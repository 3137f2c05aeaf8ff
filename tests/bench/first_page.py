"""The official's page on the megacity: the first picture, its bytes, and a click that drills to the painted page.

The home is ``ONESCREEN_BENCH_HOME``, or one made by ``onescreen demo --scale megacity``. The browser has no GPU and an
empty cache for every first page; the server has been up long enough to have its borders at hand. A drill starts with a
real click on the map and is *painted* when figures, heading, outlines, units and values of the new area are all on the
screen; that the map is still gliding to its place is told apart as *at rest*.
"""

from __future__ import annotations

import json
import shutil
import socket
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from tests.bench.city import COMMAND, megacity
from tests.bench.table import Verdict, show

SIZE = {"width": 1920, "height": 1080}
PAGES, WALKS = 5, 10
GOAL_SECONDS, GOAL_MB, GOAL_DRILL_MS = 2.0, 3.0, 300.0
ARGS = ["--headless=new", "--no-sandbox", "--disable-gpu"]

#: Notes when the page is first painted, and how long every drill took. ``whole``: nothing asked is unanswered.
WATCH = """
window.bench = {first: 0, drills: []};
const whole = window.whole = () => {
  const map = window.onescreen && onescreen.maps && onescreen.maps.map, root = document.documentElement.dataset;
  if (!map || !map.ready || map.frame && !map.glide || map.status !== "ready" || !map.bytes.get("values")) return false;
  return root.asked === root.answered && ["shapes", "outlines", "values"].every((kind) => map.bytes.holds(kind));
};
const code = () => (document.getElementById("panel") || {dataset: {}}).dataset.code;
const look = () => {
  const now = performance.now(), {bench} = window;
  if (!bench.first && code() && whole()) bench.first = now;
  const drill = bench.drill;
  if (drill && code() !== drill.from && whole()) {
    drill.painted = drill.painted || now - drill.at;
    if (!onescreen.maps.map.glide) {
      bench.drills.push([drill.painted, now - drill.at]);
      bench.drill = null;
    }
  }
  requestAnimationFrame(() => setTimeout(look));
};
look();
addEventListener("pointerup", () => (window.bench.drill = {at: performance.now(), from: code()}), true);
"""

#: A pixel of some unit of the shown area; another one for every seed.
SPOT = """(seed) => {
  const map = onescreen.maps.map, {clientWidth: w, clientHeight: h} = map.host, here = onescreen.page.state().area;
  for (let i = 0; i < 900; i++) {
    const n = (seed * 137 + i) % 900, turn = n * 2.4, reach = 11 * Math.sqrt(n + 1);
    const x = w / 2 + reach * Math.cos(turn), y = h / 2 + reach * Math.sin(turn);
    const spot = map.at(x, y), inside = here === "city" || Object.values(spot.areas).includes(here);
    if (spot.unit >= 0 && inside && Object.values(spot.areas).at(-1) !== here) return [x, y];
  }
  return null;
}"""


def run() -> Verdict:
    """First pages and drills; see the module."""
    with megacity() as home, _server(home) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        _first(browser, address)  # the server's first reader warms it; he is not counted
        pages = [_first(browser, address) for _ in range(PAGES)]
        drills = _drills(browser, address)
        browser.close()
    seconds = statistics.median(page[0] for page in pages)
    size = max(page[1] for page in pages)
    painted, rest = ([drill[i] for drill in drills] for i in (0, 1))
    show(
        ("megacity, 1920 x 1080", "median", "p95"),
        [
            ("first picture, s", f"{seconds:.2f}", f"{_p95([page[0] for page in pages]):.2f}"),
            ("bytes until then, MB", f"{statistics.median(page[1] for page in pages):.2f}", f"{size:.2f}"),
            ("click to painted page, ms", f"{statistics.median(painted):.0f}", f"{_p95(painted):.0f}"),
            ("click to map at rest, ms", f"{statistics.median(rest):.0f}", f"{_p95(rest):.0f}"),
        ],
    )
    print(f"{len(pages)} first pages, {len(drills)} drills")
    met = seconds < GOAL_SECONDS and size < GOAL_MB and _p95(painted) < GOAL_DRILL_MS
    figures = f"{seconds:.2f} s, {size:.2f} MB, drill p95 {_p95(painted):.0f} ms"
    return Verdict(figures, f"goal < {GOAL_SECONDS:.0f} s, < {GOAL_MB:.0f} MB, < {GOAL_DRILL_MS:.0f} ms", met)


def main() -> int:
    """The exit status."""
    verdict = run()
    print(verdict.line("first_page"))
    return 0 if verdict.met else 1


def _p95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, round(0.95 * len(values)))]


def _first(browser: Browser, address: str) -> tuple[float, float]:
    """(seconds to the first picture, MB that travelled until then) of a browser with an empty cache."""
    context = browser.new_context(bypass_csp=True, viewport=SIZE, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    sizes = _sizes(context.new_cdp_session(page))
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_function("window.bench && bench.first > 0")
    seconds = page.evaluate("bench.first") / 1000
    travelled = sum(sizes) / 1e6
    context.close()
    return float(seconds), travelled


def _sizes(session: CDPSession) -> list[float]:
    sizes: list[float] = []
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    return sizes


def _drills(browser: Browser, address: str) -> list[tuple[float, float]]:
    """(ms to painted, ms to rest) of every click on walks from the city down."""
    context = browser.new_context(bypass_csp=True, viewport=SIZE, locale="zh-CN")  # type: ignore[arg-type]
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_function("window.bench && bench.first > 0")
    for walk in range(WALKS):
        _walk(page, walk)
    found: list[tuple[float, float]] = [tuple(one) for one in page.evaluate("bench.drills")]
    context.close()
    return found


def _walk(page: Page, walk: int) -> None:
    """City, district, street, and one step further."""
    page.evaluate("onescreen.page.go({area: 'city'})")
    box: Any = page.locator("#map").bounding_box()
    for step in range(3):
        page.wait_for_function("whole() && !onescreen.maps.map.glide")
        page.wait_for_timeout(300)  # a person looks before the next click
        spot = page.evaluate(SPOT, 3 * walk + step)
        if spot is None:
            return
        before = page.evaluate("bench.drills.length")
        page.mouse.click(box["x"] + spot[0], box["y"] + spot[1])
        page.wait_for_function("(n) => bench.drills.length > n", arg=before)


@contextmanager
def _server(home: Path) -> Iterator[str]:
    """``onescreen serve`` on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["serve", "--open", "--home", str(home), "--port", str(port)]
    with subprocess.Popen([*COMMAND, *words], stdout=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}/"
        try:
            _wait(address + "alive", process)
            yield address
        finally:
            process.terminate()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310  (an address made above)
                if json.load(answer)["warm"]:
                    return
        except OSError:
            if process.poll() is not None:
                raise
        time.sleep(0.2)
    raise TimeoutError(address)


if __name__ == "__main__":
    raise SystemExit(main())
