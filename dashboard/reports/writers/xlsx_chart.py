"""Excel's own charts of a curve, drawn from the cells of its sheet.

Excel draws a text as nought. So where a day has no number, the chart reads a copy of the column in which that day is
empty, and empty days are gaps; the copies stand in hidden columns, the words for what is missing stay in sight.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from dashboard.reports.drawing.curves import means
from dashboard.reports.model import Curve

#: Pixels: as wide as a landscape page beside its columns.
SIZE = {"width": 820, "height": 400}

#: Days written under the axis.
DAYS_WRITTEN = 9

_DASHES = {"solid": "solid", "dashed": "dash", "dotted": "round_dot"}
_INK, _SOFT, _RULE = "#14191B", "#5A666B", "#D5DAD8"


def put_chart(book: Workbook, sheet: Worksheet, block: Curve, top: int, mean: Sequence[str], drawn: str) -> None:
    """A chart beside the columns of a curve, whose days begin in row ``top``; ``mean``: the name of the column of means
    where there is one; ``drawn`` heads the hidden copies."""
    if not block.days or not block.series:
        return
    columns = [[number.value for number in series.numbers] for series in block.series]
    if mean:
        columns.append(means(block.series[0]))
    seen = len(columns) + 1
    places = [_place(sheet, values, at, seen + at, top, drawn) for at, values in enumerate(columns, 1)]
    bars = block.kind == "bars"
    chart = book.add_chart({"type": "column" if bars else "line"})
    lines = book.add_chart({"type": "line"}) if bars else chart
    for at, place in enumerate(places):
        is_bar = bars and at == 0
        (chart if is_bar else lines).add_series(_series(sheet, block, at, place, top, is_bar))
    if bars and len(places) > 1:
        chart.combine(lines)
    _shape(chart, block)
    sheet.insert_chart(top, seen + 1, chart, {"object_position": 1})


def _place(sheet: Worksheet, values: Sequence[float | None], at: int, hidden: int, top: int, drawn: str) -> int:
    """The column that is drawn: the shown one, or its hidden copy where days are missing."""
    if None not in values:
        return at
    sheet.set_column(hidden, hidden, None, None, {"hidden": True})
    sheet.write_string(top - 1, hidden, f"{drawn}{at}")
    for row, value in enumerate(values, top):
        if value is not None:
            sheet.write_number(row, hidden, value)
    return hidden


def _series(sheet: Worksheet, block: Curve, at: int, column: int, top: int, bar: bool) -> dict[str, Any]:
    name, last = sheet.get_name(), top + len(block.days) - 1
    made: dict[str, Any] = {
        "name": [name, top - 1, at + 1],
        "categories": [name, top, 0, last, 0],
        "values": [name, top, column, last, column],
    }
    own = at < len(block.series)
    colour = block.series[at].colour if own else _INK
    if bar:
        return made | {"fill": {"color": colour}, "border": {"none": True}, "gap": 35}
    dash = _DASHES[block.series[at].dash] if own else "solid"
    return made | {"line": {"color": colour, "width": 1.75, "dash_type": dash}}


def _shape(chart: Any, block: Curve) -> None:
    font = {"size": 9, "color": _SOFT}
    chart.set_title({"name": block.title, "name_font": {"size": 12, "color": _INK, "bold": True}, "overlay": False})
    chart.set_x_axis(
        {"date_axis": True, "num_format": "m-d", "num_font": font, "line": {"color": _SOFT}, "label_position": "low"}
    )
    forms = {number.form for series in block.series for number in series.numbers}
    number = "0%" if forms == {"growth"} else "#,##0"
    chart.set_y_axis({"num_format": number, "num_font": font, "line": {"none": True}, "name": block.unit,
                      "name_font": font, "major_gridlines": {"visible": True, "line": {"color": _RULE}}})  # fmt: skip
    chart.set_legend({"position": "top", "font": font})
    chart.show_blanks_as("gap")
    chart.show_hidden_data()
    chart.set_size(SIZE)
