"""What stands on which slide: a report cut into slides on which nothing overflows. Lengths are in points.

Words are measured as any machine measures them (:func:`dashboard.reports.drawing.svg.width_of`), not with a font that
may not be there: the same report makes the same slides everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from dashboard.reports import numbering, writing
from dashboard.reports.model import Curve, Items, Map, Number, Paragraph, Report, Section, Table, numbers_of
from dashboard.reports.writers import words
from dashboard.reports.writers.columns import lines_of, needed, widths
from data.words import Lang

Kind = Literal["body", "strong", "quiet", "item", "heading"]

#: Type sizes of text: the first in which it fits one slide is taken (of a narrow column's, the second to the last but
#: two); what fits none is cut over slides in SPLIT.
SIZES, SPLIT = (24.0, 20.0, 18.0, 16.0, 14.0, 13.0, 12.0), 16.0
#: Of tables: the first in which one stands whole on a slide; a longer one takes the first from LONG on that its columns
#: have room in.
TABLE_SIZES, LONG = (18.0, 16.0, 14.0, 13.0, 12.0, 11.0, 10.0, 9.0), 13.0
#: No table is stretched beyond so many times the width that it needs: eyes lose the row.
STRETCH = 1.9
#: A line's height, and the gap after a paragraph, as parts of the type size.
LEADING, GAP = 1.3, 0.45
#: A section of words alone that takes less of a slide than this shares it with its neighbours.
SHORT = 0.34
#: Left and right, above and below the words of a table's cell.
CELL_SIDE, CELL_ABOVE = 6.0, 2.0
#: What text beside a picture or table takes of a slide, and the gutter between.
BESIDE, GUTTER = 0.34, 18.0
#: Height of a table's or picture's title, and of a line of its note.
CAPTION, NOTE = 26.0, 18.0
#: More of one table is left to Word and Excel: a deck is shown, not read.
MOST_SLIDES = 8


@dataclass(frozen=True)
class Words:
    """A paragraph of a slide and the numbers in it."""

    text: str
    kind: Kind
    numbers: tuple[Number, ...] = ()


@dataclass(frozen=True)
class Grid:
    """A slice of a table: ``title`` says which; ``widths`` of columns, ``heights`` of rows, the head's first."""

    table: Table
    title: str
    lo: int
    hi: int
    size: float
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    note: str = ""


Shown = Curve | Map | Grid


@dataclass(frozen=True)
class Slide:
    """One slide: a heading, words (in ``size``), and what stands beside them; ``abreast``: how many slices of a narrow
    table a slide has room for, so that the last ones stand as wide as the others."""

    title: str
    words: tuple[Words, ...] = ()
    size: float = SPLIT
    shown: tuple[Shown, ...] = ()
    abreast: int = 1


class Planner:
    """Cuts a report for a content area of ``width`` by ``height`` points."""

    def __init__(self, report: Report, width: float, height: float) -> None:
        self.lang: Lang = report.lang
        self.report, self.width, self.height = report, width, height

    def slides(self) -> Iterator[Slide]:
        """Every slide but the cover, in reading order."""
        main = [one for one in self.report.sections if not one.annex]
        short: list[Slide] = []
        for number, section in enumerate(main, 1):
            made = self._section(numbering.label((number,), self.lang) + section.title, section, (number,))
            if number > 1 and self._short(made):
                short += made
                continue
            yield from self._joined(short)
            yield from made
            short = []
        yield from self._joined(short)
        for number, section in enumerate(numbering.annexes(self.report), 1):
            gap = "　" if self.lang == "zh" else ". "
            yield from self._section(words.annex_mark(self.report, number) + gap + section.title, section, ())

    def _section(self, title: str, section: Section, path: tuple[int, ...]) -> list[Slide]:
        made = [slide for group in _groups(list(self._pieces(section, path))) for slide in self._group(title, *group)]
        made = _paired(self._closed(made)) or [Slide(title)]
        return [replace(one, title=one.title + self._mark(n, len(made))) for n, one in enumerate(made, 1)]

    def _mark(self, number: int, of: int) -> str:
        if of == 1:
            return ""
        return f"（{number}/{of}）" if self.lang == "zh" else f" ({number}/{of})"

    def _short(self, made: Sequence[Slide]) -> bool:
        """Whether a section is a few words alone."""
        few = self.height_of(made[0].words, SIZES[1], self.width) <= self.height * SHORT
        return len(made) == 1 and not made[0].shown and few

    def _joined(self, slides: Sequence[Slide]) -> Iterator[Slide]:
        """Neighbouring sections of a few words each share a slide, each under its own heading."""
        page: list[Slide] = []
        for slide in slides:
            text = [part for one in (*page, slide) for part in (Words(one.title, "heading"), *one.words)]
            if page and self.height_of(text, SIZES[1], self.width) > self.height:
                yield self._one(page)
                page = []
            page.append(slide)
        if page:
            yield self._one(page)

    def _one(self, page: Sequence[Slide]) -> Slide:
        if len(page) == 1:
            return page[0]
        text = tuple(part for one in page for part in (Words(one.title, "heading"), *one.words))
        return Slide(f"{page[0].title} – {page[-1].title}", text, SIZES[1])

    def _closed(self, made: list[Slide]) -> list[Slide]:
        """A last remark stands with the words before it, if there is room under them."""
        if len(made) < 2 or made[-1].shown or not made[-2].words or made[-1].words[0].kind == "heading":
            return made
        *others, before, last = made
        text = (*before.words, *last.words)
        across = self.width * BESIDE if before.shown else self.width
        if self.height_of(text, SIZES[-3], across) > self.height:
            return made
        size = next(size for size in SIZES if size <= before.size and self.height_of(text, size, across) <= self.height)
        return [*others, replace(before, words=text, size=size)]

    # what a section consists of ---------------------------------------------------------------------

    def _pieces(self, section: Section, path: tuple[int, ...]) -> Iterator[Words | Table | Curve | Map]:
        for block in section.blocks:
            match block:
                case Paragraph():
                    yield Words(writing.line(block.runs, self.lang), block.tone or "body", tuple(numbers_of(block)))
                case Items():
                    yield from self._items(block, len(path))
                case Table(rows=()):
                    yield Words(block.title, "strong")
                    yield Words(block.none, "body")
                case _:
                    yield block
        for number, below in enumerate(section.sections, 1):
            yield Words(numbering.label((*path, number), self.lang) + below.title, "heading")
            yield from self._pieces(below, (*path, number))

    def _items(self, block: Items, depth: int) -> Iterator[Words]:
        for number, row in enumerate(block.rows, 1):
            text = numbering.item(number, depth, self.lang) + writing.line(row, self.lang)
            yield Words(text, "item", tuple(numbers_of(row)))

    # words ----------------------------------------------------------------------------------------

    def _lines(self, text: str, size: float, width: float) -> int:
        return lines_of(text, size, width, self.lang)

    def height_of(self, every: Sequence[Words], size: float, width: float) -> float:
        """How high paragraphs stand in this width."""
        sizes = [size_of(one.kind, size) for one in every]
        return sum(
            self._lines(one.text, its, width) * its * LEADING + its * GAP for one, its in zip(every, sizes, strict=True)
        )

    def _fit(self, every: Sequence[Words], width: float) -> float | None:
        """The greatest type size in which words fit one slide, None without; a narrow column takes no large one."""
        sizes = SIZES if width == self.width else SIZES[1:-2]
        return next((size for size in sizes if self.height_of(every, size, width) <= self.height), None)

    def _texts(self, title: str, every: Sequence[Words]) -> Iterator[Slide]:
        size = self._fit(every, self.width)
        if size is not None:
            yield Slide(title, tuple(every), size)
            return
        page: list[Words] = []
        for one in every:
            if page and self.height_of([*page, one], SPLIT, self.width) > self.height:
                carried = [page.pop()] if page[-1].kind == "heading" and len(page) > 1 else []
                yield Slide(title, tuple(page))
                page = carried
            page.append(one)
        yield Slide(title, tuple(page), self._shrunk(page))

    def _shrunk(self, page: Sequence[Words]) -> float:
        """A single paragraph that is longer than a slide is set as small as it must be."""
        size = SPLIT
        while size > 8 and self.height_of(page, size, self.width) > self.height:
            size -= 1
        return size

    # words with what is shown ---------------------------------------------------------------------

    def _group(self, title: str, text: Sequence[Words], shown: Table | Curve | Map | None) -> Iterator[Slide]:
        left = self.width * BESIDE
        right = self.width - left - GUTTER
        if [one.kind for one in text].count("heading") == 1 and text[0].kind == "heading":
            title, text = f"{title} · {text[0].text}", text[1:]
        if shown is None:
            yield from self._texts(title, text)
            return
        size = self._fit(text, left) if text else None
        if size is not None:
            parts = list(self._grids(shown, right)) if isinstance(shown, Table) else [shown]
            if len(parts) == 1:
                yield Slide(title, tuple(text), size, (parts[0],))
                return
        if text:
            yield from self._texts(title, text)
        if not isinstance(shown, Table):
            yield Slide(title, shown=(shown,))
            return
        grids, abreast = self._abreast(shown)
        for start in range(0, len(grids), abreast):
            yield Slide(title, shown=tuple(grids[start : start + abreast]), abreast=abreast)

    def _abreast(self, table: Table) -> tuple[list[Grid], int]:
        """The slices of a table, and how many stand side by side: of a long and narrow one, up to three, if that makes
        fewer slides."""
        alone = list(self._grids(table, self.width))
        found = [(len(alone), 1, alone)]
        for abreast in (2, 3) if len(alone) > 1 else ():
            wide = (self.width - GUTTER * (abreast - 1)) / abreast
            if sum(needed(table, alone[0].size, wide, CELL_SIDE + 1, self.lang)) <= wide:
                grids = list(self._grids(table, wide))
                found.append((-(-len(grids) // abreast), abreast, grids))
        _, abreast, grids = min(found, key=lambda one: one[:2])
        return grids, abreast

    # tables ---------------------------------------------------------------------------------------

    def _grids(self, table: Table, width: float) -> Iterator[Grid]:
        """The slices of a table; the total's row is on the last."""
        note = writing.line(table.note, self.lang)
        room = self.height - CAPTION - NOTE * ((self._lines(note, 12, width) if note else 0) + 1)
        size, wide, heights = self._sized(table, width, room)
        cuts = _even(heights, room)
        left = len(table.rows) - cuts[MOST_SLIDES] if len(cuts) - 1 > MOST_SLIDES else 0
        spans = list(pairwise(cuts))[:MOST_SLIDES]
        for number, (lo, hi) in enumerate(spans, 1):
            more = words.left_out(left, self.lang) if left and number == len(spans) else ""
            said = " ".join(part for part in (words.note(note, self.lang) if note else "", more) if part)
            high = (heights[0], *heights[lo + 1 : hi + 1])
            yield Grid(table, table.title + self._mark(number, len(cuts) - 1), lo, hi, size, wide, high, said)

    def _sized(self, table: Table, width: float, room: float) -> tuple[float, tuple[float, ...], list[float]]:
        """The type size of a table, its columns' widths and its rows' heights, the head's first."""
        side = CELL_SIDE + 1  # programs keep a hair of their own
        fits = (size for size in TABLE_SIZES if sum(needed(table, size, width, side, self.lang)) <= width)
        made = []
        for size in list(fits) or [TABLE_SIZES[-1]]:
            wide = widths(table, size, width, side, self.lang, STRETCH)
            made.append((size, wide, [self._row(table, row, wide, size) for row in range(-1, len(table.rows))]))
            if sum(made[-1][2]) <= room:
                return made[-1]
        return next((one for one in made if one[0] <= LONG), made[-1])

    def _row(self, table: Table, row: int, widths: Sequence[float], size: float) -> float:
        every = [one.name for one in table.columns] if row < 0 else table.rows[row]
        cells = [writing.text(one, self.lang) for one in every]
        lines = max(self._lines(text, size, width - 2 * CELL_SIDE) for text, width in zip(cells, widths, strict=True))
        return lines * size * LEADING + 2 * CELL_ABOVE


def size_of(kind: Kind, size: float) -> float:
    """The type size of a kind of paragraph where text is set in ``size``."""
    return size * 0.8 if kind == "quiet" else size


def _groups(
    pieces: Sequence[Words | Table | Curve | Map],
) -> Iterator[tuple[list[Words], Table | Curve | Map | None]]:
    """Paragraphs with the one table or picture that follows them."""
    text: list[Words] = []
    for piece in pieces:
        if isinstance(piece, Words):
            text.append(piece)
        else:
            yield text, piece
            text = []
    if text:
        yield text, None


def _cuts(heights: Sequence[float], room: float) -> list[int]:
    """Rows at which slices begin, and the end: each slice with the head (first of ``heights``) fits the room."""
    cuts, used = [0], heights[0]
    for row, height in enumerate(heights[1:]):
        if used + height > room and row > cuts[-1]:
            cuts.append(row)
            used = heights[0]
        used += height
    return [*cuts, len(heights) - 1]


def _even(heights: Sequence[float], room: float) -> list[int]:
    """The same with slices of about one height, where that makes no more of them."""
    cuts = _cuts(heights, room)
    head, rows = heights[0], heights[1:]
    fair = _cuts(heights, min(room, head + sum(rows) / (len(cuts) - 1) + max(rows, default=0.0)))
    return fair if len(fair) == len(cuts) else cuts


def _paired(slides: Sequence[Slide]) -> list[Slide]:
    """Two curves that follow each other without words stand side by side."""
    made: list[Slide] = []
    for one in slides:
        before = made[-1] if made else None
        if before and _curve_alone(before) and _curve_alone(one):
            made[-1] = Slide(one.title, shown=(*before.shown, *one.shown))
        else:
            made.append(one)
    return made


def _curve_alone(slide: Slide) -> bool:
    return not slide.words and len(slide.shown) == 1 and isinstance(slide.shown[0], Curve)
