"""A home keeps what its owner wrote, its key to itself, and lets the environment overrule it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from data.access.book import Limits
from data.errors import HomeNotFound, SettingsError
from data.settings import SETTINGS_FILE, Settings, home_lines, make_home, read_home


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"ONESCREEN_{name.upper()}", raising=False)


def test_a_new_home_has_a_database_and_a_key_of_its_own(tmp_path: Path) -> None:
    one, two = (make_home(tmp_path / name, tmp_path / "city.toml") for name in ("a", "b"))
    assert one.database == f"sqlite:///{tmp_path / 'a' / 'onescreen.db'}"
    assert one.secret != two.secret
    assert len(one.secret) == 32
    assert (tmp_path / "a" / "inbox").is_dir()
    assert stat.S_IMODE((tmp_path / "a" / SETTINGS_FILE).stat().st_mode) == 0o600


def test_building_again_keeps_everything_but_the_city(tmp_path: Path) -> None:
    first = make_home(tmp_path, tmp_path / "one.toml", "postgresql://me:pw@here/city")
    file = tmp_path / SETTINGS_FILE
    file.write_text(file.read_text("utf-8") + 'port = 9000\nlang = "en"\nhost = "10.0.0.1"\n', "utf-8")
    again = make_home(tmp_path, tmp_path / "two.toml")
    assert again.model_dump() == first.model_dump() | {
        "city": tmp_path / "two.toml", "port": 9000, "lang": "en", "host": "10.0.0.1",
    }  # fmt: skip


def test_the_environment_overrules_the_file_and_is_not_written_into_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_home(tmp_path, tmp_path / "city.toml")
    monkeypatch.setenv("ONESCREEN_DATABASE", "sqlite:///elsewhere.db")
    monkeypatch.setenv("ONESCREEN_PORT", "81")
    assert (read_home(tmp_path).database, read_home(tmp_path).port) == ("sqlite:///elsewhere.db", 81)
    make_home(tmp_path, tmp_path / "city.toml")
    assert "elsewhere" not in (tmp_path / SETTINGS_FILE).read_text("utf-8")


@pytest.mark.parametrize("name", ['引号"和\\反斜线', "space and '", "🦠"])
def test_any_folder_name_is_written_so_that_it_is_read_again(tmp_path: Path, name: str) -> None:
    city = tmp_path / name / "city.toml"
    assert make_home(tmp_path / name / "home", city).city == city
    assert make_home(tmp_path / name / "home", city).city == city


def test_a_folder_that_is_no_home(tmp_path: Path) -> None:
    with pytest.raises(HomeNotFound, match="onescreen build"):
        read_home(tmp_path)


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("port = 'x'", "port"),
        ("colour = 'red'", "colour"),
        ("port = ", "TOML"),
        ("port = 70000", "port"),
        ("sign_in = 'nobody'", "sign_in"),
        ("sign_in = 'oidc'", SETTINGS_FILE),
        ("session_minutes = 0", "session_minutes"),
        ("oidc_roles = {boss = 'king'}", "oidc_roles"),
    ],
)
def test_settings_that_cannot_be_are_named(tmp_path: Path, line: str, where: str) -> None:
    make_home(tmp_path, tmp_path / "city.toml")
    with (tmp_path / SETTINGS_FILE).open("a") as file:
        file.write(line + "\n")
    with pytest.raises(SettingsError) as wrong:
        read_home(tmp_path)
    assert wrong.value.values["where"] == where
    assert str(tmp_path) in wrong.value.say("zh")


def test_how_long_things_hold_and_who_is_what_at_the_provider(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = make_home(tmp_path, tmp_path / "city.toml")
    assert home.limits == Limits(key=home.secret)
    roles = {"区 长": "official", 'the "boss"': "administrator", "a.b": "auditor"}
    said = {"session_minutes": 5, "session_hours": 2, "password_days": 90, "https": True, "oidc_roles": roles}
    with (tmp_path / SETTINGS_FILE).open("a", encoding="utf-8") as file:
        file.write(home_lines(said))
    settings = read_home(tmp_path)
    assert (settings.limits, settings.https, settings.oidc_roles) == (Limits(5, 2, 90, home.secret), True, roles)
    monkeypatch.setenv("ONESCREEN_OIDC_ROLES", '{"staff": "reporter"}')
    monkeypatch.setenv("ONESCREEN_OIDC_SECRET", "kept out of the file")
    overruled = read_home(tmp_path)
    assert overruled.oidc_roles["staff"] == "reporter"
    assert overruled.oidc_secret == "kept out of the file"
    monkeypatch.setenv("ONESCREEN_OIDC_ROLES", "no table")
    with pytest.raises(SettingsError, match="oidc_roles"):
        read_home(tmp_path)
