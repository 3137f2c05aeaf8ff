"""Which pack is in force where and when, and which clause gives a colour."""

from __future__ import annotations

import datetime as dt

import pytest

from data.code_days import NO_DAY
from data.days import day_number
from data.rules import OPEN, Rulebook, rulebook
from data.rules.contradictions import KINDS, contradictions
from tests.data.rules.test_properties import successor

Day = dt.date
BOOK = rulebook()


@pytest.mark.parametrize(
    ("day", "area", "packs"),
    [
        (Day(2021, 8, 5), "410105", ["henan-2"]),
        (Day(2021, 8, 6), "410105", ["henan-2", "zhengzhou-18"]),
        (Day(2021, 8, 27), "410105003", ["henan-2", "zhengzhou-18"]),
        (Day(2021, 8, 28), "410105", ["henan-2"]),
        (Day(2021, 8, 10), "410305", ["henan-2"]),
        (Day(2021, 10, 30), "231102", ["heihe-2021"]),
        (Day(2022, 6, 26), "310101", []),
        (Day(2022, 6, 27), "310101", ["plan-9"]),
        (Day(2022, 11, 10), "310101", ["plan-9"]),
        (Day(2022, 11, 11), "310101", ["measures-20"]),
        (Day(2023, 1, 7), "310101", ["measures-20"]),
        (Day(2023, 1, 8), "310101", []),
    ],
)
def test_in_force(day: Day, area: str, packs: list[str]) -> None:
    assert [pack.id for pack in BOOK.in_force(day, area)] == packs


@pytest.mark.parametrize(
    ("words", "id"),
    [
        ("henan-2", "henan-2"),
        ("2021年18号", "zhengzhou-18"),
        (" 2021 年 18 号", "zhengzhou-18"),
        ("No. 18 of 2021", "zhengzhou-18"),
        ("联防联控机制综发〔2022〕71号", "plan-9"),
        ("", None),
        ("henan", None),
    ],
)
def test_a_pack_is_found_by_its_id_number_or_name(words: str, id: str | None) -> None:
    found = BOOK.find(words)
    assert (found.id if found else None) == id


@pytest.mark.parametrize("word", ["henan-2/yellow", "henan-2 / yellow", " Henan-2/ yellow\u3000"])
def test_a_clause_is_found_like_its_pack(word: str) -> None:
    found = BOOK.clause(word)
    assert found is not None
    assert found.word == "henan-2/yellow"
    assert BOOK.clause("henan-2 yellow") is None


@pytest.mark.parametrize(
    ("day", "area", "identity", "colour", "word"),
    [
        (Day(2021, 8, 10), "410105", None, "red", "henan-2/red"),
        (Day(2021, 8, 10), "410105", None, "yellow", "henan-2/yellow"),
        (Day(2021, 8, 10), "410105", "close_contact", "yellow", "henan-2/yellow"),
        (Day(2021, 8, 10), "410105", "stay_in", "yellow", "zhengzhou-18/compound"),
        (Day(2021, 8, 10), "410105", "stay_in", "red", None),
        (Day(2021, 8, 10), "410105", "case", "red", "henan-2/case"),
        (Day(2021, 11, 1), "231102", None, "yellow", "heihe-2021/registered"),
        (Day(2021, 11, 1), "231102", "registered", "yellow", "heihe-2021/registered"),
        (Day(2021, 10, 29), "231102", None, "yellow", None),
        (Day(2022, 7, 1), "310101", None, "red", None),
        (Day(2021, 8, 10), "410105", None, "green", None),
    ],
)
def test_which_clause_gives_a_colour(day: Day, area: str, identity: str | None, colour: str, word: str | None) -> None:
    found = BOOK.entry(day, area, identity, colour)
    assert (found.word if found else None) == word


def test_the_table_says_what_the_clauses_say() -> None:
    table = BOOK.table()
    assert len(table) == len(BOOK.clause_words)
    assert table[0]["days"] == OPEN
    for word, row in zip(BOOK.clause_words[1:], table[1:], strict=True):
        clause = BOOK.clause(word)
        assert clause is not None
        pack = BOOK.find(clause.pack)
        assert pack is not None
        for name in ("days", "lookback", "tests", "fresh", "no_contact"):
            assert row[name] == getattr(clause, name)
        assert row["start"] == day_number(pack.start)
    stops = dict(zip(BOOK.clause_words, table["stop"].tolist(), strict=True))
    assert stops["plan-9/high"] == day_number(Day(2022, 11, 11))
    assert stops["henan-2/case"] == stops["heihe-2021/registered"] == NO_DAY
    assert [table["colour"][BOOK.clause_words.index(f"henan-2/{c}")] for c in ("yellow", "red")] == [1, 2]


def test_city_18_against_the_province() -> None:
    found = contradictions(BOOK, Day(2021, 8, 10), "410105")
    told = {(one.kind, one.subject): tuple(clause.word for clause in one.clauses) for one in found}
    assert told == {
        ("days", "risk_area"): ("henan-2/red", "zhengzhou-18/home"),
        ("colour", "stayer"): ("henan-2/red", "zhengzhou-18/compound"),
        ("confinement", "home"): ("henan-2/yellow", "zhengzhou-18/home"),
    }
    for one in found:
        assert "第二版" in one.say("zh")
        assert "2021年18号" in one.say("zh")
        assert "No. 18 of 2021" in one.say("en")
    assert contradictions(BOOK, Day(2021, 8, 28), "410105") == ()
    assert contradictions(BOOK, Day(2021, 8, 10), "410305") == ()
    assert contradictions(BOOK, Day(2022, 12, 1)) == ()


def test_planted_contradictions_are_all_listed() -> None:
    """A copy of each pack that says one thing otherwise, in force beside it."""
    planted = {
        "henan-2": ({"days": 15}, {("days", id) for id in ("close_contact", "secondary_contact", "entrant", "risk_area", "stayer", "case")}),
        "plan-9": ({"days": 9}, {("zone_clock", kind) for kind in ("high", "lockdown", "middle", "control")}),
    }  # fmt: skip
    for id, (values, wanted) in planted.items():
        beside = successor(id, Day(2021, 8, 1), **values).model_copy(update={"replaces": (), "stop": None})
        book = Rulebook((*BOOK.packs, beside))
        day = Day(2022, 7, 1)
        assert {(one.kind, one.subject) for one in contradictions(book, day, "410305")} == wanted
    assert {kind for kind, _ in planted["plan-9"][1]} <= KINDS.keys()


def test_two_zone_packs_side_by_side() -> None:
    twenty = BOOK.find("measures-20")
    assert twenty is not None
    book = Rulebook((*BOOK.packs[:-1], twenty.model_copy(update={"replaces": ()})))
    found = contradictions(book, Day(2022, 12, 1), "310101")
    assert [(one.kind, one.subject) for one in found] == [
        ("zone_clock", "high"),
        ("zone_clock", "lockdown"),
        ("zone_kind", "middle"),
        ("zone_kind", "control"),
        ("zone_unit", "high"),
    ]
    assert "中风险区3天" in found[0].say("zh")
    assert "no such zone" in found[2].say("en")


def test_a_local_successor_takes_the_place_only_where_it_governs() -> None:
    local = successor("plan-9", Day(2022, 7, 9), days=2).model_copy(update={"area": "4403"})
    book, plan = Rulebook((*BOOK.packs, local)), BOOK.packs[3]
    day = Day(2022, 8, 1)
    assert [pack.id for pack in book.in_force(day, "440301")] == ["new"]
    assert [pack.id for pack in book.in_force(day, "310101")] == ["plan-9"]
    assert [pack.id for pack in book.in_force(day) if pack.about == "zones"] == ["plan-9", "new"]
    assert contradictions(book, day) == ()
    alone = local.model_copy(update={"replaces": ()})
    assert contradictions(Rulebook((*BOOK.packs, alone)), day)
    assert (book.stop(plan, "440301"), book.stop(plan)) == (Day(2022, 7, 9), Day(2022, 11, 11))
