"""The questions about risk and their page: scope, drill-down, plain words where the forecast does not stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from dashboard.pages import risk
from dashboard.pages.sheets import Sheets
from dashboard.queries import Desk, Viewer
from dashboard.queries.risk import MOST, RiskDesk
from data.errors import AreaNotFound, BadQuestion
from grid.cube import Cube
from tests.dashboard.test_policy_pages import of_kind, texts
from tests.outbreak import DAYS, LAST, town

CITY, EAST = Viewer(), Viewer(scope="990101")
CJK = re.compile(r"[\u4e00-\u9fff]")
#: Names that the tiny city delivers in Chinese only.
DELIVERED = re.compile(r"[^ ]*(区|镇|街道|居委会|村|园区|市)( .*)?|.*(区|镇|街道|居委会|村委会|园区).*")


@pytest.fixture(scope="module")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cube]:
    made = town(tmp_path_factory.mktemp("outbreak"))
    yield Cube(made.store, made.city)
    made.store.close()


@pytest.fixture(scope="module")
def desk(cube: Cube) -> Desk:
    return Desk(cube)


def blocks(desk: Desk, search: str, viewer: Viewer = CITY) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Sheets(desk, "zh", (risk.PAGE,))(risk.PAGE, search, viewer)["sheet"]["blocks"]
    return found


def by_id(made: list[dict[str, Any]], id: str) -> dict[str, Any]:
    return next(block for block in made if block["id"] == id)


def follow(href: str) -> str:
    return "?" + href.partition("?")[2]


# the desk ---------------------------------------------------------------------------------------------


def test_an_area_by_its_children(desk: Desk) -> None:
    asked = desk.beside(RiskDesk)
    assert asked.levels(CITY)[:2] == ("district", "street")
    found = asked.answer(CITY)
    assert found is not None
    assert (found.level, found.day, found.basis) == ("district", LAST, "positives")
    assert {unit.code for unit in found.units} == {"990101", "990102"}
    assert sum(found.grades.values()) == 2
    for unit in (*found.units, found.own):
        assert unit is not None
        assert sum(round(10 * part.points) for part in unit.parts) == round(10 * unit.least)


def test_nobody_looks_beyond_their_scope(desk: Desk) -> None:
    asked = desk.beside(RiskDesk)
    found = asked.answer(EAST, level="street")
    assert found is not None
    assert found.own is not None
    assert found.own.code == "990101"
    for shown in (found.units, found.signals, found.clusters):
        assert {one.code[:6] for one in shown} <= {"990101"}
    assert all(unit.where.startswith("东江区") for unit in found.forecasts)
    with pytest.raises(AreaNotFound):
        asked.answer(EAST, "990102")
    with pytest.raises(AreaNotFound):
        asked.levels(EAST, "990102")


def test_an_unknown_level_is_refused(desk: Desk) -> None:
    with pytest.raises(BadQuestion):
        desk.beside(RiskDesk).answer(CITY, level="planet")


def test_cells_are_listed_up_to_a_limit_and_counted_all(desk: Desk) -> None:
    found = desk.beside(RiskDesk).answer(CITY, level="cell")
    assert found is not None
    assert len(found.units) <= MOST < sum(found.grades.values())
    assert found.grades["unknown"] == sum(found.grades.values())  # nobody counted the people of any cell
    assert found.card_level == "cell"


def test_the_card_tells_both_baselines(desk: Desk) -> None:
    card = desk.beside(RiskDesk).card(CITY)
    assert card is not None
    assert set(card.hits) == set(card.wis) == {"forecast", "persistence", "decay"}
    assert all(len(hits) == 4 for hits in card.hits.values())
    assert card.pai[1] == pytest.approx(card.hits["forecast"][1] / 0.05)
    assert (card.level, card.known) == ("cell", 0)


def test_in_brief(desk: Desk) -> None:
    found = desk.beside(RiskDesk).brief(EAST)
    assert found is not None
    assert (found.level, found.day) == ("cell", LAST)
    whole = desk.beside(RiskDesk).answer(CITY, level="cell")
    inside = desk.beside(RiskDesk).answer(EAST, level="cell")
    assert whole is not None
    assert inside is not None
    assert found.signals == len(inside.signals) <= len(whole.signals)
    assert found.chance == pytest.approx(sum(inside.chance.values()))
    coarse = desk.beside(RiskDesk).brief(CITY, most=20)
    assert coarse is not None
    assert coarse.level == "community"


# the page ---------------------------------------------------------------------------------------------


def test_the_page_has_its_blocks_and_the_card(desk: Desk) -> None:
    made = blocks(desk, "")
    assert [block["id"] for block in made[1:4]] == ["verdict", "parts", "card"]
    assert {"own", "grades", "levels", "signals", "clusters", "forecast"} <= {block["id"] for block in made}
    names = [row["cells"][0]["text"] for row in by_id(made, "card")["rows"]]
    assert names[:4] == ["前 1% 单元网格", "前 5% 单元网格", "前 10% 单元网格", "前 20% 单元网格"]
    assert "23 次" in by_id(made, "card")["about"]
    assert "当时尚未入库" in by_id(made, "card")["about"]


def test_the_shown_parts_add_up_to_the_shown_score(desk: Desk) -> None:
    for search in ("", "?by=street", "?by=cell", "?area=990101"):
        for row in by_id(blocks(desk, search), "parts")["rows"]:
            *parts, _missing = row["parts"]
            assert sum(round(10 * float(part["text"].split()[0])) for part in parts) == round(
                10 * float(row["text"].lstrip("≥"))
            )


def test_one_drills_down_by_address(desk: Desk) -> None:
    (row, *_) = by_id(blocks(desk, ""), "parts")["rows"]
    below = blocks(desk, follow(row["href"]))
    assert all(bar["small"].startswith(row["name"]) for bar in by_id(below, "parts")["rows"])
    cells = blocks(desk, "?by=cell")
    (bar, *_) = by_id(cells, "parts")["rows"]
    assert bar["name"] in by_id(blocks(desk, follow(bar["href"])), "own")["title"]
    levels = by_id(cells, "levels")
    names = [column["name"] for column in levels["columns"]]
    assert "by=street" in levels["rows"][0]["cells"][names.index("街道/乡镇")]["href"]


def test_what_is_missing_is_hatched_and_filtered(desk: Desk) -> None:
    made = blocks(desk, "?by=cell&grade=unknown")
    (row, *_) = by_id(made, "parts")["rows"]
    assert row["parts"][-1]["shade"] == "hatch"
    assert row["parts"][-1]["value"] > 0
    assert row["text"].startswith("≥")
    (strip,) = of_kind(made, "figures")
    assert int(next(f["text"] for f in strip["figures"] if f["name"] == "无法评定")) > 100


@pytest.mark.parametrize(
    ("why", "said"),
    [("wins", "预测可用"), ("loses", "不如"), ("not proven", "未被证明"), ("no better than chance", "不好于随机")],
)
def test_the_verdict_is_a_plain_sentence_and_greys_the_forecast(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, why: str, said: str
) -> None:
    card = desk.beside(RiskDesk).card(CITY)
    assert card is not None
    monkeypatch.setattr("dashboard.queries.risk._card", lambda _: replace(card, why=why))
    made = blocks(desk, "")
    forecast = by_id(made, "forecast")
    assert said in by_id(made, "verdict")["text"]
    grey = why != "wins"
    assert ("灰" in forecast["title"]) == grey
    assert forecast["columns"][1]["bar"] != grey
    assert all((row["cells"][1].get("tone") == "soft") == grey for row in forecast["rows"])


def test_without_a_card_the_forecast_is_unproven(desk: Desk) -> None:
    made = blocks(desk, f"?day={DAYS[10]}")
    assert by_id(made, "verdict")["text"].startswith("成绩单：还没有")
    assert "灰" in by_id(made, "forecast")["title"]


def test_english_is_english(desk: Desk) -> None:
    for search in ("?lang=en", "?lang=en&by=cell", f"?lang=en&day={DAYS[10]}", "?lang=en&area=990101"):
        told = list(texts(blocks(desk, search)))
        assert [text for text in told if CJK.search(text) and not DELIVERED.fullmatch(text)] == []


def test_the_days_that_can_be_asked_for(desk: Desk) -> None:
    days = desk.beside(RiskDesk).days(CITY)
    assert (days[0], days[-1]) == (DAYS[6], LAST)
