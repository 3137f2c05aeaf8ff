"""What a scene is made of: panels, and numbers that say where they come from.

Everything here is written as JSON to the wall's browser (:func:`plain`). A number keeps its citation (see
:mod:`dashboard.queries.cite`), so that anybody can ask again and gets the same of the same version.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from dashboard.queries.cite import Cite
from dashboard.queries.freshness import State
from dashboard.wall.geometry import Aspect, Layout

if TYPE_CHECKING:
    from dashboard.wall.board import Board

Kind = Literal["map", "lead", "figures", "curve", "ranking", "shares", "listing", "timeline", "sources", "line"]


@dataclass(frozen=True)
class Number:
    """One number as it is shown. ``text`` holds the state's word where there is no value."""

    text: str
    unit: str = ""
    value: float | None = None
    state: str = "value"
    cite: Cite | None = None


@dataclass(frozen=True)
class AsOf:
    """As of when a panel speaks, in words, and whether its sources are late."""

    text: str
    state: State = "fresh"
    word: str = ""


@dataclass(frozen=True)
class Panel:
    """One panel. ``data`` depends on ``kind`` (see the function that makes it); ``error`` stands in its place
    where it could not be made; ``short`` is the title where the long one has no room."""

    id: str
    kind: Kind
    title: str
    asof: AsOf
    data: Mapping[str, Any] = field(default_factory=dict)
    short: str = ""
    error: str = ""


@dataclass(frozen=True)
class Scene:
    """One scene. ``ready`` says whether there is data for it (if not, why, in one calm line); ``panels`` are made
    one by one, so that one that fails leaves the others; ``layouts`` by aspect name where each stands; ``live``: it
    shows what changes between two versions; ``levels``: those of the areas that it is about, none for every level."""

    id: str
    zh: str
    en: str
    ready: Callable[[Board], str]
    panels: Mapping[str, Callable[[Board], Panel]]
    layouts: Mapping[Aspect, Layout]
    live: bool = False
    levels: tuple[str, ...] = ()

    def is_about(self, level: str) -> bool:
        """Whether a wall of an area of this level has the scene at all."""
        return not self.levels or level in self.levels


#: What JSON takes as it is: most of a picture, and so looked for first.
PLAIN = (str, int, float, bool)


def plain(what: Any) -> Any:
    """A record as JSON takes it: fields by name, days and citations as text, what is empty left out."""
    if what is None or type(what) in PLAIN:
        return what
    if isinstance(what, Cite):
        return str(what)
    if dataclasses.is_dataclass(what):
        pairs = ((f.name, getattr(what, f.name)) for f in dataclasses.fields(what))
        return {name: plain(value) for name, value in pairs if value not in ("", None)}
    if isinstance(what, Mapping):
        return {key: plain(value) for key, value in what.items()}
    if isinstance(what, dt.date):
        return what.isoformat()
    if isinstance(what, (list, tuple)):
        return [plain(one) for one in what]
    return what
