"""What a killed program leaves unfinished is taken away by the next one; what a living one writes is not."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

import pytest

from data.files import clear, scratch, write_text, write_whole


def _old(path: Path) -> Path:
    os.utime(path, (time.time() - 60, time.time() - 60))
    return path


def _left(folder: str, kind: str) -> None:
    """A process that dies while it writes."""

    def die(part: Path) -> None:
        part.write_text("half", "utf-8")
        os._exit(1)

    if kind == "file":
        write_whole(Path(folder) / "a.xlsx", die)
    with scratch(Path(folder), "restore") as made:
        (made / "onescreen.db").write_text("half", "utf-8")
        os._exit(1)


def _killed(folder: Path, kind: str) -> None:
    process = multiprocessing.get_context("forkserver").Process(target=_left, args=(str(folder), kind))
    process.start()
    process.join()
    assert process.exitcode == 1


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_a_killed_program_left_is_taken_away(tmp_path: Path, kind: str) -> None:
    _killed(tmp_path, kind)
    (left,) = tmp_path.iterdir()
    assert clear(tmp_path) == []  # too young: its maker may be about to lock it
    assert clear(_old(left).parent) == [left]
    assert not left.exists()


def test_what_is_being_written_stays(tmp_path: Path) -> None:
    def write(part: Path) -> None:
        part.write_text("x", "utf-8")
        assert clear(_old(part).parent) == []

    write_whole(tmp_path / "a.xlsx", write)
    with scratch(tmp_path, "backup") as made:
        (made / "x").touch()
        assert clear(_old(made).parent) == []
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_restore_takes_away_what_the_one_before_left(tmp_path: Path) -> None:
    _killed(tmp_path, "folder")
    (left,) = tmp_path.iterdir()
    with scratch(_old(left).parent, "restore") as made:
        assert [path.name for path in tmp_path.iterdir()] == [made.name]


@pytest.mark.parametrize(
    "name", [".cases.csv.part", ".part", "x.part", ".ABCDEFGH.part.csv", ".abcdefgh.partial", ".env"]
)
def test_what_others_call_unfinished_is_theirs(tmp_path: Path, name: str) -> None:
    os.utime(_touched(tmp_path / name), (1, 1))
    (tmp_path / "link").symlink_to(tmp_path)
    assert clear(tmp_path, tmp_path) == []
    assert (tmp_path / name).exists()


def test_folders_below_are_searched_and_links_are_not_followed(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home / "done/2022-03-01", elsewhere):
        folder.mkdir(parents=True)
        os.utime(_touched(folder / ".abcdefgh.part.xlsx"), (1, 1))
    (home / ".ijklmnop.part").symlink_to(elsewhere / ".abcdefgh.part.xlsx")
    (home / ".restore-abcdefgh").symlink_to(elsewhere)
    assert [path.name for path in clear(home, home / "done")] == [".abcdefgh.part.xlsx"]
    assert (elsewhere / ".abcdefgh.part.xlsx").exists()
    write_text(home / "a.txt", "x")
    assert list(home.glob("*.txt"))


def _touched(path: Path) -> Path:
    path.touch()
    return path
