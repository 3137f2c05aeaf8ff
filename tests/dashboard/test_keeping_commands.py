"""The commands inbox, backup and restore: what they say, and how they end."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.settings import make_home, read_home
from data.store import Store
from tests import tiny
from tests.dashboard.test_cli import Run, refused, run
from tests.tiny import DAYS, Knobs, write_csv

__all__ = ["run"]  # the fixture


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with its areas and population, and a source for the inbox."""
    folder = tmp_path_factory.mktemp("keeping")
    path = tiny.tiny_city(folder / "city", Knobs(grid="none", sources=("population", "table")))
    (folder / "city/in/table.csv").unlink()
    path.write_text(path.read_text("utf-8").replace('"in/table.csv"', '"in/table*"'), "utf-8")
    code = "from dashboard import cli; cli.main()"
    words = ["build", str(path), "--home", str(folder / "home")]
    subprocess.run([sys.executable, "-c", code, *words], check=True, capture_output=True)
    return folder / "home"


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    """A home of its own with the same store."""
    settings = read_home(built)
    made = make_home(tmp_path / "home", settings.city)
    shutil.copy(built / "onescreen.db", tmp_path / "home/onescreen.db")
    assert Store.open(made.database).version() == 2
    return tmp_path / "home"


def send(home: Path, name: str, *rows: tuple[object, ...]) -> Path:
    """A file in the inbox, there at once as a careful sender's program does it."""
    folder = home / "inbox/table"
    part = write_csv(folder / f"{name}.part", ["日期", "街道", "人数"], rows, "gb18030")
    return part.rename(folder / name)


def test_the_inbox_says_a_line_a_file_and_fails_where_one_is_returned(run: Run, home: Path) -> None:
    assert run("inbox", "--home", home, "--settle", 0).code == 0
    send(home, "good.csv", (DAYS[0], "石桥街道", 3))
    send(home, "bad.csv", (DAYS[0], "石桥街道", "x"), (DAYS[1], "石桥街道", "y"))
    said = run("inbox", "--home", home, "--settle", 0)
    lines = sorted(said.out.splitlines())
    assert said.code == 1
    assert [line[:10] for line in lines] == ["✓ good.csv", "✗ bad.csv "]
    assert "已装入第 3 批：1 / 1 行 / load 3: 1 of 1 rows" in lines[0]
    assert run("ask", "positives", "--home", home, "--day", DAYS[0], "--format", "csv").rows[0]["value"] == "3"


@pytest.fixture
def watching(home: Path) -> Iterator[subprocess.Popen[str]]:
    code = "from dashboard import cli; cli.main()"
    words = ["inbox", "--home", str(home), "--watch", "--settle", "0.2"]
    with subprocess.Popen(
        [sys.executable, "-u", "-c", code, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def test_a_watched_inbox_loads_what_comes_until_it_is_stopped(home: Path, watching: subprocess.Popen[str]) -> None:
    assert watching.stdout is not None
    assert watching.stderr is not None
    send(home, "one.csv", (DAYS[0], "石桥街道", 3))
    assert watching.stdout.readline().startswith("✓ one.csv")
    send(home, "two.csv", (DAYS[1], "石桥街道", 4))
    assert watching.stdout.readline().startswith("✓ two.csv")
    watching.send_signal(signal.SIGINT)
    assert watching.wait(120) == 130
    assert watching.stderr.read() == ""


def test_an_inbox_of_an_empty_store_asks_for_a_build(run: Run, tmp_path: Path) -> None:
    path = tiny.tiny_city(tmp_path / "city", Knobs(grid="none", sources=("table",)))
    assert run("init", path, "--home", tmp_path / "home").code == 0
    write_csv(tmp_path / "home/inbox/table/t.csv", ["日期", "街道", "人数"], [(DAYS[0], "石桥街道", 1)], "gb18030")
    assert "onescreen build" in refused(run("inbox", "--home", tmp_path / "home", "--settle", 0))
    assert (tmp_path / "home/inbox/table/t.csv").exists()


def test_a_backup_goes_there_and_back(run: Run, home: Path, tmp_path: Path) -> None:
    said = run("backup", tmp_path / "a.zip", "--home", home, "--secret")
    assert (said.code, "妥善保管" in said.out) == (0, True)
    said = run("restore", tmp_path / "a.zip", "--home", tmp_path / "new")
    assert (said.code, "version 2" in said.out) == (0, True)
    asked = ("ask", "population", "--format", "csv", "--level", "street", "--day", DAYS[0])
    assert run(*asked, "--home", tmp_path / "new").rows == run(*asked, "--home", home).rows
    assert "已有内容" in refused(run("restore", tmp_path / "a.zip", "--home", tmp_path / "new"))


def test_a_backup_without_the_secret_says_what_that_means(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = run("backup", tmp_path / "a.zip", "--home", home)
    assert "另行保存" in said.out
    assert "keep the one in settings.toml elsewhere" in said.out
    assert "--new-secret" in refused(run("restore", tmp_path / "a.zip", "--home", tmp_path / "new"))
    assert run("restore", tmp_path / "a.zip", "--home", tmp_path / "new", "--new-secret").code == 0
    secrets = {read_home(tmp_path / "new").secret, read_home(home).secret}
    assert len(secrets) == 2
    monkeypatch.setenv("ONESCREEN_SECRET", read_home(home).secret)
    assert run("restore", tmp_path / "a.zip", "--home", tmp_path / "same").code == 0
    monkeypatch.delenv("ONESCREEN_SECRET")
    assert read_home(tmp_path / "same").secret == read_home(home).secret


def test_what_is_no_backup_is_refused_in_a_sentence(run: Run, home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"no zip")
    assert "a.zip" in refused(run("restore", tmp_path / "a.zip", "--home", tmp_path / "new"))
    assert "a.zip" in refused(run("backup", tmp_path / "no/a.zip", "--home", home))
    assert not (tmp_path / "new").exists()
