"""The demo city through the whole product: what the page would say equals what the simulator knows."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dashboard.queries import Answer, Desk, Viewer
from dashboard.queries.codes import CodeDesk, Wanted
from dashboard.queries.flows import FlowDesk
from dashboard.queries.policy import PolicyDesk
from dashboard.queries.risk import RiskDesk
from data.city import read_city
from data.demo import simulate
from data.store import Store, sqlite_url
from grid.build import Built, build
from grid.cube import Cube

VIEWER = Viewer()


@dataclass(frozen=True)
class Town:
    desk: Desk
    truth: dict[str, Any]
    built: Built

    @property
    def days(self) -> list[dt.date]:
        return [dt.date.fromisoformat(day) for day in self.truth["days"]]

    def ask(self, measure: str, **asked: Any) -> list[Answer]:
        return self.desk.ask(VIEWER, measure, days=self.days, **asked)

    def numbers(self, measure: str, level: str) -> dict[str, list[float]]:
        """code -> value by day; what is not reported counts as none."""
        found: dict[str, list[float]] = {}
        for answer in self.ask(measure, level=level):
            found.setdefault(answer.area, []).append(answer.value or 0)
        return found


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    file = simulate("town", 1, folder / "city", lambda *_: None)
    city, store = read_city(file), Store.create(sqlite_url(folder / "town.db"))
    built = build(store, city, "secret")
    truth = json.loads((Path(file).parent / "truth.json").read_text("utf-8"))
    yield Town(Desk(Cube(store, city)), truth, built)
    store.close()


def test_every_delivery_is_taken(town: Town) -> None:
    assert [outcome.error for outcome in town.built.outcomes if outcome.error] == []


@pytest.mark.parametrize("level", ["district", "street"])
@pytest.mark.parametrize(
    ("measure", "status"), [("cases", ("case", "reclassified")), ("asymptomatic", ("asymptomatic",))]
)
def test_cases_equal_the_simulators_truth(town: Town, level: str, measure: str, status: tuple[str, ...]) -> None:
    said = {code: days for code, days in town.numbers(measure, level).items() if any(days)}
    known: dict[str, list[int]] = {}
    for name in [s for s in status if measure != "cases" or s == "case"]:
        for code, days in town.truth["cases"][level].get(name, {}).items():
            known[code] = [a + b for a, b in zip(known.get(code, [0] * len(days)), days, strict=True)]
    assert said == known


def test_population_equals_the_register(town: Town) -> None:
    for level, known in town.truth["population"].items():
        answers = town.desk.ask(VIEWER, "population", level=level)
        assert {a.area: a.value for a in answers} == known


@pytest.mark.parametrize("name", ["present", "checkins"])
def test_who_is_there_and_scans_equal_the_simulators_truth(town: Town, name: str) -> None:
    for day, known in town.truth[name].items():
        answers = town.desk.ask(VIEWER, name, level="district", days=[dt.date.fromisoformat(day)])
        assert [answer.value for answer in answers] == known


def test_some_streets_scan_much_less_than_their_like(town: Town) -> None:
    rates = sorted(answer.value or 0 for answer in town.desk.ask(VIEWER, "checkin_rate", level="street"))
    assert rates[1] < 0.5 * rates[len(rates) // 2]
    assert rates[3] > 0.9 * rates[len(rates) // 2]


@pytest.mark.parametrize("colour", ["green", "yellow", "red"])
def test_codes_equal_the_simulators_truth(town: Town, colour: str) -> None:
    assert town.numbers(f"code_{colour}", "district") == town.truth["codes"][colour]


@pytest.mark.parametrize("grade", ["high", "middle", "low"])
def test_risk_lists_equal_the_rule(town: Town, grade: str) -> None:
    said = {code: days for code, days in town.numbers(f"risk_{grade}", "district").items() if any(days)}
    assert said == {code: days for code, days in town.truth["risk"][grade].items() if any(days)}


@pytest.mark.parametrize("kind", ["lockdown", "control"])
def test_zones_in_force_equal_the_rule(town: Town, kind: str) -> None:
    said = [answer.value or 0 for answer in town.ask(f"zone_{kind}_n")]
    assert said == town.truth["zones"][kind]


def test_the_missing_day_is_missing_where_only_the_line_list_tells(town: Town) -> None:
    day = dt.date.fromisoformat(town.truth["missing_day"])
    answers = town.desk.ask(VIEWER, "cases", days=[day], level="district")
    assert "missing" in {answer.state for answer in answers}
    assert not any(answer.value for answer in answers if answer.state == "missing")


def test_every_screen_can_say_that_it_is_simulated(town: Town) -> None:
    assert town.desk.status(VIEWER).simulated


def test_what_was_known_grows_with_the_loads(town: Town) -> None:
    day = town.days[6]
    moments = [dt.datetime.combine(day, dt.time()) + dt.timedelta(days=n) for n in (0, 2, 9)]
    known = [town.desk.ask(VIEWER, "positives", days=[day], as_of=moment)[0].value or 0 for moment in moments]
    assert known == sorted(known)
    assert known[0] < known[-1]


# --- codes ---------------------------------------------------------------------------------------

COLOURS = ("green", "yellow", "red")
#: The first and last day of the ledger, and some between, among them the blanket's first and last.
CODE_DAYS = (0, 4, 12, 13, 20, 27)


@dataclass(frozen=True)
class Codes:
    """The questions about codes, and what is true."""

    town: Town

    @property
    def desk(self) -> CodeDesk:
        return self.town.desk.beside(CodeDesk)

    @property
    def known(self) -> dict[str, Any]:
        known: dict[str, Any] = self.town.truth["assignments"]
        return known

    @property
    def days(self) -> list[dt.date]:
        return [dt.date.fromisoformat(day) for day in self.known["days"]]

    def sum(self, at: int, *words: str) -> int:
        """The number of a day under some words, whatever stands below them."""
        return total(self.known, words, at)


def total(tree: Any, words: tuple[str, ...], at: int) -> int:
    for word in words:
        tree = tree.get(word, {})
    return int(tree[at]) if isinstance(tree, list) else sum(total(part, (), at) for part in tree.values())


@pytest.fixture(scope="module")
def codes(town: Town) -> Codes:
    return Codes(town)


def test_the_ledger_speaks_of_its_days(codes: Codes) -> None:
    assert codes.desk.days(VIEWER) == codes.days


@pytest.mark.parametrize("at", CODE_DAYS)
def test_colours_of_every_system_are_true(codes: Codes, at: int) -> None:
    for line in codes.desk.colours(VIEWER, "city", codes.days[at]) or []:
        id_ = line.system.id
        assert [line.counts[c] for c in COLOURS[1:]] == [codes.sum(at, "open", id_, c) for c in COLOURS[1:]]
        assert (line.assigned, line.cleared) == (codes.sum(at, "assigned", id_), codes.sum(at, "cleared", id_))


@pytest.mark.parametrize("at", CODE_DAYS)
def test_ages_are_true_in_every_district(codes: Codes, at: int) -> None:
    for district in codes.town.truth["population"]["district"]:
        answer = codes.desk.overdue(VIEWER, district, codes.days[at])
        assert answer is not None
        for system, ages in answer.systems:
            assert ages is not None
            assert ages.counts == {age: codes.sum(at, "overdue", system.id, age, district) for age in ages.counts}


@pytest.mark.parametrize("at", CODE_DAYS)
def test_owners_are_true(codes: Codes, at: int) -> None:
    answer = codes.desk.overdue(VIEWER, "city", codes.days[at])
    assert answer is not None
    said = {owner.name: owner.ages.late for owner in answer.owners if owner.ages.late}
    true: Counter[str] = Counter()
    for word, numbers in codes.known["owners"].items():  # "name\tbasis"
        true[word.split("\t")[0]] += numbers[at]
    assert said == dict(+true)
    assert {(owner.name, basis) for owner in answer.owners for basis in owner.bases if owner.ages.late} >= {
        tuple(word.split("\t")) for word, numbers in codes.known["owners"].items() if numbers[at]
    }


@pytest.mark.parametrize("at", CODE_DAYS)
def test_conflicts_are_true(codes: Codes, at: int) -> None:
    answer = codes.desk.conflicts(VIEWER, "city", codes.days[at])
    assert answer is not None
    words = ("none", *COLOURS)
    said = {"/".join(words[c] for c in each): n for each, n in answer.combinations.items() if max(each) > 1}
    assert said == {word: numbers[at] for word, numbers in codes.known["combinations"].items() if numbers[at]}
    assert answer.blocked_by == {s: codes.sum(at, "flags", "single_block", s) for s in answer.blocked_by}


@pytest.mark.parametrize("at", CODE_DAYS)
def test_flags_are_true(codes: Codes, at: int) -> None:
    for district in codes.town.truth["population"]["district"]:
        answer = codes.desk.provenance(VIEWER, district, codes.days[at])
        assert answer is not None
        for flag, said in answer.flags.items():
            by_system = codes.known["flags"].get(flag, {})
            assert said == sum(total(part, (district,), at) for part in by_system.values()), (district, flag)


def test_the_burst_is_found_whole_and_alone(codes: Codes) -> None:
    answer = codes.desk.provenance(VIEWER, "city")
    assert answer is not None
    planted = codes.town.truth["planted"]["burst"]["people"]
    assert [(burst.n, burst.without) for burst in answer.bursts] == [(planted, planted)]


def test_the_stuck_who_were_never_exposed_are_listed(codes: Codes) -> None:
    lines, n = codes.desk.tickets(VIEWER, "city", wanted=Wanted(overdue="stuck", flag="never_exposed"), limit=100)
    burst = codes.town.truth["planted"]["burst"]["people"]
    assert n == len(lines) == codes.sum(-1, "flags", "never_exposed") - burst
    assert all(line.late is not None and line.late > 20 and line.owner for line in lines)


def test_the_nearest_deadline_comes_first(codes: Codes) -> None:
    lines, _ = codes.desk.tickets(VIEWER, "city", limit=10)
    deadlines = [line.deadline for line in lines if line.deadline is not None]
    assert len(deadlines) == len(lines)
    assert deadlines == sorted(deadlines)
    assert deadlines[0] >= codes.days[-1]


# --- the other ledgers, notices, presence ---------------------------------------------------------


@pytest.mark.parametrize("count", ["tests_taken", "contacts_close", "contacts_secondary", "stays"])
def test_ledgers_of_persons_are_counted(town: Town, count: str) -> None:
    said = {code: days for code, days in town.numbers(count, "district").items() if any(days)}
    assert said == {code: days for code, days in town.truth["histories"][count].items() if any(days)}


def test_notices_equal_what_was_ordered(town: Town) -> None:
    store = town.desk.cube.store
    said = {
        notice.number: {
            "start": notice.start.isoformat(), "stop": notice.stop and notice.stop.isoformat(), "rule": notice.rule,
            "scope": notice.scope, "areas": sorted(notice.areas), "colour": notice.colour,
        }
        for notice in store.notices(store.version())
    }  # fmt: skip
    assert said == town.truth["notices"]


def test_the_blanket_order_shows_its_proportion(town: Town) -> None:
    day = dt.date.fromisoformat(town.truth["blanket"]["start"])
    known = town.truth["presence"][day.isoformat()]
    answer = town.desk.beside(PolicyDesk).orders(VIEWER, "city", day, dt.datetime.combine(day, dt.time(12)))
    told = next(line.told for line in answer.lines if line.notice.rule == "demo_order")
    said = {name: getattr(told, name).value for name in ("people", "hit", "exposed", "both", "missed", "outside")}
    assert said == {
        "people": known["people"], "hit": known["hit"], "exposed": known["exposed"], "both": known["hit_exposed"],
        "missed": known["missed"], "outside": known["hit_outside_city"],
    }  # fmt: skip
    assert told.per_case.value
    assert told.per_case.value > 1000


# --- other cities ----------------------------------------------------------------------------------


def test_flows_equal_the_simulators_truth(town: Town) -> None:
    desk, truth = town.desk.beside(FlowDesk), town.truth["flows"]
    told = desk.outflow(VIEWER, "city", town.days[0], town.days[-1])
    assert [round(day.value or 0) for day in told] == truth["travellers"]
    assert all(day.estimate for day in told)
    curves = {curve.of: curve for curve in desk.curves(VIEWER, "city", town.days[0], town.days[-1])}
    assert [round((value or 0) / 3.24e-5) for value in curves["before"].values] == truth["before"]
    day = town.days[20]
    found = desk.destinations(VIEWER, "city", day, 5)
    to = {name: days[20] for name, days in truth["to"].items()}
    assert [row.name for row in found.rows] == sorted(to, key=lambda name: -to[name])[:5]
    assert [row.people for row in found.rows] == [pytest.approx(to[row.name], abs=0.5) for row in found.rows]
    assert sum(row.share or 0 for row in found.rows) + found.others_share + found.unlisted == pytest.approx(1)
    assert desk.between(VIEWER, "city", day)[1].sum() == truth["inside"][20]


def test_importation_equals_what_the_deliveries_say(town: Town) -> None:
    """Districts' infected arrivals by plain loops over the ledgers as they were sent, against the score's part."""
    day = dt.date.fromisoformat(town.truth["days"][-1])
    week = {str(day - dt.timedelta(days=back)) for back in range(7)}
    answer = town.desk.beside(RiskDesk).answer(VIEWER, level="district", day=day)
    assert answer is not None
    share, expected = _carriers(town, day), defaultdict[str, float](float)
    for row in _sent(town, "trips"):
        if row["日期"] in week:
            expected[row["到达区"]] += int(row["人次"]) * share[row["出发区"]]
    people = {place.name: town.truth["population"]["district"][place.code] for place in answer.units}
    index = {(row["日期"], row["城市"]): float(row["迁徙规模指数"]) for row in _sent(town, "index")}
    for row in _sent(town, "flows"):
        if row["日期"] in week and row["目的地"] == "汀屿市" and (row["日期"], row["出发地"]) in index:
            came = float(row["占比"]) / 100 * index[row["日期"], row["出发地"]] / 3.24e-5 * share[row["出发地"]]
            for name, lived in people.items():
                expected[name] += came * lived / sum(people.values())
    for place in answer.units:
        part = next(part for part in place.parts if part.id == "importation")
        assert part.number == pytest.approx(100_000 * expected[place.name] / people[place.name])
        assert sum(round(10 * each.points) for each in place.parts) == round(10 * place.least)


def _sent(town: Town, source: str) -> list[dict[str, str]]:
    """The rows of a source as they were delivered."""
    files = sorted((town.desk.city.folder / "deliveries" / source).glob("*.csv"))
    return [row for file in files for row in csv.DictReader(io.StringIO(file.read_text("utf-8-sig")))]


def _carriers(town: Town, day: dt.date) -> dict[str, float]:
    """Name of a district or of another city -> 2 x findings of the last 7 days / people."""
    found = {}
    for place in town.ask("population", level="district"):
        positives = [a.value for a in town.ask("positives", area=place.area) if a.value is not None][-7:]
        assert place.value is not None
        found[place.name] = 2 * max(0, sum(positives)) / place.value
    total = {(row["日期"], row["城市"]): int(row["累计确诊"]) for row in _sent(town, "elsewhere-cases")}
    for row in _sent(town, "elsewhere"):
        grown = total[str(day), row["城市"]] - total[str(day - dt.timedelta(days=7)), row["城市"]]
        found[row["城市"]] = 2 * grown / int(row["常住人口"])
    return found


def test_tracing_and_rules_of_both_sides(town: Town) -> None:
    desk, truth = town.desk.beside(FlowDesk), town.truth["flows"]
    board = desk.tracing(VIEWER, "city", town.days[-1])
    assert board is not None
    for name, tally in board.rows:
        steps = [tally.left, tally.found, tally.tested, tally.cleared]
        assert [-1 if step != step else int(step) for step in steps] == truth["traced"][name]
    worst = min(board.rows, key=lambda row: row[1].share("found"))
    assert worst[0] == truth["silent"]
    names = list(truth["to"])
    kinds = {conflict.kind for told in desk.rules(VIEWER, "city", town.days[-1], names) for conflict in told.conflicts}
    assert kinds == {"test", "twice"}


def test_a_planted_spread_is_found(town: Town) -> None:
    desk, truth = town.desk.beside(FlowDesk), town.truth["flows"]
    answer = desk.risk(VIEWER, "city", town.days[-1])
    assert answer.fit is not None
    assert truth["spread"] in [row.name for row in answer.outliers(1)]
    assert all(row.expected is None or row.low <= row.expected <= row.high + 1 for row in answer.rows)  # type: ignore[operator]
    hidden = [row for row in answer.rows if row.via]
    assert hidden
    assert {hub for row in hidden for hub in row.via} <= {"枫陵市", "桐浦市"}
