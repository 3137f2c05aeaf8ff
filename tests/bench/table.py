"""What the benches share: rounds that alternate, medians, a table, a verdict."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verdict:
    """A bench's figures against their goals, and whether all are met."""

    figures: str
    goals: str
    met: bool

    def line(self, name: str) -> str:
        """The bench's last line."""
        return f"{name}: {self.figures} ({self.goals})"


def interleaved(sides: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of each side; the sides take turns, so that a busy machine hits all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            start = time.perf_counter()
            side()
            seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(every) for name, every in seconds.items()}


def show(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print a table: the first column to the left, figures to the right."""
    lines = [[str(cell) for cell in line] for line in (heads, *rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        cells = [
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(line, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())
