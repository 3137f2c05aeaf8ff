"""The footer of a Parquet file: read once, however many pieces a file is read in.

It grows with the file, so that a file whose pieces each read it would cost with the square of its rows.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from pyarrow import parquet


def footer(path: Path) -> Any:
    """The footer (pyarrow.parquet.FileMetaData) of the file that lies there now. OSError, ArrowException."""
    now = path.stat()
    return _read(path, now.st_mtime_ns, now.st_size)


@lru_cache(8)
def _read(path: Path, _changed: int, _size: int) -> Any:
    return parquet.read_metadata(path)
