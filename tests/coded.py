"""The small city with code systems: days of a ledger of assignments written straight into its store, row by row known."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from data.code_days import COMBINATION, GROUP, NO_DAY, TICKET, CodeDay
from data.notices import Notice
from data.store import Store
from data.terms import CODES, EXCEPTIONS, HARMS, IDENTITIES, OVERDUE
from grid.cube import View

Day = dt.date

SYSTEMS = """
[[system]]
id = "city"
name = "安城通"
name_en = "Ancheng Code"
owner = "安城市数据局"
assigners = ["安城市指挥部", "{district}指挥部"]
correctors = ["{district}指挥部"]
primary = true

[[system]]
id = "province"
name = "省健康码"
name_en = "Provincial Code"
owner = "省数据中心"
level = "province"

[[system]]
id = "travel"
name = "行程卡"
name_en = "Travel card"
owner = "行程中心"
level = "national"
hotline = "12345"
"""
NAMES = ("city", "province", "travel")
AUTHORITIES = ("", "安城市指挥部", "东江区指挥部", "省数据中心")
OWNERS = ("", "安城市指挥部\tassigner", "东江区指挥部\tassigner", "东江区指挥部\tsystem", "西山区\tdistrict")
GROUPS = ("", "同一楼盘购房人")
#: The clause of every row that is not green: red for 14 days, then yellow.
CLAUSE = "henan-2/red"
COLOURS = tuple(CODES)
#: A day without a ledger lies between the two.
DAYS = (Day(2022, 3, 7), Day(2022, 3, 9))
SOURCE = "assignments"


@dataclass(frozen=True)
class Row:
    """One assignment: ``late`` days overdue (None: not), ``colours`` of the person in each system (0 none)."""

    person: int
    leaf: int
    system: int
    colour: int
    colours: tuple[int, int, int]
    since: Day
    late: int | None
    waiting: bool
    authority: int
    owner: int
    group: int
    flags: frozenset[str]
    harm: int
    deadline: Day | None
    today: int = 0

    @property
    def bucket(self) -> str:
        """As terms.OVERDUE says it."""
        if self.late is None:
            return "waiting" if self.waiting else "running"
        return "due" if not self.late else "week" if self.late < 8 else "weeks" if self.late < 21 else "stuck"


@dataclass
class Ledger:
    """The rows of each day, the people of each (leaf, colours), and the green codes of each (system, leaf)."""

    rows: dict[Day, list[Row]] = field(default_factory=dict)
    people: dict[Day, Counter[tuple[int, tuple[int, int, int]]]] = field(default_factory=dict)
    green: dict[Day, Counter[tuple[int, int]]] = field(default_factory=dict)


def ledger(leaves: int, people: int = 300) -> Ledger:
    """What the days say: the same every time."""
    chance, made = random.Random(20220307), Ledger()
    for day in DAYS:
        rows: list[Row] = []
        known: Counter[tuple[int, tuple[int, int, int]]] = Counter()
        green: Counter[tuple[int, int]] = Counter()
        for person in range(people):
            leaf = chance.randrange(leaves)
            colours = tuple(chance.choice((0, 1, 1, 1, 2, 3)) for _ in NAMES)
            known[leaf, colours] += 1  # type: ignore[index]
            for system, colour in enumerate(colours):
                if colour == 1:
                    green[system, leaf] += 1
                if colour > 1:
                    rows.append(_row(chance, day, person, leaf, system, colour - 1, colours))  # type: ignore[arg-type]
        made.rows[day], made.people[day], made.green[day] = rows, known, green
    return made


def _row(chance: random.Random, day: Day, person: int, leaf: int, system: int, colour: int,
         colours: tuple[int, int, int]) -> Row:  # fmt: skip
    late = chance.choice((None, None, 0, 3, 7, 8, 20, 21, 40))
    waiting = late is None and chance.random() < 0.3
    flags = {flag for flag in ("no_evidence", "never_exposed") if chance.random() < 0.1}
    flags |= {"overdue"} if late is not None else {"waiting"} if waiting else set()
    flags |= {"conflict"} if len({c for c in colours if c}) > 1 else set()
    barred, seen = [c for c in colours if c > 1], [c for c in colours if c]
    flags |= {"single_block"} if len(barred) == 1 and len(seen) > 1 else set()
    burst = chance.random() < 0.1
    flags |= {"burst"} if burst else set()
    harm = chance.choice((0, 0, 0, 1, 2))
    return Row(
        person, leaf, system, colour, colours, day - dt.timedelta(days=(late or 0) + chance.choice((14, 15))), late,
        waiting, chance.randrange(len(AUTHORITIES)), chance.randrange(1, len(OWNERS)), int(burst), frozenset(flags),
        harm, day + dt.timedelta(days=chance.choice((-2, 0, 3, 30))) if harm else None, chance.choice((0, 0, 0, 1)),
    )  # fmt: skip


# --- as it is stored -----------------------------------------------------------------------------


def number(day: Day | None) -> int:
    """A day as arrays hold it."""
    return int(NO_DAY) if day is None else (day - Day(1970, 1, 1)).days


def code_day(day: Day, told: Ledger, view: View, systems: Sequence[str] = NAMES) -> CodeDay:
    """The code day of a day's rows; ``systems``: the order in which this source names them."""
    words = {
        "system": list(systems), "clause": ["", CLAUSE], "authority": list(AUTHORITIES), "operator": ["", "T7"],
        "evidence": ["", "LD-1"], "batch": ["", "P1"], "group": list(GROUPS), "owner": list(OWNERS),
    }  # fmt: skip
    place = [list(systems).index(name) for name in NAMES]
    return CodeDay(
        SOURCE, day, view.geography.id, words, _groups(told, day, place), _combinations(told, day, place),
        _tickets(told.rows[day], day, place),
    )  # fmt: skip


def bits(colours: Sequence[int], place: Sequence[int]) -> int:
    """A combination as it is stored."""
    return sum(colour << 2 * place[system] for system, colour in enumerate(colours))


def _groups(told: Ledger, day: Day, place: Sequence[int]) -> np.ndarray:
    same = Counter((r.leaf, place[r.system], r.colour, list(OVERDUE).index(r.bucket), r.today, r.authority, r.owner)
                   for r in told.rows[day])  # fmt: skip
    same.update({(leaf, place[system], 0, 0, 0, 0, 0): n for (system, leaf), n in told.green[day].items()})
    return np.array(sorted((*key, n) for key, n in same.items()), GROUP)


def _combinations(told: Ledger, day: Day, place: Sequence[int]) -> np.ndarray:
    return np.array(sorted((leaf, bits(c, place), n) for (leaf, c), n in told.people[day].items()), COMBINATION)


def _tickets(rows: Sequence[Row], day: Day, place: Sequence[int]) -> np.ndarray:
    listed = [(at, row) for at, row in enumerate(rows) if row.flags]
    made = np.zeros(len(listed), TICKET)
    for to, (at, row) in enumerate(listed):
        due = None if row.late is None else day - dt.timedelta(days=row.late)
        values: Mapping[str, int] = {
            "id": 1 + row.person * 8 + row.system, "person": 77 + row.person, "leaf": row.leaf, "row": at + 2,
            "system": place[row.system], "colour": row.colour, "colours": bits(row.colours, place),
            "flags": sum(1 << list(EXCEPTIONS).index(flag) for flag in row.flags),
            "since": number(row.since), "ends": number(row.since + dt.timedelta(days=14)), "due": number(due),
            "evidence_day": number(row.since), "negative": number(due), "positive": number(None),
            "contact": number(None), "clause": 1, "identity": 1 + list(IDENTITIES).index("close_contact"),
            "authority": row.authority, "operator": 1, "evidence": 0 if "no_evidence" in row.flags else 1, "batch": 1,
            "group": row.group, "owner": row.owner, "registered": -2, "harm": row.harm,
            "deadline": number(row.deadline),
        }  # fmt: skip
        for name, value in values.items():
            made[name][to] = value
    assert max(row.harm for row in rows) <= len(HARMS)
    return made[np.argsort(made["leaf"], kind="stable")]


NOTICE = Notice(
    "N1", "notices", "安防指〔2022〕1号", "关于密切接触者赋码的通告", "安城市指挥部", Day(2022, 1, 1), Day(2022, 1, 1),
    None, "area", ("990000",), "red", "henan-2", "密切接触者赋红码。",
)  # fmt: skip


def write(
    store: Store, made: Sequence[CodeDay], notices: Sequence[Notice] = (), known: dt.datetime | None = None
) -> None:
    """One load a code day, then one of the notices."""
    for each in made:
        file, digest = f"{each.day}.csv", "0" * 64
        with store.loading(source=each.source, kind="assignments", file=file, sha256=digest, known=known) as load:
            load.code_day(each)
            load.close(rows=1, taken=1, rejected=0, aside=0, first_day=each.day, last_day=each.day)
    if notices:
        with store.loading(source="notices", kind="notices", file="notices.csv", sha256="1" * 64, known=known) as load:
            load.notices(notices)
            load.close(rows=1, taken=1, rejected=0, aside=0, first_day=DAYS[0], last_day=DAYS[0])
