"""A report as an Excel workbook: its sentences, every number with its source, one sheet a table, curve and map.

Numbers are numbers, days are days; a number that is missing or held back is the word for it, never nought and never an
empty cell. Sums are formulas whose value is checked here. Texts are always texts: none becomes a formula or a link.
"""

from __future__ import annotations

import datetime as dt
import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from dashboard.reports import numbering, writing
from dashboard.reports.drawing import DPI, Pictures
from dashboard.reports.drawing.curves import means
from dashboard.reports.drawing.maps import STATE_OF
from dashboard.reports.drawing.paper import known_at, say
from dashboard.reports.model import (
    Cell,
    Column,
    Curve,
    Items,
    Line,
    Map,
    Number,
    Paragraph,
    Report,
    Section,
    Table,
    sections_of,
)
from dashboard.reports.writers import words, xlsx_looks
from dashboard.reports.writers.xlsx_chart import put_chart
from dashboard.reports.writers.xlsx_looks import Looks, number_format
from data.terms import STATES
from data.words import Lang

Kind = TypeVar("Kind", Table, Curve, Map)

#: Rows of a sheet before its first line of figures: title, remark, headings.
HEAD = 3

#: Digits that a line of sentences holds.
SENTENCE_WIDTH = 96

#: Size of a map on its sheet, in millimetres.
MAP_SIZE = (190.0, 150.0)

_WORDS = {
    "summary": ("摘要", "Summary"),
    "numbers": ("数字", "Numbers"),
    "day": ("日期", "Day"),
    "class": ("分级", "Class"),
    "units": ("单元数", "Units"),
    "sheets": ("附表", "Sheets"),
    "drawn": ("绘图用：", "drawn: "),
}
_NUMBER_HEADS = (
    ("编号", "No."), ("所在", "Stands in"), ("数值", "Value"), ("印作", "Printed"), ("单位", "Unit"), ("状态", "State"),
    ("区域", "Area"), ("日期", "Day"), ("出处", "Source"), ("版本", "Version"), ("数据截至", "As known at"),
)  # fmt: skip


def write(report: Report, pictures: Pictures) -> bytes:
    """The .xlsx: equal reports make equal bytes."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Workbook(out, options)
    known = report.known.replace(tzinfo=dt.UTC)
    author = report.organ or report.city
    book.set_properties({"title": report.title, "author": author, "created": known, "comments": words.basis(report)})
    _Writer(book, report, pictures).write()
    book.close()
    return out.getvalue()


@dataclass
class _Told:
    """One number as the sheet of numbers lists it: where it stands (words, and a link or "")."""

    number: Number
    where: str
    link: str = ""


@dataclass
class _Writer:
    """Fills one workbook."""

    book: Workbook
    report: Report
    pictures: Pictures
    told: list[_Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lang: Lang = self.report.lang
        self.looks = Looks(self.book, "等线" if self.lang == "zh" else "Calibri")
        self.banner = words.banner(self.report)
        self.foot = f"{self.report.title} · {words.basis(self.report)}"

    def write(self) -> None:
        """Every sheet: the first two are made first and filled last, when it is known what stands where."""
        tables, curves = list(_blocks(self.report, Table)), list(_blocks(self.report, Curve))
        maps = list(_blocks(self.report, Map))
        blocks: list[Table | Curve | Map] = [*tables, *curves, *maps]
        first = [_said(key, self.lang) for key in ("summary", "numbers")]
        names = xlsx_looks.sheet_names([*first, *(block.title for block in blocks)])
        sheets = [self.book.add_worksheet(name) for name in names]
        rest = iter(sheets[2:])
        self._summary(sheets[0], sheets[1].get_name(), names[2:])
        for table in tables:
            self._table(next(rest), table)
        for curve in curves:
            self._curve(next(rest), curve)
        for shown in maps:
            self._map(next(rest), shown)
        self._numbers(sheets[1])

    # sentences -----------------------------------------------------------------------------------

    def _summary(self, sheet: Worksheet, numbers: str, others: Sequence[str]) -> None:
        sheet.set_column(0, 0, SENTENCE_WIDTH)
        sheet.set_column(1, 1, 14)
        sheet.write_string(0, 0, self.report.title, self.looks.make("title"))
        sheet.write_string(1, 0, words.basis(self.report), self.looks.make("remark"))
        if self.banner:
            sheet.write_string(2, 0, self.banner, self.looks.make("alarm"))
        row = HEAD
        for words_, look, line in self._lines():
            sheet.write_string(row, 0, words_, self.looks.make(look))
            sheet.set_row(row, xlsx_looks.height_of(words_, SENTENCE_WIDTH))
            numbered = [one for one in line if not isinstance(one, str)]
            if numbered:
                self._link(sheet, row, numbers, len(self.told), len(numbered))
                place = f"{sheet.get_name()}!A{row + 1}"
                self.told += [_Told(one, place, f"internal:'{sheet.get_name()}'!A{row + 1}") for one in numbered]
            row += 1
        if others:
            sheet.write_string(row + 1, 0, _said("sheets", self.lang), self.looks.make("section"))
        for at, name in enumerate(others, row + 2):
            sheet.write_url(at, 0, f"internal:'{_quoted(name)}'!A1", self.looks.make("link"), name)
        xlsx_looks.set_up(sheet, self.banner, self.foot, landscape=False)

    def _link(self, sheet: Worksheet, row: int, numbers: str, before: int, count: int) -> None:
        """Beside a sentence: its numbers on their sheet."""
        first, last = before + 1, before + count
        label = f"N{first}" if count == 1 else f"N{first}–N{last}"
        sheet.write_url(row, 1, f"internal:'{numbers}'!A{HEAD + first}", self.looks.make("link"), label)

    def _lines(self) -> Iterator[tuple[str, str, Line]]:
        """(words, look, runs) of headings and sentences, in reading order."""
        for path, section in numbering.main_parts(self.report):
            yield numbering.label(path, self.lang) + section.title, "section", ()
            yield from self._sentences(section, len(path))
        for place, annex in enumerate(numbering.annexes(self.report), 1):
            yield f"{words.annex_mark(self.report, place)} {annex.title}", "section", ()
            yield from self._sentences(annex, 0)
            for path, section in numbering.parts_below(annex):
                yield numbering.label(path, self.lang) + section.title, "section", ()
                yield from self._sentences(section, len(path))

    def _sentences(self, section: Section, depth: int) -> Iterator[tuple[str, str, Line]]:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                yield writing.line(block.runs, self.lang), block.tone or "sentence", block.runs
            elif isinstance(block, Items):
                for n, row in enumerate(block.rows, 1):
                    yield numbering.item(n, depth, self.lang) + writing.line(row, self.lang), "sentence", row

    # numbers -------------------------------------------------------------------------------------

    def _numbers(self, sheet: Worksheet) -> None:
        heads = [
            Column(pair[0 if self.lang == "zh" else 1], at not in (2, 3, 9)) for at, pair in enumerate(_NUMBER_HEADS)
        ]
        self._head(sheet, _said("numbers", self.lang), heads)
        known = known_at(self.report)
        for row, one in enumerate(self.told, HEAD):
            asked = dict(one.number.cite.asked)
            sheet.write_string(row, 0, f"N{row - HEAD + 1}", self.looks.make("words"))
            if one.link:
                sheet.write_url(row, 1, one.link, self.looks.make("link"), one.where)
            self._cell(sheet, row, 2, one.number)
            state = STATES[one.number.state].name(self.lang)
            printed = writing.plain(one.number, self.lang)
            sheet.write_string(row, 3, printed, self.looks.make("printed"))
            texts = (one.number.unit, state, asked.get("area", ""), asked.get("day", ""), str(one.number.cite))
            for column, text in enumerate(texts, 4):
                sheet.write_string(row, column, text, self.looks.make("words"))
            sheet.write_number(row, 9, self.report.version, self.looks.make("words", False, "0"))
            sheet.write_string(row, 10, known, self.looks.make("words"))
        self._widen(sheet, (8, 24, 14, 16, 10, 10, 14, 12, 60, 8, 18))
        self._finish(sheet, len(self.told), len(heads))

    # tables --------------------------------------------------------------------------------------

    def _table(self, sheet: Worksheet, block: Table) -> None:
        self._head(sheet, block.title, block.columns)
        for at, row in enumerate(block.rows):
            total = block.total and at == len(block.rows) - 1
            for column, cell in enumerate(row):
                self._table_cell(sheet, block, HEAD + at, column, cell, total)
        if not block.rows:
            sheet.write_string(HEAD, 0, block.none, self.looks.make("quiet"))
        widths = [self._width(block, column) for column in range(len(block.columns))]
        self._widen(sheet, widths)
        self._note(sheet, HEAD + max(len(block.rows), 1) + 1, block.note, widths)
        self._finish(sheet, len(block.rows) - block.total, len(block.columns))

    def _width(self, block: Table, column: int) -> int:
        texts = [writing.text(row[column], self.lang) for row in block.rows]
        return xlsx_looks.width_of([block.columns[column].name, *texts])

    def _table_cell(self, sheet: Worksheet, block: Table, row: int, column: int, cell: Cell, total: bool) -> None:
        if total and isinstance(cell, Number) and adds_up(cell, [one[column] for one in block.rows[:-1]]):
            formula = f"=SUM({xl_range(HEAD, column, row - 1, column)})"
            sheet.write_formula(row, column, formula, self.looks.make("words", True, number_format(cell)), cell.value)
        else:
            self._cell(sheet, row, column, cell, total)
        if isinstance(cell, Number):
            self._tell(sheet, row, column, cell)

    def _tell(self, sheet: Worksheet, row: int, column: int, number: Number) -> None:
        name, place = sheet.get_name(), xl_rowcol_to_cell(row, column)
        self.told.append(_Told(number, f"{name}!{place}", f"internal:'{_quoted(name)}'!{place}"))

    def _cell(self, sheet: Worksheet, row: int, column: int, cell: Cell, total: bool = False) -> None:
        if isinstance(cell, str):
            sheet.write_string(row, column, cell, self.looks.make("words", total))
        elif cell.value is None:
            sheet.write_string(row, column, writing.text(cell, self.lang), self.looks.make("none", total))
        else:
            sheet.write_number(row, column, cell.value, self.looks.make("words", total, number_format(cell)))

    def _head(self, sheet: Worksheet, title: str, columns: Sequence[Column]) -> None:
        """Title, remark and headings: what stays on the screen and on every page."""
        sheet.set_default_row(xlsx_looks.ROW)
        sheet.set_row(0, 1.6 * xlsx_looks.ROW)
        sheet.write_string(0, 0, title, self.looks.make("title"))
        remark = " ".join([*([self.banner] if self.banner else []), words.basis(self.report)])
        sheet.write_string(1, 0, remark, self.looks.make("alarm" if self.banner else "remark"))
        for column, one in enumerate(columns):
            sheet.write_string(HEAD - 1, column, one.name, self.looks.make("head_left" if one.left else "head"))
        sheet.freeze_panes(HEAD, 1)

    def _widen(self, sheet: Worksheet, widths: Sequence[int]) -> None:
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)

    def _note(self, sheet: Worksheet, row: int, note: Line, widths: Sequence[int]) -> None:
        """A note below what it belongs to, over all columns."""
        text = words.note(writing.line(note, self.lang), self.lang) if note else ""
        if text:
            sheet.set_row(row, xlsx_looks.height_of(text, sum(widths)))
            if len(widths) > 1:
                sheet.merge_range(row, 0, row, len(widths) - 1, "", self.looks.make("quiet"))
            sheet.write_string(row, 0, text, self.looks.make("quiet"))

    def _finish(self, sheet: Worksheet, rows: int, columns: int) -> None:
        if rows > 0 and columns:
            sheet.autofilter(HEAD - 1, 0, HEAD - 1 + rows, columns - 1)
        xlsx_looks.set_up(sheet, self.banner, self.foot, (0, HEAD - 1))

    # curves and maps -----------------------------------------------------------------------------

    def _curve(self, sheet: Worksheet, block: Curve) -> None:
        unit = f"（{block.unit}）" if block.unit and self.lang == "zh" else f" ({block.unit})" if block.unit else ""
        columns = [Column(_said("day", self.lang), left=True), *(Column(one.name + unit) for one in block.series)]
        mean = [say("mean", self.lang)] if block.kind == "bars" and block.series else []
        self._head(sheet, block.title, [*columns, *map(Column, mean)])
        for row, day in enumerate(block.days, HEAD):
            sheet.write_datetime(row, 0, dt.datetime.combine(day, dt.time()), self.looks.make("day"))
        for column, series in enumerate(block.series, 1):
            for row, number in enumerate(series.numbers, HEAD):
                self._cell(sheet, row, column, number)
                self._tell(sheet, row, column, number)
        if mean:
            self._mean(sheet, block)
        widths = [xlsx_looks.width_of([name]) + 2 for name in (*(column.name for column in columns), *mean)]
        self._widen(sheet, widths)
        self._note(sheet, HEAD + len(block.days) + 1, block.note, widths)
        put_chart(self.book, sheet, block, HEAD, mean, _said("drawn", self.lang))
        self._finish(sheet, len(block.days), len(columns) + len(mean))

    def _mean(self, sheet: Worksheet, block: Curve) -> None:
        """The mean of seven days beside the first series: a formula where all seven are told."""
        column = len(block.series) + 1
        for row, value in enumerate(means(block.series[0]), HEAD):
            if value is None:
                sheet.write_string(row, column, "—", self.looks.make("none"))
            else:
                formula = f"=AVERAGE({xl_range(row - 6, 1, row, 1)})"
                sheet.write_formula(row, column, formula, self.looks.make("words", False, "#,##0.0"), value)

    def _map(self, sheet: Worksheet, block: Map) -> None:
        """The classes with how many units have each, and the picture beside them."""
        heads = Column(_said("class", self.lang), left=True), Column(_said("units", self.lang))
        self._head(sheet, block.title, heads)
        rows = [(step.text, step.units) for step in block.steps[::-1]]
        rows += [(say(state, self.lang), block.classes.count(code)) for code, state in STATE_OF.items()]
        for row, (text, units) in enumerate(rows, HEAD):
            sheet.write_string(row, 0, text, self.looks.make("words"))
            sheet.write_number(row, 1, units, self.looks.make("words", False, "#,##0"))
        widths = [xlsx_looks.width_of(text for text, _ in rows), 12, *[9] * 12]
        self._widen(sheet, widths)
        beside = math.ceil(MAP_SIZE[1] / 25.4 * 72 / xlsx_looks.ROW)
        self._note(sheet, HEAD + max(beside, len(rows)) + 1, block.note, widths)
        shape = {"x_scale": 96 / DPI, "y_scale": 96 / DPI, "object_position": 1}
        body = io.BytesIO(self.pictures.png(block, *MAP_SIZE))
        place = {"image_data": body, "description": words.about(block, self.lang), **shape}
        sheet.insert_image(HEAD, 3, "map.png", place)
        xlsx_looks.set_up(sheet, self.banner, self.foot, (0, HEAD - 1))


def adds_up(total: Number, above: Sequence[Cell]) -> bool:
    """Whether a total is the sum of the numbers above it: only then is it written as one. A count that is missing or
    held back above is no nought, so that such a total stands as it was told."""
    numbers = [one for one in above if isinstance(one, Number)]
    if total.form != "count" or total.value is None or len(numbers) < len(above):
        return False
    known = [one.value for one in numbers if one.value is not None]
    return len(known) == len(above) and sum(known) == total.value


def _blocks(report: Report, kind: type[Kind]) -> Iterator[Kind]:
    for _, section in sections_of(report):
        yield from (block for block in section.blocks if isinstance(block, kind))


def _said(key: str, lang: Lang) -> str:
    return _WORDS[key][0 if lang == "zh" else 1]


def _quoted(name: str) -> str:
    """A sheet's name between apostrophes, as a link writes it."""
    return name.replace("'", "''")
