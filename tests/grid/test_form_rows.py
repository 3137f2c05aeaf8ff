"""An inventory of forms goes through the ordinary door: checked, placed, its bad rows sent back, replaced as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data.burden import Item, items_of
from data.city import read_city
from data.store import Store, sqlite_url
from grid.build import build

HEADINGS = "表单,部门,字段,频次,填报层级,耗时,填报份数,是否纸质,对象,区县"
ROWS = (
    "日报,卫健委,姓名,每日,街道,5,40,是,,",
    "日报,卫健委,手机,每日,街道,5,40,是,,",
    "月报,工信局,企业名称,每月,区县,,,否,企业,甲区",
)
CITY = """
[city]
code = "990000"
name = "表市"

[[level]]
id = "district"
codes = { file = "districts.csv", code = "代码", name = "名称" }

[grid]
h3 = 7

[[source]]
name = "forms"
kind = "forms"
path = "forms/*.csv"
received = "forms_%Y%m%d"
max_bad_share = 0.5
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "forms").mkdir()
    (tmp_path / "districts.csv").write_text("代码,名称\n990101,甲区\n990102,乙区\n", "utf-8")
    (tmp_path / "city.toml").write_text(CITY, "utf-8")
    made = Store.create(sqlite_url(tmp_path / "onescreen.db"))
    yield made
    made.close()


def _deliver(store: Store, folder: Path, day: str, *rows: str) -> None:
    (folder / "forms" / f"forms_{day}.csv").write_text("\n".join([HEADINGS, *rows]) + "\n", "utf-8")
    built = build(store, read_city(folder / "city.toml"), "0123456789abcdef")
    assert [outcome.error for outcome in built.outcomes] == [None] * len(built.outcomes)


def _items(store: Store) -> list[Item]:
    return [item for table in store.flow_days("forms", store.version()) for item in items_of(table.words, table.rows)]


def test_an_inventory_is_kept_as_it_was_stated(store: Store, tmp_path: Path) -> None:
    _deliver(store, tmp_path, "20220401", *ROWS)
    daily = ("daily", "street", 5.0, 40.0, True)
    assert _items(store) == [
        Item("日报", "卫健委", "姓名", *daily),
        Item("日报", "卫健委", "手机", *daily),
        Item("月报", "工信局", "企业名称", "monthly", "district", None, None, False, "enterprise", "990101"),
    ]


def test_bad_rows_go_back_with_the_reason(store: Store, tmp_path: Path) -> None:
    bad = ("周报,民政局,姓名,偶尔,街道,5,40,是,,", "周报,民政局,姓名,每周,街道,5,40,是,,丙区")
    _deliver(store, tmp_path, "20220401", *ROWS, *bad)
    load = store.loads(source="forms")[-1]
    assert (load.rows, load.taken, load.rejected) == (5, 3, 2)
    assert {(reject.row, reject.why) for reject in store.rejects(load.id)} == {(5, "not_a_term"), (6, "unknown_place")}
    assert {item.form for item in _items(store)} == {"日报", "月报"}


def test_a_later_inventory_replaces_the_whole(store: Store, tmp_path: Path) -> None:
    _deliver(store, tmp_path, "20220401", *ROWS)
    _deliver(store, tmp_path, "20220501", ROWS[0])
    assert [item.field for item in _items(store)] == ["姓名"]
