"""Officials who click at human pace, and walls that look for news."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson

from tests.bench.load.client import Browser

#: Seconds between two clicks: nobody is faster than the first, the mean of what is added is the second.
LEAST, MORE = 3.0, 7.0
#: Seconds between two signs of life of a page and between two looks for a version, as assets/page/address.js asks, and
#: of a wall.
BEAT, LOOK, WALL_BEAT = 15.0, 1.5, 1.0
#: What officials look at, the first page most of all.
SHEETS = ("codes", "zones", "risk", "outflow", "freshness")
TO_SHEET = 0.2
LAYERS = ("incidence_7d", "positives", "growth", "code_red", "zone_lockdown_people", "population")


@dataclass(frozen=True)
class Tree:
    """Areas that can be clicked: children of each by code, and the callbacks' outputs by page."""

    below: Mapping[str, Sequence[str]]
    days: Sequence[str]
    screen: Mapping[str, Any]
    sheet: Mapping[str, Any]


class Official:
    """One who is signed in and looks around inside an area."""

    def __init__(self, browser: Browser, tree: Tree, scope: str, seed: int) -> None:
        self.browser, self.tree, self.scope = browser, tree, scope
        self.random = random.Random(seed)
        self.path, self.layer, self.day = [scope], "incidence_7d", ""
        self.clicks = 0

    async def work(self, until: asyncio.Event) -> None:
        """Opens the page, then clicks until it is over."""
        await asyncio.sleep(self.random.random() * (LEAST + MORE))
        await self._open()
        beats = asyncio.create_task(self._beats())
        try:
            while not until.is_set():
                await asyncio.sleep(LEAST + min(self.random.expovariate(1 / MORE), 60))
                if not until.is_set():
                    await self._click()
        finally:
            beats.cancel()
            self.browser.close()

    async def _open(self) -> None:
        await self.browser.get(f"/?area={self.scope}", "page")
        await self._look()

    async def _beats(self) -> None:
        own = Browser(self.browser.port, self.browser.seen, self.browser.cookies)
        try:
            while True:
                for _ in range(round(BEAT / LOOK)):
                    await asyncio.sleep(LOOK)
                    await own.get("/pulse", "pulse")
                await own.get("/alive", "alive")
        finally:
            own.close()

    async def _click(self) -> None:
        self.clicks += 1
        if self.random.random() < TO_SHEET:
            await self._sheet(self.random.choice(SHEETS))
            return
        wish = self.random.random()
        children = self.tree.below.get(self.path[-1], ())
        if wish < 0.5 and children:
            self.path.append(self.random.choice(children))
        elif wish < 0.75 and len(self.path) > 1:
            self.path.pop()
        elif wish < 0.9:
            self.layer = self.random.choice(LAYERS)
        else:
            self.day = self.random.choice(self.tree.days)
        await self._look()

    async def _look(self) -> None:
        """What the browser does with a click: one callback, then the bytes that it has not got."""
        found = await self._callback("/_dash-update-component", self.tree.screen, [f"?{self._query()}", None], "click")
        shown = found["response"]["map"] if found else {}
        for name in ("values_url", "shapes_url", "outlines_url"):
            if shown.get(name):
                await self.browser.get(shown[name], name.removesuffix("_url"))

    async def _sheet(self, page: str) -> None:
        address = f"/{page}?area={self.path[-1]}"
        await self.browser.get(address, "page")
        search = f"?area={self.path[-1]}"
        await self._callback("/sheet/_dash-update-component", self.tree.sheet, [f"/{page}", search, None], page)

    def _query(self) -> str:
        day = f"&day={self.day}" if self.day else ""
        return f"area={quote(self.path[-1])}&layer={self.layer}{day}"

    async def _callback(self, path: str, callback: Mapping[str, Any], values: Sequence[Any], kind: str) -> Any:
        inputs = [{**one, "value": value} for one, value in zip(callback["inputs"], values, strict=True)]
        body = {
            "output": callback["output"],
            "outputs": _outputs(callback["output"]),
            "inputs": inputs,
            "changedPropIds": [f"{one['id']}.{one['property']}" for one in inputs[-2:-1]],
        }
        headers = {"Content-Type": "application/json", "Origin": f"http://127.0.0.1:{self.browser.port}"}
        if "_csrf_token" in self.browser.cookies:
            headers["X-CSRFToken"] = self.browser.cookies["_csrf_token"]
        reply = await self.browser.ask("POST", path, kind, orjson.dumps(body), headers)
        return reply.json() if reply.status == 200 else None


def _outputs(output: str) -> list[dict[str, str]]:
    names = output.strip(".").split("...")
    return [dict(zip(("id", "property"), name.rsplit(".", 1), strict=True)) for name in names]


class Wall:
    """One wall: a sign of life every second, a new picture when there is one."""

    def __init__(self, browser: Browser, link: str) -> None:
        self.browser, self.link, self.stamp = browser, link, ""

    async def work(self, until: asyncio.Event) -> None:
        """Looks until it is over."""
        await self.browser.get(self.link, "wall page")
        while not until.is_set():
            sign = await self.browser.get(f"{self.link}/beat", "beat")
            if sign is not None and sign.status == 200 and sign.json()["stamp"] != self.stamp:
                picture = await self.browser.get(f"{self.link}/picture?w=3840&h=1080&r=1", "picture")
                if picture is not None and picture.status == 200:
                    self.stamp = picture.json()["stamp"]
            await asyncio.sleep(WALL_BEAT)
        self.browser.close()
