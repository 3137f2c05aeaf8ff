"""Sections: every one is there whatever is known, says 未报 where nothing is, and all its numbers can be asked again."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.queries import Answer, Desk, Viewer
from dashboard.queries.cite import read
from dashboard.queries.questions import again
from dashboard.reports import REPORTS, writing
from dashboard.reports.build import build
from dashboard.reports.model import (
    Curve,
    Items,
    Map,
    Number,
    Order,
    Paragraph,
    Report,
    Section,
    Table,
    numbers_of,
    sections_of,
)
from data.words import Lang
from grid.cube import Cube
from grid.measures import MEASURES
from tests import outbreak
from tests.tiny import DAYS, Knobs, Person, Town

Day = dt.date
DAY = Day(2026, 4, 20)

#: What a daily report holds, in this order (field C15), with a word of its heading in each language.
FIXED = {
    "summary": ("要情摘要", "Highlights"),
    "new": ("新增", "New infections"),
    "standing": ("累计", "Current"),
    "addresses": ("居住地", "Addresses"),
    "contacts": ("次密接", "Contacts"),
    "tested": ("核酸检测", "Testing"),
    "zones": ("三区", "zones"),
    "codes": ("健康码", "codes"),
    "isolation": ("隔离", "Isolation"),
    "supplies": ("物资", "Supplies"),
    "calls": ("12345", "Hotline"),
    "forecast": ("7日预测", "seven days"),
    "outflow": ("输入风险", "import risk"),
    "orders": ("政策比例", "Proportion"),
    "advice": ("建议", "recommendations"),
    "notes": ("数据说明", "About the data"),
    "annex.areas": ("分区", "by area"),
    "annex.streets": ("街镇", "Streets"),
    "annex.zones": ("清单", "Zones"),
    "annex.sources": ("来源", "Sources"),
}
#: What no source of the product tells, so far.
NEVER = {"standing": 2, "supplies": 2, "calls": 2, "isolation": 1}


@pytest.fixture(scope="module")
def reports(town: Desk) -> dict[str, Report]:
    return {lang: build(town, Viewer("zh"), Order("daily", day=DAY, lang=lang)) for lang in ("zh", "en")}


def text_of(what: Report | Section, lang: Lang) -> str:
    """Everything that is said, a line a paragraph, item or row."""
    sections = [one for _, one in sections_of(what)] if isinstance(what, Report) else _all(what)
    return "\n".join(line for section in sections for line in [section.title, *_lines(section, lang)])


def _all(section: Section) -> list[Section]:
    return [section, *(one for below in section.sections for one in _all(below))]


def _lines(section: Section, lang: Lang) -> list[str]:
    found: list[str] = []
    for block in section.blocks:
        if isinstance(block, Paragraph):
            found.append(writing.line(block.runs, lang))
        elif isinstance(block, Items):
            found += [writing.line(row, lang) for row in block.rows]
        elif isinstance(block, Table):
            found += [" ".join(writing.text(cell, lang) for cell in row) for row in block.rows]
            found += [block.title, writing.line(block.note, lang), *(column.name for column in block.columns)]
        elif isinstance(block, Curve):
            found += [block.title, *(one.name for one in block.series)]
        else:
            found += [block.title, *(step.text for step in block.steps)]
    return found


def section(report: Report, id: str) -> Section:
    return next(one for _, one in sections_of(report) if one.id == id)


def blocks(report: Report, kind: type) -> list[object]:
    return [block for _, one in sections_of(report) for block in one.blocks if isinstance(block, kind)]


class _Hiding(Desk):
    """A desk that holds every finding back."""

    def ask(self, *args: Any, **kwargs: Any) -> list[Answer]:
        found = super().ask(*args, **kwargs)
        return [replace(one, value=None, state="suppressed") for one in found] if "positives" in args else found


@pytest.mark.parametrize(("lang", "said"), [("zh", "新增阳性感染者：隐去"), ("en", "New infections: suppressed")])
def test_what_is_held_back_is_not_told_as_unreported(tiny_cube: Cube, lang: Lang, said: str) -> None:
    report = build(_Hiding(tiny_cube), Viewer("zh"), Order("daily", day=DAYS[5], lang=lang))
    told = text_of(section(report, "summary"), lang)
    assert said in told
    assert ("未报" if lang == "zh" else "not reported") not in told.splitlines()[1]


# presence ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_daily_report_holds_the_fixed_list_in_its_order(reports: dict[str, Report], lang: Lang) -> None:
    assert [one.id for one in reports[lang].sections] == list(FIXED)
    for one in reports[lang].sections:
        assert FIXED[one.id][lang == "en"] in one.title, one.id


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_same_list_stands_where_next_to_nothing_is_known(tiny_cube: Cube, lang: Lang) -> None:
    report = build(Desk(tiny_cube), Viewer("zh"), Order("daily", day=DAYS[-1], lang=lang))
    assert [one.id for one in report.sections] == list(FIXED)
    assert all(text_of(one, lang).count("\n") for one in report.sections)
    word = "未报" if lang == "zh" else "not reported"
    for id, least in NEVER.items():
        assert text_of(section(report, id), lang).count(word) >= least, id
    assert word in text_of(section(report, "tested"), lang)


def test_what_is_not_connected_is_told_apart_from_what_did_not_come_today(town: Desk) -> None:
    early = build(town, Viewer("zh"), Order("daily", day=Day(2026, 3, 21)))
    codes = text_of(section(early, "codes"), "zh")
    assert "当日未报" in codes
    assert "尚未接入" not in codes
    assert "尚未接入" in text_of(section(early, "calls"), "zh")


def quiet(town: Desk) -> tuple[str, Day]:
    """A street and a day of which nought was told, and so a week before it."""
    for day in (Day(2026, 4, 29) - dt.timedelta(days=n) for n in range(14)):
        week = day - dt.timedelta(days=7)
        told = (town.ask(Viewer("zh"), "positives", level="street", days=[each]) for each in (week, day))
        for before, now in zip(*told, strict=True):
            if before.state == now.state == "zero":
                return now.area, day
    raise AssertionError("everybody found something on every day")


def test_nought_missing_and_none_are_three_sentences(town: Desk) -> None:
    area, day = quiet(town)
    nothing_found = build(town, Viewer("zh"), Order("daily", area=area, day=day))
    said = text_of(section(nothing_found, "new"), "zh")
    assert "无新增阳性感染者" in said
    assert "未报" not in said
    before_all = build(town, Viewer("zh"), Order("daily", day=Day(2026, 3, 10)))
    said = text_of(section(before_all, "new"), "zh")
    assert "未报" in said
    assert "无新增" not in said


# numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_number_is_asked_again_and_agrees(town: Desk, reports: dict[str, Report], lang: Lang) -> None:
    seen = 0
    for number in numbers_of(reports[lang].sections):
        fact = again(town, Viewer(lang), read(str(number.cite)))
        assert (fact.value, fact.state) == (number.value, number.state), str(number.cite)
        seen += 1
    assert seen > 400


def test_tables_with_a_sum_add_up_in_every_column(reports: dict[str, Report]) -> None:
    summed = [one for one in blocks(reports["zh"], Table) if isinstance(one, Table) and one.total]
    assert len(summed) >= 4
    for table in summed:
        for at in range(1, len(table.columns)):
            cells = [row[at] for row in table.rows]
            numbers = [cell.value or 0.0 for cell in cells if isinstance(cell, Number)]
            assert sum(numbers[:-1]) == numbers[-1], (table.id, at)


def test_the_parts_of_the_summary_add_up_to_what_the_city_reports(town: Desk, reports: dict[str, Report]) -> None:
    whole = town.ask(Viewer("zh"), "positives", days=[DAY])[0].value
    said = text_of(section(reports["zh"], "new.where"), "zh").splitlines()[1]
    head, _, rest = said.partition("，其中")
    assert int(re.findall(r"\d+", head)[0]) == whole
    assert sum(int(n) for n in re.findall(r"(\d+)例", rest)) == whole


def test_ids_of_tables_curves_and_maps_are_unique(town: Desk) -> None:
    for kind in REPORTS:
        report = build(town, Viewer("zh"), Order(kind, day=DAY))
        ids = [block.id for block in (*blocks(report, Table), *blocks(report, Curve), *blocks(report, Map))]  # type: ignore[attr-defined]
        assert len(ids) == len(set(ids)), kind
        names = [one.id for _, one in sections_of(report)]
        assert len(names) == len(set(names)), kind


def test_every_row_has_a_cell_for_every_column(town: Desk) -> None:
    for kind in REPORTS:
        for table in blocks(build(town, Viewer("zh"), Order(kind, day=DAY)), Table):
            assert isinstance(table, Table)
            assert all(len(row) == len(table.columns) for row in table.rows), (kind, table.id)
            assert table.rows or table.none, (kind, table.id)


def test_re_classified_cases_have_a_column_and_each_row_adds_up(tmp_path: Path) -> None:
    made = Town(tmp_path, f"sqlite:///{tmp_path / 'town.db'}", Knobs(sources=("population", "cases"), people=0))
    found = [("case", "990101001"), ("case", "990102001"), ("asymptomatic", "990101001"), ("asymptomatic", "990102001"),
             ("reclassified", "990101001")]  # fmt: skip
    listed = [Person(f"p{n}", DAYS[3], status, street, None, None) for n, (status, street) in enumerate(found)]
    outbreak.deliver(made, listed)
    report = build(Desk(Cube(made.store, made.city)), Viewer("zh"), Order("daily", day=DAYS[3]))
    table = next(one for one in blocks(report, Table) if isinstance(one, Table) and one.id == "new")
    assert table.columns[-1].name == "其中转归确诊"
    for row in table.rows:
        new, cases, silent, again = (cell.value or 0 for cell in row[1:] if isinstance(cell, Number))
        assert new == cases + silent - again, row
    assert "1例由此前已报告的无症状感染者转归" in text_of(section(report, "new.found"), "zh")


# words ---------------------------------------------------------------------------------------------


def test_english_has_no_chinese_but_what_a_city_wrote_in_chinese_only(town: Desk, reports: dict[str, Report]) -> None:
    written = {notice.number for notice in town.cube.store.notices(reports["en"].version)}
    stock = blocks(replace(reports["en"], sections=(section(reports["en"], "supplies"),)), Table)
    rows = [row for one in stock if isinstance(one, Table) for row in one.rows]
    written |= {str(row[0]) for row in rows} | {cell.unit for row in rows for cell in row if isinstance(cell, Number)}
    assert "抗原检测试剂" in written
    places = [source.title_en for source in town.city.sources]
    assert all(places)
    for line in text_of(reports["en"], "en").splitlines():
        left = line
        for words in sorted(written, key=len, reverse=True):
            left = left.replace(words, "")
        assert not re.search(r"[\u4e00-\u9fff，。、；：]", left) or "指挥部" in left or "中心" in left, line


def test_no_template_leaves_its_braces_and_no_stop_is_doubled(town: Desk) -> None:
    for kind in REPORTS:
        for lang in ("zh", "en"):
            said = text_of(build(town, Viewer("zh"), Order(kind, day=DAY, lang=lang)), lang)
            assert not re.search(r"[{}]|。。|，。|；。|，，|\.\.|, ,| ,|  ", said.replace("  \n", "\n")), (kind, lang)


# the map -------------------------------------------------------------------------------------------


def test_the_map_is_painted_in_the_classes_of_the_screen(town: Desk, reports: dict[str, Report]) -> None:
    (drawn,) = blocks(reports["zh"], Map)
    assert isinstance(drawn, Map)
    told = town.ask(Viewer("zh"), drawn.measure, days=[DAY], level=drawn.level)
    assert len(drawn.classes) == len(told)
    for at, step in enumerate(drawn.steps):
        assert step.units == drawn.classes.count(at)
    states = {"zero": -1, "suppressed": -2, "missing": -3}
    for coded, one in zip(drawn.classes, told, strict=True):
        assert coded == states[one.state] if one.value is None or not one.value else coded >= 0
    ordered = sorted(zip(drawn.classes, told, strict=True), key=lambda pair: pair[1].value or 0.0)
    shown = [coded for coded, one in ordered if one.value]
    assert shown == sorted(shown)


def test_the_ordered_layer_is_what_the_map_shows(town: Desk) -> None:
    report = build(town, Viewer("zh"), Order("daily", day=DAY, layer="code_red"))
    (drawn,) = blocks(report, Map)
    assert isinstance(drawn, Map)
    assert drawn.measure == "code_red"
    assert MEASURES["code_red"].zh in drawn.title


def test_a_viewer_of_one_district_is_told_of_no_other_but_as_a_destination(town: Desk) -> None:
    report = build(town, Viewer("zh", scope="990101"), Order("daily", day=DAY))
    assert report.area == "990101"
    others = [town.place(Viewer("zh"), code).name for code in ("990102", "990103", "990104")]
    for one in report.sections:
        if one.id not in ("outflow", "annex.sources"):  # people may leave for there; a source may be called after it
            assert not [name for name in others if name in text_of(one, "zh")], one.id
