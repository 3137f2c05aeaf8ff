"""Templates of the office: the ones in its home's ``templates`` folder win over the product's own.

``report-zh.docx``, ``report-en.docx``, ``report-zh.pptx`` and ``report-en.pptx``; what is not there is the product's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from dashboard.reports.writers import docx_template, pptx_template
from data.errors import TemplateFileError
from data.words import Both, Lang

#: Folder of a home that holds its own templates.
FOLDER = "templates"
LANGS: tuple[Lang, ...] = ("zh", "en")

#: Suffix -> the product's own template of a language.
DEFAULTS: Mapping[str, Callable[[Lang], bytes]] = MappingProxyType(
    {"docx": docx_template.default, "pptx": pptx_template.default}
)


def name_of(suffix: str, lang: Lang) -> str:
    """What a template's file is called."""
    return f"report-{lang}.{suffix}"


def read(folder: Path | None, suffix: str, lang: Lang) -> bytes:
    """The template of a format: the office's own where ``folder`` holds one. TemplateFileError if it cannot be read."""
    file = folder / name_of(suffix, lang) if folder else None
    if file is None or not file.exists():
        return DEFAULTS[suffix](lang)
    try:
        return file.read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise TemplateFileError(file=file.name, detail=Both(f"无法读取（{why}）", f"cannot be read ({why})")) from error


def save(folder: Path) -> list[Path]:
    """Writes the product's own templates into a folder, for an office to change; what is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    new = [(folder / name_of(suffix, lang), make(lang)) for suffix, make in DEFAULTS.items() for lang in LANGS]
    written = [(file, body) for file, body in new if not file.exists()]
    for file, body in written:
        file.write_bytes(body)
    return [file for file, _ in written]
