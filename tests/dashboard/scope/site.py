"""The app over one of the twins, asked by whoever is set as its viewer; and an answer as text that can be compared."""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pypdf
from sqlalchemy import insert

from dashboard.app import create_app
from dashboard.queries import Desk, Viewer
from dashboard.queries.events import EventDesk
from data.access import Access
from data.access.audit import Log
from data.access.roles import MAY
from data.access.users import add_user
from data.errors import OneScreenError
from data.events import Events, intake, tables
from data.events.report import Report
from data.walls import new_wall
from data.words import Lang
from grid.chains import Chains
from tests.dashboard.scope.town import RECEIVED, Plan, Twin

#: What of an answer differs although nobody's data do: names of jobs, walls, and desks.
PASSING = re.compile(
    rb'(?<=/reports/)[\w-]{16}|(?<="job":")[\w-]{16}|(?<=/wall/)[\w-]{43}|"now":[\d.]+|(?<="end_id":")[^"]+'
    rb'|"now": ?"[^"]+"|"at":"[^"]+"|"(?:age|over)":[\d.]+|(?<="at": ")[^"]+|[0-9a-f]{64}'
)

#: The number of the first street's event, of six digits as no other word of an answer has; and of none, from there.
FIRST_EVENT, NO_EVENT = 500_001, 99_998

#: The id of no job.
NOBODYS = "nobodys-job-0000"


@dataclasses.dataclass(frozen=True)
class Said:
    """An answer: status (200, or the error's name), what it says, and under which headings."""

    status: str
    body: bytes
    heads: tuple[tuple[str, str], ...] = ()

    @property
    def plain(self) -> bytes:
        """Without what passes; to be compared."""
        return PASSING.sub(
            b"*", b"\n".join([self.status.encode(), *(": ".join(h).encode() for h in self.heads), self.body])
        )

    @property
    def texts(self) -> str:
        """Every text in it, packed ones too; to be searched."""
        return "\n".join([self.status, *(": ".join(head) for head in self.heads), *_texts(self.body)])


class Site:
    """The app over one twin."""

    def __init__(self, twin: Twin) -> None:
        self.twin, self.plan = twin, twin.plan
        self.desk = Desk(twin.cube, _log(twin))
        self.viewer = Viewer()
        self.app = create_app(self.desk, viewer_of=lambda: self.viewer, events=_events(twin))
        self.desk.beside(EventDesk).clock.now = lambda: RECEIVED  # type: ignore[method-assign]  # twins are asked in turn
        self.client = self.app.server.test_client()
        self._walls: dict[str | None, str] = {}
        self.jobs: dict[str, str] = {}

    def by(self, role: str, scope: str | None, lang: Lang = "zh") -> Site:
        """The same, asked by another."""
        self.viewer = Viewer(lang, scope, MAY[role], "", role)
        return self

    def get(self, path: str, method: str = "GET", **more: Any) -> Said:
        """An address as it answers."""
        answer = self.client.open(path, method=method, headers={"Accept-Encoding": "gzip"}, **more)
        body = answer.get_data()
        answer.close()
        if answer.headers.get("Content-Encoding") == "gzip":
            body = zlib.decompress(body, 31)
        kept = ("Content-Disposition", "Location", "Content-Type", "Cache-Control")
        return Said(str(answer.status_code), body, tuple((h, answer.headers[h]) for h in kept if h in answer.headers))

    def ask(self, question: Any, *asked: Any, **more: Any) -> Said:
        """What a question answers, or how it fails."""
        try:
            return Said("200", text_of(question(*asked, **more)).encode())
        except OneScreenError as error:
            return Said(type(error).__name__, f"{error.say('zh')} {error.say('en')}".encode())

    def packed(self, make: Callable[[], Mapping[str, bytes]]) -> Said:
        """Several files as one answer, or how making them fails."""
        try:
            made, packed = make(), io.BytesIO()
        except OneScreenError as error:
            return Said(type(error).__name__, f"{error.say('zh')} {error.say('en')}".encode())
        with zipfile.ZipFile(packed, "w") as into:
            for name, body in made.items():
                into.writestr(zipfile.ZipInfo(name), body)
        return Said("200", packed.getvalue())

    def job(self, area: str) -> str:
        """The id of a report that a viewer of an area ordered; of nobody's where there is no such area."""
        if area not in self.plan.codes:
            return NOBODYS
        if area not in self.jobs:
            asker, self.viewer = self.viewer, Viewer(scope=area, rights=MAY["official"])
            body = {"kind": "brief", "area": area, "formats": ["xlsx"]}
            self.jobs[area] = json.loads(self.get("/api/v1/reports", "POST", json=body).body)["job"]
            self.viewer = asker
        return self.jobs[area]

    def wall(self, scope: str | None) -> str:
        """The token of a wall that is bound to an area."""
        if scope not in self._walls:
            self._walls[scope] = new_wall(self.twin.store, "wall", scope)[1]
        return self._walls[scope]

    @cached_property
    def version(self) -> int:
        """The newest version."""
        return self.desk.cube.at().version


def _events(twin: Twin) -> Events:
    """A book with an event of each street, in their order."""
    events = Events.beside(f"sqlite:///{twin.path.parent / 'x.db'}", twin.path.parent, twin.city)
    with events.writing() as connection:
        connection.execute(insert(tables.number).values(id=1, event=FIRST_EVENT - 1, report=0, change=0))
    at, tree = RECEIVED, Chains(twin.cube.at().geography, twin.city)
    for street in twin.plan.streets:
        word = min(street.words)
        report = Report("gate", street.code, "gate_hit", street.code, subject=f"p-{word}", place=word, note=word)
        intake.take_one(events, report, tree, at, by=f"u-{word}")
    for street in twin.plan.streets:
        word = max(street.words)
        whom, more = f"k-{word}", {"from": word}
        report = Report("checkpoint", street.code, "arrival", street.code, subject=whom, place=word, more=more)
        intake.take_one(events, report, tree, at, by=f"u-{word}")
    return events


def _log(twin: Twin) -> Log:
    """A log in which somebody of each street looked at it."""
    log = Log(Access.beside(f"sqlite:///{twin.path.parent / 'x.db'}", twin.path.parent))
    for street in twin.plan.streets[::9]:
        who = f"u-{min(street.words)}"
        add_user(log.access, who, who, "official", street.code, "A long phrase of nobody 7", by="")
        log.add(who, "official", "tickets", street.code, street.people, number=str(street.people))
    return log


def text_of(what: Any) -> str:
    """An answer as text: every field of every record, every number of every array."""
    return json.dumps(_plain(what), ensure_ascii=False, default=str)


def _plain(what: Any) -> Any:
    if dataclasses.is_dataclass(what) and not isinstance(what, type):
        return {field.name: _plain(getattr(what, field.name)) for field in dataclasses.fields(what)}
    if isinstance(what, np.ndarray):
        return [_plain(one) for one in what.tolist()]
    if isinstance(what, Mapping):
        return [[_plain(key), _plain(value)] for key, value in what.items()]
    if isinstance(what, (list, tuple)):
        return [_plain(one) for one in what]
    if isinstance(what, (frozenset, set)):
        return sorted(map(str, what))
    if isinstance(what, bytes):
        return what.hex()
    return what if isinstance(what, (str, int, float, type(None), dt.date)) else str(what)


def _texts(body: bytes) -> list[str]:
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            return [text for name in packed.namelist() for text in (name, *_texts(packed.read(name)))]
    if body[:5] == b"%PDF-":
        read = pypdf.PdfReader(io.BytesIO(body))
        return [str(read.metadata), *(page.extract_text() for page in read.pages), body.decode("latin-1")]
    if body[:4] == b"PAR1":
        import pyarrow.parquet as pq

        table = pq.read_table(io.BytesIO(body))
        return [str(table.schema.metadata), str(table.to_pylist())]
    return [body.decode("utf-8", "replace")]


__all__ = ["Plan", "Said", "Site", "text_of"]
