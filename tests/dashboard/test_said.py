"""Texts that remember their numbers."""

from __future__ import annotations

import json
from string import printable
from typing import Any

import pytest
from dash._utils import to_json
from hypothesis import given, strategies

from dashboard.queries.cite import Cited, Fact, cite
from dashboard.said import Said, Told, Words, fill, join, number, pieces_of, quoted, state_of, words


def five(state: str = "value", value: float | None = 5.0) -> Said:
    return number(Cited(value, state, cite("status", "days")), lambda n: f"{n:.0f}", lambda told: f"<{told}>")


def test_a_filled_text_keeps_what_its_fields_are() -> None:
    said = fill("7 日 {n} 例，{who} {plain}", n=five(), who=words("A1"), plain=3)
    assert said == "7 日 5 例，A1 3"
    kinds = [type(piece) for piece in said.pieces]
    assert kinds == [Words, Told, Words, Words, Words, str]
    assert said.number == Cited(5.0, "value", cite("status", "days"))


@given(
    strategies.text(printable.replace("{", "").replace("}", "")),
    strategies.dictionaries(strategies.sampled_from(["a", "b"]), strategies.text() | strategies.integers(), min_size=2),
)
def test_a_filled_text_is_what_format_makes(between: str, fields: dict[str, Any]) -> None:
    template = f"{{a}}{between}{{b}}"
    said = fill(template, **fields)
    assert said == template.format(**fields)
    assert "".join(map(str, said.pieces)) == said


def test_texts_are_joined_and_added_without_forgetting() -> None:
    said = "x" + join(" · ", [five(), "B2"]) + "y"
    assert said == "x5 · B2y"
    assert [type(piece) for piece in said.pieces] == [str, Told, Words, str, str]
    assert join(" ", []) == ""


def test_a_state_is_said_in_words() -> None:
    said = five("missing", None)
    assert said == "<missing>"
    assert state_of(said) == "missing"
    assert state_of("12") == "value"
    assert state_of(said + five(), "zero") == "zero"  # of two numbers neither is the text's
    (told,) = [piece for piece in said.pieces if isinstance(piece, Told)]
    assert told.write(Fact(8.0, "value")) == "8"


def test_names_and_quotations_are_words() -> None:
    assert pieces_of(quoted("3号楼")) == (Words("3号楼"),)
    assert isinstance(pieces_of(quoted("3号楼"))[0], Words)


@pytest.mark.parametrize("write", [json.dumps, to_json])
def test_a_browser_gets_the_letters_alone(write: Any) -> None:
    assert json.loads(write({"a": five(), "b": [fill("{n} d", n=five())]})) == {"a": "5", "b": ["5 d"]}
