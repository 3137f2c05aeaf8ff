"""The two doors give the same day, parts give the same bytes in any order, and bad rows are named."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from data.code_days import CodeDay
from data.errors import MissingColumns, PersonalData
from data.terms import CODES
from grid.batches import pieces
from grid.codes import Form, colours, columns_of, evaluate_day, ledger, read, stream_day
from grid.codes.ledger import close, merge, partial, plan_of
from tests.grid.codes import town
from tests.grid.codes.town import DAY, FORM, SYSTEMS, TOWN, checked, context, leaves, table


@pytest.fixture(params=["numba", "numpy"])
def engine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("ONESCREEN_NUMBA", "1" if request.param == "numba" else "0")
    return str(request.param)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many batches and pieces out of few rows."""
    monkeypatch.setattr(read, "BATCH_ROWS", 97)
    monkeypatch.setattr(ledger, "PIECE_ROWS", 300)


def body(made: CodeDay) -> tuple[Any, ...]:
    """Everything of a day, to be compared."""
    return made.words, made.groups.tobytes(), made.combinations.tobytes(), made.tickets.tobytes(), made.day


def by_rows(frame: pd.DataFrame) -> CodeDay:
    return evaluate_day(columns_of(checked(frame), leaves(frame), context()), context(), DAY)


def test_both_doors_give_the_same_day(tmp_path: Path, engine: str) -> None:
    frame = town.ledger(900)
    pq.write_table(table(frame), tmp_path / "a.parquet", row_group_size=150)
    told = stream_day([tmp_path / "a.parquet"], FORM, context(), threads=3)
    assert (told.rows, told.bad, told.unlocated, len(told.days)) == (len(frame), 0, 0, 1)
    assert len(told.days[0].tickets) > 100
    assert body(told.days[0]) == body(by_rows(frame))


def test_engines_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, found = town.ledger(700, seed=3), []
    for use in ("1", "0"):
        monkeypatch.setenv("ONESCREEN_NUMBA", use)
        found.append(body(by_rows(frame)))
    assert found[0] == found[1]


def test_csv_is_read_alike(tmp_path: Path) -> None:
    frame = town.ledger(300)
    pyarrow.csv.write_csv(table(frame), tmp_path / "a.csv")
    told = stream_day([tmp_path / "a.csv"], FORM, context())
    assert told.bad == 0
    assert body(told.days[0]) == body(by_rows(frame))


def test_parts_travel_and_merge_in_any_order(tmp_path: Path) -> None:
    frame = town.ledger(900)
    pq.write_table(table(frame), tmp_path / "a.parquet", row_group_size=150)
    plan = plan_of(FORM, context())
    every = pieces(tmp_path / "a.parquet", 300)
    assert len(every) > 5

    def part(piece: Any) -> bytes:
        return pickle.dumps(partial([piece], pickle.loads(pickle.dumps(plan))))  # noqa: S301

    parts = [part(piece) for piece in every]
    rng, found = np.random.default_rng(0), set()
    for _ in range(4):
        order = rng.permutation(len(parts))
        total = merge(pickle.loads(parts[at]) for at in order)  # noqa: S301
        found.add(pickle.dumps(body(close(total, context()).days[0])))
    assert found == {pickle.dumps(body(by_rows(frame)))}


def test_colours_are_those_of_the_open_rows() -> None:
    frame = town.ledger(500)
    made = by_rows(frame)
    gone = frame["cleared"].notna() & (frame["cleared"] <= pd.Timestamp(DAY))
    want = frame.assign(status=frame["status"].where(~gone, "green")).groupby(["system", "status"]).size()
    total = colours(made, len(TOWN.leaves)).sum(axis=2)
    for place, system in enumerate(SYSTEMS):
        assert total[place].tolist() == [want.get((system.id, colour), 0) for colour in CODES]
    assert (made.groups["n"] > 0).all()
    assert (np.diff(made.groups["leaf"]) >= 0).all()
    assert (np.diff(made.tickets["leaf"]) >= 0).all()
    back = made.groups[made.groups["today"] == 2]["n"].sum()
    assert back == (gone & (frame["cleared"] == pd.Timestamp(DAY))).sum() > 0


def test_of_rows_that_repeat_the_strictest_counts(tmp_path: Path, engine: str) -> None:
    frame = town.ledger(300)
    nothing: Any = pd.NaT
    more = town.with_none(
        frame.sample(80, random_state=1).assign(status="red", since=pd.Timestamp(DAY), cleared=nothing)
    )
    green = frame.sample(80, random_state=2).assign(status="green")
    every = town.with_none(pd.concat([frame, more, green]).sample(frac=1, random_state=3).reset_index(drop=True))
    pq.write_table(table(every), tmp_path / "a.parquet", row_group_size=150)
    (made,) = stream_day([tmp_path / "a.parquet"], FORM, context()).days
    assert body(made) == body(by_rows(every))
    assert made.notes["repeats"] == len(more) + len(green)
    gone = every["cleared"].notna() & (every["cleared"] <= pd.Timestamp(DAY))
    shown = every.assign(colour=every["status"].where(~gone, "green").map(list(CODES).index))
    want = shown.groupby(["person", "system"])["colour"].max().reset_index().groupby(["system", "colour"]).size()
    total = colours(made, len(TOWN.leaves)).sum(axis=2)
    for place, system in enumerate(SYSTEMS):
        assert total[place].tolist() == [want.get((system.id, n), 0) for n in range(len(CODES))]


def test_days_of_a_file_are_told_apart(tmp_path: Path) -> None:
    first, second = town.ledger(200, seed=5), town.ledger(200, seed=6)
    second["day"] += pd.Timedelta(days=1)
    both = pd.concat([first, second]).sample(frac=1, random_state=0)
    pq.write_table(table(both), tmp_path / "a.parquet")
    told = stream_day([tmp_path / "a.parquet"], FORM, context())
    assert [made.day for made in told.days] == [DAY, DAY + pd.Timedelta(days=1).to_pytimedelta()]
    assert told.days[0].groups.tobytes() == by_rows(first).groups.tobytes()


def test_bad_rows_are_named(tmp_path: Path, engine: str) -> None:
    frame = town.ledger(200)
    frame.loc[frame.index[3], "person"] = None
    frame.loc[frame.index[5], "system"] = "没有的码"
    frame.loc[frame.index[7], "status"] = "blue"
    late, less, odd = frame.index[frame["status"] != "green"][10:13]
    frame.loc[late, "since"] = pd.Timestamp(DAY) + pd.Timedelta(days=2)
    frame.loc[less, "since"] = pd.NaT
    frame.loc[odd, "identity"] = "路人"
    pq.write_table(table(frame), tmp_path / "a.parquet")
    told = stream_day([tmp_path / "a.parquet"], FORM, context(), threads=1)
    assert (told.rows, told.bad) == (len(frame), 6)
    groups = told.days[0].groups
    assert int(groups["n"][groups["today"] != 2].sum()) == len(frame) - 6
    found = {reject.row: (reject.column, reject.why) for reject in told.rejects}
    want = {
        5: ("person", "empty"), 7: ("system", "not_a_term"), 9: ("status", "not_a_term"),
        late + 2: ("day", "days_order"), less + 2: ("since", "empty"), odd + 2: ("identity", "not_a_term"),
    }  # fmt: skip
    assert found == want
    for reject in told.rejects:
        assert reject.more["file"] == "a.parquet"
        assert reject.say("zh")
        assert reject.say("en")


def test_bad_rows_of_a_frame_are_named() -> None:
    frame = town.ledger(100)
    frame.loc[2, "person"] = None
    frame.loc[4, "system"] = "没有的码"
    less = frame.index[frame["status"] != "green"][3]
    frame.loc[less, "since"] = pd.NaT
    columns = columns_of(checked(frame), leaves(frame), context())
    found = {reject.row: (reject.column, reject.why) for reject in columns.rejects}
    assert found == {4: ("person", "empty"), 6: ("system", "not_a_term"), less + 2: ("since", "empty")}
    assert len(columns) == len(frame) - 3
    assert all(reject.say("zh") for reject in columns.rejects)


def test_unknown_cells_belong_to_the_city(tmp_path: Path) -> None:
    frame = town.ledger(100)
    frame.loc[frame.index[:10], "cell"] = np.uint64(0x8928308280FFFFF)
    pq.write_table(table(frame), tmp_path / "a.parquet")
    told = stream_day([tmp_path / "a.parquet"], FORM, context())
    assert told.unlocated == 10
    assert {reject.value for reject in told.lost} == {"8928308280fffff"}
    assert body(told.days[0]) == body(by_rows(frame))


def test_constants_and_absent_columns(tmp_path: Path) -> None:
    frame = town.ledger(200)
    frame = frame[frame["system"] == "province"]
    less = frame.drop(columns=["system", "negative", "positive", "harm"])
    pq.write_table(table(less), tmp_path / "a.parquet")
    form = Form({name: name for name in town.FIELDS if name in less}, {"system": "省码"})
    told = stream_day([tmp_path / "a.parquet"], form, context())
    assert told.bad == 0
    assert set(told.days[0].groups["system"]) == {1}
    assert body(told.days[0]) == body(by_rows(frame.drop(columns=["negative", "positive", "harm"])))


def test_files_that_cannot_be_taken(tmp_path: Path) -> None:
    frame = town.ledger(20)
    pq.write_table(table(frame).drop_columns(["person"]), tmp_path / "less.parquet")
    with pytest.raises(MissingColumns, match="person"):
        stream_day([tmp_path / "less.parquet"], FORM, context())
    frame["operator"] = "138" + pd.Series(np.arange(len(frame)) + 12_345_678).astype(str)
    pq.write_table(table(frame), tmp_path / "phones.parquet")
    with pytest.raises(PersonalData):
        stream_day([tmp_path / "phones.parquet"], FORM, context())


def test_an_empty_ledger(tmp_path: Path, engine: str) -> None:
    pq.write_table(table(town.ledger(20).iloc[:0]), tmp_path / "a.parquet")
    told = stream_day([tmp_path / "a.parquet"], FORM, context())
    assert (told.rows, told.days) == (0, ())


def test_a_green_day_has_no_tickets(engine: str) -> None:
    frame = town.ledger(100, open_share=0.0)
    made = by_rows(frame)
    assert len(made.tickets) == 0
    assert made.combinations["n"].sum() == frame["person"].nunique()


def test_persons_data_are_refused_wherever_they_stand(tmp_path: Path) -> None:
    frame = town.ledger(900)
    pq.write_table(table(frame).append_column("手机号", [["x"] * len(frame)]), tmp_path / "heading.parquet")
    late = frame.index[frame["status"] != "green"][-100:]
    frame.loc[late, "evidence"] = [f"139{n:08d}" for n in range(100)]
    frame.loc[late, "authority"] = "公安"
    pq.write_table(table(frame), tmp_path / "late.parquet")
    for name in ("heading", "late"):
        with pytest.raises(PersonalData):
            stream_day([tmp_path / f"{name}.parquet"], FORM, context())


@pytest.mark.parametrize("dated", [True, False])
def test_columns_that_say_the_same_everywhere(tmp_path: Path, dated: bool) -> None:
    frame = town.ledger(300)
    frame = frame[(frame["system"] == "travel") & (frame["status"] != "green")].reset_index(drop=True)
    frame[["harm", "cleared", "authority", "since"]] = [None, pd.NaT, "公安", pd.Timestamp("2021-08-09")]
    frame = town.with_none(frame)
    made = table(frame)
    if not dated:
        for at, name in enumerate(made.column_names):
            if name in town.DAYS:
                made = made.set_column(at, name, made[name].cast("string"))
    pq.write_table(made, tmp_path / "a.parquet", row_group_size=40)
    told = stream_day([tmp_path / "a.parquet"], FORM, context())
    assert told.bad == 0
    assert body(told.days[0]) == body(by_rows(frame))
