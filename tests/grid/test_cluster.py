"""Which cluster an address means."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from data.errors import SettingsError
from grid import dask, spark
from grid.cluster import counting_on
from grid.engine import Threads, current


def test_without_an_address_this_machine_counts(tmp_path: Path) -> None:
    with counting_on("", tmp_path) as engine:
        assert isinstance(engine, Threads)
        assert isinstance(current(), Threads)


@pytest.mark.parametrize("address", ["http://127.0.0.1:8786", "127.0.0.1:8786", "yarn"])
def test_an_address_of_nothing_that_we_know_is_named(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match=r"it is tcp://… \(Dask\) or spark://…"), counting_on(address, tmp_path):
        pass


@pytest.mark.parametrize("scheme", ["tcp", "spark"])
def test_an_address_where_nobody_answers_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setattr(dask, "PATIENCE", 1)
    monkeypatch.setattr(spark, "_java", lambda: True)
    with pytest.raises(SettingsError, match=rf"{scheme}://127\.0\.0\.1:1 does not answer") as caught:
        counting_on(f"{scheme}://127.0.0.1:1", tmp_path).__enter__()
    assert "无应答" in caught.value.say("zh")


@pytest.mark.parametrize(
    ("scheme", "module", "extra"), [("tcp", "distributed", "cluster"), ("spark", "pyspark.sql", "spark")]
)
def test_what_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str, module: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SettingsError, match=rf"install onescreen\[{extra}\]"):
        counting_on(f"{scheme}://127.0.0.1:1", tmp_path).__enter__()


@pytest.mark.parametrize("home", ["", "/nowhere"])
def test_a_machine_without_java_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    monkeypatch.setitem(os.environ, "PATH", str(tmp_path))
    monkeypatch.setitem(os.environ, "JAVA_HOME", home)
    with pytest.raises(SettingsError, match="default-jre-headless"):
        counting_on("spark://127.0.0.1:1", tmp_path).__enter__()


def test_parts_of_a_build_that_nobody_asks_for_again_are_cleared_first(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    os.utime(tmp_path / "old", (0, 0))
    with counting_on("", tmp_path):
        assert not list(tmp_path.iterdir())
