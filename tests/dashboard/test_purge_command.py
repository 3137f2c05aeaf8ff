"""``onescreen purge`` and what ``onescreen verify`` says after it; what commands leave in the log."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard import cli
from dashboard.pages import PAGES
from dashboard.pages.sheets import Sheets
from dashboard.queries import CodeDesk, Desk, Viewer
from data.access import Access
from data.access.audit import Line, Log, Sought
from data.access.certificates import genuine
from data.city import read_city
from data.purge import carrying_out
from data.settings import make_home, read_home
from data.store import Store
from grid.cube import Cube
from tests import tiny
from tests.tiny import DAYS, Knobs, Town

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setattr("getpass.getuser", lambda: "li")

    def command(*words: object) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["onescreen", *map(str, words)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        said = capsys.readouterr()
        return int(done.value.code or 0), said.out + said.err

    return command


@pytest.fixture
def home(tmp_path: Path, run: Run) -> Path:
    """A home with a ledger of two days, brought through the inbox."""
    town = Town(tmp_path / "city", f"sqlite:///{tmp_path / 'x.db'}", Knobs(sources=()))
    town.store.close()
    for name in ("a", "b"):
        town.add(name, "assignments", "", str(tmp_path / f"sent/{name}.csv"))
    home = tmp_path / "home"
    (tmp_path / "sent").mkdir()
    for name, day in (("a", DAYS[5]), ("b", DAYS[7])):
        rows = [(day, f"p{n}", "红码", dt.date(2022, 1, 1), tiny.cells()[n], "henan-2", "密接") for n in range(6)]
        tiny.write_csv(tmp_path / f"sent/{name}.csv", ["日期", "假名", "码色", "赋码日期", "h3", "规则", "身份"], rows)
    make_home(home, town.path)
    assert run("build", town.path, "--home", home)[0] == 0
    return home


def lines(home: Path, action: str = "") -> list[Line]:
    access = Access.beside(read_home(home).database, home)
    found, _ = Log(access).search(Sought(action=action), limit=500)
    access.close()
    return found[::-1]


def test_without_yes_it_is_only_listed(home: Path, run: Run) -> None:
    code, said = run("purge", "--home", home, "--tickets-before", DAYS[6])
    assert (code, "未销毁" in said, f"6 tickets of 1 days from {DAYS[5]}" in said) == (0, True, True)
    assert lines(home, "purge") == []
    assert not list((home / "certificates").glob("*"))


def test_done_it_leaves_a_certificate_and_verify_holds(home: Path, run: Run) -> None:
    code, said = run("purge", "--home", home, "--tickets-before", DAYS[6], "--sessions", "--yes")
    assert code == 0, said
    (path,) = (home / "certificates").iterdir()
    assert str(path) in said.replace("\n", "")
    certificate = json.loads(path.read_text("utf-8"))
    assert genuine(certificate, read_home(home).secret)
    assert certificate["by"] == "cli:li"
    code, said = run("verify", "--home", home)
    assert (code, "已依第 1 号证书销毁" in said, "✗" in said) == (0, True, False), said
    code, said = run("verify", "--home", home, "--lang", "en")
    assert (code, "destroyed under certificate 1" in said, "lines of the log stood the test" in said) == (0, True, True)
    path.unlink()
    code, said = run("purge", "--home", home, "--tickets-before", DAYS[6], "--yes")
    assert (code, "没有可销毁的内容" in said) == (0, True)
    assert json.loads(path.read_text("utf-8")) == certificate


def test_young_lines_are_refused(home: Path, run: Run) -> None:
    code, said = run("purge", "--home", home, "--log-before", dt.date.today(), "--yes")
    assert (code, "至少保留六个月" in said) == (2, True)
    assert run("purge", "--home", home, "--log-before", "yesterday")[0] == 2


def test_one_cut_short_is_said_and_finished(home: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:

        def torn(*_words: object) -> None:
            raise KeyboardInterrupt

        patched.setattr(carrying_out, "destroy_files", torn)
        assert run("purge", "--home", home, "--tickets-before", DAYS[6], "--yes")[0] == 130
    code, said = run("verify", "--home", home)
    assert (code, "第 1 号销毁尚未完成" in said) == (3, True), said
    code, said = run("purge", "--home", home, "--finish")
    assert (code, "完成第 1 号销毁" in said) == (0, True)
    assert run("verify", "--home", home)[0] == 0
    assert [line.action for line in lines(home)][-2:] == ["purge", "purge_done"]


def test_a_forged_certificate_and_an_altered_log_are_told(home: Path, run: Run) -> None:
    run("purge", "--home", home, "--tickets-before", DAYS[6], "--yes")
    access = Access.beside(read_home(home).database, home)
    with access.writing() as connection:
        connection.exec_driver_sql("UPDATE certificate SET said = json_replace(said, '$.by', 'nobody')")
        connection.exec_driver_sql("DROP TRIGGER entry_unaltered")
        connection.exec_driver_sql("UPDATE entry SET who = 'nobody' WHERE id = 2")
    access.close()
    code, said = run("verify", "--home", home)
    assert (code, "日志第 2 条被改动" in said, "第 1 号销毁证书被改动" in said, "触发器被拆除" in said) == (
        1,
        True,
        True,
        True,
    )


def test_pages_of_a_purged_day_say_so_and_nothing_is_a_nought(home: Path, run: Run) -> None:
    run("purge", "--home", home, "--tickets-before", DAYS[6], "--yes")
    settings = read_home(home)
    store = Store.open(settings.database)
    desk = Desk(Cube(store, read_city(settings.city)))
    sheets, codes = Sheets(desk, "zh", PAGES), desk.beside(CodeDesk)
    for name in ("codes", "tickets"):
        page = sheets.page_at(f"/{name}")
        assert page is not None
        for day, gone in ((DAYS[5], True), (DAYS[7], False)):
            said = str(sheets(page, f"day={day}", Viewer())["sheet"])
            assert ("已依第 1 号证书销毁" in said) == gone, (name, day)
    late = codes.overdue(Viewer(), "city", DAYS[5])
    assert late is not None
    assert (late.near, codes.provenance(Viewer(), "city", DAYS[5])) == (None, None)
    assert {owner.near for owner in late.owners} <= {None}
    assert codes.tickets(Viewer(), "city", DAYS[7]).total == 6
    store.close()


def test_what_the_settings_no_longer_keep_goes_and_every_page_opens(home: Path, run: Run) -> None:
    assert "there is nothing to destroy" in run("retain", "--home", home, "--yes")[1]
    settings = home / "settings.toml"
    settings.write_text(f"{settings.read_text('utf-8')}keep_days = 92\n", "utf-8")
    listed, done = run("retain", "--home", home)[1], run("retain", "--home", home, "--yes")
    assert ("nothing was destroyed" in listed, done[0], len(lines(home, "purge"))) == (True, 0, 1)
    code, said = run("verify", "--home", home, "--lang", "en")
    assert (code, said.count("1 days are no longer kept, by certificate 1")) == (0, 2)
    store = Store.open(read_home(home).database)
    desk = Desk(Cube(store, read_city(read_home(home).city)))
    sheets = Sheets(desk, "zh", PAGES)
    assert desk.beside(CodeDesk).overdue(Viewer(), "city", DAYS[5]) is None
    for page in ("codes", "tickets", "freshness", "notices"):
        found = sheets.page_at(f"/{page}")
        assert found is not None
        sheets(found, f"day={DAYS[5]}", Viewer())
    store.close()


def test_commands_leave_a_line_each(home: Path, run: Run, tmp_path: Path) -> None:
    run("ask", "code_red", "--home", home)
    run("export", "code_red", "--home", home, "--format", "csv,geojson", "--out", tmp_path / "out")
    run("backup", tmp_path / "x.zip", "--home", home)
    told = [(line.who, line.action) for line in lines(home)]
    assert told[-4:] == [("cli:li", name) for name in ("ask", "export", "export", "backup")]
    loads = lines(home, "load")
    assert [line.more["source"] for line in loads if line.more["kind"] == "assignments"] == ["a", "b"]
    assert {line.who for line in loads} == {"cli:li"}
