"""Reports on a schedule: what is due when, written once, whole, and the same whenever the pass comes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard.queries import Desk
from dashboard.reports import schedule
from dashboard.reports.build import Head
from dashboard.reports.model import File
from dashboard.reports.schedule import Planned, due, keep, read, run
from data.errors import AreaNotFound, BadQuestion, OneScreenError, ReportFileError
from grid.cube import Cube
from tests.tiny import Knobs, Town

#: 21 April 2026, 08:30 and 07:30 in the town's time (UTC+8).
AFTER = dt.datetime(2026, 4, 21, 0, 30)
BEFORE = dt.datetime(2026, 4, 20, 23, 30)
PLAN = '[[report]]\nkind = "notice"\ntime = "08:00"\nformats = ["xlsx"]\nlang = ["zh", "en"]\n'


def _home(folder: Path, text: str = PLAN) -> Path:
    (folder / "reports.toml").write_text(text, "utf-8")
    return folder


def test_a_report_is_due_from_its_time_on_and_speaks_of_the_day_before(town: Desk, tmp_path: Path) -> None:
    zh, en = due(town, tmp_path, read(_home(tmp_path)), AFTER)
    assert (zh.order.day, zh.order.as_of, zh.order.lang) == (dt.date(2026, 4, 20), dt.datetime(2026, 4, 21, 0, 0), "zh")
    assert en.order.lang == "en"
    yesterday = next(due(town, tmp_path, read(tmp_path), BEFORE))
    assert yesterday.order.as_of == dt.datetime(2026, 4, 20, 0, 0)


def test_a_late_pass_writes_what_the_punctual_one_would_have(town: Desk, tmp_path: Path) -> None:
    on_time, late = tmp_path / "a", tmp_path / "b"
    for folder, now in ((on_time, AFTER), (late, AFTER + dt.timedelta(hours=9))):
        folder.mkdir()
        run(town, _home(folder), Head(), now)
    files = sorted(path.name for path in (on_time / "reports").iterdir())
    assert len(files) == 4
    assert files == sorted(path.name for path in (late / "reports").iterdir())
    for name in files:
        assert (on_time / "reports" / name).read_bytes() == (late / "reports" / name).read_bytes(), name


def test_what_is_there_is_not_written_again_and_what_is_half_there_is(town: Desk, tmp_path: Path) -> None:
    home, told = _home(tmp_path), []
    written = run(town, home, Head(), AFTER, lambda one: told.append(one.name))
    assert len(written) == 4
    assert len(told) == 2
    assert run(town, home, Head(), AFTER) == []
    next(path for path in written if path.name.endswith("zh.manifest.json")).unlink()
    assert len(run(town, home, Head(), AFTER)) == 2


def test_nothing_is_due_before_anything_was_known(town: Desk, tmp_path: Path) -> None:
    assert list(due(town, tmp_path, read(_home(tmp_path)), dt.datetime(2020, 1, 1))) == []


def test_a_home_without_a_schedule_has_nothing_to_do(town: Desk, tmp_path: Path) -> None:
    assert run(town, tmp_path, Head(), AFTER) == []


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('[[report]]\nkind = "weekly"', "report.0.kind"),
        ('[[report]]\ntime = "8:00"', "report.0.time"),
        ('[[report]]\nformats = ["odt"]', "report.0.formats"),
        ("[[report]]\nformats = []", "report.0.formats"),
        ('[[report]]\nplace = "x"', "report.0.place"),
        ("[[report", "TOML"),
    ],
)
def test_a_schedule_that_cannot_be_says_where(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(ReportFileError) as error:
        read(_home(tmp_path, text))
    assert where in error.value.say("zh")
    assert where in error.value.say("en")


def test_one_language_needs_no_brackets() -> None:
    assert Planned.model_validate({"lang": "en"}).lang == ("en",)


def test_a_line_that_cannot_be_written_does_not_keep_the_others_from_it(town: Desk, tmp_path: Path) -> None:
    home = _home(tmp_path, '[[report]]\narea = "990999"\n' + PLAN)
    failures: list[tuple[str, OneScreenError]] = []
    written = run(town, home, Head(), AFTER, failed=lambda plan, error: failures.append((plan.area, error)))
    assert [(area, type(error)) for area, error in failures] == [("990999", AreaNotFound)]
    assert len(written) == 4


def test_another_format_of_the_same_report_joins_its_manifest(town: Desk, tmp_path: Path) -> None:
    one = '[[report]]\nkind = "notice"\nformats = ["xlsx"]\n'
    run(town, _home(tmp_path, one + one.replace("xlsx", "docx")), Head(), AFTER)
    assert run(town, tmp_path, Head(), AFTER) == []
    (told,) = (tmp_path / "reports").glob("*.manifest.json")
    listed = {file["name"]: file["sha256"] for file in json.loads(told.read_text("utf-8"))["files"]}
    there = [path for path in (tmp_path / "reports").iterdir() if path != told]
    assert listed == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in there}
    assert len(listed) == 2


def test_nothing_is_due_while_a_city_has_borders_only(tmp_path: Path) -> None:
    made = Town(tmp_path, f"sqlite:///{tmp_path / 'town.db'}", Knobs(sources=()))
    made.build()
    now = made.store.load(made.store.version()).known + dt.timedelta(days=2)
    assert list(due(Desk(Cube(made.store, made.city)), tmp_path, [Planned()], now)) == []
    made.store.close()


def test_passes_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    files = [File(f"{n}.bin", bytes([n]) * 300_000) for n in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: keep(files, tmp_path), range(8)))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {one.name: one.body for one in files}


def test_a_file_that_cannot_be_moved_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(BadQuestion):
        keep([File("a.txt", b"one")], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_broken_pass_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(file: File, folder: Path) -> Path:
        raise OSError(28, "No space left on device")

    kept = keep([File("a.txt", b"one")], tmp_path / "out")
    assert kept[0].read_bytes() == b"one"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.txt"]
    monkeypatch.setattr(schedule, "_moved", fails)
    with pytest.raises(BadQuestion, match="No space"):
        keep([File("b.txt", b"two")], tmp_path / "out")
