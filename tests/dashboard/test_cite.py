"""Citations: as texts, as ways into answers, and asked again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, strategies

from dashboard.queries import Desk, Viewer
from dashboard.queries.cite import Cite, Cited, Fact, Given, cite, fact, follow, known, read
from dashboard.queries.questions import QUESTIONS, again, ask, measured
from dashboard.queries.questions import given as told
from data.errors import AreaNotFound, BadQuestion, OneScreenError
from grid.cube import Cube
from tests.tiny import CITY, DAYS


@dataclass
class Kind:
    id: str
    n: float | None
    more: dict[Any, float] = field(default_factory=dict)

    @property
    def twice(self) -> float | None:
        return None if self.n is None else 2 * self.n


@dataclass
class Answer:
    kinds: list[Kind]
    days: dict[dt.date, Kind]
    empty: None = None


ANSWER = Answer(
    [Kind("a", 1.0), Kind("b=c", None, {0.05: 3.0, "x": 4.0})], {DAYS[0]: Kind("d", 0.0), DAYS[1]: Kind("e", 7.5)}
)


@pytest.mark.parametrize(
    ("way", "found"),
    [
        ("kinds[id=a].n", Fact(1.0, "value")),
        ("kinds[id=a].twice", Fact(2.0, "value")),
        ("kinds[id=b=c].n", Fact(None, "missing")),
        ("kinds[id=b=c].more[0.05]", Fact(3.0, "value")),
        ("kinds[id=b=c].more[x]", Fact(4.0, "value")),
        (f"days[{DAYS[0]}].n", Fact(0.0, "zero")),
        ("kinds", Fact(2.0, "value")),
        ("kinds[id=a].more", Fact(0.0, "zero")),
    ],
)
def test_a_way_leads_to_a_number(way: str, found: Fact) -> None:
    assert follow(ANSWER, way) == found
    assert known(found) == (found.value is not None)


@pytest.mark.parametrize("way", ["kinds[id=z].n", "nosuch", "empty.n", "kinds[3]", "kinds[id=a].id", "]", "days[x]"])
def test_a_way_that_leads_nowhere_says_so(way: str) -> None:
    with pytest.raises(BadQuestion):
        follow(ANSWER, way)


def test_what_is_given_reads_its_numbers_by_their_citations() -> None:
    given_ = Given(ANSWER, cite("q", area="1"))
    for one in (*given_.each("kinds", "id"), *given_.each("days")):
        assert follow(ANSWER, one["n"].cite.way) == fact(one.what.n)
    assert given_.at("kinds[id=a]")["twice"] == Cited(2.0, "value", Cite("q", (("area", "1"),), "kinds[id=a].twice"))
    assert given_["kinds"].value == 2


names = strategies.from_regex(r"[a-z_]+(\.[a-z_]+)?", fullmatch=True)
texts = strategies.text(strategies.characters(codec="utf-8"), max_size=20)


@given(names, strategies.dictionaries(names, texts, max_size=3), texts)
def test_a_citation_is_read_as_it_was_written(question: str, asked: dict[str, str], way: str) -> None:
    written = Cite(question, tuple(sorted(asked.items())), way)
    assert read(str(written)) == written


@pytest.mark.parametrize("text", ["", "?a=1", "Measure", "a b", "1?x=2"])
def test_what_cites_nothing_is_told(text: str) -> None:
    with pytest.raises(BadQuestion):
        read(text)


# asked again -----------------------------------------------------------------------------------------


def test_a_measure_is_asked_again_as_it_was_answered(tiny_cube: Cube) -> None:
    desk, viewer = Desk(tiny_cube), Viewer()
    for level in ("district", "street", "cell"):
        for answer in desk.ask(viewer, "positives", days=[DAYS[4]], level=level):
            one = measured(answer, "positives", CITY)
            assert again(desk, viewer, one.cite) == Fact(answer.value, answer.state)
    own = measured(desk.ask(viewer, "positives", days=[DAYS[4]])[0], "positives")
    assert again(Desk(tiny_cube), viewer, read(str(own.cite))).value == own.value


def test_a_citation_keeps_the_moment_of_its_own(tiny_cube: Cube) -> None:
    first = tiny_cube.store.loads()[-1].known
    with_it = cite("version", known=first)
    assert again(Desk(tiny_cube), Viewer(), with_it).value == tiny_cube.store.version(first)


def test_what_cannot_be_asked_is_told(tiny_cube: Cube) -> None:
    desk, viewer = Desk(tiny_cube), Viewer()
    for wrong in (cite("nosuch"), cite("measure"), cite("series", name="positives", area=CITY), cite("sources")):
        with pytest.raises(BadQuestion):
            ask(desk, viewer, wrong)
    for wrong in (cite("measure", name="positives", day="soon"), cite("version", known="soon")):
        with pytest.raises(BadQuestion):
            ask(desk, viewer, wrong)
    with pytest.raises(AreaNotFound):
        ask(desk, Viewer(scope="990101"), cite("measure", name="positives", area="990102"))


@pytest.mark.parametrize("question", sorted(QUESTIONS))
def test_every_question_keeps_to_the_viewers_scope(tiny_cube: Cube, question: str) -> None:
    """Whatever is asked about an area outside is refused, or is about no area at all."""
    wanted = {"area": "990102", "day": DAYS[4], "name": "positives", "level": "street", "first": DAYS[2],
              "last": DAYS[4], "order": "x", "grain": "cell", "share": 0.1, "id": "x", "now": "2022-04-01T00:00"}  # fmt: skip
    asked = cite(question, **wanted)
    about_no_area = {"status", "version", "loads", "sources", "codes.repeats"}
    try:
        ask(Desk(tiny_cube), Viewer(scope="990101"), asked)
    except OneScreenError:
        return
    assert question in about_no_area or question.startswith("made."), question


def test_the_answer_with_its_citation(tiny_cube: Cube) -> None:
    found = told(Desk(tiny_cube), Viewer(), None, "compared", name="positives", area=CITY, day=DAYS[9])
    assert found["change"].value == found.what.answer.value - found.what.before.value
    assert found["relative"].value == pytest.approx(found.what.change / found.what.before.value)
