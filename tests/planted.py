"""The demo city with its last deliveries kept back, so that faults can be planted in them before they are loaded."""

from __future__ import annotations

import codecs
import io
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data.city import City, read_city
from data.deliveries import delivery, received
from data.demo import Scale, simulate
from data.faults import Fault, faults_of
from data.settings import make_home, read_home
from data.store import Store
from grid.build import Loader, build
from grid.geography import open_geography

#: Sources whose last file is kept back.
KEPT_BACK = ("codes", "tests", "cases", "risk")

#: Of the demo city's line lists.
ENCODING = "gb18030"

Plant = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Planted:
    """A home of the demo city; ``last``: source -> its last file, which is not loaded; ``before``: the one before."""

    home: Path
    city: City
    last: Mapping[str, Path]
    before: Mapping[str, Path]

    @contextmanager
    def loader(self, folder: Path) -> Iterator[Loader]:
        """A loader into a copy of the home's store."""
        copy = folder / "copy.db"
        shutil.copy(self.home / "onescreen.db", copy)
        store = Store.open(f"sqlite:///{copy}")
        geography = open_geography(store)
        assert geography is not None
        yield Loader(store, self.city, geography, read_home(self.home).secret)
        store.close()

    def found(self, folder: Path, source: str, plant: Plant, path: Path | None = None) -> list[Fault]:
        """What is said of the last file of a source once something was planted in it."""
        file = path or self.last[source]
        made = folder / file.name
        write(plant(read(file)), made)
        with self.loader(folder) as loader:
            known = received(made, self.city.source(source), self.city.timezone)
            return list(loader.take(delivery(self.city.source(source), made, known), known).faults)

    def alarms(self) -> list[tuple[str, str, int]]:
        """(source, fault, how often) of the deliveries that were loaded as they came."""
        store = Store.open(read_home(self.home).database)
        found = Counter((load.source, fault.id) for load in store.loads() for fault in faults_of(load.notes))
        store.close()
        return [(*pair, n) for pair, n in sorted(found.items())]


def plant_city(scale: Scale, seed: int, folder: Path) -> Planted:
    """The demo city, built but for the last files of KEPT_BACK."""
    path = simulate(scale, seed, folder / "city", lambda *_: None)
    last, before, aside = {}, {}, folder / "aside"
    aside.mkdir()
    for source in KEPT_BACK:
        files = sorted((path.parent / "deliveries" / source).iterdir())
        last[source] = Path(shutil.move(files[-1], aside / files[-1].name))
        before[source] = files[-2]
    settings = make_home(folder / "home", path)
    store, city = Store.create(settings.database), read_city(path)
    built = build(store, city, settings.secret)
    assert not any(outcome.error for outcome in built.outcomes)
    store.close()
    return Planted(folder / "home", city, last, before)


def read(path: Path) -> pd.DataFrame:
    """A ledger as it is."""
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    text = path.read_bytes()
    return pd.read_csv(
        io.BytesIO(text), dtype=str, encoding="utf-8-sig" if text.startswith(codecs.BOM_UTF8) else ENCODING
    )


def write(frame: pd.DataFrame, path: Path) -> None:
    """A ledger in other bytes."""
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False, compression="zstd")
    else:
        frame.to_csv(path, index=False, encoding=ENCODING, lineterminator="\r\n")


# --- what is planted ------------------------------------------------------------------------------------


def nothing(frame: pd.DataFrame) -> pd.DataFrame:
    """As it came."""
    return frame


def shuffled(frame: pd.DataFrame) -> pd.DataFrame:
    """The same rows in another order."""
    return frame.sample(frac=1, random_state=1)


def shifted(frame: pd.DataFrame, by: int = 1, column: str = "人数") -> pd.DataFrame:
    """Each row carries its neighbour's number."""
    return frame.assign(**{column: np.roll(frame[column].to_numpy(), by)})


def last_day(frame: pd.DataFrame, column: str = "日期") -> pd.Series:
    """Which rows are of the last day."""
    days = frame[column].astype(str)
    last: pd.Series = days == days.max()
    return last


def times(factor: float) -> Plant:
    """The last day so many times as large."""
    return lambda frame: frame.assign(
        人数=np.where(last_day(frame), frame["人数"] * factor, frame["人数"]).astype("int64")
    )


def zeros(frame: pd.DataFrame) -> pd.DataFrame:
    """The last day all noughts."""
    return frame.assign(人数=np.where(last_day(frame), 0, frame["人数"]).astype("int64"))


def copied(frame: pd.DataFrame, column: str = "日期") -> pd.DataFrame:
    """The last day is the one before, under another date; a file of a single day is as it came."""
    frame = frame.assign(**{column: frame[column].astype(str)})
    days = sorted(frame[column].unique())
    if len(days) < 2:
        return frame
    last = frame[frame[column] == days[-2]].assign(**{column: days[-1]})
    made: pd.DataFrame = pd.concat([frame[frame[column] != days[-1]], last])
    return made


def without(frame: pd.DataFrame, codes: tuple[str, ...]) -> pd.DataFrame:
    """No row of communities whose codes begin so."""
    left: pd.DataFrame = frame[~frame["社区编码"].astype(str).str.startswith(codes)]
    return left


def silent(frame: pd.DataFrame) -> pd.DataFrame:
    """The first street is left out."""
    return without(frame, (str(frame["社区编码"].iloc[0])[:9],))


def remarked(frame: pd.DataFrame) -> pd.DataFrame:
    """With a new column."""
    return frame.assign(备注="无")


@dataclass(frozen=True)
class Case:
    """A fault: planted in the ``last`` or the one ``before`` of a source, and what it must be called."""

    source: str
    plant: Plant
    names: list[str]
    file: str = "last"


#: What is planted, by what it is.
FAULTS: Mapping[str, Case] = {
    "clean codes": Case("codes", nothing, []),
    "clean tests": Case("tests", nothing, []),
    "clean cases": Case("cases", nothing, []),
    "clean in another order": Case("codes", shuffled, []),
    "rows one too low": Case("codes", shifted, ["shifted_rows"]),
    "rows one too high": Case("codes", lambda frame: shifted(frame, -1), ["shifted_rows"]),
    "five times as many": Case("codes", times(5), ["jump"]),
    "filled with zeros": Case("codes", zeros, ["zero_filled"]),
    "copied codes": Case("codes", copied, ["copied_day"]),
    "copied tests": Case("tests", copied, ["copied_day"]),
    "a street is silent": Case("codes", silent, ["incomplete"]),
    "codes twice": Case("codes", shuffled, ["duplicate_file"], "before"),
    "tests twice": Case("tests", shuffled, ["duplicate_file"], "before"),
    "cases twice": Case("cases", shuffled, ["duplicate_file"], "before"),
    "past days tripled": Case("codes", times(3), ["revision"], "before"),
    "a new column": Case("codes", remarked, ["schema_drift"]),
    "a new column in a streamed ledger": Case("tests", remarked, ["schema_drift"]),
}
