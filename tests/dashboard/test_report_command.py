"""``onescreen report`` and ``onescreen reports`` as somebody types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.cli import app
from data.errors import BadQuestion

run = CliRunner()


def test_a_report_is_written_with_its_manifest(tiny_home: Path, tmp_path: Path) -> None:
    asked = ["report", "brief", "--home", str(tiny_home), "--area", "990101", "--day", "2022-03-06", "--lang", "en",
             "--format", "xlsx", "--out", str(tmp_path / "out")]  # fmt: skip
    result = run.invoke(app, asked, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    (sheet,) = (tmp_path / "out").glob("brief-990101-20220306-v*-en.xlsx")
    told = json.loads((tmp_path / "out" / f"{sheet.stem}.manifest.json").read_text("utf-8"))
    assert told["files"][0]["name"] == sheet.name
    assert str(sheet.name) in result.output.replace("\n", "")


@pytest.mark.parametrize(
    "wrong",
    [["weekly"], ["daily", "--day", "6 March"], ["daily", "--as-of", "soon"], ["daily", "--format", "odt"],
     ["daily", "--as-of", "2001-01-01"]],
)  # fmt: skip
def test_what_cannot_be_is_refused(tiny_home: Path, wrong: list[str]) -> None:
    with pytest.raises(BadQuestion):
        run.invoke(app, ["report", *wrong, "--home", str(tiny_home)], catch_exceptions=False)


def test_a_home_without_a_schedule_runs_and_lists_nothing(tiny_home: Path) -> None:
    for verb in ("run", "list"):
        result = run.invoke(app, ["reports", verb, "--home", str(tiny_home)], catch_exceptions=False)
        assert (result.exit_code, result.output) == (0, "")
