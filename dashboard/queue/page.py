"""The page as first sent, and the worker that keeps it: the same for everybody, in both languages."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from dashboard import texts
from dashboard.queries import Desk
from dashboard.queries.events import STEPS
from dashboard.queue.photos import MOST_PHOTOS, PHOTO_BYTES, PHOTO_PIXELS
from dashboard.queue.texts import TEXTS
from data.events.classes import BY_ID
from data.events.report import MOST
from data.events.state import FROM, TO
from data.terms import CHANGES_OF_EVENTS, DEADLINES_OF_EVENTS, EVENTS, LEVELS, ROLES, STATES_OF_EVENTS, Vocabulary
from data.words import Lang

ADDRESS = "/queue"
STYLES = ("page/page.css", "queue/queue.css")
#: In the order in which they run; the first before anything is drawn.
_NAMES = ("look", "base", "kept", "send", "photo", "sheet", "list", "event", "page")
SCRIPTS = tuple(f"queue/{name}.js" for name in _NAMES)


class QueuePage:
    """The page of one installation. ``lang``: the language of an address that names none."""

    def __init__(self, desk: Desk, assets: Path, lang: Lang) -> None:
        self.desk, self.assets, self.lang = desk, assets, lang
        self._template = Environment(
            loader=PackageLoader("dashboard.queue"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        ).get_template("queue.html")  # fmt: skip

    def html(self) -> str:
        """The page, in the language of the installation until its first script reads the address."""
        styles, scripts = ([self._versioned(name) for name in names] for names in (STYLES, SCRIPTS))
        told = json.dumps(self._told(), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
        return self._template.render(lang=self.lang, styles=styles, scripts=scripts, told=told, texts=TEXTS)

    def worker(self) -> str:
        """The service worker; another text as soon as anything that it keeps is another."""
        files = [*(self._versioned(name) for name in (*STYLES, *SCRIPTS)), "/assets/icon.svg"]
        name = hashlib.sha256(self.html().encode()).hexdigest()[:16]
        keep = json.dumps({"name": name, "shell": ADDRESS, "files": files})
        return f"const KEEP = {keep};\n{(self.assets / 'queue/worker.js').read_text('utf-8')}"

    def _versioned(self, name: str) -> str:
        return f"/assets/{name}?m={int((self.assets / name).stat().st_mtime)}"

    def _told(self) -> dict[str, Any]:
        """What the scripts know of the installation; nothing of anybody or of any event."""
        city, book = self.desk.city, self.desk.events
        classes = _words(EVENTS)
        for id, klass in (book.classes if book else BY_ID).items():
            classes[id]["check"] = klass.check
        return {
            "texts": TEXTS, "zone": city.timezone, "simulated": _simulated(city.simulated),
            "simulated_about": texts.TEXTS["simulated_about"], "classes": classes, "states": _words(STATES_OF_EVENTS),
            "changes": _words(CHANGES_OF_EVENTS), "roles": _words(ROLES), "levels": _words(LEVELS),
            "deadlines": _words(DEADLINES_OF_EVENTS),
            "after": {step: TO[what] for step, what in STEPS.items() if what in TO}, "then": steps_then(),
            "photos": {"most": MOST_PHOTOS, "most_bytes": PHOTO_BYTES, "most_pixels": PHOTO_PIXELS},
            "longest": MOST["note"],
        }  # fmt: skip


def steps_then() -> dict[str, list[str]]:
    """State -> steps that its own actor can go on with while nothing has been sent: closing is for somebody else."""
    own = [step for step in STEPS if step != "close"]
    return {state: [step for step in own if state in FROM[STEPS[step]]] for state in STATES_OF_EVENTS}


def _words(vocabulary: Vocabulary) -> dict[str, dict[str, Any]]:
    return {id: {"name": (term.zh, term.en), "glyph": term.glyph} for id, term in vocabulary.items()}


def _simulated(simulated: bool) -> tuple[str, str] | None:
    return texts.TEXTS["simulated"] if simulated else None
