"""Who left: the strip of figures, where they went, and the index in and out against others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from dashboard.pages.outflow.written import band, count, figure, index, number, people, percent, signed, tenths, text
from dashboard.pages.page import Look
from dashboard.parts import figures, lines, listing, note
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Cited, Given
from dashboard.queries.days import Day, day_range
from dashboard.queries.flows import (
    RISK_DAYS,
    Curve,
    DayOut,
    Destinations,
    FlowDesk,
    Moved,
    Movement,
    RiskAnswer,
    Traced,
)
from dashboard.said import join, quoted, words
from grid.flows.import_risk import UNSEEN

#: Destinations shown; days of the curve.
FIRST, CURVE = 10, 60

_TONES = {"own": "accent", "before": "soft", "reference": "ink"}


def strip(
    look: Look,
    desk: FlowDesk,
    left: Given[DayOut],
    moved: Given[Movement | None],
    risk: Given[RiskAnswer],
    traced: Given[Traced | None],
) -> Block:
    """Who left and came, what they carry, where it has come, what the model does not explain, who was found."""
    came = [] if moved.what is None or moved.what.whole.into is None else [_came(look, desk, moved.at("whole"))]
    made = [left_figure(look, desk, left), *came, _carried(look, risk), _reached(look, risk), _odd(look, risk)]
    if traced.what is not None:
        small = look.say("traced_of", n=look.short(traced["whole.left"]))
        share = traced["whole.shares[found]"]
        made.append(figure(look, "found_share", share, percent, small, look.say("found_about")))
    return figures.strip(made)


def left_figure(look: Look, desk: FlowDesk, told: Given[DayOut]) -> dict[str, Any]:
    """The people who left on the day."""
    left, small = told.what, look.say("counted")
    if left.estimate and left.low is not None and left.high is not None:
        small = look.say("estimate_band", band=band(look, told["low"], told["high"]))
    if left.estimate and left.index is not None:
        small = look.say("of_index", band=small, index=index(look, told["index"]))
    about = look.say("left_about", factor=words(desk.factor.written))
    unknown = look.say("not_by_area") if len(look.place.path) > 1 else ""
    return figure(look, "left", told[""], people, unknown if left.value is None else small, about)


def _came(look: Look, desk: FlowDesk, told: Given[Moved]) -> dict[str, Any]:
    moved = told.what
    net = "" if moved.net is None else look.say("net_of", net=text(look, told["net"], signed))
    small = join(" · ", [look.say("estimate"), net]) if moved.into_estimate else net
    about = look.say("left_about", factor=words(desk.factor.written))
    return figure(look, "came", told["into"], people, small, about)


def _carried(look: Look, risk: Given[RiskAnswer]) -> dict[str, Any]:
    small, whole = "", risk.what.whole
    if whole is not None:
        ends = band(look, risk["whole.low"], risk["whole.high"])
        small = look.say("in_days", days=look.whole(risk["days"]), band=ends)
    times = {"low": words(f"{UNSEEN[0]:g}"), "high": words(f"{UNSEEN[-1]:g}")}
    about = look.say("carried_about", days=words(str(RISK_DAYS)), **times)
    return figure(look, "carried", risk["whole.expected"] if whole else None, number, small, about)


def _reached(look: Look, risk: Given[RiskAnswer]) -> dict[str, Any]:
    of = look.say("of_cities", n=look.whole(risk["rows"]))
    return figure(look, "reached", risk["reached"], people, of, look.say("reached_about"))


def _odd(look: Look, risk: Given[RiskAnswer]) -> dict[str, Any]:
    sides = {"above": look.whole(risk["above"]), "below": look.whole(risk["below"])}
    small = look.say("above_below", **sides) if risk.what.fit else look.say("no_model")
    return figure(look, "odd", risk["odd"], people, small, look.say("odd_about"))


def basis(look: Look, desk: FlowDesk) -> Block:
    """What all estimated people rest on: the city file says it."""
    factor, told = desk.factor, desk.desk.city.flows
    off, source = words(f"{100 * factor.off_by:.3g}%"), quoted(told.remark(look.lang))
    return note.line(look.say("factor", factor=words(factor.written), off=off, source=source))


# --- where to ---------------------------------------------------------------------------------------------


def where(look: Look, told: Given[Destinations], desk: FlowDesk, tall: int) -> Block:
    """The largest destinations with the named rest; the shares add up to 100 % to the digit."""
    found = told.what
    columns = [
        listing.column(look.say("city"), left=True),
        listing.column(look.say("share"), bar=True),
        listing.column(look.say("people"), unit=look.say("estimate") if found.estimate else ""),
    ]
    rows = [_line(look, told, row.key, row.name, told[f"rows[key={row.key}].people"]) for row in found.rows]
    rest = {"others": look.say("others", n=look.whole(told["others"])), "unlisted": look.say("unlisted")}
    rest = {key: name for key, name in rest.items() if key in found.shares}
    rows += [_line(look, told, key, name, told[f"people[{key}]"], "soft") for key, name in rest.items()]
    if rows:
        whole = [listing.cell(look.say("whole")), listing.cell(words("100.0%")), count(look, told["whole"])]
        rows.append(listing.row(whole))
    about = look.say("destinations_about")
    if found.estimate:
        by = look.say("by_factor", factor=words(desk.factor.written))
        about = join("；" if look.lang == "zh" else "; ", [about, by])
    none = look.say("no_destinations")
    return listing.table(columns, rows, look.say("destinations"), about=about, none=none, span=5, tall=tall)


def _line(look: Look, told: Given[Destinations], key: str, name: str, some: Cited, tone: str = "") -> dict[str, Any]:
    share = tenths(look, told[f"per_cents[{key}]"])
    cells = [listing.cell(name, name, tone=tone), listing.number(share), count(look, some)]
    return listing.row(cells)


# --- the index --------------------------------------------------------------------------------------------


def curves(look: Look, desk: FlowDesk, day: Day, *, stacked: bool) -> list[Block]:
    """Out and in, here and a year before; and, on a scale of their own, beside the reference. Side by side, or
    ``stacked`` beside the destinations."""
    first = max(day - dt.timedelta(days=CURVE - 1), desk.days(look.viewer, look.as_of)[0])
    days = day_range(min(first, day), day)
    asked = {"day": None, "first": days[0], "last": days[-1]}
    ways = {inward: look.ask("flows.curves", **asked, inward=inward or None).each() for inward in (False, True)}
    made = [_here(look, found, days, inward) for inward, found in ways.items()]
    other = [curve for found in ways.values() for curve in found if curve.what.of == "reference"]
    if other and made != [None, None]:
        first_of = other[0].what.name
        same = [curve for curve in other if curve.what.name == first_of]
        same += [curve for found in ways.values() for curve in found if curve.what.of == "own"]
        made.append(_chart(look, same, days, look.say("against", city=first_of), both=True))
    charts = [chart for chart in made if chart is not None]
    return [{**chart, "span": 7 if stacked else 12 // len(charts)} for chart in charts]


Curves = Sequence[Given[Curve]]


def _here(look: Look, found: Curves, days: Sequence[Day], inward: bool) -> Block | None:
    here = [curve for curve in found if curve.what.of != "reference"]
    if not here:
        return None
    return _chart(look, here, days, look.say("index_in" if inward else "index_out"), about=look.say("index_about"))


def _chart(look: Look, found: Curves, days: Sequence[Day], title: str, *, about: str = "", both: bool = False) -> Block:
    points = [[one[f"by_day[{day}]"] for day in one.what.days] for one in found]
    known = [point for own in points for point in own if point.value is not None]
    top = max(known, key=lambda point: point.value or 0.0, default=None)
    names = [_name(look, one.what, both) for one in found]
    tones = ["mark" if both and c.inward and c.of == "own" else _TONES[c.of] for c in (one.what for one in found)]
    return lines.chart(
        [
            lines.line(name, [point.value for point in own], _last(look, own), tone=tone)
            for name, own, tone in zip(names, points, tones, strict=True)
        ],
        [look.day_text(one) for one in days],
        title,
        about=about,
        ticks=_ticks(look, days),
        top="" if top is None else index(look, top),
        index=len(days) - 1,
        texts=[
            join(" · ", [join(" ", [name, index(look, own[at])]) for name, own in zip(names, points, strict=True)])
            for at in range(len(days))
        ],
    )


def _ticks(look: Look, days: Sequence[Day]) -> list[tuple[int, str]]:
    """Four Mondays or so: charts stand side by side."""
    mondays = [(at, look.day_text(one)) for at, one in enumerate(days) if one.weekday() == 0]
    return mondays[:: 1 + len(mondays) // 4]


def _name(look: Look, curve: Curve, both: bool) -> str:
    name = curve.name if curve.of == "reference" else look.say(curve.of)
    return look.say("one_way", name=name, way=look.say("way_in" if curve.inward else "way_out")) if both else name


def _last(look: Look, points: Sequence[Cited]) -> str:
    last = next((point for point in reversed(points) if point.value is not None), None)
    return "" if last is None else index(look, last)
