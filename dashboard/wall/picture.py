"""The whole wall as one answer: every scene with its panels and where they stand, and the rotation.

A panel that cannot be made says so in its own place and leaves the others; what is computed once serves every wall of
the same link and language until something changes (:meth:`Gallery.stamp`).
"""

from __future__ import annotations

import datetime as dt
import threading
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog
from cachetools import LRUCache

from dashboard.paint import Painter
from dashboard.queries import Desk, Viewer
from dashboard.queries import freshness as fresh
from dashboard.queries.events import EventDesk
from dashboard.queries.freshness_desk import FreshnessDesk
from dashboard.wall import playlist
from dashboard.wall.board import Board, Now
from dashboard.wall.geometry import SHIFT, Rect, Wall, boxes
from dashboard.wall.playlist import Settings, Turn, When
from dashboard.wall.scene import AsOf, Panel, Scene, plain
from dashboard.wall.scenes import SCENES
from dashboard.wall.texts import raw, say
from data.access.roles import MAY
from data.errors import (
    Forbidden,
    NothingLoaded,
    OneScreenError,
    StoreBusy,
    StoreError,
    StoreLost,
    WallFileError,
    Withheld,
)
from data.store import Load, utcnow
from data.walls import WallLink, list_walls
from data.words import Lang

log = structlog.get_logger()

#: What a wall is among those who look, see data.access.roles.
ROLE = "wall"

#: Seconds for which a wall shows events as they were: it is looked at, not worked at, and each news draws it anew.
LIVE_SECONDS = 15

#: Seconds of making a picture anew for which walls are told when it will be there, and how soon they ask again once it
#: should be; one that takes longer is worth no such haste.
SOON, AGAIN = 4.0, 0.15

#: The database's own troubles: then no panel is marked and kept as failed, the wall keeps the picture that it has.
AWAY = (StoreLost, StoreBusy)

#: Words that the browser fills in itself.
WORDS = (
    "simulated", "simulated_short", "offline", "offline_age", "revoked", "seconds", "minutes", "hours", "compared",
    "compared_short", "legend_missing", "legend_zero", "legend_suppressed", "curve_peak", "city_time",
)  # fmt: skip


def viewer_of(link: WallLink, lang: Lang = "zh") -> Viewer:
    """Who a wall is to the questions: its area, and no right but that of small numbers where its link shows them."""
    rights = MAY[ROLE] | ({"small_numbers"} if link.small_numbers else frozenset())
    return Viewer(lang, link.area, rights, role=ROLE)


class Gallery:
    """Makes and keeps the pictures of all walls of one home."""

    def __init__(
        self, desk: Desk, painter: Painter, file: Path | None, clock: Callable[[], dt.datetime] = utcnow
    ) -> None:
        self.desk, self.painter, self.file, self.clock = desk, painter, file, clock
        self._kept: LRUCache[tuple[object, ...], tuple[str, dict[str, Any]]] = LRUCache(16)
        self._settings: dict[str, tuple[tuple[int, int], Settings]] = {}
        self._looked, self._mark, self._word = 0, "", ""
        self._shown: LRUCache[tuple[Viewer, Settings], tuple[str, dict[str, Any]]] = LRUCache(16)
        self._renewing, self._begun, self._took = 0, 0.0, 0.0
        self._news = threading.Lock()
        self._lock = threading.Lock()
        self._hung = threading.Lock()
        self.trouble = ""

    # settings ----------------------------------------------------------------------------------------

    def settings(self, name: str) -> Settings:
        """The settings of a wall; where the file is wrong, those from before, and ``trouble`` says what."""
        changed = (0, 0)
        with suppress(OSError):
            if self.file is not None:
                at = self.file.stat()
                changed = at.st_mtime_ns, at.st_size  # it may be read between being emptied and being written
        kept = self._settings.get(name)
        if kept is None or kept[0] != changed:
            self._settings[name] = (changed, self._read(name, kept[1] if kept else playlist.DEFAULT))
        return self._settings[name][1]

    def _read(self, name: str, before: Settings) -> Settings:
        try:
            found = playlist.read(self.file, name)
        except WallFileError as error:
            log.warning("wall settings", error=error.say("en"))
            self.trouble = error.say(before.lang or self.desk.city.lang)
            return before
        self.trouble = ""
        return found

    # now ---------------------------------------------------------------------------------------------

    def loads(self) -> list[Load]:
        """All loads of the newest version."""
        try:
            return list(self.desk.cube.at().loads)
        except NothingLoaded:
            return []

    def now(self, settings: Settings) -> Now:
        """The wall's moment; see :class:`Now`."""
        city, real = self.desk.city, self.clock()
        if settings.now is not None:
            at = settings.now
            if at.tzinfo is None:
                at = at.replace(tzinfo=fresh.local(real, city).tzinfo)
            return Now(at.astimezone(dt.UTC).replace(tzinfo=None), False)
        loads = self.loads()
        stands = settings.clock == "data" or (
            settings.clock == "auto" and (city.simulated or fresh.is_archive(city, loads))
        )
        return Now((fresh.data_moment(city, loads) if stands else None) or real, not stands)

    def stamp(self, settings: Settings) -> str:
        """Changes when the picture must be fetched anew: a version, a setting, a day, a source that is late; behind the
        last dot what is live (:attr:`Scene.live`). While the database is away it stays that of the last picture, and
        while the next is made (:meth:`renew`): who would ask for that could only wait."""
        if self.lost or self._renewing:
            last = [stamp for (_, own), (stamp, _made) in self._shown_now() if own == settings]
            if last:
                return last[-1]
        return self._stamp(settings)

    def _stamp(self, settings: Settings) -> str:
        now = self.now(settings)
        beside = self.desk.beside(FreshnessDesk)
        late = [
            f"{one.source.name}{one.state}{int(one.over)}"
            for one in beside.feeds(Viewer(), now=now.utc).sources
            if one.state in ("warn", "error")
        ]
        late += [one.name for one in beside.held(Viewer()) if one.waits]
        day = fresh.local(now.utc, self.desk.city).date()
        told = repr((settings, day, late, self.trouble))
        return f"{self.desk.cube.store.version()}.{zlib.crc32(told.encode()):08x}.{self._events()}"

    def _events(self) -> str:
        """A word that changes with the book of events, every LIVE_SECONDS at most. Where several processes answer, they
        look at the same moments, so that a wall is told the same by each: a book that changes all the time by the
        moment, one that stands still by what is in it."""
        moment = int(time.time() // LIVE_SECONDS)
        with self._news:  # not the lock of who makes a picture: a sign of life does not wait for that
            if moment != self._looked:
                mark = f"{zlib.crc32(self.desk.beside(EventDesk).stamp().encode()):08x}"
                self._word = f"{moment:08x}" if self._mark not in ("", mark) else mark
                self._looked, self._mark = moment, mark
            return self._word

    @property
    def lost(self) -> float:
        """Seconds since the database last answered; 0 while it does."""
        return self.desk.cube.store.lost

    # pictures ----------------------------------------------------------------------------------------

    def picture(self, link: WallLink, wall: Wall) -> dict[str, Any]:
        """Everything that a browser of this size shows until the stamp changes."""
        settings = self.settings(link.name)
        lang: Lang = settings.lang or self.desk.city.lang
        stamp, made = self._whole(viewer_of(link, lang), settings)
        scenes = {one.id: self._placed(one, made["scenes"][one.id], wall) for one in SCENES if one.id in made["scenes"]}
        return {
            **{key: value for key, value in made.items() if key != "scenes"},
            "stamp": stamp,
            "wall": {
                "width": wall.width, "height": wall.height, "em": wall.em, "least": wall.least, "aspect": wall.aspect,
                "bezels_x": wall.bezels_x, "bezels_y": wall.bezels_y,
                "fixed": settings.size != "auto", "shift": {"pixels": SHIFT, "seconds": settings.shift},
                "dim": settings.dim, "refresh": settings.refresh,
            },
            "words": raw(WORDS, lang),
            "scenes": scenes,
        }  # fmt: skip

    def content(self, viewer: Viewer, settings: Settings) -> dict[str, Any]:
        """Every scene for a viewer, whatever the wall's size."""
        return self._whole(viewer, settings)[1]

    def _whole(self, viewer: Viewer, settings: Settings) -> tuple[str, dict[str, Any]]:
        """(stamp, every scene); while the database is away, or the next is made, the last that was made, under its own
        stamp."""
        with self._hung:
            last = self._shown.get((viewer, settings))
        if last is not None and self._renewing:
            return last
        try:
            return self._anew(viewer, settings)
        except StoreError:
            if last is None or not self.lost:
                raise
            return last

    def _anew(self, viewer: Viewer, settings: Settings) -> tuple[str, dict[str, Any]]:
        with self.desk.cube.still():  # a picture is of one version
            stamp = self._stamp(settings)
            made = stamp, self._content(viewer, settings, stamp)
        with self._hung:
            self._shown[viewer, settings] = made
        return made

    def _shown_now(self) -> list[tuple[tuple[Viewer, Settings], tuple[str, dict[str, Any]]]]:
        with self._hung:
            return list(self._shown.items())

    def renew(self) -> None:
        """Makes anew what walls last asked for: a new version is there, and they will ask in a moment. StoreError."""
        self._renewals(+1)
        try:
            for (viewer, settings), _ in self._shown_now():
                self._anew(viewer, settings)
        finally:
            self._renewals(-1)

    def _renewals(self, more: int) -> None:
        with self._hung:
            now = time.monotonic()
            if not self._renewing:
                self._begun = now
            self._renewing += more
            if not self._renewing:
                self._took = now - self._begun

    @property
    def soon(self) -> float:
        """Seconds after which the next picture should be there, if it takes as long as the last; 0 if none is made, or
        one that takes long."""
        since = time.monotonic() - self._begun
        return max(AGAIN, self._took - since) if self._renewing and since < SOON else 0.0

    def warm(self) -> None:
        """Makes what the walls in use will ask for first, so that none of them waits after a restart."""
        for link in list_walls(self.desk.cube.store):
            if link.revoked is None:
                settings = self.settings(link.name)
                self._whole(viewer_of(link, settings.lang or self.desk.city.lang), settings)

    def _content(self, viewer: Viewer, settings: Settings, stamp: str) -> dict[str, Any]:
        still, _, live = stamp.rpartition(".")
        key = (still, viewer, settings)
        with self._lock:  # the first asks, the others wait for it
            kept = self._kept.get(key)
            if kept is None:
                kept = live, self._make(viewer, settings)
            elif kept[0] != live:
                kept = live, self._renewed(kept[1], viewer, settings)
            self._kept[key] = kept
            return kept[1]

    def _board(self, viewer: Viewer, settings: Settings) -> Board:
        return Board(self.desk, self.painter, viewer, self.now(settings), self.trouble)

    def _renewed(self, made: dict[str, Any], viewer: Viewer, settings: Settings) -> dict[str, Any]:
        """The same with its live scenes made anew."""
        board = self._board(viewer, settings)
        live = {scene.id: _scene(scene, board) for scene in _scenes(board) if scene.live}
        return {**made, "scenes": made["scenes"] | live}

    def _make(self, viewer: Viewer, settings: Settings) -> dict[str, Any]:
        board = self._board(viewer, settings)
        now = board.now
        scenes = {scene.id: _scene(scene, board) for scene in _scenes(board)}
        at = fresh.local(now.utc, self.desk.city)
        return {
            "version": board.view.version,
            "lang": viewer.lang,
            "city": board.place.name,
            "simulated": self.desk.city.simulated,
            "clock": {"ticking": now.ticking, "zone": self.desk.city.timezone, "text": f"{at:%H:%M}",
                      "day": board.day_text(at.date()), "year": at.year},
            "turns": {
                when: [{"scene": turn.id, "seconds": turn.dwell} for turn in _turns(settings, board, scenes, when)]
                for when in ("day", "night")
            },
            "scenes": scenes,
        }  # fmt: skip

    @staticmethod
    def _placed(scene: Scene, made: dict[str, Any], wall: Wall) -> dict[str, Any]:
        rects = scene.layouts[wall.aspect].rects(wall)
        panels = [
            {**panel, "rect": rects[panel["id"]], "boxes": boxes(rects[panel["id"]], wall)}
            for panel in made["panels"]
            if panel["id"] in rects
        ]
        places = {name: {"rect": rect, "boxes": boxes(rect, wall)} for name, rect in rects.items() if name in _PLACES}
        if "title" not in places:
            top = Rect(rects["map"].x, 0, rects["map"].width, rects["head"].height)
            places["title"] = {"rect": top, "boxes": boxes(top, wall)}
        below = Rect(0, rects["head"].bottom, wall.width, wall.height - rects["head"].bottom)
        places["line"] = {"rect": below, "boxes": boxes(below, wall)}
        return {**made, "panels": panels, "places": places}


_PLACES = ("title", "head")


def _scenes(board: Board) -> list[Scene]:
    """The scenes that a wall of the board's area has."""
    return [scene for scene in SCENES if scene.is_about(board.place.level)]


def _scene(scene: Scene, board: Board) -> dict[str, Any]:
    title = scene.zh if board.lang == "zh" else scene.en
    line, panels = "", []
    try:
        line = scene.ready(board)
    except (Withheld, Forbidden) as error:
        line = error.say(board.lang)
    except AWAY:
        raise
    except Exception as error:  # noqa: BLE001  (the boundary of a scene: see _failed)
        line = _failed(scene.id, "ready", error, board.lang)
    if not line:
        panels = [_flat(_panel(scene.id, name, make, board)) for name, make in scene.panels.items()]
    return {"id": scene.id, "title": title, "line": line, "panels": panels}


def _flat(panel: Panel) -> dict[str, Any]:
    """A panel as JSON, its data beside its other fields."""
    made = plain(panel)
    return {**made.pop("data", {}), **made}


def _panel(scene: str, name: str, make: Callable[[Board], Panel], board: Board) -> Panel:
    """The panel under the name that its layout knows; where it fails, a mark in its place."""
    try:
        return replace(make(board), id=name)
    except (Withheld, Forbidden) as error:
        return Panel(name, "line", "", AsOf(""), {"line": error.say(board.lang)})
    except AWAY:
        raise
    except Exception as error:  # noqa: BLE001  (the boundary of a panel: see _failed)
        return Panel(name, "line", "", AsOf(""), error=_failed(scene, name, error, board.lang))


def _failed(scene: str, panel: str, error: Exception, lang: Lang) -> str:
    """The mark in a panel's place. Whatever it failed with goes to the log whole: nobody stands by to reload a wall, so
    one panel that breaks, in whatever way, must not take the others with it."""
    log.error("wall panel", scene=scene, panel=panel, error=type(error).__name__, exc_info=error)
    return say("panel_failed", lang)


def _turns(settings: Settings, board: Board, scenes: dict[str, Any], when: str) -> list[Turn]:
    """The turns of the rotation: scenes with data whose condition holds; pinned ones alone."""
    filled = {id for id, scene in scenes.items() if not scene["line"]}
    ready = [turn for turn in settings.scene if turn.id in filled and (turn.night or when == "day")]
    held = [turn for turn in ready if turn.when is None or _holds(turn.when, board)]
    pinned = [turn for turn in held if turn.when is not None and turn.when.pin]
    return pinned or held or [Turn(id="events")]


def _holds(when: When, board: Board) -> bool:
    if when.late is not None:
        wanted = ("warn", "error") if when.late == "warn" else ("error",)
        return any(one.what.state in wanted for one in board.sources.values())
    try:
        value = board.ask(when.measure or "", area=board.area if when.area == "city" else when.area).value
    except OneScreenError as error:
        log.warning("wall condition", error=error.say("en"))
        return False
    if value is None:
        return False
    return value > when.above if when.above is not None else value < (when.below or 0.0)
