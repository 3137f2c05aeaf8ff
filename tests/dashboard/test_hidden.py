"""Who may not see small numbers is answered none of them, whatever is asked: every public question of every desk.

The demo town, whose ledgers, orders, flows and findings are nearly all small inside the city. A question that is added
is asked here too: its parameters are found by name, and a name that is not known fails.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dashboard.pages import PAGES
from dashboard.pages.sheets import Sheets
from dashboard.paint import Painter
from dashboard.queries import CodeDesk, Desk, PolicyDesk, RiskMap, Unlocated, Viewer, ZoneDesk, questions
from dashboard.queries.cite import cite, fact
from dashboard.queries.flows import FlowDesk
from dashboard.queries.hidden import HIDDEN, HiddenList, hidden
from dashboard.queries.policy import Number
from dashboard.wall.picture import Gallery
from data.access.roles import MAY
from data.city import read_city
from data.demo import simulate
from data.errors import Forbidden, InputError, NotFound, Withheld
from data.settings import make_home
from data.store import Store
from data.words import Both
from grid.build import build
from grid.cube import Cube
from grid.hiding import THRESHOLD
from grid.rates import SUPPRESSED
from tests.dashboard.scope import entries

PUBLIC = Viewer(rights=MAY["reporter"])

#: Fields that count no people: days, zones, orders, places, shares and what of a model is none of anybody in the city.
NO_PEOPLE = frozenset({
    "days", "zones", "over", "run", "nth", "stood", "length", "early", "units", "others", "id", "row", "load", "level",
    "version", "number", "lo", "hi", "share", "index", "relative", "due", "overdue", "unknown", "larger", "standing",
    "in_force", "begun", "timed", "orders", "silent", "hidden", "complete", "loads", "more", "rejected", "places",
    "short",
})  # fmt: skip


#: What is no question about people, by how its name begins, and why.
OTHERS = {
    "AuditDesk": "the log: a right of its own", "BurdenDesk": "speaks of forms", "Notes": "writes the log", "Desk.noted": "writes the log",
    "Desk.looked": "writes the log", "FreshnessDesk": "speaks of deliveries", "Desk.arrived": "speaks of deliveries",
    "Desk.loads": "speaks of deliveries", "Desk.row": "a place in the tree", "Desk.top": "a place in the tree",
    "Desk.span": "a place in the tree", "again": "asks the others", "ask": "asks the others",
    "RiskMap.graded": "counts places", "given": "asks the others", "need_small": "answers nothing", "allowed": "answers nothing",
}  # fmt: skip


def asked_of_people() -> list[str]:
    """The names of the questions that these tests ask."""
    return sorted(name for name in entries.desks() if not {name, name.split(".")[0]} & OTHERS.keys())


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("hidden")
    settings = make_home(folder / "home", simulate("town", 1, folder / "city", lambda *_: None))
    city, store = read_city(settings.city), Store.create(settings.database)
    build(store, city, settings.secret)
    yield Desk(Cube(store, city))
    store.close()


# what is asked ---------------------------------------------------------------------------------------


def parameters(desk: Desk, viewer: Viewer, area: str) -> dict[str, Any]:
    """A value for every parameter name that a question has."""
    day = desk.beside(CodeDesk).days(Viewer())[-1]
    key = desk.beside(PolicyDesk).orders(Viewer()).lines[0].notice.key
    return {
        "desk": desk, "view": desk.cube.at(), "viewer": viewer, "area": area, "within": area, "day": day, "days": [day], "as_of": None,
        "first": day - dt.timedelta(days=6), "last": day, "then": dt.datetime(2026, 4, 28), "over": 7,
        "name": "positives", "names": ("positives", "code_red"), "level": "street", "layer": "score", "key": key,
        "number": "1", "id": "none", "code": area, "places": ["桐浦市"], "grain": "street", "share": 0.5,
        "sha256": "0" * 64, "body": b"", "action": "comment", "reports": [],
    }  # fmt: skip


def ask(question: Callable[..., Any], desk: Desk, viewer: Viewer, area: str) -> Any:
    """The answer to a question; None where it is refused in words."""
    known = parameters(desk, viewer, area)
    wanted = inspect.signature(question).parameters
    given = {name: known[name] for name in wanted if name in known}
    if question.__name__ == "change":
        given["days"] = 7
    needed = {name for name, one in wanted.items() if one.default is one.empty and name not in ("self", "asked")}
    assert needed <= given.keys(), f"say in parameters() what {needed - given.keys()} may be"
    if "self" in wanted:
        kind = next(kind for kind in kinds() if vars(kind).get(question.__name__) is question)
        given["self"] = desk if kind is Desk else desk.beside(kind)
    if "asked" in wanted:
        given["asked"] = {}
    try:
        return question(**given)
    except (Forbidden, InputError, NotFound):
        return None


def kinds() -> list[type]:
    """The desks."""
    return [Desk, *{one for one in map(_desk_of, entries.desks().values()) if one is not None}]


def _desk_of(question: Callable[..., Any]) -> type | None:
    module, _, _ = question.__qualname__.partition(".")
    found = inspect.getmodule(question)
    one = getattr(found, module, None)
    return one if inspect.isclass(one) else None


# what is answered ------------------------------------------------------------------------------------


def numbers(answer: Any, field: str = "") -> Iterator[tuple[str, float]]:
    """(field, number) of every number of an answer."""
    if isinstance(answer, (int, float, np.number)) and not isinstance(answer, bool) and not hidden(answer):
        yield field, float(answer)
    elif isinstance(answer, np.ndarray) and answer.dtype.kind == "f":
        yield from ((field, float(one)) for one in np.ravel(answer))
    for name, one in _members(answer, field):
        yield from numbers(one, name)


def _members(answer: Any, field: str) -> Iterator[tuple[str, Any]]:
    """What an answer is made of, by the name of its field."""
    if isinstance(answer, Mapping):
        yield from ((field or str(key), one) for key, one in answer.items())
    elif isinstance(answer, (list, tuple)):
        yield from ((field, one) for one in answer)
    elif isinstance(answer, Number):
        yield field, answer.value  # what it counts is its field's name
    elif isinstance(answer, Unlocated) and answer.measure.id.startswith("risk_"):
        return  # grounds on a public list
    elif dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        yield from ((name, getattr(answer, name)) for name in _told(answer))


def _told(record: Any) -> list[str]:
    """Its fields, but for what is no answer."""
    no = ("system", "measure", "notice", "pack", "clause", "verdict", "clock", "geography")
    return [each.name for each in dataclasses.fields(record) if each.name not in no]


def small(answer: Any) -> set[tuple[str, float]]:
    """The numbers that may be small numbers of people."""
    found = {(field, n) for field, n in numbers(answer) if field not in NO_PEOPLE}
    return {(field, n) for field, n in found if 0 < n < THRESHOLD and n == int(n)}


@pytest.mark.parametrize("name", asked_of_people())
def test_no_question_answers_a_small_number(desk: Desk, name: str) -> None:
    areas = desk.cube.at().areas
    for row in (0, int(areas.children(int(areas.children(0)[0]))[0])):
        answer = ask(entries.desks()[name], desk, PUBLIC, areas.code[row])
        assert not small(answer), f"{name} of {areas.code[row]}"


def test_the_same_questions_answer_small_numbers_to_who_may_see_them(desk: Desk) -> None:
    areas = desk.cube.at().areas
    codes = [areas.code[row] for level in ("district", "street") for row in areas.of_level(level).tolist()]
    names = ("CodeDesk.colours", "CodeDesk.overdue", "CodeDesk.conflicts", "CodeDesk.rates", "PolicyDesk.orders")
    for name in names:
        assert any(small(ask(entries.desks()[name], desk, Viewer(), code)) for code in codes), name


# the states --------------------------------------------------------------------------------------------


def test_what_is_hidden_is_no_nought_and_not_missing() -> None:
    assert fact(HIDDEN).state == "suppressed"
    assert (fact(0).state, fact(None).state) == ("zero", "missing")
    for made in (
        HIDDEN + 1,
        1 + HIDDEN,
        3 - HIDDEN,
        HIDDEN / 2,
        2 / HIDDEN,
        2 * HIDDEN,
        -HIDDEN,
        abs(HIDDEN),
        sum([1, HIDDEN]),
    ):
        assert made is HIDDEN
    assert not HIDDEN
    assert repr(HIDDEN) == "HIDDEN"
    kept = HiddenList[int](Both("名单", "a list"))
    for read in (lambda: list(kept), lambda: len(kept), lambda: kept[0]):
        with pytest.raises(Withheld):
            read()


def test_the_words_say_what_and_why(desk: Desk) -> None:
    with pytest.raises(Withheld) as refused:
        desk.beside(CodeDesk).conflicts(PUBLIC, "city")
    assert refused.value.say("zh").startswith("一人多码")
    assert "not nought" in refused.value.say("en")


def test_the_code_ledgers_are_shown_as_far_as_they_are_safe(desk: Desk) -> None:
    codes, full = desk.beside(CodeDesk), Viewer()
    told, all_ = codes.overdue(PUBLIC, "city"), codes.overdue(full, "city")
    assert told is not None
    assert all_ is not None
    assert told.ages == all_.ages
    assert {fact(ages.late).state for _, ages in told.systems if ages} == {"suppressed"}
    found = codes.colours(PUBLIC, "city")
    assert found is not None
    assert [dict(one.counts) for one in found] == [dict(one.counts) for one in codes.colours(full, "city") or []]
    assert {(one.assigned, one.cleared) for one in found} == {(HIDDEN, HIDDEN)}
    again = questions.again(desk, PUBLIC, cite("codes.overdue", "ages.late", area="city"))
    assert again.value == all_.ages.late
    district = desk.cube.at().areas.code[1]
    stuck = cite("codes.overdue", "ages.counts[stuck]", area=district)
    assert questions.again(desk, PUBLIC, stuck).state == "suppressed"
    assert questions.again(desk, PUBLIC, cite("codes.rates", "most", area="city")).state == "suppressed"


def test_orders_are_told_of_the_whole_city_alone(desk: Desk) -> None:
    orders = desk.beside(PolicyDesk)
    part = str(desk.cube.at().areas.code[int(desk.cube.at().areas.children(0)[0])])
    states = {state for line in orders.orders(PUBLIC, part).lines for state in _states(line.told)}
    assert states <= {"suppressed", "missing"}
    whole, full = orders.orders(PUBLIC).together, orders.orders(Viewer()).together
    assert whole.hit in (full.hit, dataclasses.replace(full.hit, value=None, state="suppressed"))


def _states(told: Any) -> set[str]:
    return {one.state for name, one in vars(told).items() if name not in ("cases", "per_case")}


def test_clocks_of_zones_are_public_but_for_what_was_found_near_them(desk: Desk) -> None:
    zones = desk.beside(ZoneDesk)
    lines = zones.clocks(PUBLIC)
    assert {line.clock.loose for line in lines} == {HIDDEN}
    assert [line.clock.state for line in lines] == [line.clock.state for line in zones.clocks(Viewer())]


def test_the_risk_map_is_dotted_everywhere(desk: Desk) -> None:
    day = desk.beside(CodeDesk).days(Viewer())[-1]
    painted = desk.beside(RiskMap).paint(PUBLIC, "score", "street", "city", day)
    assert set(painted.state.tolist()) == {SUPPRESSED}
    assert np.isnan(painted.value).all()
    assert desk.beside(RiskMap).hot(PUBLIC, "street", "city", day) is HIDDEN


def test_a_day_of_flows_is_shown_whole_or_not_at_all(desk: Desk) -> None:
    flows = desk.beside(FlowDesk)
    for day in flows.days(Viewer())[-3:]:
        rows = flows.book(desk.cube.at()).rows(day, day)
        people = rows.flows.value[~rows.estimate]
        if ((people > 0) & (people < THRESHOLD)).any():
            with pytest.raises(Withheld):
                flows.arcs(PUBLIC, "city", day)
        else:
            assert flows.arcs(PUBLIC, "city", day).people.tolist() == flows.arcs(Viewer(), "city", day).people.tolist()


# what is made of it ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", [one.id for one in PAGES])
def test_every_page_stands_and_says_calmly_what_is_hidden(desk: Desk, page: str, lang: Any) -> None:
    made = next(one for one in PAGES if one.id == page)
    viewer = dataclasses.replace(PUBLIC, lang=lang)
    area = "city" if lang == "zh" else desk.cube.at().areas.code[1]
    answer = Sheets(desk, lang, PAGES)(made, f"?area={area}&lang={lang}", viewer)
    assert answer["sheet"]["blocks"]
    text = json.dumps(answer, ensure_ascii=False, allow_nan=False, default=str)
    assert "HIDDEN" not in text
    assert "No code is overdue" not in text
    assert "没有应转未转" not in text


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_panel_of_a_wall_breaks(desk: Desk, tmp_path: Path, lang: Any) -> None:
    gallery = Gallery(desk, desk.beside(Painter), tmp_path / "wall.toml")
    wall = Viewer(lang=lang, rights=MAY["wall"] | {"deliveries"})
    content = gallery.content(wall, gallery.settings("any"))
    assert not [
        panel["error"] for scene in content["scenes"].values() for panel in scene["panels"] if panel.get("error")
    ]
    told = json.dumps(content, ensure_ascii=False, default=str)
    assert "HIDDEN" not in told
    assert ("不等于零" if lang == "zh" else "not nought") in told
