"""The pages of orders and of the sandbox, as they are described to the browser."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.pages import orders, sandbox
from dashboard.pages.page import Page
from dashboard.pages.sheets import Sheets
from dashboard.queries import Desk, Viewer
from grid.cube import Cube
from tests import heihe
from tests.dashboard.test_sandbox import DAYS, Outbreak

CITY = Viewer()
CJK = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def heihe_cube(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cube]:
    made = heihe.cube(tmp_path_factory.mktemp("heihe"))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def outbreak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outbreak]:
    made = Outbreak(tmp_path_factory.mktemp("outbreak"))
    yield made
    made.town.store.close()


def sheets(cube: Cube) -> Sheets:
    return Sheets(Desk(cube), "zh", (orders.PAGE, sandbox.PAGE))


def blocks(cube: Cube, page: Page, search: str, viewer: Viewer = CITY) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sheets(cube)(page, search, viewer)["sheet"]["blocks"]
    return found


def of_kind(made: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [block for block in made if block["kind"] == kind]


def texts(made: object) -> Iterator[str]:
    """Every text of a tree but addresses and keys."""
    if isinstance(made, str):
        yield made
    elif isinstance(made, dict):
        for name, value in made.items():
            if name not in ("href", "key", "kind", "id", "state", "tone", "value"):
                yield from texts(value)
    elif isinstance(made, list):
        yield from itertools.chain.from_iterable(map(texts, made))


# --- orders -------------------------------------------------------------------------------------------


def test_the_blanket_order_is_told_in_full(heihe_cube: Cube) -> None:
    (table,) = of_kind(blocks(heihe_cube, orders.PAGE, ""), "table")
    row = table["rows"][1]["cells"]
    assert [cell["text"] for cell in row[3:]] == [
        "129万", "6,864", "99.5%", "210", "21.3万", "112万", "107万", "23,815",
    ]  # fmt: skip
    assert row[0]["small"] == "2021-2 · 市指挥部"
    again = table["rows"][2]["cells"]
    assert (again[8]["text"], again[8]["state"]) == ("0", "zero")


def test_an_order_is_opened_by_area_and_closed_again(heihe_cube: Cube) -> None:
    plain = blocks(heihe_cube, orders.PAGE, "")
    assert of_kind(plain, "record") == []
    opened = blocks(heihe_cube, orders.PAGE, "?order=2021-2")
    (record,), tables = of_kind(opened, "record"), of_kind(opened, "table")
    assert record["entries"][0]["text"] == "2021-2"
    assert [row["cells"][0]["text"] for row in tables[1]["rows"]] == list(heihe.COUNTIES.values())
    assert "order=" in of_kind(plain, "table")[0]["rows"][1]["href"]
    assert "order=" not in tables[0]["rows"][1]["href"]


def test_a_nearly_whole_share_is_not_rounded_to_the_whole(heihe_cube: Cube) -> None:
    percent = orders.percent
    assert percent(1.0) == "100%"
    assert percent(0.99996) == "99.99%"
    assert percent(0.9996) == "99.96%"
    assert percent(0.5) == "50.0%"
    assert percent(0.0) == "0%"


def test_a_day_without_orders_says_so(heihe_cube: Cube) -> None:
    (note,) = blocks(heihe_cube, orders.PAGE, "?day=2021-10-01")
    assert (note["kind"], note["text"]) == ("note", "当日没有生效的通告。")


def test_a_county_sees_its_people(heihe_cube: Cube) -> None:
    (strip,) = of_kind(blocks(heihe_cube, orders.PAGE, "?day=2021-10-31", Viewer(scope="231124")), "figures")
    assert strip["figures"][0]["text"] == "8.60万"
    assert strip["figures"][4]["state"] == "missing"


# --- sandbox ------------------------------------------------------------------------------------------


def test_the_sandbox_says_how_fine_is_fine_enough(outbreak: Outbreak) -> None:
    cube = Cube(outbreak.town.store, outbreak.town.city)
    made = blocks(cube, sandbox.PAGE, f"?day={DAYS[34]}")
    strip, chart, grains, chosen = of_kind(made, "figures") + of_kind(made, "lines") + of_kind(made, "table")
    assert strip["figures"][0]["text"] == "单元网格"
    assert [line["name"] for line in chart["lines"]] == ["全部（安城市）", "区县", "街道/乡镇", "单元网格"]
    assert all(line["values"][0] == 0 and line["values"][-1] == 1 for line in chart["lines"])
    assert len(grains["rows"]) == 6
    assert chosen["rows"]
    (note,) = of_kind(made, "note")
    assert "不是对以后的承诺" in note["text"]
    assert "均只用当时已知的数据" in note["text"]
    assert "估算" in note["text"]
    (turns,) = of_kind(made, "record")
    assert [entry["text"] for entry in turns["entries"]] == ["网格数", "面积"]


def test_the_sandbox_says_no_advantage(tmp_path: Path) -> None:
    diffuse = Outbreak(tmp_path, foci=None)
    cube = Cube(diffuse.town.store, diffuse.town.city)
    made = blocks(cube, sandbox.PAGE, f"?day={DAYS[34]}&axis=area")
    assert of_kind(made, "figures")[0]["figures"][0]["text"] == "没有优势"
    assert "弥散" in of_kind(made, "note")[0]["text"]
    assert len(of_kind(made, "table")) == 1
    diffuse.town.store.close()


def test_what_cannot_be_scored_is_said(outbreak: Outbreak, heihe_cube: Cube) -> None:
    cube = Cube(outbreak.town.store, outbreak.town.city)
    early = blocks(cube, sandbox.PAGE, f"?day={DAYS[3]}")
    assert early[0]["kind"] == "note"
    assert "没有可检验的日子" in early[0]["text"]
    unknown = blocks(cube, sandbox.PAGE, "?axis=nonsense&signal=nonsense")
    assert of_kind(unknown, "figures")


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_pages_speak_english(heihe_cube: Cube, outbreak: Outbreak, theme: str) -> None:
    cube = Cube(outbreak.town.store, outbreak.town.city)
    given = {"安城市", "Ancheng", *heihe.COUNTIES.values()}
    said = blocks(cube, sandbox.PAGE, f"?day={DAYS[34]}&lang=en&theme={theme}")
    said += blocks(heihe_cube, orders.PAGE, f"?order=2021-2&lang=en&theme={theme}")
    own = [text for text in texts(said) if CJK.search(text)]
    names = ("东江区", "西山区", "街道", "镇", "园区", "居委会", "村", "市指挥部", "黄码", "封闭管理", "哈尔滨")
    assert [text for text in own if text not in given and not any(name in text for name in (*names, *given))] == []


def test_every_word_is_there_in_both_languages() -> None:
    for page in (orders.PAGE, sandbox.PAGE):
        for zh, en in page.words.values():
            assert CJK.search(zh)
            assert not CJK.search(en)
            assert set(re.findall(r"{(\w+)}", zh)) == set(re.findall(r"{(\w+)}", en))
