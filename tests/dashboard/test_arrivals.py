"""Key persons who entered, as they are asked for: the rule per district, the list whose taking is the push, the page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.app import create_app
from dashboard.pages import arrivals as page
from dashboard.pages.sheets import Sheets
from dashboard.queries import Desk, Viewer
from dashboard.queries.arrivals import ArrivalBoard, ArrivalDesk
from data.access import Access
from data.access.audit import Log, Sought
from data.access.roles import MAY
from data.errors import AreaNotFound, Forbidden, Withheld
from data.events import Events, intake
from data.events.arrivals import fetched
from data.events.report import Report
from grid.chains import Chains
from grid.cube import Cube

CJK = re.compile(r"[\u4e00-\u9fff]")
EAST, WEST = "990101", "990102"
DAY = dt.date(2030, 1, 2)
#: Noon of the day on the city's clocks.
NOON = dt.datetime(2030, 1, 2, 4)
CITY = Viewer(user="city", role="official", rights=MAY["official"])
HERE = Viewer(user="east", role="official", rights=MAY["official"], scope=EAST)

#: (community or street, hours before noon, hours until its district fetched it; None: not yet)
ENTRIES = [
    ("990101001001", 11.0, 1.0),
    ("990101001002", 10.0, 3.0),
    ("990101002002", 9.0, 3.5),
    ("990101002", 2.0, None),
    ("990102001001", 8.0, None),
    ("990102002", 5.0, 0.5),
    ("990102002", 30.0, 0.5),
]


def hours(number: float) -> dt.timedelta:
    return dt.timedelta(hours=number)


@pytest.fixture
def desk(tiny_cube: Cube, tmp_path: Path) -> Iterator[Desk]:
    """A desk at noon of the day: the clock of a simulated city begins at the last event."""
    city = tiny_cube.city.model_copy(update={"simulated": True})
    cube = Cube(tiny_cube.store, city)
    database = f"sqlite:///{tmp_path / 'x.db'}"
    made = Desk(cube, Log(Access.beside(database, tmp_path)))
    made.events = Events.beside(database, tmp_path, city)
    tree = Chains(cube.at().geography, city)
    for n, (area, ago, wait) in enumerate(ENTRIES):
        at = NOON - hours(ago)
        report = Report(
            "gate", str(n), "arrival", area, subject=f"k{n}", place="东门", happened=at, more={"from": "外省"}
        )
        event = intake.take_one(made.events, report, tree, at).event
        assert event == n + 1
        if wait is not None:
            fetched(made.events, [event], area[:6], at + hours(wait))
    other = Report("camera", "x", "gate_hit", "990102002", subject="g1", happened=NOON)
    intake.take_one(made.events, other, tree, NOON)
    yield made
    made.events.close()


def board(desk: Desk, viewer: Viewer = CITY, area: str = "city", **more: Any) -> ArrivalBoard:
    found = desk.beside(ArrivalDesk).board(viewer, area, now=NOON, **more)
    assert found is not None
    return found


def test_the_rule_is_counted_per_district(desk: Desk) -> None:
    found = board(desk)
    assert (found.day, found.all.entries, found.all.in_time) == (DAY, 6, 3)
    assert (found.all.late, found.all.unpushed, found.all.pending) == (1, 1, 1)
    assert found.all.within.share == 3 / 5
    assert {code: (part.entries, part.breaches) for code, part in found.below.items()} == {EAST: (4, 1), WEST: (2, 1)}
    assert [(line.subject, line.state, line.over) for line in found.breaches] == [
        ("k4", "unpushed", 300.0), ("k2", "late", 30.0),
    ]  # fmt: skip
    assert {line.origin for line in found.breaches} == {"外省"}
    assert {day: part.entries for day, part in found.trend.items()} == {DAY: 6, DAY - dt.timedelta(days=1): 1}
    assert board(desk, day=DAY - dt.timedelta(days=1)).all.within.share == 1


def test_inside_a_district_the_push_is_still_the_districts(desk: Desk) -> None:
    found = board(desk, area=EAST)
    assert {code: part.in_time for code, part in found.below.items()} == {"990101001": 2, "990101002": 0}
    assert board(desk, HERE).all == found.all == board(desk).below[EAST]
    assert [line.subject for line in board(desk, area="990102001").breaches] == ["k4"]


def test_earlier_moments_know_less(desk: Desk) -> None:
    then = desk.beside(ArrivalDesk).board(CITY, "city", DAY, NOON - hours(6.5))
    assert then is not None
    assert (then.all.entries, then.all.in_time, then.all.pending, then.all.breaches) == (4, 2, 2, 0)


def test_a_look_by_the_city_pushes_nothing(desk: Desk) -> None:
    for area in ("city", EAST, WEST):
        found = desk.beside(ArrivalDesk).push_list(CITY, area, now=NOON)
        assert not found.push
    assert board(desk).all.pending == 1


def test_the_districts_own_asking_is_the_push_and_is_in_the_log(desk: Desk) -> None:
    found = desk.beside(ArrivalDesk).push_list(HERE, now=NOON)
    assert found.push
    assert (found.lines[0].subject, found.lines[0].pushed) == ("k3", NOON)
    assert [line.subject for line in found.lines] == ["k3", "k2", "k1", "k0"]
    assert found.total == 4
    again = desk.beside(ArrivalDesk).push_list(HERE, now=NOON + hours(1))
    assert [(line.subject, line.pushed) for line in again.lines] == [(one.subject, one.pushed) for one in found.lines]
    part = board(desk).below
    assert (part[EAST].pending, part[EAST].in_time) == (0, 3)
    assert part[WEST].unpushed == 1
    assert desk.log is not None
    lines, _ = desk.log.search(Sought(action="arrivals"))
    assert {(line.who, line.area, line.people) for line in lines} == {("east", EAST, 4)}


def test_only_what_is_listed_is_pushed(desk: Desk) -> None:
    west = Viewer(user="west", role="official", rights=MAY["official"], scope=WEST)
    asked = desk.beside(ArrivalDesk)
    assert [line.subject for line in asked.push_list(west, limit=1, now=NOON).lines] == ["k5"]
    assert board(desk).below[WEST].unpushed == 1
    assert [line.subject for line in asked.push_list(west, limit=1, offset=1, now=NOON).lines] == ["k4"]
    assert board(desk).below[WEST].late == 1


def test_who_may_not_is_told_nothing(desk: Desk) -> None:
    asked = desk.beside(ArrivalDesk)
    reporter = Viewer(rights=MAY["reporter"])
    for question in (asked.board, asked.push_list):
        with pytest.raises(Forbidden):
            question(reporter)
        with pytest.raises(Withheld):
            question(Viewer(rights=frozenset({"events"})))
        with pytest.raises(AreaNotFound):
            question(HERE, WEST)
    assert asked.days(reporter) == []
    assert asked.days(HERE) == [DAY]
    assert asked.days(CITY) == [DAY - dt.timedelta(days=1), DAY]


def test_without_a_book_nobody_entered(tiny_cube: Cube) -> None:
    asked = Desk(tiny_cube).beside(ArrivalDesk)
    assert asked.board(CITY) is None
    assert asked.push_list(CITY, now=NOON).lines == []


def blocks(desk: Desk, search: str = "", viewer: Viewer = CITY) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Sheets(desk, "zh", (page.PAGE,))(page.PAGE, search, viewer)["sheet"]["blocks"]
    return found


def texts(made: list[dict[str, Any]], id: str) -> list[list[str]]:
    (found,) = [block for block in made if block["id"] == id]
    return [[cell["text"] for cell in row["cells"]] for row in found["rows"]]


def test_the_page_says_it_all(desk: Desk) -> None:
    made = blocks(desk)
    (strip,) = [block for block in made if block["kind"] == "figures"]
    assert [figure["text"] for figure in strip["figures"]][:4] == ["60%", "6", "2", "1"]
    rows = texts(made, "breaches")
    assert [(row[0], row[4], row[5]) for row in rows] == [
        ("k4", "逾时未推", "5.0 小时"),
        ("k2", "1月2日 06:30", "30 分"),
    ]
    assert not [block for block in made if block["id"] == "list"]
    assert [row[0] for row in texts(blocks(desk, f"?area={EAST}"), "list")] == ["k3", "k2", "k1", "k0"]


def test_the_page_of_the_district_is_the_push(desk: Desk) -> None:
    made = blocks(desk, viewer=HERE)
    assert [row[5] for row in texts(made, "list")] == ["3小时内推送", "逾时推送", "3小时内推送", "3小时内推送"]
    (strip,) = [block for block in made if block["kind"] == "figures"]
    assert strip["figures"][3]["text"] == "0"


def test_in_english_no_chinese_but_names(desk: Desk) -> None:
    told = [block["title"] + block["about"] for block in blocks(desk, "?lang=en")]
    assert not CJK.search("".join(told))


def test_a_share_that_is_not_all_is_never_told_as_all() -> None:
    assert [page.percent(share) for share in (1.0, 0.9999, 0.5, 1 / 3, 0.0)] == ["100%", "99.9%", "50%", "33.3%", "0%"]


def test_programs_ask_the_same(desk: Desk) -> None:
    viewer = [CITY]
    client = create_app(desk, viewer_of=lambda: viewer[0], events=desk.events).server.test_client()
    told = client.get(f"/api/v1/arrivals?day={DAY}").get_json()
    assert (told["all"]["in_time"], told["all"]["share"]) == (
        {"value": 3, "state": "value"},
        {"value": 0.6, "state": "value"},
    )
    assert [one["subject"] for one in told["breaches"]] == ["k4", "k2"]
    took = client.post("/api/v1/arrivals/list", json={"area": EAST}).get_json()
    assert (took["push"], took["total"]) == (False, 4)
    viewer[0] = HERE
    took = client.post("/api/v1/arrivals/list", json={}).get_json()
    assert (took["push"], [one["state"] for one in took["entries"]].count("pending")) == (True, 0)
    assert client.post("/api/v1/arrivals/list", json={"area": WEST}).status_code == 404
    viewer[0] = Viewer(rights=MAY["reporter"])
    assert client.post("/api/v1/arrivals/list", json={}).status_code == 403
