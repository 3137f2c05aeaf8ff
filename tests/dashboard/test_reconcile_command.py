"""``onescreen reconcile``: what it prints and with which code it ends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import cli
from dashboard.parts import note
from dashboard.queries import Viewer
from dashboard.reconcile import run as running
from dashboard.reconcile.screens import Crawl, Screen
from tests.tiny import DAYS


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    monkeypatch.setattr("sys.argv", ["onescreen", "reconcile", *map(str, words)])
    with pytest.raises(SystemExit) as done:
        cli.main()
    told = capsys.readouterr()
    return int(done.value.code or 0), told.out + told.err


def test_a_city_that_stands(
    tiny_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(monkeypatch, capsys, "--home", tiny_home, "--day", DAYS[5])
    assert (code, said.count("\n")) == (0, 1)
    assert said.startswith("✓ ")
    assert "100.00% 有出处，0 处不符，0 处没有出处" in said


def test_a_bare_number_is_named_and_ends_with_one(
    tiny_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def bare(crawl: Crawl) -> Iterator[Screen]:
        yield crawl.first_page("")
        yield Screen("/made-up", Viewer(), None, {"blocks": [note.line("12 cases")]})

    monkeypatch.setattr(running, "PARTS", (bare,))
    code, said = run(monkeypatch, capsys, "--home", tiny_home, "--lang", "en")
    assert code == 1
    assert "✗ cites nothing: /made-up blocks[0].text “12 cases”" in said
    assert "✗ 2 screens" in said
    assert "1 cite nothing" in said


def test_a_day_that_is_none_is_told(
    tiny_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = run(monkeypatch, capsys, "--home", tiny_home, "--day", "soon")
    assert (code, "“soon”不是日期" in said) == (2, True)
