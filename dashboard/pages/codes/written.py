"""How codes stand on their pages: a colour as a sign, systems and owners by name, the way to a list of assignments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.pages.page import Look
from dashboard.parts import listing
from dashboard.parts.sheet import mark
from dashboard.queries.cite import Cited
from dashboard.queries.codes import CodeDesk
from data.city import System
from data.terms import CODES


def glyph(look: Look, colour: str, *, word: bool = False) -> Mapping[str, str]:
    """A code's colour as a sign."""
    return mark(CODES[colour], look.lang, look.theme, word=word)


def system_name(look: Look, system: System) -> str:
    """A code system in the reader's language."""
    return system.name if look.lang == "zh" else system.name_en or system.name


def owner_name(look: Look, name: str) -> str:
    """An owner's name in the reader's language."""
    return look.desk.beside(CodeDesk).owner_name(look.viewer, name)


def number(look: Look, n: Cited) -> dict[str, Any]:
    """A number as a cell of a list."""
    return listing.number(look.short(n))


def tickets_href(look: Look, **wanted: Any) -> str:
    """The address of a list of tickets, for those who may see it."""
    return look.href("tickets", **wanted) if look.viewer.may("tickets") else ""
