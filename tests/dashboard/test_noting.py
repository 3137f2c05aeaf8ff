"""Who looked at what: each view of a person, each file taken along, small numbers once an hour; kept answers too."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.app import create_app
from dashboard.exports import Wish, format_of, layer_of, written
from dashboard.pages import PAGES
from dashboard.pages.sheets import Sheets
from dashboard.queries import Desk, Viewer, notes
from dashboard.queries.audit import AuditDesk, LogWanted
from dashboard.queries.codes import CodeDesk
from dashboard.reports.build import build as report
from dashboard.reports.model import Order
from data.access import audit
from data.access.audit import Line, Log, Sought
from data.access.book import Access
from data.access.roles import MAY
from data.access.users import add_user
from data.city import read_city
from data.errors import AreaNotFound, Forbidden
from data.store import Store, sqlite_url
from grid.build import build
from grid.cube import Cube
from tests import coded, tiny
from tests.coded import DAYS

LAST = DAYS[-1]


@pytest.fixture(scope="module")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cube]:
    """A city with two days of codes and their tickets."""
    folder = tmp_path_factory.mktemp("noting")
    store = Store.create(sqlite_url(folder / "codes.db"))
    path = tiny.tiny_city(folder / "city", tiny.Knobs(sources=("population", "cases")), coded.SYSTEMS)
    city = read_city(path)
    build(store, city, "secret")
    view = Cube(store, city).at()
    coded.write(store, [coded.code_day(LAST, coded.ledger(len(view.leaves)), view)])
    yield Cube(store, city)
    store.close()


@pytest.fixture
def desk(cube: Cube, tmp_path: Path) -> Iterator[Desk]:
    access = Access.beside(f"sqlite:///{tmp_path / 'x.db'}", tmp_path)
    yield Desk(cube, Log(access))
    access.close()


def viewer(role: str, scope: str | None = None, user: str = "") -> Viewer:
    return Viewer(rights=MAY[role], scope=scope, user=user or f"{role}.1", role=role)


def told(desk: Desk, action: str = "") -> list[Line]:
    assert desk.log is not None
    return desk.log.search(Sought(action=action), limit=500)[0][::-1]


def test_a_list_of_tickets_says_of_how_many_people(desk: Desk) -> None:
    found = desk.beside(CodeDesk).tickets(viewer("official"), "990101", LAST, limit=7)
    (line,) = told(desk)
    assert (line.who, line.role, line.action, line.area) == ("official.1", "official", "tickets", "990101")
    people = {desk.beside(CodeDesk).ticket(Viewer(), one.id, LAST).person for one in found.lines}
    assert (line.people, line.more["listed"], line.more["day"]) == (len(people), 7, str(LAST))


def test_a_ticket_is_noted_with_its_number_and_its_place(desk: Desk) -> None:
    codes = desk.beside(CodeDesk)
    number = codes.tickets(Viewer(), "990101001", LAST).lines[0].id
    codes.ticket(viewer("official"), number)
    (line,) = told(desk)
    assert (line.action, line.people, line.more["ticket"], line.area[:9]) == ("ticket", 1, number, "990101001")


@pytest.mark.parametrize("role", sorted(MAY))
def test_only_who_may_sees_tickets_and_takes_files(desk: Desk, role: str) -> None:
    codes, who = desk.beside(CodeDesk), viewer(role)
    number = codes.tickets(Viewer(), "city", LAST).lines[0].id
    wish = Wish("positives", "city", "street")
    asked: dict[str, list[Callable[[], object]]] = {
        "tickets": [lambda: codes.tickets(who, "city", LAST), lambda: codes.ticket(who, number)],
        "export": [lambda: written(desk, who, layer_of(desk, Viewer(), wish), format_of("csv"))],
        "report": [lambda: report(desk, who, Order("daily", "city"))],
    }
    for right, questions in asked.items():
        for question in questions:
            if who.may(right):
                question()
            else:
                with pytest.raises(Forbidden):
                    question()
    assert {line.action for line in told(desk)} == {
        action for action, right in (("tickets", "tickets"), ("ticket", "tickets"), ("export", "export"), ("report", "report"))
        if who.may(right)
    }  # fmt: skip


def test_who_has_no_name_is_the_program_itself(desk: Desk) -> None:
    desk.beside(CodeDesk).tickets(Viewer(), "city", LAST)
    desk.looked(Viewer(), "city", "map")
    assert told(desk) == []


def test_kept_pages_are_noted_for_each_reader(desk: Desk) -> None:
    sheets = Sheets(desk, "zh", PAGES)
    for user in ("a", "b", "a"):
        for page in ("codes", "tickets"):
            found = sheets.page_at(f"/{page}")
            assert found is not None
            sheets(found, "", viewer("official", user=user))
    assert [line.who for line in told(desk, "tickets")] == ["a", "a", "b", "b", "a", "a"]
    assert len({line.people for line in told(desk, "tickets")}) == 2
    seen = [(line.who, line.more["page"], line.area) for line in told(desk, "small_numbers")]
    assert seen == [(user, page, "990000") for user in ("a", "b") for page in ("codes", "tickets")]


def test_without_the_right_the_page_of_codes_has_no_tickets_and_no_way_to_them(desk: Desk) -> None:
    sheets, page = Sheets(desk, "zh", PAGES), next(page for page in PAGES if page.id == "codes")
    said = str(sheets(page, "", viewer("analyst")))
    assert "/tickets" not in said
    assert "/ticket?" not in said
    assert told(desk, "tickets") == []


def test_small_numbers_are_noted_once_an_hour(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    now = dt.datetime(2022, 4, 13, 9, 30)
    for clock in (notes, audit):
        monkeypatch.setattr(clock, "utcnow", lambda: now)
    for user in ("a", "a", "b"):
        desk.looked(viewer("analyst", user=user), "990101", "map")
    desk.looked(viewer("analyst", user="a"), "990101", "risk")
    desk.looked(viewer("analyst", user="a"), "东江镇", "map")
    desk.looked(viewer("reporter", user="c"), "990101", "map")  # sees none
    assert len(told(desk)) == 4
    Desk(desk.cube, desk.log).looked(viewer("analyst", user="a"), "990101", "map")  # answered by another process
    assert len(told(desk)) == 4
    now += dt.timedelta(hours=1)
    desk.looked(viewer("analyst", user="a"), "990101", "map")
    assert len(told(desk)) == 5
    assert {line.area for line in told(desk)} == {"990101", "990101002"}


def test_what_cannot_be_written_down_is_not_answered(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert desk.log is not None

    def full(*_words: object, **_more: object) -> int:
        raise RuntimeError("disk")

    monkeypatch.setattr(desk.log, "add", full)
    with pytest.raises(RuntimeError, match="disk"):
        desk.beside(CodeDesk).tickets(viewer("official"), "city", LAST)


def test_over_the_web_each_file_is_noted(desk: Desk) -> None:
    client = create_app(desk, viewer_of=lambda: viewer("official")).server.test_client()
    answer = client.get("/export/positives/csv")
    assert answer.status_code == 200
    (line,) = told(desk, "export")
    assert (line.more["layer"], line.more["format"], line.area) == ("positives", "csv", "990000")
    assert line.more["rows"] == answer.text.count("\n") - 1
    assert client.get("/api/v1/codes").status_code == 200
    assert [line.more["page"] for line in told(desk, "small_numbers")] == ["api"]
    barred = create_app(desk, viewer_of=lambda: viewer("auditor")).server.test_client()
    assert barred.get("/export/positives/csv").status_code == 403
    assert barred.post("/api/v1/reports", json={"kind": "daily"}).status_code == 403


# reading the log -----------------------------------------------------------------------------------


@pytest.fixture
def filled(desk: Desk) -> AuditDesk:
    assert desk.log is not None
    for login, scope in (("east", "990101"), ("east.street", "990101002"), ("west", "990102"), ("whole", None)):
        add_user(desk.log.access, login, login, "official", scope, by="admin")
    for who, area in (("east", "990101001"), ("whole", "990101002"), ("west", "990102001"), ("whole", "990000")):
        desk.log.add(who, "official", "tickets", area, 3)
    desk.log.add("east.street", "official", "sign_in")
    desk.log.add("west", "official", "sign_in")
    return desk.beside(AuditDesk)


def ways(found: Any) -> list[tuple[str, str]]:
    return [(line.who, line.area) for line in found.lines if line.action in ("tickets", "sign_in")]


def test_the_log_of_a_part_is_of_its_areas_and_its_users(filled: AuditDesk) -> None:
    east = filled.page(viewer("auditor", "990101"), LogWanted())
    assert ways(east) == [("east.street", ""), ("whole", "990101002"), ("east", "990101001")]
    assert east.people == 6
    assert {one.who for one in east.lookers} == {"east", "east.street", "whole", "admin", "auditor.1"}
    assert filled.people_of(viewer("auditor", "990101")) == ["east", "east.street"]
    assert len(ways(filled.page(viewer("auditor"), LogWanted()))) == 6
    assert ways(filled.page(viewer("auditor"), LogWanted(area="990102"))) == [("west", ""), ("west", "990102001")]
    with pytest.raises(AreaNotFound):
        filled.page(viewer("auditor", "990101"), LogWanted(area="990102"))


def test_only_auditors_read_it_and_that_is_a_line(filled: AuditDesk) -> None:
    for role in sorted(MAY.keys() - {"auditor"}):
        with pytest.raises(Forbidden):
            filled.page(viewer(role), LogWanted())
        with pytest.raises(Forbidden):
            filled.people_of(viewer(role))
    filled.page(viewer("auditor", "990101"), LogWanted(word="somebody's name", who="east"))
    (line,) = told(filled.desk, "log_read")
    assert (line.who, line.area, line.more["whose"], line.more["word"]) == ("auditor.1", "990101", "east", True)
    assert "somebody" not in str(line)


def test_days_are_the_citys(filled: AuditDesk) -> None:
    today = filled.local(dt.datetime.now(dt.UTC).replace(tzinfo=None)).date()
    assert len(ways(filled.page(viewer("auditor"), LogWanted(first=today, last=today)))) == 6
    assert ways(filled.page(viewer("auditor"), LogWanted(last=today - dt.timedelta(days=1)))) == []
    page = filled.page(viewer("auditor"), LogWanted(action="tickets"), offset=2, limit=2)
    assert (page.total, [line.area for line in page.lines]) == (4, ["990101002", "990101001"])
    assert [(one.day, one.lines, one.people) for one in page.tallies] == [(today, 4, 12)]
    assert page.proof is not None
    assert page.proof.breaks == ()
    assert filled.page(viewer("auditor", "990101"), LogWanted()).proof is None


def test_the_page_shows_lines_and_the_state_of_the_chain(filled: AuditDesk) -> None:
    sheets, page = Sheets(filled.desk, "zh", PAGES), next(page for page in PAGES if page.id == "audit")
    first = sheets(page, "", viewer("auditor"))
    again = sheets(page, "", viewer("auditor"))
    assert [block["kind"] for block in first["sheet"]["blocks"]] == ["search", "figures", "stack", "table", "table"]
    rows = [answer["sheet"]["blocks"][-1]["rows"] for answer in (first, again)]
    assert len(rows[1]) == len(rows[0]) + 1  # nothing is kept: the first reading is a line of the second
    assert "完整" in str(first["sheet"]["blocks"][1])
    assert [one["id"] for one in first["header"]["pages"]][-1] == "audit"
    other = sheets(next(page for page in PAGES if page.id == "zones"), "", viewer("official"))
    assert "audit" not in [one["id"] for one in other["header"]["pages"]]
    assert "audit" not in [
        one["id"] for one in Sheets(Desk(filled.desk.cube), "zh", PAGES)(page, "", Viewer())["header"]["pages"]
    ]


@pytest.mark.parametrize(
    "search",
    [
        "?first=x&last=2022-99-01",
        "?word=%25%5C%00&who=%F0%9F%98%80",
        "?action=nothing&offset=999",
        "?offset=-1&area=nowhere",
    ],
)
def test_the_page_answers_whatever_is_asked(filled: AuditDesk, search: str) -> None:
    sheets, page = Sheets(filled.desk, "zh", PAGES), next(page for page in PAGES if page.id == "audit")
    assert sheets(page, search, viewer("auditor"))["sheet"]["blocks"][0]["kind"] == "search"
