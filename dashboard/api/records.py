"""The types that the API's answers share, and its closed words, made from the registries."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from dashboard.links import YEARS
from dashboard.queries.hidden import hidden
from data.terms import GRADES, LEVELS, MODES, RISK_PARTS, STATES, ZONE_CLOCKS
from grid.measures import MEASURES

#: Rows of one answer, at most and where nothing is asked.
MOST_ROWS, ROWS = 10_000, 1_000
#: The farthest row that can be asked for.
FARTHEST = 100_000_000


def one_of(known: Iterable[str]) -> list[Any]:
    """What makes a text one of a registry's ids: a check, and the list in the schema."""
    words = list(known)

    def check(text: str) -> str:
        if text not in words:
            raise ValueError(f"one of {', '.join(words)}")
        return text

    return [AfterValidator(check), Field(json_schema_extra={"enum": list[Any](words)})]


def read_day(text: Any) -> Any:
    """A day of the years that there are data of; ISO 8601 only, no number of seconds."""
    if not isinstance(text, str):
        return text
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) or int(text[:4]) not in YEARS:
        raise ValueError(f"YYYY-MM-DD from {YEARS[0]} to {YEARS[-1]}")
    return dt.date.fromisoformat(text)


def read_moment(text: Any) -> Any:
    """A day, or a moment of such a day."""
    if not isinstance(text, str) or "T" not in text:
        return read_day(text)
    made = dt.datetime.fromisoformat(text)
    if made.year not in YEARS:
        raise ValueError(f"from {YEARS[0]} to {YEARS[-1]}")
    return made


Day = Annotated[dt.date, BeforeValidator(read_day)]
Moment = Annotated[dt.datetime | dt.date, BeforeValidator(read_moment)]
MeasureId = Annotated[str, *one_of(MEASURES)]
Level = Annotated[str, *one_of(LEVELS)]
State = Annotated[str, *one_of(STATES)]
Grade = Annotated[str, *one_of(GRADES)]
ZoneState = Annotated[str, *one_of(ZONE_CLOCKS)]
RiskPart = Annotated[str, *one_of(RISK_PARTS)]
Mode = Annotated[str, *one_of(MODES)]
AreaWords = Annotated[str, Field(min_length=1, max_length=120, description="代码、名称或 city / code, name or city")]
Number = int | float
Maybe = Number | None


def _without_null(schema: dict[str, Any]) -> None:
    """A parameter of an address is left out; it is never null."""
    for one in schema.get("properties", {}).values():
        kinds = [kind for kind in one.get("anyOf", []) if kind != {"type": "null"}]
        if len(kinds) == 1:
            del one["anyOf"]
            one |= kinds[0]
        elif kinds:
            one["anyOf"] = kinds
        if one.get("default", "") is None:
            del one["default"]


class Asked(BaseModel):
    """What every question may say."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_without_null)

    lang: Literal["zh", "en"] = Field("zh", description="名称的语言 / language of names")
    as_of: Moment | None = Field(
        None,
        description="当时所知：时刻（无时区则为本市时间）或日期（指当日结束）/ as known at: a moment "
        "(without a zone: the city's clocks), or a day, which means its end",
    )


class Paged(Asked):
    """A question with many rows."""

    limit: int = Field(ROWS, ge=1, le=MOST_ROWS, description="最多行数 / rows at most")
    offset: int = Field(0, ge=0, le=FARTHEST, description="跳过的行数 / rows to skip")


class Answered(BaseModel):
    """What every answer carries. ``version``: number of the newest load that it knows, ``known``: when that was known,
    ``as_of``: the moment asked for (null: now)."""

    version: int
    known: dt.datetime
    as_of: dt.datetime | None
    simulated: bool = Field(description="模拟数据 / no number is real")


class Rows(Answered):
    """An answer with many rows: ``total`` of them, ``next`` and ``prev`` lead to the rows after and before."""

    total: int
    limit: int
    offset: int
    next: str | None
    prev: str | None


class Fact(BaseModel):
    """One number: ``value`` null unless ``state`` is value or zero. Missing is never nought."""

    value: Maybe
    state: State


def number(value: float | None) -> Maybe:
    """A number as JSON has it: whole ones without a point."""
    if value is None or value != value:
        return None
    return int(value) if float(value).is_integer() else float(value)


def fact(value: float | None, state: str | None = None) -> Fact:
    """A number with its state; without one, None is missing, HIDDEN is suppressed and nought is zero."""
    if hidden(value):
        return Fact(value=None, state="suppressed")
    told = number(value)
    return Fact(value=told, state=state or ("missing" if told is None else "value" if told else "zero"))
