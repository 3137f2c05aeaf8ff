"""Questions about the past of three cities, each answered as a rebuild from what was known then answers it.

Of a made city with corrections, late rows, a source that stands in for another and a new map halfway the answers are
held against dictionaries over the delivered files (tests.asof), on SQLite and on PostgreSQL. Of the demo town and of
Shanghai 2022 (where its files lie beside the checkout) a second store takes the same files one after the other; what it
answers after each is what the first must answer of that moment: first to random questions, then every number of every
count, area, cell and day at a few versions.
"""

from __future__ import annotations

import datetime as dt
import random
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from data.city import City, read_city
from data.settings import read_home
from data.store import Store, sqlite_url
from grid.build import build
from grid.counts import COUNTS
from grid.cube import Cube, View
from tests import postgres
from tests.asof import Told, differences, loaded, questions, reloaded, story
from tests.bench.city import COMMAND
from tests.bench.table import Verdict, show
from tests.cities import DATA

QUESTIONS = 1_000
#: Files of the made city.
FILES = 150
#: Versions of the others at which every number is compared; of a city of many loads so many of them at random.
WHOLE = 12

SHANGHAI = Path(__file__).parents[1] / "cities/shanghai/city.toml"

Line = tuple[str, str, int, int, int]


def run() -> Verdict:
    """Prints what was asked of which city, and how many answers differ."""
    with tempfile.TemporaryDirectory() as name, postgres.serve() as server, server.database() as url:
        folder = Path(name)
        lines = [_made(folder / "sqlite", sqlite_url(folder / "x.db")), _made(folder / "postgresql", url)]
        lines += [_again("town", *_town(folder))]
        if SHANGHAI.exists() and (DATA / "shanghai").exists():
            lines.append(_again("Shanghai 2022", *_shanghai(folder)))
    show(("city", "against", "loads", "questions", "differences"), lines)
    asked, wrong = sum(line[3] for line in lines), sum(line[4] for line in lines)
    return Verdict(f"{asked:,} questions, {wrong} differences", "goal 0", wrong == 0 and asked >= QUESTIONS)


def _made(folder: Path, url: str) -> Line:
    """A made city against dictionaries over its files."""
    made = story(folder, FILES, seed=FILES)
    store = Store.create(url)
    versions = list(loaded(store, made))
    cube = Cube(store, made.city)
    told = [Told(made.steps[:version]) for version in range(len(versions) + 1)]
    wrong = 0
    for asked in questions(made, QUESTIONS, seed=1):
        expected = told[made.version(asked.as_of)].ask(asked.count, asked.day, asked.area)
        wrong += _answer(cube.at(asked.as_of), asked.count, asked.day, asked.area) != expected
    engine = store.engine.dialect.name
    store.close()
    return f"made, {engine}", "dictionaries", len(versions), QUESTIONS, wrong


def _answer(view: View, count: str, day: dt.date, area: str) -> int | None:
    sums, row = view.sums(count, [day]), view.row(area)
    return int(sums.total[0, row]) if sums.known[0, row] else None


def _town(folder: Path) -> tuple[Store, City, str]:
    subprocess.run([*COMMAND, "demo", "--home", str(folder / "town")], check=True, stdout=subprocess.DEVNULL)
    settings = read_home(folder / "town")
    return Store.open(settings.database), read_city(settings.city), settings.secret


def _shanghai(folder: Path) -> tuple[Store, City, str]:
    store, city = Store.create(sqlite_url(folder / "shanghai.db")), read_city(SHANGHAI)
    build(store, city, "secret")
    return store, city, "secret"


def _again(name: str, whole: Store, city: City, secret: str) -> Line:
    """A city against a second store that takes the same files one after the other."""
    chance, cube = random.Random(name), Cube(whole, city)
    days = _days(cube.at())
    counts = [count for count in (*COUNTS, *cube.at().stated_days) if cube.at().days([count])]
    known = [load.known for load in whole.loads()]
    places = [n + 1 for n in range(len(known)) if n + 1 == len(known) or known[n + 1] > known[n]]
    asked = dict.fromkeys(places, 0)
    for version in chance.choices(places, k=QUESTIONS):
        asked[version] += 1
    wholly = set(chance.sample(places, min(WHOLE, len(places))))
    with tempfile.TemporaryDirectory() as folder:
        part, wrong = Store.create(sqlite_url(Path(folder) / "part.db")), 0
        for version in reloaded(part, whole, city, secret):
            if version not in asked:
                continue
            then, now = cube.at(known[version - 1]), Cube(part, city).at()
            some = _some(then, asked[version], counts, days, chance)
            wrong += sum(_answer(then, *one) != _answer(now, *one) for one in some)
            wrong += len(differences(then, now, days)) if version in wholly else 0
        part.close()
    whole.close()
    return name, f"a second store, {len(wholly)} versions whole", len(known), sum(asked.values()), wrong


def _days(view: View) -> list[dt.date]:
    return sorted({day for pairs in view.stated_days.values() for day, _ in pairs})[-120:]


def _some(
    view: View, number: int, counts: list[str], days: list[dt.date], chance: random.Random
) -> Iterator[tuple[str, dt.date, str]]:
    for _ in range(number):
        yield chance.choice(counts), chance.choice(days), chance.choice(view.areas.code)
