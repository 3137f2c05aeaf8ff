"""The pages of zones and of notices, as they are described to the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from dashboard.pages import notices, zones
from dashboard.pages.page import Page
from dashboard.pages.sheets import Sheets
from dashboard.pages.zones import listed
from dashboard.queries import Desk, Viewer
from grid.cube import Cube
from tests import ruled
from tests.dashboard.test_policy_pages import of_kind, texts
from tests.tiny import DAYS

CJK = re.compile(r"[\u4e00-\u9fff]")
LAST = f"?day={DAYS[9]}"

#: Words that a city delivers in Chinese only: names of zones, numbers and titles of notices, names of its packs.
DELIVERED = re.compile("市[0-9]号|东[0-9]号|.*(规则|指挥部|通告|号|居委会|街道|村|镇|区|条).*")


@pytest.fixture(scope="module")
def cube(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cube]:
    made = ruled.cube(tmp_path_factory.mktemp("ruled"))
    yield made
    made.store.close()


def blocks(cube: Cube, page: Page, search: str, viewer: Viewer | None = None) -> list[dict[str, Any]]:
    made = Sheets(Desk(cube), "zh", (zones.PAGE, notices.PAGE))(page, search, viewer or Viewer())
    found: list[dict[str, Any]] = made["sheet"]["blocks"]
    return found


def table(made: list[dict[str, Any]], id: str) -> list[list[str]]:
    """The texts of a table's rows."""
    (found,) = [block for block in made if block["id"] == id]
    return [[cell["text"] for cell in row["cells"]] for row in found["rows"]]


def test_the_zones_page_tells_every_clock(cube: Cube) -> None:
    made = blocks(cube, zones.PAGE, LAST)
    (strip,) = of_kind(made, "figures")
    assert [figure["text"] for figure in strip["figures"]] == ["3", "0", "2", "0", "0", "1"]
    rows = table(made, "zones")
    assert [row[:5] for row in rows] == [
        ["C2", "管控区", "超期 6 天", "第 3 / 3 天", "3月4日"], ["L1", "封控区", "超期 3 天", "第 5 / 5 天", "3月7日"],
        ["L3", "封控区", "计时中", "第 4 / 5 天", "3月12日"],
    ]  # fmt: skip
    assert table(made, "released")[0][4] == "早 2 天"
    assert [row[0] for row in table(made, "below")] == ["西山区", "东江区"]


def test_people_of_an_area_on_no_map_are_missing_not_nought(cube: Cube) -> None:
    (found,) = [block for block in blocks(cube, zones.PAGE, LAST) if block["id"] == "zones"]
    assert found["rows"][2]["cells"][6]["state"] == "missing"


def test_the_table_is_filtered_by_the_figures(cube: Cube) -> None:
    (strip,) = of_kind(blocks(cube, zones.PAGE, LAST), "figures")
    (href,) = [figure["href"] for figure in strip["figures"] if figure["name"] == "超期未解除"]
    assert [row[0] for row in table(blocks(cube, zones.PAGE, href.partition("?")[2]), "zones")] == ["C2", "L1"]
    assert table(blocks(cube, zones.PAGE, f"{LAST}&state=unknown"), "zones") == []


def test_a_zone_is_opened_with_its_reasons_and_leads_to_its_notice(cube: Cube) -> None:
    (found,) = [block for block in blocks(cube, zones.PAGE, LAST) if block["id"] == "zones"]
    made = blocks(cube, zones.PAGE, found["rows"][1]["href"].partition("?")[2])
    (record,), (steps,) = of_kind(made, "record"), of_kind(made, "steps")
    assert record["title"] == "L1"
    assert [step["day"] for step in steps["steps"]] == ["3月1日", "3月2日", "3月7日", "3月10日"]
    assert steps["steps"][-1]["text"] == "至今未降级或解除，已超期 3 天"
    (href,) = [entry["href"] for entry in record["entries"] if entry["name"] == "依据"]
    opened = of_kind(blocks(cube, notices.PAGE, href.partition("?")[2]), "record")
    assert [block["title"] for block in opened] == ["封控管控规则", "条款"]


def test_a_long_list_is_paged(cube: Cube, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listed, "ROWS", 2)
    made = blocks(cube, zones.PAGE, LAST)
    (found,) = [block for block in made if block["id"] == "zones"]
    assert (len(found["rows"]), found["pager"]["text"], found["pager"]["before"]) == (2, "第 1–2 个，共 3 个", "")
    rest = blocks(cube, zones.PAGE, found["pager"]["after"].partition("?")[2])
    assert [row[0] for row in table(rest, "zones")] == ["L3"]


def test_the_notices_page_tells_what_each_changed(cube: Cube) -> None:
    rows = table(blocks(cube, notices.PAGE, LAST), "notices")
    assert [row[1] for row in rows] == [
        "关于东江镇的通告", "关于封控石桥街道的通告", "封控管控规则", "west-codes规则", "town-codes规则",
    ]  # fmt: skip
    assert [row[4] for row in rows] == [
        "划定 1 个区域", "划定 1 个区域", "3 个区域的计时", "当日未改变什么", "按居住区域定色 2.00万 人",
    ]  # fmt: skip


def test_contradictions_stand_side_by_side(cube: Cube) -> None:
    rows = table(blocks(cube, notices.PAGE, LAST), "contradictions")
    assert rows[0] == ["同一身份、不同码色", "红码", "黄码"]
    assert len(rows) == 2


@pytest.mark.parametrize(("page", "said"), [(zones.PAGE, "当日没有封控区"), (notices.PAGE, "当日没有生效的通告")])
def test_a_day_without_anything_says_so(cube: Cube, page: Page, said: str) -> None:
    made = blocks(cube, page, "?day=2020-01-01")
    assert [block["kind"] for block in made] == ["note"]
    assert made[0]["text"].startswith(said)


@pytest.mark.parametrize("page", [zones.PAGE, notices.PAGE])
def test_english_is_english(cube: Cube, page: Page) -> None:
    for search in (LAST, f"{LAST}&notice=town-zones&zone={DAYS[0]}|lockdown|L1"):
        told = list(texts(blocks(cube, page, f"{search}&lang=en")))
        assert [text for text in told if CJK.search(text) and not DELIVERED.fullmatch(text)] == []


def test_a_wrong_pack_is_told_in_place_of_the_page(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("wrong")
    made = ruled.cube(folder)
    (folder / "rules/town-zones.toml").write_text("id = 1\n", "utf-8")
    (note,) = blocks(made, zones.PAGE, "")
    assert "town-zones.toml" in str(note["text"])
    made.store.close()
