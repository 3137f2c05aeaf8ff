"""The file of a province: what it brings together, and every way in which it cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.backup import backup, restore
from data.city import City, read_city
from data.deliveries import deliveries
from data.errors import CityFileError, RuleFileError
from data.rules import city_rulebook
from data.settings import make_home
from data.store import Store
from grid.build import build
from tests.provinces import PROVINCE, SOURCES, code_of, write_city, write_file, write_province

SYSTEM = '[[system]]\nid = "{}"\nname = "{}"\nowner = "局"\nassigners = ["{}"]\n'
PACK = """
id = "{}"
zh = "规则"
en = "Rules"
about = "codes"
notice = "1号"
notice_en = "No. 1"
authority = "防指"
authority_en = "Headquarters"
source = "test"
area = "{}"
start = 2022-01-01
identities = {{ entrant = "one" }}
[[clause]]
id = "one"
zh = "黄码"
en = "yellow"
colour = "yellow"
days = 7
"""


def province(folder: Path, extra: str = "", head: str = "") -> City:
    return read_city(write_province(folder, extra=extra, head=head))


def wrong(path: Path) -> CityFileError:
    with pytest.raises(CityFileError) as raised:
        read_city(path)
    assert raised.value.say("zh") != raised.value.say("en")
    return raised.value


def test_sources_bear_the_code_of_their_city_and_stay_its_own(tmp_path: Path) -> None:
    write_province(tmp_path)
    second = tmp_path / "city1/city.toml"
    text = second.read_text("utf-8").replace('path = "in/codes.csv"', 'path = "in/codes.csv"\nareas = ["鼓楼区"]')
    backed = '[[source]]\nname = "spare"\nkind = "code_status"\npath = "in/codes.csv"\nbacks = "codes"\n'
    second.write_text(text + backed, "utf-8")
    whole = read_city(tmp_path / "province.toml")
    names = [line.split('"')[1] for line in SOURCES.splitlines() if line.startswith("name")]
    assert [source.name for source in whole.sources] == [
        *(f"{code_of(0)}-{name}" for name in names), *(f"{code_of(1)}-{name}" for name in [*names, "spare"])
    ]  # fmt: skip
    assert [whole.of(source.name).code for source in whole.sources] == [code_of(0)] * 6 + [code_of(1)] * 7
    assert whole.source("980200-spare").backs == "980200-codes"
    assert whole.source("980100-codes").areas == ["980100"]
    assert whole.source("980200-codes").areas == ["980200/鼓楼区"]
    lie = {each.source.name: each.path.parents[1].name for each in deliveries(whole)}
    assert lie == {source.name: f"city{whole.of(source.name).code == code_of(1):d}" for source in whole.sources}


def test_systems_join_by_id_and_what_stands_above_wins(tmp_path: Path) -> None:
    write_city(tmp_path / "city0", 0, extra=SYSTEM.format("city", "甲码", "甲"))
    write_city(tmp_path / "city1", 1, extra=SYSTEM.format("city", "乙码", "乙") + SYSTEM.format("own", "乙二", "乙"))
    write_city(tmp_path / "city2", 2)
    cities = [f"city{n}/city.toml" for n in range(3)]
    whole = read_city(write_file(tmp_path, cities, SYSTEM.format("city", "省码", "省")))
    assert [(each.id, each.name, each.assigners) for each in whole.systems] == [
        ("city", "省码", ["省", "甲", "乙"]), ("own", "乙二", ["乙"])
    ]  # fmt: skip
    own = [[(each.id, each.name) for each in member.systems] for member in whole.members]
    assert own == [[("city", "甲码")], [("city", "乙码"), ("own", "乙二")], [("city", "省码")]]
    many = "".join(SYSTEM.format(f"s{n}", "码", "") for n in range(7))
    assert "city, own" in wrong(write_file(tmp_path, cities, many)).say("en").replace("s6, city", "s6, city")


def test_rules_of_all_are_one_book(tmp_path: Path) -> None:
    for number, pack in enumerate(("one", "two")):
        path = write_city(tmp_path / f"city{number}", number)
        path.write_text(path.read_text("utf-8").replace("[city]", '[city]\nrules = "rules"'), "utf-8")
        folder = path.parent / "rules"
        folder.mkdir()
        (folder / "own.toml").write_text(PACK.format(pack, code_of(number)[:4]), "utf-8")
        (folder / "same.toml").write_text(PACK.format("same", "98"), "utf-8")
    whole = read_city(write_file(tmp_path, ["city0/city.toml", "city1/city.toml"]))
    ids = [pack.id for pack in city_rulebook(whole).packs]
    assert [id_ for id_ in ids if id_ in ("one", "two", "same")] == ["one", "same", "two"]
    own = [pack.id for pack in city_rulebook(whole, whole.members[1]).packs]
    assert [id_ for id_ in own if id_ in ("one", "two", "same")] == ["two", "same"]
    (tmp_path / "city1/rules/own.toml").write_text(PACK.format("one", code_of(1)[:4]), "utf-8")
    with pytest.raises(RuleFileError):
        city_rulebook(whole)


def test_a_country_of_provinces(tmp_path: Path) -> None:
    write_province(tmp_path / "an")
    path = tmp_path / "country.toml"
    about = '[city]\ncode = "c"\nname = "国"\nlevel = "country"\ncities = ["an/province.toml", "city2/city.toml"]\n'
    path.write_text(about, "utf-8")
    write_city(tmp_path / "city2", 2)
    whole = read_city(path)
    assert [part.code for part in whole.parts] == ["c", PROVINCE, code_of(0), code_of(1), code_of(2)]
    assert {source.name.split("-")[0] for source in whole.sources} == {code_of(0), code_of(1), code_of(2)}
    assert whole.of("980200-cases").folder.name == "city1"


@pytest.mark.parametrize(
    ("cities", "words"),
    [
        (["city0/city.toml", "nowhere/city.toml"], "nowhere"),
        (["city0/city.toml", "../city.toml"], "../city.toml"),
        (["city0/city.toml", "province.toml"], "circle"),
        (["city0/city.toml", "city0/city.toml"], "980100"),
    ],
)
def test_members_that_cannot_be(tmp_path: Path, cities: list[str], words: str) -> None:
    write_province(tmp_path)
    assert words in wrong(write_file(tmp_path, cities)).say("en")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name = "第1市"', 'name = "第1市"\ntimezone = "Asia/Tokyo"', "Asia/Tokyo"),
        ('name = "第1市"', 'name = "第1市"\nsimulated = true', "simulated"),
        ('code = "980200"', 'code = "980100"', "980100"),
        ('code = "980200"', 'code = "98-B"', "98-B"),
        ('name = "cases"', f'name = "{"c" * 99}"', "980200-ccc"),
        ('name = "第1市"', 'name = "第1市"\nlevel = "province"', "level"),
        ('name = "第1市"', 'name = "第1市"\nmembers = []', "members"),
    ],
)
def test_members_that_contradict(tmp_path: Path, old: str, new: str, words: str) -> None:
    path = write_province(tmp_path)
    city = tmp_path / "city1/city.toml"
    text = city.read_text("utf-8")
    assert text.count(old) == 1
    city.write_text(text.replace(old, new), "utf-8")
    assert words in wrong(path).say("en")


@pytest.mark.parametrize("extra", ["[grid]\nh3 = 8\n", '[[level]]\nid = "district"\ncodes = { file = "x.csv" }\n'])
def test_a_province_has_no_levels_and_no_grid_of_its_own(tmp_path: Path, extra: str) -> None:
    assert "grid" in wrong(write_province(tmp_path, extra=extra)).say("en")


def test_a_source_of_the_province_may_not_take_a_members_name(tmp_path: Path) -> None:
    extra = '[[source]]\nname = "980100-cases"\nkind = "cases"\npath = "x.csv"\n'
    assert "980100-cases" in wrong(write_province(tmp_path, extra=extra)).say("en")


def test_a_backup_holds_all_cities_and_a_restored_home_builds_nothing_new(tmp_path: Path) -> None:
    path = write_province(tmp_path / "files")
    settings = make_home(tmp_path / "home", path)
    store = Store.create(settings.database)
    build(store, read_city(path), settings.secret)
    store.close()
    backup(tmp_path / "home", tmp_path / "home.zip", secret=True, deliveries=True)
    restore(tmp_path / "home.zip", tmp_path / "new")
    again = Store.open(f"sqlite:///{tmp_path / 'new/onescreen.db'}")
    built = build(again, read_city(tmp_path / "new/city/province.toml"), settings.secret)
    assert (built.outcomes, built.skipped, built.new_geography) == ([], 12, False)
    again.close()
