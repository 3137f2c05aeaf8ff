"""A night's work for the benches: a city of 48 thousand cells, its ledgers of any size, and the whole build of them.

A night brings two files of each kind: yesterday once more, late and corrected rows included (a tenth of the rows), and
today. Points are tests, a row each with its cell; code rows are assignments as in the bench ``codes``, three systems
that know the same persons, whose tests are looked up where there are any. A build takes fingerprints, reads, places,
counts, judges, makes tickets, writes slabs and closes the chain, as ``onescreen build`` does. It is made by a process of
its own, which has built small files first, so that compiled code is loaded.

As a script this is such a process, see :func:`command` and :func:`rounds`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from sqlalchemy import select

from data import tables
from data.city import read_city
from data.store import Store, sqlite_url
from grid.arrays import Cells
from grid.build import build
from grid.cluster import COUNTING, counting_on
from grid.geography import load_geography
from tests.bench import codes

DAY = codes.DAY
YESTERDAY = DAY - dt.timedelta(days=1)
SECRET = "0123456789abcdef"
GROUP = 1 << 20
#: Of a night's rows those of the day before, told once more.
AGAIN = 0.1
#: Rows of the files that only load compiled code.
WARM = 2_001
#: The city: 59 by 67 km, 16 districts of 12 streets.
WEST, EAST, SOUTH, NORTH = 113.30, 113.95, 34.45, 35.05
COLUMNS, ROWS, STREETS = 4, 4, 12

CITY = f"""
[city]
code = "{codes.CITY}00"
name = "郑州市"

[[level]]
id = "district"
codes = {{ file = "districts.csv" }}
boundaries = {{ file = "districts.geojson", code = "code", crs = "WGS-84" }}

[[level]]
id = "street"
codes = {{ file = "streets.csv" }}
boundaries = {{ file = "streets.geojson", code = "code", crs = "WGS-84" }}

[grid]
h3 = 9

[[system]]
id = "city"
name = "城市码"
owner = "市数据局"
assigners = ["市指挥部"]
correctors = ["市数据局"]
primary = true

[[system]]
id = "province"
name = "省码"
owner = "省数据局"
level = "province"
correctors = ["{{district}}指挥部"]

[[system]]
id = "travel"
name = "行程卡"
owner = "国家中心"
level = "national"

[[source]]
name = "points"
kind = "tests"
path = "in/points-*.parquet"
received = "points-%Y%m%d%H"
guard = {{ hold = [] }}

[[source]]
name = "codes"
kind = "assignments"
path = "in/codes-*.parquet"
received = "codes-%Y%m%d%H"
guard = {{ hold = [] }}
"""


# --- the city -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Home:
    """A folder with a city, its store and its files."""

    folder: Path

    @property
    def city(self) -> Path:
        """The city file."""
        return self.folder / "city.toml"

    @property
    def url(self) -> str:
        """The store."""
        return sqlite_url(self.folder / "store.db")

    def copy(self, to: Path) -> Home:
        """The same elsewhere."""
        shutil.copytree(self.folder, to)
        return Home(to)


def found(folder: Path) -> Home:
    """A new city, its geography in its store."""
    home = Home(folder)
    (folder / "in").mkdir(parents=True)
    home.city.write_text(CITY, "utf-8")
    districts = dict(_boxes(f"{codes.CITY}", shapely.box(WEST, SOUTH, EAST, NORTH), COLUMNS, ROWS))
    streets = {c: s for code, shape in districts.items() for c, s in _boxes(code, shape, STREETS // 3, 3, 3)}
    for level, shapes in (("districts", districts), ("streets", streets)):
        lines = ["code,name", *(f"{code},第{code}区" for code in shapes)]
        (folder / f"{level}.csv").write_text("\n".join(lines), "utf-8")
        features = [
            {"type": "Feature", "properties": {"code": code}, "geometry": json.loads(shapely.to_geojson(shape))}
            for code, shape in shapes.items()
        ]
        (folder / f"{level}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    store = Store.create(home.url)
    load_geography(store, read_city(home.city), None)
    store.close()
    return home


def _boxes(code: str, around: Any, wide: int, high: int, digits: int = 2) -> Iterator[tuple[str, Any]]:
    west, south, east, north = around.bounds
    x, y = np.linspace(west, east, wide + 1), np.linspace(south, north, high + 1)
    for n in range(wide * high):
        i, j = n % wide, n // wide
        box = shapely.box(x[i], y[j], x[i + 1], y[j + 1])
        yield f"{code}{n + 1:0{digits}}", shapely.segmentize(box, 0.01)


def cells_of(home: Home) -> Cells:
    """The cells of the city, sorted."""
    store = Store.open(home.url)
    geography, _, _ = load_geography(store, read_city(home.city), None)
    store.close()
    return geography.leaves.cells.numbers


# --- its files ----------------------------------------------------------------------------------------------------


def bring(folder: Path, kind: str, rows: int, cells: Cells) -> int:
    """A night's files of a kind, laid into a folder; their bytes."""
    again = max(1, int(rows * AGAIN))
    files = {folder / f"{kind}-{DAY:%Y%m%d}20.parquet": (again, YESTERDAY)}
    files[folder / f"{kind}-{DAY:%Y%m%d}22.parquet"] = (rows - again, DAY)
    for path, (size, day) in files.items():
        KINDS[kind](path, size, day, cells)
    return sum(path.stat().st_size for path in files)


def warm(home: Home, kind: str, cells: Cells) -> Path:
    """A small file of the day before, as it was told first, laid into the home."""
    path = home.folder / "in" / f"{kind}-{YESTERDAY:%Y%m%d}22.parquet"
    KINDS[kind](path, WARM, YESTERDAY, cells)
    return path


def points(path: Path, rows: int, day: dt.date, cells: Cells) -> None:
    """Tests of a day, of the persons who have codes: they gather in some cells. Of 1000 rows 30 are of an unknown cell
    and one is positive; of 100,000 one cannot be read."""
    rng = np.random.default_rng(rows)
    number, words = (day - dt.date(1970, 1, 1)).days, pa.array(["阴性", "阳性", "?"])
    crowd = np.cumsum(rng.gamma(0.5, 1, len(cells)))
    with pq.ParquetWriter(path, _POINT, compression="zstd") as writer:
        for start in range(0, rows, GROUP):
            n = min(GROUP, rows - start)
            at = np.minimum(np.searchsorted(crowd, rng.random(n) * crowd[-1]), len(cells) - 1)
            here, lot = np.where(rng.random(n) < 0.03, np.uint64(0), cells[at]), rng.random(n)
            result = sum((lot < share).astype(np.int32) for share in (0.001, 0.00001))
            days = pa.array(np.full(n, number, np.int32)).cast(pa.date32())
            coded = pa.DictionaryArray.from_arrays(pa.array(result), words)
            person = codes.pseudonyms(rng.integers(0, max(1, rows // len(codes.SYSTEMS)), n))
            writer.write_table(pa.table([pa.array(here), days, person, coded], schema=_POINT), GROUP)


_POINT = pa.schema(
    [
        ("cell", pa.uint64()),
        ("day", pa.date32()),
        ("person", pa.string()),
        ("result", pa.dictionary(pa.int32(), pa.string())),
    ]
)


def assignments(path: Path, rows: int, day: dt.date, cells: Cells) -> None:
    """Assignments of a day, as the bench ``codes`` makes them, of persons who live in the city's cells."""
    codes.make(path, rows, day=day, city=cells, seed=rows)


KINDS: Mapping[str, Callable[[Path, int, dt.date, Cells], None]] = {"points": points, "codes": assignments}


# --- a build ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """What a build cost. ``cpu``: core-seconds of its process and of the workers; ``peak``: MB of memory of its process
    at most, ``peaks``: of the largest worker; ``kept``: bytes of slabs and code days in its store."""

    seconds: float
    cpu: float
    peak: float
    peaks: float
    kept: int


def work(home: Home, scheduler: str, workers: Sequence[int] = ()) -> Figures:
    """Builds what lies in the home, on a cluster whose workers are these processes of this machine."""
    store, processes = Store.open(home.url), [os.getpid(), *workers]
    for pid in processes:
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak is taken anew: proc(5)
    start, used = time.perf_counter(), _cpu(workers)
    with counting_on(scheduler, home.folder / COUNTING):
        built = build(store, read_city(home.city), SECRET)
    seconds, cpu = time.perf_counter() - start, _cpu(workers) - used
    store.close()
    wrong = [outcome.error for outcome in built.outcomes if outcome.error is not None]
    if wrong:
        raise wrong[0]
    own, *peaks = map(_peak, processes)
    return Figures(seconds, cpu, own, max(peaks, default=0.0), stored(home))


def _cpu(workers: Sequence[int]) -> float:
    """Core-seconds of this process and of others (proc(5): utime and stime)."""
    ticks = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in workers]
    return time.process_time() + sum(int(tick) for each in ticks for tick in each) / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def command(home: Home, scheduler: str = "", files: Path | None = None) -> list[str]:
    """The words that build a home in a process of its own; with ``files``, what lies there first and then these."""
    return [*_SELF, "build", str(home.folder), scheduler, str(files or "")]


def rounds(home: Home, files: Path, times: int, scheduler: str = "", workers: Sequence[int] = ()) -> list[Figures]:
    """Builds of a night's files, which lie in ``files``, each on a copy of the home in which its own small files were
    built first; all in one process of their own."""
    words = [*_SELF, "rounds", str(home.folder), scheduler, str(files), str(times), *map(str, workers)]
    told = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [Figures(**json.loads(line)) for line in told.splitlines()]


_SELF = (sys.executable, "-m", "tests.bench.nightly")


def _build(folder: str, scheduler: str, files: str) -> None:
    _tell(_after_first(Home(Path(folder)), files, scheduler, ()))


def _rounds(folder: str, scheduler: str, files: str, times: str, *workers: str) -> None:
    for _ in range(int(times)):
        own = Home(Path(folder)).copy(Path(files).parent / "home")
        try:
            _tell(_after_first(own, files, scheduler, [*map(int, workers)]))
        finally:
            shutil.rmtree(own.folder)


def _after_first(home: Home, files: str, scheduler: str, workers: Sequence[int]) -> Figures:
    if files:
        work(home, scheduler)
        lay(home, Path(files))
    return work(home, scheduler, workers)


def _tell(figures: Figures) -> None:
    print(json.dumps(asdict(figures)), flush=True)


def lay(home: Home, files: Path) -> None:
    """Files of a night into a home, without a copy."""
    for file in sorted(files.iterdir()):
        os.link(file, home.folder / "in" / file.name)


# --- what came of it ----------------------------------------------------------------------------------------------


def kept(home: Home) -> dict[str, str]:
    """Table -> digest of every row that builds have left there, as it is stored."""
    store = Store.open(home.url)
    digests = {}
    with store.engine.connect() as connection:
        for table in (tables.slab, tables.code_day, tables.reject, tables.unplaced, tables.chain, tables.load):
            told = [column for column in table.c if column not in _OWN]
            lines = sorted(repr(tuple(row)) for row in connection.execute(select(*told)))
            digests[table.name] = f"{len(lines)} {hashlib.sha256(chr(10).join(lines).encode()).hexdigest()[:16]}"
    store.close()
    return digests


#: Columns that differ from store to store: the moment of a load on this machine's clock, and the path in its notes.
_OWN = frozenset({tables.load.c.loaded, tables.load.c.notes})


def stored(home: Home) -> int:
    """Bytes of the slabs and code days in a store."""
    store = Store.open(home.url)
    day = tables.code_day.c
    with store.engine.connect() as connection:
        sizes = [len(body) for (body,) in connection.execute(select(tables.slab.c.body))]
        every = connection.execute(select(day.groups, day.combinations, day.tickets))
        sizes += [len(body) for row in every for body in row]
    store.close()
    return sum(sizes)


if __name__ == "__main__":
    does: dict[str, Callable[..., object]] = {"build": _build, "rounds": _rounds}
    does[sys.argv[1]](*sys.argv[2:])
