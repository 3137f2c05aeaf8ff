"""Word by GB/T 9704-2012: read back from the XML, against the standard's millimetres and the model's sentences."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree
from typer.testing import CliRunner

from dashboard.cli import app
from dashboard.queries import Desk
from dashboard.reports import numbering, writing
from dashboard.reports.drawing import Pictures
from dashboard.reports.model import Curve, Items, Map, Paragraph, Report, Section, Series, Table, numbers_of
from dashboard.reports.writers import docx as writer
from dashboard.reports.writers import docx_template, templates
from dashboard.reports.writers.docx_styles import NAMES
from data.errors import TemplateFileError
from data.words import Lang
from tests.dashboard.reports import specimen
from tests.tiny import DAYS

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def bodies(desk: Desk) -> dict[str, bytes]:
    made = ((lang, specimen.report(lang, desk)) for lang in templates.LANGS)
    return {lang: writer.write(report, Pictures(desk, report)) for lang, report in made}


def opened(body: bytes) -> Any:
    return docx.Document(io.BytesIO(body))


def part(body: bytes, name: str) -> Any:
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        return etree.fromstring(package.read(name))


def said(body: bytes) -> list[tuple[str, str]]:
    """(style, text) of every paragraph, those in tables too, in reading order."""
    document = opened(body)
    names = {one.style_id: one.name for one in document.styles}
    found = []
    for paragraph in document.element.body.iter(qn("w:p")):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        text = "".join(run.text or "" for run in paragraph.iter(qn("w:t")))
        found.append((names[style.get(qn("w:val"))], text))
    return found


# the page --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_paper_and_margins_are_the_standard_s(bodies: dict[str, bytes], lang: str) -> None:
    section = opened(bodies[lang]).sections[0]
    for mm, length in (
        (210, section.page_width), (297, section.page_height), (37, section.top_margin), (35, section.bottom_margin),
        (28, section.left_margin), (26, section.right_margin),
        (156, section.page_width - section.left_margin - section.right_margin),
        (225, section.page_height - section.top_margin - section.bottom_margin),
    ):  # fmt: skip
        assert length / 36000 == pytest.approx(mm, abs=0.03)  # a twip is 0.018 mm


def test_grid_holds_22_lines_of_28_characters_and_no_more(bodies: dict[str, bytes]) -> None:
    section = part(bodies["zh"], "word/document.xml").find(f"{W}body/{W}sectPr")
    grid, page, margin = (section.find(W + name) for name in ("docGrid", "pgSz", "pgMar"))
    size = {key.removeprefix(W): int(value) for one in (page, margin) for key, value in one.attrib.items()}
    high, wide = size["h"] - size["top"] - size["bottom"], size["w"] - size["left"] - size["right"]
    assert grid.get(W + "type") == "linesAndChars"
    assert high // int(grid.get(W + "linePitch")) == 22
    pitch = 16 + int(grid.get(W + "charSpace")) / 4096
    assert wide / 20 // pitch == 28


def test_body_text_keeps_to_the_grid_in_every_program(bodies: dict[str, bytes]) -> None:
    normal = style_of(bodies["zh"], "Normal")
    spacing = normal.find(f"{W}pPr/{W}spacing")
    assert (spacing.get(W + "line"), spacing.get(W + "lineRule")) == ("579", "exact")
    closer = int(normal.find(f"{W}rPr/{W}spacing").get(W + "val"))
    width = 11906 - 1587 - 1474
    assert width // (16 * 20 + closer) == 28


def style_of(body: bytes, name: str) -> Any:
    styles = part(body, "word/styles.xml")
    return next(one for one in styles.iter(W + "style") if one.find(W + "name").get(W + "val") == name)


@pytest.mark.parametrize(
    ("key", "font", "points"),
    [
        ("normal", "仿宋_GB2312", 16), ("title", "方正小标宋简体", 22), ("heading1", "黑体", None),
        ("heading2", "楷体_GB2312", None), ("page_odd", "宋体", 14), ("page_even", "宋体", 14),
        ("annex", "黑体", None), ("annex_title", "方正小标宋简体", 22), ("organ", "方正小标宋简体", 36),
    ],
)  # fmt: skip
def test_fonts_are_the_standard_s_and_named_for_east_asian_text(
    bodies: dict[str, bytes], key: str, font: str, points: int | None
) -> None:
    run = style_of(bodies["zh"], NAMES[key]).find(W + "rPr")
    assert run.find(W + "rFonts").get(W + "eastAsia") == font
    size = run.find(W + "sz")
    assert (None if size is None else int(size.get(W + "val")) / 2) == points  # None: Normal's 16


def test_third_headings_are_bold_and_every_heading_has_its_level(bodies: dict[str, bytes]) -> None:
    third = style_of(bodies["zh"], "heading 3")
    assert third.find(f"{W}rPr/{W}b") is not None
    assert third.find(f"{W}rPr/{W}rFonts") is None
    levels = [style_of(bodies["zh"], f"heading {n}").find(f"{W}pPr/{W}outlineLvl").get(W + "val") for n in (1, 2, 3, 4)]
    assert levels == ["0", "1", "2", "3"]


def test_every_font_names_its_fall_backs(bodies: dict[str, bytes]) -> None:
    fonts = {
        one.get(W + "name"): one.find(W + "altName").get(W + "val") for one in part(bodies["zh"], "word/fontTable.xml")
    }
    used = {one.get(W + "eastAsia") for one in part(bodies["zh"], "word/styles.xml").iter(W + "rFonts")} - {None}
    assert used <= set(fonts)
    assert "FangSong" in fonts["仿宋_GB2312"]
    assert all(any("Noto" in name for name in fonts[font].split(",")) for font in used)


# heads and feet --------------------------------------------------------------------------------------


def test_page_numbers_stand_right_on_odd_pages_and_left_on_even_ones(bodies: dict[str, bytes]) -> None:
    document = opened(bodies["zh"])
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    odd, even = section.footer.paragraphs[0], section.even_page_footer.paragraphs[0]
    for foot, align in ((odd, "right"), (even, "left")):
        assert foot.text == "— 1 —"
        assert "PAGE" in "".join(one.text for one in foot._p.iter(qn("w:instrText")))
        properties = style_of(bodies["zh"], str(foot.style.name)).find(W + "pPr")
        assert properties.find(W + "jc").get(W + "val") == align
        assert properties.find(W + "ind").get(f"{W}{align}Chars") == "100"


@pytest.mark.parametrize(("lang", "word"), [("zh", "模拟数据"), ("en", "SIMULATED")])
def test_simulated_data_say_so_on_every_page(desk: Desk, bodies: dict[str, bytes], lang: Lang, word: str) -> None:
    section = opened(bodies[lang]).sections[0]
    assert all(word in head.paragraphs[0].text for head in (section.header, section.even_page_header))
    real = specimen.report(lang, simulated=False)
    section = opened(writer.write(real, Pictures(desk, real))).sections[0]
    assert not section.header.paragraphs[0].text
    assert not section.even_page_header.paragraphs[0].text


def test_red_head_and_signature_only_with_an_organ(desk: Desk, bodies: dict[str, bytes]) -> None:
    headed = dict(said(bodies["zh"]))
    assert headed[NAMES["organ"]] == headed[NAMES["signed"]] == "试验市疫情防控工作领导小组"
    assert headed[NAMES["number"]] == "试防〔2022〕7号"
    assert headed[NAMES["issued"]] == "2022年3月11日"
    assert style_of(bodies["zh"], NAMES["rule"]).find(f"{W}pPr/{W}pBdr/{W}bottom").get(W + "color") == "FF0000"
    plain = specimen.report("zh", headed=False)
    bare = {style for style, _ in said(writer.write(plain, Pictures(desk, plain)))}
    assert not bare & {NAMES[key] for key in ("organ", "number", "rule", "signed", "issued")}


def test_date_starts_two_characters_right_of_the_organ(bodies: dict[str, bytes]) -> None:
    ends = {}
    for paragraph in opened(bodies["zh"]).paragraphs:
        if paragraph.style.name in (NAMES["signed"], NAMES["issued"]):
            ends[paragraph.style.name] = int(paragraph._p.pPr.find(qn("w:ind")).get(qn("w:rightChars"))) / 100
    figures, gaps = 7 * 0.5, 5 * 0.25  # half as wide, and a quarter off their neighbours
    organ, date = 13, figures + gaps + 3
    assert ends[NAMES["signed"]] == 2
    assert ends[NAMES["signed"]] + organ - 2 == pytest.approx(ends[NAMES["issued"]] + date)


# what it says ----------------------------------------------------------------------------------------


def expected(report: Report) -> Iterator[str]:
    """Every text of the model in the order in which a reader meets it, annexes last."""
    for path, section in numbering.main_parts(report):
        yield numbering.label(path, report.lang) + section.title
        yield from blocks(section, report.lang, len(path))
    every = numbering.annexes(report)
    for number, section in enumerate(every, 1):
        yield numbering.annex(number, len(every), report.lang)
        yield section.title
        yield from blocks(section, report.lang, 0)


def blocks(section: Section, lang: Lang, depth: int) -> Iterator[str]:
    for block in section.blocks:
        match block:
            case Paragraph():
                yield writing.line(block.runs, lang)
            case Items():
                yield from (
                    numbering.item(n, depth, lang) + writing.line(row, lang) for n, row in enumerate(block.rows, 1)
                )
            case Table():
                yield block.title
                yield from [one.name for one in block.columns] if block.rows else [block.none]
                yield from (writing.text(cell, lang) for row in block.rows for cell in row)
            case Curve() | Map():
                yield block.title
        if not isinstance(block, (Paragraph, Items)) and block.note:
            yield {"zh": "注：", "en": "Note: "}[lang] + writing.line(block.note, lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_paragraph_is_a_line_of_the_model(desk: Desk, bodies: dict[str, bytes], lang: Lang) -> None:
    around = {
        NAMES[key]
        for key in (
            "organ",
            "number",
            "rule",
            "title",
            "subtitle",
            "annex_list",
            "annex_more",
            "signed",
            "issued",
            "picture",
            "gap",
            "normal",
        )
    }
    told = [text for style, text in said(bodies[lang]) if style not in around]
    assert told == list(expected(specimen.report(lang, desk)))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_number_stands_in_it(desk: Desk, bodies: dict[str, bytes], lang: Lang) -> None:
    report = specimen.report(lang, desk)
    text = "\n".join(line for _, line in said(bodies[lang]))
    curves = {
        id(one)
        for section in report.sections
        for one in numbers_of([b for s in (section, *section.sections) for b in s.blocks if isinstance(b, Curve)])
    }
    missing = [one for one in numbers_of(report) if id(one) not in curves and writing.text(one, lang) not in text]
    assert not missing
    word = {"zh": "未报", "en": "not reported"}[lang]
    assert word in text


def test_headings_are_numbered_as_the_standard_orders_them(bodies: dict[str, bytes]) -> None:
    heads = [text for style, text in said(bodies["zh"]) if style.lower().startswith("heading")]
    assert heads == ["一、疫情概要", "二、新增情况", "（一）按区域", "（二）按日期", "1.发现方式", "三、处置措施"]


def test_annexes_are_listed_after_the_text_and_start_their_own_page(bodies: dict[str, bytes]) -> None:
    told = said(bodies["zh"])
    listed = [text for style, text in told if style in (NAMES["annex_list"], NAMES["annex_more"])]
    assert listed == ["附件：1. 各街镇情况", "2. 解除封控名单"]
    assert [text for style, text in told if style == NAMES["annex"]] == ["附件1", "附件2"]
    assert style_of(bodies["zh"], NAMES["annex"]).find(f"{W}pPr/{W}pageBreakBefore") is not None


def test_tables_repeat_their_head_and_never_break_a_row(bodies: dict[str, bytes]) -> None:
    tables = list(part(bodies["zh"], "word/document.xml").iter(W + "tbl"))
    assert [len(table.findall(W + "tr")) for table in tables] == [4, 61]
    for table in tables:
        rows = table.findall(W + "tr")
        assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows] == [True] + [False] * (len(rows) - 1)
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
        assert sum(int(column.get(W + "w")) for column in table.iter(W + "gridCol")) == 11906 - 1587 - 1474
    figures = style_of(bodies["zh"], NAMES["figures"])
    assert figures.find(f"{W}pPr/{W}jc").get(W + "val") == "right"


def test_pictures_are_vectors_with_dots_to_fall_back_on_and_words_for_who_cannot_see(bodies: dict[str, bytes]) -> None:
    document = opened(bodies["zh"])
    shapes = document.inline_shapes
    assert len(shapes) == 3
    for shape in shapes:
        blip = shape._inline.graphic.graphicData.pic.blipFill.blip
        dots = document.part.related_parts[blip.embed].blob
        assert dots.startswith(b"\x89PNG")
        assert int.from_bytes(dots[16:20], "big") == pytest.approx(shape.width / 914400 * 300, abs=2)
        assert shape._inline.docPr.get("descr")


def test_a_picture_that_office_draws_whole_is_a_vector_and_one_of_patterns_is_not(desk: Desk) -> None:
    def vectors(values: list[float | None]) -> list[bytes]:
        numbers = tuple(specimen.number(value) for value in values)
        curve = Curve("c", "曲线", tuple(DAYS[: len(values)]), (Series("新增", numbers, "#7a1f3d"),))
        report = replace(specimen.report("zh"), sections=(Section("s", "节", (curve,)),))
        document = opened(writer.write(report, Pictures(desk, report)))
        found = [one.get(qn("r:embed")) for one in document.element.body.iter() if one.tag.endswith("svgBlip")]
        return [document.part.related_parts[name].blob for name in found]

    whole = vectors([1, 2, 3, 4])
    assert len(whole) == 1
    assert b"<svg" in whole[0]
    assert b"paint-order" not in whole[0]  # Office would draw the rim over the letters
    rim, letters = [one for one in etree.fromstring(whole[0]).iter("{*}text") if one.text == "4"][-2:]
    assert rim.get("stroke")
    assert not letters.get("stroke")
    assert rim.get("x") == letters.get("x")
    assert vectors([1, None, 3, 4]) == []  # a day without a report is hatched


@pytest.mark.parametrize(("lang", "locale"), [("zh", "zh-CN"), ("en", "en-GB")])
def test_language_and_properties_are_set(desk: Desk, lang: Lang, locale: str) -> None:
    report = specimen.report(lang)
    body = writer.write(report, Pictures(desk, report))
    about = opened(body).core_properties
    assert (about.language, about.created.isoformat()[:19]) == (locale, "2022-03-11T00:12:05")
    assert part(body, "word/styles.xml").find(f".//{W}docDefaults//{W}lang").get(W + "eastAsia") == "zh-CN"


# templates -------------------------------------------------------------------------------------------


def test_an_office_s_own_template_keeps_its_fonts_margins_and_imprint(desk: Desk, tmp_path: Path) -> None:
    templates.save(tmp_path)
    file = tmp_path / "report-zh.docx"
    own: Any = docx.Document(str(file))
    own.styles["Body Text"].font.size = docx.shared.Pt(15)
    own.sections[0].left_margin = docx.shared.Mm(30)
    own.add_paragraph("印发：{{ organ }} {{ issued }}", style=NAMES["imprint"])
    own.styles["Body Text"]._element.set(qn("w:styleId"), "a7")  # ids are Word's own affair
    for paragraph in own.paragraphs:
        if paragraph.text in ("{{ body }}", "{{ annexes }}"):
            paragraph.style = own.styles["Body Text"]
    own.save(str(file))
    report = specimen.report("zh")
    made = opened(writer.write(report, Pictures(desk, report, tmp_path)))
    body = next(one for one in made.paragraphs if one.text.startswith("截至3月10日"))
    assert body.style.style_id == "a7"
    assert body.style.font.size == docx.shared.Pt(15)
    assert made.sections[0].left_margin.mm == pytest.approx(30, abs=0.02)
    assert made.paragraphs[-1].text == "印发：试验市疫情防控工作领导小组 2022年3月11日"
    width = made.tables[0]._tbl.tblPr.find(qn("w:tblW")).get(qn("w:w"))
    assert int(width) == pytest.approx((210 - 30 - 26) / 25.4 * 1440, abs=2)


def changed(lang: Lang, old: str, new: str, name: str = "word/document.xml") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx_template.default(lang))) as source, zipfile.ZipFile(out, "w") as target:
        for one in source.namelist():
            text = source.read(one).decode()
            assert one != name or old in text
            target.writestr(one, text.replace(old, new) if one == name else text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("broken", "zh", "en"),
    [
        (b"PK not a zip", "不是 Word 文档", "no Word document"),
        (b"", "不是 Word 文档", "no Word document"),
        (changed("zh", "{{ body }}", "正文"), "缺少单独成段的占位符 {{ body }}", "no paragraph holds {{ body }} alone"),
        (changed("zh", "{{ title }}", "{{ titel }}"), "占位符无法识别（'titel' is undefined）", "'titel' is undefined"),
        (changed("zh", "{%p endif %}", "{%p endfi %}"), "占位符写法有误", "not well written"),
        (changed("zh", 'w:val="表数 Table figures"', 'w:val="x"', "word/styles.xml"), "缺少样式 表数 Table figures", "lacks the styles 表数"),
    ],
    ids=["nonsense", "empty", "no body", "unknown", "unbalanced", "no style"],
)  # fmt: skip
def test_a_broken_template_is_told_in_both_languages(
    desk: Desk, tmp_path: Path, broken: bytes, zh: str, en: str
) -> None:
    (tmp_path / "report-zh.docx").write_bytes(broken)
    report = specimen.report("zh")
    with pytest.raises(TemplateFileError) as caught:
        writer.write(report, Pictures(desk, report, tmp_path))
    assert zh in caught.value.say("zh")
    assert en in caught.value.say("en")
    assert "report-zh.docx" in caught.value.say("zh")


def test_a_template_cannot_reach_into_the_program(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "report-zh.docx").write_bytes(changed("zh", "{{ basis }}", "{{ title.__class__.__mro__ }}"))
    report = specimen.report("zh")
    with pytest.raises(TemplateFileError):
        writer.write(report, Pictures(desk, report, tmp_path))


def test_the_command_writes_templates_that_the_writers_take(desk: Desk, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["reports", "template", "--out", str(tmp_path)])
    assert done.exit_code == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "report-en.docx", "report-en.pptx", "report-zh.docx", "report-zh.pptx",
    ]  # fmt: skip
    report = specimen.report("zh")
    assert writer.write(report, Pictures(desk, report, tmp_path)) == writer.write(report, Pictures(desk, report))


def test_templates_are_saved_once_and_never_over_an_office_s_own(tmp_path: Path) -> None:
    (tmp_path / "report-zh.docx").write_bytes(b"ours")
    assert sorted(file.name for file in templates.save(tmp_path)) == [
        "report-en.docx",
        "report-en.pptx",
        "report-zh.pptx",
    ]
    assert (tmp_path / "report-zh.docx").read_bytes() == b"ours"
    assert templates.save(tmp_path) == []
