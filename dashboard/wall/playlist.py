"""``wall.toml``: how large the wall is and how far its readers stand, what it shows, how long, and when.

The file lies in the home; without one, :data:`DEFAULT` holds. All of it, with what is meant when left out::

    size = "auto"          # the browser's own; a preset ("3840x2160"); or any "WIDTHxHEIGHT"
    pitch = 0.565          # millimetres a pixel; a preset brings its own
    distance = 4           # metres to the farthest reader; a preset brings its own
    bezels_x = []          # pixel columns at which one panel of the wall ends and the next begins
    bezels_y = []
    lang = "zh"            # the city's own
    clock = "auto"         # "real": now. "data": the newest known moment. Auto: data for a simulated city or an archive
    now = "2022-04-13T20:00"   # the wall stands at this moment (city time) and shows no later day; overrules clock
    night = ["22:00", "06:00"] # dimmed between the two, on the city's real clock; [] for never
    dim = 0.3              # by how much, at most 0.35: beyond that the smallest words lose their contrast
    shift = 90             # seconds between two small moves of the picture; 0 for never
    refresh = 1            # seconds between two looks for news, at most 2.5 so that a loss is told within five

    [[scene]]
    id = "overview"        # overview, cities, situation, risk, control, codes, outflow, events
    dwell = 40             # seconds
    night = true           # also shown at night
    [scene.when]           # shown only while this holds; with pin = true, alone
    measure = "growth"
    area = "city"
    above = 0.5            # or below
    pin = true
    # or: late = "warn" | "error"

    [walls."指挥大厅"]      # what is different on the wall whose token has this name
    size = "6656x1792"

The rotation follows the clock of the server alone: at second ``s`` of the epoch it stands ``s`` modulo its length, so
any number of walls show the same scene at the same moment, whenever each was switched on.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from dashboard.wall.geometry import HAND, HELD, PRESETS, Wall
from data.errors import WallFileError
from data.files import NO_TOML
from data.words import Lang

FILE = "wall.toml"
#: Millimetres a pixel and metres of a wall of which nothing is told: the preset next in height.
_SIZE = re.compile(r"(\d{3,5})x(\d{3,5})")

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class When(_Part):
    """A condition: a measure of an area above or below a bound, or a source that is late."""

    measure: str | None = None
    area: str = "city"
    above: float | None = None
    below: float | None = None
    late: Literal["warn", "error"] | None = None
    pin: bool = False

    @model_validator(mode="after")
    def _one_kind(self) -> When:
        bounds = (self.above is not None) + (self.below is not None)
        if (self.measure is None) == (self.late is None) or (self.measure is not None) != (bounds == 1):
            raise ValueError("when needs either late, or measure with above or below")
        return self


class Turn(_Part):
    """One turn of the rotation."""

    id: Literal["overview", "cities", "situation", "risk", "control", "codes", "outflow", "events"]
    dwell: Annotated[float, Field(ge=0.5, le=3600)] = 40
    night: bool = True
    when: When | None = None


class Settings(_Part):
    """A wall's settings; see the module."""

    size: str = "auto"
    pitch: Annotated[float, Field(gt=0, le=50)] | None = None
    distance: Annotated[float, Field(gt=0, le=200)] | None = None
    bezels_x: tuple[int, ...] | None = None
    bezels_y: tuple[int, ...] | None = None
    lang: Lang | None = None
    clock: Literal["auto", "real", "data"] = "auto"
    now: dt.datetime | None = None
    night: tuple[Clock, Clock] | tuple[()] = ("22:00", "06:00")
    dim: Annotated[float, Field(ge=0, le=0.35)] = 0.3
    shift: Annotated[float, Field(ge=0)] = 90
    refresh: Annotated[float, Field(ge=0.1, le=2.5)] = 1
    scene: tuple[Turn, ...] = (
        Turn(id="overview", dwell=40),
        Turn(id="cities", dwell=30),
        Turn(id="situation", dwell=45),
        Turn(id="risk", dwell=30),
        Turn(id="control", dwell=30),
        Turn(id="codes", dwell=30),
        Turn(id="outflow", dwell=30),
        Turn(id="events", dwell=20),
    )

    @field_validator("size")
    @classmethod
    def _known(cls, size: str) -> str:
        if size != "auto" and not _SIZE.fullmatch(size):
            raise ValueError(f"a size is auto or WIDTHxHEIGHT; presets: {', '.join(PRESETS)}")
        return size

    def wall(self, width: int, height: int, ratio: float = 1.0) -> Wall:
        """The wall of a browser of ``width`` x ``height`` CSS pixels, ``ratio`` device pixels each."""
        if self.size != "auto":
            width, height = (int(side) for side in self.size.split("x"))
            ratio = 1.0
        preset = PRESETS.get(f"{width}x{height}")
        if preset is None and self.size == "auto" and min(width, height) < HELD:
            preset, ratio = HAND, 1.0  # of CSS pixels, whatever the screen has
        known = preset or min(PRESETS.values(), key=lambda p: abs(p.height - min(width, height) * ratio))
        return Wall(
            width,
            height,
            (self.pitch or known.pitch) * ratio,
            self.distance or known.distance,
            (preset.bezels_x if preset else ()) if self.bezels_x is None else self.bezels_x,
            (preset.bezels_y if preset else ()) if self.bezels_y is None else self.bezels_y,
        )


DEFAULT = Settings()


def read(path: Path | None, name: str = "") -> Settings:
    """The settings of the wall whose token is called ``name``; DEFAULT where there is no file. WallFileError."""
    if path is None or not path.exists():
        return DEFAULT
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text("utf-8-sig"))
    except NO_TOML as error:
        raise WallFileError(file=path.name, where="TOML", detail=error) from error
    own = document.pop("walls", {}).get(name, {})
    try:
        return Settings.model_validate({**document, **own})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "wall"
        raise WallFileError(file=path.name, where=where, detail=first["msg"]) from error


def is_night(settings: Settings, at: dt.datetime, zone: str) -> bool:
    """Whether the room is dark at ``at`` (UTC without zone)."""
    if not settings.night:
        return False
    clock = at.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).strftime("%H:%M")
    start, end = settings.night
    return start <= clock < end if start <= end else clock >= start or clock < end
