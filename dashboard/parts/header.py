"""The line on top: product, city, what the numbers are and when they were known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import numbers
from dashboard.parts.base import Part
from dashboard.queries import Desk
from dashboard.queries.questions import given
from dashboard.said import Said, number
from dashboard.shown import Shown, Spot, to_local
from dashboard.texts import say, words
from data.words import Lang


class Header(Part):
    """See :func:`describe`."""

    _type = "Header"


def _version(desk: Desk, shown: Shown | Spot) -> Said:
    """The number of the load up to which is shown."""
    told = given(desk, shown.viewer, shown.as_of, "version")
    return number(told[""], lambda n: str(int(n)), str)


def describe(desk: Desk, shown: Shown | Spot, pages: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """City, marks, as-of and version; the words of its switches; ``pages``: {"id", "name", "href", "here"} each."""
    lang, status = shown.viewer.lang, shown.status
    both: tuple[Lang, Lang] = ("zh", "en") if lang == "zh" else ("en", "zh")
    known = to_local(desk.cube.at(shown.as_of).known, desk.city.timezone)
    return {
        "product": [say("product", which) for which in both],
        "city": status.city,
        "simulated": [say("simulated", which) for which in both] if status.simulated else None,
        "simulated_about": say("simulated_about", lang),
        "upto": say("upto", lang, day=numbers.day_text(shown.last, lang)) if shown.last else "",
        "version": say("version", lang, version=_version(desk, shown)),
        "received": say("received", lang, moment=known.strftime("%Y-%m-%d %H:%M")),
        "lang": lang,
        "theme": shown.state.theme,
        "pages": list(pages),
        "words": words(
            (
                "product",
                "language",
                "language_about",
                "theme_light",
                "theme_dark",
                "export",
                "export_title",
                "share",
                "share_about",
                "shared",
                "skip",
                "pages",
            ),
            lang,
        ),
    }
