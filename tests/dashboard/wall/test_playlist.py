"""wall.toml: read strictly, with a wall of its own for each name; night by the city's clock."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from dashboard.wall import playlist
from data.errors import WallFileError


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "wall.toml"
    file.write_text(text, "utf-8")
    return file


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert playlist.read(tmp_path / "wall.toml") == playlist.DEFAULT
    assert playlist.read(None) == playlist.DEFAULT


def test_the_file_of_the_manual_is_read(tmp_path: Path) -> None:
    """What the module's description shows is a file that works."""
    doc = playlist.__doc__ or ""
    block = "\n".join(line[4:] for line in doc.split("::", 1)[1].splitlines() if line.startswith("    "))
    found = playlist.read(written(tmp_path, block), "指挥大厅")
    assert found.size == "6656x1792"
    assert found.scene[0].when is not None
    assert found.scene[0].when.pin
    assert playlist.read(tmp_path / "wall.toml").size == "auto"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("pitch = 0", "pitch"), ("size = '4k'", "size"), ("nonsense = 1", "nonsense"), ("refresh = 10", "refresh"),
        ("[[scene]]\nid = 'weather'", "scene"), ("[[scene]]\nid = 'codes'\n[scene.when]\nmeasure = 'growth'", "scene"),
        ("size = ", "TOML"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_where(tmp_path: Path, text: str, where: str) -> None:
    with pytest.raises(WallFileError) as told:
        playlist.read(written(tmp_path, text))
    assert where in told.value.say("zh")


def test_a_preset_brings_its_pitch_and_bezels() -> None:
    wall = playlist.Settings(size="11520x3240").wall(1920, 1080)
    assert (wall.width, wall.pitch, len(wall.bezels_x), len(wall.bezels_y)) == (11520, 0.63, 5, 2)
    free = playlist.Settings(pitch=1.9, distance=12, bezels_x=(700,)).wall(1400, 900, 2)
    assert (free.width, free.pitch, free.distance, free.bezels_x) == (1400, 3.8, 12, (700,))


def test_night_is_by_the_clock_of_the_city() -> None:
    zone = "Asia/Shanghai"
    night = [playlist.is_night(playlist.DEFAULT, dt.datetime(2026, 1, 1, hour), zone) for hour in range(24)]
    assert [hour for hour, dark in enumerate(night) if dark] == list(range(14, 22))  # 22:00 to 06:00 there
    assert not playlist.is_night(playlist.Settings(night=()), dt.datetime(2026, 1, 1, 15), zone)
    assert playlist.is_night(playlist.Settings(night=("01:00", "02:00")), dt.datetime(2026, 1, 1, 17, 30), zone)
