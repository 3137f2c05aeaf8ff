"""What one sense says once, and what may stand in it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data.errors import ReportRefused
from data.events.classes import EventClass
from data.privacy import begins_as_name, has_mobile, has_resident_id
from data.words import Both, quote

#: Longest texts that the book keeps; a note is a screen of a phone or two.
MOST = {"source": 100, "key": 200, "area": 40, "cell": 40, "subject": 100, "place": 300, "note": 2000}

#: Letters of ``more`` as JSON.
MOST_MORE = 4000

#: A sender's clock may be ahead of ours by so much.
AHEAD = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Report:
    """What ``source`` said once, under its own ``key``: the two together are said once, however often they are sent.

    ``klass``: id of an event class; ``area``: code of the finest area known (any level), ``cell`` of the grid if known.
    ``subject``: pseudonym of the person, vehicle, zone or source that it is about, never a name or number of a person;
    ``place``: gate, shop, building in words; ``happened``: UTC without zone (None: when it is taken); ``more``: what a
    later reader may want, as JSON.
    """

    source: str
    key: str
    klass: str
    area: str
    cell: str = ""
    subject: str = ""
    place: str = ""
    note: str = ""
    happened: dt.datetime | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


def check_report(report: Report, now: dt.datetime) -> None:
    """ReportRefused where something lacks, is too long, lies in the future, or names a person."""
    for name in ("source", "key", "klass"):
        if not getattr(report, name).strip():
            raise refused(report, f"缺少 {name}", f"{name} is missing")
    if not (report.area or report.cell):
        raise refused(report, "缺少 area", "area is missing")
    more = more_of(report)
    _check_lengths(report, more)
    if report.happened is not None:
        _check_moment(report, report.happened, now)
    check_words(report.subject, report.place, report.note, more, report.source, report.cell, key=report.key)
    if begins_as_name(report.subject):
        raise refused(report, "subject 像人名，请改用假名", "subject reads like a name: send a pseudonym")


def _check_lengths(report: Report, more: str) -> None:
    for name, most in MOST.items():
        if len(getattr(report, name)) > most:
            raise refused(report, f"{name} 超过 {most} 字", f"{name} has more than {most} letters")
    if len(more) > MOST_MORE:
        raise refused(report, f"more 超过 {MOST_MORE} 字", f"more has more than {MOST_MORE} letters")


def _check_moment(report: Report, happened: dt.datetime, now: dt.datetime) -> None:
    if happened.tzinfo is not None:
        raise refused(report, "happened 须为不带时区的 UTC 时间", "happened is to be UTC without a zone")
    if happened > now + AHEAD:
        raise refused(report, "发生时间在将来，请校准时钟", "it lies in the future: mend the sender's clock")


def check_words(*texts: str, key: str) -> None:
    """ReportRefused where a text, or the ``key`` it comes under, cannot be kept, or holds an identity number or a
    mobile telephone's."""
    if any(_unkept(text) for text in (*texts, key)):
        zh, en = "含无法保存的字符", "it holds signs that cannot be kept"
        raise ReportRefused(key=quote(key), detail=Both(zh, en))
    if any(has_resident_id(text) or has_mobile(text) for text in texts):
        zh, en = "含证件号码或手机号码，请删去", "it holds an identity or telephone number: take it out"
        raise ReportRefused(key=key, detail=Both(zh, en))


def _unkept(text: str) -> bool:
    """No database keeps a NUL in a text, or half of a letter."""
    return "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text)


def more_of(report: Report) -> str:
    """``more`` as JSON; ReportRefused where it is none."""
    try:
        return json.dumps(report.more, ensure_ascii=False, allow_nan=False, default=str)
    except (TypeError, ValueError) as error:
        raise refused(report, "more 不是 JSON", "more is no JSON") from error


def refused(report: Report, zh: str, en: str) -> ReportRefused:
    """Why a report is not taken, under its key."""
    return ReportRefused(key=quote(report.key), detail=Both(zh, en))


def same_of(report: Report, klass: EventClass) -> str | None:
    """What another report must say to be of the same matter: class, cell (or area), subject, and for a class that goes
    by places the place. None where that by which the class goes is not told: then no other is the same."""
    named = {"subject": report.subject, "place": report.place or report.subject, "area": "-"}[klass.same]
    if not named:
        return None
    place = "" if klass.same == "subject" else report.place
    words = (klass.id, report.cell or report.area, report.subject, place)
    return hashlib.sha256("\0".join(words).encode()).hexdigest()
