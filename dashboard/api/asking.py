"""How a question becomes an answer: who asks, as of when, whether the asker has it already, and how it is written."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import flask
from pydantic import BaseModel

import dashboard
import data
import grid
from dashboard.api.records import Answered, Asked, Paged
from dashboard.queries import Desk, Viewer
from dashboard.routes import ViewerOf
from data.days import end_of
from data.errors import BadQuestion
from data.words import Both
from grid.cube import View

#: Where the office's own templates lie in a home (dashboard.reports.writers.templates, which is large to import).
TEMPLATES = "templates"

#: Asked anew every time, answered with 304 while nothing new has come.
ASK_AGAIN = "private, no-cache"

Row = TypeVar("Row")
Made = Callable[["Question"], BaseModel | bytes]


@dataclass(frozen=True)
class Question:
    """One question: who asks what, as of which version."""

    desk: Desk
    viewer: Viewer
    asked: Asked
    as_of: dt.datetime | None
    view: View

    @property
    def base(self) -> dict[str, Any]:
        """The fields of Answered."""
        return {
            "version": self.view.version,
            "known": utc(self.view.known),
            "as_of": utc(self.as_of),
            "simulated": self.desk.city.simulated,
        }

    def page(self, rows: Sequence[Row]) -> tuple[Sequence[Row], dict[str, Any]]:
        """The asked part of all rows, and the fields of Rows."""
        assert isinstance(self.asked, Paged)
        limit, offset = self.asked.limit, self.asked.offset
        return rows[offset : offset + limit], {**self.base, **paging(len(rows), limit, offset)}


class Door:
    """Answers questions over one desk; ``home``: the folder with the settings and the office's templates."""

    def __init__(self, desk: Desk, viewer_of: ViewerOf, home: Path | None = None) -> None:
        self.desk, self.viewer_of, self.home = desk, viewer_of, home

    def question(self, asked: Asked) -> Question:
        """Who asks, and as of when."""
        as_of, viewer = moment(asked.as_of, self.desk.city.timezone), replace(self.viewer_of(), lang=asked.lang)
        self.desk.looked(viewer, getattr(asked, "area", "city"), "api")
        return Question(self.desk, viewer, asked, as_of, self.desk.cube.at(as_of))

    def answer(self, asked: Asked, make: Made, mimetype: str = "application/json") -> flask.Response:
        """The answer to a question, or 304 where the asker has it: it depends on address, version and scope alone."""
        question = self.question(asked)
        etag = self.etag(question)
        known = flask.request.if_none_match
        answer = flask.Response(mimetype=mimetype)
        if not known.star_tag and known.contains_weak(etag):
            answer.status_code = 304
        else:
            made = make(question)
            answer.set_data(made.model_dump_json() if isinstance(made, BaseModel) else made)
        answer.set_etag(etag, weak=True)
        answer.headers["Cache-Control"] = ASK_AGAIN
        return answer

    def passing(self, asked: Asked, make: Made) -> flask.Response:
        """The same for an answer that changes with the clock: its ETag is of what it says."""
        made = make(self.question(asked))
        answer = flask.Response(
            made.model_dump_json() if isinstance(made, BaseModel) else made, mimetype="application/json"
        )
        answer.headers["Cache-Control"] = ASK_AGAIN
        answer.add_etag(weak=True)
        return answer.make_conditional(flask.request)  # type: ignore[return-value]

    def etag(self, question: Question) -> str:
        """What names the answer: address, version asked of, newest version, scope, life of the desk."""
        request = flask.request
        newest = self.desk.cube.at().version
        return named(self.desk, question.view.version, newest, question.viewer, request.full_path, request.host_url)


class Life:
    """What a desk goes by besides the store, by a name that is made of it: the program, the city's file, its rules and
    the office's templates, as they were read when it began. Two machines that have the same give it the same name, so
    an answer of one is known to the other, and an order is the same job."""

    def __init__(self, desk: Desk) -> None:
        said = hashlib.sha256(_program().encode())
        for file in _read(desk):
            said.update(file.name.encode() + b"\0" + file.read_bytes())
        self.name = said.hexdigest()[:16]


def _read(desk: Desk) -> list[Path]:
    """The files that a desk goes by."""
    found: list[Path] = []
    for part in desk.city.parts:
        folders = [part.file(folder) for folder in (part.rules, part.travel) if folder is not None]
        found += [
            part.file(Path(part.file_name)),
            *(file for folder in folders for file in sorted(folder.glob("*.toml"))),
        ]
    templates = [] if desk.home is None else sorted((desk.home / TEMPLATES).glob("*"))
    return [file for file in (*found, *templates) if file.is_file()]


@cache
def _program() -> str:
    """A digest of the program itself."""
    said = hashlib.sha256()
    for room in (dashboard, grid, data):
        for file in sorted(Path(str(room.__file__)).parent.rglob("*.py")):
            said.update(file.read_bytes())
    return said.hexdigest()


def named(desk: Desk, version: int, *parts: object) -> str:
    """An ETag: the version, and a digest of the desk's life and of all that the answer depends on."""
    said = repr((desk.beside(Life).name, version, [_ordered(part) for part in parts]))
    return f"v{version}-{hashlib.sha256(said.encode()).hexdigest()[:20]}"


def _ordered(part: object) -> object:
    """The same, so that it is spelt alike in every process: the order of a set is each process's own."""
    return (replace(part, rights=frozenset()), sorted(part.rights)) if isinstance(part, Viewer) else part


def paging(total: int, limit: int, offset: int) -> dict[str, Any]:
    """The fields of Rows but those of Answered."""
    after = offset + limit if offset + limit < total else None
    before = max(0, min(offset, total) - limit) if offset else None
    return {
        "total": total, "limit": limit, "offset": offset,
        "next": None if after is None else address(offset=after, limit=limit),
        "prev": None if before is None else address(offset=before, limit=limit),
    }  # fmt: skip


def address(path: str | None = None, **changes: object) -> str:
    """The whole address of this question with other parameters (None: without), or of another ``path``."""
    request = flask.request
    pairs: Mapping[str, object] = changes if path is not None else {**request.args.to_dict(), **changes}
    query = urlencode({name: value for name, value in pairs.items() if value is not None})
    return request.host_url.rstrip("/") + (path or request.path) + (f"?{query}" if query else "")


def moment(asked: dt.datetime | dt.date | None, zone: str) -> dt.datetime | None:
    """A moment as the store keeps it: UTC without zone. A bare day means its end on the city's clocks."""
    if asked is None:
        return None
    try:
        if not isinstance(asked, dt.datetime):
            return end_of(asked, zone) - dt.timedelta(microseconds=1)
        local = asked if asked.tzinfo else asked.replace(tzinfo=ZoneInfo(zone))
        return local.astimezone(dt.UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise BadQuestion(detail=Both(f"时刻 {asked} 超出范围", f"{asked} is out of range")) from error


def utc(known: dt.datetime | None) -> dt.datetime | None:
    """A moment of the store, with its zone."""
    return None if known is None else known.replace(tzinfo=dt.UTC)


__all__ = ["Answered", "Door", "Question", "address", "moment", "paging", "utc"]
