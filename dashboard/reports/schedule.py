"""Reports on a schedule: ``reports.toml`` in the home says which, and a pass writes what is due and not yet there.

::

    [[report]]
    kind = "daily"
    area = "310000"           # code or name; without it the city
    time = "08:00"            # in the city's time; speaks of the day before, as known at this moment
    formats = ["docx", "pdf"]
    lang = ["zh", "en"]
    folder = "reports"        # from the home
    days_back = 1             # 0: of the same day

A pass depends on no clock but the moment that it is given: a pass that is late writes what the punctual one would have
written. A report is whole or not there: its files are written beside their place and moved, the manifest last. Several
passes at once write the same bytes. A line that cannot be written does not keep the others from it.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from dashboard.queries import Day, Desk, Viewer
from dashboard.reports import REPORTS
from dashboard.reports.build import Head, build, file_name, last_day, name_of, subject_of, write
from dashboard.reports.drawing import Pictures
from dashboard.reports.model import File, Order
from dashboard.reports.writers import WRITERS, templates
from data.access.audit import MACHINE, operator
from data.errors import BadQuestion, OneScreenError, ReportFileError
from data.files import NO_TOML, clear, write_whole
from data.words import Lang

SCHEDULE_FILE = "reports.toml"


class Planned(BaseModel):
    """One line of the schedule; see the module."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str = "daily"
    area: str = "city"
    time: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "08:00"
    formats: tuple[str, ...] = ("docx", "pdf", "xlsx")
    lang: tuple[Lang, ...] = ("zh",)
    folder: Path = Path("reports")
    layer: str | None = None
    subject: str | None = None
    days_back: Annotated[int, Field(ge=0, le=31)] = 1

    @field_validator("kind")
    @classmethod
    def _kind(cls, kind: str) -> str:
        if kind not in REPORTS:
            raise ValueError(f"no report {kind}; there are {', '.join(REPORTS)}")
        return kind

    @field_validator("formats")
    @classmethod
    def _formats(cls, formats: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [name for name in formats if name not in WRITERS]
        if unknown or not formats:
            raise ValueError(f"no format {' '.join(unknown)}; there are {', '.join(WRITERS)}")
        return formats

    @field_validator("lang", mode="before")
    @classmethod
    def _one(cls, lang: object) -> object:
        return (lang,) if isinstance(lang, str) else lang

    def moment(self, now: dt.datetime, zone: str) -> dt.datetime:
        """The last moment (UTC) not after ``now`` (UTC) at which it was due."""
        there = now.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone))
        hour, minute = (int(part) for part in self.time.split(":"))
        due = there.replace(hour=hour, minute=minute, second=0, microsecond=0)
        due = due if due <= there else due - dt.timedelta(days=1)
        return due.astimezone(dt.UTC).replace(tzinfo=None)


class _Schedule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    report: tuple[Planned, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """One report that is due: what is ordered, in which formats, where to, and the name of its files."""

    order: Order
    formats: tuple[str, ...]
    folder: Path
    name: str

    @property
    def done(self) -> bool:
        """Whether it is there whole."""
        return all((self.folder / f"{self.name}.{one}").exists() for one in (*self.formats, "manifest.json"))

    @property
    def together(self) -> tuple[str, ...]:
        """Its formats and those in which it is there already: one manifest tells of all of them."""
        there = (one for one in WRITERS if (self.folder / f"{self.name}.{one}").exists())
        return tuple(dict.fromkeys((*there, *self.formats)))


def read(home: Path) -> tuple[Planned, ...]:
    """The schedule of a home; () where there is none. ReportFileError."""
    path = home / SCHEDULE_FILE
    if not path.exists():
        return ()
    try:
        return _Schedule.model_validate(tomllib.loads(path.read_text("utf-8-sig"))).report
    except NO_TOML as error:
        raise ReportFileError(file=path.name, where="TOML", detail=error) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "report"
        raise ReportFileError(file=path.name, where=where, detail=first["msg"]) from error


def due(desk: Desk, home: Path, plans: Sequence[Planned], now: dt.datetime) -> Iterator[Due]:
    """What is due at ``now`` (UTC without zone), written or not; nothing of moments before the first data."""
    for plan in plans:
        moment = plan.moment(now, desk.city.timezone)
        last = _last_day(desk, moment)
        if last is None:
            continue
        for lang in plan.lang:
            yield _due(desk, home, plan, lang, moment, last)


def _last_day(desk: Desk, moment: dt.datetime) -> Day | None:
    """The last day with data as known at a moment; None where there was none."""
    try:
        return last_day(desk, Viewer(), moment) if desk.cube.store.version(moment) else None
    except BadQuestion:
        return None


def _due(desk: Desk, home: Path, plan: Planned, lang: Lang, moment: dt.datetime, last: Day) -> Due:
    viewer = Viewer(lang)
    day = min(_local_day(moment, desk.city.timezone) - dt.timedelta(days=plan.days_back), last)
    order = Order(plan.kind, plan.area, day, moment, lang, plan.layer, plan.subject)
    area = desk.place(viewer, plan.area, moment).code
    name = name_of(plan.kind, area, day, desk.cube.store.version(moment), lang, subject_of(order))
    return Due(order, plan.formats, home / plan.folder, name)


def _local_day(moment: dt.datetime, zone: str) -> Day:
    return moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).date()


def _raised(plan: Planned, error: OneScreenError) -> None:
    raise error


def run(
    desk: Desk, home: Path, head: Head, now: dt.datetime, step: Callable[[Due], None] = lambda _: None,
    failed: Callable[[Planned, OneScreenError], None] = _raised,
) -> list[Path]:  # fmt: skip
    """One pass: writes what is due and not yet there; the files written. ``step`` is told of each report before,
    ``failed`` of each line that could not be written."""
    written: list[Path] = []
    for plan in read(home):
        try:
            for one in due(desk, home, [plan], now):
                if not one.done:
                    step(one)
                    written += _written(desk, home, head, one)
        except OneScreenError as error:
            failed(plan, error)
    return written


def _written(desk: Desk, home: Path, head: Head, one: Due) -> list[Path]:
    viewer = Viewer(one.order.lang, user=operator(), role=MACHINE)
    report = build(desk, viewer, one.order, head, formats=one.together)
    assert file_name(report) == one.name
    return keep(write(report, Pictures(desk, report, home / templates.FOLDER), one.together), one.folder)


def keep(files: Sequence[File], folder: Path) -> list[Path]:
    """The files in a folder, each moved to its place whole, in their order. BadQuestion where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        clear(folder)
        return [_moved(one, folder) for one in files]
    except OSError as error:
        raise BadQuestion(detail=f"{folder}: {error.strerror or error}") from error


def _moved(file: File, folder: Path) -> Path:
    write_whole(folder / file.name, lambda part: _put(file, part))  # somebody else may be writing the same report
    return folder / file.name


def _put(file: File, part: Path) -> None:
    part.write_bytes(file.body)
