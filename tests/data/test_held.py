"""A delivery that is odd beyond reason is held: nothing of it is loaded until somebody decides, whatever ends a run."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.cli import app
from dashboard.commands.inbox import Opened, once
from dashboard.queries import Desk, Viewer
from dashboard.queries.freshness import Freshness
from dashboard.queries.freshness_desk import FreshnessDesk
from data import held
from data.city import read_city
from data.deliveries import Delivery
from data.errors import Forbidden, HeldBack, HeldDecided, HeldNotFound, MissingColumns
from data.inbox import Inbox, Settled
from data.settings import read_home
from data.store import Store
from grid.build import build
from grid.cube import Cube
from tests import daily
from tests.daily import CLEAN, STREETS, Table, jumped, name_of, numbers, send, write


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return daily.make(tmp_path_factory.mktemp("daily"))


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    return daily.copy(made, tmp_path / "own")


def settled(home: Path) -> list[Settled]:
    return list(once(home, 0.0))


def version(home: Path) -> int:
    store = Store.open(read_home(home).database)
    found = store.version()
    store.close()
    return found


def _zero(table: Table) -> Table:
    return dict.fromkeys(table, 0)


def test_a_clean_delivery_is_loaded(home: Path) -> None:
    send(home, numbers(CLEAN))
    assert [one.state for one in settled(home)] == ["loaded"]


@pytest.mark.parametrize(("plant", "name"), [(jumped, "jump"), (_zero, "zero_filled")])
def test_what_is_odd_is_held_with_a_sheet_and_nothing_of_it_is_loaded(home: Path, plant: object, name: str) -> None:
    before = version(home)
    send(home, plant(numbers(CLEAN)))  # type: ignore[operator]
    (one,) = settled(home)
    assert one.state == "held"
    assert version(home) == before
    (kept,) = held.held(home)
    assert (kept.source, [fault.id for fault in kept.faults], kept.accepted) == ("daily", [name], {})
    sheet = kept.path.with_name(f"{kept.name}.txt").read_text("utf-8")
    assert all(
        fault.line(lang) in sheet and fault.advice(lang) in sheet for fault in kept.faults for lang in ("zh", "en")
    )
    assert settled(home) == []
    assert version(home) == before


def test_a_correction_beyond_reason_is_held_and_a_small_one_is_loaded(home: Path) -> None:
    write(home / "inbox/daily", CLEAN - 1, {street: 3 * n for street, n in numbers(CLEAN - 1).items()})
    assert [one.state for one in settled(home)] == ["held"]
    assert [fault.id for fault in held.held(home)[0].faults] == ["revision"]
    late = numbers(CLEAN - 1)
    write(home / "inbox/daily", CLEAN - 1, late | {STREETS[0]: late[STREETS[0]] + 9})
    assert [one.state for one in settled(home)] == ["loaded"]


def test_the_same_in_other_bytes_is_held_and_the_same_bytes_are_told_apart(home: Path) -> None:
    send(home, dict(reversed(numbers(CLEAN - 1).items())), CLEAN - 1)
    assert [one.state for one in settled(home)] == ["held"]
    assert [fault.id for fault in held.held(home)[0].faults] == ["duplicate_file"]


def test_the_same_odd_file_twice_is_held_once(home: Path) -> None:
    for _ in range(2):
        send(home, jumped(numbers(CLEAN)))
        assert [one.state for one in settled(home)] == ["held"]
    assert len(held.held(home)) == 1


def test_let_pass_it_is_loaded_with_the_reason_and_lies_in_done(home: Path) -> None:
    send(home, jumped(numbers(CLEAN)))
    settled(home)
    run = CliRunner().invoke(app, ["held", "accept", name_of(CLEAN), "--why", "口径改变", "--home", str(home)])
    assert run.exit_code == 0, run.output
    assert held.held(home) == []
    store = Store.open(read_home(home).database)
    load = store.loads()[-1]
    assert (load.file, load.notes["accepted"]["why"], load.notes["faults"][0]["id"]) == (
        name_of(CLEAN),
        "口径改变",
        "jump",
    )
    assert Path(load.notes["path"]).is_file()
    store.close()
    assert list((home / "inbox/held").rglob("*.json")) == []
    send(home, numbers(CLEAN + 1), CLEAN + 1)
    assert [one.state for one in settled(home)] == ["loaded"]


def test_refused_it_goes_back_with_the_reason(home: Path) -> None:
    before = version(home)
    send(home, jumped(numbers(CLEAN)))
    settled(home)
    run = CliRunner().invoke(app, ["held", "refuse", name_of(CLEAN), "--why", "多乘了九", "--home", str(home)])
    assert run.exit_code == 0, run.output
    assert held.held(home) == []
    (back,) = (home / "inbox/rejected").rglob(name_of(CLEAN))
    told = back.with_name(f"{back.name}.txt").read_text("utf-8")
    assert "多乘了九" in told
    assert "退回" in told
    assert "放行" not in told  # nobody asks the sender to let it pass
    assert version(home) == before
    with pytest.raises(HeldNotFound):
        held.find(home, name_of(CLEAN))


def test_a_run_that_dies_after_the_decision_is_gone_on_with(home: Path) -> None:
    send(home, jumped(numbers(CLEAN)))
    settled(home)
    (one,) = held.held(home)
    held.keep(one.path, one.source, one.faults, {"who": "x", "why": "right", "at": "2022-03-17"})
    assert [each.state for each in settled(home)] == ["loaded"]
    assert held.held(home) == []


def test_a_run_that_dies_between_the_load_and_the_move_loads_it_once(home: Path) -> None:
    send(home, jumped(numbers(CLEAN)))
    settled(home)
    (one,) = held.held(home)
    held.keep(one.path, one.source, one.faults, {"who": "x", "why": "right", "at": "2022-03-17"})

    class Dies(Inbox):
        def _close(self, *_: object) -> Settled:
            raise KeyboardInterrupt

    with Opened(home) as opened, pytest.raises(KeyboardInterrupt):
        list(Dies(home, opened.city, opened.store, opened.inbox.take).run(0))
    loaded = version(home)
    assert [each.state for each in settled(home)] == ["loaded"]
    assert (version(home), held.held(home)) == (loaded, [])


def test_the_command_load_holds_unless_a_reason_is_given(home: Path, tmp_path: Path) -> None:
    file, before = write(tmp_path, CLEAN, jumped(numbers(CLEAN))), version(home)
    run = CliRunner().invoke(app, ["load", "daily", str(file), "--home", str(home)])
    assert (run.exit_code, version(home), file.exists()) == (1, before, True)
    assert "骤增" in run.output
    run = CliRunner().invoke(app, ["load", "daily", str(file), "--accept", "属实", "--home", str(home)])
    assert (run.exit_code, version(home)) == (0, before + 1)


def test_an_archive_is_not_held_by_its_own_history_but_what_comes_later_is(home: Path) -> None:
    settings = read_home(home)
    city = read_city(settings.city)
    write(city.folder / "in", CLEAN, jumped(numbers(CLEAN)))
    store = Store.open(settings.database)
    (outcome,) = build(store, city, settings.secret).outcomes
    assert isinstance(outcome.error, HeldBack)
    store.close()
    fresh = Store.create(f"sqlite:///{home / 'other.db'}")
    built = build(fresh, city, settings.secret)
    assert not any(one.error for one in built.outcomes)
    assert [fault.id for one in built.outcomes for fault in one.faults] == ["jump"]
    fresh.close()


def test_what_is_held_can_be_set(home: Path) -> None:
    settings = read_home(home)
    text = settings.city.read_text("utf-8").replace('name = "daily"', 'name = "daily"\nguard = { hold = [] }')
    settings.city.write_text(text, "utf-8")
    send(home, jumped(numbers(CLEAN)))
    assert [one.state for one in settled(home)] == ["loaded"]


# --- decided on a page ------------------------------------------------------------------------------------


def waiting(home: Path) -> held.Held:
    """A jump that is held back."""
    send(home, jumped(numbers(CLEAN)))
    settled(home)
    return held.find(home, name_of(CLEAN))


def test_what_was_decided_is_carried_out_by_the_next_pass(home: Path) -> None:
    before = version(home)
    held.decide(waiting(home), "accept", "li", "口径改变")
    assert (version(home), held.find(home, name_of(CLEAN)).waits) == (before, False)
    assert [one.state for one in settled(home)] == ["loaded"]
    store = Store.open(read_home(home).database)
    accepted = store.loads()[-1].notes["accepted"]
    store.close()
    assert (accepted["who"], accepted["why"]) == ("li", "口径改变")
    assert list((home / "inbox/held").rglob("*.json")) == []


def test_a_decision_that_was_withdrawn_is_none(home: Path) -> None:
    before, one = version(home), waiting(home)
    held.decide(one, "accept", "li", "x")
    held.withdraw(one)
    assert settled(home) == []
    assert (version(home), held.find(home, name_of(CLEAN)).waits) == (before, True)
    with pytest.raises(HeldDecided):
        held.withdraw(one)


def test_a_decision_withdrawn_while_the_inbox_takes_it_up_is_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, one = version(home), waiting(home)
    held.decide(one, "accept", "li", "x")
    keep = held.keep

    def quicker(*args: object, **more: object) -> None:
        keep(*args, **more)  # type: ignore[arg-type]
        monkeypatch.undo()
        held.withdraw(one)

    monkeypatch.setattr("data.held.keep", quicker)
    assert settled(home) == []
    found = held.find(home, name_of(CLEAN))
    assert (version(home), found.waits, found.at) == (before, True, one.at)


def test_of_two_who_decide_one_is_quicker(home: Path) -> None:
    one = waiting(home)
    held.decide(one, "refuse", "li", "x")
    with pytest.raises(HeldDecided):
        held.decide(one, "accept", "wang", "y")
    found = held.find(home, name_of(CLEAN)).decided
    assert found is not None
    assert (found.what, found.who) == ("refuse", "li")


def test_a_decision_about_an_earlier_file_of_that_name_is_none(home: Path) -> None:
    one = waiting(home)
    held.decide(one, "accept", "li", "x")
    held.keep(one.path, one.source, one.faults)
    now = held.find(home, name_of(CLEAN))
    assert now.waits
    assert settled(home) == []
    held.decide(now, "refuse", "li", "y")
    assert [each.state for each in settled(home)] == ["rejected"]


def test_a_returned_file_can_be_taken_back_and_let_pass(home: Path) -> None:
    before = version(home)
    held.decide(waiting(home), "refuse", "li", "多乘了九")
    assert [each.state for each in settled(home)] == ["rejected"]
    (back,) = held.refused(home)
    assert (held.held(home), back.refused["why"], [fault.id for fault in back.faults]) == ([], "多乘了九", ["jump"])
    assert "jump" not in [f.id for one in desk_of(home) for f in one.faults]  # what somebody returned is no fault of it
    held.decide(back, "undo", "li", "")
    assert [each.state for each in settled(home)] == ["held"]
    assert (held.refused(home), version(home)) == ([], before)
    held.decide(held.find(home, name_of(CLEAN)), "accept", "li", "属实")
    assert [each.state for each in settled(home)] == ["loaded"]


def test_the_command_takes_back_what_was_decided_and_what_was_returned(home: Path) -> None:
    def undo() -> int:
        return CliRunner().invoke(app, ["held", "undo", name_of(CLEAN), "--home", str(home)]).exit_code

    held.decide(waiting(home), "refuse", "li", "x")
    assert "li" in CliRunner().invoke(app, ["held", "list", "--home", str(home)]).output
    assert undo() == 0
    held.decide(held.find(home, name_of(CLEAN)), "refuse", "li", "x")
    settled(home)
    assert undo() == 0
    assert held.find(home, name_of(CLEAN)).waits
    assert undo() != 0


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"held": 1, "what": "eat", "who": "", "why": "", "at": ""}'])
def test_somebody_s_own_file_of_that_name_decides_nothing(home: Path, text: str) -> None:
    one = waiting(home)
    one.path.with_name(f"{one.name}{held.MARK}").write_text(text, "utf-8")
    assert held.find(home, one.name).waits
    assert settled(home) == []


def desk_of(home: Path) -> list[Freshness]:
    """How its sources stand."""
    made = desk(home)
    found = list(made.feeds(Viewer()).sources)
    made.desk.cube.store.close()
    return found


# --- in the ledger ----------------------------------------------------------------------------------------


def desk(home: Path) -> FreshnessDesk:
    settings = read_home(home)
    made = Desk(Cube(Store.open(settings.database), read_city(settings.city)))
    made.home = home
    return made.beside(FreshnessDesk)


def test_the_ledger_tells_of_what_is_held_and_of_changed_columns(home: Path) -> None:
    send(home, jumped(numbers(CLEAN)))
    send(home, numbers(CLEAN + 1), CLEAN + 1, heading=["日期", "街道代码", "类别", "例数"])
    assert sorted(one.state for one in settled(home)) == ["held", "rejected"]
    made = desk(home)
    board = made.board(Viewer())
    line = next(line for line in board.lines if line.feed.source.name == "daily")
    assert (line.held, board.held) == (1, 1)
    assert "schema_drift" in [fault.id for fault in line.feed.faults]
    assert [one.name for one in made.held(Viewer())] == [name_of(CLEAN)]
    with pytest.raises(Forbidden):
        made.held(Viewer(rights=frozenset()))
    assert next(each for each in made.board(Viewer(rights=frozenset())).lines).held == 0
    made.desk.cube.store.close()


def test_somebody_of_one_district_is_told_of_no_number_and_no_area_outside_of_it(home: Path) -> None:
    table = numbers(CLEAN)
    missing = {street: n for street, n in table.items() if street != STREETS[4]}
    send(home, missing)
    assert [one.state for one in settled(home)] == ["loaded"]
    made = desk(home)
    for scope, units in (("990101", ()), ("990102", (STREETS[4],))):
        viewer = Viewer(scope=scope, rights=frozenset())
        board = made.board(viewer)
        assert {code[: len(scope)] for code, _ in board.areas} == {scope}
        daily = next(line for line in board.lines if line.feed.source.name == "daily").feed
        assert (daily.loads, daily.rejected) == (None, None)
        found = [each.fault for each in daily.found if each.fault.id == "incomplete"]
        assert tuple(unit for fault in found for unit in fault.units) == units
    made.desk.cube.store.close()


def test_columns_that_were_renamed_are_refused_by_their_loader(home: Path) -> None:
    path = send(home, numbers(CLEAN), heading=["日期", "街道代码", "类别", "例数"])
    with Opened(home) as opened, pytest.raises(MissingColumns):
        opened.inbox.take(Delivery(opened.city.source("daily"), path, "x", None), {})
