"""A report in PowerPoint: native charts and tables, maps as pictures, where each number is from in the notes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import pptx
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.exc import PackageNotFoundError
from pptx.oxml import parse_xml
from pptx.presentation import Presentation
from pptx.slide import Slide as Page
from pptx.slide import SlideLayout
from pptx.table import _Cell
from pptx.text.text import TextFrame
from pptx.util import Emu, Pt

from dashboard.reports import writing
from dashboard.reports.drawing import Pictures
from dashboard.reports.drawing.svg import width_of
from dashboard.reports.model import Curve, Map, Report, numbers_of
from dashboard.reports.writers import pptx_chart, pptx_plan, templates, words
from dashboard.reports.writers import pptx_template as layout
from dashboard.reports.writers.columns import lines_of
from dashboard.reports.writers.package import packed
from dashboard.reports.writers.pptx_plan import Grid, Planner, Shown, Slide, Words
from data.errors import TemplateFileError
from data.words import Both

_POINT = 12_700  # English Metric Units
_EMU_PER_MM = 36_000
#: Type size of a slide's title in the product's own template.
_TITLE = 26.0
#: PowerPoint's "No Style, No Grid": rules are drawn under each row, in the colours of the template's theme.
_TABLE_LOOK = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_RULE = (
    '<a:lnB xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" w="{width}"><a:solidFill>'
    '<a:schemeClr val="{colour}"/></a:solidFill></a:lnB>'
)
#: Sources listed under a slide; a table's further ones are in the sheet, each beside its cell.
_MOST_SOURCES = 40


class _Area:
    """A rectangle of a slide, in EMU."""

    def __init__(self, left: int, top: int, width: int, height: int) -> None:
        self.left, self.top, self.width, self.height = left, top, width, height

    @property
    def box(self) -> tuple[Emu, Emu, Emu, Emu]:
        """As python-pptx wants it."""
        return Emu(self.left), Emu(self.top), Emu(self.width), Emu(self.height)


def write(report: Report, pictures: Pictures) -> bytes:
    """The .pptx: equal reports make equal bytes. TemplateFileError where the office's own template cannot be used."""
    return written(report, pictures, templates.read(pictures.templates, "pptx", report.lang))


def written(report: Report, pictures: Pictures, template: bytes) -> bytes:
    """The same from this template."""
    deck = _opened(template, templates.name_of("pptx", report.lang))
    Deck(deck, report, pictures).fill()
    out = io.BytesIO()
    deck.save(out)
    return packed(out.getvalue(), report.known)


def _opened(template: bytes, file: str) -> Presentation:
    try:
        deck = pptx.Presentation(io.BytesIO(template))
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise TemplateFileError(
            file=file, detail=Both("不是 PowerPoint 文档（.pptx）", "it is no PowerPoint document (.pptx)")
        ) from error
    for name, places in layout.PLACES.items():
        found = deck.slide_layouts.get_by_name(name)
        if found is None:
            raise TemplateFileError(file=file, detail=Both(f"缺少版式“{name}”", f"it lacks the layout {name}"))
        _demand(found, places, file)
    return deck


def _places(look: Any) -> dict[int, Any]:
    """The placeholders of a slide or layout by number."""
    return {place.placeholder_format.idx: place for place in look.placeholders}


def _demand(found: SlideLayout, places: Sequence[int], file: str) -> None:
    there = _places(found)
    lacking = "、".join(str(one) for one in places if one not in there)
    if lacking:
        raise TemplateFileError(
            file=file,
            detail=Both(
                f"版式“{found.name}”缺少占位符 {lacking}",
                f"the layout {found.name} lacks placeholders {lacking.replace('、', ', ')}",
            ),
        )


class Deck:
    """Fills one presentation."""

    def __init__(self, deck: Presentation, report: Report, pictures: Pictures) -> None:
        self.deck, self.report, self.pictures, self.lang = deck, report, pictures, report.lang
        looks = {look.name: look for look in deck.slide_layouts}
        self._cover, self._body = (looks[name] for name in layout.PLACES)
        content = _places(self._body)[layout.CONTENT]
        self.area = _Area(content.left, content.top, content.width, content.height)

    def fill(self) -> None:
        """Cover, slides, properties."""
        self._make_cover()
        for slide in Planner(self.report, self.area.width / _POINT, self.area.height / _POINT).slides():
            self._make(slide)
        about = self.deck.core_properties
        about.title, about.subject = self.report.title, words.basis(self.report)
        about.author, about.last_modified_by, about.revision = self.report.organ or "OneScreen", "OneScreen", 1
        about.language = "zh-CN" if self.lang == "zh" else "en-GB"
        about.created = about.modified = self.report.known

    def _page(self, look: SlideLayout, said: dict[int, str]) -> Page:
        """A new slide whose placeholders say this; what has nothing to say is taken off."""
        page: Page = self.deck.slides.add_slide(look)
        for number, place in _places(page).items():
            if text := said.get(number, ""):
                place.text_frame.text = text
            else:
                place._element.getparent().remove(place._element)
        return page

    def _make_cover(self) -> None:
        report = self.report
        signed = "　".join(part for part in (report.organ, report.number, report.issued) if part)
        said = {layout.TITLE: report.title, layout.CONTENT: words.basis(report).strip("（）"), layout.ORGAN: signed}
        self._note(self._page(self._cover, {**said, layout.BANNER: words.banner(report)}), ())

    def _make(self, slide: Slide) -> None:
        report = self.report
        foot = report.place + ("　" if self.lang == "zh" else ". ") + words.basis(report).strip("（）")
        said = {layout.TITLE: slide.title, layout.FOOT: foot, layout.BANNER: words.banner(report)}
        page = self._page(self._body, said)
        self._fit_title(page)
        left, *areas = self._areas(slide)
        if slide.words:
            self._words(page, slide.words, slide.size, left)
        for shown, area in zip(slide.shown, areas, strict=True):
            self._show(page, shown, area)
        self._note(page, slide.words, slide.shown)

    def _fit_title(self, page: Page) -> None:
        """A long title is set smaller, down to half of what the layout says."""
        title = page.shapes.title
        assert title is not None
        needed = width_of(title.text_frame.text, 1.0) * 1.08
        size = min(_TITLE, max(_TITLE / 2, title.width / _POINT / needed))
        if size < _TITLE:
            title.text_frame.paragraphs[0].runs[0].font.size = Pt(int(size))

    def _areas(self, slide: Slide) -> list[_Area]:
        """Where the words stand, then each thing that is shown."""
        whole, gutter = self.area, round(pptx_plan.GUTTER * _POINT)
        if not slide.shown:
            return [whole]
        if slide.words:
            left = round(whole.width * pptx_plan.BESIDE)
            right = _Area(whole.left + left + gutter, whole.top, whole.width - left - gutter, whole.height)
            return [_Area(whole.left, whole.top, left, whole.height), right]
        abreast = max(slide.abreast, len(slide.shown))
        wide = (whole.width - gutter * (abreast - 1)) // abreast
        return [whole] + [
            _Area(whole.left + n * (wide + gutter), whole.top, wide, whole.height) for n in range(len(slide.shown))
        ]

    # words ----------------------------------------------------------------------------------------

    def _frame(self, page: Page, area: _Area) -> TextFrame:
        frame: TextFrame = page.shapes.add_textbox(*area.box).text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
        return frame

    def _words(self, page: Page, every: Iterable[Words], size: float, area: _Area) -> None:
        frame = self._frame(page, area)
        for number, one in enumerate(every):
            paragraph = frame.add_paragraph() if number else frame.paragraphs[0]
            own = pptx_plan.size_of(one.kind, size)
            paragraph.line_spacing, paragraph.space_after = Pt(own * pptx_plan.LEADING), Pt(own * pptx_plan.GAP)
            run = paragraph.add_run()
            run.text, run.font.size = one.text, Pt(own)
            run.font.bold = one.kind in ("strong", "heading")
            if one.kind in ("heading", "quiet"):
                quiet = one.kind == "quiet"
                run.font.color.theme_color = MSO_THEME_COLOR.TEXT_2 if quiet else MSO_THEME_COLOR.ACCENT_1

    def _line(self, page: Page, text: str, area: _Area, size: float, bold: bool = False) -> None:
        paragraph = self._frame(page, area).paragraphs[0]
        run = paragraph.add_run()
        run.text, run.font.size, run.font.bold = text, Pt(round(size, 1)), bold

    # what is shown --------------------------------------------------------------------------------

    def _show(self, page: Page, shown: Shown, area: _Area) -> None:
        """A title, the thing, its note; both are in the report's own words."""
        caption, note = round(pptx_plan.CAPTION * _POINT), self._remark(shown)
        title = self._caption(shown)
        size = min(14.0, area.width / _POINT / (width_of(title, 1.0) * 1.08))
        self._line(page, title, _Area(area.left, area.top, area.width, caption), size, bold=True)
        foot = self._foot(note, area.width)
        inner = _Area(area.left, area.top + caption, area.width, area.height - caption - foot)
        if isinstance(shown, Grid):
            self._table(page, shown, inner)
            end = inner.top + round(sum(shown.heights) * _POINT)
        else:
            if isinstance(shown, Map):
                self._picture(page, shown, inner)
            else:
                pptx_chart.add(page, shown, inner.box, self.lang)
            end = inner.top + inner.height
        if note:
            self._line(page, note, _Area(area.left, end + round(4 * _POINT), area.width, foot), 12)

    def _caption(self, shown: Shown) -> str:
        unit = shown.unit if isinstance(shown, Curve) else ""
        return shown.title + (f"（{unit}）" if unit and self.lang == "zh" else f" ({unit})" if unit else "")

    def _remark(self, shown: Shown) -> str:
        if isinstance(shown, Grid):
            return shown.note
        note = writing.line(shown.note, self.lang)
        gaps = pptx_chart.gaps(shown, self.lang) if isinstance(shown, Curve) else ""
        said = [part for part in (note, gaps) if part]
        return words.note(("；" if self.lang == "zh" else "; ").join(said), self.lang) if said else ""

    def _foot(self, note: str, width: int) -> int:
        lines = lines_of(note, 12, width / _POINT, self.lang) if note else 0
        return round(lines * pptx_plan.NOTE * _POINT)

    def _picture(self, page: Page, shown: Map, area: _Area) -> None:
        width, height = (side / _EMU_PER_MM for side in (area.width, area.height))
        dots = self.pictures.png(shown, round(width, 1), round(height, 1), titled=False)
        picture: Any = page.shapes.add_picture(io.BytesIO(dots), *area.box)
        picture._element.nvPicPr.cNvPr.set("descr", words.about(shown, self.lang))

    def _table(self, page: Page, shown: Grid, area: _Area) -> None:
        table, rows = shown.table, shown.table.rows[shown.lo : shown.hi]
        high = round(sum(shown.heights) * _POINT)
        box = _Area(area.left, area.top, round(sum(shown.widths) * _POINT), high).box
        frame: Any = page.shapes.add_table(len(rows) + 1, len(table.columns), *box)
        made = frame.table
        frame._element.graphic.graphicData.tbl.tblPr.find("{*}tableStyleId").text = _TABLE_LOOK
        made.horz_banding, made.last_row = False, table.total and shown.hi == len(table.rows)
        for column, wide in zip(made.columns, shown.widths, strict=True):
            column.width = Emu(round(wide * _POINT))
        said = [[one.name for one in table.columns], *([writing.text(cell, self.lang) for cell in row] for row in rows)]
        for number, (row, height, cells) in enumerate(zip(made.rows, shown.heights, said, strict=True)):
            row.height = Emu(round(height * _POINT))
            bold = not number or (made.last_row and number == len(rows))
            for cell, text, column in zip(row.cells, cells, table.columns, strict=True):
                self._cell(cell, text, shown.size, column.left, bold)
                rule = _RULE.format(width=9525 if number else 19050, colour="accent1" if not number else "bg2")
                cell._tc.get_or_add_tcPr().append(parse_xml(rule))

    def _cell(self, cell: _Cell, text: str, size: float, left: bool, bold: bool) -> None:
        cell.margin_left = cell.margin_right = Pt(pptx_plan.CELL_SIDE)
        cell.margin_top = cell.margin_bottom = Pt(pptx_plan.CELL_ABOVE)
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        paragraph = cell.text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.LEFT if left else PP_ALIGN.RIGHT
        run = paragraph.add_run()
        run.text, run.font.size, run.font.bold = text, Pt(size), bold

    # notes ----------------------------------------------------------------------------------------

    def _note(self, page: Page, every: Sequence[Words], shown: Sequence[Shown] = ()) -> None:
        """Where each number of the slide is from."""
        numbers = [number for one in every for number in one.numbers]
        for one in shown:
            numbers += numbers_of(one.table.rows[one.lo : one.hi]) if isinstance(one, Grid) else numbers_of(one)
        lines = list(dict.fromkeys(f"{writing.text(one, self.lang)} ← {one.cite}" for one in numbers))
        listed = [words.basis(self.report).strip("（）"), *lines[:_MOST_SOURCES]]
        if len(lines) > _MOST_SOURCES:
            listed.append(words.more_sources(len(lines) - _MOST_SOURCES, self.lang))
        frame = page.notes_slide.notes_text_frame
        assert frame is not None
        frame.text = "\n".join(listed)
