"""A load is there whole or not at all, on SQLite and PostgreSQL, whoever dies and whoever reads meanwhile."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import insert, select

from data import engine, tables
from data import store as store_module
from data.errors import LoadNotFound, StoreBusy, StoreError
from data.rejects import Reject
from data.slabs import COVERED, STATEMENT
from data.store import Load, Store, Writer, Zone
from tests import stated

Day = dt.date
DAY = Day(2022, 3, 18)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = Store.create(database_url)
    yield made
    made.close()


def take(store: Store, *vectors: tuple[str, Day, list[int]], source: str = "a", **about: Any) -> int:
    """A load of some slabs; its number."""
    given: dict[str, Any] = {"kind": "cases", "file": "a.csv", "sha256": "0" * 64} | about
    with store.loading(source=source, **given) as load:
        load.slabs(1, [(count, day, np.array(vector, np.int32)) for count, day, vector in vectors])
        load.close(rows=len(vectors), taken=len(vectors), first_day=DAY, last_day=DAY)
    return load.number


def slabs(store: Store, version: int, first: Day = DAY, last: Day = DAY) -> dict[tuple[str, str, Day], list[int]]:
    return {(s.source, s.count, s.day): s.vector.tolist() for s in store.slabs(["cases"], first, last, version)}


def test_loads_are_numbered_from_one_and_kept_with_their_figures(store: Store) -> None:
    assert store.version() == 0
    about: dict[str, Any] = {
        "file": "病例.csv",
        "sender": "区疾控",
        "known": dt.datetime(2022, 3, 18, 9, 30, 1, 250_000),
    }
    assert [take(store, ("cases", DAY, [1]), **about), take(store, **about)] == [1, 2]
    first, second = store.loads()
    assert isinstance(first, Load)
    assert (first.file, first.sender, first.known) == (about["file"], about["sender"], about["known"])
    assert (first.rows, first.first_day, second.rows, second.notes) == (1, DAY, 0, {})
    assert store.load(2) == second
    assert store.loads(upto=1, source="a") == [first]
    with pytest.raises(LoadNotFound):
        store.load(3)


def test_the_known_clock_never_runs_backwards(store: Store) -> None:
    at = dt.datetime(2022, 4, 1, 20, 0)
    for moment in (at, at - dt.timedelta(days=3), at + dt.timedelta(hours=1), None):
        take(store, known=moment)
    known = [load.known for load in store.loads()]
    assert known[:3] == [at, at, at + dt.timedelta(hours=1)]
    assert known == sorted(known)
    assert abs(known[3] - store_module.utcnow()) < dt.timedelta(minutes=5)
    moments = [at - dt.timedelta(seconds=1), at, at + dt.timedelta(hours=1), dt.datetime(2100, 1, 1)]
    assert [store.version(moment) for moment in moments] == [0, 2, 3, 4]


def test_each_version_reads_what_was_known_by_then(store: Store) -> None:
    later = DAY + dt.timedelta(days=1)
    take(store, ("cases", DAY, [1, 2]), ("asymptomatic", DAY, [9, 9]))
    take(store, ("cases", DAY, [5, 5]), source="b")
    take(store, ("cases", DAY, [1, 3]), ("cases", later, [0, 7]))
    assert slabs(store, 0) == {}
    assert slabs(store, 1) == {("a", "cases", DAY): [1, 2]}
    assert slabs(store, 2) == {("a", "cases", DAY): [1, 2], ("b", "cases", DAY): [5, 5]}
    assert slabs(store, 3) == {("a", "cases", DAY): [1, 3], ("b", "cases", DAY): [5, 5]}
    assert slabs(store, 3, DAY, later)["a", "cases", later] == [0, 7]
    assert stated.days(store, 1) == {"asymptomatic": [(DAY, "a")], "cases": [(DAY, "a")]}
    assert stated.days(store, 3)["cases"] == [(DAY, "a"), (DAY, "b"), (later, "a")]


def test_a_load_that_fails_leaves_nothing(store: Store) -> None:
    take(store, ("cases", DAY, [1]))
    with pytest.raises(ZeroDivisionError):
        _fail(store)
    assert store.version() == 1
    assert _rows(store) == {"load": 1, "slab": 1}
    assert take(store) == 2  # the number was not used up


def _fail(store: Store) -> None:
    with _loading(store) as load:
        _write_everything(load)
        _ = 1 // 0


def _loading(store: Store) -> Any:
    return store.loading(source="a", kind="cases", file="b.csv", sha256="1" * 64)


def _write_everything(load: Writer) -> None:
    load.slabs(1, [("cases", DAY, np.array([2], np.int32))])
    load.geography(b"areas", b"leaves", {"street": {"joined": 3}})
    load.statements(1, ["cases"], np.zeros(2, STATEMENT))
    load.rejects([Reject(2, "日期", "x", "not_a_day", {"format": "%Y"})])
    load.unplaced([("310101", "name_unknown", "某处", 3)])
    load.zones([_zone("Z1", np.zeros(1, COVERED))])


def _zone(key: str, covered: Any, stop: Day | None = None) -> Zone:
    return Zone(key, "a", "lockdown", "一期", "310101", DAY, stop, 1, covered, b"wkb")


def _rows(store: Store) -> dict[str, int]:
    """Rows of every table that has any."""
    with store.engine.connect() as connection:
        counts = {t.name: len(connection.execute(select(t)).all()) for t in tables.metadata.sorted_tables}
    return {name: count for name, count in counts.items() if count}


def test_everything_written_is_read_again(store: Store) -> None:
    with _loading(store) as load:
        _write_everything(load)
    assert store.rejects(1) == [Reject(2, "日期", "x", "not_a_day", {"format": "%Y"})]
    assert store.unplaced(1) == [("a", "310101", "name_unknown", "某处", 3)]
    assert store.unplaced(0) == []
    assert store.geography() == (1, b"areas", b"leaves")
    assert store.geography(0) is None
    assert store.geography_leaves(1) == (b"areas", b"leaves")
    assert store.geography_report(1) == {"street": {"joined": 3}}
    (zone,) = store.zones(1)
    assert (zone.key, zone.name, zone.start, zone.stop, zone.shape) == ("Z1", "一期", DAY, None, b"wkb")
    with _loading(store) as load:
        (statement,) = load.earlier_statements()
        assert (statement[0], statement[1], len(statement[2])) == (1, ["cases"], 2)


def test_statements_are_found_by_the_days_they_speak_of(store: Store) -> None:
    for n, (first, last) in enumerate([(1, 3), (5, 5), (2, 9)]):
        with store.loading(source="a", kind="cases", file="x", sha256=str(n)) as load:
            load.statements(1, [str(n)], np.zeros(1, STATEMENT))
            load.close(first_day=Day(2022, 3, first), last_day=Day(2022, 3, last))
    with _loading(store) as load:

        def found(first: int, last: int) -> list[str]:
            days = Day(2022, 3, first), Day(2022, 3, last)
            return [counts[0] for _, counts, _ in load.earlier_statements(days)]

        assert [found(4, 4), found(3, 5), found(6, 20), found(10, 20)] == [["2"], ["0", "1", "2"], ["2"], []]


def test_the_last_word_about_a_zone_holds_from_its_load_on(store: Store) -> None:
    covered = np.array([(3, -1), (5, 1200)], COVERED)
    lifted = DAY + dt.timedelta(days=2)
    for zones in ([_zone("Z1", covered), _zone("Z2", covered)], [_zone("Z1", covered[:1], lifted)]):
        with _loading(store) as load:
            load.zones(zones)
    assert {(z.key, z.stop, len(z.covered)) for z in store.zones(1)} == {("Z1", None, 2), ("Z2", None, 2)}
    assert {(z.key, z.stop, len(z.covered)) for z in store.zones(2)} == {("Z1", lifted, 1), ("Z2", None, 2)}
    assert {z.key: z.covered.tolist() for z in store.zones(2)} == {"Z1": [(3, -1)], "Z2": [(3, -1), (5, 1200)]}


def test_any_text_a_sender_can_write_is_kept(store: Store) -> None:
    odd = "a\0b 🦠 '\"\\ \u3000\n" + "长" * 40_000
    with _loading(store) as load:
        load.rejects([Reject(1, odd, odd, "not_a_term", {"known": odd, "start": DAY})])
        load.unplaced([("310101", "name_unknown", odd, 1)])
        load.zones([Zone("k\0", "a", "control", odd, "310101", DAY, None, 1, np.zeros(0, COVERED), None)])
    (reject,) = store.rejects(1)
    assert reject.value == odd.replace("\0", "␀")
    assert reject.more["start"] == "2022-03-18"
    assert reject.say("en")


# --- other processes -----------------------------------------------------------------------------

CHILD = """
import sys, time, datetime as dt, numpy as np
from data.store import Store
store = Store.open(sys.argv[1])
with store.loading(source="child", kind="cases", file="x", sha256="f" * 64) as load:
    for n in range(200):
        load.slabs(1, [("cases", dt.date(2022, 3, 1) + dt.timedelta(n), np.arange(20_000, dtype=np.int32))])
    print("written", flush=True)
    if sys.argv[2] == "wait":
        sys.stdin.readline()
    load.close(rows=200, taken=200)
print("committed", load.number, flush=True)
"""


def child(url: str, how: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, url, how],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip


def test_kill_9_in_the_middle_of_a_load_leaves_the_store_as_it_was(store: Store) -> None:
    take(store, ("cases", DAY, [1]))
    with child(store.url, "wait") as loader:
        assert loader.stdout is not None
        assert loader.stdout.readline() == "written\n"
        assert store.version() == 1  # nobody sees it before it is whole
        os.kill(loader.pid, signal.SIGKILL)
    assert _rows(store) == {"load": 1, "slab": 1}
    assert take(store, ("cases", DAY, [2])) == 2
    assert slabs(store, 2) == {("a", "cases", DAY): [2]}


def test_readers_go_on_while_a_loader_writes_and_see_whole_loads_only(store: Store) -> None:
    with child(store.url, "wait") as loader:
        assert loader.stdin is not None
        assert loader.stdout is not None
        assert loader.stdout.readline() == "written\n"
        assert (store.version(), store.loads(), stated.days(store, 10)) == (0, [], {})
        loader.stdin.write("\n")
        loader.stdin.flush()
        assert loader.stdout.readline() == "committed 1\n"
    assert len(store.slabs(["cases"], Day(2022, 1, 1), Day(2023, 1, 1), 1)) == 200


def test_two_loaders_take_turns(store: Store) -> None:
    with child(store.url, "wait") as first, child(store.url, "go") as second:
        assert first.stdin is not None
        assert first.stdout is not None
        assert second.stdout is not None
        assert first.stdout.readline() == "written\n"  # whoever comes first holds the other up
        first.stdin.write("\n")
        first.stdin.flush()
        numbers = {first.stdout.readline(), second.stdout.read().splitlines()[-1] + "\n"}
    assert numbers == {"committed 1\n", "committed 2\n"}
    assert [load.id for load in store.loads()] == [1, 2]


def test_a_loader_that_waits_too_long_says_that_the_store_is_busy(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "LOCK_SECONDS", 1)
    other = Store.open(store.url)
    with _loading(store), pytest.raises(StoreBusy), _loading(other):
        pass
    other.close()


def test_many_threads_load_and_read_at_once(store: Store) -> None:
    seen: list[int] = []

    def load() -> None:
        for _ in range(5):
            take(store, ("cases", DAY, [1]))

    def read() -> None:
        for _ in range(20):
            seen.append(store.version())
            store.slabs(["cases"], DAY, DAY, seen[-1])

    threads = [threading.Thread(target=work) for work in (load, load, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.id for each in store.loads()] == list(range(1, 11))
    assert seen == sorted(seen)


def test_nothing_can_hang_on_a_load_that_is_not_there(store: Store) -> None:
    values = {"load": 7, "area": "x", "why": "y", "text": "z", "rows": 1}
    with pytest.raises(Exception, match=r"(?i)foreign key"), store.engine.begin() as connection:
        connection.execute(insert(tables.unplaced).values(**values))


@pytest.mark.parametrize("url", ["nonsense", "postgres://a:secret@b/c", "sqlite:////no/such/folder/x.db"])
def test_an_address_that_leads_nowhere_is_told_in_a_sentence(url: str) -> None:
    for attempt in (Store.create, Store.open):
        with pytest.raises(StoreError) as failure:
            attempt(url)
        assert "secret" not in failure.value.say("zh") + failure.value.say("en")
        assert "\n" not in failure.value.say("en")


def test_a_password_is_not_shown() -> None:
    assert "secret" not in Store("postgresql+psycopg://me:secret@here/city").name
