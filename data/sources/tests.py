"""Tests: one row a nucleic acid test; persons are counted and dropped."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, day_field, person_field
from data.terms import RESULTS

TESTS = Kind(
    id="tests",
    zh="核酸检测台账",
    en="Tests",
    about_zh="一行一次核酸检测。逐段读取、只留计数；评估赋码台账时，在原文件中查找非绿码人员的结果。",
    about_en="One nucleic acid test a row. Read in pieces and counted; when assignments are checked, the results of "
    "persons whose code is not green are looked up in the file.",
    fields=(
        day_field(),
        person_field(),
        Field("result", "结果", "Result", parse.term(RESULTS), required=True, also=("检测结果",)),
    ),
    replaces="day",
    absent="zero",
    counts=("tests_taken", "tests_positive"),
    streamed=True,
    net="screening",
)
