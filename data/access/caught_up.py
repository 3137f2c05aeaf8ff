"""Loads, rules and settings followed into the log: a line for each load, and for each change of what the city goes by.

Whoever loads writes in the store and not here, in another database; so the log is brought up to what the store says,
each time in one transaction that holds the lines and how far they go. A process that is killed has written all of
them or none, and the next one goes on from there. Values of settings are kept as keyed digests, which tell that
something changed and nothing else; names alone reach the log.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from data.access.audit import Log, add_line
from data.access.tables import caught, entry
from data.city import City, read_city
from data.city.province import owner_code
from data.rules import city_rulebook
from data.settings import read_home
from data.store import Load, Store

#: Who is named where nobody else is known: whatever reached the store by another way.
STORE = "store"

#: Names that a line lists at most; it tells how many there are.
_NAMES = 40


def catch_up(log: Log, store: Store, home: Path, who: str = STORE) -> int:
    """Appends what is new in the store, and in what ``home`` goes by; the number of lines. ``who``: whoever just
    loaded, or runs the command. Any number of processes may do so at once. StoreError, RuleFileError, CityFileError."""
    if _caught(log) == {**_stands(home), "loads": _newest(store)}:
        return 0
    with log.access.writing() as connection:
        # Read once more: no older than what any other process told, or the same change would be told again, and back.
        stands, loads = _stands(home), store.loads()
        made = sum(_follow(connection, who, name, now) for name, now in stands.items())
        return made + _loads(connection, who, loads, read_city(read_home(home).city))


def _stands(home: Path) -> dict[str, dict[str, str]]:
    """Digests of what the city goes by."""
    settings = read_home(home)
    city = read_city(settings.city)
    key = blake2b(settings.secret.encode(), digest_size=32, person=b"caught").digest()
    return {
        "rules": {pack.id: _sha256(pack.model_dump_json(exclude_defaults=True)) for pack in city_rulebook(city).packs},
        "city": _digests(_flat(_city_files(city)), key),
        "settings": _digests(_flat(settings.model_dump(mode="json")), key),
    }


# loads ---------------------------------------------------------------------------------------------


def _newest(store: Store) -> dict[str, Any]:
    number = store.version()
    return _last(store.load(number)) if number else {}


def _last(load: Load) -> dict[str, Any]:
    return {"load": load.id, "loaded": load.loaded.isoformat()}


def _loads(connection: Connection, who: str, loads: Sequence[Load], city: City) -> int:
    before = _value(connection, "loads")
    known = {load.id: load for load in loads}
    last = before.get("load", 0)
    new = [load for load in loads if load.id > last]
    if last and (last not in known or _last(known[last]) != before):  # another store, or an older state of this one
        add_line(connection, who, "", "store_replaced", was=last, now=max(known, default=0))
        told = _told(connection)
        new = [load for load in loads if (load.id, load.loaded.isoformat()) not in told]
    for one in new:
        area = owner_code(city, one.source)
        add_line(connection, who, "", "load", area, None, load=one.id, source=one.source, kind=one.kind, file=one.file,
                 rows=one.rows, taken=one.taken, rejected=one.rejected, sha256=one.sha256,
                 known=one.known.isoformat(timespec="seconds"), loaded=one.loaded.isoformat())  # fmt: skip
    if loads:
        _keep(connection, "loads", _last(loads[-1]))
    return len(new)


def _told(connection: Connection) -> set[tuple[int, str]]:
    rows = connection.execute(select(entry.c.more).where(entry.c.action == "load"))
    return {(row.more["load"], row.more["loaded"]) for row in rows}


# what the city goes by -----------------------------------------------------------------------------


def _follow(connection: Connection, who: str, name: str, now: Mapping[str, str]) -> int:
    """A line where names came, went or changed; the first time what there is."""
    before = _value(connection, name)
    if now == before:
        return 0
    changes = {
        "came": sorted(now.keys() - before.keys()),
        "went": sorted(before.keys() - now.keys()),
        "changed": sorted(key for key in now.keys() & before.keys() if now[key] != before[key]),
    }
    told: dict[str, Any] = {"digest": _sha256(json.dumps(now, sort_keys=True))}
    told |= {key: names[:_NAMES] for key, names in changes.items() if names}
    told |= {f"{key}_n": len(names) for key, names in changes.items() if names}
    add_line(connection, who, "", name, "", None, **told)
    _keep(connection, name, now)
    return 1


def _city_files(city: City) -> dict[str, Any]:
    """The city file and, by their codes, those of its members."""
    own, *members = city.parts
    return _city_file(own) | ({"members": {part.code: _city_file(part) for part in members}} if members else {})


def _city_file(city: City) -> dict[str, Any]:
    """The city file, and the digests of its rules of travel."""
    said: dict[str, Any] = tomllib.loads(city.path.read_text("utf-8-sig"))
    if city.travel is not None:
        files = sorted(city.file(city.travel).glob("*.toml"))
        said["travel_files"] = {file.name: _sha256(file.read_text("utf-8", "replace")) for file in files}
    return said


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """(path of names, value) of every leaf; members of a list by their ``name``, else their place."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _flat(each, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        for at, each in enumerate(value):
            yield from _flat(each, f"{name}.{each.get('name', each.get('id', at))}")
    else:
        yield name, value


def _digests(pairs: Iterator[tuple[str, Any]], key: bytes) -> dict[str, str]:
    return {name: blake2b(json.dumps(value, default=str).encode(), key=key, digest_size=8).hexdigest()
            for name, value in pairs}  # fmt: skip


def _sha256(said: str) -> str:
    return sha256(said.encode()).hexdigest()


# how far -------------------------------------------------------------------------------------------


def _caught(log: Log) -> dict[str, Any]:
    return {row.name: row.value for row in log.access._all(select(caught))}


def _value(connection: Connection, name: str) -> dict[str, Any]:
    row = connection.execute(select(caught.c.value).where(caught.c.name == name)).first()
    return dict(row.value) if row else {}


def _keep(connection: Connection, name: str, value: Mapping[str, Any]) -> None:
    connection.execute(delete(caught).where(caught.c.name == name))
    connection.execute(insert(caught).values(name=name, value=dict(value)))
