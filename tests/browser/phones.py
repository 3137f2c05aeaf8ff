"""Phones with the queue on them, over a small served city with its book of events: what tests of the queue begin with."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import requests
from PIL import Image
from playwright.sync_api import Page, Route, ViewportSize, expect

from dashboard.queries import Desk, Viewer
from dashboard.queries.events import EventDesk
from data.access.roles import MAY
from data.events import Events, read

DISTRICT, STREET, COMMUNITY = "990101", "990101001", "990101001001"
PASSWORD = "nine lamps over the river"
#: Login -> (role, scope): a gate, the community that goes there, the district that checks, and somebody elsewhere.
PEOPLE = {
    "gate": ("reporter", DISTRICT), "li": ("official", COMMUNITY), "zhao": ("official", DISTRICT),
    "qian": ("official", "990102"),
}  # fmt: skip
PHONE: ViewportSize = {"width": 390, "height": 844}
#: Tells of everything that the content policy stops.
WATCH = """window.stopped = [];
document.addEventListener("securitypolicyviolation", (e) => window.stopped.push([e.violatedDirective, e.blockedURI]));"""


@dataclass(frozen=True)
class Site:
    """A served city with its book of events."""

    url: str
    desk: Desk
    events: Events
    token: str

    def hit(self, key: str = "1", place: str = "东门", subject: str = "p-0c2d") -> int:
        """A gate tells of somebody, as programs do; the event's number."""
        body = {"source": "gate-7", "key": key, "klass": "gate_hit", "area": COMMUNITY, "subject": subject}
        said = requests.post(
            f"{self.url}/api/v1/events", json={"reports": [body | {"place": place, "note": "红码人员刷卡"}]},
            headers={"Authorization": f"Bearer {self.token}"}, timeout=30,
        )  # fmt: skip
        assert said.status_code in (200, 201), said.text
        return int(said.json()["took"][0]["event"])

    def done(self, event: int) -> list[tuple[str, str]]:
        """What the book says was done with an event, and by whom."""
        return [(one.what, one.by) for one in read.history(self.events, event).changes]

    def step(self, login: str, event: int, action: str) -> None:
        """Somebody does something elsewhere."""
        role, scope = PEOPLE[login]
        viewer = Viewer("zh", scope, MAY[role], login, role)
        self.desk.beside(EventDesk).step(viewer, event, action, f"elsewhere-{action}-{event}")


def enter(page: Page, site: Site, login: str, look: str = "") -> None:
    """Signs in and comes to the queue."""
    page.goto(f"{site.url}/queue{look}")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("button.main").click()
    shown(page)


def shown(page: Page) -> None:
    """The list is there, and the worker keeps the page."""
    page.wait_for_selector("html[data-ready]")
    expect(page.locator(".list .loading")).to_have_count(0)
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")


def tap(page: Page, step: str) -> None:
    page.locator(f".doing [data-step={step}]").click()


#: Presses the button that sends what waits; tells whether it was there or nothing waits any more.
PRESS = """() => {
  const button = document.querySelector(".note-line.waits button");
  if (button) button.click();
  return Boolean(button) || !document.querySelector(".note-line.waits");
}"""


def send_again(page: Page) -> None:
    """Sends what waits at once, unless the phone, which tries again every few seconds by itself, was quicker."""
    page.wait_for_function(PRESS)


def rested(page: Page) -> None:
    """Nothing waits to be sent any more."""
    expect(page.locator(".note-line.waits")).to_have_count(0)
    expect(page.locator(".unsent")).to_have_count(0)


def photo() -> bytes:
    """A large photo that tells where it was taken."""
    noise = np.random.default_rng(7).integers(0, 255, (1500, 2400, 3), dtype=np.uint8)
    picture, exif, into = Image.fromarray(noise), Image.Exif(), io.BytesIO()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010F] = "Maker of phones"
    picture.save(into, "JPEG", quality=90, exif=exif)
    return into.getvalue()


def away(route: Route) -> None:
    route.abort("internetdisconnected")


KEPT = """async () => {
  const read = (name) => new Promise((done) => {
    const asked = indexedDB.open("onescreen-queue");
    asked.onsuccess = () => {
      const base = asked.result;
      if (!base.objectStoreNames.contains(name)) return base.close(), done(0);
      const all = base.transaction(name).objectStore(name).getAll();
      all.onsuccess = () => (base.close(), done(all.result.length));
    };
  });
  return [await read("read"), await read("acts"), (await caches.keys()).length];
}"""


def enter_again(page: Page, site: Site, login: str, path: str = "/queue") -> None:
    """Signs in by itself: where the page is kept nothing asks for it."""
    page.goto(f"{site.url}/sign-in?next={path}")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("button.main").click()
    page.wait_for_url(f"{site.url}{path}")
    if path == "/queue":
        shown(page)
