"""What is carried where and when: the import-risk table, the model against what was reported, and its outliers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboard import numbers
from dashboard.pages.outflow.written import band, count, number, people, percent, rank, share_band, text, valued
from dashboard.pages.page import Look
from dashboard.parts import listing, note, record, scatter
from dashboard.parts.sheet import Block
from dashboard.queries.cite import Given
from dashboard.queries.flows import RISK_DAYS, Arrival, RiskAnswer, RiskRow
from dashboard.said import join, words

#: Rows of the import-risk table before "more".
SHOWN = 12


def blocks(look: Look, risk: Given[RiskAnswer]) -> list[Block]:
    """The table, the plot beside the marks, the outliers; none of a part of the city whose travellers nobody counts."""
    if all(row.people is None and row.model is None for row in risk.what.rows):
        return [note.line(look.say("no_travellers", days=words(str(RISK_DAYS))))]
    rows = {row.what.key: row for row in risk.each("rows", "key")}
    return [_table(look, risk, list(rows.values())), *_model(look, risk, rows)]


def _table(look: Look, told: Given[RiskAnswer], rows: Sequence[Row]) -> Block:
    risk = told.what
    line = look.say("arrival_about", n=look.whole(told["arrivals"])) if risk.arrivals else look.say("no_line")
    columns = [
        listing.column(look.say("city"), left=True),
        listing.column(look.say("travellers"), unit=look.say("estimate") if risk.estimate else "", least=True),
        listing.column(look.say("expected"), bar=True),
        listing.column(look.say("one")),
        listing.column(look.say("further"), least=True),
        listing.column(look.say("distance"), about=look.say("distance_about"), least=True),
        listing.column(look.say("arrival"), about=line, least=True),
        listing.column(look.say("exposed"), about=look.say("exposed_about"), least=True),
        listing.column(look.say("cases")),
        listing.column(look.say("model")),
    ]
    made = [listing.row([write(look, told, row) for write in _CELLS]) for row in rows]
    about = look.say("risk_about", days=words(str(RISK_DAYS)))
    return listing.table(columns, made, look.say("risk"), about=about, sort=(2, True), first=SHOWN, id="risk")


Cell = dict[str, Any]
Risk = Given[RiskAnswer]
Row = Given[RiskRow]


def _city(look: Look, risk: Risk, told: Row) -> Cell:
    row = told.what
    sign = look.say("above_short") if row.outlier > 0 else look.say("below_short") if row.outlier < 0 else ""
    return listing.cell(row.name, row.name, small=sign, tone="bad" if row.outlier > 0 else "")


def _one(look: Look, risk: Risk, row: Row) -> Cell:
    return valued(look, row["one"], percent, share_band(look, row["one_low"], row["one_high"]))


def _further(look: Look, risk: Risk, row: Row) -> Cell:
    small, hub = "", row.what.hub
    if hub is not None and hub.share > 0:
        small = look.say("hub", hub=hub.name, share=text(look, row["hub.share"], percent))
    return valued(look, row["further"], number, small)


def _distance(look: Look, risk: Risk, told: Row) -> Cell:
    row, n = told.what, look.whole(told["rank"])
    comma = "、" if look.lang == "zh" else ", "
    order = "" if row.rank is None else look.say("rank", n=n)
    if row.via and row.rank is not None:
        order = look.say("via", n=n, hubs=comma.join(row.via))
    return valued(look, told["distance"], number, order)


def _arrival(look: Look, risk: Risk, row: Row) -> Cell:
    told = row.what.arrival
    if told.expected is None:
        return listing.cell(look.say("missing"), None, state="missing")
    small = join("–", [look.day_text(told.low), look.day_text(told.high)])
    return listing.cell(look.day_text(told.expected), told.expected.toordinal(), small=small)


def _exposed(look: Look, risk: Risk, row: Row) -> Cell:
    small: str = ""
    if row.what.residents is not None:
        there, key = look.short(row["residents"]), row.what.key
        small = look.say("people_there", n=there)
        if key in risk.what.times:
            small = look.say("times", n=there, times=look.number(risk[f"times[{key}]"], _times))
    return {**count(look, row["exposed"]), "small": small}


def _times(times: float) -> str:
    return numbers.plain(times, 0 if times >= 10 else 1)


def _cases(look: Look, risk: Risk, row: Row) -> Cell:
    return count(look, row["cases"], _first(look, row.what.arrival))


def _first(look: Look, told: Arrival) -> str:
    if told.reported is None:
        return ""
    return look.say("first_before" if told.before else "first_on", day=look.day_text(told.reported))


def _modelled(look: Look, risk: Risk, row: Row) -> Cell:
    return valued(look, row["model"], people, band(look, row["model_low"], row["model_high"]))


_CELLS: tuple[Callable[[Look, Risk, Row], Cell], ...] = (
    _city,
    lambda look, risk, row: count(look, row["people"]),
    lambda look, risk, row: valued(look, row["expected"], number, band(look, row["low"], row["high"])),
    _one,
    _further,
    _distance,
    _arrival,
    _exposed,
    _cases,
    _modelled,
)


# --- the model --------------------------------------------------------------------------------------------


def _model(look: Look, risk: Risk, rows: Mapping[str, Row]) -> list[Block]:
    if risk.what.fit is None:
        return [note.line(look.say("no_model"))]
    odd = [rows[row.key] for sign in (1, -1) for row in risk.what.outliers(sign)]
    return [_plot(look, odd, rows), _marks(look, risk), _outliers(look, risk, odd)]


def _plot(look: Look, odd: Sequence[Row], rows: Mapping[str, Row]) -> Block:
    inside = [row for row in rows.values() if row.what.outlier == 0]
    shown = [row for row in (*odd, *inside) if row.what.cases is not None and row.what.model is not None]
    return scatter.plot(
        [_point(look, row) for row in shown],
        look.say("plot"),
        about=look.say("plot_about"),
        x_name=look.say("plot_x"),
        y_name=look.say("plot_y"),
        above=look.say("plot_above"),
        below=look.say("plot_below"),
        span=7,
        tall=2,
        id="fit",
    )


def _point(look: Look, told: Row) -> dict[str, Any]:
    row, model, cases = told.what, told["model"], told["cases"]
    ends = told["model_low"], told["model_high"]
    said = look.say("plot_told", model=look.short(model), band=band(look, *ends), cases=look.short(cases))
    x, y, low, high = (one.value or 0.0 for one in (model, cases, *ends))
    return scatter.point(row.name, x, y, low, high, said, sign=row.outlier)


def _marks(look: Look, told: Risk) -> Block:
    risk = told.what
    assert risk.fit is not None
    quality, of = risk.fit.quality, told.at("fit.quality")
    against = look.say("wins" if quality.spearman > quality.flow_alone else "loses")
    made = [
        record.entry(look.say("places"), look.whole(of["places"])),
        record.entry(look.say("spearman"), rank(look, of["spearman"]), small=against),
        record.entry(look.say("alone"), rank(look, of["flow_alone"])),
        record.entry(look.say("population"), rank(look, of["population_alone"])),
        record.entry(look.say("covered"), text(look, of["covered"], percent), small=look.say("covered_small")),
    ]
    if risk.checked is not None:
        one = told.at("checked")
        value = look.say("checked_value", model=rank(look, one["spearman"]), alone=rank(look, one["flow_alone"]))
        small = look.say("checked_inside", inside=look.whole(one["inside"]), places=look.whole(one["places"]))
        made.append(record.entry(look.say("checked", day=look.day_text(risk.checked.made)), value, small=small))
    if risk.arrived is not None:
        came = join(" / ", [look.whole(told[f"arrived.{name}"]) for name in ("inside", "places")])
        small = look.say("arrived_small", day=look.day_text(risk.arrived.made))
        made.append(record.entry(look.say("arrived"), came, small=small))
    return record.record(made, look.say("fit"), about=look.say("fit_about"), span=5)


def _outliers(look: Look, risk: Risk, odd: Sequence[Row]) -> Block:
    columns = [
        listing.column(look.say("city"), left=True),
        listing.column(look.say("cases")),
        listing.column(look.say("model")),
        listing.column(look.say("reading"), left=True),
    ]
    rows = [_outlier(look, risk, row) for row in odd]
    return listing.table(columns, rows, look.say("outliers"), none=look.say("no_outliers"), first=6, span=5)


def _outlier(look: Look, risk: Risk, told: Row) -> dict[str, Any]:
    row = told.what
    above = row.outlier > 0
    reading = listing.cell(look.say("above" if above else "below"), row.outlier, tone="bad" if above else "soft")
    return listing.row(
        [listing.cell(row.name, row.name), count(look, told["cases"]), _modelled(look, risk, told), reading]
    )
