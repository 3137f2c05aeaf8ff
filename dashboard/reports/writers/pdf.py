"""A report as PDF/A: set by typst after ``assets/reports/report.typ``, with its fonts embedded and pictures as vectors.

The template gets the report as JSON and only ever prints it. Nothing is fetched, and the document's date is the moment
up to which its version knows, so that equal reports make equal bytes.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal, Protocol

import typst

from dashboard import assets_folder
from dashboard.reports import fonts, numbering, writing
from dashboard.reports.drawing import Pictures
from dashboard.reports.drawing.paper import known_at
from dashboard.reports.drawing.svg import POINT, width_of
from dashboard.reports.model import Block, Cell, Curve, Items, Map, Paragraph, Report, Section, Table, sections_of
from dashboard.reports.writers import words
from dashboard.reports.writers.pdf_fit import Blanks, fitted
from data.errors import StoreError
from data.words import Both, Lang

#: ISO 19005-2, level A: whatever it shows is embedded, every letter has its code, and headings and tables are tagged.
STANDARD: Literal["a-2a"] = "a-2a"

#: Width of the type area and heights of pictures, in millimetres: a map fits under a page's first ten lines, three
#: curves on a page.
WIDTH, MAP_HEIGHT, CURVE_HEIGHT = 156.0, 98.0, 62.0

#: Points of the type of tables, as the template sets them.
TABLE_POINTS: Mapping[Lang, float] = {"zh": 10.5, "en": 9.5}
#: A heading of more letters or ems may be set in two lines; words in a cell are never broken below LEAST_EMS and
#: always above MOST_EMS.
HEAD_LETTERS, HEAD_EMS, LEAST_EMS, MOST_EMS = 4, 8.0, 6.0, 22.0
#: How much wider bold is.
BOLD = 1.06

#: Printed for a character that no font on the machine has, as printers have always done.
GETA = "〓"
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_LACKING = re.compile(r'the text `"(.*)"` could not be displayed', re.DOTALL)

Part = Mapping[str, Any]


def write(report: Report, pictures: Pictures) -> bytes:
    """The .pdf: equal reports make equal bytes. FontsMissing where no Chinese font is installed."""
    return set_in(fonts.faces(), report, pictures)


def set_in(faces: fonts.Faces, report: Report, pictures: Pictures) -> bytes:
    """The same in these faces. StoreError where one is not installed: it would be replaced without a word."""
    drawn = any(isinstance(block, (Curve, Map)) for _, section in sections_of(report) for block in section.blocks)
    heights = fitted(template(), lambda heights: laid(report, heights, faces)) if drawn else {}
    said = _json(_said(report, pictures, faces, heights))
    lacking: set[str] = set()
    while True:
        printed = said.translate({ord(letter): GETA for letter in lacking})
        try:
            return _compiled(printed, report.known)
        except typst.TypstError as error:
            found = _lacking(error.message) - lacking
            if not found:
                raise StoreError(
                    detail=Both(f"无法排版：{error.message}", f"cannot be set: {error.message}")
                ) from error
            lacking |= found


def laid(report: Report, heights: Mapping[str, float], faces: fonts.Faces | None = None) -> str:
    """The report as the template takes it, with empty pictures of these heights: for laying pages out."""
    return _json(_said(report, Blanks(), faces or fonts.faces(), heights))


def _json(said: dict[str, Any]) -> str:
    return json.dumps(_clean(said), ensure_ascii=False)


def _compiled(said: str, known: dt.datetime) -> bytes:
    made = typst.Compiler(template(), font_paths=fonts.library(), sys_inputs={"report": said})
    moment = known.replace(tzinfo=dt.UTC, microsecond=0)
    body, warnings = made.compile_with_warnings(format="pdf", pdf_standards=[STANDARD], timestamp=moment)
    if warnings:
        told = "; ".join(warning.message for warning in warnings)
        raise StoreError(detail=Both(f"排版有误：{told}", f"set with warnings: {told}"))
    assert isinstance(body, bytes)
    return body


@lru_cache(maxsize=1)
def template() -> bytes:
    """The product's template."""
    return (assets_folder() / "reports" / "report.typ").read_bytes()


def _lacking(message: str) -> set[str]:
    """The letters that no font has, out of typst's words."""
    found = _LACKING.search(message)
    text = re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), found[1]) if found else ""
    return {letter for letter in text if not letter.isspace() and letter != GETA}


def _clean(said: Any) -> Any:
    """The same without control characters: no font has them."""
    if isinstance(said, dict):
        return {key: _clean(one) for key, one in said.items()}
    if isinstance(said, list):
        return [_clean(one) for one in said]
    return _CONTROL.sub("", said) if isinstance(said, str) else said


class Vectors(Protocol):
    """Whoever draws: :class:`Pictures`, or :class:`Blanks` while pages are laid out."""

    def svg(self, block: Curve | Map, width_mm: float, height_mm: float, titled: bool = True) -> bytes:
        """A vector picture."""


@dataclass(frozen=True)
class _Drawn:
    """Who draws, and the heights of those pictures that have not their usual one."""

    pictures: Vectors
    heights: Mapping[str, float]


# what is said ----------------------------------------------------------------------------------------


def _said(report: Report, pictures: Vectors, faces: fonts.Faces, heights: Mapping[str, float]) -> dict[str, Any]:
    drawn = _Drawn(pictures, heights)
    known = report.known
    version = f"第 {report.version} 版" if report.lang == "zh" else f"version {report.version}"
    return {
        "lang": report.lang,
        "faces": {**asdict(faces), "latin": fonts.LATIN},
        "title": report.title,
        "author": report.organ or report.city,
        "keywords": [report.kind, report.area, f"{report.day:%Y-%m-%d}", f"v{report.version}"],
        "made": {"year": known.year, "month": known.month, "day": known.day,
                 "hour": known.hour, "minute": known.minute, "second": known.second},
        "organ": report.organ,
        "number": report.number,
        "banner": words.banner(report),
        "basis": words.basis(report),
        "foot": " · ".join([report.place, f"{report.day:%Y-%m-%d}", version, known_at(report)]),
        "parts": [*_text(report, drawn), *_signed(report), *_annexes(report, drawn)],
    }  # fmt: skip


def _text(report: Report, drawn: _Drawn) -> Iterator[Part]:
    for path, section in numbering.main_parts(report):
        yield from _section(report, drawn, path, section)


def _section(report: Report, drawn: _Drawn, path: Sequence[int], section: Section) -> Iterator[Part]:
    yield {"kind": "head", "depth": len(path), "words": numbering.label(path, report.lang) + section.title}
    yield from _blocks(report, drawn, section, len(path))


def _signed(report: Report) -> Iterator[Part]:
    """附件说明, then 发文机关署名 and 成文日期 where they are configured."""
    listed = words.annex_lines([one.title for one in numbering.annexes(report)], report.lang)
    if listed:
        yield {"kind": "listed", "rows": listed}
    rows = [one for one in (report.organ if report.issued else "", report.issued) if one]
    if rows:
        yield {"kind": "signed", "rows": rows}


def _annexes(report: Report, drawn: _Drawn) -> Iterator[Part]:
    for place, section in enumerate(numbering.annexes(report), 1):
        yield {"kind": "annex", "mark": words.annex_mark(report, place), "title": section.title}
        yield from _blocks(report, drawn, section, 0)
        for path, below in numbering.parts_below(section):
            yield from _section(report, drawn, path, below)


def _blocks(report: Report, drawn: _Drawn, section: Section, depth: int) -> Iterator[Part]:
    for at, block in enumerate(section.blocks):
        yield {**_block(report, drawn, block, depth), "marked": at > 0}


def _block(report: Report, drawn: _Drawn, block: Block, depth: int) -> Part:
    lang = report.lang
    match block:
        case Paragraph():
            return {"kind": "paragraph", "tone": block.tone, "words": writing.line(block.runs, lang)}
        case Items():
            rows = [numbering.item(n, depth, lang) + writing.line(row, lang) for n, row in enumerate(block.rows, 1)]
            return {"kind": "items", "rows": rows}
        case Table():
            return _table(report, block)
        case _:
            return _picture(report, drawn, block)


def _table(report: Report, block: Table) -> Part:
    return {
        "kind": "table",
        "title": block.title,
        "columns": [
            {"name": one.name, "left": one.left, "share": share}
            for one, share in zip(block.columns, shares(block, report.lang), strict=True)
        ],
        "rows": [[_cell(report, one) for one in row] for row in block.rows],
        "total": block.total,
        "note": _note(report, block),
        "none": block.none,
    }


def shares(block: Table, lang: Lang) -> list[float]:
    """Each column's width in ems of the table's type. Every column has at least what it needs (figures and single words
    are not broken), then what keeps its texts in one line, and what is left is shared out as the table asks."""
    room = WIDTH / POINT / TABLE_POINTS[lang] - len(block.columns)
    told = [[writing.text(row[at], lang) for row in block.rows] for at in range(len(block.columns))]
    least = [_least(one.name, one.left, texts) for one, texts in zip(block.columns, told, strict=True)]
    heads = [min(_widest([one.name]) * BOLD, HEAD_EMS) for one in block.columns]
    whole = [max(*most, min(_widest(texts), MOST_EMS)) for *most, texts in zip(least, heads, told, strict=True)]
    spare = room - sum(whole)
    if spare >= 0:
        asked = sum(one.share for one in block.columns)
        return [wide + spare * one.share / asked + 1 for wide, one in zip(whole, block.columns, strict=True)]
    more, rest = sum(whole) - sum(least), max(room - sum(least), 0.0)
    return [
        need + (wide - need) * rest / more + 1 if more else need + 1 for need, wide in zip(least, whole, strict=True)
    ]


def _least(name: str, left: bool, texts: Sequence[str]) -> float:
    """What a column cannot do without: half its heading or its longest word, and its figures whole."""
    pieces = name.split() if name.isascii() else [name[: (len(name) + 1) // 2] if len(name) > HEAD_LETTERS else name]
    figures = min(_widest(texts), LEAST_EMS) if left else _widest(texts)
    return max(_widest(pieces) * BOLD, figures)


def _widest(texts: Sequence[str]) -> float:
    return max((width_of(text, 1.0) for text in texts), default=0.0)


def _cell(report: Report, cell: Cell) -> Part:
    return {"words": writing.text(cell, report.lang), "quiet": not isinstance(cell, str) and cell.value is None}


def _picture(report: Report, drawn: _Drawn, block: Curve | Map) -> Part:
    height = drawn.heights.get(block.id, MAP_HEIGHT if isinstance(block, Map) else CURVE_HEIGHT)
    return {
        "kind": "picture",
        "id": block.id,
        "title": block.title,
        "svg": drawn.pictures.svg(block, WIDTH, height, titled=False).decode(),
        "width": WIDTH,
        "height": height,
        "about": words.about(block, report.lang),
        "note": _note(report, block),
    }


def _note(report: Report, block: Table | Curve | Map) -> str:
    text = writing.line(block.note, report.lang)
    return words.note(text, report.lang) if text else ""
