"""A rule pack that cannot be is refused with the file, the key and what is wrong, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.errors import RuleFileError
from data.rules import OPEN, PACKS, rulebook
from data.rules.read import read_pack

GOOD = """
id = "city-1"
zh = "本市第一号"
en = "City no. 1"
about = "codes"
notice = "1号"
notice_en = "No. 1"
authority = "市指挥部"
authority_en = "City command"
source = "市政府网站"
start = 2022-03-01
lookback = 10

[identities]
entrant = "red"

[[clause]]
id = "red"
colour = "red"
days = 7
next = "yellow"
zh = "红码7天"
en = "7 days red"

[[clause]]
id = "yellow"
colour = "yellow"
days = 3
lookback = 5
zh = "黄码3天"
en = "3 days yellow"
"""
ZONE = GOOD.replace('about = "codes"', 'about = "zones"\nunit = "building"').replace('entrant = "red"', 'high = "red"')
ZONE = ZONE.replace('colour = "red"', 'risk = "high"').replace('colour = "yellow"', 'risk = "middle"')


def write(folder: Path, text: str, name: str = "city-1.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_pack_is_read_and_its_clauses_know_their_notice(tmp_path: Path) -> None:
    pack = read_pack(write(tmp_path, "\ufeff" + GOOD))
    red, yellow = pack.clauses
    assert (red.word, red.lookback, yellow.lookback, red.open) == ("city-1/red", 10, 5, False)
    assert (red.by("zh"), red.by("en")) == ("本市第一号（1号）", "City no. 1 (No. 1)")
    assert [clause.id for clause in pack.path(red)] == ["red", "yellow"]
    assert pack.entry("entrant") == red
    assert pack.entry("case") is None
    assert read_pack(write(tmp_path, ZONE)).unit == "building"


@pytest.mark.parametrize(
    ("text", "old", "new", "where", "words"),
    [
        (GOOD, 'notice = "1号"', "", "notice", "missing"),
        (GOOD, "lookback = 10", "lookbak = 10", "lookbak", "no such key"),
        (GOOD, "start = 2022-03-01", 'start = "March"', "start", "a day"),
        (GOOD, "start = 2022-03-01", "start = 2022-03-01\nstop = 2022-03-01", "stop", "after start"),
        (GOOD, 'about = "codes"', 'about = "code"', "about", "codes"),
        (GOOD, 'id = "city-1"', 'id = "City 1"', "id", "pattern"),
        (GOOD, 'zh = "本市第一号"', "zh = 1", "zh", "text"),
        (GOOD, "lookback = 10", 'unit = "building"', "unit", "zones only"),
        (GOOD, "lookback = 10", 'replaces = ["city-1"]', "replaces", "itself"),
        (GOOD, 'entrant = "red"', 'entrants = "red"', "identities.entrants", "entrant"),
        (GOOD, 'entrant = "red"', 'entrant = "rot"', "identities.entrant", "red, yellow"),
        (GOOD, "[identities]", "[alike]\nstayers = []\n[identities]", "alike.stayers", "stayer"),
        (GOOD, 'next = "yellow"', 'next = "amber"', "clause.red.next", "amber"),
        (GOOD, 'next = "yellow"', "", "clause.yellow", "leads to it"),
        (GOOD, 'colour = "yellow"', 'colour = "yellow"\nnext = "red"', "next", "circle"),
        (GOOD, 'id = "yellow"', 'id = "red"', "clause.red", "one name"),
        (GOOD, 'colour = "red"\n', "", "clause.red.colour", "red, yellow"),
        (GOOD, 'colour = "red"', 'colour = "green"', "clause.1.colour", "red"),
        (GOOD, 'colour = "red"', 'colour = "red"\nrisk = "high"', "clause.red.risk", "does not belong"),
        (GOOD, "days = 7\n", "", "clause.red.days", "needs days"),
        (GOOD, "days = 7", "days = 0", "clause.1.days", "greater"),
        (GOOD, "days = 7", "days = true", "clause.1.days", "whole number"),
        (GOOD, "days = 7", 'days = "7"', "clause.1.days", "whole number"),
        (GOOD, "days = 7", "days = -1", "clause.1.days", "greater"),
        (GOOD, "lookback = 10", "lookback = true", "lookback", "whole number"),
        (GOOD, 'entrant = "red"', "", "identities", "knows no identity"),
        (GOOD.partition("[[clause]]")[0], 'entrant = "red"', "", "identities", "knows no identity"),
        (GOOD.partition("[[clause]]")[0], 'about = "codes"', 'about = "codes"', "clause", "has no clause"),
        (ZONE.partition("[[clause]]")[0], 'about = "zones"', 'about = "zones"', "clause", "has no clause"),
        (GOOD, "days = 7", "days = 7\ntests = 2", "clause.1.tests", ""),
        (GOOD, "days = 7", "days = 7\noutlives = true", "clause.red.outlives", "with days"),
        (GOOD, 'zh = "红码7天"', 'zh = "红码7天"\npack = "x"', "clause.1.pack", "no such key"),
        (GOOD, "[[clause]]", "[[clauses]]", "clause", "[[clause]]"),
        (GOOD, '[identities]\nentrant = "red"', "", "identities", "missing"),
        (ZONE, 'unit = "building"', "", "unit", "building"),
        (ZONE, 'unit = "building"', 'unit = "house"', "unit", "building"),
        (ZONE, 'risk = "high"', 'risk = "high"\ntests = true', "clause.red.tests", "does not belong"),
        (ZONE, 'risk = "middle"', 'risk = "middle"\nagain = "x"', "clause.yellow.again", "red, yellow"),
        (GOOD, 'notice = "1号"', 'notice = "1号', "TOML", "line"),
    ],
)
def test_what_cannot_be_is_named(tmp_path: Path, text: str, old: str, new: str, where: str, words: str) -> None:
    assert old in text
    with pytest.raises(RuleFileError) as wrong:
        read_pack(write(tmp_path, text.replace(old, new)))
    assert wrong.value.file == "city-1.toml"
    assert where in wrong.value.where
    assert not re.search(r"int|literal|\[", wrong.value.where)
    assert words in wrong.value.say("en")
    assert re.search(r"[\u4e00-\u9fff]{2}", wrong.value.say("zh").split("有误：")[1])


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match="no such file"):
        read_pack(tmp_path / "none.toml")
    (tmp_path / "gbk.toml").write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(RuleFileError, match="UTF-8"):
        read_pack(tmp_path / "gbk.toml")


def test_a_city_takes_its_own_pack_by_adding_a_file(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    book = rulebook(tmp_path)
    assert [pack.id for pack in book.packs] == [*PACKS, "city-1"]
    assert book.find("1号") is book.packs[-1]
    assert book.clause("city-1/yellow") is book.packs[-1].clauses[1]


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ('id = "city-1"', 'id = "plan-9"', "id", "already"),
        ("lookback = 10", 'replaces = ["plan-8"]', "replaces", "plan-8"),
    ],
)
def test_packs_that_do_not_go_together(tmp_path: Path, old: str, new: str, where: str, words: str) -> None:
    write(tmp_path, GOOD.replace(old, new))
    with pytest.raises(RuleFileError, match=words) as wrong:
        rulebook(tmp_path)
    assert wrong.value.where == where
    with pytest.raises(RuleFileError, match="no such folder"):
        rulebook(tmp_path / "none")


@pytest.mark.parametrize("ring", [("a", "b"), ("a", "b", "c")])
def test_packs_that_replace_each_other_in_a_circle(tmp_path: Path, ring: tuple[str, ...]) -> None:
    for id, other in zip(ring, (*ring[1:], ring[0]), strict=True):
        text = GOOD.replace('id = "city-1"', f'id = "{id}"').replace("lookback = 10", f'replaces = ["{other}"]')
        write(tmp_path, text, f"{id}.toml")
    with pytest.raises(RuleFileError, match="circle") as wrong:
        rulebook(tmp_path)
    assert (wrong.value.file, wrong.value.where) == ("a.toml", "replaces")
    write(tmp_path, GOOD.replace('id = "city-1"', f'id = "{ring[-1]}"'), f"{ring[-1]}.toml")
    assert len(rulebook(tmp_path).packs) == len(PACKS) + len(ring)


@pytest.mark.parametrize(
    ("area", "inside", "outside"),
    [
        ("990000", ["990000", "990101", "990101001"], ["980101"]),
        ("990100", ["990100", "990101001"], ["990000", "990201"]),
        ("990110", ["990110", "990110001"], ["990101"]),
        ("99", ["990101"], ["9"]),
        ("A00", ["A00", "A001"], ["A01"]),
    ],
)
def test_a_code_with_zeros_at_its_end_governs_what_lies_under_it(
    tmp_path: Path, area: str, inside: list[str], outside: list[str]
) -> None:
    pack = read_pack(write(tmp_path, GOOD.replace("lookback = 10", f'area = "{area}"')))
    assert [code for code in (*inside, *outside) if pack.governs(code)] == inside


def test_every_shipped_file_is_in_the_tuple_and_says_where_it_comes_from() -> None:
    folder = Path(__file__).parents[3] / "data/rules"
    assert {path.stem for path in folder.glob("*.toml")} == set(PACKS)
    for pack in rulebook().packs:
        assert pack.notice
        assert pack.source
        assert pack.authority
        assert not re.search(r"[\u4e00-\u9fff]", pack.en + pack.notice_en + pack.authority_en)
        for clause in pack.clauses:
            assert re.search(r"[\u4e00-\u9fff]", clause.zh)
            assert not re.search(r"[\u4e00-\u9fff]", clause.en)
            assert clause.days == OPEN or clause.days > 0
