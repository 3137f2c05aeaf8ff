"""``onescreen channels check``: what stands in the file, and whether each way works."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.cli import app
from data.events.channels import FILE
from data.settings import make_home
from tests.bench.loop import SECRET, receiver


def run(*words: object) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["channels", *map(str, words)])
    return found.exit_code, found.output


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_home(tmp_path / "home", tmp_path / "city.toml")
    return tmp_path / "home"


def test_a_home_without_channels(home: Path) -> None:
    code, said = run("check", "--home", home)
    assert code == 0
    assert "no channels" in said


def test_each_way_is_tried_if_wanted(home: Path) -> None:
    with receiver() as (url, told):
        (home / FILE).write_text(
            f'[[channel]]\nname = "west"\narea = "990101"\nkind = "webhook"\naddress = "{url}"\nsecret = "{SECRET}"\n'
        )
        assert run("check", "--home", home)[0] == 0
        assert told == {}
        code, said = run("check", "--home", home, "--send")
        assert (code, told) == (0, {"0.0.trial": 1})
        assert "✓ west" in said
    code, said = run("check", "--home", home, "--send")
    assert code == 1
    assert "✗ west" in said
    assert "ConnectionRefused" in said
