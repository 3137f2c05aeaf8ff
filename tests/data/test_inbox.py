"""A file is in the inbox, or done with its load: whatever ends a run, whatever a sender calls or sends."""

from __future__ import annotations

import csv
import fcntl
import os
import shutil
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from dashboard.commands.inbox import once
from data.city import read_city
from data.deliveries import Delivery
from data.errors import FileChanged
from data.inbox import Inbox, Settled
from data.settings import make_home, read_home
from data.store import Store
from grid.build import Loader, build
from grid.geography import open_geography
from tests import tiny
from tests.tiny import DAYS, Knobs, people, write_csv, write_people

HEADING = ["日期", "街道", "人数"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose geography and population are loaded; cases and the second district's table come by inbox."""
    path = tiny.tiny_city(tmp_path / "city", Knobs(sources=("population", "cases", "table")))
    for name in ("cases", "table"):
        (path.parent / f"in/{name}.csv").unlink()
    text = (
        path.read_text("utf-8")
        .replace('path = "in/cases.csv"', 'path = "in/cases*"')
        .replace('"in/table.csv"', '"in/table*"')
    )
    path.write_text(text, "utf-8")
    settings = make_home(tmp_path / "home", path)
    store = Store.create(settings.database)
    build(store, read_city(path), settings.secret)
    store.close()
    for name in ("cases", "table"):
        (tmp_path / "home/inbox" / name).mkdir()
    return tmp_path / "home"


def settled(home: Path, settle: float = 0.0) -> list[Settled]:
    return list(once(home, settle))


def states(home: Path) -> list[tuple[str, str]]:
    return [(one.name, one.state) for one in settled(home)]


def loads(home: Path) -> list[tuple[str, str, int, int]]:
    store = Store.open(read_home(home).database)
    found = [(load.source, load.file, load.taken, load.rejected) for load in store.loads()[2:]]
    store.close()
    return found


def lying(home: Path, folder: str) -> list[str]:
    """The files of done/ or rejected/, without the day."""
    below = home / "inbox" / folder
    return sorted("/".join(path.relative_to(below).parts[1:]) for path in below.rglob("*") if not path.is_dir())


def left(home: Path) -> list[str]:
    """What still lies in the inbox."""
    inbox = home / "inbox"
    found = (path.relative_to(inbox) for path in inbox.rglob("*") if not path.is_dir() and path.name[0] != ".")
    return sorted(str(path) for path in found if path.parts[0] not in ("done", "rejected"))


def send(home: Path, name: str = "cases/cases.csv", number: int = 60) -> Path:
    return write_people(home / "inbox" / name, people(number))


def table(home: Path, name: str, *rows: tuple[object, ...]) -> Path:
    return write_csv(home / "inbox" / name, HEADING, rows, "gb18030")


def test_what_arrives_is_loaded_and_moves_to_done(home: Path) -> None:
    send(home)
    table(home, "table_2.csv", (DAYS[0], "石桥街道", 3))  # at the top: its source by the pattern of its name
    assert states(home) == [("cases.csv", "loaded"), ("table_2.csv", "loaded")]
    assert loads(home) == [("cases", "cases.csv", 60, 0), ("table", "table_2.csv", 1, 0)]
    assert lying(home, "done") == ["cases/cases.csv", "table/table_2.csv"]
    assert left(home) == []
    store = Store.open(read_home(home).database)
    assert all(Path(load.notes["path"]).is_file() for load in store.loads()[2:])
    store.close()
    assert settled(home) == []


def test_a_file_with_a_few_bad_rows_is_done_with_a_sheet_of_them(home: Path) -> None:
    rows = [(day, "石桥街道", n) for n, day in enumerate(DAYS)] + [(DAYS[0], "=天涯", 1)]
    table(home, "table/t.csv", *rows)
    (found,) = settled(home)
    assert (found.state, "退回 1 行" in found.said.zh, "1 returned" in found.said.en) == ("loaded", True, True)
    assert lying(home, "done") == [f"table/t.csv{suffix}" for suffix in ("", ".rejects.csv", ".rejects.xlsx", ".txt")]
    assert found.kept is not None
    with found.kept.with_name("t.csv.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        sheet = list(csv.reader(file))
    assert sheet[1][3] == found.said.zh
    assert sheet[2][:3] == ["12", "街道", "'=天涯"]


def test_a_file_that_cannot_be_taken_goes_back_with_every_bad_row(home: Path) -> None:
    table(home, "table/t.csv", *((day, "石桥街道", "many") for day in DAYS), (DAYS[0], "柳林街道", 1))
    (found,) = settled(home)
    assert found.state == "rejected"
    assert lying(home, "rejected") == [
        f"table/t.csv{suffix}" for suffix in ("", ".rejects.csv", ".rejects.xlsx", ".txt")
    ]
    assert found.kept is not None
    with found.kept.with_name("t.csv.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1] == ["", "", "", found.said.zh]
    assert [row[:3] for row in rows[2:]] == [[str(n), "人数", "many"] for n in range(2, 12)]
    assert found.kept.with_name("t.csv.txt").read_text("utf-8") == f"{found.said.zh}\n{found.said.en}\n"
    assert loads(home) == []


def test_the_same_file_again_is_not_loaded_twice_but_an_earlier_one_put_back_is(home: Path) -> None:
    one, other = people(60), people(30)
    for persons, name, state in (
        (one, "cases.csv", "loaded"), (one, "cases.csv", "again"), (one, "other name.csv", "again"),
        (other, "cases.csv", "loaded"), (one, "cases.csv", "loaded"), (one, "cases.csv", "again"),
    ):  # fmt: skip
        write_people(home / "inbox/cases" / name, persons)
        assert states(home) == [(name, state)]
    assert [taken for _, _, taken, _ in loads(home)] == [60, 30, 60]
    assert len(lying(home, "done")) == 6


def test_an_earlier_file_is_news_even_where_what_was_done_has_been_cleared_away(home: Path) -> None:
    for persons in (people(60), people(30)):
        write_people(home / "inbox/cases/cases.csv", persons)
        assert states(home) == [("cases.csv", "loaded")]
    shutil.rmtree(home / "inbox/done")
    write_people(home / "inbox/cases/cases.csv", people(60))
    assert states(home) == [("cases.csv", "loaded")]
    assert [taken for _, _, taken, _ in loads(home)] == [60, 30, 60]


def test_the_parts_of_a_shapefile_go_with_it(home: Path) -> None:
    for suffix in (".dbf", ".SHX"):
        (home / f"inbox/cases/z{suffix}").write_bytes(b"x")
    assert states(home) == [("z.SHX", "waiting"), ("z.dbf", "waiting")]
    (home / "inbox/cases/z.shp").write_bytes(b"x")
    assert states(home) == [("z.shp", "rejected")]
    assert {"cases/z.shp", "cases/z.dbf", "cases/z.SHX"} < set(lying(home, "rejected"))
    assert left(home) == []


def test_no_sheet_takes_the_place_of_a_file_of_that_name(home: Path) -> None:
    for name in ("a.csv.txt", "a.csv.rejects.csv", "a.csv"):
        (home / "inbox/cases" / name).write_text(f"this is {name}")
        assert states(home) == [(name, "rejected")]
    kept = [path.read_bytes() for path in (home / "inbox/rejected").rglob("*") if path.is_file()]
    assert {f"this is {name}".encode() for name in ("a.csv.txt", "a.csv.rejects.csv", "a.csv")} < set(kept)


def test_unfinished_files_wait(home: Path) -> None:
    for name in ("a.csv.part", ".hidden.csv", "~$a.xlsx", "b.TMP", "c.crdownload"):
        (home / "inbox/cases" / name).write_text("x")
    (home / "inbox/cases/empty.csv").touch()
    shape = home / "inbox/cases/z.shp"
    shape.write_bytes(b"x")
    assert states(home) == [("empty.csv", "waiting"), ("z.shp", "waiting")]
    assert loads(home) == []


def test_a_file_that_grows_waits_until_it_is_whole(home: Path) -> None:
    whole = send(home).read_text("utf-8")
    path = home / "inbox/cases/cases.csv"
    path.write_text(whole[:1000], "utf-8")
    writer = threading.Timer(0.3, path.write_text, (whole, "utf-8"))
    writer.start()
    assert [one.state for one in settled(home, 1.0)] == ["waiting"]
    writer.join()
    assert [one.state for one in settled(home, 0.5)] == ["loaded"]
    assert loads(home) == [("cases", "cases.csv", 60, 0)]


def test_a_file_that_another_program_holds_waits(home: Path) -> None:
    path = send(home)
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert states(home) == [("cases.csv", "waiting")]
    assert states(home) == [("cases.csv", "loaded")]


def test_a_file_that_changes_while_it_is_read_is_not_loaded(home: Path) -> None:
    path = send(home)
    store, loader = _loader(home)

    def take(delivery: Delivery, _accepted: Mapping[str, str]) -> int:
        with path.open("a", encoding="utf-8") as file:
            file.write("\n")
        with pytest.raises(FileChanged):
            loader.take(delivery)
        raise FileChanged(file=path.name)

    assert [one.state for one in Inbox(home, read_city(read_home(home).city), store, take).run(0)] == ["waiting"]
    assert store.version() == 2
    store.close()
    assert states(home) == [("cases.csv", "loaded")]


def _loader(home: Path) -> tuple[Store, Loader]:
    settings = read_home(home)
    city, store = read_city(settings.city), Store.open(settings.database)
    geography = open_geography(store)
    assert geography is not None
    return store, Loader(store, city, geography, settings.secret)


def test_hostile_files_are_neither_followed_nor_opened(home: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    write_people(secret, people(5))
    inbox = home / "inbox/cases"
    (inbox / "link.csv").symlink_to(secret)
    (inbox / "folder").symlink_to(tmp_path)
    os.mkfifo(inbox / "pipe.csv")
    (home / "inbox/stranger").mkdir()
    send(home, "stranger/cases.csv")
    send(home, "what.csv")
    with (inbox / "huge.csv").open("wb") as file:
        file.truncate(3_000_000_000)  # a hole: no byte of it is stored, none is read
    found = {one.name: one.state for one in settled(home)}
    assert found == dict.fromkeys(("link.csv", "folder", "pipe.csv", "cases.csv", "what.csv", "huge.csv"), "rejected")
    assert left(home) == []
    assert secret.exists()
    assert loads(home) == []


@pytest.mark.parametrize(
    "name",
    [
        "=cmd|' '!A1.csv",
        "a\nb\x1b[31m.csv",
        "长" * 80 + ".csv",
        "'; DROP TABLE load; --.csv",
        "<b>x</b>.csv",
        "-rf .csv",
    ],
)
def test_hostile_names_are_loaded_under_plain_ones(home: Path, name: str) -> None:
    send(home, f"cases/{name}")
    (found,) = settled(home)
    assert found.state == "loaded"
    assert found.name.isprintable()
    assert len(loads(home)) == 1
    assert len(lying(home, "done")) == 1


def test_a_name_that_is_no_text_is_loaded_too(home: Path) -> None:
    send(home).rename(os.fsdecode(bytes(home / "inbox/cases") + b"/\xff\xfe.csv"))
    assert states(home) == [("__.csv", "loaded")]


def test_two_runners_at_once_load_each_file_once(home: Path) -> None:
    for number in range(6):
        table(home, f"table/{number}.csv", (DAYS[number], "石桥街道", number + 1))
    found: list[Settled] = []
    runners = [threading.Thread(target=lambda: found.extend(settled(home))) for _ in range(2)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert sorted(one.name for one in found if one.state == "loaded") == [f"{n}.csv" for n in range(6)]
    assert len(loads(home)) == 6
    assert left(home) == []


@pytest.fixture
def cut(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that ends right after its load is committed, before the file is moved."""
    send(home)
    with monkeypatch.context() as patch:
        patch.setattr("data.inbox.Inbox._close", _die)
        with pytest.raises(KeyboardInterrupt):
            settled(home)


def _die(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.usefixtures("cut")
def test_a_file_whose_run_ended_after_its_load_is_moved_and_not_loaded_again(home: Path) -> None:
    assert (left(home), lying(home, "done")) == (["cases/cases.csv"], [])
    assert states(home) == [("cases.csv", "loaded")]
    assert lying(home, "done") == ["cases/cases.csv"]
    assert loads(home) == [("cases", "cases.csv", 60, 0)]


def test_a_file_that_makes_the_program_fail_comes_back_and_the_next_is_loaded(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = Loader.take

    def fails(self: Loader, delivery: Delivery, *more: object, **named: object) -> object:
        if delivery.path.name == "cases-1.csv":
            raise ZeroDivisionError("a fault of ours")
        return take(self, delivery, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Loader, "take", fails)
    send(home, "cases/cases-1.csv", 20)
    table(home, "table/table.csv", (DAYS[0], "石桥街道", 3))
    first, second = sorted(settled(home), key=lambda one: one.name)
    assert (first.state, second.state) == ("rejected", "loaded")
    assert "ZeroDivisionError" in first.said.zh
    assert "ZeroDivisionError" in first.said.en
    assert [load[1] for load in loads(home)] == ["table.csv"]
    assert "cases/cases-1.csv" in lying(home, "rejected")
    assert left(home) == []


def test_what_a_killed_pass_left_unfinished_is_taken_away(home: Path) -> None:
    part = home / "inbox/rejected/2022-03-01/.abcdefgh.part.xlsx"
    part.parent.mkdir(parents=True)
    senders = home / "inbox/cases/.abcdefgh.part"
    for path in (part, senders):
        path.touch()
        os.utime(path, (1, 1))
    settled(home)
    assert not part.exists()
    assert senders.exists()
