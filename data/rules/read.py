"""One TOML file -> :class:`Pack`, every key checked.

What cannot be is a RuleFileError that names the file, the key and what is wrong, in both languages.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from data.errors import RuleFileError
from data.files import NO_TOML
from data.rules.pack import FILLED, Clause, Pack
from data.terms import CODES, IDENTITIES, RISKS, UNITS, ZONES
from data.words import Both, Lang

#: Colours and risks that a clause may give; green and low are where a path leads when it is over.
GIVEN_CODES = tuple(id for id in CODES if id != "green")
GIVEN_RISKS = tuple(id for id in RISKS if id != "low")


def read_pack(path: Path) -> Pack:
    """The pack that ``path`` describes; RuleFileError."""
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError as error:
        raise RuleFileError(file=path, where="-", detail=Both("文件不存在", "no such file")) from error
    except NO_TOML as error:
        detail = Both(f"不是可读的 UTF-8 TOML（{error}）", f"not readable as UTF-8 TOML: {error}")
        raise RuleFileError(file=path.name, where="TOML", detail=detail) from error
    try:
        pack = Pack.model_validate(_filled(document, path.name))
    except ValidationError as error:
        raise _shape(path.name, error) from error
    for where, detail in _faults(pack):
        raise RuleFileError(file=path.name, where=where, detail=detail)
    return pack


def _filled(document: dict[str, Any], file: str) -> dict[str, Any]:
    """The document with what every clause inherits from its pack."""
    clauses = document.pop("clause", [])
    if "clauses" in document or not isinstance(clauses, list) or not all(isinstance(c, dict) for c in clauses):
        detail = Both("条款应写成 [[clause]]", "clauses are written as [[clause]]")
        raise RuleFileError(file=file, where="clause", detail=detail)
    for at, clause in enumerate(clauses):
        for key in FILLED:
            if key in clause:
                raise RuleFileError(file=file, where=f"clause.{at + 1}.{key}", detail=_SHAPES["extra_forbidden"])
    filled = {"pack": document.get("id", ""), "by_zh": _cited(document, "zh"), "by_en": _cited(document, "en")}
    lookback = {"lookback": document["lookback"]} if "lookback" in document else {}
    return {**document, "clauses": [{**lookback, **clause, **filled} for clause in clauses]}


def _cited(document: dict[str, Any], lang: Lang) -> str:
    """Name and number of the notice; the number alone where it is the name."""
    name, number = (str(document.get(key, "")) for key in (("zh", "notice") if lang == "zh" else ("en", "notice_en")))
    if name == number:
        return name
    return f"{name}（{number}）" if lang == "zh" else f"{name} ({number})"


#: What pydantic calls a fault -> what we say; others are told with pydantic's words.
_SHAPES: Mapping[str, Both] = {
    "missing": Both("缺少此项", "is missing"),
    "extra_forbidden": Both("没有这个键", "there is no such key"),
    "string_type": Both("应为文字（加引号）", "wants text (in quotes)"),
    "int_type": Both("应为整数", "wants a whole number"),
    "bool_type": Both("应为 true 或 false", "wants true or false"),
    "date_type": Both("应为日期，例如 2022-06-27", "wants a day, for instance 2022-06-27"),
    "date_from_datetime_parsing": Both("应为日期，例如 2022-06-27", "wants a day, for instance 2022-06-27"),
    "date_parsing": Both("应为日期，例如 2022-06-27", "wants a day, for instance 2022-06-27"),
    "dict_type": Both("应为表", "wants a table"),
    "tuple_type": Both("应为列表", "wants a list"),
}


def _shape(file: str, error: ValidationError) -> RuleFileError:
    first = error.errors()[0]
    steps = [str(step + 1) if isinstance(step, int) else str(step) for step in first["loc"]]
    where = ".".join("clause" if at == 0 and step == "clauses" else step for at, step in enumerate(steps))
    said = _SHAPES.get(first["type"]) or Both(f"“{first['input']}”不行（{first['msg']}）", f"{first['msg']}")
    return RuleFileError(file=file, where=where or "-", detail=said)


def _faults(pack: Pack) -> Iterator[tuple[str, Both]]:
    """(where, what) of all that a well-formed pack may still say wrongly."""
    if not pack.identities:
        yield "identities", Both("一种身份也没有", "knows no identity")
    if not pack.clauses:
        yield "clause", Both("一条条款也没有", "has no clause")
    if pack.stop is not None and pack.stop <= pack.start:
        yield "stop", Both(f"应晚于 start（{pack.start}）", f"must be after start ({pack.start})")
    if (pack.unit is None) == (pack.about == "zones"):
        yield "unit", Both(f"划区规则须写、其他规则不写：{'、'.join(UNITS)}", f"for zones only: {', '.join(UNITS)}")
    if pack.id in pack.replaces:
        yield "replaces", Both("不能取代自己", "a pack does not replace itself")
    yield from _identity_faults(pack)
    yield from _clause_faults(pack)


def _identity_faults(pack: Pack) -> Iterator[tuple[str, Both]]:
    known: Set[str] = IDENTITIES.keys() if pack.turns_codes else RISKS.keys() | ZONES.keys()
    for key in (*pack.identities, *pack.alike, *(other for others in pack.alike.values() for other in others)):
        if key not in known:
            where = f"identities.{key}" if key in pack.identities else f"alike.{key}"
            yield where, _one_of(key, known)
    for identity, id in pack.identities.items():
        if pack.clause(id) is None:
            yield f"identities.{identity}", _one_of(id, {clause.id for clause in pack.clauses})


def _clause_faults(pack: Pack) -> Iterator[tuple[str, Both]]:
    ids = [clause.id for clause in pack.clauses]
    reached = {clause.id for id in pack.identities.values() for clause in _walk(pack, id)}
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        yield f"clause.{id}", Both("两条同名", "two clauses of one name")
    for clause in pack.clauses:
        where = f"clause.{clause.id}"
        for key, id in (("next", clause.next), ("again", clause.again)):
            if id and id not in ids:
                yield f"{where}.{key}", _one_of(id, set(ids))
        yield from ((f"{where}.{key}", words) for key, words in _kind_faults(pack, clause))
        if clause.id not in reached:
            yield where, Both("没有任何身份通向它", "no identity leads to it")
    for id in ids:
        if len(_walk(pack, id)) > len(set(_walk(pack, id))):
            yield f"clause.{id}.next", Both("绕成了圈，永远到不了头", "goes in a circle and never ends")


def _kind_faults(pack: Pack, clause: Clause) -> Iterator[tuple[str, Both]]:
    """Keys that a clause of this kind of pack must or must not have."""
    wanted, other = ("colour", "risk") if pack.turns_codes else ("risk", "colour")
    if not getattr(clause, wanted):
        yield wanted, _one_of("", GIVEN_CODES if pack.turns_codes else GIVEN_RISKS)
    alien = (other, "again") if pack.turns_codes else (other, "tests", "fresh", "no_contact")
    for key in alien:
        if getattr(clause, key):
            yield key, Both("不属于这类规则", "does not belong to this kind of pack")
    if clause.open and clause.next:
        yield "days", Both("有下一步（next）就要写天数", "a clause with next needs days")
    if clause.outlives and not clause.open:
        yield "outlives", Both("写了天数就不需要", "not of a clause with days")


def _walk(pack: Pack, id: str) -> list[Clause]:
    """The path from ``id`` on, up to the first clause that comes twice."""
    made: list[Clause] = []
    clause = pack.clause(id)
    while clause is not None:
        made.append(clause)
        if clause in made[:-1]:
            break
        clause = pack.clause(clause.next)
    return made


def _one_of(word: str, known: Set[str] | tuple[str, ...]) -> Both:
    words = sorted(known)
    return Both(f"没有“{word}”，可用：{'、'.join(words)}", f"there is no {word!r}; there are: {', '.join(words)}")
