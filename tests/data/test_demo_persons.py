"""The demo city's ledgers of persons, its notices and its packs: read as they were delivered, they say what is true."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections import Counter
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data.city import City, read_city
from data.demo import simulate
from data.demo.clauses import CLAUSES
from data.rules import city_rulebook
from data.terms import EXCEPTIONS, OVERDUE

COLOURS = {"绿码": "green", "黄码": "yellow", "红码": "red"}
SYSTEMS = ["city", "province", "travel"]


class Delivered:
    """The files of a simulated town."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.truth: dict[str, Any] = json.loads((folder / "truth.json").read_text("utf-8"))

    @cached_property
    def city(self) -> City:
        """The city file."""
        return read_city(self.folder / "city.toml")

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The ledger of assignments, all days, headings as fields; ``file``: day of the file; ``open``: not green and
        not taken back."""
        headings = {heading: field for field, heading in self.city.source("assignments").columns.items()}
        parts = [pd.read_parquet(path) for path in sorted((self.folder / "deliveries/assignments").glob("*.parquet"))]
        rows = pd.concat(parts, ignore_index=True).astype(object).rename(columns=headings)
        rows = rows.where(rows.notna(), None)
        rows["colour"] = rows["status"].map(COLOURS)
        rows["district"] = rows["code"].str[:6]
        rows["open"] = (rows["colour"] != "green") & rows["cleared"].isna()
        return rows

    def ledger(self, name: str) -> pd.DataFrame:
        """One of the other ledgers, all files in the order delivered."""
        parts = [pd.read_parquet(path) for path in sorted((self.folder / "deliveries" / name).glob("*.parquet"))]
        return pd.concat(parts, ignore_index=True).astype(object)

    def texts(self, name: str) -> list[list[dict[str, str]]]:
        """Rows of each CSV of a source, in the order delivered."""
        paths = sorted((self.folder / "deliveries" / name).glob("*.csv"))
        return [list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))) for path in paths]

    def last(self, fault: str) -> pd.DataFrame:
        """Open rows on the last day of the persons planted for a fault."""
        rows = self.rows[(self.rows["day"] == self.days[-1]) & self.rows["open"]]
        return rows[rows["person"].isin(self.truth["planted"][fault]["last_day"])]

    @property
    def days(self) -> list[str]:
        """Days of the ledger of assignments."""
        days: list[str] = self.truth["assignments"]["days"]
        return days

    def by_day(self, keys: list[Any]) -> dict[tuple[str, ...], list[int]]:
        """(day, word, ..) of things -> words -> numbers by day."""
        found: dict[tuple[str, ...], list[int]] = {}
        for (day, *words), n in Counter(map(tuple, keys)).items():
            found.setdefault(tuple(words), [0] * len(self.days))[self.days.index(day)] += n
        return found


def flat(tree: Any, *above: str) -> dict[tuple[str, ...], list[int]]:
    """Words one in another -> numbers, as words -> numbers."""
    if isinstance(tree, list):
        return {above: tree}
    return {key: numbers for word, part in tree.items() for key, numbers in flat(part, *above, word).items()}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Delivered:
    return Delivered(simulate("town", 1, tmp_path_factory.mktemp("town"), lambda *_: None).parent)


# --- assignments ---------------------------------------------------------------------------------


def test_open_rows_add_up(town: Delivered) -> None:
    rows = town.rows[town.rows["open"]]
    found = town.by_day(rows[["day", "system", "colour", "district"]].to_numpy().tolist())
    assert found == flat(town.truth["assignments"]["open"])


def test_assigned_and_cleared_add_up(town: Delivered) -> None:
    rows = town.rows
    fresh = rows[rows["open"] & (rows["since"] == rows["day"])]
    gone = rows[rows["cleared"].notna()]
    assert (gone["cleared"] == gone["day"]).all()
    for key, part in (("assigned", fresh), ("cleared", gone)):
        found = town.by_day(part[["day", "system", "district"]].to_numpy().tolist())
        assert found == flat(town.truth["assignments"][key]), key


def test_combinations_add_up(town: Delivered) -> None:
    standing = town.rows[town.rows["cleared"].isna()]
    assert not standing.duplicated(["day", "person", "system"]).any()
    wide = standing.pivot(index=["day", "person"], columns="system", values="colour").fillna("none")
    keys = [
        (str(day), "/".join(colours))
        for (day, _), colours in zip(wide.index, wide[SYSTEMS].to_numpy(), strict=True)
        if set(colours) - {"green", "none"}
    ]
    assert town.by_day(keys) == flat(town.truth["assignments"]["combinations"])


def test_every_person_is_there_for_a_reason(town: Delivered) -> None:
    """No day names somebody who is green everywhere and was so the day before."""
    reason = (town.rows["colour"] != "green").groupby([town.rows["day"], town.rows["person"]]).any()
    assert reason.all()


def test_pseudonyms_are_alike_and_stay_in_one_place(town: Delivered) -> None:
    assert town.rows["person"].str.fullmatch("[0-9a-f]{16}").all()
    assert town.rows.groupby("person")[["code", "registered"]].nunique().to_numpy().max() == 1


def test_status_by_cell_holds_everybody_of_the_ledger(town: Delivered) -> None:
    rows = town.rows[town.rows["open"] & (town.rows["system"] == "city")]
    told = town.by_day(rows[["day", "district"]].to_numpy().tolist())
    first = town.truth["days"].index(town.days[0])
    for (district,), numbers in told.items():
        status = [town.truth["codes"][colour][district][first:] for colour in ("yellow", "red")]
        assert all(n <= yellow + red for n, yellow, red in zip(numbers, *status, strict=True)), district


def test_every_age_and_flag_is_there_on_the_last_day(town: Delivered) -> None:
    figures = town.truth["assignments"]
    for age in OVERDUE:
        assert all(sum(numbers[-1] for numbers in figures["overdue"][s][age].values()) for s in SYSTEMS), age
    for flag in EXCEPTIONS:
        assert sum(numbers[-1] for numbers in flat(figures["flags"][flag]).values()), flag
    assert all(any(numbers) for numbers in figures["harms"].values())


def test_every_overdue_row_has_an_owner(town: Delivered) -> None:
    figures = town.truth["assignments"]
    owned = [sum(each) for each in zip(*figures["owners"].values(), strict=True)]
    assert owned == [sum(each) for each in zip(*flat(figures["flags"]["overdue"]).values(), strict=True)]
    assert {owner.split("\t")[1] for owner in figures["owners"]} >= {"assigner", "system"}


# --- what was planted ----------------------------------------------------------------------------


def test_the_burst_shares_what_is_no_matter_of_health(town: Delivered) -> None:
    rows = town.last("burst")
    assert len(rows) == 66
    assert rows[["system", "authority", "since", "group", "colour"]].drop_duplicates().shape[0] == 1
    assert rows["evidence"].isna().all()
    assert rows["batch"].isna().all()
    assert rows["group"].notna().all()


def test_the_stuck_never_met_the_infection(town: Delivered) -> None:
    rows = town.last("stuck")
    assert (rows["colour"] == "yellow").all()
    assert rows["person"].nunique() == 25
    assert rows["contact"].isna().all()
    last = dt.date.fromisoformat(town.days[-1])
    over = [(last - dt.date.fromisoformat(day)).days - 7 for day in rows["since"]]
    assert min(over) > 20
    stays = town.ledger("stays")
    seen = stays[stays["人员假名"].isin(rows["person"])].merge(rows, left_on="人员假名", right_on="person")
    assert len(seen)
    assert (pd.to_datetime(seen["since"]) - pd.to_datetime(seen["日期"]) > dt.timedelta(days=14)).all()


def test_all_conflicts_are_there(town: Delivered) -> None:
    rows = town.rows[(town.rows["day"] == town.days[-1]) & town.rows["cleared"].isna()]
    rows = rows[rows["person"].isin(town.truth["planted"]["conflict"]["last_day"])]
    wide = rows.pivot(index="person", columns="system", values="colour")
    found = {tuple(colours) for colours in wide[SYSTEMS].to_numpy()}
    assert found == {each for each in product(COLOURS.values(), repeat=3) if len(set(each)) > 1}


def test_rules_and_rights_are_as_planted(town: Delivered) -> None:
    book = city_rulebook(town.city)
    for fault, wrong in (("rule_not_in_force", True), ("late", False), ("blanket", False)):
        for rule, since in town.last(fault)[["rule", "since"]].drop_duplicates().to_numpy().tolist():
            pack = book.find(rule.split("/")[0])
            holds = pack is not None and book.holds(pack, dt.date.fromisoformat(since), "990101")
            assert holds is not wrong, rule
    assigners = {system.id: set(system.assigners) for system in town.city.systems}
    rows = town.rows[town.rows["open"]]
    foreign = [authority not in assigners[system] for system, authority in rows[["system", "authority"]].to_numpy()]
    assert set(rows["authority"][foreign].str[-3:]) == {"办事处"}


def test_some_were_cleared_and_some_never(town: Delivered) -> None:
    planted = town.truth["planted"]
    assert planted["late"]["people"] > len(planted["late"]["last_day"]) > 0
    assert planted["blanket"]["people"] == 40
    assert len(planted["blanket"]["last_day"]) == 16


# --- the other ledgers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "heading", "words"),
    [
        ("tests", "检测结果", {"tests_taken": ("阴性", "阳性"), "tests_positive": ("阳性",)}),
        ("contacts", "接触类型", {"contacts_close": ("密接",), "contacts_secondary": ("次密接",)}),
        ("stays", "", {"stays": ()}),
    ],
)
def test_ledgers_add_up(town: Delivered, name: str, heading: str, words: dict[str, tuple[str, ...]]) -> None:
    rows = town.ledger(name)
    rows = rows[rows["日期"].isin(town.truth["days"])]
    for count, kinds in words.items():
        these = rows[rows[heading].isin(kinds)] if heading else rows
        found = Counter(zip(these["社区编码"].str[:6], these["日期"], strict=True))
        known = town.truth["histories"][count]
        assert found == +Counter(
            {(c, d): n for c, by_day in known.items() for d, n in zip(town.truth["days"], by_day, strict=True)}
        ), count


def test_isolation_adds_up(town: Delivered) -> None:
    path = max((town.folder / "deliveries/isolation").glob("*.parquet"))
    rows = pd.read_parquet(path).astype(object)
    end = rows["结束日期"].where(rows["结束日期"].notna(), town.days[-1])
    for count, kind in (("isolated_central", "集中隔离"), ("isolated_home", "居家隔离")):
        for code, by_day in town.truth["histories"][count].items():
            mine = (rows["隔离方式"] == kind) & (rows["社区编码"].str[:6] == code)
            for day in (town.days[0], town.days[-1]):
                stands = mine & (rows["开始日期"] <= day) & (end >= day)
                assert stands.sum() == by_day[town.truth["days"].index(day)]


def test_presence_adds_up(town: Delivered) -> None:
    code = town.truth["blanket"]["district"]
    rows = [row for file in town.texts("presence") for row in file]
    codes = (town.folder / "codes/district.csv").read_text("utf-8-sig")
    name = {row["代码"]: row["名称"] for row in csv.DictReader(io.StringIO(codes))}
    for day, known in town.truth["presence"].items():
        here = [row for row in rows if row["日期"] == day]
        hit = [row for row in here if row["户籍地"] == name[code]]
        assert sum(int(row["人数"]) for row in here if row["人在市外"] == "否") == known["in_city"] == 600_000
        assert sum(int(row["人数"]) for row in hit) == known["hit"]
        assert sum(int(row["人数"]) for row in hit if row["有暴露"] == "是") == known["hit_exposed"]
        assert sum(int(row["人数"]) for row in hit if row["人在市外"] == "是") == known["hit_outside_city"]
        away = [row for row in hit if row["社区编码"] and not row["社区编码"].startswith(code)]
        assert sum(int(row["人数"]) for row in away) == known["hit_in_other_districts"]


# --- notices and rules ---------------------------------------------------------------------------


def test_notices_as_last_delivered(town: Delivered) -> None:
    latest: dict[str, list[dict[str, str]]] = {}
    for file in town.texts("notices"):
        told: dict[str, list[dict[str, str]]] = {}
        for row in file:
            told.setdefault(row["文号"], []).append(row)
        latest |= told
    assert latest.keys() == town.truth["notices"].keys()
    for number, rows in latest.items():
        known = town.truth["notices"][number]
        stop = (dt.date.fromisoformat(known["stop"]) - dt.timedelta(days=1)).isoformat() if known["stop"] else ""
        assert {row["截止日期"] for row in rows} == {stop}
        assert sorted(row["区域"] for row in rows) == known["areas"]
        assert {(row["开始日期"], row["规则包"]) for row in rows} == {(known["start"], known["rule"])}


def test_the_blanket_order_is_open_until_it_is_lifted(town: Delivered) -> None:
    blanket = town.truth["blanket"]
    number = next(n for n, known in town.truth["notices"].items() if known["rule"] == "demo_order")
    told = [row["截止日期"] for file in town.texts("notices") for row in file if row["文号"] == number]
    last = dt.date.fromisoformat(blanket["end"]) - dt.timedelta(days=1)
    assert told == ["", last.isoformat()]
    assert town.truth["notices"][number]["areas"] == [blanket["district"]]


def test_every_notice_enacts_a_pack(town: Delivered) -> None:
    book = city_rulebook(town.city)
    for number, known in town.truth["notices"].items():
        pack = book.find(known["rule"])
        held = pack is not None and book.holds(pack, dt.date.fromisoformat(known["start"]))
        assert held is (known["colour"] != "green"), number


def test_packs_say_what_the_simulator_does(town: Delivered) -> None:
    book = city_rulebook(town.city)
    for clause in CLAUSES:
        told = book.clause(clause.word)
        assert told is not None
        assert (told.colour, told.days, told.tests, told.next) == (
            clause.colour,
            clause.days,
            clause.tests,
            clause.next,
        )
        assert told.no_contact is told.tests
    start = dt.date.fromisoformat(town.truth["days"][0])
    assert [pack.id for pack in book.in_force(start, "990101")] == ["demo_codes", "demo_zones"]
    blanket = dt.date.fromisoformat(town.truth["blanket"]["start"])
    assert "demo_order" in [pack.id for pack in book.in_force(blanket, "990101")]


def test_some_lockdowns_are_forgotten(town: Delivered) -> None:
    zones = town.truth["zones"]
    assert zones["forgotten"]
    assert set(zones["forgotten"]) <= {id_ for id_, kind, *_ in zones["stays"] if kind == "lockdown"}
