"""The days: slider, replay, and whether they are shown as known now or as known then."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dashboard import numbers
from dashboard.parts.base import Part
from dashboard.parts.panel import ticks
from dashboard.queries import Desk
from dashboard.shown import Shown, to_local
from dashboard.texts import say, words

#: Days a second that the replay can run at.
SPEEDS = (1, 2, 4, 8)


class Timeline(Part):
    """See :func:`describe`; drives the map without a round trip."""

    _type = "Timeline"


def describe(desk: Desk, shown: Shown, classes_url: str | None, curve: dict[str, Any] | None) -> dict[str, Any] | None:
    """Days with their words, the shown one, the area's curve behind the slider, and where the classes for replay
    are; None in an empty city."""
    if shown.day is None or shown.first is None or curve is None:
        return None
    lang, known = shown.viewer.lang, shown.state.known
    return {
        "days": [day.isoformat() for day in shown.days],
        "labels": [numbers.day_text(day, lang) for day in shown.days],
        "weekdays": [numbers.weekday(day, lang) for day in shown.days],
        "index": (shown.day - shown.first).days,
        "ticks": ticks(shown),
        "classes": classes_url,
        "values": curve["values"],
        "states": curve["states"],
        "speeds": list(SPEEDS),
        "known": "at" if isinstance(known, dt.datetime) else known,
        "known_at": _known_at(desk, shown),
        "words": words(
            ("timeline", "play", "pause", "speed", "speed_about", "day_before", "day_after", "latest",
             "known", "known_now", "known_then", "known_now_about", "known_then_about"),
            lang,
        ),
    }  # fmt: skip


def _known_at(desk: Desk, shown: Shown) -> str:
    """The chosen moment in words, "" if none was chosen."""
    known = shown.state.known
    if not isinstance(known, dt.datetime):
        return ""
    local = to_local(known, desk.city.timezone)
    return say("known_at", shown.viewer.lang, moment=local.strftime("%Y-%m-%d %H:%M"))
