"""A purge: what goes is gone to the last byte, what stays holds, and a kill leaves it done or not done."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from data import purge as purging
from data import tables
from data.access import audit
from data.access.audit import Log, Sought
from data.access.book import Access
from data.access.certificates import certificates, genuine, unfinished
from data.access.proof import verify_log
from data.chain import Proof, verify
from data.chain.rows import delivered
from data.engine import utcnow
from data.errors import BadQuestion, StoreError
from data.events import Events, evidence, read
from data.events.rebuild import wrong
from data.purge import Wanted, begin, carry_out, holds_nothing, plan
from data.settings import make_home
from grid.build import build
from tests import tiny
from tests.happened import NOW, lived, opened
from tests.postgres import Server
from tests.tiny import DAYS, Knobs, Town

CUT = DAYS[6]
SINCE = dt.date(2022, 1, 1)
OLD = utcnow() - dt.timedelta(days=200)

KILLED = """
import datetime as dt, os, signal, sys
from pathlib import Path
from data.purge import Wanted, carrying_out, plan
from data.access.audit import Log
from data.access.book import Access
from data.city import read_city
from data.settings import read_home
from data.store import Store
home, step = Path(sys.argv[1]), sys.argv[2]
settings = read_home(home)
store, log, city = Store.open(settings.database), Log(Access.beside(settings.database, home)), read_city(settings.city)
setattr(carrying_out, step, lambda *words: os.kill(os.getpid(), signal.SIGKILL))
made = plan(store, log, home, city, Wanted(dt.date(2022, 3, 7), sessions=True))
carrying_out.carry_out(home, store, log, carrying_out.begin(log, made, "cli:x"), settings.secret)
"""


@dataclass
class Office:
    """A home with two ledgers in done/, and a log."""

    home: Path
    town: Town
    log: Log
    secret: str
    events: Events

    def verify(self) -> Proof:
        return verify(self.town.store, delivered(self.town.store, self.town.city), self.secret)

    def plan(self, **wanted: Any) -> dict[str, Any]:
        return plan(self.town.store, self.log, self.home, self.town.city, Wanted(**wanted), events=self.events)

    def purge(self, **wanted: Any) -> dict[str, Any]:
        one = begin(self.log, self.plan(**wanted), "cli:x")
        file = carry_out(self.home, self.town.store, self.log, one, self.secret, self.events)
        said: dict[str, Any] = json.loads(file.read_text())
        return said

    def tickets(self) -> dict[dt.date, int]:
        """Bytes of tickets by day that tell of anybody."""
        found = {}
        for day, source, load in self.town.store.code_days(99):
            found[day] = len(self.town.store.code_day(day, source, load).tickets)
        return found


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    home = tmp_path / "home"
    town = Town(tmp_path / "city", database_url, Knobs(sources=()))
    for n, day in enumerate((DAYS[5], DAYS[7])):
        file = home / f"inbox/done/2022-03-0{n + 6}/a{n}/ledger.csv"
        town.add(f"a{n}", "assignments", "", str(file))
        rows = [
            (day, f"person-{day}-{k:04}", "红码", SINCE, tiny.cells()[k % 9], f"evidence-{day}-{k}", "henan-2", "密接")
            for k in range(60)
        ]
        tiny.write_csv(file, ["日期", "假名", "码色", "赋码日期", "h3", "依据编号", "规则", "身份"],
                       [*rows, (day, f"person-{day}-bad", "MARKER-COLOUR", DAYS[0], tiny.cells()[0], "", "", "")])  # fmt: skip
        file.with_name("ledger.csv.rejects.csv").write_text("MARKER-COLOUR")
    settings = make_home(home, town.path, database_url)
    assert [outcome.error for outcome in build(town.store, town.city, settings.secret).outcomes] == [None, None]
    access, events = Access.beside(database_url, home), Events.beside(database_url, home)
    yield Office(home, town, Log(access), settings.secret, events)
    events.close()
    access.close()
    town.store.close()


def test_tickets_and_files_of_past_days_go_and_all_else_stays(office: Office) -> None:
    before, sums = office.tickets(), colours(office)
    assert before[DAYS[5]] > 0
    said = office.purge(tickets_before=CUT)
    assert office.tickets() == before | {DAYS[5]: 0}
    assert colours(office) == sums
    files = sorted(path.name for path in (office.home / "inbox/done").rglob("*") if path.is_file())
    assert files == ["ledger.csv", "ledger.csv.rejects.csv"]  # those of the later day
    assert [one["rows"] for one in said["tickets"]] == [before[DAYS[5]]]
    assert {Path(one["path"]).name for one in said["files"]} == {"ledger.csv", "ledger.csv.rejects.csv"}
    assert [len(office.town.store.rejects(n)) for n in (2, 3)] == [0, 1]
    assert office.town.store.load(2).rejected == 1  # that there were some is still known
    assert holds_nothing(office.plan(tickets_before=CUT))


def test_a_file_sent_again_goes_with_the_next_purge(office: Office) -> None:
    first = office.home / "inbox/done/2022-03-06/a0/ledger.csv"
    body = first.read_bytes()
    office.purge(tickets_before=CUT)
    again = first.with_name("ledger~2.csv")
    again.parent.mkdir(parents=True, exist_ok=True)
    again.write_bytes(body)
    again.with_name("ledger~2.csv.txt").write_text("...")
    again.with_name("ledger.xlsx").write_text("another one")
    said = office.purge(tickets_before=CUT)
    assert {Path(one["path"]).name for one in said["files"]} == {"ledger~2.csv", "ledger~2.csv.txt"}
    assert [path.name for path in again.parent.iterdir()] == ["ledger.xlsx"]
    assert (office.verify().breaks, said["tickets"], said["loads"]) == ([], [], [])


def colours(office: Office) -> list[Any]:
    days = office.town.store.code_days(99)
    return [(d, office.town.store.code_groups(d, s, n)[2].tolist()) for d, s, n in days]


def test_the_chain_says_what_was_destroyed_and_by_which_certificate(office: Office) -> None:
    office.purge(tickets_before=CUT)
    proof = office.verify()
    assert (proof.breaks, proof.gone, proof.heads) == ([], [], 2)
    assert [(one.load, one.day, one.certificate) for one in proof.purged] == [(2, DAYS[5], 1), (2, None, 1)]
    assert "已依第 1 号证书销毁" in proof.purged[0].say("zh")
    assert "destroyed under certificate 1" in proof.purged[1].say("en")


@pytest.mark.parametrize("column", ["groups", "combinations", "tickets", "words", "notes"])
def test_what_is_left_of_a_purged_day_still_cannot_be_altered(office: Office, column: str) -> None:
    office.purge(tickets_before=CUT)
    day = next(iter(office.town.store.coded(2)))
    notes = {**day.notes, "purged": {**day.notes["purged"], "rows": 1}}
    other = {"groups": day.combinations, "combinations": day.groups, "tickets": day.groups, "words": {}, "notes": notes}
    change(office, tables.code_day, 2, **{column: other[column]})
    assert [(one.what, one.load) for one in office.verify().breaks] == [("day", 2)]


def test_a_day_emptied_without_a_certificate_is_broken(office: Office) -> None:
    office.purge(tickets_before=CUT)
    emptied = next(iter(office.town.store.coded(2)))
    change(office, tables.code_day, 3, tickets=emptied.tickets, notes=emptied.notes)
    (office.home / "inbox/done/2022-03-07/a1/ledger.csv").unlink()
    change(office, tables.load, 3, notes=office.town.store.load(2).notes)
    proof = office.verify()
    assert [(one.what, one.load) for one in proof.breaks] == [("day", 3)]
    change(office, tables.code_day, 3, tickets=b"", notes={})
    assert [one.load for one in office.verify().purged] == [2, 2]


def change(office: Office, table: Any, load: int, **values: Any) -> None:
    with office.town.store.writing() as connection:
        key = table.c.id if table is tables.load else table.c.load
        connection.execute(update(table).where(key == load).values(**values))


def test_a_day_altered_before_its_purge_is_not_made_whole_by_it(office: Office) -> None:
    change(office, tables.code_day, 2, combinations=next(iter(office.town.store.coded(2))).groups)
    office.purge(tickets_before=CUT)
    assert [(one.what, one.load) for one in office.verify().breaks] == [("day", 2)]


def test_no_byte_is_left(office: Office, postgres_server: Server, database_url: str) -> None:
    row = next(iter(office.town.store.coded(2)))
    body = bytes(row.tickets)
    markers = [body[at : at + 24] for at in (40, len(body) // 2)]
    markers += [b"evidence-2022-03-06", b"person-2022-03-06", b"MARKER-COLOUR"]
    (office.home / "inbox/done/2022-03-07/a1/ledger.csv.rejects.csv").unlink()
    change_rejects(office)
    sqlite = database_url.startswith("sqlite")
    folder = office.home.parent if sqlite else postgres_server.folder
    flush(office)
    kept = markers[:4]
    assert all(found(folder, [marker]) or found(office.home, [marker]) for marker in kept)
    office.purge(tickets_before=CUT)
    assert {at: found(folder, [at]) for at in kept} == {marker: [] for marker in kept}
    assert found(office.home, [b"person-2022-03-08"])  # of the other day


def change_rejects(office: Office) -> None:
    with office.town.store.writing() as connection:
        connection.execute(text("DELETE FROM reject WHERE load = 3"))


def flush(office: Office) -> None:
    if office.town.store.engine.dialect.name == "postgresql":
        with office.town.store.engine.connect() as connection:
            connection.execute(text("CHECKPOINT"))


def found(folder: Path, markers: list[bytes]) -> list[str]:
    """Files with any of the markers; the journal of PostgreSQL is its own (see data.purge)."""
    files = (path for path in folder.rglob("*") if path.is_file() and "pg_wal" not in path.parts)
    return [path.name for path in files if any(marker in path.read_bytes() for marker in markers)]


def aged(office: Office, monkeypatch: pytest.MonkeyPatch, old: int, new: int) -> None:
    """Lines of long ago, then lines of today."""
    with monkeypatch.context() as patched:
        patched.setattr(audit, "utcnow", lambda: OLD)
        for n in range(old):
            office.log.add("OLD-LINE", "official", "tickets", "9901", n)
    for n in range(new):
        office.log.add("new-line", "official", "tickets", "9901", n)


def test_old_lines_go_and_the_log_holds_over_the_cut(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    aged(office, monkeypatch, 5, 3)
    newest = office.log.newest()
    assert newest is not None
    said = office.purge(log_before=OLD.date() + dt.timedelta(days=2))
    assert (said["log"]["first"], said["log"]["through"], said["log"]["lines"]) == (1, 5, 5)
    proof = verify_log(office.log)
    assert (proof.first, proof.lines, proof.breaks) == (6, 5, ())
    lines, _ = office.log.search(Sought())
    assert [line.action for line in lines] == ["purge_done", "purge", "tickets", "tickets", "tickets"]
    assert said["heads"] == {"before": newest.head, "after": lines[1].head}
    assert lines[0].more["sha256"] == said["sha256"]
    if office.log.access.engine.dialect.name == "sqlite":
        assert found(office.home, [b"OLD-LINE"]) == []
    aged(office, monkeypatch, 0, 1)
    assert verify_log(office.log).breaks == ()


def test_all_lines_may_be_old(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    aged(office, monkeypatch, 4, 0)
    office.purge(log_before=OLD.date() + dt.timedelta(days=2))
    assert (verify_log(office.log).first, verify_log(office.log).lines, verify_log(office.log).breaks) == (5, 2, ())


def test_a_cut_without_the_line_that_tells_of_it_is_found(
    office: Office, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    aged(office, monkeypatch, 3, 2)
    lines, _ = office.log.search(Sought())
    fourth = lines[1]
    with office.log.access.writing() as connection:  # somebody makes a certificate up, to get rid of three lines
        connection.execute(text("INSERT INTO certificate (id, at, who, plan, through, head) VALUES"
                                f" (1, '2026-01-01 00:00:00', 'x', '{{}}', 3, '{fourth.before}')"))  # fmt: skip
        connection.execute(text("DELETE FROM entry WHERE id <= 3"))
    assert [(one.what, one.line) for one in verify_log(office.log).breaks] == [("unproven", 3)]


def test_young_lines_stay(office: Office) -> None:
    today = utcnow().date()
    with pytest.raises(BadQuestion, match="six months"):
        office.plan(log_before=today - dt.timedelta(days=182))
    assert holds_nothing(office.plan(log_before=today - dt.timedelta(days=183)))


def test_the_certificate_is_signed_and_cannot_be_altered(office: Office) -> None:
    said = office.purge(tickets_before=CUT)
    assert genuine(said, office.secret)
    assert not genuine(said, "another secret")
    assert not genuine({**said, "by": "somebody else"}, office.secret)
    with pytest.raises(Exception, match="never altered"), office.log.access.writing() as connection:
        connection.execute(text("UPDATE certificate SET through = 9"))
    with pytest.raises(Exception, match=r"kept|never altered"), office.log.access.writing() as connection:
        connection.execute(text("DELETE FROM certificate"))


@pytest.mark.parametrize("step", ["begin", "empty_days", "destroy_files", "rewrite", "close", "keep_file"])
def test_a_kill_before_a_step_leaves_it_done_or_not_done(office: Office, step: str) -> None:
    tickets = office.tickets()
    died = subprocess.run([sys.executable, "-c", KILLED, str(office.home), step], check=False)
    assert died.returncode == -9
    begun = certificates(office.log)
    if step == "begin":
        assert (begun, office.tickets(), office.verify().purged) == ([], tickets, [])
        return
    assert (unfinished(office.log) is None) == (step == "keep_file")
    assert verify_log(office.log).breaks == ()
    assert office.verify().breaks == []
    said = json.loads(carry_out(office.home, office.town.store, office.log, begun[0], office.secret).read_text())
    assert genuine(said, office.secret)
    assert office.tickets()[DAYS[5]] == 0
    assert len(list((office.home / "inbox/done").rglob("ledger.csv"))) == 1
    assert [(one.day, one.certificate) for one in office.verify().purged] == [(DAYS[5], 1), (None, 1)]
    actions = [line.action for line in office.log.search(Sought())[0]]
    assert actions == ["purge_done", "purge"]


def test_only_kinds_with_a_row_a_person_lose_files() -> None:
    assert {"assignments", "cases", "contacts", "isolation", "tests", "stays", "code_ledger"} <= purging.PERSONAL
    assert not {"population", "zones", "notices", "flows", "presence", "risk_areas"} & purging.PERSONAL


def test_histories_of_closed_events_go_and_their_times_stay(office: Office, database_url: str) -> None:
    events = office.events
    old, open_, new = (opened(events, key=str(n), subject=f"MARKER-{n}", note=f"MARKER-{n}") for n in range(3))
    evidence.keep(events, old, b"%PDF-MARKER-0", by="wang", now=NOW)
    lived(events, old)
    lived(events, new, now=NOW + dt.timedelta(days=2))
    times = read.loops(events, since=NOW, until=NOW + dt.timedelta(days=1))[0].event
    said = office.purge(events_before=(NOW + dt.timedelta(days=1)).date())
    assert said["events"]["events"] == [old]
    found = read.history(events, old)
    assert (found.reports, found.changes, found.messages) == ([], [], [])
    assert replace(found.event, subject=times.subject, actor=times.actor) == times
    assert (found.event.subject, found.event.actor) == ("", "")
    assert [len(read.history(events, event).changes) for event in (open_, new)] == [1, 5]
    assert wrong(events) == []
    assert office.plan(events_before=(NOW + dt.timedelta(days=1)).date())["events"] is None
    if database_url.startswith("sqlite"):
        events.close()
        assert b"MARKER-0" not in (office.home / "events.db").read_bytes()
    assert office.log.newest() is not None


def test_without_the_book_of_events_a_purge_of_it_is_not_at_its_end(office: Office) -> None:
    lived(office.events, opened(office.events))
    one = begin(office.log, office.plan(events_before=(NOW + dt.timedelta(days=1)).date()), "cli:x")
    with pytest.raises(StoreError, match="book of events"):
        carry_out(office.home, office.town.store, office.log, one, office.secret)
    carry_out(office.home, office.town.store, office.log, one, office.secret, office.events)
    assert read.history(office.events, 1).changes == []
