"""The blocks of a report as WordprocessingML: paragraphs of named styles, tables whose heads repeat, pictures."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from dashboard.reports import numbering, writing
from dashboard.reports.drawing import Pictures
from dashboard.reports.model import Block, Cell, Column, Curve, Items, Map, Paragraph, Report, Section, Table
from dashboard.reports.writers import words
from dashboard.reports.writers.columns import needed, widths
from dashboard.reports.writers.docx_styles import NAMES, TABLE_STYLE
from data.words import Lang

#: A map and its caption take less than half of a page, a curve less than a third: their heights as parts of the width.
_MAP, _CURVE = 0.66, 0.38
#: Type sizes of tables of many columns, in points; and the room left and right of the words of a cell.
_SMALLER, _SIDE = (9.5, 9.0, 8.5, 8.0, 7.5), 5.5
#: Tables of up to so many rows stand whole on a page; of longer ones, so many rows at least stand with the last.
_WHOLE, _TAIL = 12, 3
#: Office draws plain shapes and words of SVG well. A vector picture beyond this many bytes makes it slow, and what is
#: filled with a pattern (how zero, suppressed and missing differ) is not sure to be drawn: dots alone serve there.
_MOST_VECTOR, _PATTERNED = 1_000_000, b"url(#"
#: A rim under letters, which Office draws over them: rim and letters become two texts.
_RIM = re.compile(rb'<text ([^>]*?)( stroke="[^>]*?) paint-order="stroke">([^<]*)</text>')
#: What XML 1.0 cannot hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_EMU_PER_MM, _EMU_PER_TWIP = 36000, 635
_MM_PER_TWIP = 25.4 / 1440


class Body:
    """Makes the XML of one document: ``document`` gets the pictures' parts, ``styles`` are ids by name."""

    def __init__(self, document: Document, styles: Mapping[str, str], report: Report, pictures: Pictures) -> None:
        self.document, self.styles, self.report, self.pictures = document, styles, report, pictures
        #: Width between the margins, in twips: the template's own.
        self.width = round(text_width(document) / _EMU_PER_TWIP)
        #: Type size of tables, in points: the template's own.
        self._points = _points(document, NAMES["figures"])
        self._shown = 0

    def text(self) -> str:
        """Every section that is not an annex."""
        return "".join(self._section(path, section) for path, section in numbering.main_parts(self.report))

    def annexes(self) -> str:
        """Each annex on a new page: its mark, its title, what it holds."""
        every = numbering.annexes(self.report)
        return "".join(self._annex(n, len(every), section) for n, section in enumerate(every, 1))

    def annex_list(self) -> str:
        """附件说明: what is annexed, under the text; nothing where nothing is."""
        every = numbering.annexes(self.report)
        lines = words.annex_lines([one.title for one in every], self.report.lang)
        signed = bool(self.report.issued)
        return "".join(
            self.line("annex_more" if n else "annex_list", text, keep=signed or n < len(lines) - 1)
            for n, text in enumerate(lines)
        )

    def line(self, style: str, text: str, keep: bool = False, size: float = 0) -> str:
        """A paragraph of a style; ``keep``: on one page with the next; ``size`` in points where not the style's."""
        return f"<w:p>{self._style(style, keep)}{_run(text, size)}</w:p>"

    def _style(self, key: str, keep: bool = False) -> str:
        more = "<w:keepNext/>" if keep else ""
        return f"<w:pPr><w:pStyle w:val={quoteattr(self.styles[NAMES[key]])}/>{more}</w:pPr>"

    def _section(self, path: tuple[int, ...], section: Section) -> str:
        head = numbering.label(path, self.report.lang) + section.title
        return self.line(f"heading{min(len(path), 4)}", head) + self._blocks(section, len(path))

    def _annex(self, number: int, of: int, section: Section) -> str:
        head = self.line("annex", numbering.annex(number, of, self.report.lang))
        inner = "".join(self._section(path, below) for path, below in numbering.parts_below(section))
        return head + self.line("annex_title", section.title) + self._blocks(section, 0) + inner

    def _blocks(self, section: Section, depth: int) -> str:
        return "".join(self._block(block, depth) for block in section.blocks)

    def _block(self, block: Block, depth: int) -> str:
        match block:
            case Paragraph():
                return self.line(block.tone or "body", writing.line(block.runs, self.report.lang))
            case Items():
                return "".join(self._items(block, depth))
            case Table():
                return self._table(block)
            case _:
                return self._picture(block)

    def _items(self, block: Items, depth: int) -> Iterator[str]:
        lang = self.report.lang
        for number, row in enumerate(block.rows, 1):
            yield self.line("item", numbering.item(number, depth, lang) + writing.line(row, lang))

    def _note(self, block: Table | Curve | Map) -> str:
        text = writing.line(block.note, self.report.lang)
        return self.line("note", words.note(text, self.report.lang)) if text else ""

    def _table(self, block: Table) -> str:
        caption = self.line("caption", block.title)
        if not block.rows:
            return caption + self.line("body", block.none) + self._note(block)
        size = self._size(block)
        wide = _widths(block, size or self._points, self.width / 20, self.report.lang)
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in wide)
        look = f'<w:tblLook w:val="06{6 if block.total else 2}0" w:firstRow="1" w:lastRow="{int(block.total)}" '
        rows = "".join(self._rows(block, wide, size))
        return (
            f"{caption}<w:tbl><w:tblPr><w:tblStyle w:val={quoteattr(self.styles[TABLE_STYLE])}/>"
            f'<w:tblW w:w="{self.width}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            f'{look}w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
            f"<w:tblCaption w:val={quoteattr(_clean(block.title))}/></w:tblPr>"
            f"<w:tblGrid>{grid}</w:tblGrid>"
            f"{rows}</w:tbl>{self._note(block) or self.line('gap', '')}"
        )

    def _size(self, block: Table) -> float:
        """The type size, in points, in which a table of many columns has room; 0 where the style's own will do."""
        sizes = [self._points, *(size for size in _SMALLER if size < self._points)]
        least = (sum(needed(block, size, self.width / 20, _SIDE, self.report.lang)) for size in sizes)
        found = next((size for size, sum_ in zip(sizes, least, strict=True) if sum_ <= self.width / 20), sizes[-1])
        return 0 if found == self._points else found

    def _rows(self, block: Table, wide: Sequence[int], size: float) -> Iterator[str]:
        """The head, which stands on every page, and the rows, none of which is broken."""
        columns, last = block.columns, len(block.rows) - 1
        head = self._cells(columns, [one.name for one in columns], wide, "head_", size, keep=True)
        yield f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>"
        for number, row in enumerate(block.rows):
            keep = number < last and (last < _WHOLE or number > last - _TAIL)
            kind = "total_" if block.total and number == last else ""
            cells = self._cells(columns, row, wide, kind, size, keep=keep)
            yield f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>"

    def _cells(
        self,
        columns: Sequence[Column],
        cells: Sequence[Cell],
        wide: Sequence[int],
        kind: str,
        size: float,
        *,
        keep: bool,
    ) -> str:
        return "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
            + self.line(kind + ("words" if column.left else "figures"), self._said(cell), keep, size)
            + "</w:tc>"
            for column, cell, width in zip(columns, cells, wide, strict=True)
        )

    def _said(self, cell: Cell) -> str:
        return writing.text(cell, self.report.lang)

    def _picture(self, block: Curve | Map) -> str:
        width = self.width * _MM_PER_TWIP
        height = width * (_MAP if isinstance(block, Map) else _CURVE)
        dots, _ = self.document.part.get_or_add_image(io.BytesIO(self.pictures.png(block, width, height, titled=False)))
        self._shown += 1
        lines = self._vector(self.pictures.svg(block, width, height, titled=False))
        drawing = _DRAWING.format(
            wide=round(width * _EMU_PER_MM),
            high=round(height * _EMU_PER_MM),
            number=self._shown,
            about=quoteattr(_clean(words.about(block, self.report.lang))),
            dots=dots,
            lines=_VECTOR.format(lines=lines) if lines else "",
        )
        picture = f"<w:p>{self._style('picture')}<w:r>{drawing}</w:r></w:p>"
        return picture + self.line("below", block.title) + self._note(block)

    def _vector(self, picture: bytes) -> str:
        """The relation to a vector picture, which programs that know SVG take in place of the dots; "" without."""
        if len(picture) > _MOST_VECTOR or _PATTERNED in picture:
            return ""
        picture = _RIM.sub(rb"<text \1\2>\3</text><text \1>\3</text>", picture)
        part = self.document.part
        name = PackURI(f"/word/media/vector{self._shown}.svg")
        return part.relate_to(Part(name, "image/svg+xml", picture, part.package), RELATIONSHIP_TYPE.IMAGE)


def text_width(document: Document) -> int:
    """Width between the margins of the last section, in English Metric Units (36,000 a millimetre)."""
    section = document.sections[-1]
    sides = (section.page_width, section.left_margin, section.right_margin)
    whole, left, right = (0 if side is None else int(side) for side in sides)
    return whole - left - right


def _points(document: Document, name: str) -> float:
    """The size of a style's type, as it or the styles that it is based on say."""
    style: Any = document.styles[name]
    while style is not None:
        if style.font.size is not None:
            return float(style.font.size.pt)
        style = style.base_style
    return 10.0  # the format's own where nobody says


def _run(text: str, size: float = 0) -> str:
    if not text:
        return ""
    look = f'<w:rPr><w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/></w:rPr>' if size else ""
    return f'<w:r>{look}<w:t xml:space="preserve">{escape(_clean(text))}</w:t></w:r>'


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)


def _widths(block: Table, size: float, whole: float, lang: Lang) -> list[int]:
    """Each column's width in twips, of ``whole`` points; what rounding leaves is given to the last."""
    wide = [int(20 * width) for width in widths(block, size, whole, _SIDE, lang)]
    return [*wide[:-1], round(20 * whole) - sum(wide[:-1])]


_A = "http://schemas.openxmlformats.org/drawingml/2006/"
_DRAWING = (
    f'<w:drawing><wp:inline xmlns:wp="{_A}wordprocessingDrawing" distT="0" distB="0" distL="0" distR="0">'
    '<wp:extent cx="{wide}" cy="{high}"/><wp:docPr id="{number}" name="Picture {number}" descr={about}/>'
    f'<wp:cNvGraphicFramePr><a:graphicFrameLocks xmlns:a="{_A}main" noChangeAspect="1"/></wp:cNvGraphicFramePr>'
    f'<a:graphic xmlns:a="{_A}main"><a:graphicData uri="{_A}picture"><pic:pic xmlns:pic="{_A}picture"><pic:nvPicPr>'
    '<pic:cNvPr id="{number}" name="Picture {number}" descr={about}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
    '<a:blip r:embed="{dots}">{lines}</a:blip><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr>'
    '<a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/>'
    "</a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing>"
)
#: The extension by which Office says: the same picture as SVG.
_VECTOR = (
    '<a:extLst><a:ext uri="{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}"><asvg:svgBlip '
    'xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main" r:embed="{lines}"/></a:ext></a:extLst>'
)
