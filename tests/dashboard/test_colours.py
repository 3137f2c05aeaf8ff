"""Classes can be told apart by everyone, and their bounds are round."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dashboard import colours, wire
from dashboard.colours import THEMES, Theme
from dashboard.parts.grid_map import DARK, LIGHT
from grid.measures import MEASURES

Floats = NDArray[np.float64]

#: Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
EYES = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)

#: Neighbours on a ramp, and classes two apart (CIEDE2000).
NEAR, APART = 7.0, 14.0


def linear(colour: str) -> Floats:
    coded = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def lab(colour: str, eye: str) -> Floats:
    xyz = XYZ @ np.clip(EYES[eye] @ linear(colour), 0, 1) / [0.95047, 1, 1.08883]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def difference(one: Floats, two: Floats) -> float:
    """CIEDE2000 after Sharma, Wu and Dalal (2005)."""
    middle = (math.hypot(*one[1:]) + math.hypot(*two[1:])) / 2
    stretch = 1.5 - 0.5 * math.sqrt(middle**7 / (middle**7 + 25.0**7))
    (l1, a1, b1), (l2, a2, b2) = ((x[0], x[1] * stretch, x[2]) for x in (one, two))
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = (h2 - h1 + 180) % 360 - 180 if c1 * c2 else 0.0
    hue = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    mean = (h1 + turn / 2) % 360 if c1 * c2 else h1 + h2
    cosine = [math.cos(math.radians(k * mean - s)) for k, s in ((1, 30), (2, 0), (3, -6), (4, 63))]
    t = 1 - 0.17 * cosine[0] + 0.24 * cosine[1] + 0.32 * cosine[2] - 0.20 * cosine[3]
    sl = 1 + 0.015 * (light - 50) ** 2 / math.sqrt(20 + (light - 50) ** 2)
    sc, sh = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    turned = 60 * math.exp(-(((mean - 275) / 25) ** 2))
    rt = -2 * math.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * math.sin(math.radians(turned))
    parts = (l2 - l1) / sl, (c2 - c1) / sc, hue / sh
    return math.sqrt(sum(part**2 for part in parts) + rt * parts[1] * parts[2])


@pytest.mark.parametrize(
    ("one", "two", "wanted"),
    [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_oracle_gives_the_published_differences(
    one: tuple[float, ...], two: tuple[float, ...], wanted: float
) -> None:
    assert difference(np.array(one), np.array(two)) == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", MEASURES)
def test_classes_are_told_apart_by_every_eye(name: str, theme: Theme, eye: str) -> None:
    seen = [lab(colour, eye) for colour in colours.full_ramp(MEASURES[name], theme)]
    assert min(difference(a, b) for a, b in itertools.pairwise(seen)) >= NEAR
    assert min(difference(a, b) for a, b in zip(seen, seen[2:], strict=False)) >= APART


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["incidence_7d", "growth", "code_red", "zone_lockdown_people", "risk_low"])
def test_zero_is_no_class(name: str, theme: Theme, eye: str) -> None:
    zero = lab((DARK if theme == "dark" else LIGHT)["zero"], eye)
    level = 3 if name == "growth" else None  # "about the same" lies near "the same"
    ramp = [c for n, c in enumerate(colours.full_ramp(MEASURES[name], theme)) if n != level]
    assert min(difference(zero, lab(colour, eye)) for colour in ramp) >= NEAR


@pytest.mark.parametrize("theme", THEMES)
def test_sequence_is_even_in_lightness(theme: Theme) -> None:
    steps = np.diff([lab(colour, "normal")[0] for colour in colours.full_ramp(MEASURES["incidence_7d"], theme)])
    assert (np.sign(steps) == np.sign(steps[0])).all()
    assert np.abs(steps).max() / np.abs(steps).min() < 1.6


@given(
    st.lists(st.floats(1e-3, 1e7), min_size=1, max_size=60),
    st.sampled_from(["incidence_7d", "positives", "code_red_share"]),
)
def test_bounds_ascend_are_round_and_fit_the_map(values: list[float], name: str) -> None:
    made = MEASURES[name]
    found = colours.breaks(made, np.rint(values) if made.form == "count" else values)
    assert found == sorted(set(found))
    assert len(found) < colours.CLASSES
    assert all(float(f"{bound:.4g}") == bound for bound in found)
    assert all(bound == int(bound) for bound in found) or made.form != "count"
    wire.classify(np.array([values]), np.zeros((1, len(values)), np.uint8), found)


def test_few_whole_numbers_are_their_own_classes() -> None:
    assert colours.breaks(MEASURES["positives"], [1, 2, 2, 3, 4]) == [2, 3, 4]
    assert colours.breaks(MEASURES["positives"], [np.nan, 0, -2]) == []


def test_growth_is_always_the_same_scale() -> None:
    assert colours.breaks(MEASURES["growth"], [5.0]) == list(colours.GROWTH_BREAKS)
    for theme in THEMES:
        assert len(colours.full_ramp(MEASURES["growth"], theme)) == len(colours.GROWTH_BREAKS) + 1


@pytest.mark.parametrize("classes", range(1, colours.CLASSES + 1))
def test_fewer_classes_keep_the_ends(classes: int) -> None:
    full, some = colours.full_ramp(MEASURES["cases"], "dark"), colours.ramp(MEASURES["cases"], classes, "dark")
    assert len(set(some)) == classes
    if classes > 1:
        assert (some[0], some[-1]) == (full[0], full[-1])
