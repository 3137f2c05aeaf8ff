"""Parquet: typed columns -> text columns."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from pyarrow import parquet

from data.errors import FileTooLarge
from data.formats.base import Sheet, check_cells, check_size, headings, parsing, unreadable

FORMAT = "Parquet"

#: Characters of all text together: values are stored once and repeated by number, so that a small
#: file can hold more text than any memory.
MAX_TEXT = 2_000_000_000

_MAGIC = b"PAR1"


def read_columnar(path: Path, limit: int) -> Sheet:
    """The table of a Parquet file; rows are numbered as if a heading stood in row 1.

    A GeoParquet's primary geometry (WKB) becomes ``geometry``. Raises UnreadableFile, FileTooLarge.
    """
    check_size(path, FORMAT, limit)
    with parsing(path, FORMAT), path.open("rb") as stream:
        if stream.read(4) != _MAGIC:
            raise unreadable(path, FORMAT, "内容不是 Parquet", "its content is no Parquet")
    with parsing(path, FORMAT), parquet.ParquetFile(path) as file:
        metadata, schema = file.metadata, file.schema_arrow
        check_cells(path, metadata.num_rows, len(schema.names))
        geometry = _geometry_column(schema)
    texts = [each.name for each in schema if _is_text(each.type)]
    names = headings(path, FORMAT, schema.names)
    with parsing(path, FORMAT), parquet.ParquetFile(path, read_dictionary=texts) as file:
        table = file.read().rename_columns(names)
        table.validate(full=True)  # text that is no UTF-8 would fail anywhere later
    columns = {name: _text(path, name, table.column(name)) for name in names if name != geometry}
    shapes = None if geometry is None else _shapes(path, table.column(geometry))
    return Sheet(columns, np.arange(2, table.num_rows + 2, dtype=np.int64), geometry=shapes)


def _is_text(type_: Any) -> bool:
    return bool(pa.types.is_string(type_) or pa.types.is_large_string(type_))


def _geometry_column(schema: Any) -> str | None:
    """The primary geometry that the "geo" metadata names (GeoParquet 1.x), if its encoding is WKB."""
    geo = json.loads((schema.metadata or {}).get(b"geo", b"{}"))
    name = geo.get("primary_column")
    if name is None:
        return None
    if name not in schema.names or geo["columns"][name].get("encoding") != "WKB":
        raise ValueError(f"geometry column {name}: only WKB is read")
    return str(name)


def _text(path: Path, name: str, column: Any) -> Any:
    """Any plain column as strings: dates ISO, numbers shortest, dictionaries by their values."""
    type_ = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_nested(type_) or pa.types.is_binary(type_) or pa.types.is_large_binary(type_):
        raise unreadable(path, FORMAT, f"列 {name} 的类型 {type_} 不能读取", f"column {name} is of type {type_}")
    with parsing(path, FORMAT):
        if pa.types.is_dictionary(column.type):
            column = column.unify_dictionaries().combine_chunks() if column.num_chunks else column
            _check_text(path, column)
        return pc.cast(column, pa.large_string())


def _check_text(path: Path, column: Any) -> None:
    for chunk in column.chunks if isinstance(column, pa.ChunkedArray) else [column]:
        if len(chunk) and len(chunk.dictionary):
            sizes = pc.binary_length(pc.cast(chunk.dictionary, pa.large_string()))
            total = pc.sum(sizes.take(chunk.indices)).as_py() or 0
            if total > MAX_TEXT:
                raise FileTooLarge(file=path.name, size=f"{total:,}", limit=f"{MAX_TEXT:,}")


def _shapes(path: Path, column: Any) -> Any:
    with parsing(path, FORMAT):
        return shapely.from_wkb(column.to_numpy().astype(object))
