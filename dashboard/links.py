"""The state of the screen, and the address that holds it: whoever has the address sees the same.

What equals the default is left out, so the plain address is the city, today.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, get_args
from urllib.parse import parse_qsl, quote, urlencode

from dashboard.colours import THEMES, Theme
from data.terms import DENOMINATORS
from data.words import Lang

#: What was known: everything, what was known at the end of the shown day, or at a moment (UTC).
Known = str | dt.datetime

#: Longest text of one parameter that is read; anything longer is no name of ours.
LONGEST = 120

#: Years whose days are read: no data lie outside them, and near the ends of the calendar there is no week before or
#: after a day.
YEARS = range(1900, 2101)

_MOMENT = "%Y-%m-%dT%H:%M:%S"


@dataclass(frozen=True)
class State:
    """What is shown. None: the default, which depends on the data (the last day, a layer that has data).

    ``per``: by which people rates are told, an id of
    terms.DENOMINATORS. ``more``: (name, value) of what one page alone understands, in the order of the page's own list.
    """

    area: str = "city"
    layer: str | None = None
    per: str = "registered"
    level: str | None = None
    day: dt.date | None = None
    known: Known = "now"
    lang: Lang = "zh"
    theme: Theme = "dark"
    view: tuple[float, float, float] | None = None
    more: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Asked:
    """A read address: the state, and (key, value) of what could not be understood."""

    state: State
    dropped: tuple[tuple[str, str], ...] = field(default=())


def read(search: str, default: State | None = None, more: Sequence[str] = ()) -> Asked:
    """The state of an address's query; ``more`` are the names that the page itself understands.

    Never raises: what cannot be read is dropped and told.
    """
    state = default or State()
    dropped: list[tuple[str, str]] = []
    own: dict[str, str] = {}
    for key, value in parse_qsl(search.lstrip("?"), keep_blank_values=False, max_num_fields=None):
        made = _read(key, value)
        if key in more and len(value) <= LONGEST:
            own[key] = value
        elif made is None:
            dropped.append((key[:LONGEST], value[:LONGEST]))
        else:
            state = replace(state, **made)
    return Asked(replace(state, more=tuple((key, own[key]) for key in more if key in own)), tuple(dropped))


def _read(key: str, value: str) -> Mapping[str, Any] | None:
    if len(value) > LONGEST:
        return None
    if key in ("area", "layer", "level"):
        return {key: value}
    if key == "lang" and value in get_args(Lang):
        return {"lang": value}
    if key == "per" and value in DENOMINATORS:
        return {"per": value}
    if key == "theme" and value in THEMES:
        return {"theme": value}
    parser = {"day": _day, "known": _known, "view": _view}.get(key)
    made = parser(value) if parser else None
    return None if made is None else {key: made}


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def _known(text: str) -> Known | None:
    if text in ("now", "then"):
        return text
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.year not in YEARS:
        return None
    return moment if moment.tzinfo is None else moment.astimezone(dt.UTC).replace(tzinfo=None)


def _view(text: str) -> tuple[float, float, float] | None:
    if not re.fullmatch(r"-?\d{1,3}(\.\d+)?,-?\d{1,2}(\.\d+)?,\d{1,6}(\.\d+)?", text):
        return None
    lon, lat, mpp = (float(part) for part in text.split(","))
    return (lon, lat, mpp) if abs(lon) <= 180 and abs(lat) <= 85 and mpp > 0 else None


def write(state: State, default: State | None = None) -> str:
    """The query of a state: "" for the default, else "?area=310115&...". ``read`` gives the state back."""
    plain = default or State()
    pairs = [
        (key, _text(getattr(state, key)))
        for key in ("area", "layer", "per", "level", "day", "known", "view", "lang", "theme")
        if getattr(state, key) is not None and getattr(state, key) != getattr(plain, key)
    ]
    pairs += state.more
    return "?" + urlencode(pairs, quote_via=quote, safe=",:") if pairs else ""


def _text(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.strftime(_MOMENT)
    if isinstance(value, tuple):
        return ",".join(f"{part:.6g}" if n == 2 else f"{part:.5f}" for n, part in enumerate(value))
    return value.isoformat() if isinstance(value, dt.date) else str(value)
