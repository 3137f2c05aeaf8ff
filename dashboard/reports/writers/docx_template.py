"""The product's own Word template, made here part by part: a real document with styles and placeholders.

``onescreen reports template`` writes it out; an office changes it in Word (fonts, margins, red head, an imprint) and
puts it into its home as ``templates/report-zh.docx`` or ``report-en.docx``. Placeholders, typed in Word as text:

- ``{{ title }}``, ``{{ basis }}`` (day and version), ``{{ organ }}``, ``{{ number }}``, ``{{ issued }}``,
  ``{{ banner }}`` (said of simulated data, else empty), ``{{ place }}``, ``{{ city }}``, ``{{ day }}``;
- ``{{ body }}``, ``{{ annex_list }}`` and ``{{ annexes }}``, each alone in a paragraph: what the writer makes stands
  in its place. ``{{ title }}``, ``{{ banner }}``, ``{{ body }}`` and ``{{ annexes }}`` must be there;
- ``{%p if organ %}`` .. ``{%p endif %}``, each alone in a paragraph, around what is wanted only with an organ.
"""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.reports.writers import docx_styles as page
from dashboard.reports.writers.package import assembled
from data.words import Lang

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/"

#: Parts that the document refers to, in the order of their rId: file, kind of relation, kind of content.
_PARTS = (
    ("styles.xml", "styles", "styles"),
    ("settings.xml", "settings", "settings"),
    ("fontTable.xml", "fontTable", "fontTable"),
    ("header1.xml", "header", "header"),
    ("header2.xml", "header", "header"),
    ("footer1.xml", "footer", "footer"),
    ("footer2.xml", "footer", "footer"),
)


def default(lang: Lang) -> bytes:
    """The template of a language; the same bytes whenever it is made."""
    return assembled(_parts(lang))


def _parts(lang: Lang) -> Mapping[str, str]:
    banner = _line("banner", "{{ banner }}")
    return {
        "[Content_Types].xml": _contents(),
        "_rels/.rels": _relations(
            ("word/document.xml", _REL + "officeDocument"),
            ("docProps/core.xml", _PACKAGE + "relationships/metadata/core-properties"),
        ),
        "docProps/core.xml": _properties(lang),
        "word/document.xml": _document(lang),
        "word/_rels/document.xml.rels": _relations(*((file, _REL + kind) for file, kind, _ in _PARTS)),
        "word/styles.xml": page.styles_xml(lang),
        "word/settings.xml": _settings(lang),
        "word/fontTable.xml": _font_table(),
        "word/header1.xml": f"<w:hdr {page.NAMESPACES}>{banner}</w:hdr>",
        "word/header2.xml": f"<w:hdr {page.NAMESPACES}>{banner}</w:hdr>",
        "word/footer1.xml": f"<w:ftr {page.NAMESPACES}>{_page_number('page_odd')}</w:ftr>",
        "word/footer2.xml": f"<w:ftr {page.NAMESPACES}>{_page_number('page_even')}</w:ftr>",
    }


def _document(lang: Lang) -> str:
    return f"<w:document {page.NAMESPACES}><w:body>{_text(lang)}{_section(lang)}</w:body></w:document>"


def _text(lang: Lang) -> str:
    blank = _line("normal", "") * (2 if lang == "zh" else 1)  # 7.3.1: the title stands two lines below the red rule
    return "".join(
        (
            _line("normal", "{%p if organ %}"),
            _line("organ", "{{ organ }}"),
            _line("normal", "{%p if number %}"),
            _line("number", "{{ number }}"),
            _line("normal", "{%p endif %}"),
            _line("rule", ""),
            blank,
            _line("normal", "{%p endif %}"),
            _line("title", "{{ title }}"),
            _line("subtitle", "{{ basis }}"),
            _line("body", "{{ body }}"),
            _line("annex_list", "{{ annex_list }}"),
            _line("normal", "{%p if issued %}"),
            _line("signed", "{{ organ }}"),
            _line("issued", "{{ issued }}"),
            _line("normal", "{%p endif %}"),
            _line("body", "{{ annexes }}"),
        )
    )


def _line(key: str, text: str) -> str:
    run = f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>' if text else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{page.style_id(key)}"/></w:pPr>{run}</w:p>'


def _page_number(key: str) -> str:
    """— 1 —: a dash of one character on either side."""
    field = "".join(
        f"<w:r>{inner}</w:r>"
        for inner in (
            '<w:t xml:space="preserve">— </w:t>',
            '<w:fldChar w:fldCharType="begin"/>',
            '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
            '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>1</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
            '<w:t xml:space="preserve"> —</w:t>',
        )
    )
    return f'<w:p><w:pPr><w:pStyle w:val="{page.style_id(key)}"/></w:pPr>{field}</w:p>'


def _section(lang: Lang) -> str:
    """One section: the page, its margins, its grid; heads and feet of odd and even pages. English has no grid: its
    letters are not as wide as they are high."""
    chinese = f'w:type="linesAndChars" w:linePitch="{page.LINE_PITCH}" w:charSpace="{page.CHAR_SPACE}"'
    grid = chinese if lang == "zh" else 'w:linePitch="312"'
    return (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId4"/><w:headerReference w:type="even" r:id="rId5"/>'
        '<w:footerReference w:type="default" r:id="rId6"/><w:footerReference w:type="even" r:id="rId7"/>'
        f'<w:pgSz w:w="{page.PAGE_WIDTH}" w:h="{page.PAGE_HEIGHT}"/><w:pgMar w:top="{page.TOP}" w:right="{page.RIGHT}" '
        f'w:bottom="{page.BOTTOM}" w:left="{page.LEFT}" w:header="{page.HEADER}" w:footer="{page.FOOTER}" '
        f'w:gutter="0"/><w:cols w:space="425"/><w:docGrid {grid}/></w:sectPr>'
    )


def _settings(lang: Lang) -> str:
    locale = "en-US" if lang == "zh" else "en-GB"
    return (
        f'<w:settings {page.NAMESPACES}><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:spaceForUL/>'
        "<w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/><w:doNotExpandShiftReturn/>"
        '<w:adjustLineHeightInTable/><w:useFELayout/><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        f'<w:themeFontLang w:val="{locale}" w:eastAsia="zh-CN"/></w:settings>'
    )


def _font_table() -> str:
    """Fonts by their official names, each with what to take instead; charset 86 is GB 2312."""

    def font(name: str, others: str) -> str:
        charset, family = "00" if name.isascii() else "86", "swiss" if name in (page.HEI, page.SANS) else "roman"
        return (
            f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="{charset}"/>'
            f'<w:family w:val="{family}"/><w:pitch w:val="variable"/></w:font>'
        )

    fonts = "".join(font(name, others) for name, others in page.FALL_BACKS.items())
    return f"<w:fonts {page.NAMESPACES}>{fonts}</w:fonts>"


def _properties(lang: Lang) -> str:
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{{{{ title }}}}</dc:title><dc:language>{'zh-CN' if lang == 'zh' else 'en-GB'}</dc:language>"
        '<dcterms:created xsi:type="dcterms:W3CDTF">1980-01-01T00:00:00Z</dcterms:created>'
        '<dcterms:modified xsi:type="dcterms:W3CDTF">1980-01-01T00:00:00Z</dcterms:modified></cp:coreProperties>'
    )


def _contents() -> str:
    parts = "".join(
        f'<Override PartName="/word/{file}" ContentType="{_WORD}{content}+xml"/>' for file, _, content in _PARTS
    )
    return (
        f'<Types xmlns="{_PACKAGE}content-types"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_WORD}document.main+xml"/>{parts}'
        '<Override PartName="/docProps/core.xml" '
        'ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _relations(*targets: tuple[str, str]) -> str:
    made = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>' for n, (target, kind) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}relationships">{made}</Relationships>'
