"""Reports made and written: the same again, the same after later loads, with a manifest of all that they were made of."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path

import pytest

from dashboard.queries import Desk, Viewer
from dashboard.reports import REPORTS
from dashboard.reports.build import Head, build, file_name, last_day, write
from dashboard.reports.drawing import Pictures
from dashboard.reports.manifest import manifest
from dashboard.reports.model import File, Order, numbers_of
from data.errors import AreaNotFound, BadQuestion, MeasureNotFound
from grid.cube import Cube
from tests import outbreak
from tests.tiny import DAYS, Knobs, Person, Town

VIEWER = Viewer("zh")
DAY = dt.date(2026, 4, 20)


def _desk(made: Town) -> Desk:
    return Desk(Cube(made.store, made.city))


@pytest.fixture
def small(tmp_path: Path) -> Town:
    """A small city whose last file can be sent again, corrected."""
    made = Town(tmp_path, f"sqlite:///{tmp_path / 'town.db'}", Knobs(sources=("population", "cases"), people=40))
    made.build()
    return made


# the same again ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(REPORTS))
def test_the_same_order_makes_an_equal_report(town: Desk, kind: str) -> None:
    order = Order(kind, day=DAY)
    assert build(town, VIEWER, order) == build(Desk(Cube(town.cube.store, town.city)), VIEWER, order)


@pytest.mark.parametrize("kind", ["daily", "special", "brief", "review"])
def test_a_report_of_an_earlier_moment_stays_as_it_was_after_a_later_load(small: Town, kind: str) -> None:
    known = small.store.load(small.store.version()).known
    order = Order(kind, day=DAYS[5], as_of=known)
    before = build(_desk(small), VIEWER, order)
    newest = build(_desk(small), VIEWER, Order(kind, day=DAYS[5]))
    outbreak.deliver(small, [Person(f"late{n}", DAYS[5], "case", "990101001", 110.005, 30.01) for n in range(7)])
    assert small.store.version() > before.version
    assert build(_desk(small), VIEWER, order) == before
    assert build(_desk(small), VIEWER, Order(kind, day=DAYS[5])) != newest


def test_a_load_during_the_making_changes_nothing_of_it(small: Town) -> None:
    order = Order("daily", day=DAYS[5])
    desk, plain = _desk(small), build(_desk(small), VIEWER, order)
    sent: list[str] = []

    def late(heading: str) -> None:
        if not sent:
            outbreak.deliver(small, [Person("late", DAYS[5], "case", "990101001", 110.005, 30.01)])
        sent.append(heading)

    assert build(desk, VIEWER, order, step=late) == plain
    assert len(sent) == len(REPORTS["daily"].sections)


# what is ordered -----------------------------------------------------------------------------------


def test_without_a_day_it_speaks_of_the_last_one_with_findings(town: Desk) -> None:
    assert last_day(town, VIEWER) == dt.date(2026, 4, 29)
    assert build(town, VIEWER, Order("brief", area="990101")).day == dt.date(2026, 4, 29)


def test_unknown_kinds_areas_formats_and_notices_are_refused(town: Desk) -> None:
    with pytest.raises(BadQuestion, match="weekly"):
        build(town, VIEWER, Order("weekly"))
    with pytest.raises(AreaNotFound):
        build(town, VIEWER, Order("daily", area="990999"))
    with pytest.raises(AreaNotFound):
        build(town, Viewer("zh", scope="990101"), Order("daily", area="990102"))
    with pytest.raises(BadQuestion, match="no notice"):
        build(town, VIEWER, Order("notice", day=DAY, subject="1号"))
    with pytest.raises(MeasureNotFound, match="happiness"):
        build(town, VIEWER, Order("special", day=DAY, subject="happiness"))
    report = build(town, VIEWER, Order("notice", day=DAY))
    with pytest.raises(BadQuestion, match="odt"):
        write(report, Pictures(town, report), ["odt"])


@pytest.mark.parametrize("day", [dt.date.min, dt.date.max, dt.date(1890, 1, 1)])
def test_days_far_from_all_that_is_known_are_refused(small: Town, day: dt.date) -> None:
    desk = _desk(small)
    for order in (Order("daily", day=day), Order("review", day=day), Order("review", day=DAYS[5], first=day)):
        with pytest.raises(BadQuestion, match="too far"):
            build(desk, VIEWER, order)


def test_years_after_the_first_day_the_sums_still_stand(small: Town) -> None:
    desk, late = _desk(small), DAYS[0] + dt.timedelta(days=1000)
    report = build(desk, VIEWER, Order("daily", day=late))
    every = desk.ask(VIEWER, "positives", days=DAYS, total=True)[0].value
    cited = f"measure?area=990000&day={late}&first={DAYS[0]}&name=positives"
    first = desk.status(VIEWER).days["positives"][0]
    found = [one for one in numbers_of(report) if str(one.cite) == cited.replace(str(DAYS[0]), str(first))]
    assert every
    assert {one.value for one in found} == {every}


def test_a_layer_that_is_no_measure_and_a_number_that_is_no_pattern_are_refused(town: Desk) -> None:
    with pytest.raises(MeasureNotFound, match="happiness"):
        build(town, VIEWER, Order("brief", day=DAY, layer="happiness"))
    for pattern in ("{week}", "{", "{0}", "{year.x}"):
        with pytest.raises(BadQuestion, match="report_number"):
            build(town, VIEWER, Order("notice", day=DAY), Head("防指办", pattern))


def test_organ_number_and_date_stand_where_they_are_configured(town: Desk) -> None:
    plain = build(town, VIEWER, Order("notice", day=DAY))
    assert (plain.organ, plain.number, plain.issued) == ("", "", "")
    headed = build(town, VIEWER, Order("notice", day=DAY), Head("防指办", "防指报〔{year}〕{serial}号"))
    assert (headed.organ, headed.number, headed.issued) == ("防指办", "防指报〔2026〕110号", "2026年4月30日")
    english = build(town, VIEWER, Order("notice", day=DAY, lang="en", as_of=dt.datetime(2026, 4, 21, 1)), Head("HQ"))
    assert english.issued == "21 April 2026"


def test_file_names_tell_kind_place_subject_day_version_and_language(town: Desk) -> None:
    report = build(town, VIEWER, Order("notice", day=DAY, lang="en"))
    assert file_name(report) == f"notice-990100-20260420-v{report.version}-en"
    numbers = [one.number for one in town.cube.store.notices(report.version) if one.holds(DAY)][:2]
    named = {file_name(build(town, VIEWER, Order("notice", day=DAY, subject=number))) for number in numbers}
    assert len(named) == 2


# the manifest --------------------------------------------------------------------------------------


def test_the_manifest_names_every_load_pack_and_file(town: Desk) -> None:
    report = build(town, VIEWER, Order("daily", day=DAY))
    body = manifest(report, [File("a.docx", b"abc")])
    told = json.loads(body)
    loads = town.cube.store.loads()
    assert [(one["load"], one["sha256"]) for one in told["loads"]] == [(one.id, one.sha256) for one in loads]
    assert told["files"] == [{"bytes": 3, "name": "a.docx", "sha256": hashlib.sha256(b"abc").hexdigest()}]
    assert {one["id"] for one in told["rule_packs"]} >= {"plan-9", "demo_zones"}
    assert all(len(one["sha256"]) == 64 for one in told["rule_packs"])
    assert (told["version"], told["as_of"], told["report"]["simulated"]) == (loads[-1].id, None, True)
    assert body == manifest(report, [File("a.docx", b"abc")])
    assert list(told) == sorted(told)


def test_written_files_are_those_of_the_manifest_byte_for_byte(town: Desk) -> None:
    report = build(town, VIEWER, Order("notice", day=DAY))
    first = write(report, Pictures(town, report), ["xlsx"])
    again = write(report, Pictures(town, report), ["xlsx"])
    assert [(one.name, one.body) for one in first] == [(one.name, one.body) for one in again]
    told = json.loads(first[-1].body)["files"]
    assert told == [
        {"bytes": len(first[0].body), "name": first[0].name, "sha256": hashlib.sha256(first[0].body).hexdigest()}
    ]
