"""Excel: read back with another library and from its XML, against the model's numbers."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from python_calamine import CalamineWorkbook

from dashboard.queries import Desk
from dashboard.reports import numbering, writing
from dashboard.reports.drawing import Pictures
from dashboard.reports.model import (
    Column,
    Curve,
    Items,
    Map,
    Number,
    Paragraph,
    Report,
    Section,
    Series,
    Table,
    numbers_of,
    sections_of,
)
from dashboard.reports.writers import WRITERS, words, xlsx, xlsx_looks
from data.words import Lang
from tests.dashboard.reports import specimen

S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
LANGS: tuple[Lang, ...] = ("zh", "en")

pytestmark = pytest.mark.usefixtures("chinese")


@pytest.fixture(scope="module")
def bodies(desk: Desk) -> dict[str, bytes]:
    made = ((lang, specimen.report(lang, desk)) for lang in LANGS)
    return {lang: xlsx.write(report, Pictures(desk, report)) for lang, report in made}


def sheets(body: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(body))
    return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}


def parts(body: bytes) -> dict[str, Any]:
    """The XML of each sheet by its name."""
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        book = etree.fromstring(package.read("xl/workbook.xml"))
        names = [str(one.get("name")) for one in book.iter(f"{S}sheet")]
        return {name: etree.fromstring(package.read(f"xl/worksheets/sheet{n}.xml")) for n, name in enumerate(names, 1)}


def found_in(body: bytes, name: str) -> Any:
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        return etree.fromstring(package.read(name))


def written(*blocks: Any, lang: Lang = "zh", **more: Any) -> bytes:
    report = replace(
        specimen.report(lang, headed=False, simulated=False), sections=(Section("s", "一节", blocks),), **more
    )
    return xlsx.write(report, Pictures(None, report))  # type: ignore[arg-type]


def table(*rows: tuple[Any, ...], title: str = "表", total: bool = False) -> Table:
    return Table("t", title, (Column("区", left=True), Column("数")), rows, total)


def blocks_of(report: Report, kind: type[Any]) -> list[Any]:
    return [block for _, section in sections_of(report) for block in section.blocks if isinstance(block, kind)]


# sentences and numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_sheet_holds_every_heading_and_sentence(bodies: dict[str, bytes], desk: Desk, lang: Lang) -> None:
    report, found = specimen.report(lang, desk), sheets(bodies[lang])
    assert list(found)[:2] == (["摘要", "数字"] if lang == "zh" else ["Summary", "Numbers"])
    text = "\n".join(str(row[0]) for row in next(iter(found.values())))
    for path, section in numbering.main_parts(report):
        assert numbering.label(path, lang) + section.title in text
    for block in [*blocks_of(report, Paragraph), *blocks_of(report, Items)]:
        for line in [block.runs] if isinstance(block, Paragraph) else block.rows:
            assert writing.line(line, lang) in text


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_has_a_row_with_its_value_source_and_version(
    bodies: dict[str, bytes], desk: Desk, lang: Lang
) -> None:
    report = specimen.report(lang, desk)
    rows = list(sheets(bodies[lang]).values())[1][xlsx.HEAD :]
    kinds = (Paragraph, Items, Table, Curve)
    wanted = [number for kind in kinds for block in blocks_of(report, kind) for number in numbers_of(block)]
    assert len(rows) == len(wanted)
    told = sorted((str(row[2]), row[8]) for row in rows)
    assert told == sorted((str(_listed(number, lang)[0]), str(number.cite)) for number in wanted)
    assert [row[0] for row in rows] == [f"N{n}" for n in range(1, len(rows) + 1)]
    assert {row[9] for row in rows} == {report.version}
    assert {row[10] for row in rows} == {rows[0][10]}
    assert {row[7] for row in rows} == {"2022-03-10"}


def _listed(number: Number, lang: Lang) -> tuple[Any, str]:
    return (float(number.value) if number.value is not None else writing.plain(number, lang)), str(number.cite)


def test_a_sentence_leads_to_its_numbers_and_a_number_to_its_cell(bodies: dict[str, bytes]) -> None:
    body, found = bodies["zh"], sheets(bodies["zh"])
    links = {one.get("ref"): str(one.get("location")) for one in parts(body)["摘要"].iter(f"{S}hyperlink")}
    rows = found["摘要"]
    for at, row in enumerate(rows):
        if len(row) > 1 and str(row[1]).startswith("N"):
            place = links[f"B{at + 1}"]
            target = found["数字"][int(place.split("A")[-1]) - 1]
            assert str(row[1]).split("–")[0] == target[0]
    back = {one.get("ref"): str(one.get("location")) for one in parts(body)["数字"].iter(f"{S}hyperlink")}
    for ref, place in back.items():
        value = found["数字"][int(str(ref)[1:]) - 1][2]
        name, cell = re.fullmatch(r"'?(.*?)'?!([A-Z]+\d+)", place).groups()  # type: ignore[union-attr]
        if name != "摘要":
            column, line = ord(cell[0]) - 65, int(cell[1:]) - 1
            assert found[name][line][column] == value


# tables ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_each_table_is_a_sheet_of_true_values(bodies: dict[str, bytes], desk: Desk, lang: Lang) -> None:
    found = sheets(bodies[lang])
    for block in blocks_of(specimen.report(lang, desk), Table):
        rows = found[xlsx_looks.sheet_names([block.title])[0]]
        assert [str(one) for one in rows[xlsx.HEAD - 1]] == [column.name for column in block.columns]
        for row, cells in zip(rows[xlsx.HEAD :], block.rows, strict=False):
            for value, cell in zip(row, cells, strict=True):
                if isinstance(cell, str):
                    assert value == cell
                elif cell.value is None:
                    assert (
                        value
                        == {"missing": ("未报", "not reported"), "suppressed": ("隐去", "suppressed")}[cell.state][
                            lang == "en"
                        ]
                    )
                else:
                    assert isinstance(value, float)
                    assert value == cell.value


def test_heads_stay_filters_stand_and_pages_repeat_them(bodies: dict[str, bytes], desk: Desk) -> None:
    for name, part in list(parts(bodies["zh"]).items())[1:]:
        pane = next(part.iter(f"{S}pane"))
        assert (pane.get("state"), pane.get("ySplit")) == ("frozen", str(xlsx.HEAD))
        page = next(part.iter(f"{S}pageSetup"))
        assert (page.get("paperSize"), page.get("orientation"), page.get("fitToHeight")) == ("9", "landscape", "0")
        if name not in ("解除名单", "各街镇新增图"):
            assert next(part.iter(f"{S}autoFilter")).get("ref", "").startswith(f"A{xlsx.HEAD}:")
    book = found_in(bodies["zh"], "xl/workbook.xml")
    repeated = [one for one in book.iter(f"{S}definedName") if one.get("name") == "_xlnm.Print_Titles"]
    assert len(repeated) == len(parts(bodies["zh"])) - 1
    assert all(str(one.text).endswith(f"!$1:${xlsx.HEAD}") for one in repeated)


def test_a_filter_leaves_the_total_out() -> None:
    rows = (("甲", specimen.number(2)), ("乙", specimen.number(3)), ("合计", specimen.number(5)))
    body = written(table(*rows, total=True))
    assert next(parts(body)["表"].iter(f"{S}autoFilter")).get("ref") == "A3:B5"


def formulas(body: bytes, name: str) -> dict[str, tuple[str, str]]:
    """Cell -> (formula, value kept with it)."""
    cells = (one for one in parts(body)[name].iter(f"{S}c") if one.find(f"{S}f") is not None)
    return {str(one.get("r")): (str(one.findtext(f"{S}f")), str(one.findtext(f"{S}v"))) for one in cells}


def test_a_total_is_a_sum_only_where_it_adds_up() -> None:
    adds = (("甲", specimen.number(2)), ("乙", specimen.number(3)), ("合计", specimen.number(5)))
    assert formulas(written(table(*adds, total=True)), "表") == {"B6": ("SUM(B4:B5)", "5")}
    assert formulas(written(table(*adds)), "表") == {}
    for total, second in ((6, 3), (2, None)):
        rows = (("甲", specimen.number(2)), ("乙", specimen.number(second)), ("合计", specimen.number(total)))
        body = written(table(*rows, total=True))
        assert formulas(body, "表") == {}
        assert sheets(body)["表"][xlsx.HEAD + 2][1] == total


@given(st.lists(st.one_of(st.none(), st.integers(0, 10**6)), max_size=30), st.integers(-2, 2))
def test_what_adds_up_is_the_sum_of_known_counts(values: list[int | None], off: int) -> None:
    whole = sum(value or 0 for value in values) + off
    wanted = off == 0 and None not in values
    assert xlsx.adds_up(specimen.number(whole), [specimen.number(value) for value in values]) == wanted


def test_only_the_writer_makes_formulas(desk: Desk) -> None:
    odd = ["=1+1", "+1", "-1", "@SUM(A1)", "{=1}", "http://example.invalid/", '=HYPERLINK("x")', "1e5", "  "]
    body = written(
        Paragraph(("=cmd|' /C calc'!A0", specimen.number(1))), table(*((one, one) for one in odd), title="=表"),
        organ="=1", number="@x",
    )  # fmt: skip
    found = sheets(body)["=表"][xlsx.HEAD :]
    assert [row[0] for row in found] == [row[1] for row in found] == odd
    assert [formulas(body, name) for name in parts(body)] == [{}, {}, {}]
    targets = [str(one.get("location")) for part in parts(body).values() for one in part.iter(f"{S}hyperlink")]
    assert all("!" in one for one in targets)
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        assert not [name for name in package.namelist() if "externalLink" in name]
        relations = b"".join(package.read(name) for name in package.namelist() if name.endswith(".rels"))
    assert b'TargetMode="External"' not in relations


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        (specimen.number(1_234_567), "#,##0;−#,##0;0"),
        (specimen.number(1.25, form="rate", digits=1), "#,##0.0;−#,##0.0;0"),
        (specimen.number(12.3, form="share", digits=1), '#,##0.0"%";−#,##0.0"%";0"%"'),
        (specimen.number(0.1, form="growth"), "+0%;−0%;0%"),
    ],
)
def test_number_formats_print_as_the_other_writers_do(number: Number, wanted: str) -> None:
    assert xlsx_looks.number_format(number) == wanted
    styles = found_in(written(table(("甲", number))), "xl/styles.xml")
    assert wanted in [one.get("formatCode") for one in styles.iter(f"{S}numFmt")]


def test_widths_hold_chinese() -> None:
    body = written(table(("某某某某某某街道办事处", specimen.number(1)), title="宽"))
    widths = [float(str(one.get("width"))) for one in parts(body)["宽"].iter(f"{S}col")]
    assert widths[0] >= 2 * len("某某某某某某街道办事处")
    assert widths[1] < 15


# curves and maps -------------------------------------------------------------------------------------


def charts(body: bytes) -> list[Any]:
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        names = sorted(name for name in package.namelist() if re.fullmatch(r"xl/charts/chart\d+\.xml", name))
        return [etree.fromstring(package.read(name)) for name in names]


def test_a_curve_is_a_sheet_of_days_with_excels_own_chart(bodies: dict[str, bytes], desk: Desk) -> None:
    found, curves = sheets(bodies["zh"]), blocks_of(specimen.report("zh", desk), Curve)
    assert len(charts(bodies["zh"])) == len(curves) == 2
    for block, chart in zip(curves, charts(bodies["zh"]), strict=True):
        rows = found[block.title][xlsx.HEAD : xlsx.HEAD + len(block.days)]
        assert [row[0] for row in rows] == list(block.days)
        for at, series in enumerate(block.series, 1):
            wanted = [
                number.value if number.value is not None else writing.plain(number, "zh") for number in series.numbers
            ]
            assert [row[at] for row in rows] == wanted
        kinds = {one for one in ("barChart", "lineChart") if chart.find(f".//{C}{one}") is not None}
        assert kinds == ({"barChart", "lineChart"} if block.kind == "bars" else {"lineChart"})


def test_a_chart_draws_gaps_for_missing_days_and_never_their_words(bodies: dict[str, bytes]) -> None:
    for chart in charts(bodies["zh"]):
        # the library leaves the element out where it says "gap", as Excel 2007 did
        assert {one.get("val") for one in chart.iter(f"{C}dispBlanksAs")} <= {"gap"}
        assert not [one for one in chart.iter(f"{C}plotVisOnly") if one.get("val") == "1"]  # copies are hidden
        for values in chart.iter(f"{C}val"):
            name, column, first, last = _range(str(values.findtext(f".//{C}f")))
            rows = sheets(bodies["zh"])[name][first - 1 : last]
            drawn = [row[column] for row in rows]
            assert all(isinstance(one, float) or one == "" for one in drawn)
            told = next(at for at in range(1, len(rows[0])) if _agree([row[at] for row in rows], drawn))
            assert [one == "" for one in drawn] == [isinstance(row[told], str) for row in rows]


def _range(reference: str) -> tuple[str, int, int, int]:
    """(sheet, column from 0, first row, last row) of a reference of one column."""
    found = re.fullmatch(r"'?(.*?)'?!\$([A-Z])\$(\d+):\$[A-Z]\$(\d+)", reference)
    assert found is not None
    return found[1], ord(found[2]) - ord("A"), int(found[3]), int(found[4])


def _agree(told: list[Any], drawn: list[Any]) -> bool:
    """Whether a column has the numbers that are drawn, and words where nothing is."""
    return all(b in (a, "") and (b != "" or isinstance(a, str)) for a, b in zip(told, drawn, strict=True))


def test_means_are_formulas_where_seven_days_are_known() -> None:
    days = tuple(dt.date(2022, 4, 1) + dt.timedelta(days=n) for n in range(9))
    series = Series("新增", tuple(specimen.number(value) for value in (1, 2, 3, 4, 5, 6, 7, 8, None)), "#7a1f3d")
    body = written(Curve("c", "曲线", days, (series,), "例", "bars"))
    assert formulas(body, "曲线") == {"C10": ("AVERAGE(B4:B10)", "4.0"), "C11": ("AVERAGE(B5:B11)", "5.0")}
    assert [row[2] for row in sheets(body)["曲线"][3:12]] == ["—"] * 6 + [4, 5, "—"]


def test_a_map_is_its_classes_and_its_picture(bodies: dict[str, bytes], desk: Desk) -> None:
    shown = sheets(bodies["zh"])["各街镇新增图"][xlsx.HEAD :]
    report = specimen.report("zh", desk)
    block: Map = next(one for one in blocks_of(report, Map))
    wanted = [*((step.text, step.units) for step in block.steps[::-1]),
              *((name, block.classes.count(code)) for name, code in (("零", -1), ("隐去小数", -2), ("未报", -3)))]  # fmt: skip
    assert [(row[0], row[1]) for row in shown[:5]] == wanted
    with zipfile.ZipFile(io.BytesIO(bodies["zh"])) as package:
        assert package.read("xl/media/image1.png") == Pictures(desk, report).png(block, *xlsx.MAP_SIZE)


# the book --------------------------------------------------------------------------------------------


def test_equal_reports_make_equal_bytes(bodies: dict[str, bytes], desk: Desk) -> None:
    again = specimen.report("zh", desk)
    assert xlsx.write(again, Pictures(desk, again)) == bodies["zh"]
    with zipfile.ZipFile(io.BytesIO(bodies["zh"])) as package:
        assert {one.date_time for one in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = package.read("docProps/core.xml").decode()
    assert f"{again.known:%Y-%m-%dT%H:%M:%S}Z" in core


@pytest.mark.parametrize("lang", LANGS)
def test_every_sheet_and_page_of_simulated_data_says_so(bodies: dict[str, bytes], desk: Desk, lang: Lang) -> None:
    banner = words.banner(specimen.report(lang, desk))
    for name, rows in sheets(bodies[lang]).items():
        assert any(banner in str(cell) for row in rows[: xlsx.HEAD] for cell in row), name
    for part in parts(bodies[lang]).values():
        assert banner in str(part.findtext(f".//{S}oddHeader"))
    assert not any("模拟" in str(part.findtext(f".//{S}oddHeader")) for part in parts(written(table())).values())


def test_an_empty_table_says_why(bodies: dict[str, bytes]) -> None:
    assert sheets(bodies["zh"])["解除名单"][xlsx.HEAD][0] == "当日无解除区域。"


@given(st.lists(st.text(max_size=50), max_size=40))
def test_names_of_sheets_are_what_excel_takes(titles: list[str]) -> None:
    names = xlsx_looks.sheet_names(titles)
    assert len(names) == len(titles) == len({name.lower() for name in names})
    for name in names:
        assert 0 < len(name.encode("utf-16-le")) <= 2 * xlsx_looks.LONGEST_NAME
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'")
        assert not name.endswith("'")
        assert name.lower() != "history"


def test_titles_that_excel_cannot_take_still_make_a_book() -> None:
    titles = ["同名", "同名", "a/b:c*?[]\\", "History", "'引号'", "长" * 40, "长" * 41, "", "it's"]
    body = written(
        *(replace(table(("甲", specimen.number(1))), id=str(n), title=title) for n, title in enumerate(titles))
    )
    assert len(sheets(body)) == 2 + len(titles)
    assert {"同名", "同名 2", "长" * 31, "长" * 29 + " 2"} <= set(sheets(body))


def test_it_is_one_of_the_writers() -> None:
    assert WRITERS["xlsx"] is xlsx.write
