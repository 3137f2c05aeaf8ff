"""The tree is as README.md says, and what is shipped is what is needed."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {"dashboard", "deploy", "grid", "data", "assets", "tests"}
LOCKED = re.compile(r"[a-z0-9.-]+==\S+( ; [^\\/]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")


@pytest.fixture(scope="module")
def files() -> list[Path]:
    """Every file that is, or would be, in the repository, as a path below its root."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def test_rooms(files: list[Path]) -> None:
    assert {path.parts[0] for path in files if len(path.parts) > 1 and path.parts[0][0] != "."} == FOLDERS


def test_every_folder_of_code_is_a_package(files: list[Path]) -> None:
    folders = {path.parent for path in files if path.suffix == ".py" and path.parts[0] != "assets"}
    assert sorted(str(folder) for folder in folders if folder / "__init__.py" not in files) == []


@pytest.mark.parametrize("lock", sorted(path.name for path in ROOT.glob("requirements*.lock")))
def test_locks_hold_names_versions_and_hashes_only(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    assert [line for line in lines if not LOCKED.fullmatch(line)] == []


def test_wheel_ships_code_rules_and_assets(files: list[Path], tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert shipped == {_in_wheel(path) for path in files if path.parts[0] in FOLDERS - {"deploy", "tests"}}


def _in_wheel(path: Path) -> str:
    return f"dashboard/{path.as_posix()}" if path.parts[0] == "assets" else path.as_posix()
