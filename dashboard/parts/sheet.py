"""A page as a sheet of blocks: its head, then what it shows, in columns of twelve; drawn by ``assets/sheet/*.js``.

A block is a dictionary with ``kind``, ``title``, ``about`` (a quiet line under the title), ``span`` (columns of
twelve that it takes on a desk screen; on a phone all are full width), ``tall`` (as tall as so many blocks beside it
together), ``id`` (so that an address may end on #id), and what its kind needs. The kinds and what makes them:

=============  ========================================  ====================================================
kind           made by                                   shows
=============  ========================================  ====================================================
``figures``    :func:`dashboard.parts.figures.strip`     a strip of key figures
``table``      :func:`dashboard.parts.listing.table`     rows: sorted in the browser, or paged by the server
``matrix``     :func:`dashboard.parts.matrix.panels`     panels of rows x columns with counts
``stack``      :func:`dashboard.parts.stack.bars`        bars of parts, one a row
``lines``      :func:`dashboard.parts.lines.chart`       a small line chart over days
``record``     :func:`dashboard.parts.record.record`     what is known about one thing: name, value, remark
``steps``      :func:`dashboard.parts.record.steps`      a trace: day, what happened, on what evidence
``note``       :func:`dashboard.parts.note.line`         one line of prose
``map``        :func:`dashboard.parts.map_block.map_of`  the painter: units of a level in colours, a legend
``search``     :func:`dashboard.parts.search.form`       a form whose fields become part of the address
``group``      :func:`group`                             a column of blocks beside one tall block
=============  ========================================  ====================================================

A number in a block is text that Python wrote (:mod:`dashboard.numbers`) with its state: "value", "zero",
"suppressed", "missing" (hatched, never nought). What leads somewhere has an ``href`` made by ``Look.href``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard import colours
from dashboard.parts.base import Part
from data.terms import Term
from data.words import Lang

Block = dict[str, Any]


class Sheet(Part):
    """``data``: {"page", "key", "head", "blocks", "words"}, see :mod:`dashboard.pages.sheets`."""

    _type = "Sheet"


def block(
    kind: str, title: str = "", *, about: str = "", span: int = 12, tall: int = 1, id: str = "", **fields: Any
) -> Block:
    """A block with what every block has."""
    return {"kind": kind, "title": title, "about": about, "span": span, "tall": tall, "id": id, **fields}


def group(blocks: Sequence[Block], *, span: int) -> Block:
    """A column of blocks, one under the other: what stands beside a map. Their own spans do not count."""
    return block("group", blocks=list(blocks), span=span)


def mark(term: Term, lang: Lang, theme: colours.Theme, *, word: bool = True) -> Mapping[str, str]:
    """A term of data.terms as it stands before a text: its glyph in its colour (readable on the theme's ground), and
    its word; ``word=False``: the word only for screen readers."""
    colour = colours.mark(term.colour, theme) if term.colour else ""
    return {"glyph": term.glyph, "colour": colour, "word": term.name(lang), "shown": "yes" if word else ""}
