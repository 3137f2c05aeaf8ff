"""What is no longer kept: numbers of days long past, and what was known before a moment and is superseded.

A retention is a load of its own: it changes what the store answers, so it makes a version, and every cache and screen
hears of it. From it on

- a day before ``before`` is not reported, except the values that days which are kept still stand on: of what outlives
  its day (people, colours of codes, risk areas, what is at hand);
- a moment before ``through`` cannot be asked: what later loads replaced by then is gone. Any later moment, and any day
  that is kept, is answered as ever.

Days go by whole months, in PostgreSQL with the part that holds them (:mod:`data.parts`). What the chain closed over a
day that goes is sealed in its load's notes, so that ``onescreen verify`` can tell a retention from an alteration.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, false, func, insert, not_, or_, select, tuple_, update

from data import parts, tables
from data.chain import colour_digest, intact, key_of
from data.purged import PAST, past_seal
from data.store import Store, Writer
from data.store.codes import OF_COLOURS, coloured_rows

Day = dt.date
Plan = dict[str, Any]
Key = tuple[Any, ...]

#: Kind and source of a load that took away.
RETENTION = "retention"

#: What of a table's key, beside day and load, names one thing that is told anew.
_TELLS = {"slab": ("count", "source"), "code_day": ("source",), "presence": ("source",), "flow_day": ("kind", "source")}

#: Tables whose newest row stands until there is another one; and so many days before the first that is kept are kept
#: with it, in all their versions: a late table was not the newest yet when somebody asked.
_STANDING, _LATELY = ("presence", "flow_day"), dt.timedelta(days=14)

#: Tables that hold what one load said, whatever days it said it of.
_BY_LOAD = ("statement", "reject", "unplaced")

#: Keys asked for at once.
_AT_ONCE = 500


def plan_days(
    store: Store, before: Day | None, known_before: dt.datetime | None, reach: Callable[[str], int]
) -> Plan | None:
    """Exactly what goes; None if nothing does. ``before`` is brought back to the first of its month; ``known_before``
    (UTC): what was superseded by then goes; ``reach``: for how many days after its own a count still stands."""
    made: Plan = {"before": None, "version": store.version(), "through": 0, "reach": {}, "last": {}, "loads": []}
    if before is not None:
        made |= _past(store, before.replace(day=1), made["version"], reach)
    if known_before is not None:
        made["through"] = store.version(known_before)
    gone = {name: _keys(store, name, made) for name in tables.BY_DAY}
    if not any(gone.values()) and not any(_count(store, name, made["loads"]) for name in _BY_LOAD):
        return None
    made["rows"] = {name: len(keys) for name, keys in gone.items()}
    made["sha256"] = {name: _print(keys) for name, keys in gone.items()}
    return made


def _past(store: Store, before: Day, version: int, reach: Callable[[str], int]) -> Plan:
    """The part of a plan that is about days before a first of a month."""
    slab = tables.slab
    counts = store._all(select(slab.c.count.label("count_")).where(slab.c.day < before).distinct())
    reaches = {row.count_: days for row in counts if (days := reach(row.count_))}
    said = {"before": before.isoformat(), "reach": dict(sorted(reaches.items()))}
    last = {name: [_written(key) for key in _newest(store, name, before, version)] for name in _STANDING}
    made = {**said, "version": version, "last": last}
    return {**said, "last": last, "loads": _silent(store, before, made)}


def _newest(store: Store, name: str, before: Day, version: int) -> list[Key]:
    """Keys of what each source told last of days before a day."""
    table = tables.metadata.tables[name]
    query = select(*_columns(name)).where(table.c.day < before, table.c.load <= version)
    last: dict[Key, Key] = {}
    for row in sorted(tuple(row) for row in store._all(query)):
        last[row[:-2]] = row
    return sorted(last.values())


def _columns(name: str) -> list[ColumnElement[Any]]:
    """What is told, day, load: the key of a table, under names that no row object has."""
    columns = tables.metadata.tables[name].c
    return [columns[column].label(f"{column}_") for column in (*_TELLS[name], "day", "load")]


def _stands(name: str, plan: Plan) -> ColumnElement[bool]:
    """Of rows of days before, those that stay: what came after the plan was made, and what days that are kept stand
    on."""
    table, before = tables.metadata.tables[name], Day.fromisoformat(plan["before"])
    found = [table.c.load > plan["version"]]
    if name == "slab":
        found += [and_(table.c.count == count, table.c.day >= _back(before, days)) for count, days in
                  plan["reach"].items()]  # fmt: skip
    elif name in _STANDING:
        found += [table.c.day >= before - _LATELY, *(_among(name, keys) for keys in _pieces(plan["last"][name]))]
    return or_(*found)


def _back(day: Day, days: int) -> Day:
    return day - dt.timedelta(days=min(days, (day - Day.min).days))


def _keys(store: Store, name: str, plan: Plan) -> list[Key]:
    """Keys of the rows of one table that go."""
    query, gone = select(*_columns(name)), list[Row[Any]]()
    if plan["before"] is not None:
        table, before = tables.metadata.tables[name], Day.fromisoformat(plan["before"])
        gone += store._all(query.where(table.c.day < before, not_(_stands(name, plan))))
    if plan["through"] and name in _REPLACED:
        gone += store._all(query.where(_superseded(name, plan)))
    return sorted({tuple(row) for row in gone})


#: Tables whose rows are replaced as a whole.
_REPLACED = ("slab", "presence", "flow_day")


def _superseded(name: str, plan: Plan) -> ColumnElement[bool]:
    """Rows of days that are kept, which a load up to ``through`` stated anew; what the chain closes stays."""
    table = tables.metadata.tables[name]
    newer = table.alias()
    same = [newer.c[column] == table.c[column] for column in (*_TELLS[name], "day")]
    anew = select(newer.c.load).where(*same, newer.c.load > table.c.load, newer.c.load <= plan["through"]).exists()
    first = Day.fromisoformat(plan["before"]) if plan["before"] else Day.min
    chained = OF_COLOURS if name == "slab" else false()
    return and_(table.c.day >= first, table.c.load < plan["through"], anew, not_(chained))


def _silent(store: Store, before: Day, plan: Plan) -> list[int]:
    """Loads that say nothing any more: of days before alone, and of no day from which a value still stands."""
    stands: dict[str, Day] = {}
    for name in tables.BY_DAY:
        table = tables.metadata.tables[name]
        query = select(table.c.source, func.min(table.c.day).label("first")).group_by(table.c.source)
        for row in store._all(query.where(table.c.day < before, _stands(name, plan))):
            stands[row.source] = min(row.first, stands.get(row.source, before))
    return [
        load.id for load in store.loads(upto=plan["version"])
        if load.last_day is not None and load.last_day < stands.get(load.source, before)
    ]  # fmt: skip


def _count(store: Store, name: str, loads: Sequence[int]) -> int:
    table = tables.metadata.tables[name]
    pieces = [loads[at : at + _AT_ONCE] for at in range(0, len(loads), _AT_ONCE)]
    query = select(func.count()).select_from(table)
    return sum(store._all(query.where(table.c.load.in_(piece)))[0][0] for piece in pieces)


def _written(key: Key) -> list[Any]:
    return [part.isoformat() if isinstance(part, Day) else part for part in key]


def _print(keys: Iterable[Key]) -> str:
    made = hashlib.sha256()
    for key in keys:
        made.update(f"{_written(key)}\n".encode())
    return made.hexdigest()


# carrying it out -----------------------------------------------------------------------------------


def take_away(store: Store, plan: Plan, certificate: int, secret: str) -> None:
    """What the plan says, as one load; a second time nothing happens. StoreBusy where readers do not let go."""
    name = f"{RETENTION}-{certificate}"
    if any(load.file == name for load in store.loads(source=RETENTION)):
        return
    sha256 = hashlib.sha256(repr(sorted(plan["sha256"].items())).encode()).hexdigest()
    key = key_of(secret)
    with store.loading(source=RETENTION, kind=RETENTION, file=name, sha256=sha256) as load:
        chained = _chained(load, plan)
        held = {number: intact(store, number, key) for number in chained}
        for table in tables.BY_DAY:
            _days(load, table, plan)
        for table in _BY_LOAD:
            _of_loads(load, table, plan["loads"])
        for number, gone in chained.items():
            _seal(load, number, gone, held[number], certificate, key)
        load.close(notes={"certificate": certificate, "before": plan["before"], "through": plan["through"]})


def _chained(load: Writer, plan: Plan) -> dict[int, int]:
    """Load -> how many of its code days go, of those in the chain that lose any of these, or of their colours."""
    if plan["before"] is None:
        return {}
    coloured = load.connection.execute(_losing("slab", plan).where(OF_COLOURS)).scalars()
    days = load.connection.execute(_losing("code_day", plan)).all()
    return dict.fromkeys(coloured, 0) | {row[0]: row[1] for row in days}


def _losing(name: str, plan: Plan) -> Select[Any]:
    """(load, number of rows of days before that go) of the loads in the chain."""
    table, before = tables.metadata.tables[name], Day.fromisoformat(plan["before"])
    query = select(table.c.load, func.count()).group_by(table.c.load)
    return query.where(table.c.day < before, not_(_stands(name, plan)), table.c.load.in_(select(tables.chain.c.load)))


def _days(load: Writer, name: str, plan: Plan) -> None:
    """Of one table by day: whole months, but what still stands; and what is superseded."""
    table, connection = tables.metadata.tables[name], load.connection
    if plan["through"] and name in _REPLACED:
        connection.execute(delete(table).where(_superseded(name, plan)))
    if plan["before"] is not None:
        before = Day.fromisoformat(plan["before"])
        kept = connection.execute(select(table).where(table.c.day < before, _stands(name, plan))).mappings().all()
        parts.drop_before(connection, name, before)
        connection.execute(delete(table).where(table.c.day < before))
        parts.make(connection, name, {row["day"] for row in kept})
        if kept:
            connection.execute(insert(table), [dict(row) for row in kept])


def _pieces(keys: Sequence[Sequence[Any]]) -> Iterable[Sequence[Sequence[Any]]]:
    return (keys[at : at + _AT_ONCE] for at in range(0, len(keys), _AT_ONCE))


def _among(name: str, keys: Sequence[Sequence[Any]]) -> ColumnElement[bool]:
    table = tables.metadata.tables[name]
    columns = [table.c[column] for column in (*_TELLS[name], "day", "load")]
    return tuple_(*columns).in_([(*told, Day.fromisoformat(day), load) for *told, day, load in keys])


def _of_loads(load: Writer, name: str, loads: Sequence[int]) -> None:
    table = tables.metadata.tables[name]
    for at in range(0, len(loads), _AT_ONCE):
        load.connection.execute(delete(table).where(table.c.load.in_(loads[at : at + _AT_ONCE])))


def _seal(load: Writer, number: int, gone: int, held: bool, certificate: int, key: bytes) -> None:
    """Into the notes of a load in the chain: how many of its days are gone, and what is left of its colours."""
    table = tables.load
    row = load.connection.execute(select(table.c.sha256, table.c.notes).where(table.c.id == number)).one()
    before = row.notes.get(PAST, {})
    colours = colour_digest(load.connection.execute(coloured_rows(number)), key).hex()
    said = {"certificate": certificate, "days": before.get("days", 0) + gone, "colours": colours, "held": held}
    notes = {**row.notes, PAST: {**said, "digest": past_seal(number, row.sha256, said, key)}}
    load.connection.execute(update(table).where(table.c.id == number).values(notes=notes))


# what was taken away -------------------------------------------------------------------------------


def kept_from(store: Store) -> Day | None:
    """The first day that is kept; None where all are."""
    found = [load.notes.get("before") for load in store.loads(source=RETENTION)]
    return max((Day.fromisoformat(day) for day in found if day), default=None)


def asked_from(store: Store) -> int:
    """The first version that can be asked; 0 where all can."""
    return max((int(load.notes.get("through") or 0) for load in store.loads(source=RETENTION)), default=0)
