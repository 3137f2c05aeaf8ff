"""A city file that cannot be is refused with the file, the key and what is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.city import City, read_city
from data.errors import CityFileError

GOOD = """
[city]
code = "310000"
name = "上海市"

[[level]]
id = "district"
codes = { file = "districts.csv" }

[[level]]
id = "street"
boundaries = { file = "streets.shp", code = "id", name = "name", crs = "WGS-84" }
merged = { "310101001" = "310101002", "310101000" = "310101001" }

[grid]
h3 = 9

[[source]]
name = "cases"
kind = "cases"
path = "cases.csv"
"""


def city(folder: Path, text: str) -> City:
    path = folder / "city.toml"
    path.write_text(text, "utf-8")
    return read_city(path)


def test_a_city_is_read_with_its_folder(tmp_path: Path) -> None:
    found = city(tmp_path, "\ufeff" + GOOD)
    assert (found.code, found.name, found.lang, found.timezone) == ("310000", "上海市", "zh", "Asia/Shanghai")
    assert found.file("cases.csv") == tmp_path / "cases.csv"
    assert found.source("cases").kind == "cases"
    assert found.retired == {"310101001": "310101002", "310101000": "310101001"}
    with pytest.raises(KeyError):
        found.source("deaths")


def test_a_city_may_have_its_own_factor_of_the_index(tmp_path: Path) -> None:
    plain = city(tmp_path, GOOD).flows
    assert (plain.index_per_person, plain.off_by) == (3.24e-5, 0.005)
    assert "客运量" in plain.remark("zh")
    own = city(tmp_path, GOOD + "[flows]\nindex_per_person = 4e-5\noff_by = 0.1\nreference = '北京市'\n").flows
    assert (own.index_per_person, own.off_by, own.reference) == (4e-5, 0.1, "北京市")
    assert own.remark("en") == "set by the city, no source stated"
    assert city(tmp_path, GOOD + "[flows]\nsource = '年报'\n").flows.remark("en") == "年报"


def test_the_pathogen_is_the_citys_own(tmp_path: Path) -> None:
    plain = city(tmp_path, GOOD).risk
    assert (plain.serial_interval, plain.serial_interval_sd) == (3.5, 2.4)
    own = city(tmp_path, GOOD + "[risk]\nserial_interval = 4.7\nserial_interval_sd = 2.9\n").risk
    assert (own.serial_interval, own.serial_interval_sd) == (4.7, 2.9)
    for line in ("serial_interval = 0.9", "serial_interval_sd = 1e-200", "serial = 4"):
        with pytest.raises(CityFileError):
            city(tmp_path, f"{GOOD}[risk]\n{line}\n")


@pytest.mark.parametrize(
    ("line", "key", "advice"),
    [
        ("index_per_person = 30864", "flows.index_per_person", "倒数"),
        ("index_per_person = 0", "flows.index_per_person", "3.24e-5"),
        ("index_per_person = nan", "flows.index_per_person", "3.24e-5"),
        ("off_by = 5", "flows.off_by", "0.005"),
        ("off_by = -0.1", "flows.off_by", "0.005"),
        ("factor = 1", "flows.factor", "Extra"),
    ],
)
def test_what_is_no_factor_says_what_to_write(tmp_path: Path, line: str, key: str, advice: str) -> None:
    with pytest.raises(CityFileError) as wrong:
        city(tmp_path, f"{GOOD}[flows]\n{line}\n")
    assert wrong.value.values["where"] == key
    assert advice in wrong.value.say("zh")
    assert not re.search("[\u4e00-\u9fff]", wrong.value.say("en"))


@pytest.mark.parametrize(
    ("old", "new", "where", "words"),
    [
        ('name = "上海市"', "", "name", "required"),
        ('code = "310000"', "code = 310000", "code", "string"),
        ('path = "cases.csv"', 'path = "cases.csv"\nencodng = "gbk"', "sources.0.encodng", "Extra"),
        ("h3 = 9", "h3 = 19", "grid.h3", "11"),
        ("h3 = 9", "", "grid", "either h3"),
        ("h3 = 9", 'file = "grid.shp"', "grid", "crs"),
        ('id = "street"', 'id = "districts"', "levels.1.id", "district"),
        ('id = "street"', 'id = "district"', "city", "top down"),
        ('codes = { file = "districts.csv" }', "", "levels.0", "codes"),
        (', code = "id", name = "name"', "", "levels.1.boundaries", "code column or a name"),
        ('name = "cases"', 'name = "Cases 1"', "sources.0.name", "pattern"),
        ("[grid]", "[gird]", "gird", "unknown table"),
        ('path = "cases.csv"', 'path = "cases.csv"\nbacks = "deaths"', "city", "deaths"),
        ('path = "cases.csv"', 'path = "x"\nunpivot = { pattern = "(" }', "sources.0.unpivot", "regular expression"),
        ('path = "cases.csv"', 'path = "x"\nmax_bad_share = 10', "sources.0.max_bad_share", "1"),
        ('path = "cases.csv"', 'path = "x"\n[[source]]\nname = "cases"\nkind = "cases"\npath = "y"', "city", "cases"),
        ('kind = "cases"', 'kind = "cases', "TOML", "line"),
        ('name = "上海市"', 'name = "上海市"\ntimezone = "Asia/Shanghi"', "timezone", "Shanghi"),
        ('name = "上海市"', 'name = "上海市"\ntimezone = "../etc"', "timezone", "etc"),
    ],
)
def test_what_cannot_be_is_named(tmp_path: Path, old: str, new: str, where: str, words: str) -> None:
    assert GOOD.count(old) >= 1
    with pytest.raises(CityFileError) as wrong:
        city(tmp_path, GOOD.replace(old, new, 1))
    assert wrong.value.values["file"] == "city.toml"
    assert where in wrong.value.values["where"]
    assert words in wrong.value.say("en")
    assert words in wrong.value.say("zh")


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(CityFileError, match="no such file"):
        read_city(tmp_path / "city.toml")
    (tmp_path / "city.toml").write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(CityFileError, match="utf-8"):
        read_city(tmp_path / "city.toml")
    (tmp_path / "folder").mkdir()
    with pytest.raises(CityFileError):
        read_city(tmp_path / "folder")
