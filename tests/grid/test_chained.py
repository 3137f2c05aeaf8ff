"""The rows of the chain are the same whoever picks them out of the file."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data.chain.rows import chained_rows
from data.city import Source
from grid import chained
from grid.batches import pieces
from grid.chained import partial, picked_rows
from grid.engine import Threads, using
from grid.picking import merge
from tests.grid.codes import town


def source(**more: Any) -> Source:
    """Of assignments; its colours are spelt in its own way."""
    return Source(name="a", kind="assignments", path="a", **more)


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A day of assignments in a dozen pieces, empty rows and texts with signs of their own among them."""
    monkeypatch.setattr(chained, "PIECE_ROWS", 90)
    table = town.table(town.ledger(900))
    odd = pa.table({"status": ["red", None, "red", "green"], "evidence": ["a\x1fb", None, "\x1e", "c"]})
    pq.write_table(pa.concat_tables([table, odd], promote_options="permissive"), tmp_path / "a.parquet", 90)
    return tmp_path / "a.parquet"


@pytest.mark.parametrize("threads", [1, 3])
def test_pieces_give_what_the_file_gives(ledger: Path, threads: int) -> None:
    with using(Threads(threads)):
        found = list(picked_rows(ledger, source()))
    assert found == list(chained_rows(ledger, source()))
    assert len(pieces(ledger, 90)) > 10
    assert len(found) > 100
    assert [row for number, row in found if b"\x1e" in row] != []


def test_parts_travel_and_come_in_any_order(ledger: Path) -> None:
    plan = source().model_dump_json()
    parts = [pickle.loads(pickle.dumps(partial([piece], plan))) for piece in pieces(ledger, 90)]  # noqa: S301
    whole, turned = merge(parts), merge(parts[::-1])
    assert whole.rows == turned.rows == len(list(chained_rows(ledger, source())))
    assert sorted(whole.parts) == sorted(turned.parts)


def test_a_file_of_another_format_is_read_as_it_lies(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("status,evidence\nred,a\ngreen,b\nyellow,c\n", "utf-8")
    assert [number for number, _ in picked_rows(tmp_path / "a.parquet", source(format="csv"))] == [2, 4]


def test_the_source_travels_with_all_it_says(ledger: Path) -> None:
    told = source(columns={"status": "status"}, values={"status": {"red": "绿码"}}, constants={"system": "city"})
    assert Source.model_validate_json(told.model_dump_json()) == told
    assert list(picked_rows(ledger, told)) == list(chained_rows(ledger, told))
    assert len(list(picked_rows(ledger, told))) < len(list(picked_rows(ledger, source())))
