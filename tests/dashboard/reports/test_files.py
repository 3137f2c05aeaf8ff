"""Files of a report, all formats: the same bytes again, elsewhere, and after a later correction; new ones differ only
where the correction does."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.queries import Desk, Viewer
from dashboard.reports.build import build, write
from dashboard.reports.drawing import Pictures
from dashboard.reports.model import Number, Order, Report, numbers_of
from dashboard.reports.writers import WRITERS
from data.city import read_city
from data.store import Store
from grid.cube import Cube
from tests import outbreak
from tests.tiny import DAYS, Knobs, Person, Town, people

VIEWER = Viewer("zh")
DAY = DAYS[5]
STREET, DISTRICT, OTHER = "990101001", "990101", "990102"
#: What a later delivery corrects: three more in one street on one day.
LATE = [Person(f"late{n}", DAY, "确诊", STREET, 110.005, 30.01) for n in range(3)]

#: A process of its own that makes a report and prints the sums of its files.
ELSEWHERE = """
import sys, datetime as dt
from pathlib import Path
from tests.dashboard.reports.test_files import sums
print(sums(Path(sys.argv[1]), dt.datetime.fromisoformat(sys.argv[2])))
"""


def made(folder: Path, as_of: dt.datetime | None) -> tuple[Desk, Report]:
    desk = Desk(Cube(Store.open(f"sqlite:///{folder / 'town.db'}"), read_city(folder / "city.toml")))
    return desk, build(desk, VIEWER, Order("daily", day=DAY, as_of=as_of))


def sums(folder: Path, as_of: dt.datetime | None) -> str:
    """File -> sha256 of a report's files, as JSON."""
    desk, report = made(folder, as_of)
    files = write(report, Pictures(desk, report), list(WRITERS))
    desk.cube.store.close()
    return json.dumps({one.name: hashlib.sha256(one.body).hexdigest() for one in files})


def values(report: Report) -> dict[str, Number]:
    return {str(one.cite): one for one in numbers_of(report)}


@pytest.fixture(scope="module")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dt.datetime, Report, str]]:
    """A small city after a correction: its folder, the moment before it, and the report as it was then."""
    folder = tmp_path_factory.mktemp("corrected")
    town = Town(folder, f"sqlite:///{folder / 'town.db'}", Knobs(sources=("population", "cases"), people=40))
    town.build()
    known = town.store.load(town.store.version()).known
    desk, before = made(folder, known)
    desk.cube.store.close()
    told = sums(folder, known)
    outbreak.deliver(town, [*people(40), *LATE])
    yield folder, known, before, told
    town.store.close()


def test_files_of_an_earlier_moment_are_the_same_bytes_after_a_correction_and_in_any_process(
    corrected: tuple[Path, dt.datetime, Report, str],
) -> None:
    folder, known, _, before = corrected
    assert len(json.loads(before)) == len(WRITERS) + 1
    elsewhere = {"PYTHONHASHSEED": "77", "TZ": "America/New_York", "LC_ALL": "C", "LANG": "zh_CN.UTF-8"}
    again = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(folder), known.isoformat()],
        env={**os.environ, **elsewhere}, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert again.stdout.strip() == before


def test_after_a_correction_only_numbers_that_it_touches_differ(
    corrected: tuple[Path, dt.datetime, Report, str],
) -> None:
    folder, _, before, _ = corrected
    desk, after = made(folder, None)
    desk.cube.store.close()
    assert after.version > before.version
    old, new = values(before), values(after)
    moved = {
        key for key in old.keys() & new.keys() if (old[key].value, old[key].state) != (new[key].value, new[key].state)
    }
    day = f"measure?area=990000&day={DAY}&name=positives"
    assert (old[day].value or 0) + len(LATE) == new[day].value
    assert day in moved
    untouched = [key for key in moved if OTHER in key.partition("?")[2].partition("#")[2]]
    assert not [key for key in untouched if key.startswith(("measures", "series", "count"))], "the other district"
    earlier = [DAYS[n].isoformat() for n in range(5)]
    assert not [key for key in moved if any(key.endswith(f"[{one}]") for one in earlier)], "days before the correction"
    assert [one.title for one in before.sections] == [one.title for one in after.sections]


def test_who_sees_a_district_is_told_of_no_load(
    corrected: tuple[Path, dt.datetime, Report, str],
) -> None:
    folder = corrected[0]
    desk, whole = made(folder, None)
    part = build(desk, Viewer("zh", scope=DISTRICT), Order("daily", day=DAY))
    desk.cube.store.close()
    assert any(one.file for one in whole.origins)
    assert part.origins == ()
    assert part.version == whole.version
