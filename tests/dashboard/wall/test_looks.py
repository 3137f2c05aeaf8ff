"""Colours of the wall as its style sheet states them, seen with three kinds of colour-blindness."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import dashboard
from dashboard.wall.texts import TEXTS
from data.terms import CODES, ZONES

Floats = NDArray[np.float64]
CSS = (Path(dashboard.__file__).parent.parent / "assets" / "wall" / "wall.css").read_text("utf-8")

#: Machado, Oliveira and Fernandes 2009, severity 1.0, on linear sRGB.
BLINDNESS = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def colour(name: str) -> str:
    found = re.search(rf"--{name}: (#[0-9a-f]{{6}})", CSS)
    assert found, name
    return found[1]


def linear(hex_: str) -> Floats:
    coded = np.array([int(hex_[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def lab(rgb: Floats) -> Floats:
    """CIE 1976 L*a*b* (D65) of linear sRGB."""
    t = XYZ @ np.clip(rgb, 0, 1) / (XYZ @ np.ones(3))
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("kind", BLINDNESS)
def test_code_colours_are_told_apart(kind: str) -> None:
    seen = {name: lab(np.array(BLINDNESS[kind]) @ linear(colour(name))) for name in CODES}
    for a, b in itertools.combinations(seen, 2):
        assert np.linalg.norm(seen[a] - seen[b]) >= 15, (a, b)


def test_glyphs_tell_what_colours_cannot() -> None:
    for vocabulary in (CODES, ZONES):
        assert len({term.glyph for term in vocabulary.values()}) == len(vocabulary)


def test_nothing_is_pure_white() -> None:
    rules = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
    assert not re.search(r"#fff\b|#ffffff|:\s*white", rules, re.IGNORECASE)


@pytest.mark.parametrize("name", ["red", "yellow", "green", "lockdown", "control"])
def test_marks_stand_out_from_the_ground(name: str) -> None:
    lights = [np.array([0.2126, 0.7152, 0.0722]) @ linear(colour(one)) + 0.05 for one in (name, "ground")]
    assert lights[0] / lights[1] >= 3


def test_every_word_is_said_and_in_both_languages() -> None:
    root = Path(dashboard.__file__).parent
    files = [*(root / "wall").glob("*.py"), *(root.parent / "assets" / "wall").glob("*.js")]
    sources = "".join(file.read_text("utf-8") for file in files if file.name != "texts.py")
    made = {"suppressed", "missing", "zero", "value", "late_warn", "late_error"}  # said by their state
    assert [key for key in TEXTS if key not in made and not re.search(rf"['\".]{key}\b", sources)] == []
    assert [key for key, (zh, en) in TEXTS.items() if bool(zh) != bool(en)] == []
