"""Files that an installation is set up with, as somebody writes them who means harm or is asleep."""

from __future__ import annotations

import random
import re

from tests.hostile.texts import EVERY, NUMBERS, text

CITY = """
[city]
code = "990000"
name = "安城市"
[[level]]
id = "district"
codes = { file = "codes/districts.csv" }
boundaries = { file = "maps/districts.geojson", code = "adcode", crs = "WGS-84" }
[grid]
h3 = 9
[[source]]
name = "cases"
kind = "cases"
path = "in/cases.csv"
crs = "GCJ-02"
columns = { day = "日期", district = "区" }
"""
WALL = """
lang = "zh"
seconds = 20
scenes = ["overview", "situation"]
[size]
width = 3840
height = 1080
"""
REPORTS = """
[[report]]
kind = "daily"
area = "990101"
time = "08:00"
formats = ["pdf", "docx"]
lang = ["zh"]
folder = "reports"
layer = "positives"
days_back = 1
"""
RULES = """
id = "x"
zh = "规则"
en = "rules"
about = "codes"
notice = "1号"
notice_en = "No 1"
authority = "办公室"
authority_en = "office"
source = "x"
start = 2022-03-01
identities = { case = "red" }
[[clause]]
id = "red"
colour = "red"
days = 14
zh = "十四天"
en = "14 days"
"""

_VALUES = re.compile(r"= (.+)$", re.MULTILINE)


def spoilt(chance: random.Random, sound: str) -> bytes:
    """A settings file with something in it that cannot be."""
    match chance.randrange(9):
        case 0:
            return chance.choice(
                (
                    b"",
                    b"\xff\xfe",
                    b"\x00" * 40,
                    b"= 1",
                    b"[a]\n[a]\n",
                    b"a = [" + b"[" * 40_000,
                    b"a = " + b"9" * 9_000,
                    b"[" * 500,
                )
            )
        case 1:
            return (chance.choice(("city", "level", "source", "report", "clause", "grid")) + " = 3\n" + sound).encode()
        case 2:
            return sound.encode()[: chance.randrange(1, len(sound.encode()))]
        case 3:
            return (f"{_string(chance)} = 1\n" + sound).encode("utf-8", "replace")
        case 4:
            lines = sound.splitlines(keepends=True)
            lines.pop(chance.randrange(len(lines)))
            return "".join(lines).encode()
        case _:
            found = list(_VALUES.finditer(sound))
            at = chance.choice(found)
            return (sound[: at.start(1)] + _value(chance) + sound[at.end(1) :]).encode("utf-8", "replace")


def _value(chance: random.Random) -> str:
    return chance.choice((
        _string(chance), _string(chance), _string(chance), chance.choice(NUMBERS[:22]), "true", "[]", "{}", "[[]]", "nan", "-inf", "1979-05-27", "07:32:00",
        "0001-01-01", "9999-12-31", '["", ""]', "[1, 2, 3]", '{ file = "/dev/zero" }', '{ file = "../../../../etc/passwd" }', "99999999999999999999",
        "1e308", '"' + "x" * 9000 + '"', '{ a = { b = { c = [] } } }', '"25:61"', '"%"', '"%Q%f%%%"', '"(?P<a>("', '"(a+)+$"', '"**/**/**/*"', '"/dev/zero"',
    ))  # fmt: skip


def _string(chance: random.Random) -> str:
    words = text(chance) if chance.random() < 0.5 else chance.choice(EVERY)
    body = "".join(
        f"\\u{ord(s):04x}" if s < " " or s in '"\\\x7f' else s for s in words.encode("utf-8", "replace").decode()[:2000]
    )
    return f'"{body}"'
