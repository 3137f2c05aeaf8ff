"""A day's ledger of code assignments -> what is kept of it: sums per leaf, and the exceptions as tickets.

Two doors, one evaluation behind both::

    context = Context(source, geography, systems, city_name, rulebook, secret, histories=..., risky=...)

    # a file that was read and checked row by row (fields of the kind "assignments", leaves of place())
    table = columns_of(good, leaf, context)              # Columns; rows that cannot be: table.rejects
    made = evaluate_day(table, context, day)             # data.code_days.CodeDay

    # a file too large for that: Parquet or CSV whose rows name H3 cells, or are placed by the form's ``where``
    form = Form(columns={"cell": "h3", "day": "日期", "person": "假名", "status": "码色", ...}, constants={})
    told = stream_day(paths, form, context)              # Streamed: days (CodeDay each), rows, bad, rejects, ...
    told.days[0]; told.rejects; told.unlocated; told.unknown

Colours per system and leaf are in ``CodeDay.groups`` (see :func:`grid.codes.ledger.colours`). Pseudonyms of other
ledgers become the same keys by :func:`person_keys`; a context's ``histories`` is asked once a day about the rows that
are not green (:class:`Asked`), and answers with arrays of their length (:class:`Known`).

One file a subject: ``context`` (what stands beside the ledger), ``columns`` (arrays of rows), ``persons``
(pseudonyms -> numbers), ``read`` (files -> columns), ``clauses`` (which rule a row goes by), ``evaluate`` (ends, due,
bucket, flags), ``combine`` (the systems of one person), ``provenance`` (bursts), ``owners`` (who may mend it),
``tickets``, ``ledger`` (parts, their sum, a finished day).
"""

from grid.codes.columns import Columns, columns_of
from grid.codes.context import Asked, Context, Histories, Known
from grid.codes.ledger import Streamed, colours, evaluate_day, stream_day
from grid.codes.persons import person_keys
from grid.codes.read import Form

__all__ = [
    "Asked",
    "Columns",
    "Context",
    "Form",
    "Histories",
    "Known",
    "Streamed",
    "colours",
    "columns_of",
    "evaluate_day",
    "person_keys",
    "stream_day",
]
