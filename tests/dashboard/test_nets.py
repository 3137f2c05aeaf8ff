"""The seven nets: what is wired, what comes by file, what does not come; their volume under scope and small numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.commands.inbox import once
from dashboard.pages import community, events
from dashboard.pages import nets as page
from dashboard.pages.sheets import Sheets
from dashboard.queries import Desk, Viewer
from dashboard.queries.events import EventDesk
from dashboard.queries.nets import TELLS, VOLUMES, NetLine, NetsAnswer, NetsDesk
from dashboard.reconcile import Checker
from dashboard.reconcile.screens import Crawl
from data.errors import AreaNotFound
from data.events import Events
from data.events.intake import take_one
from data.events.report import Report
from data.sources import SOURCES
from data.terms import NETS, WAYS
from grid.cube import Cube
from grid.measures import MEASURES
from tests import gathered, tiny
from tests.gathered import DAYS, LAST, STREETS, number

CITY = Viewer()
DISTRICT = STREETS[0][:6]
OUTSIDE = next(street for street in STREETS if not street.startswith(DISTRICT))
BLIND = Viewer(rights=frozenset())


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = gathered.opened(gathered.home(tmp_path_factory.mktemp("gathered")))
    yield made
    made.cube.store.close()


def answer(desk: Desk, viewer: Viewer = CITY, area: str = "city") -> NetsAnswer:
    return desk.beside(NetsDesk).nets(viewer, area)


def line(desk: Desk, net: str, viewer: Viewer = CITY, area: str = "city") -> NetLine:
    return next(one for one in answer(desk, viewer, area).lines if one.id == net)


def test_every_net_has_a_source_kind_and_a_volume() -> None:
    assert {kind.net for kind in SOURCES} - {""} == set(NETS) == set(VOLUMES)
    assert {name for names in VOLUMES.values() for name in names} <= MEASURES.keys()


def test_each_net_says_how_it_comes(desk: Desk) -> None:
    found = answer(desk)
    assert [one.id for one in found.lines] == list(NETS)
    ways = {one.id: one.way for one in found.lines}
    assert ways == dict.fromkeys(NETS, "none") | {"arrivals": "file", "fever": "wired", "calls": "silent"}
    assert set(ways.values()) <= WAYS.keys()
    assert (found.coming, found.wired, found.by_file, found.missing) == (2, 1, 1, 5)


def test_programs_that_tell_of_events_are_wires(desk: Desk, tmp_path: Path) -> None:
    """As far as they have told anything lately; files of events, and what the product saw by itself, are none."""
    desk.events = Events.beside(f"sqlite:///{tmp_path / 'x.db'}", tmp_path, desk.city)
    try:
        area, now = desk.cube.at().areas.code[0], desk.beside(EventDesk).now()
        desk.city.sources.append(desk.city.sources[0].model_copy(update={"name": "by hand"}))
        senders = {"gate_hit": "gate-7", "arrival": "by hand", "fever": "", "grid_worker": "app", "hotline": "12345"}
        for klass, by in senders.items():
            at = now - TELLS if klass == "grid_worker" else now - dt.timedelta(hours=1)
            take_one(
                desk.events,
                Report("x", klass, klass, area, subject="p", place="p"),
                desk.beside(EventDesk).tree(),
                at,
                by,
            )
        asked = NetsDesk(desk)
        found = {one.id: one for one in asked.nets(CITY).lines}
        assert {net: one.way for net, one in found.items()} == dict.fromkeys(NETS, "none") | {
            "arrivals": "file",
            "fever": "wired",
            "calls": "silent",
            "compounds": "wired",
        }
        assert (found["compounds"].state, found["compounds"].received) == ("fresh", now - dt.timedelta(hours=1))
        assert asked.nets(CITY, as_of=now).wired == 1, "what was told then is not known"
    finally:
        desk.city.sources.pop()
        desk.events.close()
        desk.events = None


def test_volumes_are_the_numbers_that_came(desk: Desk) -> None:
    for area, streets in (("city", STREETS), (STREETS[2], STREETS[2:3])):
        (volume,) = line(desk, "fever", area=area).volumes
        told = [sum(number(n, STREETS.index(street)) for street in streets) for n in range(len(DAYS))]
        assert (volume.day, volume.last.value) == (LAST, told[-1])
        assert volume.mean.value == pytest.approx(sum(told[-7:]) / 7)
    assert line(desk, "calls").volumes == ()


def test_small_numbers_are_hidden_and_not_missing(desk: Desk) -> None:
    first = STREETS[0]
    assert max(number(n, 0) for n in range(len(DAYS))) < desk.city.small_numbers.threshold
    (seen,) = line(desk, "fever", area=first).volumes
    (hidden,) = line(desk, "fever", BLIND, first).volumes
    assert (seen.last.state, seen.mean.state) == ("value", "value")
    assert (hidden.last.state, hidden.mean.state) == ("suppressed", "suppressed")
    assert hidden.last.value is None


def test_an_area_beyond_the_scope_is_not_there(desk: Desk) -> None:
    bound = Viewer(scope=DISTRICT)
    assert line(desk, "arrivals", bound, DISTRICT).volumes[0].last.value == sum(
        number(len(DAYS) - 1, at) for at, street in enumerate(STREETS) if street.startswith(DISTRICT))  # fmt: skip
    with pytest.raises(AreaNotFound):
        answer(desk, bound, OUTSIDE)


def test_what_lacks_a_street_is_incomplete(tmp_path: Path) -> None:
    home = gathered.home(tmp_path)
    lacking = home / "inbox/fever/fever_20220312T0900.csv"
    day = LAST.replace(day=11)
    tiny.write_csv(lacking, ["日期", "街道代码", "人次"], [(day, street, 40) for street in STREETS[:-1]])
    assert [one.state for one in once(home, 0.0)] == ["loaded"]
    made = gathered.opened(home)
    assert line(made, "fever").complete == pytest.approx(1 - 1 / len(STREETS))
    assert line(made, "arrivals").complete == 1
    made.cube.store.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("viewer", [CITY, BLIND, Viewer(scope=DISTRICT)])
def test_the_page_says_each_net(desk: Desk, lang: str, viewer: Viewer) -> None:
    blocks: list[dict[str, Any]] = Sheets(desk, "zh", (page.PAGE,))(page.PAGE, f"?lang={lang}", viewer)["sheet"][
        "blocks"
    ]
    assert [block["kind"] for block in blocks] == ["figures", "feeds", "table", "note", "note", "note"]
    names = [NETS[net].zh if lang == "zh" else NETS[net].en for net in NETS]
    assert [row["cells"][0]["text"] for row in blocks[2]["rows"]] == names
    assert [row["name"] for row in blocks[1]["rows"]] == names


def test_every_number_of_the_page_is_traced(desk: Desk) -> None:
    crawl = Crawl(desk)
    checker = Checker(Desk(Cube(desk.cube.store, desk.city)), crawl.painter)
    checker.desk.home = desk.home
    checker.check(crawl.sheet(page.PAGE, ""))
    assert [finding.say("en") for finding in checker.tally.findings] == []
    assert checker.tally.by_kind["nets"] > 10


@pytest.mark.parametrize("viewer", [CITY, BLIND, Viewer(scope=DISTRICT)])
def test_one_place_shows_all_its_elements(desk: Desk, viewer: Viewer) -> None:
    area = DISTRICT if viewer.scope else ""
    sheets = Sheets(desk, "zh", (community.PAGE,))
    blocks: list[dict[str, Any]] = sheets(community.PAGE, f"?area={area}" if area else "", viewer)["sheet"]["blocks"]
    assert [block["kind"] for block in blocks] == ["figures", "table", "table"]
    strip, numbers, below = blocks
    assert [figure["name"] for figure in strip["figures"]][-2:] == ["有数据的网", "填报表单"]
    assert {row["key"] for row in numbers["rows"]} == {"population", "registered_arrivals", "fever_visits"}
    wanted = {street for street in STREETS if street.startswith(area)} if area else {code[:6] for code in STREETS}
    assert {row["key"] for row in below["rows"]} == wanted


@pytest.mark.parametrize("viewer", [CITY, BLIND, Viewer(scope=DISTRICT)])
def test_one_place_tells_how_many_of_its_events_are_open(desk: Desk, tmp_path: Path, viewer: Viewer) -> None:
    desk.events = Events.beside(f"sqlite:///{tmp_path / 'x.db'}", tmp_path, desk.city)
    try:
        tree, now = desk.beside(EventDesk).tree(), desk.beside(EventDesk).now()
        for n, street in enumerate([STREETS[0], STREETS[0], OUTSIDE]):
            at = now - dt.timedelta(days=n)
            take_one(desk.events, Report("x", f"{n}", "hotline", street, place=f"{n}"), tree, at, "12345")
        fresh = Desk(desk.cube)
        fresh.home, fresh.events = desk.home, desk.events
        sheets = Sheets(fresh, "en", (community.PAGE, events.PAGE))
        for area, told, late in ((DISTRICT, "2", "1 late"), (STREETS[0], "2", "1 late"), (STREETS[1], "0", "")):
            strip = sheets(community.PAGE, f"?area={area}", viewer)["sheet"]["blocks"][0]
            (figure,) = (one for one in strip["figures"] if one["name"] == "Events open now")
            assert (figure["text"], figure["small"]) == (told, late)
            assert figure.get("href", "").startswith("/events") == viewer.may("events")
    finally:
        desk.events.close()
        desk.events = None


def test_every_number_of_one_place_is_traced(desk: Desk) -> None:
    crawl = Crawl(desk)
    checker = Checker(Desk(Cube(desk.cube.store, desk.city)), crawl.painter)
    checker.desk.home = desk.home
    for search in ("", f"?area={STREETS[0]}"):
        checker.check(crawl.sheet(community.PAGE, search))
    assert [finding.say("en") for finding in checker.tally.findings] == []
