"""The command: what it answers, and that what goes wrong is one sentence in two languages, never a traceback."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from dashboard import cli
from tests import tiny
from tests.tiny import DAYS, Knobs


@dataclass
class Said:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.out)))


Run = Callable[..., Said]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process, as the shell would."""

    def command(*words: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["onescreen", *map(str, words)])
        capsys.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as done:
            code = int(done.code or 0)
        said = capsys.readouterr()
        return Said(code, said.out, said.err)

    return command


def refused(said: Said) -> str:
    """The sentence of a refusal; nothing else was said, and in both languages."""
    assert said.code == 2
    assert said.out == ""
    assert "Traceback" not in said.err
    zh, _, en = " ".join(said.err.split()).partition(" ") if said.err.startswith("✗") else ("", "", said.err)
    assert zh == "✗"
    assert re.search(r"[\u4e00-\u9fff]", en)
    assert re.search(r"[a-z]{3}", en)
    return en


# --- asking ----------------------------------------------------------------------------------------


def test_csv_has_the_columns_that_the_help_promises(run: Run, tiny_home: Path) -> None:
    said = run("ask", "addresses", "--home", tiny_home, "--day", DAYS[0], "--level", "district", "--format", "csv")
    assert said.code == 0
    assert said.out.splitlines()[0] == "area,name,level,day,value,state"
    assert [(row["area"], row["name"], row["level"], row["day"]) for row in said.rows] == [
        ("990101", "东江区", "district", "2022-03-01"), ("990102", "西山区", "district", "2022-03-01"),
    ]  # fmt: skip
    expected = sum(n for (_, day), n in tiny.addresses().items() if day == DAYS[0])
    assert sum(int(row["value"]) for row in said.rows) == expected


def test_json_is_the_same_answers(run: Run, tiny_home: Path) -> None:
    words = ("ask", "incidence_7d", "--home", tiny_home, "--from", DAYS[0], "--to", DAYS[9], "--area", "西山区")
    found = json.loads(run(*words, "--format", "json").out)
    rows = run(*words, "--format", "csv").rows
    assert len(found) == len(rows) == 10
    for one, other in zip(found, rows, strict=True):
        assert (one["day"], one["state"]) == (other["day"], other["state"])
        assert one["value"] == (float(other["value"]) if other["value"] else None)


def test_missing_is_empty_and_zero_is_zero(run: Run, tiny_home: Path) -> None:
    for day, value, state in ((DAYS[3], "0", "zero"), (DAYS[0].replace(year=2021), "", "missing")):
        (row,) = run("ask", "risk_middle", "--home", tiny_home, "--day", day, "--format", "csv").rows
        assert (row["value"], row["state"]) == (value, state)


def test_days_are_added_up_and_a_table_is_for_eyes(run: Run, tiny_home: Path) -> None:
    span = ("--from", DAYS[0], "--to", DAYS[4])
    (row,) = run("ask", "addresses", "--home", tiny_home, *span, "--sum", "--format", "csv").rows
    assert row["value"] == str(sum(tiny.addresses().values()))
    shown = run("ask", "addresses", "--home", tiny_home, *span, "--level", "street", "--lang", "en")
    assert "Addresses with a positive (addresses)" in shown.out
    assert "柳林街道" in shown.out
    assert "missing" in run("ask", "addresses", "--home", tiny_home, "--day", DAYS[9], "--lang", "en").out
    assert "未报" in run("ask", "addresses", "--home", tiny_home, "--day", DAYS[9]).out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["deaths"], "no measure is called deaths"),
        (["positives", "--area", "火星"], "no area has the code or name 火星"),
        (["positives", "--area", "新村居委会"], "东江区/东江镇/新村居委会 (990101002001)"),
        (["positives", "--level", "province"], "no level province"),
        (["positives", "--day", "2022-02-30"], "2022-02-30 is no day; YYYY-MM-DD"),
        (["positives", "--from", "2022-03-02", "--to", "2022-03-01"], "2022-03-02 > 2022-03-01"),
        (["positives", "--from", "2022-03-02"], "--from needs --to"),
        (["positives", "--day", "2022-03-02", "--to", "2022-03-01"], "either --day or --from"),
        (["positives", "--from", "1900-01-01", "--to", "2022-03-01"], "at most 731 days"),
        (["population", "--from", "2022-03-01", "--to", "2022-03-02", "--sum"], "cannot be added up"),
        (["positives", "--source", "deaths"], "no source deaths"),
        (["positives", "--as-of", "yesterday"], "yesterday"),
        (["positives", "--as-of", "1999-01-01"], "nothing was known then"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(run: Run, tiny_home: Path, words: list[str], said: str) -> None:
    assert said in refused(run("ask", *words, "--home", tiny_home))


def test_options_that_there_are_not(run: Run, tiny_home: Path) -> None:
    for words in (
        ["ask"],
        ["ask", "cases", "--format", "xml"],
        ["ask", "cases", "--colour"],
        ["sing"],
        ["rejects", "x"],
    ):
        said = run(*words, "--home", tiny_home) if words != ["sing"] else run("sing")
        assert said.code == 2
        assert "Traceback" not in said.err
        assert said.err


# --- building --------------------------------------------------------------------------------------


def home_of(run: Run, folder: Path, **knobs: object) -> tuple[Path, Path, Said]:
    """(home, city file, what the build said)."""
    city = tiny.tiny_city(folder / "city", Knobs(**({"sources": ("cases", "table")} | knobs)))  # type: ignore[arg-type]
    home = folder / "home"
    return home, city, run("build", city, "--home", home)


def test_build_reports_geography_loads_and_conservation(run: Run, tmp_path: Path) -> None:
    home, city, said = home_of(run, tmp_path)
    assert said.code == 0
    assert re.search(r"街道/乡镇\s+6\s+5\s+5\s+1\s+0", said.out)
    assert re.search(r"cases\s+1\s+60\s+60\s+0\s+0", said.out)
    assert "守恒" in said.out
    assert "✗" not in said.out
    assert re.search(r"确诊病例.*✓", said.out)
    again = run("build", city, "--home", home, "--lang", "en")
    assert "2 files were loaded before" in again.out
    assert "Conservation" in again.out


def test_a_file_that_is_returned_is_told_and_the_rest_is_loaded(run: Run, tmp_path: Path) -> None:
    home, city, _ = home_of(run, tmp_path)
    (tmp_path / "city/in/cases.csv").write_text("编号,日期\nP1,x\n", "utf-8")
    said = run("build", city, "--home", home)
    assert said.code == 1
    assert "cases.csv 缺少列" in said.out
    assert run("ask", "cases", "--home", home, "--day", DAYS[0]).code == 0


def test_asking_as_of_a_day_means_its_end_in_the_citys_time(run: Run, tmp_path: Path) -> None:
    city = tiny.tiny_city(tmp_path / "city", Knobs(sources=("table",)))
    text = city.read_text("utf-8").replace('path = "in/table.csv"', 'path = "in/*.csv"\nreceived = "%Y%m%d%H"')
    city.write_text(text, "utf-8")
    (tmp_path / "city/in/table.csv").unlink()
    for stamp, number in (("2022030223", 3), ("2022030301", 5)):
        tiny.write_csv(
            tmp_path / f"city/in/{stamp}.csv", ["日期", "街道", "人数"], [(DAYS[0], "石桥街道", number)], "gb18030"
        )
    home = tmp_path / "home"
    assert run("build", city, "--home", home).code == 0
    ask = ("ask", "cases", "--home", home, "--day", DAYS[0], "--format", "csv", "--as-of")
    for moment, value in [
        ("2022-03-02", "3"), ("20220302", "3"), ("2022-03-02T23:30", "3"), ("2022-03-02 23:30", "3"),
        ("2022-03-03T00:59", "3"), ("2022-03-02T17:30+00:00", "5"), ("2022-03-03", "5"),
    ]:  # fmt: skip
        assert run(*ask, moment).rows[0]["value"] == value, moment
    assert "nothing was known then" in refused(run(*ask, "2022-03-01"))


def test_load_takes_one_more_file(run: Run, tmp_path: Path) -> None:
    home, _, _ = home_of(run, tmp_path)
    file = tiny.write_people(tmp_path / "late.csv", [tiny.Person("L1", DAYS[9], "确诊", "990101001", None, None)])
    assert "收下 1" in run("load", "cases", file, "--home", home).out
    assert "no such file" in refused(run("load", "cases", tmp_path / "none.csv", "--home", home))
    assert "no source deaths; cases, table" in refused(run("load", "deaths", file, "--home", home))


def test_rejects_are_listed_and_written_as_a_sheet(run: Run, tmp_path: Path) -> None:
    home, city, _ = home_of(run, tmp_path)
    rows = [(DAYS[0], "石桥街道", n) for n in range(15)] + [(DAYS[0], "石桥街道", "=1+1")]
    tiny.write_csv(tmp_path / "city/in/table.csv", ["日期", "街道", "人数"], rows, "gb18030")
    run("build", city, "--home", home)
    listed = run("rejects", "--home", home)
    assert re.search(r"4\s+table\s+table\.csv.*16\s+1", listed.out)
    assert "单元格是公式" in run("rejects", 4, "--home", home).out
    sheet = tmp_path / "back.csv"
    assert run("rejects", 4, "--home", home, "--sheet", sheet, "--lang", "en").code == 0
    (row,) = csv.DictReader(io.StringIO(sheet.read_text("utf-8-sig")))
    assert row == {
        "Row": "17",
        "Column": "人数",
        "Value": "'=1+1",
        "Why": "the cell is a formula or an error, not data",
    }
    assert run("rejects", 4, "--home", home, "--sheet", tmp_path / "back.xlsx").code == 0
    assert (tmp_path / "back.xlsx").stat().st_size > 1000
    for wrong in (tmp_path / "back.pdf", tmp_path / "nowhere" / "back.csv", tmp_path / "nowhere" / "back.xlsx"):
        refused(run("rejects", 4, "--home", home, "--sheet", wrong))
    assert "there is no load 99" in refused(run("rejects", 99, "--home", home))


# --- what an official does wrong -------------------------------------------------------------------


def test_homes_and_city_files_that_are_not_there(run: Run, tmp_path: Path) -> None:
    assert "no OneScreen home" in refused(run("ask", "cases", "--home", tmp_path / "none"))
    assert "no such file" in refused(run("build", tmp_path / "none.toml", "--home", tmp_path / "home"))
    assert not (tmp_path / "home").exists()
    city = tiny.tiny_city(tmp_path / "city", Knobs(sources=("table",)))
    assert run("init", "--home", tmp_path / "home").code == 2  # of which city?
    run("init", city, "--home", tmp_path / "home")
    assert "upgraded" in run("init", "--upgrade", "--home", tmp_path / "home").out  # as errors say to run it
    assert "onescreen build" in refused(run("ask", "cases", "--home", tmp_path / "home"))
    (tmp_path / "home" / "settings.toml").write_text("city = ", "utf-8")
    assert "settings" in refused(run("ask", "cases", "--home", tmp_path / "home"))


def test_a_city_file_moved_away_after_the_build(run: Run, tmp_path: Path) -> None:
    home, city, _ = home_of(run, tmp_path)
    shutil.move(city, tmp_path / "elsewhere.toml")
    assert "city.toml" in refused(run("ask", "cases", "--home", home))


@pytest.mark.parametrize("body", [b"", b"not a database at all, only text" * 10])
def test_a_database_that_is_gone_or_spoilt(run: Run, tmp_path: Path, body: bytes) -> None:
    home, _, _ = home_of(run, tmp_path)
    for file in home.glob("onescreen.db*"):
        file.unlink()
    (home / "onescreen.db").write_bytes(body)
    assert refused(run("ask", "cases", "--home", home))


def test_a_database_address_with_a_slip(run: Run, tmp_path: Path) -> None:
    city = tiny.tiny_city(tmp_path / "city", Knobs(sources=("table",)))
    for address in ("postgres://me:secret@here/city", "nonsense", "postgresql://me:secret@127.0.0.1:1/city"):
        sentence = refused(run("build", city, "--home", tmp_path / "home", "--database", address))
        assert "secret" not in sentence


def test_the_installed_command_answers(tiny_home: Path) -> None:
    command = [sys.executable, "-m", "dashboard.cli", "ask", "population", "--home", str(tiny_home), "--format", "csv"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.splitlines()[1].startswith("990000,安城市,city,")


def test_a_failure_is_logged_without_the_values_of_variables(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    cli.discreet()
    try:
        secret = "13800000000"
        try:
            raise ValueError("x" * len(secret))
        except ValueError:
            structlog.get_logger().exception("failed")
    finally:
        structlog.configure(**before)
    said = capsys.readouterr().out
    assert "ValueError: xxxxxxxxxxx" in said
    assert "13800000000" not in said
