"""Rules of travel as dated data: what a city asks of those who leave, arrive or come back.

One TOML file an announcement, as with data.rules; a city adds its own in the folder that ``travel`` of its city file
names. Facts are cited, the sentences are our own.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data.city import City
from data.errors import RuleFileError
from data.files import NO_TOML
from data.words import Both, Lang

#: The packs that are shipped, oldest first.
PACKS = ("harbin-2021",)

#: On which occasion a city asks something, in the order of a journey there and back.
WHEN = ("leave", "arrive", "return")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Demand(_Part):
    """What is asked on one occasion. ``when``: of those who leave the city, arrive in it, or come back to it.

    ``of``: only of those who come from (or go to) a place whose name or code begins so ("": of all). ``test_hours``: a
    negative test of at most that age; ``tests``: so many tests afterwards; ``isolate_days``; ``code``: the health code
    that must be shown; ``closed``: nobody may. ``zh``, ``en``: what the announcement says, in our words.
    """

    when: Literal["leave", "arrive", "return"]
    of: str = ""
    test_hours: Annotated[int, Field(ge=1, le=1000)] | None = None
    tests: Annotated[int, Field(ge=0, le=20)] = 0
    isolate_days: Annotated[int, Field(ge=0, le=100)] = 0
    code: Literal["", "green", "yellow"] = ""
    closed: bool = False
    zh: str
    en: str

    def text(self, lang: Lang) -> str:
        """What it says."""
        return self.zh if lang == "zh" else self.en


class TravelPack(_Part):
    """What one city asks, in force from ``start`` and before ``stop`` if that is known.

    ``place``, ``place_en``, ``code``: the city. ``demands`` are written as ``[[demand]]``.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)]
    zh: str
    en: str
    place: str
    place_en: str
    code: str = ""
    authority: str = ""
    authority_en: str = ""
    source: str
    start: dt.date
    stop: dt.date | None = None
    demands: tuple[Demand, ...] = Field(alias="demand")

    @model_validator(mode="after")
    def _ordered(self) -> TravelPack:
        if self.stop is not None and self.stop <= self.start:
            raise ValueError("stop must be after start")
        return self

    def name(self, lang: Lang) -> str:
        """What it is called."""
        return self.zh if lang == "zh" else self.en

    def where(self, lang: Lang) -> str:
        """The city that asks."""
        return self.place if lang == "zh" else self.place_en

    def governs(self, *words: str) -> bool:
        """Whether it is about the city that goes by any of these names or codes."""
        return bool({self.place, self.place_en, self.code} - {""} & set(words)) if words else False

    def holds(self, day: dt.date) -> bool:
        """Whether it is in force on ``day``."""
        return self.start <= day and (self.stop is None or day < self.stop)


def read_travel(path: Path) -> TravelPack:
    """The pack that ``path`` describes; RuleFileError."""
    try:
        return TravelPack.model_validate(tomllib.loads(path.read_text("utf-8-sig")))
    except NO_TOML as error:
        detail = Both(f"不是可读的 UTF-8 TOML（{error}）", f"not readable as UTF-8 TOML: {error}")
        raise RuleFileError(file=path.name, where="TOML", detail=detail) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "-"
        detail = Both(f"不行：{first['msg']}", str(first["msg"]))
        raise RuleFileError(file=path.name, where=where, detail=detail) from error


def travel_packs(city: City) -> tuple[TravelPack, ...]:
    """The packs that a city goes by: the shipped ones, those of its own folder, and of its members'; RuleFileError."""
    found = {pack.id: pack for pack in shipped()}
    for folder in (part.file(part.travel) for part in city.parts if part.travel is not None):
        if not folder.is_dir():
            raise RuleFileError(file=folder, where="-", detail=Both("没有这个文件夹", "no such folder"))
        for path in sorted(folder.glob("*.toml")):
            pack = read_travel(path)
            if pack.id in found:
                detail = Both(f"两份规则都叫“{pack.id}”", f"two packs are called {pack.id!r}")
                raise RuleFileError(file=folder, where="id", detail=detail)
            found[pack.id] = pack
    return tuple(found.values())


@lru_cache(maxsize=1)
def shipped() -> tuple[TravelPack, ...]:
    """The packs that come with the product, oldest first."""
    return tuple(read_travel(Path(__file__).parent / f"{name}.toml") for name in PACKS)
