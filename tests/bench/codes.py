"""25 million code assignments of one day, evaluated and counted, against DuckDB's plain GROUP BY of the same file.

Three systems that know the same 8.3 million persons; 1 to 3 of 100 codes are not green. The files are written as the
demo's ledgers are: words, hexadecimal cells and pseudonyms of sixteen digits as text. One is a usual day; one the day on
which a district was turned yellow by a blanket order; one has its cells as numbers. DuckDB counts by cell, system and
status; ours gives clocks, owners, flags, the combinations of every person's systems, and tickets. Each round of each
side is a fresh process. Timed: from the file to the result in memory, after the imports and, ours, after the kernels
have been loaded on a file of two thousand rows; the whole process is printed beside it. Peak memory is the whole
process's.
"""

from __future__ import annotations

import datetime as dt
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from data.city import System
from data.rules import rulebook
from grid.areas import Area, plant
from grid.arrays import Cells, Ints
from grid.codes import Context, Form, stream_day
from grid.geography import Geography
from grid.leaves import Cells as UnitGrid
from grid.leaves import lay
from tests.bench.table import Verdict, show

ROWS, GROUP, ROUNDS = 25_000_000, 1 << 20, 5
GOAL_RATIO, GOAL_MB = 3.0, 3_000
#: Rings around the city's centre: 44,287 cells of resolution 9.
RINGS = 121
DISTRICTS = 16
DAY = dt.date(2021, 8, 20)
CITY = "4101"
SYSTEMS = (
    System(id="city", name="城市码", owner="市数据局", assigners=["市指挥部"], correctors=["市数据局"], primary=True),
    System(id="province", name="省码", owner="省数据局", level="province", correctors=["{district}指挥部"]),
    System(id="travel", name="行程卡", owner="国家中心", level="national"),
)
FORM = Form(
    {
        **{
            name: name for name in ("cell", "day", "person", "system", "status", "since", "cleared", "identity", "rule")
        },
        **{
            name: name for name in ("evidence", "evidence_day", "authority", "operator", "batch", "registered", "group")
        },
        **{name: name for name in ("harm", "deadline", "contact")},
    }
)


# --- the city --------------------------------------------------------------------------------------------------


def cells() -> Cells:
    """The city's cells, sorted."""
    return np.array(sorted(h3.grid_disk(h3.latlng_to_cell(34.75, 113.65, 9), RINGS)), dtype=np.uint64)


def district_of(city: Cells) -> Ints:
    """Place of each cell's district: stripes of neighbouring numbers."""
    return np.arange(len(city)) * DISTRICTS // len(city)


def geography() -> Geography:
    """City, districts and cells."""
    city = cells()
    areas = plant(
        [Area(CITY, "郑州市", "", "city", None)]
        + [Area(f"{CITY}{n:02d}", f"第{n}区", "", "district", CITY) for n in range(1, DISTRICTS + 1)],
        "bench",
    )
    rows = (district_of(city) + 1).astype(np.int32)
    pairs = (rows, np.arange(len(city), dtype=np.int32), np.ones(len(city), np.int64))
    tree, leaves = lay(areas, pairs, UnitGrid([f"{cell:015x}" for cell in city.tolist()], 9))
    return Geography(1, tree, leaves)


def context() -> Context:
    """What the evaluation knows besides the file."""
    return Context("ledger", geography(), SYSTEMS, "郑州市", rulebook(), "bench")


# --- the file --------------------------------------------------------------------------------------------------

_TEXT = pa.dictionary(pa.int32(), pa.string())
_SCHEMA = pa.schema(
    [
        ("cell", pa.string()), ("day", pa.date32()), ("person", pa.string()), ("system", _TEXT), ("status", _TEXT),
        ("since", pa.date32()), ("cleared", pa.date32()), ("identity", _TEXT), ("rule", _TEXT),
        ("evidence", pa.string()), ("evidence_day", pa.date32()), ("authority", _TEXT), ("operator", _TEXT),
        ("batch", _TEXT), ("registered", _TEXT), ("group", _TEXT), ("harm", _TEXT), ("deadline", pa.date32()),
        ("contact", pa.date32()),
    ]
)  # fmt: skip
_HEX = np.frombuffer(b"0123456789abcdef", np.uint8)


def make(
    path: Path, rows: int, blanket: bool = False, numbers: bool = False, *, day: dt.date = DAY,
    city: Cells | None = None, seed: int = 0,
) -> None:  # fmt: skip
    """A seeded day: one system's ledger after the other, each in an order of its own.

    ``blanket``: one district was turned yellow in the first; ``numbers``: cells are 64-bit numbers, not text;
    ``city``: its cells, if not those of this bench.
    """
    rng, today = np.random.default_rng(seed), (day - dt.date(1970, 1, 1)).days
    city, people = cells() if city is None else city, -(-rows // len(SYSTEMS))
    names = pa.array(city if numbers else [f"{cell:015x}" for cell in city.tolist()])
    schema = _SCHEMA.set(0, pa.field("cell", names.type))
    crowd = np.cumsum(rng.gamma(0.5, 1, len(city)))
    home = np.minimum(np.searchsorted(crowd, rng.random(people) * crowd[-1]), len(city) - 1)
    colour = (rng.random(people) > 0.98).astype(np.int8) + (rng.random(people) > 0.995)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for place, system in enumerate(SYSTEMS):
            shown = np.where(rng.random(people) > 0.997, rng.integers(0, 3, people), colour)
            if blanket and place == 0:
                shown = np.where(district_of(city)[home] == 3, np.maximum(shown, 1), shown)
            order = rng.permutation(people)
            for start in range(0, people, GROUP):
                at = order[start : start + GROUP]
                bare = (district_of(city)[home[at]] == 3) & (place == 0) if blanket else np.zeros(len(at), bool)
                where = names.take(pa.array(home[at]))
                writer.write_table(_table(at, where, shown[at], system.id, bare, rng, today).cast(schema), GROUP)


def _table(at: Ints, cell: Any, shown: Ints, system: str, bare: Any, rng: np.random.Generator, today: int) -> pa.Table:
    n, open_ = len(at), shown > 0
    since = today - np.minimum(rng.geometric(0.15, n) - 1, 60)
    # one assignment in a hundred is by somebody without the right
    ours = ["市指挥部"] * 99 + ["公安"]

    def days(values: Any, stated: Any) -> pa.Array:
        return pa.array(values.astype(np.int32), pa.int32(), mask=~(stated & open_)).cast(pa.date32())

    def words(known: list[str], share: Any = 1.0) -> pa.DictionaryArray:
        stated = open_ & (rng.random(n) < share)
        codes = pa.array(rng.integers(0, len(known), n).astype(np.int32), mask=~stated)
        return pa.DictionaryArray.from_arrays(codes, pa.array(known))

    every = np.ones(n, bool)
    status = pa.DictionaryArray.from_arrays(pa.array(shown.astype(np.int32)), pa.array(["green", "yellow", "red"]))
    return pa.table(
        [
            cell, pa.array(np.full(n, today, np.int32)).cast(pa.date32()), pseudonyms(at), status_of(system, n),
            status, days(since, every), days(since, rng.random(n) < 0), words(["密接", "次密接", "中高风险地区"], 0.9),
            words(["henan-2"], 0.2), _references(at, open_ & ~bare & (rng.random(n) < 0.995)),
            days(since - rng.integers(0, 16, n), every), words(ours), words([f"op{i}" for i in range(400)]),
            words([f"2021-{i}" for i in range(300)], np.where(bare, 0.0, 0.3)),
            words(["郑州市", "市外"], 0.8), words(["单位甲", "单位乙"], 0.05), words(["exam", "travel"], 0.02),
            days(np.full(n, today + 5), rng.random(n) < 0.02), days(since - 3, rng.random(n) < 0.7),
        ],
        names=_SCHEMA.names,
    )  # fmt: skip


def status_of(system: str, n: int) -> pa.DictionaryArray:
    """A column that says the same everywhere."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(n, np.int32)), pa.array([system]))


def pseudonyms(at: Ints) -> pa.Array:
    """Sixteen digits each, as a keyed hash writes them."""
    mixed = at.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ mixed >> np.uint64(29)) * np.uint64(0xBF58476D1CE4E5B9)
    digits = np.stack([_HEX[(mixed >> np.uint64(60 - 4 * i)) & np.uint64(15)] for i in range(16)], axis=1)
    ends = np.arange(0, 16 * len(at) + 1, 16, dtype=np.int32)
    return pa.StringArray.from_buffers(len(at), pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(digits)))


def _references(at: Ints, stated: Any) -> pa.Array:
    texts: list[str | None] = [None] * len(at)
    for place in np.flatnonzero(stated).tolist():
        texts[place] = f"流调{at[place]}"
    return pa.array(texts, pa.string())


# --- the sides -------------------------------------------------------------------------------------------------


def ours(path: Path, warm: Path) -> dict[str, float]:
    """Figures of this process's one evaluation."""
    about = context()
    stream_day([warm], FORM, about, threads=2)
    start, used = time.perf_counter(), time.process_time()
    told = stream_day([path], FORM, about, threads=2)
    seconds, cpu = time.perf_counter() - start, time.process_time() - used
    made = told.days[0]
    assert told.bad == 0
    return {"seconds": seconds, "cpu": cpu, "rows": int(made.groups["n"].sum()), "tickets": len(made.tickets)}


def duckdb(path: Path, _: Path) -> dict[str, float]:
    """The same for DuckDB."""
    import duckdb
    import pyarrow.compute as pc

    connection = duckdb.connect(config={"threads": 2})
    start, used = time.perf_counter(), time.process_time()
    groups = connection.execute(
        "SELECT cell, system, status, count(*) AS n FROM read_parquet(?) GROUP BY ALL", [str(path)]
    ).to_arrow_table()
    seconds, cpu = time.perf_counter() - start, time.process_time() - used
    return {"seconds": seconds, "cpu": cpu, "rows": int(pc.sum(groups["n"]).as_py()), "tickets": 0}


SIDES = {"ours": ours, "DuckDB GROUP BY": duckdb}


#: Name of a file -> how it is made, and whether its ratio is judged: on numbers DuckDB's GROUP BY is faster than on the
#: text that ledgers write, and ours reads the other columns all the same.
FILES: Mapping[str, tuple[Mapping[str, bool], bool]] = {
    "usual": ({}, True),
    "blanket": ({"blanket": True}, True),
    "cells as numbers": ({"numbers": True}, False),
}


def run() -> Verdict:
    """Two files are judged, one is shown."""
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder) / "warm.parquet", 2_001)
        found = {name: _compare(Path(folder), name, how) for name, (how, _) in FILES.items()}
    said = "; ".join(f"{name} {ratio:.2f}x DuckDB, {memory:,.0f} MB" for name, (ratio, memory) in found.items())
    fast = all(found[name][0] <= GOAL_RATIO for name, (_, judged) in FILES.items() if judged)
    small = all(memory <= GOAL_MB for _, memory in found.values())
    goal = f"goal: {' and '.join(n for n, (_, judged) in FILES.items() if judged)} <= {GOAL_RATIO}x, <= {GOAL_MB:,} MB"
    return Verdict(said, goal, fast and small)


def _compare(folder: Path, name: str, how: Mapping[str, Any]) -> tuple[float, float]:
    path = folder / "day.parquet"
    make(path, ROWS, **how)
    found: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
    for side in _turns():
        found[side].append(_fresh(side, path, folder / "warm.parquet"))
    median = {
        side: {key: statistics.median(r[key] for r in rounds) for key in rounds[0]} for side, rounds in found.items()
    }
    mine, theirs = median["ours"], median["DuckDB GROUP BY"]
    assert mine["rows"] == theirs["rows"]
    print(f"\n{theirs['rows']:,.0f} rows ({name}), {path.stat().st_size / 1e6:.0f} MB Parquet, {ROUNDS} rounds")
    keys = ("seconds", "cpu", "process")
    lines = [
        (side, *(f"{each[key]:.2f}" for key in keys), f"{each['peak']:.0f}", f"{each['tickets']:,.0f}")
        for side, each in median.items()
    ]
    show(("side", "s", "cpu s", "whole process s", "peak MB", "tickets"), lines)
    path.unlink()
    return mine["seconds"] / theirs["seconds"], mine["peak"]


def _turns() -> Iterator[str]:
    for _ in range(ROUNDS):
        yield from SIDES


def _fresh(side: str, path: Path, warm: Path) -> dict[str, Any]:
    """One round in a process of its own."""
    start = time.perf_counter()
    words = [sys.executable, "-m", "tests.bench.codes", side, str(path), str(warm)]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return {**json.loads(told), "process": time.perf_counter() - start}


def _round(side: str, path: str, warm: str) -> None:
    figures = SIDES[side](Path(path), Path(warm))
    print(json.dumps({**figures, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


if __name__ == "__main__":
    _round(*sys.argv[1:])
