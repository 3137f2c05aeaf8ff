"""The case ledgers: the city's daily line list and some districts' own weekly tables.

Here the ugly parts are made: late rows, corrections, places that are missing, vague, misspelt or
unknown, a day that never comes. What a perfect reader must end up with is known before a file is written.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import xlsxwriter
from numpy.typing import NDArray

from data.demo.addresses import points, to_gcj
from data.demo.areas import Town
from data.demo.epidemic import Outbreak
from data.demo.moments import Calendar
from data.demo.names import misspelt
from data.demo.terrain import rng

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

#: How a row says where: (word, chance). The last three are bad rows.
HOW = (
    ("point", 0.705),
    ("community", 0.14),
    ("street", 0.075),
    ("district", 0.025),
    ("alias", 0.03),
    ("nowhere", 0.010),
    ("bad_day", 0.008),
    ("bad_point", 0.007),
)
WORDS = [word for word, _ in HOW]
FIRST_BAD = WORDS.index("nowhere")
LATE = (0.85, 0.09, 0.04, 0.02)  # delivered with the own day's file, or one to three days later
FILE_ROWS = 14  # a file has at most one bad row in so many, so that none is refused for its share of them
WRONG_DAY = 0.01  # first delivered under the day before, corrected two files later
NOWHERE = ("待核实", "外地来访", "不详", "在途货车")
STATUS = ("case", "asymptomatic", "reclassified")
SPELLED = {"case": ("确诊", "确诊病例"), "asymptomatic": ("无症状", "无症状感染者")}
TURNED = "转为确诊"  # a correction's word for a person first told as asymptomatic
HEADINGS = ("编号", "日期", "区", "街道", "社区", "经度", "纬度", "类别")
BAD_DAYS = ("2026-02-30", "昨日", "2026年13月1日")
WINDOW = 14  # days a district's weekly table looks back: longer than any correction


@dataclass(frozen=True, eq=False)
class Cases:
    """Found people as the ledgers deliver them. (n,) arrays over found people, in order of finding.

    ``how``: index into WORDS; ``file``: day whose file brings the row; ``wrong``: first came under the
    day before; ``turn_file``: day whose file brings the re-classification (-1 none); ``own``: told by the
    district's own table; ``lost``: never delivered; ``points``: (n, 2) WGS-84; ``missing``: the day
    whose file never comes.
    """

    person: Ints
    day: Ints
    place: Ints
    symptomatic: Bools
    turned: Ints
    how: Ints
    file: Ints
    wrong: Bools
    turn_file: Ints
    own: Bools
    lost: Bools
    points: Floats
    ids: list[str]
    missing: int
    tables: tuple[int, ...]

    @property
    def accepted(self) -> Bools:
        """(n,) whether the person is in the product after the last file."""
        return ~self.lost & (self.own | (self.how < FIRST_BAD))

    def told(self) -> tuple[Ints, Ints, Ints]:
        """What is told after the last file, a figure a row: index of the person, day, index into STATUS.

        The line list tells each accepted person once, with the status of the last correction. A district's
        table counts as is usual: asymptomatic people stay so on their day; one re-classified later is a
        case of that day, and noted among the re-classified.
        """
        turned = self.turn_file >= 0
        status = np.where(self.symptomatic | (turned & ~self.own), 0, 1)
        one = np.flatnonzero(self.accepted)
        again = np.flatnonzero(self.accepted & turned & self.own)
        who = np.r_[one, again, again]
        kinds = np.r_[status[one], np.full(again.size, 0), np.full(again.size, 2)]
        return who, np.r_[self.day[one], self.turned[again], self.turned[again]], kinds

    def precision(self) -> Ints:
        """(n,) 0 to cell or community, 1 to the street, 2 to the district only."""
        street = np.isin(self.how, [WORDS.index("street"), WORDS.index("alias")])
        listed = np.where(self.how == WORDS.index("district"), 2, np.where(street, 1, 0))
        return np.where(self.own, np.where(self.how == WORDS.index("district"), 2, 1), listed)


def make_cases(town: Town, outbreak: Outbreak) -> Cases:
    """Decides for every found person how, when and whether the record comes."""
    random = rng(town.seed, "cases")
    days = outbreak.days
    person = np.flatnonzero(outbreak.found >= 0)
    person = person[np.lexsort((random.random(person.size), outbreak.found[person]))]
    day, place = outbreak.found[person], outbreak.place[person]
    tables = own_tables(town)
    own = np.isin(town.place_district[place], tables)
    where = points(town, place, random)
    missing = int(0.55 * days)
    turned = outbreak.turned[person]
    file = np.where(own, day, _skip(day + random.choice(4, day.size, p=LATE), missing))
    lost = ~own & ((day == missing) | (file >= days))
    how = _how(town, file, place, ~own & ~lost, where, random)
    later = np.where(own, turned, _skip(np.maximum(turned, file + 1), missing))
    turn_file = np.where(turned >= 0, later, -1)
    turn_file[(turn_file >= days) | lost | (~own & (how >= FIRST_BAD))] = -1
    wrong = (random.random(day.size) < WRONG_DAY) & (turn_file < 0) & ~own & (how < FIRST_BAD) & (day > 0)
    wrong &= (_skip(file + 2, missing) < days) & (day - 1 != missing) & ~lost
    return Cases(
        person,
        day,
        place,
        outbreak.symptomatic[person],
        turned,
        how,
        file,
        wrong,
        turn_file,
        own,
        lost,
        where,
        _ids(person.size, random),
        missing,
        tables,
    )


def own_tables(town: Town) -> tuple[int, ...]:
    """Districts that keep an own table: in larger cities two."""
    return (2,) if len(town.districts) < 8 else (3, 5)


def _skip(file: Ints, missing: int) -> Ints:
    return np.where(file == missing, file + 1, file)


def _how(town: Town, file: Ints, place: Ints, listed: Bools, where: Floats, random: np.random.Generator) -> Ints:
    """(n,) index into WORDS, such that no row says what it cannot and no file has too many bad rows."""
    how = random.choice(len(HOW), file.size, p=[chance for _, chance in HOW])
    how[_too_many(how >= FIRST_BAD, np.where(listed, file, -1))] = WORDS.index("point")
    street = town.communities.parent[town.place_community[place]]
    slips = np.array([misspelt(name.zh) is not None for name in town.streets.names])
    how[(how == WORDS.index("alias")) & ~slips[street]] = WORDS.index("street")
    pointed = np.isin(how, [WORDS.index("point"), WORDS.index("bad_point")])
    how[pointed & np.isnan(where[:, 0])] = WORDS.index("community")
    return how


def _too_many(bad: Bools, file: Ints) -> Bools:
    """(n,) the bad rows of each file beyond one in FILE_ROWS; file -1: in none."""
    rows = np.bincount(file + 1)
    marks = np.flatnonzero(bad)
    marks = marks[np.argsort(file[marks], kind="stable")]
    rank = np.arange(marks.size) - np.searchsorted(file[marks], file[marks])
    over = np.zeros(bad.size, dtype=bool)
    over[marks[(rank >= rows[file[marks] + 1] // FILE_ROWS) | (file[marks] < 0)]] = True
    return over


def _ids(count: int, random: np.random.Generator) -> list[str]:
    return [f"P{number:08X}" for number in random.choice(1 << 32, count, replace=False)]


def write_line_list(town: Town, cases: Cases, calendar: Calendar, folder: Path) -> dict[str, int]:
    """One CSV a day but the missing one, some in gb18030. Returns bad rows by file name."""
    folder.mkdir(parents=True)
    random = rng(town.seed, "line list")
    lonlat = np.round(to_gcj(cases.points), 6)
    rejects = {}
    for day in (d for d in range(town.size.days) if d != cases.missing):
        rows, bad = _rows_of(town, cases, calendar, lonlat, day, random)
        path = folder / f"cases_{calendar.morning(day)}.csv"
        text = io.StringIO(newline="")
        csv.writer(text).writerows([HEADINGS, *rows])
        path.write_bytes(text.getvalue().encode("gb18030" if day % 4 == 1 else "utf-8-sig"))
        if bad:
            rejects[path.name] = bad
    return rejects


def _rows_of(
    town: Town, cases: Cases, calendar: Calendar, lonlat: Floats, day: int, random: np.random.Generator
) -> tuple[list[list[str]], int]:
    """The rows of one day's file, and how many of them are bad."""
    listed = ~cases.own & ~cases.lost
    fresh = np.flatnonzero(listed & (cases.file == day)).tolist()
    rows = [
        _row(
            town,
            cases,
            calendar,
            lonlat,
            i,
            int(cases.day[i] - cases.wrong[i]),
            _first_status(cases, i),
            random,
        )
        for i in fresh
    ]
    mended = _skip(cases.file + 2, cases.missing)
    again = np.flatnonzero(listed & cases.wrong & (mended == day)).tolist()
    rows += [_row(town, cases, calendar, lonlat, i, int(cases.day[i]), _first_status(cases, i), random) for i in again]
    turned = np.flatnonzero(listed & (cases.turn_file == day)).tolist()
    rows += [_row(town, cases, calendar, lonlat, i, int(cases.day[i]), TURNED, random) for i in turned]
    return rows, int((cases.how[fresh] >= FIRST_BAD).sum())


def _first_status(cases: Cases, i: int) -> str:
    return STATUS[0 if cases.symptomatic[i] else 1]


def _row(
    town: Town,
    cases: Cases,
    calendar: Calendar,
    lonlat: Floats,
    i: int,
    day: int,
    status: str,
    random: np.random.Generator,
) -> list[str]:
    how = WORDS[cases.how[i]]
    date = str(random.choice(BAD_DAYS)) if how == "bad_day" else calendar.day(day)
    point = ["", ""]
    if how == "point":
        point = [f"{value:.6f}" for value in lonlat[i]]
    elif how == "bad_point":
        point = [f"{lonlat[i][0] + 100:.6f}", f"{lonlat[i][1]:.6f}"]
    word = SPELLED[status][int(cases.person[i]) % 2] if status in SPELLED else status
    return [cases.ids[i], date, *_place_words(town, int(cases.place[i]), how, random), *point, word]


def _place_words(town: Town, place: int, how: str, random: np.random.Generator) -> list[str]:
    """District, street and community as the row spells them."""
    community = int(town.place_community[place])
    street = int(town.communities.parent[community])
    district = town.districts.names[town.streets.parent[street]].zh
    words = [district, town.streets.names[street].zh, town.communities.names[community].zh]
    if how == "nowhere":
        return [str(random.choice(NOWHERE)), "", ""]
    if how == "alias":
        return [district, misspelt(words[1]) or words[1], ""]
    kept = {"street": 2, "district": 1, "bad_point": 0}.get(how, 3)
    return words[:kept] + [""] * (3 - kept)


def write_tables(town: Town, cases: Cases, calendar: Calendar, folder: Path) -> dict[str, int]:
    """The districts' weekly Excel tables, one folder a district. Returns bad cells by file name."""
    rejects: dict[str, int] = {}
    for district in cases.tables:
        own = folder / f"cases_{town.districts.codes[district]}"
        own.mkdir(parents=True)
        ends = [*range(6, town.size.days - 1, 7), town.size.days - 1]
        for number, last in enumerate(ends):
            path = own / f"table_{calendar.evening(last)}.xlsx"
            spoil = number % 3 == 1 and last != ends[-1]
            _write_table(path, _table(town, cases, district, last), calendar, spoil)
            if spoil:
                rejects[f"{own.name}/{path.name}"] = 2
    return rejects


def _table(town: Town, cases: Cases, district: int, last: int) -> list[tuple[int, str, list[int]]]:
    """(day, street name or '', [case, asymptomatic, reclassified]) as known on the evening of ``last``."""
    who, day, status = cases.told()
    mine = cases.own[who] & (town.place_district[cases.place[who]] == district)
    who, day, status = who[mine], day[mine], status[mine]
    street = town.communities.parent[town.place_community[cases.place[who]]]
    street = np.where(cases.precision()[who] == 2, -1, street)
    rows = []
    for d in range(max(0, last - WINDOW + 1), last + 1):
        for s in [*np.flatnonzero(town.streets.parent == district), -1]:
            counts = np.bincount(status[(day == d) & (street == s)], minlength=3).tolist()
            rows.append((d, town.streets.names[s].zh if s >= 0 else "", counts))
    return rows


def _write_table(path: Path, rows: list[tuple[int, str, list[int]]], calendar: Calendar, spoil: bool) -> None:
    with xlsxwriter.Workbook(path) as book:
        book.set_properties({"created": calendar.date(0), "comments": "模拟数据 simulated"})
        sheet = book.add_worksheet("日报")
        form = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["日期", "街道", "确诊病例", "无症状感染者", "转归"])
        for line, (day, street, counts) in enumerate(rows, 1):
            sheet.write_datetime(line, 0, calendar.date(day), form)
            sheet.write_row(line, 1, [street, *counts])
        if spoil:
            sheet.write_string(len(rows), 3, "约3")
            sheet.write_number(len(rows) - 1, 2, -1)
        total = np.sum([counts for *_, counts in rows], axis=0).tolist()
        sheet.write_datetime(len(rows) + 1, 0, calendar.date(rows[-1][0]), form)
        sheet.write_row(len(rows) + 1, 1, ["合计", *total])


def aliases(town: Town) -> dict[str, str]:
    """``district/misspelt street`` -> official name: what a careful clerk would put into city.toml."""
    return {
        f"{town.districts.names[d].zh}/{slip}": name.zh
        for name, d in zip(town.streets.names, town.streets.parent, strict=True)
        if (slip := misspelt(name.zh)) is not None
    }
