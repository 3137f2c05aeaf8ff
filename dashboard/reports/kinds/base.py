"""What a kind of report is: its heading, its sections and the days it speaks of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.reports.context import Context, Maker


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of report. ``title`` makes its heading; ``file`` is the first word of its files' names."""

    id: str
    zh: str
    en: str
    file: str
    title: Callable[[Context], str]
    sections: tuple[Maker, ...]
