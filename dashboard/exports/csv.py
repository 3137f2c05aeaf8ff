"""CSV as spreadsheets open it: UTF-8 with a byte-order mark, headings in the reader's language, no formulas.

A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers, negative ones too.
How to read such a text back: :mod:`data.spreadsheets`.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from dashboard.exports.layer import Format, Layer
from data.spreadsheets import harmless


def write(layer: Layer) -> bytes:
    """One heading line, then the rows."""
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator="\r\n")
    writer.writerow([harmless(column.name(layer.lang)) for column in layer.columns])
    columns = [layer.data[column.id] for column in layer.columns]
    writer.writerows([_cell(value) for value in row] for row in zip(*columns, strict=True))
    return sink.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return harmless(value)
    return "" if value is None else value


FORMAT = Format("csv", "csv", "text/csv", "CSV", "CSV", write)
