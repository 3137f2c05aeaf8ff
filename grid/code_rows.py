"""Ledgers of assignments -> code days, the colours per leaf, and the chain over what was delivered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.chain import UNCHAINED, close_segment
from data.check import refuse_if_bad
from data.city import City, System
from data.code_days import CodeDay, systems_told
from data.days import to_day
from data.deliveries import Delivery
from data.slabs import MISSING
from data.sources import kind
from data.sources.base import PLACE_IDS
from data.store import Writer
from data.terms import CODES
from grid import rows
from grid.chained import picked_rows
from grid.codes import Context, Form, colours, columns_of, evaluate_day, stream_day
from grid.count_rows import silence
from grid.counts import system_count
from grid.ground import Figures, Ground
from grid.histories import Histories
from grid.ledgers import encoding_of, guard_sample, headings_of, streams, where_of
from grid.risky import Risky
from grid.rows import Kept, Told
from grid.statements import Day

#: Rules of a source that only the reader of rows knows.
_ROW_BY_ROW = ("values", "where", "unpivot", "days_from", "days_to")


def systems_of(city: City) -> Sequence[System]:
    """The city's code systems, the first of them primary if none is; where its file names none, one of its own."""
    own = System(id="code", name="健康码", name_en="Health code", owner=city.name)
    first, *rest = city.systems or [own]
    if not any(system.primary for system in rest):
        first = first.model_copy(update={"primary": True})
    return [first, *rest]


def take(ground: Ground, load: Writer, delivery: Delivery) -> Figures:
    """Evaluate a ledger, keep its days and colours, and chain what it said. Raises FileError."""
    form = form_of(ground, delivery)
    context = context_of(ground, load, delivery.source.name)
    if form is None:
        figures = rows.take(ground, load, delivery, lambda ground, load, told: keep(ground, load, told, context))
    else:
        figures = _streamed(ground, load, delivery, form, context)
    chained = picked_rows(delivery.path, delivery.source)
    number = close_segment(load, delivery.path.name, delivery.sha256, chained, ground.secret)
    return Figures(**{**vars(figures), "notes": {**figures.notes, "chained": number}})


def context_of(ground: Ground, load: Writer, source: str) -> Context:
    """What an evaluation needs besides the rows: all of it as known before this load."""
    known, rulebook = load.number - 1, ground.rulebook
    return Context(
        source=source,
        geography=ground.geography,
        systems=systems_of(ground.city),
        city=ground.city.name,
        rulebook=rulebook,
        secret=ground.secret,
        histories=Histories.known(ground, known),
        risky=Risky(ground, known),
        notes={"rules": rulebook.digest},
    )


# --- two ways to read ----------------------------------------------------------------------------


def form_of(ground: Ground, delivery: Delivery) -> Form | None:
    """How to stream a ledger; None where its source asks for what only the reader of rows knows. Raises PersonalData
    where headings or the first rows show persons' data, also in columns that are not read."""
    source, made = delivery.source, kind(delivery.source.kind)
    if any(getattr(source, rule) for rule in _ROW_BY_ROW) or not streams(delivery):
        return None
    headings = headings_of(delivery)
    found = {field.id: made.heading(field.id, source.columns, headings) for field in made.all_fields()}
    columns = {field: heading for field, heading in found.items() if heading is not None}
    given = columns.keys() | source.constants.keys()
    if {"day", "person", "status"} - given:
        return None
    told = PLACE_IDS & given
    # beside another column of places a blank cell is no unknown place
    by_cell = told == {"cell"} <= columns.keys() and ground.geography.leaves.cells.h3 is not None
    where = None if by_cell else where_of(ground, delivery, told)
    if not (by_cell or where):
        return None
    guard_sample(delivery, made)
    encoding = encoding_of(delivery)
    return Form(columns, source.constants, source.day_format, encoding, tuple(source.allow), where)


def _streamed(ground: Ground, load: Writer, delivery: Delivery, form: Form, context: Context) -> Figures:
    told = stream_day([delivery.path], form, context)
    refuse_if_bad(delivery.path.name, told.rows, told.bad, told.rejects, delivery.source)
    load.rejects(told.rejects)
    load.unplaced(rows.noted(ground.geography, told.noted))
    if told.unlocated:
        examples = "、".join(dict.fromkeys(reject.value for reject in told.lost))
        load.unplaced([(ground.geography.areas.code[0], "cell_unknown", examples, told.unlocated)])
    days = _written(ground, load, told.days, context, delivery.source.name)
    first, last = days or (None, None)
    return Figures(told.rows, told.rows - told.bad, told.bad, 0, first, last, _notes(context))


def keep(ground: Ground, load: Writer, told: Told, context: Context) -> Kept:
    """Keep a ledger that was read row by row."""
    absent = {"negative", "positive"} - told.fields  # an empty column knows of tests, one that is not there does not
    columns = columns_of(told.good.drop(columns=list(absent)), told.leaf, context)
    days = [evaluate_day(columns, context, to_day(day)) for day in np.unique(columns.day).tolist()]
    written = _written(ground, load, days, context, told.source.name)
    return Kept(written, list(columns.rejects), _notes(context))


def _notes(context: Context) -> dict[str, Any]:
    """What the evaluation could not look up."""
    histories = context.histories
    return {"histories": histories.notes} if isinstance(histories, Histories) and histories.notes else {}


# --- what is kept --------------------------------------------------------------------------------


def _written(
    ground: Ground, load: Writer, days: Iterable[CodeDay], context: Context, source: str
) -> tuple[Day, Day] | None:
    named = []
    for made in days:
        told = systems_told(made.words, made.groups)
        load.code_day(replace(made, notes={**made.notes, "systems": sorted(told)}))
        load.slabs(ground.geography.id, _slabs(ground, made, context.systems, source))
        named.append(made.day)
    return (min(named), max(named)) if named else None


def _slabs(
    ground: Ground, made: CodeDay, systems: Sequence[System], source: str
) -> Iterator[tuple[str, Day, NDArray[np.int32]]]:
    """The colours of each system that is told of; those of the primary one are the city's own, unless another source
    tells them. Of a system that has a ledger of its own this one says nothing."""
    of = ground.city.source(source)
    stated, told = silence(ground, of, of.absent or "zero"), systems_told(made.words, made.groups)
    own = not any(each.kind in UNCHAINED for each in ground.city.sources)  # those tell the city's own themselves
    every = zip(systems, colours(made, len(stated)), strict=True)
    for system, by_colour in ((system, each) for system, each in every if system.id in told):
        for colour, numbers in zip(CODES, by_colour, strict=True):
            vector = np.where(stated | (numbers > 0), numbers, MISSING).astype(np.int32)
            yield system_count(system.id, colour), made.day, vector
            if system.primary and own:
                yield f"code_{colour}", made.day, vector
