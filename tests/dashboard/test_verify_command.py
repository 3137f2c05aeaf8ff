"""``onescreen verify``: what stands, what does not, in both languages, and the exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import cli
from dashboard.commands.noting import opened_log
from data.city import read_city
from data.settings import make_home, read_home
from data.store import Store
from grid.build import build
from tests import tiny
from tests.tiny import DAYS, Knobs, Town


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one ledger of assignments."""
    town = Town(tmp_path / "city", f"sqlite:///{tmp_path / 'x.db'}", Knobs(sources=()))
    town.store.close()
    town.add("assignments", "assignments")
    rows = [(DAYS[5], f"p{n}", "红码" if n % 2 else "绿码", DAYS[0], tiny.cells()[n]) for n in range(6)]
    town.write("assignments", ["日期", "假名", "码色", "赋码日期", "h3"], rows)
    settings = make_home(tmp_path / "home", town.path)
    store = Store.create(settings.database)
    assert build(store, town.city, settings.secret).outcomes[0].error is None
    store.close()
    return tmp_path / "home"


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    monkeypatch.setattr("sys.argv", ["onescreen", "verify", *map(str, words)])
    with pytest.raises(SystemExit) as done:
        cli.main()
    return int(done.value.code or 0), capsys.readouterr().out


def test_what_stands_is_said(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(monkeypatch, capsys, "--home", home)
    assert (code, "✓ 3 行、1 个链头核对无误" in said) == (0, True)
    code, said = run(monkeypatch, capsys, "--home", home, "--lang", "en")
    assert (code, "✓ 3 rows and 1 heads stood the test" in said) == (0, True)
    assert "newest head " in said


def test_a_witness_that_was_taken_away_is_missed(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened_log(home) as log:
        for _ in range(20):
            log.add("wang", "official", "export")
    assert run(monkeypatch, capsys, "--home", home)[0] == 0
    (home / "log.heads").unlink()
    code, said = run(monkeypatch, capsys, "--home", home)
    assert (code, "… 见证 log.heads 不见了" in said, "✓ 审计日志" in said) == (3, True, True)
    code, said = run(monkeypatch, capsys, "--home", home, "--lang", "en")
    assert (code, "… the witness log.heads is gone" in said) == (3, True)


def test_an_altered_row_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home.parent / "city/in/assignments.csv"
    file.write_text(file.read_text("utf-8").replace("p3", "p9"), "utf-8")
    code, said = run(monkeypatch, capsys, "--home", home)
    assert (code, "assignments.csv：第 5 行被改动" in said) == (1, True)
    code, said = run(monkeypatch, capsys, "--home", home, "--lang", "en")
    assert (code, "assignments.csv: row 5 was altered" in said) == (1, True)


def test_a_file_that_is_gone_is_said(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (home.parent / "city/in/assignments.csv").unlink()
    code, said = run(monkeypatch, capsys, "--home", home)
    assert (code, "原文件已不在" in said, "… 3 行未能重读，仅头部核对" in said, "行、" in said) == (
        3,
        True,
        True,
        False,
    )
    code, said = run(monkeypatch, capsys, "--home", home, "--lang", "en")
    assert (code, "there no more" in said, "… 3 rows not re-read, heads hold" in said) == (3, True, True)


def test_only_what_was_read_is_ticked(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home.parent / "city/in/assignments.csv"
    settings = read_home(home)
    file.write_text(file.read_text("utf-8").replace("p3", "p9").replace("p5,红码", "p5,绿码"), "utf-8")
    store = Store.open(settings.database)
    assert build(store, read_city(settings.city), settings.secret).outcomes[0].error is None
    store.close()
    code, said = run(monkeypatch, capsys, "--home", home)
    assert (code, "原处已是另一批的文件" in said, "✓ 2 行、1 个链头" in said, "… 3 行未能重读" in said) == (
        3,
        True,
        True,
        True,
    )
