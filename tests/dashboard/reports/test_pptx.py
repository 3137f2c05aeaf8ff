"""PowerPoint: native charts with gaps, tables that fit, sources in the notes; read back through python-pptx."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pptx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches
from python_calamine import CalamineWorkbook

from dashboard.queries import Desk
from dashboard.reports import writing
from dashboard.reports.drawing import Pictures
from dashboard.reports.drawing.svg import width_of
from dashboard.reports.model import Block, Column, Curve, Items, Paragraph, Section, Table, numbers_of
from dashboard.reports.writers import pptx as writer
from dashboard.reports.writers import pptx_plan, pptx_template, templates
from dashboard.reports.writers.pptx_plan import Grid, Planner
from data.errors import TemplateFileError
from data.words import Lang
from tests.dashboard.reports import specimen
from tests.tiny import DAYS

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


@pytest.fixture(scope="module")
def decks(desk: Desk) -> dict[str, Any]:
    made = ((lang, specimen.report(lang, desk)) for lang in templates.LANGS)
    return {lang: opened(writer.write(report, Pictures(desk, report))) for lang, report in made}


def opened(body: bytes) -> Any:
    return pptx.Presentation(io.BytesIO(body))


def shapes(deck: Any) -> Iterator[Any]:
    for slide in deck.slides:
        yield from slide.shapes


def texts(deck: Any) -> list[str]:
    """Every paragraph and cell of every slide."""
    found = []
    for shape in shapes(deck):
        if shape.has_text_frame:
            found += [one.text for one in shape.text_frame.paragraphs]
        if shape.has_table:
            found += [cell.text for row in shape.table.rows for cell in row.cells]
    return found


def charts(deck: Any) -> list[Any]:
    return [shape.chart for shape in shapes(deck) if shape.has_chart]


# slides ----------------------------------------------------------------------------------------------


def test_slides_are_wide_and_headed_by_the_sections(decks: dict[str, Any]) -> None:
    deck = decks["zh"]
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, rel=1e-4)
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert titles[:2] == ["试验市疫情日报", "一、疫情概要"]
    assert titles[2].startswith("二、新增情况 · （一）按区域（1/")
    assert {title.split("（")[0] for title in titles[-3:]} == {"附件1　各街镇情况", "附件2　解除封控名单"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_word_of_the_model_is_on_a_slide(desk: Desk, decks: dict[str, Any], lang: Lang) -> None:
    told = texts(decks[lang])
    for _, section in _all(specimen.report(lang, desk).sections):
        for block in section.blocks:
            if isinstance(block, Paragraph):
                assert writing.line(block.runs, lang) in told
            elif isinstance(block, Items):
                assert all(any(text.endswith(writing.line(row, lang)) for text in told) for row in block.rows)
            elif isinstance(block, Table):
                assert {writing.text(cell, lang) for row in block.rows for cell in row} <= set(told)
                assert not block.none or block.none in told


def _all(sections: tuple[Section, ...]) -> Iterator[tuple[str, Section]]:
    for section in sections:
        yield section.id, section
        yield from _all(section.sections)


@pytest.mark.parametrize(("lang", "word"), [("zh", "模拟数据"), ("en", "SIMULATED")])
def test_simulated_data_say_so_on_every_slide(desk: Desk, decks: dict[str, Any], lang: Lang, word: str) -> None:
    def says(slide: Any) -> bool:
        return any(word in shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)

    assert all(says(slide) for slide in decks[lang].slides)
    real = specimen.report(lang, simulated=False)
    assert not any(says(slide) for slide in opened(writer.write(real, Pictures(desk, real))).slides)


def test_every_slide_but_the_cover_has_its_number_and_the_version(decks: dict[str, Any]) -> None:
    first, *others = decks["zh"].slides
    assert first.slide_layout.name == pptx_template.COVER
    for slide in others:
        assert [one.get("type") for one in slide.slide_layout._element.iter(A + "fld")] == ["slidenum"]
        assert any("第7批数据" in shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_fonts_are_named_for_east_asian_text(decks: dict[str, Any], lang: str) -> None:
    master = decks[lang].slide_master
    faces = {one.get("typeface") for one in master._element.iter(A + "ea")}
    assert faces == {"+mj-ea", "+mn-ea"}
    theme = etree.fromstring(
        next(rel.target_part.blob for rel in master.part.rels.values() if rel.reltype.endswith("/theme"))
    )
    assert [one.get("typeface") for one in theme.iter(A + "ea")] == ["微软雅黑", "微软雅黑"]


# charts ----------------------------------------------------------------------------------------------


def test_charts_are_native_with_the_curve_s_numbers_colours_and_dashes(desk: Desk, decks: dict[str, Any]) -> None:
    curves = [b for _, s in _all(specimen.report("zh", desk).sections) for b in s.blocks if isinstance(b, Curve)]
    made = charts(decks["zh"])
    assert [one.chart_type for one in made] == [XL_CHART_TYPE.COLUMN_CLUSTERED, XL_CHART_TYPE.LINE]
    for chart, curve in zip(made, curves, strict=True):
        for drawn, series in zip(chart.plots[0].series, curve.series, strict=True):
            assert drawn.name == series.name
            assert list(drawn.values) == [one.value for one in series.numbers]
            colours = {one.get("val") for one in drawn._element.iter(A + "srgbClr")}
            assert colours == {series.colour.lstrip("#").upper()} or colours == {series.colour.lstrip("#")}
    dashes = [next(one._element.iter(A + "prstDash")).get("val") for one in made[1].plots[0].series]
    assert dashes == ["solid", "dash"]


def test_days_without_a_number_are_gaps_and_are_named(decks: dict[str, Any]) -> None:
    bars = charts(decks["zh"])[0]
    assert bars._chartSpace.chart.find(C + "dispBlanksAs").get("val") == "gap"
    points = [one.get("idx") for one in bars.plots[0].series[0]._element.find(C + "val").iter(C + "pt")]
    assert points == ["0", "1", "2", "4", "5", "6", "8", "9"]
    assert "注：未报：3月4日；隐去：3月8日" in texts(decks["zh"])
    assert "Note: Not reported: 4 Mar; Suppressed: 8 Mar" in texts(decks["en"])


def test_a_chart_s_workbook_holds_days_and_empty_cells(decks: dict[str, Any]) -> None:
    blob = charts(decks["zh"])[0].part.chart_workbook.xlsx_part.blob
    rows = CalamineWorkbook.from_filelike(io.BytesIO(blob)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == list(DAYS)
    assert [row[1] for row in rows[1:]] == [0, 3, 5, "", 8, 13, 21, "", 12, 22]


# tables ----------------------------------------------------------------------------------------------


def test_a_long_table_is_cut_over_slides_with_its_head_on_each(decks: dict[str, Any]) -> None:
    slices = [
        shape.table
        for shape in shapes(decks["zh"])
        if shape.has_table and shape.table.cell(0, 1).text == "第0项" and len(shape.table.columns) == 6
    ]
    assert len(slices) > 1
    rows = [[cell.text for cell in row.cells] for table in slices for row in list(table.rows)[1:]]
    assert [row[1:] for row in rows] == [[str(n * k) for k in range(5)] for n in range(60)]
    assert {table.cell(0, 0).text for table in slices} == {"区域"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_stands_outside_of_its_slide(decks: dict[str, Any], lang: str) -> None:
    deck = decks[lang]
    for shape in shapes(deck):
        assert shape.left >= 0
        assert shape.top >= 0
        assert shape.left + shape.width <= deck.slide_width
        assert shape.top + shape.height <= deck.slide_height - Inches(0.1)


words_ = st.text(alphabet="新增感染者病例abcdefg 0123456789，。", min_size=1, max_size=24)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(st.integers(1, 9))
    rows = draw(st.integers(1, 70))
    heads = tuple(
        Column(draw(words_), left=not n or draw(st.booleans()), share=draw(st.sampled_from([0.5, 1.0, 3.0])))
        for n in range(columns)
    )
    cell = st.one_of(words_, st.integers(0, 10**9).map(lambda n: specimen.number(n)))
    line = [draw(cell) for _ in range(columns)]
    return Table("t", draw(words_), heads, (tuple(line),) * rows, total=draw(st.booleans()))


@settings(max_examples=60)
@given(table=tables(), words=st.lists(words_, max_size=12), lang=st.sampled_from(["zh", "en"]))
def test_whatever_a_section_holds_fits_its_slides(table: Table, words: list[str], lang: Lang) -> None:
    blocks: tuple[Block, ...] = (*(Paragraph((text * 9,)) for text in words), table)
    report = replace(specimen.report(lang), sections=(Section("s", "节", blocks),))
    planner = Planner(report, 888.0, 407.0)
    slides = list(planner.slides())
    for slide in slides:
        across = planner.width * pptx_plan.BESIDE if slide.shown else planner.width
        assert planner.height_of(slide.words, slide.size, across) <= planner.height
        for grid in slide.shown:
            assert isinstance(grid, Grid)
            assert sum(grid.heights) + pptx_plan.CAPTION <= planner.height or grid.hi == grid.lo + 1
            assert sum(grid.widths) <= planner.width + 1e-6
    cut = [grid for slide in slides for grid in slide.shown if isinstance(grid, Grid)]
    assert [grid.lo for grid in cut] == [0, *(grid.hi for grid in cut[:-1])]
    if len(cut) < pptx_plan.MOST_SLIDES:
        assert cut[-1].hi == len(table.rows)
    assert [one.text for slide in slides for one in slide.words] == [text * 9 for text in words]


def test_a_table_too_long_for_a_deck_says_how_many_rows_are_elsewhere(desk: Desk) -> None:
    row = ("甲" * 20, *(specimen.number(1),) * 5)
    long = Table("t", "长表", (Column("区域", left=True), *(Column(str(n)) for n in range(5))), (row,) * 1000)
    report = replace(specimen.report("zh"), sections=(Section("s", "节", (long,)),))
    cut = [grid for slide in Planner(report, 888.0, 407.0).slides() for grid in slide.shown if isinstance(grid, Grid)]
    assert f"另有 {1000 - cut[-1].hi:,} 行，见 Word 或 Excel 报告" in cut[-1].note
    assert len(cut) == pptx_plan.MOST_SLIDES


def test_short_neighbours_share_a_slide_under_their_own_headings() -> None:
    some = tuple(Section(f"s{n}", f"第{n}节", (Paragraph((f"第{n}段",)),)) for n in range(1, 6))
    report = replace(specimen.report("zh"), sections=some)
    slides = list(Planner(report, 888.0, 407.0).slides())
    assert [slide.title for slide in slides] == ["一、第1节", "二、第2节 – 五、第5节"]
    assert [one.text for one in slides[1].words if one.kind == "heading"] == [
        "二、第2节",
        "三、第3节",
        "四、第4节",
        "五、第5节",
    ]


# notes -----------------------------------------------------------------------------------------------


def test_notes_say_where_each_number_is_from(desk: Desk, decks: dict[str, Any]) -> None:
    summary = specimen.report("zh", desk).sections[0]
    notes = decks["zh"].slides[1].notes_slide.notes_text_frame.text.split("\n")
    assert notes[1:] == list(dict.fromkeys(f"{writing.text(one, 'zh')} ← {one.cite}" for one in numbers_of(summary)))


def test_pictures_and_charts_have_words_for_who_cannot_see(decks: dict[str, Any]) -> None:
    described = [
        shape._element.xpath(".//p:cNvPr")[0].get("descr")
        for shape in shapes(decks["zh"])
        if shape.has_chart or shape.shape_type == 13
    ]
    assert len(described) == 3
    assert all(described)


# templates -------------------------------------------------------------------------------------------


def test_an_office_s_own_template_keeps_its_places(desk: Desk, tmp_path: Path) -> None:
    templates.save(tmp_path)
    own: Any = pptx.Presentation(str(tmp_path / "report-zh.pptx"))
    body = own.slide_layouts.get_by_name(pptx_template.BODY)
    assert body is not None
    for place in body.placeholders:
        if place.placeholder_format.idx == pptx_template.CONTENT:
            place.left, place.width = Inches(3), Inches(9)
    own.save(str(tmp_path / "report-zh.pptx"))
    report = specimen.report("zh")
    made = opened(writer.write(report, Pictures(desk, report, tmp_path)))
    placed = [shape for shape in shapes(made) if not shape.is_placeholder]
    assert placed
    assert all(shape.left >= Inches(3) and shape.left + shape.width <= Inches(12) + 2 for shape in placed)


def renamed(old: str, new: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pptx_template.default("zh"))) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).decode().replace(old, new))
    return out.getvalue()


@pytest.mark.parametrize(
    ("broken", "zh", "en"),
    [
        (b"", "不是 PowerPoint 文档", "no PowerPoint document"),
        (b"PK nonsense", "不是 PowerPoint 文档", "no PowerPoint document"),
        (renamed(pptx_template.BODY, "other"), "缺少版式“正文 Body”", "lacks the layout 正文 Body"),
        (renamed('idx="13"', 'idx="99"'), "版式“正文 Body”缺少占位符 13", "lacks placeholders 13"),
    ],
    ids=["empty", "nonsense", "no layout", "no place"],
)
def test_a_broken_template_is_told_in_both_languages(
    desk: Desk, tmp_path: Path, broken: bytes, zh: str, en: str
) -> None:
    (tmp_path / "report-zh.pptx").write_bytes(broken)
    report = specimen.report("zh")
    with pytest.raises(TemplateFileError) as caught:
        writer.write(report, Pictures(desk, report, tmp_path))
    assert zh in caught.value.say("zh")
    assert en in caught.value.say("en")


def test_a_word_document_is_no_deck(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "report-zh.pptx").write_bytes(templates.DEFAULTS["docx"]("zh"))
    report = specimen.report("zh")
    with pytest.raises(TemplateFileError):
        writer.write(report, Pictures(desk, report, tmp_path))


def test_long_titles_are_set_smaller() -> None:
    report = replace(specimen.report("zh"), sections=(Section("s", "很长的标题" * 12),))
    made = opened(writer.write(report, Pictures(None, report)))  # type: ignore[arg-type]
    title = made.slides[1].shapes.title
    size = title.text_frame.paragraphs[0].runs[0].font.size
    assert size < pptx.util.Pt(26)
    assert width_of(title.text_frame.text, size.pt) <= title.width.pt or size.pt == 13


def test_slices_of_a_long_narrow_table_stand_side_by_side() -> None:
    rows = tuple((f"街道{n}", specimen.number(n)) for n in range(60))
    table = Table("t", "名单", (Column("街道", left=True), Column("例")), rows)
    report = replace(specimen.report("zh"), sections=(Section("s", "节", (table,)),))
    slides = list(Planner(report, 888.0, 407.0).slides())
    assert [len(slide.shown) for slide in slides] == [2, 2]  # three abreast would make no fewer slides
    for slide in slides:
        assert slide.abreast == 2
        for grid in slide.shown:
            assert isinstance(grid, Grid)
            assert sum(grid.widths) <= (888.0 - pptx_plan.GUTTER) / 2 + 1e-6


def test_a_last_remark_stands_with_the_words_before_it() -> None:
    table = Table("t", "名单", (Column("街道", left=True), Column("例")), (("甲", specimen.number(1)),))
    blocks = (Paragraph(("前文",)), table, Paragraph(("附言",), "quiet"))
    report = replace(specimen.report("zh"), sections=(Section("s", "节", blocks),))
    (slide,) = Planner(report, 888.0, 407.0).slides()
    assert [one.text for one in slide.words] == ["前文", "附言"]
    assert len(slide.shown) == 1
