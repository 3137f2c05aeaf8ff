"""The sheet that goes back to a sender: row, column, cell and why, for each bad row of their file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter

from data.rejects import Reject
from data.spreadsheets import harmless
from data.words import Lang, quote

#: Rows of an Excel sheet below its heading; what is beyond is counted in a last row.
SHEET_ROWS = 1_048_574

_SHEET_HEADINGS: dict[Lang, tuple[str, ...]] = {
    "zh": ("行", "列", "值", "原因"),
    "en": ("Row", "Column", "Value", "Why"),
}


def reject_sheet(rejects: Sequence[Reject], path: Path, lang: Lang, said: str = "") -> None:
    """Writes the rejects for the sender: row, column, value, why; Excel, or by suffix .csv with a byte order mark.
    ``said``: of the file as a whole, above them.

    ValueError for another suffix, OSError where the file cannot be written.
    """
    lines = list(_sheet_lines(rejects, lang))
    if said:
        lines.insert(1, ("", "", "", harmless(said)))
    match path.suffix.lower():
        case ".xlsx":
            _write_excel(lines, path)
        case ".csv":
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows(lines)
        case other:
            raise ValueError(f"a sheet of rejects is .xlsx or .csv, not {other}")


def _sheet_lines(rejects: Sequence[Reject], lang: Lang) -> Iterable[tuple[int | str, ...]]:
    yield _SHEET_HEADINGS[lang]
    for reject in rejects[:SHEET_ROWS]:
        yield reject.row, harmless(reject.column), harmless(quote(reject.value)), harmless(reject.say(lang))
    rest = len(rejects) - SHEET_ROWS
    if rest > 0:
        yield "…", "", "", f"另有 {rest} 处" if lang == "zh" else f"and {rest} more"


def _write_excel(lines: Iterable[tuple[int | str, ...]], path: Path) -> None:
    plain_text = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, {**plain_text, "constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(1, 2, 24)
        sheet.set_column(3, 3, 48)
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line)
