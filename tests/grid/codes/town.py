"""A small town with three code systems, and ledgers of it made from a seed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import h3.api.basic_int as h3
import numpy as np
import pandas as pd
import pyarrow as pa

from data.city import System
from data.rules import rulebook
from data.terms import CODES
from grid.areas import Area, plant
from grid.codes import Context, Form
from grid.geography import Geography
from grid.leaves import Cells, lay

DAY = dt.date(2021, 8, 27)
CELLS = np.array(sorted(h3.grid_disk(h3.latlng_to_cell(34.75, 113.65, 9), 6)), dtype=np.uint64)
DISTRICTS = ("中原区", "二七区", "金水区")
SYSTEMS = (
    System(
        id="city", name="城市码", owner="市数据局", assigners=["市指挥部", "{district}指挥部"], correctors=["市数据局", "市指挥部"],
        primary=True,
    ),
    System(id="province", name="省码", owner="省数据局", level="province", correctors=["{district}指挥部"]),
    System(id="travel", name="行程卡", owner="国家中心", level="national"),
)  # fmt: skip
FIELDS = (
    "cell", "day", "person", "system", "status", "since", "cleared", "identity", "rule", "evidence", "evidence_day",
    "authority", "operator", "batch", "registered", "group", "harm", "deadline", "negative", "positive", "contact",
)  # fmt: skip
FORM = Form({name: name for name in FIELDS})
DAYS = ("day", "since", "cleared", "evidence_day", "deadline", "negative", "positive", "contact")


def geography() -> Geography:
    """The city, its three districts, and cells that follow each other."""
    areas = plant(
        [Area("4101", "郑州市", "Zhengzhou", "city", None)]
        + [Area(f"41010{n}", name, "", "district", "4101") for n, name in enumerate(DISTRICTS, 1)],
        "town",
    )
    district = (np.arange(len(CELLS)) * 3 // len(CELLS) + 1).astype(np.int32)
    pairs = (district, np.arange(len(CELLS), dtype=np.int32), np.ones(len(CELLS), np.int64))
    tree, leaves = lay(areas, pairs, Cells([f"{cell:015x}" for cell in CELLS.tolist()], 9))
    return Geography(7, tree, leaves)


TOWN = geography()


def context(**more: Any) -> Context:
    """What is known beside the ledgers."""
    return Context("codes", TOWN, SYSTEMS, "郑州市", rulebook(), "a secret", **more)


def ledger(people: int, seed: int = 1, open_share: float = 0.2) -> pd.DataFrame:
    """Every person in two or three systems, some of them yellow or red; days as datetime64, words or None."""
    rng = np.random.default_rng(seed)
    frame = pd.concat([_of_system(rng, people, system.id, open_share) for system in SYSTEMS], ignore_index=True)
    return with_none(frame.sample(frac=1, random_state=seed).reset_index(drop=True))


def with_none(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with words as objects, None where nothing is stated."""
    words = [str(name) for name in frame if name not in (*DAYS, "cell")]
    return frame.assign(**{name: frame[name].astype(object).where(frame[name].notna(), None) for name in words})


def _of_system(rng: np.random.Generator, people: int, system: str, open_share: float) -> pd.DataFrame:
    who = np.flatnonzero(rng.random(people) < 0.9)
    size = len(who)
    open_ = rng.random(size) < open_share
    colour = np.where(open_, rng.integers(1, 3, size), 0)

    def words(known: list[str | None]) -> Any:
        chosen = np.array(known, dtype=object)[rng.integers(0, len(known), size)]
        chosen[~open_] = None
        return chosen

    def days(low: int, high: int, share: float) -> Any:
        found = np.datetime64(DAY) + rng.integers(low, high, size).astype("timedelta64[D]")
        return np.where(open_ & (rng.random(size) < share), found, np.datetime64("NaT")).astype("M8[s]")

    since, cleared = days(-50, 1, 1.0), days(-3, 1, 0.05)
    return pd.DataFrame(
        {
            "cell": CELLS[(who * 7) % len(CELLS)],
            "day": np.full(size, np.datetime64(DAY, "s")),
            "person": np.array([f"p{n:07d}" for n in who], dtype=object),
            "system": np.full(size, system, dtype=object),
            "status": np.array(list(CODES), dtype=object)[colour],
            "since": since,
            "cleared": np.where(cleared < since, since, cleared),
            "identity": words([None, "close_contact", "risk_area", "stay_in", "registered"]),
            "rule": words([None, None, "henan-2", "henan-2/yellow", "2021年18号", "没有的规则"]),
            "evidence": np.array([f"流调{n}" if o and n % 9 else None for n, o in zip(who, open_, strict=True)], dtype=object),
            "evidence_day": days(-70, 0, 0.6),
            "authority": words([None, "市指挥部", "省指挥部", "二七区指挥部", "公安"]),
            "operator": words([None, "市指挥部/甲1", "甲2"]),
            "batch": words([None, None, None, "第1批"]),
            "registered": words([None, "郑州市", "金水区", "市外", "410101"]),
            "group": words([None, None, "单位甲", "单位乙"]),
            "harm": words([None, None, "exam", "treatment"]),
            "deadline": days(0, 9, 0.1),
            "negative": days(-20, 1, 0.6),
            "positive": days(-20, 1, 0.02),
            "contact": days(-40, 1, 0.3),
        }
    )  # fmt: skip


def table(frame: pd.DataFrame) -> pa.Table:
    """The ledger as it lies in a file."""
    columns = {name: pa.array(frame[name], from_pandas=True) for name in FIELDS if name in frame and name not in DAYS}
    columns |= {
        name: pa.array(frame[name].to_numpy("M8[D]"), pa.date32(), from_pandas=True) for name in DAYS if name in frame
    }
    return pa.table(columns)


def checked(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as data.check would give it: with the rows of the file."""
    return frame.assign(row=np.arange(len(frame)) + 2)


def leaves(frame: pd.DataFrame) -> Any:
    """The leaf of each row, -1 for a cell of nowhere."""
    home = dict(zip(CELLS.tolist(), TOWN.leaves.home.tolist(), strict=True))
    return np.array([home.get(cell, -1) for cell in frame["cell"].tolist()], np.int32)
