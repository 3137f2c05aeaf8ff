"""A report in Word by GB/T 9704-2012, from a template that an office edits in Word (see ``docx_template``)."""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Iterator, Mapping
from itertools import pairwise

from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement, parse_xml
from docx.oxml.text.font import CT_RPr
from docx.oxml.xmlchemy import BaseOxmlElement
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment
from lxml.etree import XMLSyntaxError

from dashboard.reports import writing
from dashboard.reports.drawing import Pictures
from dashboard.reports.model import Report
from dashboard.reports.writers import templates, words
from dashboard.reports.writers.docx_body import Body, text_width
from dashboard.reports.writers.docx_styles import BODY_POINTS, NAMES, NAMESPACES, TABLE_STYLE
from dashboard.reports.writers.package import packed
from data.errors import TemplateFileError
from data.words import Both

#: Placeholders whose paragraph the writer replaces, and whether a template must have them.
_PARTS: Mapping[str, bool] = {"body": True, "annex_list": False, "annexes": True}
#: A part's placeholder is printed as this mark (of Unicode's private characters) first, and found again by it.
_MARK = "\ue000{}\ue001"
#: What may stand behind the scale (w:w) of characters in a run's properties.
_AFTER_SCALE = frozenset(map(qn, ("w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:lang")))
#: Styles that only the template's own paragraphs use: an office may drop them.
_DISPENSABLE = frozenset({"organ", "number", "rule", "signed", "issued", "imprint", "banner", "page_odd", "page_even"})


def write(report: Report, pictures: Pictures) -> bytes:
    """The .docx: equal reports make equal bytes. TemplateFileError where the office's own template cannot be used."""
    return written(report, pictures, templates.read(pictures.templates, "docx", report.lang))


def written(report: Report, pictures: Pictures, template: bytes) -> bytes:
    """The same from this template."""
    file = templates.name_of("docx", report.lang)
    document = _filled(report, template, file)
    body = Body(document, _styles(document, file), report, pictures)
    for name, text in (("body", body.text()), ("annex_list", body.annex_list()), ("annexes", body.annexes())):
        _put(document, name, text, file)
    if report.lang == "zh":
        _sign(document, report)
    _fit(document)
    _describe(document, report)
    out = io.BytesIO()
    document.save(out)
    return packed(out.getvalue(), report.known)


def _filled(report: Report, template: bytes, file: str) -> Document:
    """The template with every placeholder filled; those of parts hold their marks."""
    made = DocxTemplate(io.BytesIO(template))
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=True)
    try:
        made.render(_context(report), environment)
    except UndefinedError as error:
        said = error.message
        raise _bad(file, f"占位符无法识别（{said}）", f"a placeholder is not known ({said})") from error
    except TemplateError as error:
        raise _bad(file, f"占位符写法有误（{error}）", f"a placeholder is not well written ({error})") from error
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, XMLSyntaxError) as error:
        raise _bad(file, "不是 Word 文档（.docx）", "it is no Word document (.docx)") from error
    document: Document = made.docx
    return document


def _context(report: Report) -> dict[str, str | bool]:
    said = {
        "title": report.title,
        "basis": words.basis(report),
        "organ": report.organ,
        "number": report.number,
        "issued": report.issued,
        "place": report.place,
        "city": report.city,
        "day": writing.day(report.day, report.lang),
        "banner": words.banner(report),
    }
    return {**said, **{name: _MARK.format(name) for name in _PARTS}}


def _styles(document: Document, file: str) -> dict[str, str]:
    """Ids of the template's styles by name."""
    every = document.styles.element.iter(qn("w:style"))
    ids = {one.find(qn("w:name")).get(qn("w:val")): one.get(qn("w:styleId")) for one in every}
    wanted = [name for key, name in NAMES.items() if key not in _DISPENSABLE] + [TABLE_STYLE]
    if lacking := [name for name in wanted if name not in ids]:
        raise _bad(file, f"缺少样式 {'、'.join(lacking)}", f"it lacks the styles {', '.join(lacking)}")
    return ids


def _put(document: Document, name: str, text: str, file: str) -> None:
    """What was made, in the place of its placeholder."""
    mark = _MARK.format(name)
    place = next((one for one in _paragraphs(document) if _text(one) == mark), None)
    if place is None:
        if _PARTS[name]:
            alone = f"{{{{ {name} }}}}"
            raise _bad(file, f"缺少单独成段的占位符 {alone}", f"no paragraph holds {alone} alone")
        return
    for one in list(parse_xml(f"<w:body {NAMESPACES}>{text}</w:body>")):
        rows = list(one)
        for row in rows:  # one by one: lxml takes the square of its size to move a tree into another document
            one.remove(row)
        place.addprevious(one)
        one.extend(rows)
    place.getparent().remove(place)


def _sign(document: Document, report: Report) -> None:
    """7.3.5.2 of the standard, without a seal: the date starts two characters right of the organ's first; the longer of
    the two ends two characters from the margin."""
    ids = {one.name: one.style_id for one in document.styles}
    date, organ = _characters(report.issued), _characters(report.organ)
    ends = {"signed": max(2.0, date + 4 - organ), "issued": max(2.0, organ - date)}
    for paragraph in _paragraphs(document):
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        for key, end in ends.items():
            if style is not None and style.get(qn("w:val")) == ids.get(NAMES[key]):
                indent = paragraph.get_or_add_pPr().get_or_add_ind()
                indent.set(qn("w:rightChars"), str(round(end * 100)))
                indent.set(qn("w:right"), str(round(end * BODY_POINTS * 20)))  # for programs without characters


def _fit(document: Document) -> None:
    """The organ's name on one line: characters are set narrower where they must, to half of their width at least."""
    room = text_width(document)
    for paragraph in document.paragraphs:
        style = paragraph.style
        if style is None or style.name != NAMES["organ"] or not style.font.size or not paragraph.text:
            continue
        share = room / (_characters(paragraph.text) * style.font.size)
        for run in paragraph.runs:
            _narrow(run._r.get_or_add_rPr(), min(100, max(50, math.floor(share * 100))))


def _narrow(run: CT_RPr, share: int) -> None:
    """Sets characters in this many hundredths of their width; the format wants its elements in order."""
    for old in run.findall(qn("w:w")):
        run.remove(old)
    scale = OxmlElement("w:w")
    scale.set(qn("w:val"), str(share))
    after = (one for one in run if one.tag in _AFTER_SCALE)
    place = next(after, None)
    run.append(scale) if place is None else place.addprevious(scale)


def _characters(text: str) -> float:
    """Width in characters: figures and Latin letters are half as wide, and stand a quarter off Chinese ones."""
    edges = sum(before.isascii() != after.isascii() for before, after in pairwise(text))
    return sum(0.5 if character.isascii() else 1.0 for character in text) + 0.25 * edges


def _describe(document: Document, report: Report) -> None:
    """The file's properties: nothing of the machine or the moment that it was written on."""
    about = document.core_properties
    about.title, about.author, about.last_modified_by = report.title, report.organ or "OneScreen", "OneScreen"
    about.subject = words.basis(report)
    about.language = "zh-CN" if report.lang == "zh" else "en-GB"
    about.revision = 1


def _paragraphs(document: Document) -> Iterator[BaseOxmlElement]:
    yield from document.element.body.iter(qn("w:p"))


def _text(paragraph: BaseOxmlElement) -> str:
    return "".join(one.text or "" for one in paragraph.iter(qn("w:t"))).strip()


def _bad(file: str, zh: str, en: str) -> TemplateFileError:
    return TemplateFileError(file=file, detail=Both(zh, en))
