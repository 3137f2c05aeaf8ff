"""The manifest of a written report: everything its bytes were made of, so that anybody can make and compare them."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence
from importlib import metadata

from dashboard.queries import Desk, Viewer
from dashboard.queries.deliveries import part_of
from dashboard.reports.model import File, Origin, Report
from data.rules import city_rulebook


def origins(desk: Desk, viewer: Viewer, version: int) -> tuple[Origin, ...]:
    """The loads that a version holds, oldest first, as far as the viewer may see them (Desk.arrived): none for who sees
    a part of a city only, because their rows and digests are all areas'. The version says which they were."""
    if part_of(desk.city, viewer.scope) is None:
        return ()
    loads = [one for one in desk.arrived(viewer) if one.id <= version]
    return tuple(Origin(one.id, one.source, one.file, one.sha256, one.known, one.rows, one.taken) for one in loads)


def packs(desk: Desk, viewer: Viewer) -> tuple[tuple[str, str], ...]:
    """(id, sha256 of what it states) of every rule pack that the city goes by, for any of what the viewer may see."""
    book, scope = city_rulebook(desk.city), viewer.scope or ""
    known = [pack for pack in book.packs if pack.area.startswith(scope) or scope.startswith(pack.area)]
    return tuple((pack.id, _sha256(pack.model_dump_json(exclude_defaults=True).encode())) for pack in known)


def manifest(report: Report, files: Sequence[File]) -> bytes:
    """The manifest as JSON with sorted keys."""
    said = {
        "product": {"name": "onescreen", "version": metadata.version("onescreen")},
        "report": {
            "kind": report.kind, "title": report.title, "area": report.area, "place": report.place,
            "day": report.day.isoformat(), "lang": report.lang, "simulated": report.simulated,
        },
        "city": report.city,
        "version": report.version,
        "known": _moment(report.known),
        "as_of": None if report.as_of is None else _moment(report.as_of),
        "loads": [
            {"load": one.load, "source": one.source, "file": one.file, "sha256": one.sha256,
             "known": _moment(one.known), "rows": one.rows, "taken": one.taken}
            for one in report.origins
        ],
        "rule_packs": [{"id": id, "sha256": digest} for id, digest in report.packs],
        "files": [{"name": one.name, "bytes": len(one.body), "sha256": _sha256(one.body)} for one in files],
    }  # fmt: skip
    return (json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _moment(moment: dt.datetime) -> str:
    return moment.isoformat(timespec="seconds") + "Z"


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
