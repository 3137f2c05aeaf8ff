"""The ledger of assignments: a file a day, of everybody whose code is not green in at least one system."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.demo import columns
from data.demo.areas import Town
from data.demo.geography import Scale
from data.demo.measures import Measures
from data.demo.moments import Calendar
from data.demo.offices import SYSTEMS, Offices
from data.demo.records import GREEN, GROUPS, HARM, IDENTITY, NEVER, NO_DAY, ROW, Assigned, Records
from data.demo.register import Register
from data.demo.verdicts import Clerk, Day
from data.terms import CODES, HARMS, IDENTITIES

Ints = NDArray[np.int64]

#: Last days of which the ledger tells.
WINDOW: dict[Scale, int] = {"town": 28, "city": 7, "megacity": 3, "province": 7}
HISTORY = 7  # days between the files of tests, isolation, contacts and stays
ELSEWHERE = "外省市"


def window(town: Town, scale: Scale) -> range:
    """The days of the ledger."""
    return range(town.size.days - WINDOW[scale], town.size.days)


def told(days: range) -> list[int]:
    """Days on whose evening the ledgers of tests and the like come: the first, then weekly to the last."""
    return sorted({days.start, *range(days[-1], days.start, -HISTORY)})


def write_assignments(
    town: Town, found: Measures, assigned: Assigned, days: range, calendar: Calendar, folder: Path
) -> Register:
    """Writes ``folder`` and returns the figures that the ledger comes to."""
    folder.mkdir(parents=True)
    desk = Offices(town)
    clerk, register = Clerk(town, found, assigned, desk), Register(town, assigned, desk, days)
    for day in days:
        judged = clerk.day(day, max(each for each in told(days) if each <= day))
        register.note(day, judged)
        path = folder / f"assignments_{calendar.moment(day, 23, 50)}.parquet"
        columns.write(path, _columns(town, desk, assigned, judged, day, calendar))
    return register


def _rows(assigned: Assigned, judged: Day) -> Records:
    """What stands, what was taken back, and the green of those who have another colour elsewhere or had one."""
    told = np.concatenate([judged.open, judged.cleared])
    standing = {(p, s) for p, s in zip(judged.open["person"].tolist(), judged.open["system"].tolist(), strict=True)}
    holds = assigned.people["holds"]
    green = [
        (person, system)
        for person in np.unique(told["person"]).tolist()
        for system in range(len(SYSTEMS))
        if holds[person] >> system & 1 and (person, system) not in standing
    ]
    rest = np.zeros(len(green), ROW)
    rest["person"], rest["system"] = np.array(green, dtype=np.int64).reshape(-1, 2).T
    rest["colour"], rest["cleared"] = GREEN, NEVER
    every = np.concatenate([told, rest])
    return every[np.lexsort((every["colour"], every["system"], assigned.people["id"][every["person"]]))]


def _columns(
    town: Town, desk: Offices, assigned: Assigned, judged: Day, day: int, calendar: Calendar
) -> dict[str, Any]:
    rows = _rows(assigned, judged)
    people = assigned.people[rows["person"]]
    open_ = rows["colour"] != GREEN
    contact = people["contact"]
    return {
        "日期": columns.days(np.full(len(rows), day), calendar),
        "码系统": columns.words(rows["system"], SYSTEMS),
        "人员假名": columns.pseudonyms(people["id"]),
        "码色": columns.words(rows["colour"], [term.zh for term in CODES.values()]),
        "赋码日期": columns.days(rows["since"], calendar, open_),
        "转码日期": columns.days(rows["cleared"], calendar, rows["cleared"] == day),
        "身份": _stated(rows["identity"], open_, [IDENTITIES[i].zh for i in IDENTITY[1:]]),
        "赋码规则": _stated(rows["word"], open_, assigned.words[1:]),
        "依据": columns.numbered(np.where(open_, rows["evidence"], 0), "LD-{:06}"),
        "依据日期": columns.days(rows["evidence_day"], calendar, open_ & (rows["evidence_day"] != NO_DAY)),
        "赋码单位": columns.words(np.where(open_, rows["authority"], -1), desk.names),
        "操作账号": columns.numbered(np.where(open_, rows["operator"], 0), "T{}"),
        "批次": columns.numbered(np.where(open_, rows["batch"], 0), "P{:04}"),
        "户籍地": _registered(town, people["registered"]),
        "社会属性": _stated(rows["group"], open_, GROUPS[1:]),
        "影响事项": _stated(rows["harm"], open_, [HARMS[h].zh for h in HARM[1:]]),
        "事项日期": columns.days(rows["deadline"], calendar, open_ & (rows["harm"] > 0)),
        "最近接触日期": columns.days(contact, calendar, open_ & (contact != NO_DAY) & (contact <= day)),
        **columns.places(town, people["place"]),
    }


def _stated(index: Any, open_: Any, of: Sequence[str]) -> Any:
    """Words numbered from 1; 0 and green rows state nothing."""
    return columns.words(np.where(open_, index.astype(np.int32), 0) - 1, of)


def _registered(town: Town, district: Any) -> Any:
    names = [*(name.zh for name in town.districts.names), ELSEWHERE]
    return columns.words(np.where(district < 0, len(names) - 1, district), names)


def headings() -> dict[str, str]:
    """Field -> heading."""
    return {
        "day": "日期", "system": "码系统", "person": "人员假名", "status": "码色", "since": "赋码日期",
        "cleared": "转码日期", "identity": "身份", "rule": "赋码规则", "evidence": "依据", "evidence_day": "依据日期",
        "authority": "赋码单位", "operator": "操作账号", "batch": "批次", "registered": "户籍地", "group": "社会属性",
        "harm": "影响事项", "deadline": "事项日期", "contact": "最近接触日期", "code": "社区编码", "cell": "网格编号",
    }  # fmt: skip
