"""What is wrong with each row, against a plain reading of the definitions, a row at a time."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pandas as pd
import pytest

from data.code_days import NO_DAY, CodeDay
from data.days import day_number
from data.rules import rulebook
from data.rules.due import Known, due_of, telling, terms_of
from data.terms import CODES, EXCEPTIONS, IDENTITIES, OVERDUE
from grid.codes import Asked, columns_of, evaluate_day, person_keys
from grid.codes import Known as Told
from grid.codes.owners import may_assign, owner
from tests.grid.codes import town
from tests.grid.codes.town import DAY, SYSTEMS, TOWN

FLAGS = list(EXCEPTIONS)
BOOK = rulebook()
NONE = int(NO_DAY)
RISKY = np.arange(len(TOWN.leaves)) % 5 == 0


class Histories:
    """Tests, contacts and stays of some persons, by dictionary."""

    def __init__(self, people: list[str]) -> None:
        rng = np.random.default_rng(9)
        today = day_number(DAY)
        self.of: dict[str, dict[str, list[int]]] = {
            person: {
                name: sorted((today - rng.integers(-2, 40, rng.integers(0, 4))).tolist())
                for name in ("negative", "positive", "contact", "stay")
                if name != "positive" or rng.random() < 0.05
            }
            for person in people
        }
        self.name = dict(zip(person_keys(np.array(people, object)).tolist(), people, strict=True))

    def days(self, person: str, name: str, upto: int) -> list[int]:
        return [day for day in self.of[person].get(name, []) if day <= upto]

    def __call__(self, asked: Asked, day: dt.date) -> Told:
        upto = day_number(day)
        told = [
            self._row(self.name[p], s, n, upto) for p, s, n in zip(*map(np.ndarray.tolist, _of(asked)), strict=True)
        ]
        arrays = np.array(told, np.int32).reshape(-1, 4).T
        negative, positive, contact, exposed = (np.ascontiguousarray(each) for each in arrays)
        return Told(negative, positive, contact, exposed, tests=True, stays=True)

    def _row(self, person: str, since: int, proof: int, upto: int) -> list[int]:
        negatives = self.days(person, "negative", upto)
        proofs = [day for day in negatives if day >= proof]
        last = {name: max(self.days(person, name, upto), default=NONE) for name in ("positive", "contact")}
        exposed = max(self.days(person, "contact", since) + self.days(person, "stay", since), default=NONE)
        return [proofs[0] if proofs else max(negatives, default=NONE), last["positive"], last["contact"], exposed]


def _of(asked: Asked) -> tuple[Any, Any, Any]:
    return asked.person, asked.since, asked.proof


def records(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples())


def number(day: Any) -> int:
    return NONE if pd.isna(day) else day_number(day.date())


def stood(frame: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Person -> system -> colour at the end of the day."""
    shown: dict[str, dict[str, int]] = defaultdict(dict)
    for row in records(frame):
        colour = 0 if row.cleared <= pd.Timestamp(DAY) else list(CODES).index(row.status)
        shown[row.person][row.system] = max(shown[row.person].get(row.system, 0), colour)
    return shown


def authority_of(row: Any) -> str:
    before, stroke, _ = (row.operator or "").partition("/")
    return row.authority or (before if stroke else "")


def rule_of(row: Any, area: str) -> tuple[Any, bool]:
    since = row.since.date()
    usual = BOOK.entry(since, area, row.identity, row.status)
    if row.rule is None:
        return usual, False
    clause = BOOK.clause(row.rule)
    pack = BOOK.find(clause.pack if clause else row.rule)
    if pack is None:
        return usual, True
    if clause is None:
        way = pack.entry(row.identity or "")
        of_colour = [c for c in (*(pack.path(way) if way else ()), *pack.clauses) if c.colour == row.status]
        clause = of_colour[0] if of_colour else None
    if clause is None or clause.colour != row.status or pack.about != "codes":
        return usual, True
    return clause, not BOOK.holds(pack, since, area)


def expected(frame: pd.DataFrame, histories: Histories | None, risky: Any) -> dict[int, tuple[set[str], str, Any]]:
    """row -> (flags, owner, (ends, due)) of the rows that stand at the end of the day."""
    shown = stood(frame)
    bunches, bare_in = Counter[Any](), Counter[Any]()
    today, found = day_number(DAY), {}
    open_ = frame[(frame["status"] != "green") & ~(frame["cleared"] < pd.Timestamp(DAY))]
    for row in records(open_):
        if row.group:
            key = (row.system, authority_of(row), row.since, row.group)
            bunches[key] += 1
            bare_in[key] += not (row.evidence or row.batch)
    leaf = dict(zip(open_.index, town.leaves(open_), strict=True))
    for row in records(open_):
        if row.cleared == pd.Timestamp(DAY):
            continue
        place = int(leaf[row.Index])
        area_row = int(TOWN.leaves.area[place])
        area, district = TOWN.areas.code[area_row], TOWN.areas.name[area_row]
        system = next(each for each in SYSTEMS if each.id == row.system)
        clause, lapsed = rule_of(row, area)
        pack = BOOK.find(clause.pack) if clause else None
        terms = terms_of(clause, BOOK.stop(pack, area) if pack else None)
        since, who, flags = number(row.since), row.person, set()
        negative, positive, contact = number(row.negative), number(row.positive), number(row.contact)
        exposed = contact if contact <= since else NONE
        if histories is not None:
            tests = [*histories.days(who, "negative", today), *([negative] if negative != NONE else [])]
            negative = telling(tests, terms, since)
            positive = max([positive, *histories.days(who, "positive", today)])
            contact = max([contact, *histories.days(who, "contact", today)])
            exposed = max([exposed, *histories.days(who, "contact", since), *histories.days(who, "stay", since)])
        due = due_of(terms, Known(since, negative, positive, contact, True), today)
        bucket = list(OVERDUE)[due.bucket]
        lookback = clause.lookback if clause else 14
        bunch = (row.system, authority_of(row), row.since, row.group)
        colours = list(shown[who].values())
        tell = {
            "overdue": bucket in ("due", "week", "weeks", "stuck"),
            "waiting": bucket == "waiting",
            "conflict": len(set(colours)) > 1,
            "single_block": len(colours) > 1 and sum(c > 0 for c in colours) == 1,
            "no_evidence": not (row.evidence or row.batch),
            "stale_evidence": number(row.evidence_day) != NONE
            and not since - lookback <= number(row.evidence_day) <= since,
            "rule_not_in_force": lapsed,
            "no_right": not may_assign(system, authority_of(row), district),
            "burst": bool(row.group) and bunches[bunch] >= 50 and 2 * bare_in[bunch] > bunches[bunch],
            "never_exposed": histories is not None
            and not since - lookback <= number(row.evidence_day) <= since
            and exposed < since - lookback
            and not (risky is not None and risky[place]),
        }
        flags = {name for name, said in tell.items() if said}
        if flags:
            found[row.Index + 2] = (flags, owner(system, authority_of(row), district, "郑州市"), due[:2])
    return found


def flags_of(made: CodeDay) -> dict[int, tuple[set[str], str, Any]]:
    return {
        int(ticket["row"]): (
            {name for bit, name in enumerate(FLAGS) if int(ticket["flags"]) >> bit & 1},
            made.words["owner"][ticket["owner"]],
            (int(ticket["ends"]), int(ticket["due"])),
        )
        for ticket in made.tickets
    }


@pytest.mark.parametrize(("with_histories", "risky"), [(False, None), (True, None), (False, RISKY), (True, RISKY)])
def test_flags_are_those_of_each_row(with_histories: bool, risky: Any) -> None:
    frame = town.ledger(700, seed=2)
    many = frame.index[(frame["status"] != "green") & (frame["system"] == "city")][:100]
    frame.loc[many, ["group", "authority", "evidence"]] = ["单位丙", "公安", None]
    frame.loc[many, "since"] = pd.Timestamp("2021-08-10")
    frame = town.with_none(frame)
    histories = Histories(sorted(set(frame["person"]))) if with_histories else None
    context = town.context(histories=histories, risky=None if risky is None else lambda leaf, *_: risky[leaf])
    columns = columns_of(town.checked(frame), town.leaves(frame), context)
    made = evaluate_day(columns, context, DAY)
    want = expected(frame, histories, risky)
    assert flags_of(made) == want
    seen = set().union(*(flags for flags, _, _ in want.values()))
    assert seen == set(FLAGS) - (set() if with_histories else {"never_exposed"})


def test_tickets_say_what_the_rows_say() -> None:
    frame = town.ledger(300, seed=4)
    made = evaluate_day(columns_of(town.checked(frame), town.leaves(frame), town.context()), town.context(), DAY)
    assert len(made.tickets) > 50
    ids = made.tickets["id"].tolist()
    assert len(set(ids)) == len(ids)
    for ticket in made.tickets:
        row = frame.iloc[int(ticket["row"]) - 2]
        for name in ("evidence", "batch", "group", "operator"):
            assert made.words[name][ticket[name]] == (row[name] or "")
        for name in ("since", "evidence_day", "negative", "positive", "contact", "deadline"):
            assert int(ticket[name]) == number(row[name])
        assert ["", *IDENTITIES][ticket["identity"]] == (row["identity"] or "")
        assert made.words["system"][ticket["system"]] == row["system"]
        place = {None: -2, "市外": -1, "郑州市": 0, "410101": 1, "金水区": 3}[row["registered"]]
        assert int(ticket["registered"]) == place


def test_a_ticket_keeps_its_number() -> None:
    frame = town.ledger(200, seed=8)
    first = evaluate_day(columns_of(town.checked(frame), town.leaves(frame), town.context()), town.context(), DAY)
    later = frame.assign(day=frame["day"] + pd.Timedelta(days=1)).iloc[::-1].reset_index(drop=True)
    tomorrow = DAY + dt.timedelta(days=1)
    second = evaluate_day(columns_of(town.checked(later), town.leaves(later), town.context()), town.context(), tomorrow)
    by_row = {len(frame) + 3 - int(ticket["row"]): int(ticket["id"]) for ticket in second.tickets}
    both = [(int(t["id"]), by_row[int(t["row"])]) for t in first.tickets if int(t["row"]) in by_row]
    assert len(both) > 30
    assert all(one == other for one, other in both)


def test_rows_that_repeat_count_once_and_are_told() -> None:
    frame = town.ledger(60, seed=8)
    twice = pd.concat([frame, frame], ignore_index=True)
    once, made = (
        evaluate_day(columns_of(town.checked(rows), town.leaves(rows), town.context()), town.context(), DAY)
        for rows in (frame, twice)
    )
    assert made.notes == {"repeats": len(frame)}
    assert once.notes == {}
    for name in ("groups", "combinations", "tickets"):
        assert np.array_equal(getattr(made, name), getattr(once, name)), name
