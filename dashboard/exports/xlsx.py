"""Excel: the rows as a table with frozen headings and filters, and a second sheet that says what it is."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from dashboard.exports.layer import Column, Format, Layer, about

#: Rows that a sheet holds below its heading.
MOST_ROWS = 1_048_575
WIDTHS = {"text": 16, "state": 11, "whole": 12, "real": 12, "day": 12}


def write(layer: Layer) -> bytes:
    """Texts are written as texts, so nothing becomes a formula; a number without a value is an empty cell."""
    sink = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(sink, options) as book:
        book.set_properties({"title": layer.title, "created": layer.known.replace(microsecond=0)})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        _rows(book.add_worksheet("数据" if layer.lang == "zh" else "data"), layer, head, book.add_format(
            {"num_format": "yyyy-mm-dd"}), book.add_format({"num_format": "#,##0.00"}))  # fmt: skip
        sheet = book.add_worksheet("说明" if layer.lang == "zh" else "about")
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, 60)
        for at, (name, text) in enumerate(about(layer)):
            sheet.write_string(at, 0, name, head)
            sheet.write_string(at, 1, text)
    return sink.getvalue()


def _rows(sheet: Any, layer: Layer, head: Any, day: Any, real: Any) -> None:
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, min(len(layer), MOST_ROWS), len(layer.columns) - 1)
    for at, column in enumerate(layer.columns):
        sheet.write_string(0, at, column.name(layer.lang), head)
        sheet.set_column(at, at, WIDTHS[column.kind], {"day": day, "real": real}.get(column.kind))
        for row, value in enumerate(layer.data[column.id][:MOST_ROWS], start=1):
            _write(sheet, row, at, column, value, day)


def _write(sheet: Any, row: int, at: int, column: Column, value: Any, day: Any) -> None:
    if value is None:
        return
    if column.kind == "day":
        sheet.write_datetime(row, at, value, day)
    elif column.kind in ("whole", "real"):
        sheet.write_number(row, at, value)
    else:
        sheet.write_string(row, at, value)


FORMAT = Format(
    "xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel", "Excel", write
)
