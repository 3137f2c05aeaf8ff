"""``onescreen rules``: the packs, one pack, and what contradicts what."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.commands.rules import app
from data.errors import BadQuestion
from data.rules import PACKS
from data.settings import make_home
from tests.data.rules.test_read import GOOD


def ask(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, [*words], catch_exceptions=True)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code
    return result.output


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_pack_is_listed(lang: str) -> None:
    said = ask("list", "--lang", lang)
    assert all(id in said for id in PACKS)
    assert "2022-11-11" in said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("henan-2", ["14", "集中隔离", "henan-2/yellow", "密切接触者"]),
        ("2021年18号", ["zhengzhou-18/home", "2021-08-28", "不限期"]),
        ("plan-9", ["联防联控机制综发〔2022〕71号", "居住小区", "→ eased"]),
    ],
)
def test_a_pack_is_shown_with_its_notice_and_clauses(name: str, words: list[str]) -> None:
    said = ask("show", name)
    assert [word for word in words if word not in said] == []


def test_no_such_pack_or_day() -> None:
    with pytest.raises(BadQuestion, match="henan-2"):
        ask("show", "henan-9")
    with pytest.raises(BadQuestion, match="YYYY-MM-DD"):
        ask("conflicts", "--day", "yesterday")


def test_conflicts_are_told_and_are_the_exit_code() -> None:
    said = ask("conflicts", "--day", "2021-08-10", "--area", "410105", "--lang", "en", code=1)
    assert "zhengzhou-18/compound" in said
    assert "3 contradictions" in said
    assert "0" in ask("conflicts", "--day", "2022-12-01")


def test_brackets_in_a_pack_are_printed_as_they_are(tmp_path: Path) -> None:
    home, text = tmp_path / "home", "[red]依[1]款[/bold] :smile:"
    with_own_packs(tmp_path, GOOD.replace("红码7天", text).replace("本市第一号", "本市[1]号"))
    assert text in ask("show", "city-1", "--home", str(home))
    assert "本市[1]号" in ask("list", "--home", str(home))


def test_a_homes_city_brings_its_own_packs(tmp_path: Path) -> None:
    with_own_packs(tmp_path, GOOD)
    assert "city-1" in ask("list", "--home", str(tmp_path / "home"))


def test_rules_of_travel_are_listed_shown_and_contradict(tmp_path: Path) -> None:
    with_own_packs(tmp_path, GOOD)
    home, folder = str(tmp_path / "home"), tmp_path / "travel"
    folder.mkdir()
    (tmp_path / "city.toml").write_text(
        (tmp_path / "city.toml").read_text("utf-8").replace('name = "某市"', 'name = "某市"\ntravel = "travel"'),
        "utf-8",
    )
    for id, place, code, when, hours in (
        ("here", "某市", "990000", "leave", 48),
        ("there", "他市", "980000", "arrive", 24),
    ):
        (folder / f"{id}.toml").write_text(
            f'id = "{id}"\nzh = "规定[{id}]"\nen = "Rules"\nplace = "{place}"\nplace_en = "{id.title()}"\ncode = "{code}"\n'
            f'source = "s"\nstart = 2022-01-01\n[[demand]]\nwhen = "{when}"\ntest_hours = {hours}\nzh = "甲"\nen = "a"\n',
            "utf-8",
        )
    listed = ask("list", "--home", home)
    assert [word for word in ("harbin-2021", "规定[here]", "there", "往来", "990000") if word not in listed] == []
    assert "24 小时内检测" in ask("show", "there", "--home", home)
    assert "one more test" in ask("show", "harbin-2021", "--lang", "en")
    said = ask("conflicts", "--day", "2022-02-01", "--home", home, "--lang", "en", code=1)
    assert "Here → There (here/there): Here takes a test of 48 hours, There none beyond 24" in said
    assert "Here →" not in ask("conflicts", "--day", "2021-12-31", "--home", home, "--lang", "en")


def with_own_packs(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "city-1.toml").write_text(text, "utf-8")
    city = '[city]\ncode = "990000"\nname = "某市"\nrules = "rules"\n[[level]]\nid = "district"\ncodes = { file = "d.csv" }\n'
    (tmp_path / "city.toml").write_text(city, "utf-8")
    make_home(tmp_path / "home", tmp_path / "city.toml", None)
