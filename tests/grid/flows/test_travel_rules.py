"""Rules of both sides of a journey, and where they contradict each other."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from data.errors import RuleFileError
from data.travel import Demand, TravelPack, read_travel
from grid.flows.travel_rules import between, conflicts, needs, text, words_of

Day = dt.date
DAY = Day(2021, 11, 6)
HARBIN = read_travel(Path(__file__).parents[3] / "data/travel/harbin-2021.toml")
HERE, THERE = words_of("哈尔滨市", "230100"), words_of("黑河市", "231100")


def pack(place: str, *demands: Demand, start: Day = DAY, stop: Day | None = None) -> TravelPack:
    said = {"id": "other", "zh": "规定", "en": "Rules", "place": place, "place_en": "There", "source": "test"}
    return TravelPack(**said, start=start, stop=stop, demand=demands)


def demand(when: str, **more: object) -> Demand:
    return Demand(when=when, zh="甲", en="a", **more)


def test_harbin_asks_on_leaving_and_on_coming_back() -> None:
    asked = needs([HARBIN], HERE, THERE, DAY)
    assert [(n.demand.when, n.demand.test_hours, n.demand.tests) for n in asked] == [
        ("leave", 48, 0),
        ("return", None, 1),
    ]
    assert needs([HARBIN], HERE, THERE, Day(2021, 11, 4)) == []
    assert [need.occasion for need in asked] == ["leave", "return"]


def test_one_who_goes_there_has_to_leave_again() -> None:
    (back,) = needs([HARBIN], THERE, HERE, DAY)
    assert (back.occasion, back.demand.when, back.demand.test_hours) == ("back", "leave", 48)
    strict = pack("黑河市", demand("return", test_hours=24))
    assert [conflict.kind for conflict in conflicts(needs([HARBIN, strict], THERE, HERE, DAY))] == ["test"]
    shut = pack("黑河市", demand("return", closed=True))
    assert [conflict.kind for conflict in conflicts(needs([HARBIN, shut], THERE, HERE, DAY))] == ["closed"]


def test_every_pair_of_cities_is_looked_at() -> None:
    other = pack("黑河市", demand("arrive", test_hours=24), demand("return", test_hours=24))
    found = between([HARBIN, other], DAY)
    assert [(here.place, there.place, one.kind) for here, there, one in found] == [
        ("哈尔滨市", "黑河市", "test"), ("黑河市", "哈尔滨市", "test"),
    ]  # fmt: skip
    assert [here.place for here, *_ in between([HARBIN, other], DAY, HERE)] == ["哈尔滨市"]
    assert between([HARBIN, other], Day(2021, 11, 4)) == []


def test_each_kind_of_conflict_is_listed_once() -> None:
    other = pack(
        "黑河市",
        demand("arrive", test_hours=24),
        demand("arrive", isolate_days=14),
        demand("arrive", closed=True),
        demand("arrive", code="green"),
    )
    here = pack("哈尔滨市", demand("return", isolate_days=7), demand("leave", test_hours=48))
    here = here.model_copy(update={"id": "here"})
    found = conflicts(needs([here, other], HERE, THERE, DAY), frozenset({"yellow"}))
    assert sorted(conflict.kind for conflict in found) == ["closed", "code", "test", "twice"]
    assert all(text(conflict, "zh") != text(conflict, "en") for conflict in found)
    assert "21" in text(next(c for c in found if c.kind == "twice"), "en")


def test_what_agrees_is_no_conflict() -> None:
    same = pack("黑河市", demand("arrive", test_hours=48), demand("arrive", code="green"))
    assert conflicts(needs([HARBIN, same], HERE, THERE, DAY)) == []
    elsewhere = pack("黑河市", demand("arrive", of="上海", closed=True))
    assert len(needs([HARBIN, elsewhere], HERE, THERE, DAY)) == 2


@pytest.mark.parametrize("spoilt", ["start = 2021-11-05", 'id = "harbin-2021"', 'when = "leave"'])
def test_a_pack_that_lacks_something_is_refused(tmp_path: Path, spoilt: str) -> None:
    path = tmp_path / "x.toml"
    whole = (Path(__file__).parents[3] / "data/travel/harbin-2021.toml").read_text("utf-8")
    path.write_text(whole.replace(spoilt, ""), "utf-8")
    with pytest.raises(RuleFileError):
        read_travel(path)
    path.write_text(whole + "\nmore = 1\n", "utf-8")
    with pytest.raises(RuleFileError):
        read_travel(path)
