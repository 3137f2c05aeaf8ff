"""JSON documents: records -> text columns. Numbers stay the digits that were written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from data.city import Records
from data.errors import UnreadableFile
from data.formats.base import Sheet, check_cells, headings, parsing, read_bytes, strings, unreadable
from data.formats.delimited import decode
from data.rejects import Reject
from data.words import Both, quote

FORMAT = "JSON"

#: Bytes of a document: as Python objects it takes twenty times as much.
MAX_BYTES = 100_000_000


class Digits(str):
    """A number as written in a document."""

    __slots__ = ()


def load(path: Path, encoding: str | None) -> Any:
    """The document's objects; numbers are Digits, so that none is rounded and none is too large.

    Raises UnreadableFile (syntax, nesting beyond what a parser bears, a key twice in one object), WrongEncoding,
    FileTooLarge.
    """
    text, _ = decode(read_bytes(path, FORMAT, MAX_BYTES), path, encoding)
    with parsing(path, FORMAT):
        return json.loads(text, parse_int=Digits, parse_float=Digits, parse_constant=Digits, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise ValueError(f"duplicate key {quote(twice)}")
    return made


def text_of(value: Any) -> str | None:
    """A value as the text of one cell; lists and objects as JSON again."""
    if value is None or isinstance(value, str):
        return value or None
    return _json(value)


def _json(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_json(each)}" for key, each in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    return value if isinstance(value, Digits) else json.dumps(value, ensure_ascii=False)


def read_document(path: Path, encoding: str | None, records: Records, beside: frozenset[str]) -> Sheet:
    """The records of a document, one a row, numbered from 1.

    ``beside``: keys whose values stand beside the records (a date of issue) and go to each of their rows.
    A member of the list that is no object is a bad row. Raises UnreadableFile, WrongEncoding, FileTooLarge.
    """
    document = load(path, encoding)
    with parsing(path, FORMAT):
        return table(path, _records(path, document, records, beside), records.explode)


def _records(path: Path, document: Any, records: Records, beside: frozenset[str]) -> list[Any]:
    common: dict[str, Any] = {}
    steps = [step for step in records.path.split(".") if step]
    for step in steps:
        common |= _beside(document, beside)
        document = document[step] if isinstance(document, dict) and step in document else None
    if records.key is not None and isinstance(document, dict):
        common |= _beside(document, beside)
        return [_joined(common, {records.key: key}, each) for key, each in _keyed(document)]
    if records.key is None and isinstance(document, list):
        return [_joined(common, {}, each) for each in document]
    where = records.path or "/"
    raise unreadable(path, FORMAT, f"{where} 处不是记录列表", f"there is no list of records at {where}")


def _beside(document: Any, wanted: frozenset[str]) -> dict[str, Any]:
    if not isinstance(document, dict):
        return {}
    return {key: value for key, value in document.items() if key in wanted and not isinstance(value, dict | list)}


def _keyed(document: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each list's members, and each object itself, with the key they stand under; single values are no records."""
    for key, value in document.items():
        if isinstance(value, list):
            yield from ((key, each) for each in value)
        elif isinstance(value, dict):
            yield key, value


def _joined(common: dict[str, Any], key: dict[str, Any], record: Any) -> Any:
    return {**common, **key, **record} if isinstance(record, dict) else record


def table(path: Path, records: list[Any], explode: str | None) -> Sheet:
    """Records as columns; a key that some lack is empty there. Raises UnreadableFile, FileTooLarge."""
    numbered = list(_exploded(records, explode))
    good = [(number, record) for number, record in numbered if isinstance(record, dict)]
    bad = [
        Reject(number, "", _shown(record), "not_a_record")
        for number, record in numbered
        if not isinstance(record, dict)
    ]
    keys = list(dict.fromkeys(key for _, record in good for key in record))
    if not keys:
        raise UnreadableFile(file=path.name, format=FORMAT, detail=Both("没有记录", "it holds no records"))
    check_cells(path, len(good), len(keys))
    columns = {
        name: strings([text_of(record.get(key)) for _, record in good])
        for name, key in zip(headings(path, FORMAT, keys), keys, strict=True)
    }
    return Sheet(columns, np.array([number for number, _ in good], dtype=np.int64), bad)


def _shown(record: Any) -> str:
    return quote(text_of(record) or "")


def _exploded(records: list[Any], column: str | None) -> Iterator[tuple[int, Any]]:
    for number, record in enumerate(records, start=1):
        members = record.get(column) if column is not None and isinstance(record, dict) else None
        if isinstance(members, list):
            yield from ((number, {**record, column: member}) for member in members)
        else:
            yield number, record
