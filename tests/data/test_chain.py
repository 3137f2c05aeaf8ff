"""The chain: whatever is altered, dropped, added or swapped is named, in files, in the store, in the chain itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table, delete, insert, update

from data import tables
from data.chain import (
    Break,
    Delivered,
    Gone,
    Proof,
    Row,
    Segment,
    chain,
    close_segment,
    first_link,
    key_of,
    link_of,
    verify,
)
from data.chain.breaks import SAID
from data.chain.links import NOTHING
from data.chain.rows import chained_rows, delivered
from data.city import City, Source
from data.code_days import COMBINATION, GROUP, TICKET, CodeDay
from data.slabs import pack
from data.store import Store

SECRET = "0123456789abcdef"
DAY = dt.date(2022, 6, 1)
COLOURED = ("code_red", "code.城.green", "code.城.red")


def code_day(day: dt.date, tickets: int) -> CodeDay:
    made = np.zeros(tickets, TICKET)
    made["id"] = np.arange(tickets)
    return CodeDay("a", day, 1, {"system": ["城"]}, np.zeros(1, GROUP), np.zeros(1, COMBINATION), made)


class Book:
    """A store with ledgers whose rows are held in memory."""

    def __init__(self, url: str) -> None:
        self.store = Store.create(url)
        self.rows: dict[int, list[Row]] = {}

    def take(self, rows: list[Row], days: int = 2) -> int:
        with self.store.loading(source="a", kind="assignments", file=f"{len(self.rows)}.csv", sha256="0" * 64) as load:
            for n in range(days):
                day = DAY + dt.timedelta(days=n)
                load.code_day(code_day(day, 5))
                load.slabs(1, [(count, day, np.arange(4, dtype=np.int32)) for count in COLOURED])
            close_segment(load, f"{len(self.rows)}.csv", "0" * 64, rows, SECRET)
        self.rows[load.number] = rows
        return load.number

    def verify(self, altered: dict[int, list[Row]] | None = None) -> Proof:
        now = self.rows | (altered or {})
        return verify(self.store, lambda load: Delivered(False, now[load.id]) if altered else Delivered(True), SECRET)

    def change(self, table: Table, load: int, **values: object) -> Proof:
        """The proof after a change in the database."""
        with self.store.writing() as connection:
            key = table.c.id if table is tables.load else table.c.load
            connection.execute(update(table).where(key == load).values(**values))
        return self.verify()


def rows_of(number: int, start: int = 0) -> list[Row]:
    return [(2 * n + 2, f"row {start + n}".encode()) for n in range(number)]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    made = Book(f"sqlite:///{tmp_path_factory.mktemp('chain') / 'x.db'}")
    for n in range(3):
        made.take(rows_of(6, 10 * n))
    yield made
    made.store.close()


@pytest.fixture
def fresh(database_url: str) -> Iterator[Book]:
    made = Book(database_url)
    for n in range(3):
        made.take(rows_of(6, 10 * n))
    yield made
    made.store.close()


def broken(proof: Proof) -> list[tuple[str, int, int | None]]:
    return [(found.what, found.load, found.row) for found in proof.breaks]


# --- links ---------------------------------------------------------------------------------------


def test_links_are_what_the_definition_says() -> None:
    key, rows = key_of(SECRET), rows_of(4)
    numbers, links = chain(rows, key, NOTHING)
    last = first_link(key, NOTHING)
    for n, (number, row) in enumerate(rows):
        last = blake2b(last + row, key=key, digest_size=16).digest()
        assert (numbers[n], links[16 * n : 16 * n + 16]) == (number, last)
        assert row not in links


@given(st.lists(st.integers(1, 2**40), unique=True).map(sorted), st.integers(0, 3))
def test_a_segment_is_read_as_it_was_written(numbers: list[int], days: int) -> None:
    kept, links = tuple(bytes([n]) * 32 for n in range(days)), bytes(16 * len(numbers))
    made = Segment(kept, b"\7" * 32, np.array(numbers, np.int64), links)
    read = Segment.from_bytes(made.to_bytes())
    assert (read.days, read.colours, read.rows.tolist(), read.links) == (kept, made.colours, numbers, links)


def test_another_secret_makes_another_chain(book: Book) -> None:
    proof = verify(book.store, lambda load: Delivered(True), "f" * 16)
    assert {found.what for found in proof.breaks} == {"segment"}
    assert proof.heads == 0


def test_the_link_of_a_row_can_be_shown(book: Book) -> None:
    _, links = chain(book.rows[2], key_of(SECRET), next(book.store.chain(1)).before)
    assert [link_of(book.store, 2, number) for number, _ in book.rows[2]] == [
        links[at : at + 16].hex() for at in range(0, len(links), 16)
    ]
    assert link_of(book.store, 2, 3) is None
    assert link_of(book.store, 9, 2) is None


# --- rows ----------------------------------------------------------------------------------------


def test_what_nobody_touched_stands(book: Book) -> None:
    proof = book.verify()
    assert (proof.rows, proof.heads, proof.breaks, proof.gone) == (18, 3, [], [])
    assert len(proof.head) == 64


@given(st.data())
def test_an_altered_row_is_named(book: Book, data: st.DataObject) -> None:
    load, at = data.draw(st.sampled_from(sorted(book.rows))), data.draw(st.integers(0, 5))
    rows = list(book.rows[load])
    number, text = rows[at]
    place = data.draw(st.integers(0, len(text) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != text[place]))
    rows[at] = (number, text[:place] + bytes([byte]) + text[place + 1 :])
    same = {other for other in book.rows if other != load}
    proof = verify(book.store, lambda each: Delivered(each.id in same, rows if each.id == load else []), SECRET)
    assert broken(proof) == [("altered", load, number)]
    assert (proof.rows, proof.heads) == (12, 2)


@given(st.data())
def test_a_missing_row_is_named(book: Book, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, 5))
    rows = book.rows[2]
    left = [(number - 1 if n > at else number, row) for n, (number, row) in enumerate(rows) if n != at]
    assert broken(only(book, 2, left)) == [("missing", 2, rows[at][0])]


@given(st.integers(0, 6), st.binary(min_size=1), st.integers(1, 3))
def test_added_rows_are_named(book: Book, at: int, row: bytes, times: int) -> None:
    rows = list(book.rows[2])
    number = rows[at][0] if at < len(rows) else rows[-1][0] + 1
    more = [*rows[:at], *[(number + n, row) for n in range(times)], *[(n + times, r) for n, r in rows[at:]]]
    assert broken(only(book, 2, more)) == [("added", 2, number)]


@given(st.integers(0, 4))
def test_swapped_rows_are_named(book: Book, at: int) -> None:
    rows = list(book.rows[2])
    (first, a), (second, b) = rows[at : at + 2]
    rows[at : at + 2] = [(first, b), (second, a)]
    assert broken(only(book, 2, rows)) == [("swapped", 2, first)]


def test_rows_that_only_moved_and_files_that_differ_elsewhere(book: Book) -> None:
    moved = [(number + 1 if n > 2 else number, row) for n, (number, row) in enumerate(book.rows[2])]
    assert broken(only(book, 2, moved)) == [("moved", 2, 8)]
    assert broken(only(book, 2, book.rows[2])) == [("file", 2, None)]


@given(st.permutations(range(6)).filter(lambda order: order != list(range(6))))
def test_any_other_order_breaks_at_its_first_difference(book: Book, order: list[int]) -> None:
    rows = book.rows[2]
    shuffled = [(rows[n][0], rows[place][1]) for n, place in enumerate(order)]
    (found,) = only(book, 2, shuffled).breaks
    assert found.row == rows[next(n for n, place in enumerate(order) if n != place)][0]


def only(book: Book, load: int, rows: list[Row]) -> Proof:
    return verify(book.store, lambda each: Delivered(each.id != load, rows), SECRET)


# --- the store ----------------------------------------------------------------------------------


def test_an_altered_ticket_is_named_by_its_day(fresh: Book) -> None:
    (row, _) = fresh.store.coded(2)
    body = bytearray(row.tickets)
    body[len(body) // 2] ^= 1
    table = tables.code_day
    with fresh.store.writing() as connection:
        connection.execute(update(table).where(table.c.load == 2, table.c.day == row.day).values(tickets=bytes(body)))
    proof = fresh.verify()
    assert [(found.what, found.load, found.day) for found in proof.breaks] == [("day", 2, DAY)]
    assert (proof.heads, proof.rows) == (2, 12)


@pytest.mark.parametrize("change", [{"words": {"system": ["省"]}}, {"notes": {"x": 1}}, {"geography": 7}])
def test_other_parts_of_a_day_are_covered(fresh: Book, change: dict[str, object]) -> None:
    assert [found.what for found in fresh.change(tables.code_day, 3, **change).breaks] == ["day"]


def test_a_day_taken_away_is_noticed(fresh: Book) -> None:
    table = tables.code_day
    with fresh.store.writing() as connection:
        connection.execute(delete(table).where(table.c.load == 3, table.c.day == DAY))
    assert broken(fresh.verify()) == [("days", 3, None)]


@pytest.mark.parametrize("count", COLOURED)
@pytest.mark.parametrize(
    "change", [{"body": pack(np.zeros(4, np.int32))}, {"geography": 7}, {"count": "code.城.yellow"}]
)
def test_altered_numbers_of_people_by_colour_are_noticed(fresh: Book, count: str, change: dict[str, object]) -> None:
    table = tables.slab
    with fresh.store.writing() as connection:
        connection.execute(
            update(table).where(table.c.load == 2, table.c.day == DAY, table.c.count == count).values(change)
        )
    assert broken(fresh.verify()) == [("colours", 2, None)]


def test_numbers_taken_away_or_added_are_noticed(fresh: Book) -> None:
    table = tables.slab
    with fresh.store.writing() as connection:
        connection.execute(delete(table).where(table.c.load == 1, table.c.count == "code_red"))
        more = {"count": "code_green", "day": DAY, "source": "b", "load": 3, "geography": 1, "body": b""}
        connection.execute(insert(table), [more])
    assert broken(fresh.verify()) == [("colours", 1, None), ("colours", 3, None)]


def other_load(store: Store, kind: str, source: str) -> int:
    with store.loading(source=source, kind=kind, file="o.csv", sha256="2" * 64) as load:
        return load.number


@pytest.mark.parametrize("source", ["a", "zones"])
def test_a_day_under_a_load_that_is_no_ledger_is_noticed(fresh: Book, source: str) -> None:
    number = other_load(fresh.store, "zones", "zones")
    (row, _) = fresh.store.coded(3)
    with fresh.store.writing() as connection:
        connection.execute(insert(tables.code_day), [dict(row._mapping) | {"load": number, "source": source}])
    (found,) = fresh.verify().breaks
    assert (found.what, found.load, found.day, found.file) == ("stray", number, DAY, "o.csv")


@pytest.mark.parametrize(("kind", "source", "stray"), [
    ("zones", "a", True), ("zones", "zones", True), ("code_status", "a", True), ("code_status", "status", False),
])  # fmt: skip
def test_colours_under_another_load_are_noticed_unless_it_tells_them(
    fresh: Book, kind: str, source: str, stray: bool
) -> None:
    number = other_load(fresh.store, kind, "status" if kind == "code_status" else "zones")
    values = {"count": "code_red", "day": DAY, "source": source, "load": number, "geography": 1, "body": b""}
    with fresh.store.writing() as connection:
        connection.execute(insert(tables.slab), [values])
    assert broken(fresh.verify()) == ([("stray", number, None)] if stray else [])


def test_another_moment_of_knowing_is_noticed(fresh: Book) -> None:
    assert broken(fresh.change(tables.load, 2, known=dt.datetime(2020, 1, 1))) == [("segment", 2, None)]


def test_an_altered_head_is_named(fresh: Book) -> None:
    assert broken(fresh.change(tables.chain, 2, head="f" * 64)) == [("segment", 2, None)]


def test_an_altered_body_or_file_name_or_fingerprint_is_named(fresh: Book) -> None:
    body = bytearray(next(iter(fresh.store.chain(1))).body)
    body[-1] ^= 1
    assert broken(fresh.change(tables.chain, 2, body=bytes(body))) == [("segment", 2, None)]
    assert ("segment", 3, None) in broken(fresh.change(tables.load, 3, sha256="1" * 64))


def test_a_segment_taken_out_is_noticed_twice(fresh: Book) -> None:
    with fresh.store.writing() as connection:
        connection.execute(delete(tables.chain).where(tables.chain.c.load == 2))
    assert broken(fresh.verify()) == [("order", 3, None), ("unchained", 2, None)]


def test_a_failed_load_leaves_no_link(fresh: Book) -> None:
    head = fresh.verify().head

    def fail() -> None:
        with fresh.store.loading(source="a", kind="assignments", file="x", sha256="") as load:
            close_segment(load, "x", "", rows_of(3), SECRET)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert fresh.verify().head == head
    fresh.take(rows_of(2))
    assert fresh.verify().heads == 4


def test_breaks_are_told_in_both_languages() -> None:
    for what in SAID:
        found = Break(what, 3, "赋码", "a.csv", 7, DAY)
        assert "第 3 批" in found.say("zh")
        assert found.say("en").startswith("load 3")
        assert "{" not in found.say("zh") + found.say("en")


# --- files ---------------------------------------------------------------------------------------

HEADING = "日期,码系统,假名,码色,赋码日期,转码日期,依据"
COLOURS = ("绿码", "红码", "黄码")


def line(n: int) -> str:
    cleared = "2022-05-30" if n % 7 == 0 else ""
    return f"2022-06-01,city,P{n:04},{COLOURS[n * 5 % 3]},2022-05-2{n % 9},{cleared}," + (
        "病例甲" if n % 5 else '"x,y"'
    )


LINES = [HEADING, *(line(n) for n in range(30))]
CHAINED = [n + 2 for n in range(30) if COLOURS[n * 5 % 3] != "绿码" or n % 7 == 0]


def ledger(path: Path, encoding: str) -> Source:
    path.write_bytes(("\n".join(LINES) + "\n").encode(encoding))
    return Source(name="a", kind="assignments", path=path.name, encoding=None if encoding == "utf-8" else encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_chained_are_the_rows_that_are_not_green_and_the_changes(tmp_path: Path, encoding: str) -> None:
    source = ledger(tmp_path / "a.csv", encoding)
    found = list(chained_rows(tmp_path / "a.csv", source))
    assert [number for number, _ in found] == CHAINED
    assert all(row.count(b"\x1f") == 6 for _, row in found)


def test_other_formats_and_words_are_chained_alike(tmp_path: Path) -> None:
    columns = dict(zip(HEADING.split(","), zip(*(line(n).split(",", 6) for n in range(30)), strict=True), strict=True))
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    source = Source(name="a", kind="assignments", path="a")
    assert [number for number, _ in chained_rows(tmp_path / "a.parquet", source)] == CHAINED
    renamed = pa.table({"色": ["G", "R", "G"], "改": [None, None, "2022-06-01"], "假名": ["a", "b", "c"]})
    pq.write_table(renamed, tmp_path / "b.parquet")
    own = source.model_copy(
        update={"columns": {"status": "色", "cleared": "改"}, "values": {"status": {"G": "绿码", "R": "红码"}}}
    )
    assert [number for number, _ in chained_rows(tmp_path / "b.parquet", own)] == [3, 4]


def test_cells_with_separators_in_them_stay_apart(tmp_path: Path) -> None:
    rows = [(b"a\x1fb", b"c"), (b"a", b"b\x1fc"), (b"a\x1e1b", b"c"), (b"a\x1e", b"1b\x1fc")]
    found = set()
    for n, (x, y) in enumerate(rows):
        (tmp_path / f"{n}.csv").write_bytes(b"x,status,y\n" + x + b",red," + y + b"\n")
        source = Source(name="a", kind="assignments", path="x")
        found |= {row for _, row in chained_rows(tmp_path / f"{n}.csv", source)}
    assert len(found) == len(rows)


@pytest.fixture(scope="module", params=["utf-8", "gb18030"])
def filed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Store, City, Path]]:
    """A store that chained one CSV file."""
    folder = tmp_path_factory.mktemp("filed")
    path = folder / "a.csv"
    source = ledger(path, request.param)
    city = City(code="1", name="x", levels=[], sources=[source])
    store = Store.create(f"sqlite:///{folder / 'x.db'}")
    sha256 = chained_sha(path)
    with store.loading(source="a", kind="assignments", file="a.csv", sha256=sha256) as load:
        close_segment(load, "a.csv", sha256, chained_rows(path, source), SECRET)
        load.close(notes={"path": str(path)})
    yield store, city, path
    store.close()


def chained_sha(path: Path) -> str:
    from data.deliveries import sha256_of

    return sha256_of(path)


def proof_of(filed: tuple[Store, City, Path], raw: bytes) -> Proof:
    store, city, path = filed
    was = path.read_bytes()
    path.write_bytes(raw)
    try:
        return verify(store, delivered(store, city), SECRET)
    finally:
        path.write_bytes(was)


@given(st.data())
def test_any_byte_of_any_chained_row_of_a_file_is_named(filed: tuple[Store, City, Path], data: st.DataObject) -> None:
    raw = filed[2].read_bytes()
    starts = [0, *(at + 1 for at, byte in enumerate(raw) if byte == 10)]
    row = data.draw(st.sampled_from(CHAINED))
    at = data.draw(st.integers(starts[row - 1], starts[row] - 2))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != raw[at]))
    assert broken(proof_of(filed, raw[:at] + bytes([byte]) + raw[at + 1 :])) == [("altered", 1, row)]


@given(st.sampled_from(CHAINED))
def test_a_line_cut_out_of_a_file_is_named(filed: tuple[Store, City, Path], row: int) -> None:
    lines = filed[2].read_bytes().splitlines(keepends=True)
    assert broken(proof_of(filed, b"".join(lines[: row - 1] + lines[row:]))) == [("missing", 1, row)]


@given(st.sampled_from([n for n in range(2, 32) if n not in CHAINED]))
def test_what_happens_to_green_rows_is_told_as_that(filed: tuple[Store, City, Path], row: int) -> None:
    lines = filed[2].read_bytes().splitlines(keepends=True)
    later = [number for number in CHAINED if number > row]
    expected = ("moved", 1, later[0]) if later else ("file", 1, None)
    assert broken(proof_of(filed, b"".join(lines[: row - 1] + lines[row:]))) == [expected]
    lines[row - 1] = lines[row - 1].replace(b"city", b"prov")
    assert broken(proof_of(filed, b"".join(lines))) == [("file", 1, None)]


def test_a_file_that_is_gone_is_said_and_breaks_nothing(filed: tuple[Store, City, Path]) -> None:
    store, city, path = filed
    moved = path.rename(path.with_name("b.csv"))
    try:
        proof = verify(store, delivered(store, city), SECRET)
    finally:
        moved.rename(path)
    assert (proof.gone, proof.breaks, proof.heads) == ([Gone(1, "a.csv", len(CHAINED), False)], [], 1)
    assert (proof.rows, proof.unread) == (0, len(CHAINED))


def test_a_source_that_is_gone_from_the_city_file_breaks_nothing(filed: tuple[Store, City, Path]) -> None:
    store, city, _ = filed
    proof = verify(store, delivered(store, city.model_copy(update={"sources": []})), SECRET)
    assert [one.load for one in proof.gone] == [1]


def test_a_later_delivery_in_the_same_place_is_no_alteration(database_url: str, tmp_path: Path) -> None:
    store, path = Store.create(database_url), tmp_path / "a.csv"
    source = ledger(path, "utf-8")
    city = City(code="1", name="x", levels=[], sources=[source])
    for n in range(2):
        path.write_text("\n".join(LINES[: 20 + n]), "utf-8")
        sha256 = chained_sha(path)
        with store.loading(source="a", kind="assignments", file="a.csv", sha256=sha256) as load:
            close_segment(load, "a.csv", sha256, chained_rows(path, source), SECRET)
            load.close(notes={"path": str(path)})
    proof = verify(store, delivered(store, city), SECRET)
    (gone,) = proof.gone
    assert (gone.load, gone.replaced, proof.breaks, proof.heads) == (1, True, [], 2)
    assert proof.rows == next(store.chain(1)).rows
    assert ("另一批" in gone.say("zh"), "another delivery" in gone.say("en")) == (True, True)
    store.close()
