"""The product's own PowerPoint template, made here part by part: 16:9, one master, a cover and a body.

``onescreen reports template`` writes it out; an office changes it in PowerPoint (fonts, colours, a badge, where things
stand) and puts it into its home as ``templates/report-zh.pptx`` or ``report-en.pptx``. The writer finds the two layouts
by their names and what it fills by its placeholder's number (``PLACES``): text goes into it, tables, charts and maps
stand where ``content`` is.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dashboard.reports.writers.package import assembled
from data.words import Lang

#: Names of the layouts, and the placeholders that each must have, by number (idx).
COVER, BODY = "封面 Cover", "正文 Body"
TITLE, CONTENT, FOOT, BANNER, ORGAN = 0, 1, 13, 14, 15
PLACES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {COVER: (TITLE, CONTENT, BANNER, ORGAN), BODY: (TITLE, CONTENT, FOOT, BANNER)}
)
#: 13.333 by 7.5 inches, in English Metric Units (914,400 an inch).
WIDTH, HEIGHT = 12_192_000, 6_858_000
_EM = 914_400

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
_TYPE = "application/vnd.openxmlformats-officedocument."
_SPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    f'xmlns:r="{_OFFICE}" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)

#: Ink, the colours of a report's curves, and quiet greys.
_COLOURS = {
    "dk1": "1D272B", "lt1": "FFFFFF", "dk2": "3D4A50", "lt2": "F2F4F5", "accent1": "7A1F3D", "accent2": "2F6690",
    "accent3": "8A6D1F", "accent4": "4B7B5A", "accent5": "6B4E8A", "accent6": "8A939A", "hlink": "2F6690",
    "folHlink": "6B4E8A",
}  # fmt: skip
_EAST, _LATIN = "微软雅黑", "Arial"

#: What is relative to what: package path -> (id, kind, target).
_LINKS: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "_rels/.rels": (
            (f"{_OFFICE}/officeDocument", "ppt/presentation.xml"),
            (f"{_PACKAGE}relationships/metadata/core-properties", "docProps/core.xml"),
        ),
        "ppt/_rels/presentation.xml.rels": (
            (f"{_OFFICE}/slideMaster", "slideMasters/slideMaster1.xml"),
            (f"{_OFFICE}/theme", "theme/theme1.xml"),
        ),
        "ppt/slideMasters/_rels/slideMaster1.xml.rels": (
            (f"{_OFFICE}/slideLayout", "../slideLayouts/slideLayout1.xml"),
            (f"{_OFFICE}/slideLayout", "../slideLayouts/slideLayout2.xml"),
            (f"{_OFFICE}/theme", "../theme/theme1.xml"),
        ),
        "ppt/slideLayouts/_rels/slideLayout1.xml.rels": (
            (f"{_OFFICE}/slideMaster", "../slideMasters/slideMaster1.xml"),
        ),
        "ppt/slideLayouts/_rels/slideLayout2.xml.rels": (
            (f"{_OFFICE}/slideMaster", "../slideMasters/slideMaster1.xml"),
        ),
    }
)
_CONTENTS = {
    "ppt/presentation.xml": _TYPE + "presentationml.presentation.main+xml",
    "ppt/slideMasters/slideMaster1.xml": _TYPE + "presentationml.slideMaster+xml",
    "ppt/slideLayouts/slideLayout1.xml": _TYPE + "presentationml.slideLayout+xml",
    "ppt/slideLayouts/slideLayout2.xml": _TYPE + "presentationml.slideLayout+xml",
    "ppt/theme/theme1.xml": _TYPE + "theme+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
}


def default(lang: Lang) -> bytes:
    """The template of a language; the same bytes whenever it is made."""
    return assembled(_parts(lang))


def _parts(lang: Lang) -> Mapping[str, str]:
    return {
        "[Content_Types].xml": _contents(),
        **{name: _relations(links) for name, links in _LINKS.items()},
        "docProps/core.xml": f'<cp:coreProperties xmlns:cp="{_PACKAGE}metadata/core-properties"/>',
        "ppt/presentation.xml": (
            f'<p:presentation {_SPACES} saveSubsetFonts="1"><p:sldMasterIdLst>'
            f'<p:sldMasterId id="2147483648" r:id="rId1"/></p:sldMasterIdLst>'
            f'<p:sldSz cx="{WIDTH}" cy="{HEIGHT}"/><p:notesSz cx="{HEIGHT}" cy="9144000"/>'
            "</p:presentation>"
        ),
        "ppt/slideMasters/slideMaster1.xml": _master(lang),
        "ppt/slideLayouts/slideLayout1.xml": _layout(COVER, _cover()),
        "ppt/slideLayouts/slideLayout2.xml": _layout(BODY, _body(lang)),
        "ppt/theme/theme1.xml": _theme(),
    }


# shapes: places in inches -----------------------------------------------------------------------------


def _box(x: float, y: float, wide: float, high: float) -> str:
    return (
        f'<a:xfrm><a:off x="{round(x * _EM)}" y="{round(y * _EM)}"/>'
        f'<a:ext cx="{round(wide * _EM)}" cy="{round(high * _EM)}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    )


def _place(number: int, name: str, box: str, kind: str, look: str, anchor: str = "t") -> str:
    """A placeholder; ``look``: attributes and fill of its text."""
    idx = f' idx="{number}"' if number else ""
    attributes, _, inner = look.partition("|")
    align, _, attributes = attributes.partition(" ")
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number + 20}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f'<p:nvPr><p:ph type="{kind}"{idx}/></p:nvPr></p:nvSpPr><p:spPr>{box}</p:spPr><p:txBody>'
        f'<a:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"><a:normAutofit/></a:bodyPr><a:lstStyle>'
        f'<a:lvl1pPr marL="0" indent="0" algn="{align}"><a:buNone/><a:defRPr {attributes}>{inner}</a:defRPr>'
        f"</a:lvl1pPr></a:lstStyle><a:p><a:r><a:t>{name}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def _ink(colour: str) -> str:
    return f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>'


def _bar(number: int, box: str, colour: str) -> str:
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="Bar {number}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f"<p:spPr>{box}{_ink(colour)}<a:ln><a:noFill/></a:ln></p:spPr></p:sp>"
    )


def _banner() -> str:
    red = '<a:solidFill><a:srgbClr val="C00000"/></a:solidFill>'
    return _place(BANNER, "模拟 Banner", _box(0.5, 0.1, 12.33, 0.26), "body", f'ctr sz="1200" b="1"|{red}')


def _title() -> str:
    look = f'l sz="2600" b="1"|{_ink("tx1")}'
    return _place(TITLE, "标题 Title", _box(0.72, 0.38, 12.11, 0.64), "title", look, "ctr")


def _content() -> str:
    return _place(CONTENT, "内容 Content", _box(0.5, 1.2, 12.33, 5.65), "body", f'l sz="1800"|{_ink("tx1")}')


def _cover() -> str:
    return (
        _bar(2, _box(0, 0, 0.35, 7.5), "accent1")
        + _bar(3, _box(1.1, 4.05, 11.1, 0.02), "accent1")
        + _place(TITLE, "标题 Title", _box(1.1, 2.2, 11.1, 1.7), "title", f'l sz="4000" b="1"|{_ink("tx1")}', "b")
        + _place(CONTENT, "副题 Subtitle", _box(1.1, 4.25, 11.1, 1.1), "subTitle", f'l sz="1800"|{_ink("tx2")}')
        + _place(ORGAN, "机关 Organ", _box(1.1, 6.1, 11.1, 0.5), "body", f'l sz="1800"|{_ink("tx1")}')
        + _banner()
    )


def _body(lang: Lang) -> str:
    """The slide's number is the layout's own text, so that every slide has it."""
    page = (
        f'<p:sp><p:nvSpPr><p:cNvPr id="4" name="Slide number"/><p:cNvSpPr txBox="1"/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr>{_box(11.83, 7.05, 1.0, 0.28)}<a:noFill/></p:spPr><p:txBody><a:bodyPr wrap="square" lIns="0" '
        'tIns="0" rIns="0" bIns="0" anchor="ctr"/><a:lstStyle/><a:p><a:pPr algn="r"/><a:fld '
        'id="{6E2F1C52-0C8B-4C39-9B57-0B1A5D2C7E01}" type="slidenum">'
        f'<a:rPr lang="{_locale(lang)}" sz="1100">{_ink("tx2")}</a:rPr><a:t>‹#›</a:t></a:fld></a:p></p:txBody></p:sp>'
    )
    return (
        _bar(2, _box(0.5, 0.42, 0.09, 0.56), "accent1")
        + _bar(3, _box(0.5, 6.98, 12.33, 0.01), "accent6")
        + _title()
        + _content()
        + _place(FOOT, "出处 Basis", _box(0.5, 7.05, 11.2, 0.28), "body", f'l sz="1100"|{_ink("tx2")}', "ctr")
        + _banner()
        + page
    )


# parts --------------------------------------------------------------------------------------------------


def _tree(shapes: str) -> str:
    return (
        '<p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
        f"{shapes}</p:spTree>"
    )


def _layout(name: str, shapes: str) -> str:
    return (
        f'<p:sldLayout {_SPACES} preserve="1" userDrawn="1"><p:cSld name="{name}">{_tree(shapes)}</p:cSld>'
        "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
    )


def _master(lang: Lang) -> str:
    roles = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}
    own = {name: name for name in _COLOURS if name not in roles.values()}
    colours = "".join(f' {role}="{colour}"' for role, colour in (roles | own).items())
    plain = f'marL="0" indent="0"><a:buNone/>{_face("mn", lang)}'
    levels = "".join(f"<a:lvl{n}pPr {plain}</a:lvl{n}pPr>" for n in (1, 2, 3))
    return (
        f"<p:sldMaster {_SPACES}><p:cSld><p:bg><p:bgPr>{_ink('bg1')}<a:effectLst/></p:bgPr></p:bg>"
        f"{_tree(_title() + _content())}</p:cSld>"
        f'<p:clrMap{colours}/><p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/>'
        '<p:sldLayoutId id="2147483650" r:id="rId2"/></p:sldLayoutIdLst><p:txStyles><p:titleStyle>'
        f"<a:lvl1pPr><a:buNone/>{_face('mj', lang)}</a:lvl1pPr></p:titleStyle><p:bodyStyle>{levels}</p:bodyStyle>"
        f"<p:otherStyle>{levels}</p:otherStyle></p:txStyles></p:sldMaster>"
    )


def _face(which: str, lang: Lang) -> str:
    return (
        f'<a:defRPr lang="{_locale(lang)}" altLang="en-US" sz="1800">{_ink("tx1")}<a:latin typeface="+{which}-lt"/>'
        f'<a:ea typeface="+{which}-ea"/><a:cs typeface="+{which}-cs"/></a:defRPr>'
    )


def _locale(lang: Lang) -> str:
    return "zh-CN" if lang == "zh" else "en-GB"


def _theme() -> str:
    colours = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in _COLOURS.items())
    fonts = "".join(
        f'<a:{kind}Font><a:latin typeface="{_LATIN}"/><a:ea typeface="{_EAST}"/><a:cs typeface=""/>'
        f'<a:font script="Hans" typeface="{_EAST}"/></a:{kind}Font>'
        for kind in ("major", "minor")
    )
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="9525">{fill}</a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    looks = {"fillStyleLst": fill, "lnStyleLst": line, "effectStyleLst": effect, "bgFillStyleLst": fill}
    three = "".join(f"<a:{name}>{look * 3}</a:{name}>" for name, look in looks.items())  # subtle, moderate, intense
    parts = {"clrScheme": colours, "fontScheme": fonts, "fmtScheme": three}
    elements = "".join(f'<a:{name} name="OneScreen">{part}</a:{name}>' for name, part in parts.items())
    return f'<a:theme {_SPACES} name="OneScreen"><a:themeElements>{elements}</a:themeElements></a:theme>'


def _contents() -> str:
    parts = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in _CONTENTS.items())
    return (
        f'<Types xmlns="{_PACKAGE}content-types"><Default Extension="xml" ContentType="application/xml"/><Default '
        f'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{parts}</Types>'
    )


def _relations(links: tuple[tuple[str, str], ...]) -> str:
    made = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(links, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}relationships">{made}</Relationships>'
