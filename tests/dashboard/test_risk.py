"""The questions about risk and their page: scope, drill-down, plain words where the forecast does not stand."""

from __future__ import annotations

import math
import re
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dashboard.app import create_app
from dashboard.pages import risk
from dashboard.pages.page import Page
from dashboard.pages.risk import granularity
from dashboard.pages.sheets import Sheets
from dashboard.queries import Desk, RiskMap, Viewer, cells_inside
from dashboard.queries.risk import RiskDesk
from dashboard.queries.risk.answers import MOST
from dashboard.queries.risk.map import OUTSIDE
from dashboard.reconcile import Checker
from dashboard.reconcile.screens import Crawl
from data.errors import AreaNotFound, BadQuestion
from grid.cube import Cube
from grid.rates import MISSING, VALUE
from grid.risk.grids import Explorer
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


def blocks(desk: Desk, search: str, viewer: Viewer = CITY, page: Page = risk.PAGE) -> list[dict[str, Any]]:
    """The blocks of a page; those of a column stand in its place."""
    found = Sheets(desk, "zh", (risk.PAGE, granularity.PAGE))(page, search, viewer)["sheet"]["blocks"]
    return [one for block in found for one in block.get("blocks", [block])]


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


def test_signals_are_listed_up_to_a_limit_and_counted_all(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    found = next(one for day in DAYS[20:] if (one := desk.beside(RiskDesk).answer(CITY, day=day, level="cell"))
                 and one.signalled > 2)  # fmt: skip
    monkeypatch.setattr("dashboard.queries.risk.answers.MOST", 2)
    some = desk.beside(RiskDesk).answer(CITY, day=found.day, level="cell")
    assert some is not None
    assert (len(some.signals), some.signalled) == (2, found.signalled)
    made = blocks(desk, f"?by=cell&day={found.day}")
    figure = next(one for one in of_kind(made, "figures")[0]["figures"] if one["name"] == "异常信号")
    assert (figure["text"], by_id(made, "signals")["count"]) == (str(found.signalled), str(found.signalled))


def test_the_brief_is_of_the_units_whose_forecast_is_drawn(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a city with many districts these are drawn: the card beside them is theirs, not that of their cells."""
    monkeypatch.setattr("dashboard.queries.risk.answers.LEAST_UNITS", 2)
    whole, brief = desk.beside(RiskDesk).answer(CITY), desk.beside(RiskDesk).brief(CITY)
    assert whole is not None
    assert brief is not None
    assert (brief.level, brief.card) == (whole.card_level, whole.card) == ("district", whole.card)


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
    assert found.signals == inside.signalled == len(inside.signals) <= len(whole.signals)
    assert found.chance == pytest.approx(sum(inside.chance.values()))
    coarse = desk.beside(RiskDesk).brief(CITY, most=20)
    assert coarse is not None
    assert coarse.level == "community"


# the map's values ------------------------------------------------------------------------------------


def test_the_map_shows_what_the_answer_tells(desk: Desk) -> None:
    found = desk.beside(RiskDesk).answer(CITY, level="street")
    assert found is not None
    view = desk.cube.at()
    codes = [view.areas.code[row] for row in view.areas.of_level("street")]
    score, hot = (desk.beside(RiskMap).paint(CITY, layer, "street", "city", LAST) for layer in ("score", "hot"))
    for unit in found.units:
        at = codes.index(unit.code)
        assert (score.state[at] == MISSING) == (unit.grade == "unknown")
        assert unit.grade == "unknown" or score.value[at] == pytest.approx(unit.least)
        assert bool(score.least[at]) == (unit.grade != "unknown" and unit.most > unit.least)
        assert (hot.state[at] == VALUE) == unit.hot
    ahead = desk.beside(RiskMap).paint(CITY, "ahead", "cell", "city", LAST)
    place = {code: at for at, code in enumerate(view.leaves.cells.id)}
    for unit in desk.beside(RiskDesk).answer(CITY, level="cell").forecasts:  # type: ignore[union-attr]
        assert unit.ahead is not None
        assert ahead.value[place[unit.code]] == pytest.approx(unit.ahead.mean)


def test_the_map_keeps_to_the_scope(desk: Desk) -> None:
    asked, whole = desk.beside(RiskMap), desk.beside(RiskMap).paint(CITY, "ahead", "cell", "990101", LAST)
    own = asked.paint(EAST, "ahead", "cell", "city", LAST)
    view = desk.cube.at()
    row = view.areas.find("990101")
    inside = cells_inside(view, row)
    assert len(own.state) == len(whole.state) == len(inside)
    home = view.leaves.home[inside]
    other = (home < view.areas.lo[row]) | (home >= view.areas.hi[row])
    assert other.any()
    assert (own.state == OUTSIDE).tolist() == other.tolist()
    assert np.isnan(own.value[other]).all()
    with pytest.raises(AreaNotFound):
        asked.paint(EAST, "score", "street", "990102", LAST)
    with pytest.raises(BadQuestion):
        asked.paint(CITY, "mood", "street", "city", LAST)
    with pytest.raises(BadQuestion):
        asked.paint(CITY, "score", "planet", "city", LAST)


def test_the_bytes_are_the_values(desk: Desk) -> None:
    client = create_app(desk).server.test_client()
    drawn = by_id(blocks(desk, "?by=street"), "map")["map"]
    answer = client.get(drawn["values_url"], headers={"Accept-Encoding": "identity"})
    painted = desk.beside(RiskMap).paint(CITY, "score", "street", "city", LAST)
    magic, size = struct.unpack("<4sI", answer.data[:8])
    assert (magic, size) == (b"OSV1", len(painted.value))
    values = np.frombuffer(answer.data, "<f4", size, 8)
    assert np.where(painted.state == VALUE, values, 0) == pytest.approx(np.nan_to_num(painted.value), rel=1e-6)
    assert "immutable" in answer.headers["Cache-Control"]
    old = drawn["values_url"].replace(f"/{desk.cube.at().version}/", "/1/", 1)
    assert "no-cache" in client.get(old).headers["Cache-Control"]
    assert client.get(old.replace("/score/", "/mood/")).status_code == 400
    assert client.get(old.replace("/990000/", "/nowhere/")).status_code == 404


def test_a_day_of_which_nothing_is_known_is_missing(desk: Desk) -> None:
    painted = desk.beside(RiskMap).paint(CITY, "score", "street", "city", DAYS[0])
    assert (painted.state == MISSING).all()


# the page ---------------------------------------------------------------------------------------------


def test_the_map_comes_first_and_the_card_beside_it(desk: Desk) -> None:
    made = blocks(desk, "")
    assert [block["id"] for block in made[:3]] == ["map", "verdict", "card"]
    assert {"own", "parts", "grades", "signals", "clusters", "forecast"} <= {block["id"] for block in made}
    card = by_id(made, "card")
    assert [column["name"] for column in card["columns"][1:5]] == ["前 1%", "前 5%", "前 10%", "前 20%"]
    assert [row["key"] for row in card["rows"]] == ["forecast", "persistence", "decay"]
    assert "按单元网格" in card["about"]
    assert "23 次" in card["about"]
    assert "都尚未入库" in card["about"]


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
    layers, levels = by_id(cells, "map")["switches"]
    assert [one["name"] for one in layers if one["here"]] == ["风险分"]
    assert "by=street" in next(one["href"] for one in levels if one["name"] == "街道/乡镇")


@pytest.mark.parametrize("level", ["street", "cell"])  # a street is graded; of cells nobody counted the people
def test_the_parts_of_the_chosen_unit_add_up_to_its_score(desk: Desk, level: str) -> None:
    view = desk.cube.at()
    code = view.leaves.cells.id[0] if level == "cell" else "990101001"
    made = blocks(desk, f"?by={level}&unit={code}")
    assert by_id(made, "map")["map"]["marked"] == code
    total, *parts = by_id(made, "own")["rows"]
    known = [float(row["cells"][2]["text"]) for row in parts if row["cells"][2].get("state") != "missing"]
    assert sum(round(10 * points) for points in known) == round(10 * float(total["cells"][2]["text"].lstrip("≥")))
    (hatched,) = (piece for piece in total["cells"][0]["parts"] if piece["shade"] == "hatch")
    assert (hatched["value"] > 0) == (len(known) < len(parts)) == (level == "cell")


def test_a_unit_that_is_not_there_is_the_area_itself(desk: Desk) -> None:
    assert "安城市" in by_id(blocks(desk, "?unit=nowhere"), "own")["title"]
    assert "990102" not in str(by_id(blocks(desk, "?by=street&unit=990102001", EAST), "own"))


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
    monkeypatch.setattr("dashboard.queries.risk.answers.card", lambda *_: replace(card, why=why))
    made = blocks(desk, "")
    forecast = by_id(made, "forecast")
    assert said in by_id(made, "verdict")["text"]
    grey = why != "wins"
    drawn = by_id(blocks(desk, "?show=ahead"), "map")
    assert (drawn["tone"] == "grey") == grey
    assert (said in drawn["said"]) == grey
    assert all(map(_colourless, drawn["map"]["ramp"])) == grey
    assert not any(_colourless(colour) for colour in by_id(made, "map")["map"]["ramp"])  # the score is no forecast
    assert ("灰" in forecast["title"]) == grey
    assert forecast["columns"][1]["bar"] != grey
    assert all((row["cells"][1].get("tone") == "soft") == grey for row in forecast["rows"])


def _colourless(colour: str) -> bool:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return max(red, green, blue) - min(red, green, blue) <= 1


def test_a_card_of_weeks_without_findings_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    card = desk.beside(RiskDesk).card(CITY)
    assert card is not None
    nothing = dict.fromkeys(card.hits, (math.nan,) * 4)
    empty = replace(card, why="no better than chance", hits=nothing, people=nothing, pai=(math.nan,) * 4)
    monkeypatch.setattr("dashboard.queries.risk.answers.card", lambda *_: empty)
    made = blocks(desk, "")
    assert "都没有新增" in by_id(made, "verdict")["text"]
    assert "未报" not in str(by_id(made, "card"))


def test_without_a_card_the_forecast_is_unproven(desk: Desk) -> None:
    made = blocks(desk, f"?day={DAYS[10]}")
    assert by_id(blocks(desk, f"?day={DAYS[10]}&show=ahead"), "map")["tone"] == "grey"
    assert by_id(made, "verdict")["text"].startswith("成绩单：还没有")
    assert "灰" in by_id(made, "forecast")["title"]


def test_english_is_english(desk: Desk) -> None:
    searches = ["", "&by=cell", f"&day={DAYS[10]}", "&area=990101", "&show=ahead", "&show=hot", "&show=ahead&unit=0"]
    for page, more in [*((risk.PAGE, more) for more in searches), (granularity.PAGE, "")]:
        told = list(texts(blocks(desk, f"?lang=en{more}", page=page)))
        assert [text for text in told if CJK.search(text) and not DELIVERED.fullmatch(text)] == []


def test_the_days_that_can_be_asked_for(desk: Desk) -> None:
    days = desk.beside(RiskDesk).days(CITY)
    assert (days[0], days[-1]) == (DAYS[6], LAST)


# how fine is fine enough --------------------------------------------------------------------------------


def test_fineness_is_told_with_its_price(desk: Desk) -> None:
    found = desk.beside(RiskDesk).granularity(CITY)
    made = blocks(desk, "", page=granularity.PAGE)
    rows = by_id(made, "fineness")["rows"]
    assert [row["key"] for row in rows] == [line.id for line in found]
    for row, line in zip(rows, found, strict=True):
        hit = line.hits[1]
        assert hit is not None
        assert row["cells"][3]["text"] == f"{100 * hit:.1f}%"
        assert ("够用" in row["cells"][0]["small"]) == line.enough
        assert (row["cells"][3].get("tone") == "soft") == line.grey
    enough = next(line for line in found if line.enough)
    assert enough.name in by_id(made, "answer-0")["text"]
    assert f"{100 * enough.hidden_findings:.0f}%" in by_id(made, "answer-1")["text"]


def test_a_lead_is_of_the_hits_beside_it(desk: Desk) -> None:
    """Both are of the same denominator: a fineness that hits less than the baseline does not lead."""
    for line in desk.beside(RiskDesk).granularity(CITY):
        ours, theirs = (np.mean([hit for hit in hits if hit is not None]) for hits in (line.hits, line.baseline))
        assert line.ahead.mean == pytest.approx(ours - theirs, abs=1e-12)
        assert line.of != "units"


def test_fineness_is_worked_out_beside_the_serving(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says so meanwhile, is not kept, and asks again; whoever asks the desk itself waits."""
    go, lines = threading.Event(), Explorer.lines
    monkeypatch.setattr(Explorer, "lines", lambda *asked: go.wait(60) and lines(*asked))
    monkeypatch.setattr("dashboard.queries.risk.desk.PATIENCE", 0.01)
    fresh, search = Desk(desk.cube), f"?day={DAYS[35]}"
    sheets = Sheets(fresh, "zh", (risk.PAGE, granularity.PAGE))
    for _ in range(2):
        soon = sheets(granularity.PAGE, search, CITY)
        assert soon["where"]["again"]
        assert [block["text"][:4] for block in soon["sheet"]["blocks"]] == ["正在计算"]
    go.set()
    assert fresh.beside(RiskDesk).granularity(CITY, day=DAYS[35])
    told = sheets(granularity.PAGE, search, CITY)
    assert not told["where"]["again"]
    assert by_id(told["sheet"]["blocks"], "fineness")["rows"]


def test_fineness_of_nothing_is_a_sentence(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    (early,) = blocks(desk, f"?day={DAYS[8]}", page=granularity.PAGE)
    assert "数据不足" in early["text"]
    silent = [replace(line, hits=(None,) * 4) for line in desk.beside(RiskDesk).granularity(CITY)]
    monkeypatch.setattr(RiskDesk, "granularity", lambda *_, **__: silent)
    (nothing,) = blocks(desk, f"?day={DAYS[30]}", page=granularity.PAGE)
    assert "没有新增" in nothing["text"]


def test_every_number_is_traced_and_told_again(desk: Desk) -> None:
    crawl = Crawl(desk, pages=(risk.PAGE, granularity.PAGE))
    checker = Checker(Desk(Cube(desk.cube.store, desk.city)), crawl.painter)
    screens = [crawl.sheet(page, search) for page in crawl.pages for search in ("", "?lang=en", "?show=hot")]
    assert [finding.say("en") for screen in screens for finding in checker.check(screen)] == []
    assert checker.tally.by_kind["risk.answer"] > 100
    assert checker.tally.by_kind["risk.granularity"] > 50
    assert checker.tally.units > 0
