"""Both languages, everywhere, and nowhere else."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import dashboard
from dashboard.texts import TEXTS, say, words

ROOM = Path(dashboard.__file__).parent
CJK = re.compile(r"[\u3400-\u9fff]")


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_say_the_same_fields(key: str) -> None:
    zh, en = TEXTS[key]
    assert fields(zh) == fields(en)
    assert bool(zh) == bool(en)


@pytest.mark.parametrize(
    "key", [key for key, (zh, _) in TEXTS.items() if zh and key not in ("between", "product_full", "language")]
)
def test_chinese_is_chinese_and_english_is_english(key: str) -> None:
    zh, en = TEXTS[key]
    assert CJK.search(zh) or key == "language"
    assert not CJK.search(en) or key == "language"


def test_texts_are_filled_or_left_to_the_browser() -> None:
    assert say("version", "zh", version=3) == "第 3 批"
    assert words(["rows_more"], "en") == {"rows_more": "{n} more"}


def test_scripts_of_the_page_hold_no_words() -> None:
    scripts = (ROOM.parent / "assets" / "page").glob("*.js")
    assert [script.name for script in scripts if CJK.search(script.read_text("utf-8"))] == []


def test_every_text_is_used() -> None:
    code = "".join(path.read_text("utf-8") for path in ROOM.rglob("*.py") if path.name != "texts.py")
    states, themes = {"value", "zero", "suppressed", "missing"}, {"theme_dark", "theme_light"}
    derived = (
        states
        | themes
        | {f"{state}_about" for state in (*states, "doubtful")}
        | {"good", "bad", "neutral", "up", "down", "flat"}
    )
    assert [key for key in TEXTS if f'"{key}"' not in code and key not in derived] == []
