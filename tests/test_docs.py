"""What is documented is what there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard import cli
from grid.measures import MEASURES
from tests.docs import PAGES, ROOT


@pytest.mark.parametrize("path", PAGES)
def test_reference_pages_are_fresh(path: str) -> None:
    assert (ROOT / path).read_text("utf-8") == PAGES[path](), f"run `make docs`: {path} is stale"


def test_every_link_of_the_readme_leads_somewhere() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", text) + re.findall(r'src="([^"]+)"', text)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_readme_names_every_command() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    names = [command.name or command.callback.__name__ for command in cli.app.registered_commands if command.callback]
    assert [name for name in names if f"onescreen {name}" not in text] == []


def test_every_measure_file_is_in_the_registry() -> None:
    folder = Path(ROOT / "grid/measures")
    named = {m.family for m in MEASURES.values()}
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "base"}
    assert files == named
