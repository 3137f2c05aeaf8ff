"""The parts of the benches of growth and clusters: what is off a line, and that a night is built as its files say."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.store import Store
from tests.bench import nightly
from tests.bench.cluster import wait_for
from tests.bench.growth import fit, further, off
from tests.bench.nightly import DAY, YESTERDAY, Home

ROWS = 6_000
SIZES = (1_000_000, 5_000_000, 25_000_000, 100_000_000)


@given(st.floats(0, 10), st.floats(1e-8, 1e-5))
def test_a_line_is_found_again(fixed: float, each: float) -> None:
    seconds = {rows: fixed + each * rows for rows in SIZES}
    found = fit(seconds)
    assert found.each == pytest.approx(each, rel=1e-6)
    assert found.fixed == pytest.approx(fixed, abs=1e-6)
    assert off(seconds) < 1e-6
    assert list(further(seconds).values()) == pytest.approx([each] * len(SIZES), rel=1e-3)


def test_what_grows_faster_than_its_rows_is_off_the_line() -> None:
    assert off({rows: 1e-6 * rows * np.log(rows) for rows in SIZES}) > 0.1
    assert off({rows: 1 + 1e-6 * rows for rows in SIZES}) < 0.01
    assert off({1_000: 1.0}) == pytest.approx(0)


def test_a_line_does_not_start_below_nothing() -> None:
    assert fit({1_000_000: 0.5, 25_000_000: 25.0}).fixed == 0


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which a first small load and then a night of both kinds were built."""
    folder = tmp_path_factory.mktemp("night")
    home, files = nightly.found(folder / "city"), folder / "files"
    files.mkdir()
    cells = nightly.cells_of(home)
    for kind in nightly.KINDS:
        nightly.warm(home, kind, cells)
        assert nightly.bring(files, kind, ROWS, cells) == sum(f.stat().st_size for f in files.glob(f"{kind}-*"))
    first = nightly.work(home, "")
    nightly.lay(home, files)
    figures = nightly.work(home, "")
    assert figures.kept > first.kept > 0
    assert figures.cpu > 0
    return home


def _on(home: Home, kind: str, day: dt.date) -> pa.Table:
    """The newest file that is about a day."""
    files = (pq.read_table(file) for file in sorted((home.folder / "in").glob(f"{kind}-*"), reverse=True))
    return next(table for table in files if table["day"][0].as_py() == day)


@pytest.mark.parametrize("day", [YESTERDAY, DAY])
def test_the_newest_file_of_a_day_is_what_stands(built: Home, day: dt.date) -> None:
    store = Store.open(built.url)
    slabs = store.slabs(
        ["tests_taken", "code.city.green", "code.city.yellow", "code.city.red"], day, day, store.version()
    )
    sums = {slab.count: int(np.maximum(slab.vector, 0).sum()) for slab in slabs}
    points, codes = _on(built, "points", day), _on(built, "codes", day)
    bad = pc.sum(pc.equal(points["result"].cast("string"), "?")).as_py()
    assert sums["tests_taken"] == len(points) - bad
    assert sum(number for count, number in sums.items() if count.startswith("code.city")) == len(codes) // 3
    assert len(store.code_day(*_newest(store, day)).tickets) > 0
    store.close()


def _newest(store: Store, day: dt.date) -> tuple[dt.date, str, int]:
    return next(each for each in reversed(store.code_days(store.version())) if each[0] == day)


def test_what_is_kept_tells_stores_apart(built: Home, tmp_path: Path) -> None:
    twin = built.copy(tmp_path / "twin")
    assert nightly.kept(twin) == nightly.kept(built)
    assert nightly.stored(built) > 0
    with (store := Store.open(twin.url)).loading(source="points", kind="tests", file="x", sha256="0" * 64) as load:
        load.close(rows=1, taken=1)
    store.close()
    assert {name for name, digest in nightly.kept(twin).items() if digest != nightly.kept(built)[name]} == {"load"}


# --- killing in mid-build ---------------------------------------------------------------------------------------------

#: Lays one part after the other beside a plan, and goes on until it is killed.
DRIVER = """
import pathlib, sys, time
place = pathlib.Path(sys.argv[1], "counting", "a")
place.mkdir(parents=True)
for number in range(3):
    (place / f"{number}.part").touch()
time.sleep(float(sys.argv[2]))
"""


def _driver(folder: Path, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", DRIVER, str(folder), str(seconds)], text=True)


def test_a_build_is_met_while_it_counts(tmp_path: Path) -> None:
    driver = _driver(tmp_path, 60)
    assert wait_for(driver, Home(tmp_path), 3) == 3
    assert driver.poll() is None
    driver.kill()
    driver.wait()


def test_a_build_that_came_to_its_end_was_not_met(tmp_path: Path) -> None:
    driver = _driver(tmp_path, 0)
    with pytest.raises(RuntimeError, match="before 4 parts"):
        wait_for(driver, Home(tmp_path), 4)
    driver.wait()
