"""The named styles of a report in Word, and the page of GB/T 9704-2012, as the product's own template has them.

An office that wants other fonts, sizes or margins changes them in Word; the writer finds every style by its name.
Lengths are in twips (1/20 point), the unit of the format, unless they say otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from xml.sax.saxutils import quoteattr

from data.words import Lang


def twips(mm: float) -> int:
    """Millimetres in twips: 1440 of them are an inch."""
    return round(mm * 1440 / 25.4)


#: GB/T 9704-2012, 5.1 and 5.2: A4, 天头 37 mm, 订口 28 mm, 版心 156 mm x 225 mm; 22 lines of 28 characters.
PAGE_WIDTH, PAGE_HEIGHT = twips(210), twips(297)
TOP, BOTTOM, LEFT, RIGHT = twips(37), twips(35), twips(28), twips(26)
TEXT_WIDTH, TEXT_HEIGHT = PAGE_WIDTH - LEFT - RIGHT, PAGE_HEIGHT - TOP - BOTTOM
LINES, CHARACTERS = 22, 28
#: 3号, in points.
BODY_POINTS = 16
#: Rounded down, so that 22 lines and 28 characters surely fit: 12756 / 22 = 579.8; 8845 / 28 / 20 = 15.79 points,
#: which is 0.205 less than a character of 3号. The format counts that difference in 4096ths of a point.
LINE_PITCH = TEXT_HEIGHT // LINES
CHAR_SPACE = (TEXT_WIDTH * 4096) // (20 * CHARACTERS) - BODY_POINTS * 4096
#: The same two said in the styles themselves, as exact lines and as closer characters. Text does not snap to the grid:
#: not every program squeezes characters onto a finer grid, and a fall-back font may be higher than a line.
CLOSER = TEXT_WIDTH // CHARACTERS - 20 * BODY_POINTS
#: 7.5: the dash beside a page number stands 7 mm below the type area, in the middle of its line of 4号 (14 points are
#: 4.9 mm): the line starts 4.5 mm below the type area and ends 25.6 mm above the edge of the paper.
FOOTER = twips(35 - (7 - 4.9 / 2) - 4.9)
HEADER = twips(20)

SONG, HEI, KAI, FANG, TITLE_SONG = "宋体", "黑体", "楷体_GB2312", "仿宋_GB2312", "方正小标宋简体"
LATIN, SANS = "Times New Roman", "Arial"
#: What a program takes where a font is not installed, best first; the last of each are in free distributions.
FALL_BACKS: Mapping[str, str] = {
    FANG: "仿宋,FangSong,FangSong_GB2312,STFangsong,Noto Serif CJK SC,Source Han Serif SC",
    TITLE_SONG: "方正小标宋_GBK,FZXiaoBiaoSong-B05S,华文中宋,STZhongsong,SimSun,Noto Serif CJK SC",
    KAI: "楷体,KaiTi,STKaiti,AR PL UKai CN,Noto Serif CJK SC",
    HEI: "SimHei,STHeiti,Noto Sans CJK SC,WenQuanYi Zen Hei",
    SONG: "SimSun,STSong,Noto Serif CJK SC,Source Han Serif SC",
    LATIN: "Liberation Serif,Tinos",
    SANS: "Helvetica,Liberation Sans,Arimo",
}

#: What each style is called in Word; the writer's keys are on the left. Names of Word's own styles are those that its
#: files hold in every language.
NAMES: Mapping[str, str] = {
    "normal": "Normal",
    "title": "Title",
    "subtitle": "Subtitle",
    "heading1": "heading 1",
    "heading2": "heading 2",
    "heading3": "heading 3",
    "heading4": "heading 4",
    "body": "Body Text",
    "caption": "caption",
    "below": "图题 Picture title",
    "strong": "要紧 Strong text",
    "quiet": "说明 Remark",
    "item": "列项 Item",
    "picture": "图 Picture",
    "note": "表注 Note",
    "head_words": "表头文 Head of words",
    "head_figures": "表头数 Head of figures",
    "words": "表文 Table words",
    "figures": "表数 Table figures",
    "total_words": "合计文 Total's words",
    "total_figures": "合计数 Total's figures",
    "gap": "表后 After table",
    "annex_list": "附件说明 Annexes",
    "annex_more": "附件说明续 Annexes continued",
    "annex": "附件 Annex mark",
    "annex_title": "附件标题 Annex title",
    "organ": "发文机关标志 Organ",
    "number": "发文字号 Number",
    "rule": "版头分隔线 Head rule",
    "signed": "署名 Signed",
    "issued": "成文日期 Issued",
    "imprint": "版记 Imprint",
    "banner": "模拟 Banner",
    "page_odd": "单页码 Odd page",
    "page_even": "双页码 Even page",
}
TABLE_STYLE = "报告表 Report table"


@dataclass(frozen=True)
class Style:
    """A paragraph style. ``first``, ``left``, ``hanging``, ``right`` in characters of its own size; ``before`` and
    ``after`` in points; ``line``: exact points, or (as a negative number) a multiple of single; 0: as its base."""

    base: str = "normal"
    points: float = 0
    east: str = ""
    latin: str = ""
    bold: bool = False
    italic: bool = False
    colour: str = ""
    align: str = ""
    first: float = 0
    left: float = 0
    hanging: float = 0
    right: float = 0
    before: float = 0
    after: float = 0
    line: float = 0
    outline: int = 0
    keep: bool = False
    new_page: bool = False
    border: str = ""


_PITCH = LINE_PITCH / 20
_RED = "FF0000"
_RULE = f'<w:bottom w:val="single" w:sz="12" w:space="0" w:color="{_RED}"/>'
_IMPRINT = '<w:top w:val="single" w:sz="8" w:space="1" w:color="auto"/><w:bottom w:val="single" w:sz="8" w:space="1" w:color="auto"/>'  # noqa: E501 - one border a side

_BOTH: Mapping[str, Style] = {
    "rule": Style(line=11.3, border=_RULE),  # 7.2.7: 4 mm below the number, as wide as the type area
    "banner": Style(points=14, east=HEI, latin=SANS, colour="C00000", align="center", line=20),
    # 7.5: 单页码居右空一字，双页码居左空一字
    "page_odd": Style(points=14, east=SONG, latin=LATIN, align="right", right=1, line=14),
    "page_even": Style(points=14, east=SONG, latin=LATIN, align="left", left=1, line=14),
}

_ZH: Mapping[str, Style] = {
    "normal": Style(base="", points=BODY_POINTS, east=FANG, latin=LATIN, align="both", line=_PITCH),
    "title": Style(points=22, east=TITLE_SONG, align="center", line=36, keep=True),
    "subtitle": Style(points=14, east=KAI, align="center", after=_PITCH, line=_PITCH, keep=True),
    "heading1": Style(east=HEI, first=2, outline=1, keep=True),
    "heading2": Style(east=KAI, first=2, outline=2, keep=True),
    "heading3": Style(bold=True, first=2, outline=3, keep=True),
    "heading4": Style(first=2, outline=4, keep=True),
    "body": Style(first=2),
    "strong": Style(base="body", bold=True, first=2),
    "quiet": Style(base="body", points=14, east=KAI, first=2),
    "item": Style(base="body", first=2),
    "caption": Style(points=14, east=HEI, align="center", before=8, after=4, line=-1.1, keep=True),
    "picture": Style(align="center", before=6, line=-1, keep=True),
    "below": Style(points=14, east=HEI, align="center", before=2, after=8, line=-1.1),
    "note": Style(points=10.5, align="left", before=3, after=6, line=-1.1),
    "head_words": Style(points=10.5, east=HEI, align="left", line=-1, keep=True),
    "head_figures": Style(base="head_words", points=10.5, east=HEI, align="right", line=-1, keep=True),
    "words": Style(points=10.5, align="left", line=-1),
    "figures": Style(points=10.5, align="right", line=-1),
    "total_words": Style(base="words", bold=True, align="left", line=-1),
    "total_figures": Style(base="figures", bold=True, align="right", line=-1),
    "gap": Style(points=8, line=8),
    "annex_list": Style(left=5, hanging=3, before=_PITCH),
    "annex_more": Style(left=5),
    "annex": Style(east=HEI, new_page=True, keep=True),
    "annex_title": Style(
        base="title",
        points=22,
        east=TITLE_SONG,
        align="center",
        before=_PITCH,
        after=_PITCH,
        line=36,
        outline=1,
        keep=True,
    ),
    "organ": Style(points=36, east=TITLE_SONG, colour=_RED, align="center", before=35 * 72 / 25.4, line=44, keep=True),
    "number": Style(align="center", before=2 * _PITCH),
    "signed": Style(align="right", right=2, before=_PITCH, keep=True),
    "issued": Style(align="right", right=2),
    "imprint": Style(points=14, first=0, border=_IMPRINT, line=_PITCH),
    **_BOTH,
    "page_odd": replace(_BOTH["page_odd"], latin=SONG),
    "page_even": replace(_BOTH["page_even"], latin=SONG),
}

#: The standard knows no English: the same page and parts, in sizes that English is printed in.
_EN: Mapping[str, Style] = {
    "normal": Style(base="", points=12, east=FANG, latin=LATIN, align="left", line=-1.15),
    "title": Style(points=20, east=TITLE_SONG, bold=True, align="center", after=6, line=-1.1, keep=True),
    "subtitle": Style(points=11, east=KAI, align="center", after=14, line=-1.1, keep=True),
    "heading1": Style(points=15, east=HEI, latin=SANS, bold=True, before=16, after=6, line=-1.1, outline=1, keep=True),
    "heading2": Style(points=13, east=HEI, latin=SANS, bold=True, before=10, after=4, line=-1.1, outline=2, keep=True),
    "heading3": Style(points=12, east=KAI, bold=True, before=8, after=3, line=-1.1, outline=3, keep=True),
    "heading4": Style(points=12, east=KAI, italic=True, before=6, after=3, line=-1.1, outline=4, keep=True),
    "body": Style(after=7, line=-1.15),
    "strong": Style(base="body", bold=True, after=7, line=-1.15),
    "quiet": Style(base="body", points=10.5, italic=True, after=7, line=-1.15),
    "item": Style(base="body", left=2, hanging=2, after=4, line=-1.15),
    "caption": Style(points=11, east=HEI, latin=SANS, bold=True, align="left", before=8, after=4, line=-1.1, keep=True),
    "picture": Style(align="center", before=4, line=-1, keep=True),
    "below": Style(points=11, east=HEI, latin=SANS, bold=True, align="left", before=2, after=8, line=-1.1),
    "note": Style(points=9.5, align="left", before=3, after=6, line=-1.1),
    "head_words": Style(points=9.5, east=HEI, latin=SANS, bold=True, align="left", line=-1, keep=True),
    "head_figures": Style(base="head_words", bold=True, align="right", line=-1, keep=True),
    "words": Style(points=10, align="left", line=-1),
    "figures": Style(points=10, align="right", line=-1),
    "total_words": Style(base="words", bold=True, align="left", line=-1),
    "total_figures": Style(base="figures", bold=True, align="right", line=-1),
    "gap": Style(points=8, line=10),
    "annex_list": Style(left=4.5, hanging=4.5, before=14, line=-1.15),
    "annex_more": Style(left=4.5, line=-1.15),
    "annex": Style(points=12, east=HEI, latin=SANS, bold=True, new_page=True, line=-1.1, keep=True),
    "annex_title": Style(
        base="title",
        points=18,
        east=TITLE_SONG,
        bold=True,
        align="center",
        before=8,
        after=12,
        line=-1.1,
        outline=1,
        keep=True,
    ),
    "organ": Style(
        points=28, east=TITLE_SONG, colour=_RED, bold=True, align="center", before=35 * 72 / 25.4, line=-1.1, keep=True
    ),
    "number": Style(align="center", before=24),
    "signed": Style(align="right", right=2, before=24, keep=True),
    "issued": Style(align="right", right=2),
    "imprint": Style(points=11, border=_IMPRINT, line=-1.15),
    **_BOTH,
}
STYLES: Mapping[Lang, Mapping[str, Style]] = {"zh": _ZH, "en": _EN}


def style_id(key: str) -> str:
    """The id of a style in the product's own template: heading1 -> Heading1, as Word calls it itself."""
    return "".join(part.capitalize() for part in key.split("_"))


def styles_xml(lang: Lang) -> str:
    """The part ``word/styles.xml``."""
    own = "".join(_style(key, one, STYLES[lang]) for key, one in STYLES[lang].items())
    locale = "en-US" if lang == "zh" else "en-GB"
    normal = STYLES[lang]["normal"]  # its size is what the grid's characters are measured from
    return (
        f"<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>{_fonts(FANG, LATIN)}{_size(normal.points)}"
        f'<w:lang w:val="{locale}" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>'
        f"{own}{_TABLES}</w:styles>"
    )


def _style(key: str, one: Style, all_: Mapping[str, Style]) -> str:
    default = ' w:default="1"' if key == "normal" else ""
    points = one.points or (all_[one.base].points if one.base else 0) or all_["normal"].points
    closer = CLOSER if all_["normal"].points == points == BODY_POINTS else 0
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{style_id(key)}">'
        f"<w:name w:val={quoteattr(NAMES[key])}/>"
        + (f'<w:basedOn w:val="{style_id(one.base)}"/>' if one.base else "")
        + (f'<w:next w:val="{style_id("body")}"/>' if one.outline else "")
        + "<w:qFormat/>"
        f"<w:pPr>{_paragraph(one, points)}</w:pPr><w:rPr>{_run(one, closer)}</w:rPr></w:style>"
    )


def _paragraph(one: Style, points: float) -> str:
    return (
        _flag("keepNext", one.keep)
        + _flag("pageBreakBefore", one.new_page)
        + ('<w:widowControl w:val="0"/>' if not one.base else "")
        + (f"<w:pBdr>{one.border}</w:pBdr>" if one.border else "")
        + ('<w:snapToGrid w:val="0"/>' if not one.base else "")
        + _spacing(one)
        + _indent(one, points)
        + (f'<w:jc w:val="{one.align}"/>' if one.align else "")
        + (f'<w:outlineLvl w:val="{one.outline - 1}"/>' if one.outline else "")
    )


def _spacing(one: Style) -> str:
    line = f' w:line="{round(one.line * 20)}" w:lineRule="exact"' if one.line > 0 else ""
    if one.line < 0:
        line = f' w:line="{round(-one.line * 240)}" w:lineRule="auto"'
    return f'<w:spacing w:before="{round(one.before * 20)}" w:after="{round(one.after * 20)}"{line}/>'


def _indent(one: Style, points: float) -> str:
    """In characters, and in twips for programs that do not know characters."""
    wide = {"left": one.left, "right": one.right, "hanging": one.hanging, "firstLine": one.first}
    said = (f' w:{name}Chars="{round(n * 100)}" w:{name}="{round(n * points * 20)}"' for name, n in wide.items() if n)
    return f"<w:ind{text}/>" if (text := "".join(said)) else ""


def _run(one: Style, closer: int) -> str:
    fonts = _fonts(one.east, one.latin) if one.east or one.latin else ""
    colour = f'<w:color w:val="{one.colour}"/>' if one.colour else ""
    spacing = f'<w:spacing w:val="{closer}"/>'
    return fonts + _flag("b", one.bold) + _flag("i", one.italic) + colour + spacing + _size(one.points)


def _size(points: float) -> str:
    """In half points, as the format has them."""
    return f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>' if points else ""


def _fonts(east: str, latin: str) -> str:
    names = {"ascii": latin, "hAnsi": latin, "eastAsia": east, "cs": latin}
    return "<w:rFonts" + "".join(f' w:{name}="{font}"' for name, font in names.items() if font) + "/>"


def _flag(name: str, on: bool) -> str:
    return f"<w:{name}/>" if on else ""


def _border(name: str, eighths: int) -> str:
    return f'<w:{name} w:val="single" w:sz="{eighths}" w:space="0" w:color="auto"/>'


#: A rule above and below, finer ones between; no boxes: columns of figures are told apart by their edges.
_TABLES = (
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
    '<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="90" w:type="dxa"/><w:right w:w="90" w:type="dxa"/>'
    '</w:tblCellMar></w:tblPr></w:style><w:style w:type="table" w:styleId="ReportTable">'
    f'<w:name w:val="{TABLE_STYLE}"/><w:basedOn w:val="TableNormal"/><w:qFormat/><w:tblPr><w:tblBorders>'
    f"{_border('top', 12)}{_border('bottom', 12)}{_border('insideH', 4)}</w:tblBorders><w:tblCellMar>"
    '<w:top w:w="45" w:type="dxa"/><w:left w:w="90" w:type="dxa"/><w:bottom w:w="45" w:type="dxa"/>'
    '<w:right w:w="90" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblStylePr w:type="firstRow"><w:tblPr/><w:tcPr>'
    f"<w:tcBorders>{_border('bottom', 8)}</w:tcBorders></w:tcPr></w:tblStylePr>"
    '<w:tblStylePr w:type="lastRow"><w:tblPr/><w:tcPr>'
    f"<w:tcBorders>{_border('top', 8)}</w:tcBorders></w:tcPr></w:tblStylePr></w:style>"
)
NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
