"""Days that a source filled with zeros because it had nothing to say: not reported, not zero."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from data.city import Source


def doubted_days(good: pd.DataFrame, source: Source, path: Path) -> set[Any]:
    """The days of ``good`` on which every count is zero and the file does not confirm it.

    ``source.doubt_unless`` is a path such as ``daily.{day}.total``: a zero found there confirms the day.
    """
    if not source.doubt_zero_days or good.empty:
        return set()
    silent = good["count"].eq(0).groupby(good["day"]).all()
    days = set(silent.index[silent])
    if source.doubt_unless is None or path.suffix.lower() != ".json":
        return days
    document = json.loads(path.read_text(source.encoding or "utf-8-sig"))
    return {day for day in days if _at(document, source.doubt_unless.format(day=f"{day:%Y-%m-%d}")) != 0}


def _at(document: Any, path: str) -> Any:
    """The value at a dotted path; None where the path leads nowhere."""
    for step in path.split("."):
        document = document.get(step) if isinstance(document, dict) else None
    return document
