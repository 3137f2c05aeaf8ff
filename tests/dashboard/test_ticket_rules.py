"""A ticket whose rules were changed after its ledger came says that its steps go by today's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboard.pages import PAGES
from dashboard.pages.sheets import Sheets
from dashboard.queries import CodeDesk, Desk, Viewer
from data.rules import Rulebook, rulebook
from data.store import sqlite_url
from grid.cube import Cube
from tests.grid.test_code_rows import PACK, deliver, row, town_of
from tests.tiny import DAYS, Town

CHANGED = {"zh": "规则文件此后已改，以下按现行规则推演", "en": "The rules have changed since"}


@pytest.fixture
def town(tmp_path: Path) -> Town:
    made = town_of(tmp_path, sqlite_url(tmp_path / "x.db"))
    deliver(made, row("a1", "红码", DAYS[0], evidence=""))
    return made


def shown(town: Town, lang: str) -> tuple[bool, str]:
    """(whether the ticket knows of the change, its page)."""
    desk = Desk(Cube(town.store, town.city))
    codes = desk.beside(CodeDesk)
    (line,) = codes.tickets(Viewer(), "city")[0]
    page = Sheets(desk, "zh", PAGES)(next(p for p in PAGES if p.id == "ticket"), f"?id={line.id}&lang={lang}", Viewer())
    return codes.ticket(Viewer(), line.id).rules_changed, json.dumps(page, ensure_ascii=False, default=str)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_is_said_once_the_file_says_something_else(town: Town, lang: str) -> None:
    changed, page = shown(town, lang)
    assert (changed, CHANGED[lang] in page) == (False, False)
    file = town.folder / "rules/an.toml"
    file.write_text("# a remark\n" + PACK, "utf-8")
    assert shown(town, lang)[0] is False
    file.write_text(PACK.replace("days = 3", "days = 30"), "utf-8")
    changed, page = shown(town, lang)
    assert (changed, page.count(CHANGED[lang])) == (True, 1)
    town.store.close()


def test_whatever_a_pack_states_is_in_the_digest() -> None:
    book = rulebook()
    last = book.packs[-1]
    others = [
        last.model_copy(update={"area": "99"}),
        last.model_copy(update={"replaces": ()}),
        last.model_copy(update={"clauses": (last.clauses[0].model_copy(update={"zh": "甲"}), *last.clauses[1:])}),
    ]
    digests = {Rulebook((*book.packs[:-1], each)).digest for each in others} | {Rulebook(book.packs[:-1]).digest}
    assert len(digests | {book.digest}) == 5
    assert Rulebook(book.packs).digest == book.digest
