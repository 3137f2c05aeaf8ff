"""PDF: read back with another library, against the standard's millimetres and the model's numbers."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.queries import Desk
from dashboard.reports import fonts, numbering, writing
from dashboard.reports.drawing import Pictures
from dashboard.reports.drawing.svg import width_of
from dashboard.reports.model import (
    Column,
    Curve,
    Items,
    Line,
    Paragraph,
    Report,
    Section,
    Series,
    Table,
    numbers_of,
    sections_of,
)
from dashboard.reports.writers import WRITERS, pdf, pdf_fit, words
from data.errors import StoreError
from data.words import Lang
from tests.dashboard.reports import specimen

MM = 72 / 25.4
LANGS: tuple[Lang, ...] = ("zh", "en")

pytestmark = pytest.mark.usefixtures("chinese")


@pytest.fixture(scope="module")
def bodies(desk: Desk) -> dict[str, bytes]:
    made = ((lang, specimen.report(lang, desk)) for lang in LANGS)
    return {lang: pdf.write(report, Pictures(desk, report)) for lang, report in made}


def opened(body: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(body), strict=True)


def pages(body: bytes) -> list[str]:
    """The text of each page without its spaces and line breaks: setting may put either anywhere."""
    return [re.sub(r"\s", "", page.extract_text()) for page in opened(body).pages]


def plain(text: str) -> str:
    return re.sub(r"\s", "", text)


def placed(page: Any) -> list[tuple[float, float, str]]:
    """(x, y, text) of every piece in points from the bottom left."""
    found: list[tuple[float, float, str]] = []

    def visit(text: str, cm: list[float], tm: list[float], font: Any, size: float) -> None:
        if text.strip():
            x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
            y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            found.append((x, y, text))

    page.extract_text(visitor_text=visit)
    return found


def said(*runs: Line, lang: Lang = "zh", **more: Any) -> Report:
    """A report of these sentences alone."""
    section = Section("one", "一节", tuple(Paragraph(one) for one in runs))
    return replace(specimen.report(lang, headed=False, simulated=False), sections=(section,), **more)


def written(report: Report) -> bytes:
    return pdf.write(report, Pictures(None, report))  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_sentence_and_cell_is_there(bodies: dict[str, bytes], desk: Desk, lang: Lang) -> None:
    report = specimen.report(lang, desk)
    # a sentence may go on over the page: only the type area counts
    text = plain(
        "".join(text for page in opened(bodies[lang]).pages for _, y, text in placed(page) if 35 * MM < y < 262 * MM)
    )
    for _, section in sections_of(report):
        assert plain(section.title) in text
        for block in section.blocks:
            lines = (
                [block.runs] if isinstance(block, Paragraph) else list(block.rows) if isinstance(block, Items) else []
            )
            for line in lines:
                assert plain(writing.line(line, lang)) in text
            for number in numbers_of(block) if isinstance(block, (Paragraph, Items, Table)) else ():
                assert plain(writing.text(number, lang)) in text


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_is_a4_with_the_margins_of_the_standard(bodies: dict[str, bytes], lang: Lang) -> None:
    found = opened(bodies[lang])
    lefts, tops = [], []
    for page in found.pages:
        assert [float(one) / MM for one in page.mediabox] == pytest.approx([0, 0, 210, 297], abs=0.1)
        inside = [(x, y) for x, y, _ in placed(page) if 35.5 * MM < y < 262 * MM]
        lefts.append(min(x for x, _ in inside) / MM)
        tops.append(297 - max(y for _, y in inside) / MM)
    assert min(lefts) == pytest.approx(28, abs=0.3)
    assert min(tops) > 37


def test_a_page_has_22_lines_of_28_characters() -> None:
    found = opened(written(said(("国" * 28 * 60,)))).pages[1]
    lines: dict[int, int] = {}
    rights = []
    for x, y, text in placed(found):
        if 35.5 * MM < y < 262 * MM:
            lines[round(y)] = lines.get(round(y), 0) + text.count("国")
            rights.append(x)
    assert list(lines.values()) == [28] * 22
    heights = sorted(lines, reverse=True)
    assert all(a - b == pytest.approx(225 * MM / 22, abs=1.01) for a, b in pairwise(heights))


def test_headings_are_numbered_as_the_standard_has_them_and_are_the_outline(
    bodies: dict[str, bytes], desk: Desk
) -> None:
    for lang in LANGS:
        report = specimen.report(lang, desk)
        wanted = [numbering.label(path, lang) + part.title for path, part in numbering.main_parts(report)]
        wanted += [part.title for part in numbering.annexes(report)]
        assert [plain(one) for one in _titles(opened(bodies[lang]).outline)] == [plain(one) for one in wanted]
    zh = [str(one) for one in _titles(opened(bodies["zh"]).outline)]
    assert [one[:3] for one in zh[:4]] == ["一、疫", "二、新", "（一）", "（二）"]
    assert zh[4].startswith("1.")


def _titles(outline: Any) -> list[str]:
    return [title for one in outline for title in (_titles(one) if isinstance(one, list) else [one.title])]


@pytest.mark.parametrize("lang", LANGS)
def test_it_is_pdf_a_with_its_title_language_and_tags(bodies: dict[str, bytes], desk: Desk, lang: Lang) -> None:
    found, report = opened(bodies[lang]), specimen.report(lang, desk)
    root: Any = found.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part\W+2\b", xmp)
    assert re.search(r"pdfaid:conformance\W+A\b", xmp)
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).lower() == {"zh": "zh-cn", "en": "en-gb"}[lang]
    assert found.metadata is not None
    assert found.metadata.title == report.title
    assert found.metadata.author == report.organ
    assert found.metadata.creation_date == report.known.replace(tzinfo=dt.UTC, microsecond=0)


@pytest.mark.parametrize("lang", LANGS)
def test_every_font_is_embedded_as_a_subset_that_can_be_searched(bodies: dict[str, bytes], lang: Lang) -> None:
    names = set()
    for page in opened(bodies[lang]).pages:
        for font in _fonts(page["/Resources"]):
            below = font["/DescendantFonts"][0].get_object()
            files = {"/FontFile2", "/FontFile3"} & set(below["/FontDescriptor"])
            assert files, font["/BaseFont"]
            assert re.match(r"/[A-Z]{6}\+", font["/BaseFont"])
            assert "/ToUnicode" in font
            names.add(font["/BaseFont"][8:])
    assert len(names) >= 2
    assert len(bodies[lang]) < 1_000_000


def _fonts(resources: Any) -> list[Any]:
    own = [one.get_object() for one in resources.get("/Font", {}).values()]
    forms = [one.get_object() for one in resources.get("/XObject", {}).values()]
    below = [font for form in forms if "/Resources" in form for font in _fonts(form["/Resources"])]
    return own + below


@pytest.mark.parametrize("lang", LANGS)
def test_pictures_are_vectors(bodies: dict[str, bytes], lang: Lang) -> None:
    assert not [image for page in opened(bodies[lang]).pages for image in page.images]


@pytest.mark.parametrize("lang", LANGS)
def test_simulated_data_say_so_on_every_page_and_pages_are_counted(
    bodies: dict[str, bytes], desk: Desk, lang: Lang
) -> None:
    report, found = specimen.report(lang, desk), pages(bodies[lang])
    assert len(found) > 3
    for number, text in enumerate(found, 1):
        assert plain(words.banner(report)) in text
        assert f"—{number}—" in text
        assert plain(f"第 {report.version} 版" if lang == "zh" else f"version {report.version}") in text
    assert not any(word in "".join(pages(written(said(("实。",))))) for word in ("模拟", "SIMULATED"))


def test_page_numbers_stand_outside_odd_right_even_left(bodies: dict[str, bytes]) -> None:
    for number, page in enumerate(opened(bodies["zh"]).pages, 1):
        x, y = next((x, y) for x, y, text in placed(page) if text.startswith("—") and y < 35 * MM)
        assert (x > 105 * MM) == (number % 2 == 1)
        assert y > 20 * MM


def test_a_long_table_repeats_its_head(bodies: dict[str, bytes], desk: Desk) -> None:
    for lang in LANGS:
        tables = [b for _, s in sections_of(specimen.report(lang, desk)) for b in s.blocks if isinstance(b, Table)]
        long = max(tables, key=lambda one: len(one.rows))
        head, last = plain("".join(one.name for one in long.columns)), plain(str(long.rows[-1][0]))
        with_rows = [text for text in pages(bodies[lang]) if head in text]
        assert len(with_rows) >= 2
        assert any(last in text for text in with_rows)


def test_head_number_and_signature_stand_where_they_are_configured(desk: Desk) -> None:
    headed = specimen.report("zh", desk)
    first = pages(pdf.write(headed, Pictures(desk, headed)))[0]
    assert first.index(headed.organ) < first.index(plain(headed.number)) < first.index(headed.title)
    bare = specimen.report("zh", desk, headed=False)
    text = "".join(pages(pdf.write(bare, Pictures(desk, bare))))
    assert headed.organ not in text
    assert headed.issued not in text


def test_equal_reports_make_equal_bytes_in_any_process(tmp_path: Path, bodies: dict[str, bytes], desk: Desk) -> None:
    again = specimen.report("zh", desk)
    assert pdf.write(again, Pictures(desk, again)) == bodies["zh"]
    code = (
        "import hashlib\n"
        "from tests.dashboard.reports import specimen\n"
        "from dashboard.reports.drawing import Pictures\n"
        "from dashboard.reports.writers import pdf\n"
        "report = specimen.report('zh')\n"
        "print(hashlib.sha256(pdf.write(report, Pictures(None, report))).hexdigest())\n"
    )
    report = specimen.report("zh")
    own = hashlib.sha256(pdf.write(report, Pictures(None, report))).hexdigest()  # type: ignore[arg-type]
    root = Path(__file__).parents[3]
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root,
                          env={"PYTHONHASHSEED": "77", "PATH": "", "PYTHONPATH": str(root)})  # fmt: skip
    assert told.stdout.strip() == own


def test_a_missing_font_is_an_error_not_another_font() -> None:
    report = said(("一句。",))
    lost = replace(fonts.faces(), kai="没有这种字体")
    with pytest.raises(StoreError, match="unknown font family"):
        pdf.set_in(lost, report, Pictures(None, report))  # type: ignore[arg-type]


def test_a_letter_that_no_font_has_is_a_geta_and_control_characters_are_dropped() -> None:
    text = pages(written(said(("甲\U000f0001乙\x07丙。",))))[0]
    assert "甲〓乙丙。" in text


def test_words_are_never_taken_for_commands() -> None:
    odd = '#set page(width: 1cm) *甲* _乙_ $x^2$ #include "/etc/passwd" @preview/x:1 // 完 \\ [z] <w> `q`'
    assert plain(odd) in pages(written(said((odd,))))[0]


def test_the_template_fetches_and_reads_nothing() -> None:
    code = re.sub(r"//.*", "", pdf.template().decode())
    assert not re.findall(r"#?import\b|#?include\b|@preview|\bread\(|https?:|\bplugin\(", code)


def test_missing_is_never_printed_as_nought() -> None:
    said_here = said(
        (specimen.number(None), "；", specimen.number(None, state="suppressed"), "；", specimen.number(0, "例"))
    )
    assert "未报；隐去；0例" in pages(written(said_here))[0]


def test_it_is_one_of_the_writers() -> None:
    assert WRITERS["pdf"] is pdf.write


def test_columns_hold_their_figures_and_words_and_fill_the_page() -> None:
    columns = (Column("街镇", left=True, share=1.8), Column("新增无症状感染者"), Column("占比"))
    rows = (("某某新区某某经济技术开发区某某街道办事处", specimen.number(1_234_567_890), specimen.number(1.5)),) * 2
    widths = pdf.shares(Table("t", "表", columns, rows), "zh")
    assert sum(widths) == pytest.approx(156 * MM / 10.5)
    assert widths[1] > width_of("1,234,567,890", 1.0)
    assert widths[0] > 20  # ems: the words stand in one line
    crowded = Table("t", "表", tuple(Column(f"第{n}项指标数") for n in range(12)), ((*["12,345,678"] * 12,),))
    assert sum(pdf.shares(crowded, "zh")) >= 156 * MM / 10.5 - 1e-6
    assert len(set(pdf.shares(crowded, "zh"))) == 1


@given(st.integers(1, 9), st.integers(0, 6), st.booleans(), st.sampled_from(LANGS))
def test_columns_are_never_nothing(columns: int, rows: int, left: bool, lang: Lang) -> None:
    cells = tuple(tuple(specimen.number(10**at) for at in range(columns)) for _ in range(rows))
    widths = pdf.shares(Table("t", "表", tuple(Column("列", left) for _ in range(columns)), cells), lang)
    assert len(widths) == columns
    assert min(widths) > 1


def lines_then_curve(lines: int) -> Report:
    """So many lines of text, a curve, and a last word."""
    days = tuple(dt.date(2022, 4, 1) + dt.timedelta(days=n) for n in range(9))
    curve = Curve("c", "曲线", days, (Series("s", tuple(specimen.number(n) for n in range(9)), "#7a1f3d"),))
    section = Section("one", "一节", (*(Paragraph((f"第{n}行。",)) for n in range(lines)), curve, Paragraph(("完。",))))
    return replace(specimen.report("zh", headed=False, simulated=False), sections=(section,))


def test_a_picture_is_drawn_lower_rather_than_leave_a_gap() -> None:
    shrunk, counts = [], []
    for lines in range(8, 17):
        report = lines_then_curve(lines)
        found = pdf_fit.fitted(pdf.template(), lambda heights, r=report: pdf.laid(r, heights))  # type: ignore[misc]
        text = pages(written(report))
        counts.append(next(at for at, page in enumerate(text) if "曲线" in page))
        if found:
            assert pdf.CURVE_HEIGHT * pdf_fit.LEAST <= found["c"] < pdf.CURVE_HEIGHT
            assert counts[-1] == 0  # it stands below its text
            shrunk.append(found["c"])
    assert shrunk
    assert shrunk == sorted(shrunk, reverse=True)
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert counts[-1] == 1  # with too little room it goes to the next page, whole


def test_a_picture_after_a_heading_goes_with_it() -> None:
    report = lines_then_curve(14)
    below = replace(report.sections[0], blocks=report.sections[0].blocks[-2:], title="图节")
    both = replace(report, sections=(replace(report.sections[0], blocks=report.sections[0].blocks[:-2]), below))
    page = next(one for one in pages(written(both)) if "图节" in one)
    assert "曲线" in page
