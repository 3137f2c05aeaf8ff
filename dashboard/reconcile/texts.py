"""The numbers in what a screen shows, and why every other digit is none.

A screen is dictionaries and lists of texts (:mod:`dashboard.parts.sheet`, :mod:`dashboard.wall.scene`). A digit on it
belongs to one of these, or it is a number that cites nothing:

* a number that was told with its citation (:class:`dashboard.said.Told`);
* a fixed wording (:class:`dashboard.said.Words`): "7 日发病率", "第 1–50 条";
* a date or a time of day, written alone (:data:`DATES`);
* a name that the version knows, written alone: of an area, notice, source, ... (:mod:`dashboard.reconcile.names`);
* a field that is not shown, or is no fact of the city, each with its reason: :data:`NOT_SHOWN` and :data:`NOT_ENTERED`.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from dashboard.said import Said, Told, Words, pieces_of

#: Fields that hold digits which are no numbers of the city -> why. A number that is told in one counts all the same.
NOT_SHOWN: Mapping[str, str] = MappingProxyType({
    **dict.fromkeys(("href", "before", "after", "latest", "search", "now", "then", "choose", "up"), "an address"),
    **dict.fromkeys(("shapes_url", "outlines_url", "values_url", "classes_url", "then_url"), "an address"),
    **dict.fromkeys(("id", "key", "code", "parent", "shows", "chosen", "layer", "measure"), "an id"),
    **dict.fromkeys(("colour", "shade", "tone", "theme", "state"), "a word of the program"),
    "cite": "a citation",
    "value": "what a column is sorted by, where that is a text",
})  # fmt: skip

#: Whole parts of a screen into which nobody looks for numbers -> why.
NOT_ENTERED: Mapping[str, str] = MappingProxyType({
    "map": "its units are held against the desk one by one",
    "properties": "the same on a wall",
    "legend": "bounds of colours are round numbers of a scale; how many units have each is counted from the picture",
    "classes": "the same",
    "words": "wordings that the browser fills in",
    "days": "dates", "labels": "dates", "ticks": "dates",
    "clock": "told by the clock",
    "families": "the layers to choose from: fixed names and explanations",
    "state": "what the address holds", "plain": "what an address without it means",
})  # fmt: skip

#: A date or a time of day as the screens write them.
DATES = re.compile(
    r"(\d{4}年)?\d{1,2}月(\d{1,2}日)?|\d{4}年|\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)( \d{4})?"
    r"|\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?|\b\d\d:\d\d(:\d\d)?\b"
)
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True)
class Shown:
    """One text of a screen: ``path`` says where it stands."""

    path: str
    text: str


def shown(content: Any, path: str = "") -> Iterator[Shown]:
    """Every text of a screen in reading order, but for those that are not shown."""
    if isinstance(content, str):
        yield Shown(path, content)
    elif isinstance(content, Mapping):
        for key, value in content.items():
            if not _left_out(key, value):
                yield from shown(value, f"{path}.{key}" if path else str(key))
    elif isinstance(content, (list, tuple)):
        for at, value in enumerate(content):
            yield from shown(value, f"{path}[{_name_of(value, at)}]")


def _left_out(key: str, value: Any) -> bool:
    return not _cited(value) if isinstance(value, str) and key in NOT_SHOWN else key in NOT_ENTERED


def _cited(value: Any) -> bool:
    """Whether a text holds a number all the same."""
    return isinstance(value, Said) and any(isinstance(piece, Told) for piece in value.pieces)


def _name_of(value: Any, at: int) -> str:
    """What a member of a list is called: its key, id or title, else its place."""
    if isinstance(value, Mapping):
        return str(next((value[name] for name in ("id", "key", "name", "title") if value.get(name)), at))
    return str(at)


def numbers(text: str) -> list[Told]:
    """The numbers of a text with their citations."""
    return [piece for piece in pieces_of(text) if isinstance(piece, Told)]


def untraced(text: str, names: Container[str]) -> list[str]:
    """The pieces of a text whose digits cite nothing and are no name or date."""
    plain = [piece for piece in pieces_of(text) if isinstance(piece, str) and not isinstance(piece, Words)]
    return [piece for piece in plain if _DIGIT.search(piece) and piece not in names and not _dates(piece)]


def _dates(piece: str) -> bool:
    return not _DIGIT.search(DATES.sub("", piece))
