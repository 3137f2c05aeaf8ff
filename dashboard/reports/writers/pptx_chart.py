"""A curve as a native chart: its data can be edited in PowerPoint, and a day without a number is a gap."""

from __future__ import annotations

import math
from typing import Any

from lxml import etree
from pptx.chart.axis import _BaseAxis
from pptx.chart.chart import Chart
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE_DASH_STYLE
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Emu, Pt

from dashboard.numbers import day_text
from dashboard.reports.model import Curve, Number, Series
from dashboard.reports.writers import words
from data.words import Lang

_DASHES = {
    "solid": MSO_LINE_DASH_STYLE.SOLID,
    "dashed": MSO_LINE_DASH_STYLE.DASH,
    "dotted": MSO_LINE_DASH_STYLE.ROUND_DOT,
}
#: Width of a date at a chart's foot, with the gap to the next.
_DATE = Pt(68)
_GREY = RGBColor(0xD5, 0xDA, 0xDD)
_DAY = {"zh": 'm"月"d"日"', "en": "d mmm"}
#: Days that a remark on gaps names.
_MOST_GAPS = 6


def add(page: Slide, curve: Curve, box: tuple[Emu, Emu, Emu, Emu], lang: Lang) -> None:
    """Puts the chart on a slide."""
    bars = curve.kind == "bars"
    kind = XL_CHART_TYPE.COLUMN_CLUSTERED if bars else XL_CHART_TYPE.LINE
    shapes: Any = page.shapes
    frame = shapes.add_chart(kind, *box, _data(curve))
    frame._element.nvGraphicFramePr.cNvPr.set("descr", words.about(curve, lang))
    chart: Chart = frame.chart
    chart.has_title, chart.font.size = False, Pt(12)
    for face in ("latin", "ea"):  # the theme's own, by name: East Asian words too
        etree.SubElement(chart.font._rPr, qn(f"a:{face}")).set("typeface", f"+mn-{'lt' if face == 'latin' else 'ea'}")
    _legend(chart, curve)
    _axes(chart, curve, lang, box[2])
    for drawn, series in zip(chart.plots[0].series, curve.series, strict=True):
        _bar(drawn, series) if bars else _line(drawn, series)
    if bars:
        chart.plots[0].gap_width = 40
    chart._chartSpace.chart.find(qn("c:dispBlanksAs")).set("val", "gap")


def gaps(curve: Curve, lang: Lang) -> str:
    """Which days have no number, and why: on paper a bar that is not there could be a nought."""
    said = []
    for state in ("missing", "suppressed"):
        pairs = zip(*(series.numbers for series in curve.series), strict=True)
        days = [day for day, at in zip(curve.days, pairs, strict=True) if any(one.state == state for one in at)]
        if days:
            named = [day_text(day, lang, year=False) for day in days[:_MOST_GAPS]]
            said.append(words.gap(state, named, len(days), lang))
    return ("；" if lang == "zh" else "; ").join(said)


def _data(curve: Curve) -> CategoryChartData:
    data = CategoryChartData(number_format=_format(_first(curve)))
    data.categories = curve.days
    for series in curve.series:
        data.add_series(series.name, [one.value for one in series.numbers])
    return data


def _first(curve: Curve) -> Number | None:
    return next((one for series in curve.series for one in series.numbers), None)


def _format(number: Number | None, axis: bool = False) -> str:
    """Excel's format for a number of this form; a share is in per cent already, growth is a fraction. An axis has the
    digits that its steps need."""
    if number is None:
        return "General"
    digits = "" if axis and number.form == "growth" else "." + "0" * number.digits if number.digits else ""
    if number.form == "growth":
        return f"0{digits}%"
    if number.form == "share":
        return f'0{digits}"%"'
    return "#,##0.###" if axis and digits else f"#,##0{digits}"


def _legend(chart: Chart, curve: Curve) -> None:
    chart.has_legend = len(curve.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False


def _axes(chart: Chart, curve: Curve, lang: Lang, width: int) -> None:
    values, days = chart.value_axis, chart.category_axis
    values.tick_labels.number_format = _format(_first(curve), axis=True)
    values.tick_labels.number_format_is_linked = False
    values.major_gridlines.format.line.color.rgb = _GREY
    values.format.line.fill.background()
    days.tick_labels.number_format, days.tick_labels.number_format_is_linked = _DAY[lang], False
    days.tick_label_position, days.major_tick_mark = XL_TICK_LABEL_POSITION.LOW, XL_TICK_MARK.OUTSIDE
    days.format.line.color.rgb = _GREY
    _every(days, max(1, math.ceil(len(curve.days) * _DATE / width)))


def _every(days: _BaseAxis, step: int) -> None:
    """A date at every so many days; the elements' order is the format's."""
    axis = days._element
    for name in ("baseTimeUnit", "majorUnit", "majorTimeUnit", "minorUnit", "minorTimeUnit"):
        for old in axis.findall(qn(f"c:{name}")):
            axis.remove(old)
    for name, value in (("baseTimeUnit", "days"), ("majorUnit", str(step)), ("majorTimeUnit", "days")):
        etree.SubElement(axis, qn(f"c:{name}")).set("val", value)


def _bar(drawn: Any, series: Series) -> None:
    fill = drawn.format.fill
    fill.solid()
    fill.fore_color.rgb = RGBColor.from_string(series.colour.lstrip("#"))
    drawn.invert_if_negative = False


def _line(drawn: Any, series: Series) -> None:
    line = drawn.format.line
    line.color.rgb = RGBColor.from_string(series.colour.lstrip("#"))
    line.width, line.dash_style = Pt(2.25), _DASHES[series.dash]
    drawn.smooth = False
    marks = drawn._element.get_or_add_marker()
    marks.get_or_add_symbol().set("val", "none")
