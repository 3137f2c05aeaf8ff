"""The same report is the same bytes: twice, in another process, under another clock, with other seeds of hashing."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import subprocess
import sys
import time
import zipfile

import pytest

from dashboard.queries import Desk
from dashboard.reports.drawing import Pictures
from dashboard.reports.writers import docx, pptx
from dashboard.reports.writers.package import packed
from tests.dashboard.reports import specimen

WRITERS = {"docx": docx.write, "pptx": pptx.write}

_THERE = """
import hashlib
from dashboard.reports.drawing import Pictures
from dashboard.reports.writers import docx, pptx
from tests.dashboard.reports import specimen
report = specimen.report("zh")
for write in (docx.write, pptx.write):
    print(hashlib.sha256(write(report, Pictures(None, report))).hexdigest())
"""


def test_bytes_are_the_same_twice_and_in_another_process(desk: Desk) -> None:
    report = specimen.report("zh")
    first = [hashlib.sha256(write(report, Pictures(desk, report))).hexdigest() for write in WRITERS.values()]
    time.sleep(2.1)  # a zip counts in steps of two seconds: a clock that is read would show
    second = [hashlib.sha256(write(report, Pictures(desk, report))).hexdigest() for write in WRITERS.values()]
    env = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/New_York"}
    there = subprocess.run([sys.executable, "-c", _THERE], env=env, capture_output=True, text=True, check=True)
    assert first == second == there.stdout.split()


@pytest.mark.parametrize("suffix", ["docx", "pptx"])
def test_every_time_in_the_file_is_the_report_s_moment(desk: Desk, suffix: str) -> None:
    report = specimen.report("zh")
    times, properties = _times(WRITERS[suffix](report, Pictures(desk, report)))
    assert times == {(2022, 3, 11, 0, 12, 4)}  # in steps of two seconds
    assert properties
    for part in properties:
        assert part.count(b"2022-03-11T00:12:05Z") == part.count(b"</dcterms:") > 0


def _times(body: bytes) -> tuple[set[tuple[int, ...]], list[bytes]]:
    """Of every entry, those of packages inside too; and every part of properties."""
    times: set[tuple[int, ...]] = set()
    properties = []
    with zipfile.ZipFile(io.BytesIO(body)) as package:
        for info in package.infolist():
            times.add(info.date_time)
            part = package.read(info)
            if info.filename.endswith(".xlsx"):
                inner = _times(part)
                times |= inner[0]
                properties += inner[1]
            elif info.filename == "docProps/core.xml":
                properties.append(part)
    return times, properties


def test_order_and_times_of_the_entries_do_not_matter_and_their_bytes_do() -> None:
    def made(names: str, word: bytes, year: int) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as package:
            for name in names.split():
                package.writestr(zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0)), word)
        return out.getvalue()

    moment = dt.datetime(2022, 4, 13, 8)
    same = packed(made("b a [Content_Types].xml", b"x", 2001), moment)
    assert same == packed(made("[Content_Types].xml a b", b"x", 2020), moment)
    assert same != packed(made("[Content_Types].xml a b", b"y", 2020), moment)
    assert zipfile.ZipFile(io.BytesIO(same)).namelist() == ["[Content_Types].xml", "a", "b"]


def test_a_moment_before_the_first_that_a_zip_can_tell_is_that_one() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("a", b"x")
    made = zipfile.ZipFile(io.BytesIO(packed(out.getvalue(), dt.datetime(1970, 1, 1))))
    assert made.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)
