"""A million assignments with planted wrongs: all are found, and next to nothing else."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from data.code_days import NO_DAY, CodeDay
from data.days import day_number
from data.terms import OVERDUE
from grid.codes import Asked, Known, stream_day
from grid.codes.provenance import BIT
from grid.statements import Day
from tests.grid.codes.town import CELLS, DAY, FORM, SYSTEMS, context, table

ROWS, PLANTED, IN_CITY = 1_000_000, 1_317, 446
TODAY = np.datetime64(DAY)


def ledger() -> pd.DataFrame:
    """333,333 persons in three systems, a fifth not green, all of these with a source row or a batch."""
    rng = np.random.default_rng(0)
    people = ROWS // 3
    colour = np.where(rng.random(people) < 0.2, rng.integers(1, 3, people), 0)
    parts = []
    for system in SYSTEMS:
        shown = np.where(rng.random(people) < 0.02, rng.integers(0, 3, people), colour)
        parts.append(_rows(rng, np.arange(people), shown, system.id))
    rest = _rows(rng, np.array([people]), np.array([1]), "city")
    return pd.concat([*parts, rest], ignore_index=True).sample(frac=1, random_state=0).reset_index(drop=True)


def _rows(rng: np.random.Generator, who: np.ndarray, shown: np.ndarray, system: str) -> pd.DataFrame:
    size, open_ = len(who), shown > 0
    since = TODAY - rng.integers(0, 30, size).astype("timedelta64[D]")
    source, batch = rng.random(size) < 0.8, rng.random(size) < 0.5
    none = np.full(size, None, dtype=object)

    def word(stated: np.ndarray, known: list[str]) -> np.ndarray:
        return np.where(stated & open_, np.array(known, dtype=object)[rng.integers(0, len(known), size)], none)

    day = np.where(open_, since, np.datetime64("NaT"))
    return pd.DataFrame(
        {
            "cell": CELLS[who % len(CELLS)],
            "day": np.full(size, TODAY),
            "person": np.array([f"{n * 2_654_435_761 % 2**32:08x}" for n in who.tolist()], dtype=object),
            "system": np.full(size, system, dtype=object),
            "status": np.array(["green", "yellow", "red"], dtype=object)[shown],
            "since": day,
            "cleared": np.full(size, np.datetime64("NaT", "D")),
            "identity": word(rng.random(size) < 0.8, ["close_contact", "risk_area"]),
            "rule": none,
            "evidence": word(source, [f"流调{n}" for n in range(5_000)]),
            "evidence_day": day - np.timedelta64(3, "D"),
            "authority": word(np.ones(size, bool), ["市指挥部", "中原区指挥部", "二七区指挥部", "金水区指挥部"]),
            "operator": word(np.ones(size, bool), [f"甲{n}" for n in range(50)]),
            "batch": word(batch | ~source, [f"第{n}批" for n in range(400)]),
            "registered": word(np.ones(size, bool), ["郑州市", "市外"]),
            "group": word(rng.random(size) < 0.1, ["某公司员工", "某校学生", "某小区住户"]),
            "harm": none,
            "deadline": np.full(size, np.datetime64("NaT", "D")),
            "negative": np.where(rng.random(size) < 0.7, day + np.timedelta64(8, "D"), np.datetime64("NaT")),
            "positive": np.full(size, np.datetime64("NaT", "D")),
            "contact": day - np.timedelta64(2, "D"),
        }
    )


def plant(frame: pd.DataFrame) -> tuple[pd.Index, int]:
    """1,317 yellow rows without anything behind them that share a bank, assigned within three days; and one person of
    whom nothing is known, yellow for 60 days. Returns the rows of the former and the latter's."""
    rng = np.random.default_rng(1)
    chosen = frame.index[(frame["status"] == "yellow") & (frame["system"] == "city")]
    rows = pd.Index(rng.choice(chosen, PLANTED + 1, replace=False))
    fixture, planted = int(rows[0]), rows[1:]
    frame.loc[planted, ["evidence", "batch"]] = None
    frame.loc[planted, ["group", "authority"]] = ["某银行储户", "市指挥部"]
    frame.loc[planted, "registered"] = ["郑州市"] * IN_CITY + ["市外"] * (PLANTED - IN_CITY)
    frame.loc[planted, "since"] = TODAY - rng.integers(3, 6, PLANTED).astype("timedelta64[D]")
    frame.loc[fixture, ["contact", "evidence_day"]] = pd.NaT
    frame.loc[fixture, "since"] = TODAY - np.timedelta64(60, "D")
    frame.loc[fixture, "negative"] = TODAY - np.timedelta64(53, "D")
    frame.loc[fixture, "rule"] = "henan-2/yellow"
    return planted, fixture


def nothing_known(asked: Asked, day: Day) -> Known:
    """Ledgers of tests and stays that know none of the persons."""
    none = np.full(len(asked.person), NO_DAY, np.int32)
    return Known(none, none, none, none, tests=True, stays=True)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CodeDay, pd.Index, int]:
    frame = ledger()
    planted, fixture = plant(frame)
    path = tmp_path_factory.mktemp("planted") / "a.parquet"
    pq.write_table(table(frame), path, row_group_size=1 << 17)
    told = stream_day([path], FORM, context(histories=nothing_known))
    assert (told.rows, told.bad) == (ROWS, 0)
    return path, told.days[0], planted + 2, fixture + 2


def rows_with(made: CodeDay, *flags: str) -> set[int]:
    bits = np.uint16(sum(BIT[flag] for flag in flags))
    return set(made.tickets["row"][made.tickets["flags"] & bits > 0].tolist())


def test_rows_without_evidence_are_found(told: tuple[Path, CodeDay, pd.Index, int]) -> None:
    _, made, planted, _ = told
    found = rows_with(made, "no_evidence", "burst")
    assert found >= set(planted)
    assert len(found - set(planted)) <= 0.001 * (ROWS - PLANTED)
    assert rows_with(made, "burst") >= set(planted)
    here = made.tickets[np.isin(made.tickets["row"], planted)]
    assert {made.words["group"][at] for at in here["group"]} == {"某银行储户"}
    assert int((here["registered"] == 0).sum()) == IN_CITY
    assert int((here["registered"] == -1).sum()) == PLANTED - IN_CITY


def test_conflicts_are_those_of_a_database(told: tuple[Path, CodeDay, pd.Index, int]) -> None:
    path, made, _, _ = told
    rows = duckdb.sql(
        f"""WITH a AS (SELECT *, file_row_number + 2 AS row FROM read_parquet('{path}', file_row_number = true)),
        p AS (SELECT person, count(DISTINCT status) > 1 AS conflict,
                     count(*) > 1 AND count(*) FILTER (status <> 'green') = 1 AS single FROM a GROUP BY person)
        SELECT row, conflict, single FROM a JOIN p USING (person) WHERE status <> 'green'"""
    ).df()
    assert len(rows) > 150_000
    assert rows_with(made, "conflict") == set(rows["row"][rows["conflict"]])
    assert rows_with(made, "single_block") == set(rows["row"][rows["single"]])
    people = duckdb.sql(
        f"""SELECT colours, count(*) AS n FROM (SELECT person, sum(CASE status WHEN 'green' THEN 1 WHEN 'yellow' THEN 2
        ELSE 3 END << CASE system WHEN 'city' THEN 0 WHEN 'province' THEN 2 ELSE 4 END)::INT AS colours
        FROM (SELECT person, system, max_by(status, CASE status WHEN 'green' THEN 1 WHEN 'yellow' THEN 2 ELSE 3 END)
              AS status FROM read_parquet('{path}') GROUP BY ALL) GROUP BY person) GROUP BY colours"""
    ).df()
    combined = pd.DataFrame(made.combinations).groupby("colours")["n"].sum()
    assert dict(zip(people["colours"], people["n"], strict=True)) == combined.to_dict()


def test_nobody_overdue_is_without_an_owner(told: tuple[Path, CodeDay, pd.Index, int]) -> None:
    _, made, _, _ = told
    overdue = made.tickets[made.tickets["flags"] & np.uint16(BIT["overdue"]) > 0]
    assert len(overdue) > 10_000
    assert all(made.words["owner"][at] for at in set(overdue["owner"].tolist()))
    groups = made.groups[made.groups["overdue"] >= list(OVERDUE).index("due")]
    assert all(made.words["owner"][at].count("\t") == 1 for at in set(groups["owner"].tolist()))
    assert groups["n"].sum() == len(overdue)


def test_who_was_never_exposed_and_stuck_is_listed(told: tuple[Path, CodeDay, pd.Index, int]) -> None:
    _, made, _, fixture = told
    ticket = made.tickets[made.tickets["row"] == fixture][0]
    assert fixture in rows_with(made, "never_exposed") & rows_with(made, "overdue")
    assert day_number(DAY) - int(ticket["due"]) == 53
    groups = made.groups[(made.groups["leaf"] == ticket["leaf"]) & (made.groups["colour"] == 1)]
    assert list(OVERDUE).index("stuck") in groups["overdue"]
