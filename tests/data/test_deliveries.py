"""Files come in the order in which they were received, whoever lists the folder."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import pytest

from data.city import City, Source
from data.deliveries import Delivery, deliveries, sha256_of
from data.errors import CityFileError


def city(folder: Path, *sources: Source) -> City:
    return City(code="990000", name="安城市", levels=[], folder=folder, sources=list(sources))


def source(name: str, path: str, received: str | None = None, covers: int | None = None) -> Source:
    return Source(name=name, kind="cases", path=path, received=received, covers=covers)


def lay(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, "utf-8")


def test_archives_come_in_the_order_received_and_what_describes_the_city_before_them(tmp_path: Path) -> None:
    lay(tmp_path, "a/a_202203020800.csv", "a/a_202203010800.csv", "b/b_202203011200.csv", "people.csv")
    stamped = source("a", "a", "a_%Y%m%d%H%M"), source("b", "b/*.csv", "b_%Y%m%d%H%M"), source("people", "people.csv")
    found = deliveries(city(tmp_path, *stamped))
    assert [delivery.path.name for delivery in found] == [
        "people.csv", "a_202203010800.csv", "b_202203011200.csv", "a_202203020800.csv",
    ]  # fmt: skip
    assert found[0].known is None
    assert found[1].known == dt.datetime(2022, 3, 1, 0, 0)  # 08:00 in Shanghai
    assert found[1].sha256 == hashlib.sha256(b"a/a_202203010800.csv").hexdigest()


def test_hidden_files_locks_of_open_workbooks_and_folders_are_no_deliveries(tmp_path: Path) -> None:
    lay(tmp_path, "in/cases.xlsx", "in/~$cases.xlsx", "in/.DS_Store", "in/old/cases.xlsx")
    for path in ("in", "in/*", str(tmp_path / "in" / "*.xlsx"), str(tmp_path / "in")):
        found = deliveries(city(tmp_path, source("cases", path)))
        assert [delivery.path.relative_to(tmp_path).as_posix() for delivery in found] == ["in/cases.xlsx"]


def test_patterns_reach_into_folders(tmp_path: Path) -> None:
    lay(tmp_path, "2022-03-01/cases.csv", "2022-03-02/cases.csv", "2022-03-02/deep/cases.csv")
    assert len(deliveries(city(tmp_path, source("a", "*/cases.csv")))) == 2
    assert len(deliveries(city(tmp_path, source("a", "**/cases.csv")))) == 3
    assert deliveries(city(tmp_path / "2022-03-01", source("a", "../2022-03-02/*.csv")))[0].path.is_file()


def test_a_file_that_is_not_there_is_named_with_its_source(tmp_path: Path) -> None:
    with pytest.raises(CityFileError, match=r"cases.*cases\.csv"):
        deliveries(city(tmp_path, source("cases", "cases.csv")))
    (tmp_path / "empty").mkdir()
    assert deliveries(city(tmp_path, source("cases", "empty"), source("more", "empty/*.csv"))) == []


def test_a_name_without_the_moment_that_the_city_file_promises(tmp_path: Path) -> None:
    lay(tmp_path, "a/final2.csv")
    with pytest.raises(CityFileError, match="final2"):
        deliveries(city(tmp_path, source("a", "a", "a_%Y%m%d")))


def test_a_morning_file_may_speak_for_the_day_before_it(tmp_path: Path) -> None:
    morning = dt.datetime(2022, 3, 1, 16, 30)  # 00:30 of the 2nd in Shanghai
    made = Delivery(source("a", "a", covers=1), tmp_path, "", morning)
    assert made.covered_day("Asia/Shanghai") == dt.date(2022, 3, 1)
    assert Delivery(source("a", "a"), tmp_path, "", morning).covered_day("Asia/Shanghai") is None


def test_a_fingerprint_does_not_depend_on_the_pieces_it_is_read_in(tmp_path: Path) -> None:
    body = bytes(range(256)) * 10_000
    (tmp_path / "x").write_bytes(body)
    assert sha256_of(tmp_path / "x") == hashlib.sha256(body).hexdigest()
