"""Large files in blocks: the same cells and the same row numbers as the file read whole."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.city import Source
from data.errors import UnreadableFile, WrongEncoding
from data.formats import stream as streams
from data.formats.stream import names, stream, text
from data.read import read_frame

CELLS = st.text(
    st.characters(codec="gb18030", exclude_characters="\x00\r\n\ufeff", exclude_categories=["Cs"]), max_size=6
)


def told(path: Path, format_: str, encoding: str | None = None) -> list[tuple[int, tuple[str | None, ...]]]:
    found: list[tuple[int, tuple[str | None, ...]]] = []
    for block in stream(path, format_, encoding):
        cells = zip(*(text(column).to_pylist() for column in block.columns.values()), strict=True)
        found += zip(block.rows.tolist(), cells, strict=True)
    return found


def whole(path: Path, encoding: str | None) -> list[tuple[int, tuple[str | None, ...]]]:
    """The same by the reader of whole files, which also drops blanks around cells and lines without any."""
    frame = read_frame(path, Source(name="a", kind="cases", path="x", encoding=encoding))
    return [
        (row, tuple(cells))
        for row, *cells in zip(frame.rows.tolist(), *(frame.table[c] for c in frame.table), strict=True)
    ]


@given(st.lists(st.tuples(CELLS, CELLS), min_size=1), st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-8-sig"]))
def test_cells_and_numbers_are_those_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], encoding: str
) -> None:
    path = tmp_path_factory.mktemp("s") / "a.csv"
    quoted = [["甲", "乙"], *rows]
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in quoted) + "\n"
    path.write_bytes(text.encode(encoding))
    bare = [
        (number, tuple(cell.strip(" \t\v\f\u00a0\u3000\u200b") if cell else None for cell in cells))
        for number, cells in told(path, "csv", encoding)
    ]
    kept = [(number, tuple(cell or None for cell in cells)) for number, cells in bare]
    assert [row for row in kept if any(row[1])] == [row for row in whole(path, encoding) if any(row[1])]


def test_broken_lines_and_blank_ones_keep_their_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n甲;乙\n1;2\n3\n\n4;5;6\n7;8\n", "utf-8")
    for size in (1 << 22, 16):
        monkeypatch.setattr(streams, "CSV_BLOCK", size)
        assert [row for row in told(path, "csv") if any(row[1])] == [(3, ("1", "2")), (7, ("7", "8"))]
        lines = [line for block in stream(path, "csv") for line in block.broken]
        assert lines == [(4, "3"), (6, "4;5;6")]


def test_blocks_follow_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("甲,乙\n" + "".join(f"{n},值{n}\n" for n in range(1000)), "utf-8")
    monkeypatch.setattr(streams, "CSV_BLOCK", 512)
    assert told(path, "csv") == [(n + 2, (str(n), f"值{n}")) for n in range(1000)]
    only = [block.columns for block in stream(path, "csv", None, {"乙"})]
    assert {name for columns in only for name in columns} == {"乙"}


def test_parquet_is_text_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "ROWS", 2)
    path = tmp_path / "a.parquet"
    table = pa.table(
        {
            "n": [1, None, 3],
            "词": pa.array(["甲", "乙", None]).dictionary_encode(),
            "d": pa.array([0, 1, 2], pa.date32()),
        }
    )
    pq.write_table(table, path)
    assert told(path, "parquet") == [
        (2, ("1", "甲", "1970-01-01")), (3, (None, "乙", "1970-01-02")), (4, ("3", None, "1970-01-03")),
    ]  # fmt: skip
    assert names(path, "parquet") == ["n", "词", "d"]
    pq.write_table(table.append_column("l", pa.array([[1], [], None])).append_column("b", pa.array([b"x"] * 3)), path)
    assert {name for block in stream(path, "parquet") for name in block.columns} == {"n", "词", "d"}


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("甲,乙\n一,二\n".encode("gb18030"))
    assert names(path, "csv") == ["甲", "乙"]
    with pytest.raises(WrongEncoding):
        told(path, "csv", "utf-8")
    path.write_bytes(b"PAR1 and no more")
    with pytest.raises(UnreadableFile):
        told(path, "parquet")
